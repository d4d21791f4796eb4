//! Messages over long-polling (protocol, "HTTP long-polling").

#[path = "common/eio_client.rs"]
mod eio_client;

use std::time::Duration;

use eio_client::{Server, calm, text_packet, until};
use madang::eio::{CloseReason, Kind, Message, Outgoing};

/// Long enough to notice an answer that must not come.
const SILENCE: Duration = Duration::from_millis(50);

#[tokio::test]
async fn text_and_binary_come_back_in_one_payload_on_a_kept_connection() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut http = server.http().await;
    for _ in 0..2 {
        http.write("POST", &session, "4hello\x1ebAQIDBA==\x1e4안녕".as_bytes())
            .await;
        let reply = http.read().await;
        assert_eq!((reply.status, reply.body.as_str()), (200, "ok"));
        http.write("GET", &session, b"").await;
        assert_eq!(http.read().await.body, "4hello\x1ebAQIDBA==\x1e4안녕");
    }
}

#[tokio::test]
async fn a_poll_waits_until_something_is_queued() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut poll = server.http().await;
    poll.write("GET", &session, b"").await;
    poll.silent(SILENCE).await;
    server
        .session()
        .send(&[text_packet("a"), text_packet("b")], Kind::Normal);
    assert_eq!(poll.read().await.body, "4a\x1e4b");
}

#[tokio::test]
async fn a_poll_takes_no_more_than_max_payload() {
    let mut settings = calm();
    settings.limits.packet_bytes = 100;
    let server = Server::start(settings).await;
    let session = server.poll_session().await;
    let large = "x".repeat(45);
    let packets = [
        text_packet(&large),
        text_packet(&large),
        text_packet(&large),
    ];
    server.session().send(&packets, Kind::Normal);
    let half = format!("4{large}");
    assert_eq!(server.get(&session).await.body, format!("{half}\x1e{half}"));
    assert_eq!(server.get(&session).await.body, half);
}

#[tokio::test]
async fn a_post_is_answered_when_its_packets_were_handled_in_order() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut post = server.http().await;
    post.write("POST", &session, b"4slow\x1e4after").await;
    post.silent(SILENCE).await;
    assert_eq!(
        *server.echo().messages.lock().unwrap(),
        [Message::Text("slow".into())]
    );
    // Meanwhile the session still sends.
    server
        .session()
        .send(&[text_packet("meanwhile")], Kind::Normal);
    assert_eq!(server.get(&session).await.body, "4meanwhile");
    server.echo().gate.add_permits(1);
    assert_eq!(post.read().await.body, "ok");
    assert_eq!(server.get(&session).await.body, "4slow\x1e4after");
}

#[tokio::test]
async fn a_second_poll_closes_the_session() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut poll = server.http().await;
    poll.write("GET", &session, b"").await;
    poll.silent(SILENCE).await;
    assert_eq!(server.get(&session).await.status, 400);
    let reply = poll.read().await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "1"));
    assert_eq!(server.get(&session).await.status, 400);
    server.closed(&[CloseReason::Malformed]).await;
}

#[tokio::test]
async fn a_second_post_closes_the_session() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut post = server.http().await;
    post.write("POST", &session, b"4slow").await;
    until("the first is handled", || {
        !server.echo().messages.lock().unwrap().is_empty()
    })
    .await;
    assert_eq!(server.request("POST", &session, "4b").await.status, 400);
    assert_eq!(server.get(&session).await.status, 400);
    server.closed(&[CloseReason::Malformed]).await;
}

#[tokio::test]
async fn a_cancelled_poll_closes_the_session() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut poll = server.http().await;
    poll.write("GET", &session, b"").await;
    poll.silent(SILENCE).await;
    drop(poll);
    server.closed(&[CloseReason::Transport]).await;
    assert_eq!(server.get(&session).await.status, 400);
}

#[tokio::test]
async fn a_post_that_breaks_off_closes_the_session() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut post = server.http().await;
    let head = format!("POST /?{session} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n4a");
    post.raw(head.as_bytes()).await;
    post.silent(SILENCE).await;
    drop(post);
    server.closed(&[CloseReason::Transport]).await;
    assert!(server.echo().messages.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_close_packet_releases_the_poll_and_ends_the_session() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    let mut poll = server.http().await;
    poll.write("GET", &session, b"").await;
    poll.silent(SILENCE).await;
    assert_eq!(server.request("POST", &session, "1").await.body, "ok");
    assert_eq!(poll.read().await.body, "6");
    let reply = server.get(&session).await;
    assert_eq!(
        (reply.status, reply.body.contains("Session ID unknown")),
        (400, true)
    );
    server.closed(&[CloseReason::Client]).await;
}

#[tokio::test]
async fn a_broken_payload_closes_the_session_after_what_was_good() {
    for body in ["abc", "", "2", "4a\x1e\x1e4b", "b#"] {
        let server = Server::start(calm()).await;
        let session = server.poll_session().await;
        assert_eq!(
            server.request("POST", &session, body).await.status,
            400,
            "{body:?}"
        );
        assert_eq!(server.get(&session).await.status, 400, "{body:?}");
        server.closed(&[CloseReason::Malformed]).await;
    }
}

#[tokio::test]
async fn a_body_above_max_payload_is_answered_413_and_closes_the_session() {
    for framing in ["Content-Length: 101", "Transfer-Encoding: chunked"] {
        let mut settings = calm();
        settings.limits.packet_bytes = 100;
        let server = Server::start(settings).await;
        let session = server.poll_session().await;
        let mut http = server.http().await;
        http.raw(format!("POST /?{session} HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n").as_bytes())
            .await;
        let body = "4".repeat(101);
        let body = if framing.ends_with("chunked") {
            format!("65\r\n{body}\r\n0\r\n\r\n")
        } else {
            body
        };
        http.raw(body.as_bytes()).await;
        assert_eq!(http.read().await.status, 413, "{framing}");
        server.closed(&[CloseReason::Malformed]).await;
    }
}

#[tokio::test]
async fn the_last_packets_are_fetched_before_the_server_closes() {
    let server = Server::start(calm()).await;
    let session = server.poll_session().await;
    server.session().send(&[text_packet("last")], Kind::Normal);
    server.session().close(CloseReason::Server);
    server
        .session()
        .send(&[Outgoing::Text("4late".into())], Kind::Normal);
    assert_eq!(server.get(&session).await.body, "4last\x1e1");
    server.closed(&[CloseReason::Server]).await;
}
