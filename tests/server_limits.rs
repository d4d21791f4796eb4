//! What peers can make the listeners hold: nothing for long, and only so much.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::net::{SocketAddr, TcpStream as StdStream};
use std::process::Command;

use bytes::Bytes;
use common::{Client, TestServer, read_to_end, soon};
use hyper::{Request, StatusCode};
use madang::config::Config;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// The shortest that can be set. What ends earlier than this did not end because of it.
fn impatient(config: &mut Config) {
    config.limits.first_byte_seconds = 1;
    config.limits.header_seconds = 1;
    config.limits.handshake_seconds = 1;
}

async fn count(server: &TestServer, counter: &str) -> u64 {
    server.get("/healthz").await.json()["counters"][counter]
        .as_u64()
        .unwrap()
}

#[tokio::test]
async fn a_peer_that_says_nothing_is_dropped() {
    let server = TestServer::with(impatient).await;
    for port in [server.addresses.main, server.plain()] {
        let mut silent = TcpStream::connect(port).await.unwrap();
        assert_eq!(read_to_end(&mut silent).await, "");
    }
    assert_eq!(count(&server, "silent").await, 2);
}

#[tokio::test]
async fn a_peer_that_begins_a_head_and_stops_is_dropped() {
    let server = TestServer::without_tls(impatient).await;
    let mut slow = TcpStream::connect(server.addresses.main).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: loc")
        .await
        .unwrap();
    read_to_end(&mut slow).await;
    assert_eq!(count(&server, "silent").await, 1);
}

#[tokio::test]
async fn a_peer_that_begins_a_tls_handshake_and_stops_is_dropped() {
    let server = TestServer::with(impatient).await;
    let mut slow = TcpStream::connect(server.addresses.main).await.unwrap();
    slow.write_all(&[22, 3, 1, 1]).await.unwrap();
    assert_eq!(read_to_end(&mut slow).await, "");
    assert_eq!(count(&server, "silent").await, 1);
}

#[tokio::test]
async fn a_peer_that_shakes_hands_and_says_nothing_is_dropped() {
    let server = TestServer::with(impatient).await;
    let mut silent = server.handshake().await;
    assert_eq!(read_to_end(&mut silent).await, "");
    assert_eq!(count(&server, "silent").await, 1);
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_answer() {
    let server = TestServer::without_tls(impatient).await;
    let mut idle = TcpStream::connect(server.addresses.main).await.unwrap();
    let request = format!("GET /version HTTP/1.1\r\nHost: {}\r\n\r\n", server.host());
    idle.write_all(request.as_bytes()).await.unwrap();
    let answer = read_to_end(&mut idle).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains("keep-alive: timeout=1\r\n"),
        "the client is told: {answer}"
    );
}

#[tokio::test]
async fn one_address_cannot_hold_all_connections() {
    let server = TestServer::without_tls(|config| config.limits.sessions_per_address = 1).await;
    // One session's share and the head room: see `server::sockets::ceiling`.
    let share = 1 + 64;
    let mut held = vec![server.connect().await];
    for _ in 1..share {
        held.push(server.connect().await);
    }
    let mut refused = TcpStream::connect(server.addresses.main).await.unwrap();
    assert_eq!(read_to_end(&mut refused).await, "", "closed without a word");

    let health = held[0]
        .send(server.request("/healthz"), Bytes::new())
        .await
        .json();
    assert_eq!(health["counters"]["accepted"], share);
    assert_eq!(health["counters"]["refused"], 1);
    held.clear();
    soon(async {
        loop {
            let stream = TcpStream::connect(server.addresses.main).await.unwrap();
            if Client::over(stream)
                .await
                .answers(server.request("/healthz"))
                .await
            {
                break;
            }
        }
    })
    .await;
}

/// Runs in a process of its own that may open few files.
#[test]
fn without_file_descriptors_accepting_waits_and_then_goes_on() {
    if std::env::var_os(CHILD).is_some() {
        return out_of_files();
    }
    let this = std::env::current_exe().unwrap();
    let name = "without_file_descriptors_accepting_waits_and_then_goes_on";
    let child = Command::new("sh")
        .args([
            "-c",
            "ulimit -n 64 && exec \"$0\" --exact --nocapture \"$1\"",
        ])
        .arg(this)
        .arg(name)
        .env(CHILD, "1")
        .output()
        .unwrap();
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stderr)
    );
}

const CHILD: &str = "RUNS_OUT_OF_FILES";

#[tokio::main(flavor = "current_thread")]
async fn out_of_files() {
    let server = TestServer::without_tls(|_| {}).await;
    let mut first = server.connect().await;
    let version = || server.request("/version");
    assert_eq!(
        first.send(version(), Bytes::new()).await.status,
        StatusCode::OK
    );

    // Without an await nothing is accepted in between: the kernel's queue holds them all.
    let held = open_until_it_fails(server.addresses.main);
    assert!(held.len() > 16, "only {} connections", held.len());
    soon(async {
        loop {
            let health = first
                .send(server.request("/healthz"), Bytes::new())
                .await
                .json();
            if health["counters"]["accept_failed"].as_u64().unwrap() > 0 {
                break;
            }
        }
    })
    .await;
    drop(held);
    let request = Request::get("/healthz").header("host", server.host());
    let answer = soon(server.send(request)).await;
    assert_eq!(answer.status, StatusCode::OK);
    // A loop without back-off would have failed many thousand times.
    let failed = answer.json()["counters"]["accept_failed"].as_u64().unwrap();
    assert!(failed < 100, "{failed} attempts");
}

fn open_until_it_fails(address: SocketAddr) -> Vec<StdStream> {
    std::iter::from_fn(|| StdStream::connect(address).ok()).collect()
}
