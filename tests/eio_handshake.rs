//! Opening a session, and the requests that open none (protocol, "Handshake").

#[path = "common/eio_client.rs"]
mod eio_client;

use eio_client::{Server, calm, handshake, settings, sid};
use madang::eio::{Settings, Transport};

#[tokio::test]
async fn a_get_opens_a_polling_session() {
    let mut settings = settings();
    settings.limits.packet_bytes = 1_000_000;
    let server = Server::start(settings).await;
    let reply = server.get("EIO=4&transport=polling&t=abc&other").await;
    assert_eq!(reply.status, 200);
    assert!(
        reply
            .head
            .contains("content-type: text/plain; charset=utf-8\r\n"),
        "{}",
        reply.head
    );
    assert!(
        reply.head.contains("cache-control: no-store\r\n"),
        "{}",
        reply.head
    );
    let mut open = handshake(&reply.body);
    let session = server.session();
    assert_eq!(open["sid"].take(), session.sid().as_str());
    let expected = r#"{"sid":null,"upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000}"#;
    assert_eq!(
        open,
        serde_json::from_str::<serde_json::Value>(expected).unwrap()
    );
    assert_eq!(session.transport(), Transport::Polling);
    assert_eq!(session.peer().address, server.address.ip());
}

#[tokio::test]
async fn a_websocket_without_sid_opens_a_session_that_cannot_be_upgraded() {
    let server = Server::start(settings()).await;
    let mut socket = server.websocket("EIO=4&transport=websocket&t=1").await;
    let open = socket.text().await;
    assert_eq!(handshake(&open)["upgrades"], serde_json::json!([]));
    assert_eq!(sid(&open), server.session().sid().as_str());
    assert_eq!(server.session().transport(), Transport::WebSocket);
}

#[tokio::test]
async fn a_refused_request_says_why() {
    let server = Server::start(calm()).await;
    let known = server.poll_session().await;
    let cases = [
        ("GET", "EIO=4", 0, "Transport unknown"),
        ("GET", "EIO=4&transport=abc", 0, "Transport unknown"),
        (
            "GET",
            "EIO=4&transport=polling&sid=abc",
            1,
            "Session ID unknown",
        ),
        (
            "POST",
            "EIO=4&transport=polling&sid=aaaaaaaaaaaaaaaaaaaaaa",
            1,
            "Session ID unknown",
        ),
        ("POST", "EIO=4&transport=polling", 2, "Bad handshake method"),
        ("PUT", "EIO=4&transport=polling", 2, "Bad handshake method"),
        (
            "OPTIONS",
            "EIO=4&transport=polling",
            2,
            "Bad handshake method",
        ),
        ("GET", "EIO=4&transport=websocket", 3, "Bad request"),
        ("PUT", known.as_str(), 3, "Bad request"),
        (
            "GET",
            "transport=polling",
            5,
            "Unsupported protocol version",
        ),
        (
            "GET",
            "EIO=3&transport=polling",
            5,
            "Unsupported protocol version",
        ),
        (
            "GET",
            "EIO=abc&transport=polling",
            5,
            "Unsupported protocol version",
        ),
    ];
    for (method, query, code, message) in cases {
        let reply = server.request(method, query, "").await;
        assert_eq!(reply.status, 400, "{method} {query}");
        let expected = format!(r#"{{"code":{code},"message":"{message}"}}"#);
        assert_eq!(reply.body, expected, "{method} {query}");
        assert!(
            reply.head.contains("content-type: application/json\r\n"),
            "{}",
            reply.head
        );
    }
    assert_eq!(server.engine.sessions(), 1);
}

#[tokio::test]
async fn sessions_above_the_limits_are_answered_503() {
    let mut settings = Settings::default();
    settings.limits.sessions = 3;
    settings.limits.sessions_per_address = 2;
    let server = Server::start(settings).await;
    let first = server.poll_session().await;
    let _socket = server.websocket_session().await;
    let reply = server.get("EIO=4&transport=polling").await;
    assert_eq!(reply.status, 503);
    assert_eq!(
        reply.body,
        r#"{"code":4,"message":"Too many sessions from this address"}"#
    );
    let other = |address: &str| {
        format!(
            "GET /?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nX-Test-Address: {address}\r\n\r\n"
        )
    };
    let mut http = server.http().await;
    http.raw(other("192.0.2.1").as_bytes()).await;
    assert_eq!(http.read().await.status, 200);
    http.raw(other("192.0.2.2").as_bytes()).await;
    let reply = http.read().await;
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (503, r#"{"code":4,"message":"Too many sessions"}"#)
    );
    // A place that becomes free is taken again.
    assert_eq!(server.request("POST", &first, "1").await.status, 200);
    http.raw(other("192.0.2.2").as_bytes()).await;
    assert_eq!(http.read().await.status, 200);
}
