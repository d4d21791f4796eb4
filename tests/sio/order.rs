//! Events of one session are handled in the order in which they came.

use madang::eio::{CloseReason, Kind};

use crate::client::{Client, Received};
use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_answered_in_the_order_in_which_they_came() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    let events: Vec<_> = (0..500)
        .map(|number| format!(r#"2["echo",{number}]"#))
        .collect();
    client
        .send_all(&events.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
    for event in events {
        assert_eq!(client.text().await, event);
    }
}

#[tokio::test]
async fn later_packets_wait_for_the_future_of_an_event_and_sending_does_not() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    client.send("0/custom").await;
    client.text().await;
    let socket = server.socket();
    server.calls_so_far();

    let waiting = [
        r#"2["wait"]"#,
        r#"2/custom,["echo",1]"#,
        r#"2["wait"]"#,
        r#"2["echo",2]"#,
    ];
    client.send_all(&waiting).await;
    assert_eq!(server.call().await, "event / wait []");
    socket.emit("hello", &(), Kind::Normal);
    assert_eq!(client.text().await, r#"2/custom,["hello"]"#);
    assert_eq!(server.calls_so_far(), [""; 0]);

    server.release();
    assert_eq!(client.text().await, r#"2/custom,["echo",1]"#);
    assert_eq!(server.call().await, "event /custom echo [1]");
    assert_eq!(server.call().await, "event / wait []");
    socket.emit("hello", &(), Kind::Normal);
    assert_eq!(client.text().await, r#"2/custom,["hello"]"#);
    assert_eq!(server.calls_so_far(), [""; 0]);

    server.release();
    assert_eq!(client.text().await, r#"2["echo",2]"#);
}

#[tokio::test]
async fn a_session_that_ends_while_an_event_waits_disconnects_once() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    client.send_all(&[r#"2["wait"]"#, r#"2["echo"]"#]).await;
    assert_eq!(server.call().await, "event / wait []");
    server.socket().session().close(CloseReason::Server);
    assert_eq!(server.call().await, "disconnect /  Session(Server)");
    assert_eq!(client.next().await, Received::Closed);
    server.release();
    assert_eq!(
        server.end().await,
        [""; 0],
        "the later packet is not handled"
    );
}
