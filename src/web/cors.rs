//! What a page of another origin may do: nothing, unless its origin is configured.
//!
//! The decision is the gate's; here are its headers (Fetch standard, "CORS protocol").

use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

use super::reply::Reply;

/// What the answer to one request tells a browser about foreign pages.
#[derive(Debug)]
pub struct Cors {
    /// The configured origin that made the request.
    origin: Option<HeaderValue>,
    /// Whether answers depend on `Origin` at all.
    varies: bool,
}

impl Cors {
    /// `origin`: the foreign one that may; `varies`: whether any may.
    pub fn new(origin: Option<HeaderValue>, varies: bool) -> Self {
        Self { origin, varies }
    }

    /// Answers a browser that asks beforehand what a foreign page may do.
    pub fn preflight(&self, request: &Parts) -> Option<Reply> {
        self.origin.as_ref()?;
        if request.method != Method::OPTIONS
            || !request
                .headers
                .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        {
            return None;
        }
        let mut reply = Reply::default();
        *reply.status_mut() = StatusCode::NO_CONTENT;
        let headers = reply.headers_mut();
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST"),
            (
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type",
            ),
            // Seconds for which the browser need not ask again.
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Some(reply)
    }

    /// Lets the foreign page read the answer. Without credentials: madang sets no cookie, its
    /// token travels in the message.
    pub fn grant(self, reply: &mut Reply) {
        let headers = reply.headers_mut();
        if let Some(origin) = self.origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
        if self.varies {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
    }
}
