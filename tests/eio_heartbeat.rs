//! Pings, pongs and their absence (protocol, "Heartbeat").

#[path = "common/eio_client.rs"]
mod eio_client;

use std::time::{Duration, Instant};

use eio_client::{Server, settings, until};
use madang::eio::CloseReason;

/// Interval and timeout of the settings, and how late a busy machine may be.
const GONE: Duration = Duration::from_millis(500);
const LATE: Duration = Duration::from_millis(400);

#[tokio::test]
async fn a_polling_client_that_vanishes_is_gone_after_interval_and_timeout() {
    let server = Server::start(settings()).await;
    let start = Instant::now();
    let session = server.poll_session().await;
    assert_eq!(server.engine.sessions(), 1);
    server.closed(&[CloseReason::PingTimeout]).await;
    assert!(
        start.elapsed() >= GONE && start.elapsed() < GONE + LATE,
        "{:?}",
        start.elapsed()
    );
    assert_eq!(server.get(&session).await.status, 400);
}

#[tokio::test]
async fn a_silent_websocket_is_closed_after_interval_and_timeout() {
    let server = Server::start(settings()).await;
    let start = Instant::now();
    let mut socket = server.websocket_session().await;
    assert_eq!(socket.text().await, "2");
    assert!(
        start.elapsed() >= Duration::from_millis(300),
        "{:?}",
        start.elapsed()
    );
    socket.end().await;
    assert!(
        start.elapsed() >= GONE && start.elapsed() < GONE + LATE,
        "{:?}",
        start.elapsed()
    );
    server.closed(&[CloseReason::PingTimeout]).await;
}

#[tokio::test]
async fn who_answers_pings_stays() {
    let server = Server::start(settings()).await;
    let session = server.poll_session().await;
    let mut socket = server.websocket_session().await;
    for _ in 0..3 {
        assert_eq!(server.get(&session).await.body, "2");
        assert_eq!(server.request("POST", &session, "3").await.body, "ok");
        assert_eq!(socket.text().await, "2");
        socket.send("3").await;
    }
    assert!(server.echo().closed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_pong_held_up_by_the_upper_layer_is_not_missed() {
    let server = Server::start(settings()).await;
    let mut socket = server.websocket_session().await;
    socket.send("4slow").await;
    assert_eq!(socket.text().await, "2");
    socket.send("3").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.echo().gate.add_permits(1);
    assert_eq!(socket.text().await, "4slow");
    assert_eq!(socket.text().await, "2");
    assert!(server.echo().closed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_stale_poll_does_not_outlive_its_session() {
    let server = Server::start(settings()).await;
    let session = server.poll_session().await;
    let mut poll = server.http().await;
    poll.write("GET", &session, b"").await;
    assert_eq!(poll.read().await.body, "2");
    poll.write("GET", &session, b"").await;
    assert_eq!(poll.read().await.body, "1");
    until("nothing is left", || server.engine.sessions() == 0).await;
}
