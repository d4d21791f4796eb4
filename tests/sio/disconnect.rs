//! § Disconnection from a namespace, both ways; and exactly one `disconnect` for each `connected`.

use crate::client::{Client, Received};
use crate::server::Server;

#[tokio::test]
async fn a_client_leaves_a_namespace_and_stays_in_the_others() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    client.send("0/custom").await;
    client.text().await;
    server.calls_so_far();
    client.send_all(&["1/custom", r#"2["echo"]"#]).await;
    assert_eq!(server.call().await, "disconnect /custom  Client");
    assert_eq!(client.text().await, r#"2["echo"]"#, "no answer is due");

    client.send("0/custom").await;
    assert!(
        client.text().await.starts_with("0/custom,"),
        "it may come back"
    );
    server.calls_so_far();
    let mut told = server.end().await;
    told.sort();
    assert_eq!(
        told,
        [
            "disconnect /  Session(Shutdown)",
            "disconnect /custom  Session(Shutdown)"
        ]
    );
}

#[tokio::test]
async fn a_socket_that_left_sends_nothing() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    let socket = server.socket();
    client.send("1").await;
    assert_eq!(server.call().await, "disconnect /  Client");
    assert!(!socket.is_connected());
    socket.emit("nobody", &(), madang::eio::Kind::Normal);
    socket.disconnect();
    client.send("0").await;
    assert!(client.text().await.starts_with("0{"));
    assert_eq!(server.call().await, "connect / ");
}

#[tokio::test]
async fn the_server_sends_away_and_what_was_under_way_is_ignored() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    client
        .send_all(&[r#"2["kick"]"#, r#"2["echo"]"#, "1", "30[]"])
        .await;
    assert_eq!(server.call().await, "event / kick []");
    assert_eq!(server.call().await, "kicked");
    assert_eq!(
        server.call().await,
        "disconnect /  Server",
        "after the callback that caused it"
    );
    assert_eq!(client.text().await, "1");

    client.send("0").await;
    assert!(client.text().await.starts_with("0{"), "the session is open");
    assert_eq!(server.call().await, "connect / ");
}

#[tokio::test]
async fn a_socket_may_be_sent_away_while_it_is_greeted() {
    let mut server = Server::start().await;
    let mut client = Client::open(&server).await;
    client.send("0/unwelcome").await;
    assert!(client.text().await.starts_with("0/unwelcome,{"));
    assert_eq!(client.text().await, "1/unwelcome,");
    for call in [
        "connect /unwelcome ",
        "connected /unwelcome ",
        "disconnect /unwelcome  Server",
    ] {
        assert_eq!(server.call().await, call);
    }
    drop(client);
    assert_eq!(server.end().await, [""; 0]);
}

#[tokio::test]
async fn each_end_of_a_session_is_told_with_its_reason() {
    let mut server = Server::with(|clocks, _| {
        clocks.ping_interval_ms = 300;
        clocks.ping_timeout_ms = 200;
    })
    .await;
    let mut client = Client::join(&mut server).await;
    client.send(r#"2["close"]"#).await;
    assert_eq!(client.next().await, Received::Closed);
    assert_eq!(server.call().await, "event / close []");
    assert_eq!(server.call().await, "disconnect /  Session(Server)");

    let deaf = Client::join(&mut server).await;
    assert_eq!(server.call().await, "disconnect /  Session(PingTimeout)");
    drop(deaf);

    drop(Client::join(&mut server).await);
    assert_eq!(server.call().await, "disconnect /  Session(Transport)");
    assert_eq!(server.end().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_end_a_socket_at_once_it_disconnects_once() {
    let mut server = Server::start().await;
    for _ in 0..50 {
        let mut client = Client::join(&mut server).await;
        let socket = server.socket();
        let ends: Vec<_> = (0..2)
            .map(|_| socket.clone())
            .map(|socket| tokio::spawn(async move { socket.disconnect() }))
            .collect();
        client
            .send_all(&[r#"2["echo"]"#, r#"2["kick"]"#, "1"])
            .await;
        drop(client);
        for end in ends {
            end.await.unwrap();
        }
        while !server.call().await.starts_with("disconnect") {}
    }
    assert_eq!(server.end().await, [""; 0]);
}
