//! Broken HTTP ends in an answer or a closed connection, and harms nobody else.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use common::{TestServer, exchange};
use hyper::StatusCode;

#[tokio::test]
async fn broken_requests_are_answered_400_and_closed() {
    let server = TestServer::without_tls(|_| {}).await;
    let broken: [&[u8]; 6] = [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
        b"POST /socket.io/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, x\r\n\r\n",
    ];
    for request in broken {
        let answer = exchange(server.addresses.main, request).await;
        let shown = String::from_utf8_lossy(request);
        assert!(
            answer.starts_with("HTTP/1.1 400"),
            "{shown:?} was answered {answer:?}"
        );
    }
    assert_eq!(server.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_answered_431_and_closed() {
    let server = TestServer::without_tls(|_| {}).await;
    let request = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n",
        "x".repeat(9_000)
    );
    let answer = exchange(server.addresses.main, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let many = "X: x\r\n".repeat(200);
    let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{many}\r\n");
    let answer = exchange(server.addresses.main, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_target_that_is_too_long_is_answered_and_closed() {
    let server = TestServer::without_tls(|_| {}).await;
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "x".repeat(9_000)
    );
    let answer = exchange(server.addresses.main, request.as_bytes()).await;
    assert!(
        answer.starts_with("HTTP/1.1 431") || answer.starts_with("HTTP/1.1 414"),
        "{answer}"
    );
}

#[tokio::test]
async fn noise_on_the_tls_port_is_closed() {
    let server = TestServer::start().await;
    let record = [22, 3, 1, 0, 4, 1, 2, 3, 4, 5, 6, 7, 8];
    exchange(server.addresses.main, &record).await;
    let health = server.get("/healthz").await.json();
    assert_eq!(health["counters"]["handshake_failed"], 1);
}
