//! What is only read: the page, the client's bundle, health, version.
//!
//! The page is in the binary only if it was built before; the tests hold either way, and those of
//! `web::assets` do not need it.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use bytes::Bytes;
use common::{Answer, TestServer};
use hyper::{Method, StatusCode};

#[tokio::test]
async fn the_page_comes_compressed_tagged_and_fenced() {
    let server = TestServer::start().await;
    let mut client = server.connect().await;
    let answer = client.send(server.request("/"), Bytes::new()).await;
    is_fenced(&answer, &server.host());
    if !is_built(&answer) {
        return;
    }
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.header("vary"), "Accept-Encoding");
    assert_eq!(answer.header("content-encoding"), "");
    for (accept, coding) in [("gzip, br", "br"), ("gzip, br;q=0", "gzip"), ("zstd", "")] {
        let request = server.request("/").header("accept-encoding", accept);
        let packed = client.send(request, Bytes::new()).await;
        assert_eq!(packed.header("content-encoding"), coding, "{accept}");
        assert_eq!(packed.body == answer.body, coding.is_empty());
    }
    let tag = answer.header("etag");
    let again = client
        .send(
            server.request("/").header("if-none-match", tag),
            Bytes::new(),
        )
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!((again.header("etag"), again.body.len()), (tag, 0));

    let head = server.request("/").method(Method::HEAD);
    let head = client.send(head, Bytes::new()).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("content-length"), answer.body.len().to_string());

    let script = script_of(answer.text());
    let script = client.send(server.request(script), Bytes::new()).await;
    assert_eq!(
        script.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(
        script.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn what_makes_the_page_an_app_is_served_as_what_it_is_and_asked_for_again() {
    let server = TestServer::start().await;
    let mut client = server.connect().await;
    let page = client.send(server.request("/"), Bytes::new()).await;
    if !is_built(&page) {
        return;
    }
    for (path, kind) in [
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/icon-192.png", "image/png"),
        ("/icon-512.png", "image/png"),
        ("/apple-touch-icon.png", "image/png"),
    ] {
        let answer = client.send(server.request(path), Bytes::new()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        is_fenced(&answer, &server.host());
        assert_eq!(answer.header("content-type"), kind, "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        let known = server
            .request(path)
            .header("if-none-match", answer.header("etag"));
        let again = client.send(known, Bytes::new()).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
    }
}

#[tokio::test]
async fn the_socket_io_client_and_its_source_map_are_served() {
    let server = TestServer::start().await;
    let client = server.get("/socket.io/socket.io.js").await;
    let map = server.get("/socket.io/socket.io.js.map").await;
    if !is_built(&client) {
        return;
    }
    assert!(client.text().contains("Socket.IO v4"));
    assert!(client.text().contains("sourceMappingURL=socket.io.js.map"));
    assert_eq!(
        client.header("cross-origin-resource-policy"),
        "cross-origin"
    );
    assert!(map.json()["sources"].is_array());
}

#[tokio::test]
async fn health_tells_how_the_gateway_is() {
    let server = TestServer::start().await;
    let answer = server.get("/healthz").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-store");
    let health = answer.json();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["chat"]["storing"], true);
    assert_eq!(health["chat"]["rooms"], 0);
    assert_eq!(health["sessions"], 0);
    // The connection that fetched the CA and this one.
    assert_eq!(health["counters"]["accepted"], 2);
}

#[tokio::test]
async fn version_tells_what_it_is() {
    let server = TestServer::start().await;
    let version = server.get("/version").await.json();
    assert_eq!(version["name"], "madang");
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert!(version["built"].as_u64().unwrap() > 1_700_000_000);
    assert_eq!(version["protocols"]["engine.io"], 4);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_cannot_be_done_is_405() {
    let server = TestServer::start().await;
    let mut client = server.connect().await;
    for path in [
        "/nothing",
        "/index.html",
        "/socket.io",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "//",
    ] {
        let answer = client.send(server.request(path), Bytes::new()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().starts_with("404"));
        is_fenced(&answer, &server.host());
    }
    for method in [Method::POST, Method::DELETE, Method::OPTIONS] {
        let request = server.request("/healthz").method(method);
        let answer = client.send(request, Bytes::new()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.header("allow"), "GET, HEAD");
        assert!(answer.text().contains("GET, HEAD"));
    }
}

#[tokio::test]
async fn the_engine_is_behind_its_path() {
    let server = TestServer::start().await;
    let answer = server.get("/socket.io/?EIO=4&transport=polling").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().starts_with("0{\"sid\":"), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(server.get("/healthz").await.json()["sessions"], 1);
}

/// The security headers, on whatever a browser could show.
fn is_fenced(answer: &Answer, host: &str) {
    let policy = answer.header("content-security-policy");
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "img-src 'self' data: blob:",
        "require-trusted-types-for 'script'",
        "trusted-types madang",
        &format!("connect-src 'self' wss://{host}"),
    ] {
        assert!(
            policy.split("; ").any(|part| part == directive),
            "{directive} in {policy}"
        );
    }
    let styles = policy
        .split("; ")
        .find(|part| part.starts_with("style-src"));
    assert!(
        styles.is_some_and(|part| part.starts_with("style-src 'self' 'sha256-")),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(
        answer.header("strict-transport-security"),
        "",
        "not with a local CA"
    );
}

/// Whether the page is in this binary; if not, the way out has to be told.
fn is_built(answer: &Answer) -> bool {
    if answer.status == StatusCode::SERVICE_UNAVAILABLE {
        assert_eq!(answer.text(), "503: page not built: run make web\n");
        return false;
    }
    assert_eq!(answer.status, StatusCode::OK);
    true
}

fn script_of(page: &str) -> &str {
    let from = page.find("/assets/").expect("the page loads something");
    let script = page[from..].split('"').find(|path| path.contains(".js"));
    script.expect("the page has a script")
}
