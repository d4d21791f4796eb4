//! Who does not read: bounded, and alone in its trouble.

#[path = "common/eio_client.rs"]
mod eio_client;

use std::sync::Arc;

use eio_client::{Server, calm, text_packet, until};
use madang::eio::{CloseReason, Kind, Outgoing, Session};

fn large() -> Outgoing {
    text_packet(&"x".repeat(10_000))
}

/// Sends to a session that nobody reads until it is closed.
async fn flood(session: &Arc<Session>) {
    let packet = [large()];
    for _ in 0..100_000 {
        session.send(&packet, Kind::Normal);
        tokio::task::yield_now().await;
    }
    assert!(!session.is_open(), "the outbox has a limit");
}

#[tokio::test]
async fn a_slow_websocket_is_closed_and_only_it() {
    let server = Server::start(calm()).await;
    let slow = server.websocket_session().await;
    let session = server.session();
    let mut good = server.websocket_session().await;
    flood(&session).await;
    until("it is closed", || {
        *server.echo().closed.lock().unwrap() == [CloseReason::SlowConsumer]
    })
    .await;
    good.send("4still here").await;
    assert_eq!(good.text().await, "4still here");
    drop(slow);
}

#[tokio::test]
async fn a_slow_polling_client_is_closed_and_can_come_back() {
    let server = Server::start(calm()).await;
    let query = server.poll_session().await;
    flood(&server.session()).await;
    server.closed(&[CloseReason::SlowConsumer]).await;
    assert_eq!(server.get(&query).await.status, 400);
    server.poll_session().await;
}

#[tokio::test]
async fn presence_gives_way_to_messages() {
    let mut settings = calm();
    settings.limits.outbox_bytes = 25_000;
    let server = Server::start(settings).await;
    let query = server.poll_session().await;
    let session = server.session();
    session.send(&[large()], Kind::Volatile);
    session.send(&[large()], Kind::Volatile);
    session.send(&[large()], Kind::Volatile);
    session.send(&[text_packet("a")], Kind::Normal);
    session.send(&[large()], Kind::Normal);
    session.send(&[text_packet("b")], Kind::Normal);
    let body = server.get(&query).await.body;
    assert!(session.is_open());
    assert!(
        body.starts_with("4a\x1e4xxx") && body.ends_with("\x1e4b"),
        "{} bytes",
        body.len()
    );
}

#[tokio::test]
async fn when_all_outboxes_are_full_who_holds_most_pays() {
    let mut settings = calm();
    settings.limits.outbox_bytes = 100_000;
    settings.limits.outbox_total_bytes = 100_000;
    let server = Server::start(settings).await;
    let mut queries = Vec::new();
    for packets in [2, 6, 1] {
        queries.push(server.poll_session().await);
        let session = server.session();
        (0..packets).for_each(|_| session.send(&[large()], Kind::Normal));
    }
    server
        .session()
        .send(&[text_packet(&"x".repeat(20_000))], Kind::Normal);
    until("the largest is closed", || {
        *server.echo().closed.lock().unwrap() == [CloseReason::SlowConsumer]
    })
    .await;
    assert_eq!(server.get(&queries[1]).await.status, 400);
    assert_eq!(server.get(&queries[0]).await.body.len(), 2 * 10_001 + 1);
    assert_eq!(server.get(&queries[2]).await.body.len(), 30_003);
}
