//! Beginning and end of a gateway.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::net::{Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use common::{TestServer, config, read_to_end, soon};
use hyper::StatusCode;
use madang::config::{Config, TlsMode};
use madang::server::Gateway;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn refused(config: Config) -> String {
    let error = Gateway::start(config).unwrap_err();
    format!("{error:#}")
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_way_out() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let taken = server.addresses.main;
    let error = refused(Config {
        listen: taken,
        ..config(&folder)
    });
    assert!(
        error.contains(&format!("{taken} is already in use")),
        "{error}"
    );
    assert!(error.contains("--listen"), "{error}");
    assert!(!folder.path().join("data").exists(), "nothing was begun");

    let error = refused(Config {
        listen_plain: taken,
        ..config(&folder)
    });
    assert!(error.contains("--listen-plain"), "{error}");
}

#[tokio::test]
async fn an_address_that_is_not_ours_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let listen = SocketAddr::from(([192, 0, 2, 1], 0));
    let error = refused(Config {
        listen,
        ..config(&folder)
    });
    assert!(
        error.contains("this machine has no address 192.0.2.1"),
        "{error}"
    );
}

#[tokio::test]
async fn a_data_folder_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("file");
    std::fs::write(&data, "not a folder").unwrap();
    let error = refused(Config {
        data: data.clone(),
        ..config(&folder)
    });
    assert!(error.contains(data.to_str().unwrap()), "{error}");
}

#[tokio::test]
async fn settings_that_do_not_go_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(&folder);
    config.access.trust_proxy = true;
    let error = refused(config);
    assert!(error.contains("access.trust_proxy"), "{error}");
}

#[tokio::test]
async fn the_unspecified_address_takes_ipv4_too() {
    let server = TestServer::without_tls(|config| {
        config.listen = SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0));
    })
    .await;
    let port = server.addresses.main.port();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = b"GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    assert!(read_to_end(&mut stream).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn shutdown_closes_ports_idle_connections_and_the_store_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(&folder);
    config.tls.mode = TlsMode::Off;
    let gateway = Gateway::start(config.clone()).unwrap();
    let main = gateway.addresses().main;

    let silent = TcpStream::connect(main).await.unwrap();
    let mut half = TcpStream::connect(main).await.unwrap();
    half.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut idle = TcpStream::connect(main).await.unwrap();
    let request = b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";
    idle.write_all(request).await.unwrap();
    assert!(idle.read(&mut [0; 16]).await.unwrap() > 0);

    let began = Instant::now();
    gateway.shutdown().await;
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    for mut stream in [silent, half, idle] {
        read_to_end(&mut stream).await;
    }
    // The port and the store are free again.
    let listen = main;
    let gateway = Gateway::start(Config { listen, ..config }).unwrap();
    gateway.shutdown().await;
}

#[tokio::test]
async fn shutdown_answers_those_who_were_just_taken() {
    let server = TestServer::without_tls(|_| {}).await;
    let main = server.addresses.main;
    // Taken, and for the gateway not a byte has come yet.
    let mut late = TcpStream::connect(main).await.unwrap();
    soon(async { while server.get("/healthz").await.json()["counters"]["accepted"] != 2 {} }).await;
    let ended = tokio::spawn(server.shutdown());
    soon(async { while TcpStream::connect(main).await.is_ok() {} }).await;
    let request = b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";
    late.write_all(request).await.unwrap();
    let mut answer = [0; 15];
    soon(late.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    ended.await.unwrap();
}

#[tokio::test]
async fn shutdown_answers_the_poll_that_waits() {
    let server = TestServer::start().await;
    let path = "/socket.io/?EIO=4&transport=polling";
    let mut client = server.connect().await;
    let opened = client.send(server.request(path), Bytes::new()).await;
    let opened: serde_json::Value = serde_json::from_str(&opened.text()[1..]).unwrap();
    let sid = opened["sid"].as_str().unwrap().to_owned();

    let waiting = server.request(&format!("{path}&sid={sid}"));
    let waiting = tokio::spawn(async move { client.send(waiting, Bytes::new()).await });
    // The handshake and the poll, beside these questions: then the poll is parked.
    let mut asked = 0;
    soon(async {
        loop {
            asked += 1;
            let health = server.get("/healthz").await.json();
            if health["counters"]["requests"] == asked + 2 {
                break;
            }
        }
    })
    .await;
    soon(server.shutdown()).await;
    let answer = waiting.await.unwrap();
    assert_eq!(
        (answer.status, answer.text()),
        (StatusCode::OK, "1"),
        "told to come back"
    );
}

#[tokio::test]
async fn a_gateway_that_is_dropped_lets_go_of_its_ports() {
    let server = TestServer::without_tls(|_| {}).await;
    let main = server.addresses.main;
    drop(server);
    soon(async {
        while TcpStream::connect(main).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
