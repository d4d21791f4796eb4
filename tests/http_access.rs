//! Who may come in (docs/protocol.md, HTTP): Host, Origin, CORS, and the proxy in front.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use bytes::Bytes;
use common::TestServer;
use hyper::{Request, StatusCode};
use madang::config::Config;

const DOORS: [&str; 4] = [
    "/",
    "/healthz",
    "/socket.io/?EIO=4&transport=polling",
    "/nothing",
];

#[tokio::test]
async fn a_foreign_host_is_misdirected_at_every_door() {
    let server = TestServer::start().await;
    let mut client = server.connect().await;
    for door in DOORS {
        let rebound = Request::get(door).header("host", "evil.example:8443");
        let answer = client.send(rebound, Bytes::new()).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{door}");
        assert!(answer.text().contains("tls.names"), "{}", answer.text());
    }
}

#[tokio::test]
async fn the_gateway_goes_by_its_names_and_addresses() {
    let server = TestServer::with(|config| {
        config.tls.names = vec!["chat.home.arpa".to_owned()];
    })
    .await;
    let mut client = server.connect().await;
    for host in [
        "localhost",
        "LOCALHOST.:1",
        "127.0.0.1:8443",
        "chat.home.arpa",
    ] {
        let request = Request::get("/healthz").header("host", host);
        assert_eq!(
            client.send(request, Bytes::new()).await.status,
            StatusCode::OK,
            "{host}"
        );
    }
}

#[tokio::test]
async fn an_absolute_target_goes_before_the_host_header() {
    let server = TestServer::start().await;
    let request = Request::get("http://evil.example/healthz").header("host", server.host());
    assert_eq!(
        server.send(request).await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
}

#[tokio::test]
async fn a_request_names_one_host() {
    let server = TestServer::without_tls(|_| {}).await;
    let mut client = server.connect().await;
    let two = server.request("/healthz").header("host", "localhost");
    assert_eq!(
        client.send(two, Bytes::new()).await.status,
        StatusCode::BAD_REQUEST
    );
    let none = common::exchange(server.addresses.main, b"GET /healthz HTTP/1.0\r\n\r\n").await;
    assert!(none.starts_with("HTTP/1.0 400"), "{none}");
}

#[tokio::test]
async fn a_page_of_another_origin_is_forbidden_at_every_door() {
    let server = TestServer::start().await;
    let mut client = server.connect().await;
    let port = server.addresses.main.port();
    let others = [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        format!("http://localhost:{port}"),
        "https://localhost".to_owned(),
        format!("https://localhost.evil.example:{port}"),
    ];
    for origin in others {
        for door in DOORS {
            let request = server.request(door).header("origin", &origin);
            let answer = client.send(request, Bytes::new()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin} at {door}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
    }
}

#[tokio::test]
async fn our_own_page_may_and_needs_no_cors() {
    let server = TestServer::start().await;
    let own = server
        .request("/healthz")
        .header("origin", format!("https://{}", server.host()));
    let answer = server.send(own).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_configured_origin_gets_cors_headers_and_a_preflight() {
    let server = TestServer::with(|config| {
        config.access.origins = vec!["https://Example.org:443".to_owned()];
    })
    .await;
    let mut client = server.connect().await;
    let ask = Request::options("/socket.io/?EIO=4&transport=polling")
        .header("host", server.host())
        .header("origin", "https://example.org")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    let answer = client.send(ask, Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://example.org"
    );
    assert_eq!(
        answer.header("access-control-allow-methods"),
        "GET, HEAD, POST"
    );
    assert!(
        answer
            .header("access-control-allow-headers")
            .contains("content-type")
    );
    assert_eq!(answer.header("vary"), "Origin");

    let read = server
        .request("/healthz")
        .header("origin", "https://example.org");
    let answer = client.send(read, Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://example.org"
    );

    let other = server
        .request("/healthz")
        .header("origin", "https://example.net");
    assert_eq!(
        client.send(other, Bytes::new()).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_scheme_is_the_proxys() {
    let proxied = |server: &TestServer| {
        let origin = format!("https://{}", server.host());
        server
            .request("/")
            .header("origin", origin)
            .header("x-forwarded-proto", "https")
    };
    let server = TestServer::without_tls(|config| config.access.trust_proxy = true).await;
    let answer = server.send(proxied(&server)).await;
    assert_ne!(answer.status, StatusCode::FORBIDDEN);
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains(&format!(" wss://{};", server.host())),
        "{policy}"
    );

    let server = TestServer::without_tls(|_| {}).await;
    let answer = server.send(proxied(&server)).await;
    assert_eq!(
        answer.status,
        StatusCode::FORBIDDEN,
        "nobody said that a proxy is to be trusted"
    );
    assert!(answer.text().contains("access.trust_proxy"));
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_address_is_the_one_it_wrote_last() {
    let poll = |server: &TestServer, forwarded: &str| {
        let request = server.request("/socket.io/?EIO=4&transport=polling");
        request.header("x-forwarded-for", forwarded)
    };
    let single = |config: &mut Config| config.limits.sessions_per_address = 1;
    let server = TestServer::without_tls(|config| {
        single(config);
        config.access.trust_proxy = true;
    })
    .await;
    assert_eq!(
        server.send(poll(&server, "10.0.0.1")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        server.send(poll(&server, "10.0.0.2")).await.status,
        StatusCode::OK
    );
    // What stands before the last entry is the client's own invention.
    let again = server.send(poll(&server, "10.0.0.9, 10.0.0.1")).await;
    assert_eq!(again.status, StatusCode::SERVICE_UNAVAILABLE);

    let server = TestServer::without_tls(single).await;
    assert_eq!(
        server.send(poll(&server, "10.0.0.1")).await.status,
        StatusCode::OK
    );
    let other = server.send(poll(&server, "10.0.0.2")).await;
    assert_eq!(
        other.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "nobody said to trust it"
    );
}
