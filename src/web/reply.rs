//! What is sent back: texts, JSON and the headers that keep a browser safe.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde::Serialize;

use super::origin::Host;
use super::page;

/// An answer; everything madang sends over HTTP is whole before it is sent.
pub type Reply = Response<Full<Bytes>>;

/// A short text for a person.
pub fn text(status: StatusCode, text: impl Into<String>) -> Reply {
    let mut line = text.into();
    line.push('\n');
    bytes(status, "text/plain; charset=utf-8", line)
}

/// A JSON document that is true only now.
pub fn json(value: &impl Serialize) -> Reply {
    match serde_json::to_string(value) {
        Ok(json) => bytes(StatusCode::OK, "application/json", json),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

/// Bytes of the given content type, not to be cached unless the caller says otherwise.
pub fn bytes(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Reply::new(Full::new(body.into()));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    keep_private(headers);
    reply
}

/// Says that an answer is for one client only, and that it is what it says it is.
pub fn keep_private(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

/// 405 at what can only be read; `why` is for a person.
pub fn read_only(why: &str) -> Reply {
    let mut reply = text(StatusCode::METHOD_NOT_ALLOWED, format!("405: {why}"));
    let allow = HeaderValue::from_static("GET, HEAD");
    reply.headers_mut().insert(header::ALLOW, allow);
    reply
}

/// Whether the method only reads.
pub fn reads(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

/// Puts the fences around a page of ours: no inline code, no style but the page's own, no foreign
/// scripts, styles, images or connections, no framing, and no HTML made from text.
///
/// `Strict-Transport-Security` is never sent: with a local CA it would lock out, for good, every
/// phone on which the CA is not installed.
pub fn fence(headers: &mut HeaderMap, host: &Host, secure: bool) {
    let socket = if secure { "wss" } else { "ws" };
    // `host` was parsed and is one of our names: it cannot carry a directive of its own.
    // Spelt out beside 'self' because Safari before 15.4 does not take 'self' for a WebSocket.
    // The page brings its style along, which saves a phone the second connection.
    let style = page::style_source().map_or_else(String::new, |hash| format!(" {hash}"));
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data: blob:; \
         connect-src 'self' {socket}://{host}; manifest-src 'self'; worker-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types madang"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        // A page beside the chat's brings a policy of its own.
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(policy);
    }
    for (name, value) in FENCES {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

const FENCES: [(HeaderName, &str); 4] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    ),
];
