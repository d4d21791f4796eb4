//! The plain port: shows the way to TLS and hands out the local CA, nothing else.
//!
//! It also answers whoever speaks plain HTTP to the TLS port, which is what a browser does with an
//! address typed without `https://`.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;

use super::origin::Host;
use super::reply::{self, Reply};
use super::{Connection, Gate};

/// What the plain port serves.
#[derive(Debug)]
pub struct Plain {
    gate: Arc<Gate>,
    /// The TLS port, where all else is.
    port: u16,
}

impl Plain {
    /// `port` is the TLS port.
    pub fn new(gate: Arc<Gate>, port: u16) -> Self {
        Self { gate, port }
    }

    /// Answers one request.
    pub fn answer(&self, request: &Parts, connection: Connection) -> Reply {
        let visit = match self.gate.check(request, connection) {
            Ok(visit) => visit,
            Err(refusal) => return refusal.reply(),
        };
        let path = request
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let host = Host {
            name: visit.host.name,
            port: Some(self.port),
        };
        let target = format!("https://{host}{path}");
        if !reply::reads(&request.method) {
            return reply::read_only(&format!("nothing is taken over plain HTTP; use {target}"));
        }
        self.gate
            .handout(request.uri.path())
            .unwrap_or_else(|| redirect(&target))
    }
}

/// 308, not to be remembered: the port may be another one after the next start.
fn redirect(target: &str) -> Reply {
    let mut reply = reply::text(
        StatusCode::PERMANENT_REDIRECT,
        format!("308: go to {target}"),
    );
    match HeaderValue::from_str(target) {
        Ok(location) => {
            reply.headers_mut().insert(header::LOCATION, location);
            reply
        }
        Err(_) => reply::text(
            StatusCode::BAD_REQUEST,
            "400: this path cannot be redirected",
        ),
    }
}
