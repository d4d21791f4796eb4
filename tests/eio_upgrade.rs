//! From polling to WebSocket (protocol, "Upgrade").

#[path = "common/eio_client.rs"]
mod eio_client;

use std::time::Duration;

use eio_client::{Server, Socket, calm, settings, text_packet, until};
use madang::eio::{CloseReason, Kind, Transport};

async fn probe(server: &Server, session: &str) -> Socket {
    let mut socket = server
        .websocket(&session.replace("polling", "websocket"))
        .await;
    socket.send("2probe").await;
    assert_eq!(socket.text().await, "3probe");
    socket
}

async fn upgrade(server: &Server, session: &str) -> Socket {
    let mut socket = probe(server, session).await;
    socket.send("5").await;
    until("it is upgraded", || {
        server.session().transport() == Transport::WebSocket
    })
    .await;
    socket
}

#[tokio::test]
async fn the_probe_releases_the_parked_poll_and_those_after_it() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut poll = server.http().await;
    poll.write("GET", &session, b"").await;
    poll.silent(Duration::from_millis(50)).await;
    let mut socket = probe(&server, &session).await;
    assert_eq!(poll.read().await.body, "6");
    assert_eq!(server.get(&session).await.body, "6");
    socket.send("5").await;
    socket.send("4hello").await;
    assert_eq!(socket.text().await, "4hello");
}

#[tokio::test]
async fn after_the_upgrade_polling_requests_are_refused_and_harmless() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut socket = upgrade(&server, &session).await;
    for method in ["GET", "POST"] {
        let reply = server.request(method, &session, "4x").await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.body, r#"{"code":3,"message":"Bad request"}"#);
    }
    socket.send("4hello").await;
    assert_eq!(socket.text().await, "4hello");
    assert!(server.echo().closed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_second_upgrade_is_closed_and_harmless() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut probing = probe(&server, &session).await;
    let mut second = server
        .websocket(&session.replace("polling", "websocket"))
        .await;
    second.end().await;
    probing.send("5").await;
    until("it is upgraded", || {
        server.session().transport() == Transport::WebSocket
    })
    .await;
    let mut third = server
        .websocket(&session.replace("polling", "websocket"))
        .await;
    third.end().await;
    probing.send("4hello").await;
    assert_eq!(probing.text().await, "4hello");
}

#[tokio::test]
async fn packets_queued_during_the_upgrade_come_once_and_in_order() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let send = |number: u32| {
        server
            .session()
            .send(&[text_packet(&number.to_string())], Kind::Normal);
    };
    send(1);
    let mut socket = probe(&server, &session).await;
    send(2);
    assert_eq!(server.get(&session).await.body, "41\x1e42");
    send(3);
    socket.send("5").await;
    send(4);
    assert_eq!(socket.text().await, "43");
    assert_eq!(socket.text().await, "44");
}

#[tokio::test]
async fn a_post_in_flight_is_handled_before_the_socket() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut post = server.http().await;
    post.write("POST", &session, b"4slow").await;
    until("it is handled", || {
        !server.echo().messages.lock().unwrap().is_empty()
    })
    .await;
    let mut socket = upgrade(&server, &session).await;
    socket.send("4after").await;
    server.echo().gate.add_permits(1);
    assert_eq!(post.read().await.body, "ok");
    assert_eq!(socket.text().await, "4slow");
    assert_eq!(socket.text().await, "4after");
}

#[tokio::test]
async fn a_half_done_upgrade_times_out_and_polling_goes_on() {
    let mut settings = calm();
    settings.engine.upgrade_timeout_ms = 100;
    let server = Server::start(settings).await;
    let session = server.poll_session().await;
    let mut silent = server
        .websocket(&session.replace("polling", "websocket"))
        .await;
    silent.end().await;
    let mut probed = probe(&server, &session).await;
    probed.end().await;
    server.session().send(&[text_packet("kept")], Kind::Normal);
    assert_eq!(server.get(&session).await.body, "4kept");
    let mut socket = upgrade(&server, &session).await;
    socket.send("4hello").await;
    assert_eq!(socket.text().await, "4hello");
}

#[tokio::test]
async fn an_upgrade_that_is_not_one_leaves_polling_as_it_was() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    for packet in ["4hello", "2", "5", "abc"] {
        let mut socket = server
            .websocket(&session.replace("polling", "websocket"))
            .await;
        socket.send(packet).await;
        socket.end().await;
    }
    drop(probe(&server, &session).await);
    assert!(server.echo().messages.lock().unwrap().is_empty());
    server.session().send(&[text_packet("kept")], Kind::Normal);
    assert_eq!(server.get(&session).await.body, "4kept");
}

#[tokio::test]
async fn a_stale_poll_that_ends_does_not_end_the_upgraded_session() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut poll = server.http().await;
    poll.write("GET", &session, b"").await;
    poll.silent(Duration::from_millis(50)).await;
    let mut socket = server
        .websocket(&session.replace("polling", "websocket"))
        .await;
    socket.send("2probe").await;
    assert_eq!(socket.text().await, "3probe");
    socket.send("5").await;
    let upgraded = || server.session().transport() == Transport::WebSocket;
    until("it is upgraded", upgraded).await;
    drop(poll);
    socket.send("4hello").await;
    assert_eq!(socket.text().await, "4hello");
}

#[tokio::test]
async fn the_heartbeat_goes_on_over_the_socket() {
    let server = Server::start(settings()).await;
    let session = server.poll_session().await;
    let mut socket = upgrade(&server, &session).await;
    assert_eq!(socket.text().await, "2");
    socket.send("3").await;
    assert_eq!(socket.text().await, "2");
    socket.end().await;
    server.closed(&[CloseReason::PingTimeout]).await;
}

#[tokio::test]
async fn a_session_that_ends_takes_its_upgrade_with_it() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut socket = probe(&server, &session).await;
    assert_eq!(server.request("POST", &session, "1").await.body, "ok");
    socket.end().await;
    server.closed(&[CloseReason::Client]).await;
}
