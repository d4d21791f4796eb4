//! The plain port shows the way to TLS and hands out the CA, nothing else.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use bytes::Bytes;
use common::{Answer, Client, TestServer};
use hyper::{Method, Request, StatusCode};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::net::TcpStream;

async fn plain(server: &TestServer, method: Method, path: &str, host: &str) -> Answer {
    let stream = TcpStream::connect(server.plain()).await.unwrap();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", host);
    Client::over(stream).await.send(request, Bytes::new()).await
}

#[tokio::test]
async fn every_path_is_redirected_to_the_same_host_over_tls() {
    let server = TestServer::start().await;
    let port = server.addresses.main.port();
    for (host, name) in [("localhost:80", "localhost"), ("127.0.0.1", "127.0.0.1")] {
        for path in [
            "/",
            "/a/b?c=d",
            "/healthz",
            "/socket.io/?EIO=4&transport=polling",
        ] {
            let answer = plain(&server, Method::GET, path, host).await;
            assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT);
            assert_eq!(
                answer.header("location"),
                format!("https://{name}:{port}{path}")
            );
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
}

#[tokio::test]
async fn nobody_is_redirected_to_a_foreign_host() {
    let server = TestServer::start().await;
    let answer = plain(&server, Method::GET, "/", "evil.example").await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(answer.header("location"), "");
}

#[tokio::test]
async fn nothing_is_taken_over_plain_http() {
    let server = TestServer::start().await;
    let path = "/socket.io/?EIO=4&transport=polling&sid=x";
    let answer = plain(&server, Method::POST, path, "localhost").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), "GET, HEAD");
    assert!(
        answer.text().contains("https://localhost:"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn the_ca_is_handed_out_in_both_forms_on_both_ports() {
    let server = TestServer::start().await;
    let crt = plain(&server, Method::GET, "/ca.crt", "localhost").await;
    assert_eq!(crt.header("content-type"), "application/x-x509-ca-cert");
    let pem = plain(&server, Method::GET, "/ca.pem", "localhost").await;
    assert_eq!(
        CertificateDer::from_pem_slice(&pem.body).unwrap().as_ref(),
        crt.body.as_ref()
    );
    assert_eq!(server.get("/ca.crt").await.body, crt.body);
    assert_eq!(server.get("/ca.pem").await.body, pem.body);
}

#[tokio::test]
async fn whoever_speaks_plain_http_to_the_tls_port_is_shown_the_way() {
    let server = TestServer::start().await;
    let main = server.addresses.main;
    let request = format!("GET /x HTTP/1.1\r\nHost: {main}\r\nConnection: close\r\n\r\n");
    let answer = common::exchange(main, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 308"), "{answer}");
    assert!(
        answer.contains(&format!("location: https://{main}/x\r\n")),
        "{answer}"
    );
}

#[tokio::test]
async fn without_tls_there_is_no_plain_port_and_no_ca() {
    let server = TestServer::without_tls(|_| {}).await;
    assert_eq!(server.addresses.plain, None);
    assert_eq!(server.get("/ca.crt").await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get("/healthz").await.status, StatusCode::OK);
}
