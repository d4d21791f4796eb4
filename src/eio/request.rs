//! What an HTTP request asks for, and the answers that are not packets.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use thiserror::Error;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::Transport;
use super::registry::Full as NoPlace;

/// The answer to any request of this layer.
pub(super) type Answer = Response<Full<Bytes>>;

/// Why a request is refused. The codes and their texts are those of the reference server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    /// 0: no or another transport.
    #[error("Transport unknown")]
    Transport,
    /// 1: no session has this sid (any more).
    #[error("Session ID unknown")]
    Sid,
    /// 2: a session begins with GET.
    #[error("Bad handshake method")]
    Method,
    /// 3: anything else that cannot be.
    #[error("Bad request")]
    Request,
    /// 3: a body above `maxPayload`.
    #[error("Payload too large")]
    TooLarge,
    /// 3: a body that did not come in time.
    #[error("Request timeout")]
    Timeout,
    /// 4: no room for another session.
    #[error("{0}")]
    Full(#[from] NoPlace),
    /// 5: not Engine.IO 4.
    #[error("Unsupported protocol version")]
    Version,
}

impl Refusal {
    fn code(self) -> (u8, StatusCode) {
        match self {
            Self::Transport => (0, StatusCode::BAD_REQUEST),
            Self::Sid => (1, StatusCode::BAD_REQUEST),
            Self::Method => (2, StatusCode::BAD_REQUEST),
            Self::Request => (3, StatusCode::BAD_REQUEST),
            Self::TooLarge => (3, StatusCode::PAYLOAD_TOO_LARGE),
            Self::Timeout => (3, StatusCode::REQUEST_TIMEOUT),
            Self::Full(_) => (4, StatusCode::SERVICE_UNAVAILABLE),
            Self::Version => (5, StatusCode::BAD_REQUEST),
        }
    }

    pub(super) fn answer(self) -> Answer {
        let (code, status) = self.code();
        let body = format!(r#"{{"code":{code},"message":"{self}"}}"#);
        answer(status, "application/json", body.into())
    }
}

/// A success of the polling transport.
pub(super) fn text(body: impl Into<Bytes>) -> Answer {
    answer(StatusCode::OK, "text/plain; charset=UTF-8", body.into())
}

fn answer(status: StatusCode, content_type: &'static str, body: Bytes) -> Answer {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The query of a request (protocol, "Query parameters"). Other keys are ignored.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query<'a> {
    pub(super) transport: Transport,
    pub(super) sid: Option<&'a str>,
    /// Whether `EIO` is 4.
    pub(super) current: bool,
}

impl<'a> Query<'a> {
    pub(super) fn parse(query: &'a str) -> Result<Self, Refusal> {
        let value = |name| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .into_iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value)
        };
        let transport = match value("transport") {
            Some("polling") => Transport::Polling,
            Some("websocket") => Transport::WebSocket,
            _ => return Err(Refusal::Transport),
        };
        let sid = value("sid").filter(|sid| !sid.is_empty());
        Ok(Self {
            transport,
            sid,
            current: value("EIO") == Some("4"),
        })
    }
}

/// The answer that makes a WebSocket of the connection (RFC 6455, section 4.2), if it is asked for.
pub(super) fn handshake<B>(request: &Request<B>) -> Option<Answer> {
    let headers = request.headers();
    let asked = request.method() == Method::GET
        && has_token(headers, header::CONNECTION, "upgrade")
        && has_token(headers, header::UPGRADE, "websocket")
        && headers
            .get(header::SEC_WEBSOCKET_VERSION)
            .is_some_and(|version| version == "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asked)?;
    let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok()?;
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    Some(response)
}

fn has_token(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    let values = headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(token))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unknown_query_keys_are_ignored() {
        let query = Query::parse("t=x&EIO=4&b64=1&transport=polling&foo&sid=abc&=").unwrap();
        let expected = Query {
            transport: Transport::Polling,
            sid: Some("abc"),
            current: true,
        };
        assert_eq!(query, expected);
    }

    #[test]
    fn a_query_without_a_known_transport_is_refused() {
        for query in ["", "EIO=4", "EIO=4&transport=abc", "EIO=4&transport="] {
            assert_eq!(Query::parse(query), Err(Refusal::Transport), "{query}");
        }
    }

    #[test]
    fn only_version_4_is_current() {
        for query in [
            "transport=polling",
            "EIO=3&transport=polling",
            "EIO=&transport=polling",
        ] {
            assert!(!Query::parse(query).unwrap().current, "{query}");
        }
    }

    #[test]
    fn the_sample_handshake_of_rfc_6455_is_answered() {
        let request = Request::builder()
            .header("Connection", "keep-alive, Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        let response = handshake(&request.body(()).unwrap()).unwrap();
        assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
        let accept = &response.headers()["sec-websocket-accept"];
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert!(handshake(&Request::new(())).is_none());
    }

    proptest! {
        #[test]
        fn no_query_panics(query in any::<String>()) {
            drop(Query::parse(&query));
        }
    }
}
