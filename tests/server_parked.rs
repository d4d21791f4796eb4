//! Polls that wait, on a whole gateway: answered like any other request, and given up with their
//! peer.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use bytes::Bytes;
use common::{Client, TestServer, soon};
use hyper::{Request, StatusCode};
use madang::config::Config;

const PATH: &str = "/socket.io/?EIO=4&transport=polling";

/// Begins a session; the path of its requests.
async fn open(server: &TestServer, client: &mut Client) -> String {
    let opened = client.send(server.request(PATH), Bytes::new()).await;
    let opened: serde_json::Value = serde_json::from_str(&opened.text()[1..]).unwrap();
    format!("{PATH}&sid={}", opened["sid"].as_str().unwrap())
}

/// Waits until the gateway has seen so many requests beside those that ask for the number.
async fn seen(server: &TestServer, requests: u64) {
    let mut asked = 0;
    soon(async {
        loop {
            asked += 1;
            let health = server.get("/healthz").await.json();
            if health["counters"]["requests"] == asked + requests {
                break;
            }
        }
    })
    .await;
}

async fn sessions(server: &TestServer) -> u64 {
    let health = server.get("/healthz").await.json();
    health["sessions"].as_u64().unwrap()
}

async fn both(change: impl Fn(&mut Config)) -> [TestServer; 2] {
    [
        TestServer::with(&change).await,
        TestServer::without_tls(&change).await,
    ]
}

#[tokio::test]
async fn a_poll_that_waited_is_answered_with_the_same_headers() {
    for server in both(|_| {}).await {
        let (mut polls, mut posts) = (server.connect().await, server.connect().await);
        let session = open(&server, &mut polls).await;
        for _ in 0..3 {
            let (poll, post) = (server.request(&session), Request::post(&session));
            let post = posts.send(post.header("host", server.host()), "40/nowhere,");
            let poll = polls.send(poll, Bytes::new());
            let (late, posted) = soon(async { tokio::join!(poll, post) }).await;
            assert_eq!(
                (posted.status, late.status),
                (StatusCode::OK, StatusCode::OK)
            );
            assert!(late.text().starts_with("44/nowhere,"), "{}", late.text());
            let names = |answer: &common::Answer| -> Vec<_> {
                answer.headers.keys().map(ToString::to_string).collect()
            };
            assert_eq!(names(&late), names(&posted));
            assert_eq!(late.header("keep-alive"), posted.header("keep-alive"));
        }
    }
}

#[tokio::test]
async fn a_poll_may_wait_longer_than_a_connection_may_idle() {
    let change = |config: &mut Config| {
        config.limits.header_seconds = 1;
        config.engine.ping_interval_ms = 1_500;
    };
    for server in both(change).await {
        let mut client = server.connect().await;
        let session = open(&server, &mut client).await;
        let poll = client.send(server.request(&session), Bytes::new());
        assert_eq!(soon(poll).await.text(), "2", "the ping");
        soon(async {
            while !client.is_closed() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_session_ends_when_the_peer_of_its_poll_leaves() {
    for server in both(|_| {}).await {
        let mut client = server.connect().await;
        let session = open(&server, &mut client).await;
        let poll = server.request(&session);
        let poll = tokio::spawn(async move { client.answers(poll).await });
        seen(&server, 2).await;
        assert_eq!(sessions(&server).await, 1);
        poll.abort();
        soon(async { while sessions(&server).await > 0 {} }).await;
    }
}
