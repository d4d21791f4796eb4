//! The plain port: shows the way to TLS and hands out the local CA; the portal, where it is switched
//! on, and nothing else.
//!
//! It also answers whoever speaks plain HTTP to the TLS port, which is what a browser does with an
//! address typed without `https://`.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;

use super::gate::{self, Refusal};
use super::guide::Reader;
use super::origin::{Host, Name};
use super::reply::{self, Reply};
use super::{Connection, Gate, Guide, Portal};

/// What the plain port serves.
#[derive(Debug)]
pub struct Plain {
    gate: Arc<Gate>,
    /// The TLS port, where all else is.
    port: u16,
    guide: Arc<Guide>,
    portal: Option<Arc<Portal>>,
}

impl Plain {
    /// `port` is the TLS port.
    pub fn new(gate: Arc<Gate>, port: u16, guide: Arc<Guide>, portal: Option<Arc<Portal>>) -> Self {
        Self {
            gate,
            port,
            guide,
            portal,
        }
    }

    /// Answers one request.
    pub fn answer(&self, request: &Parts, connection: Connection) -> Reply {
        let checked = self.gate.check(request, connection);
        if let Some(reply) = self.portal(request, connection, checked.as_ref().err()) {
            return reply;
        }
        let visit = match checked {
            Ok(visit) => visit,
            Err(refusal) => return refusal.reply(),
        };
        let path = request
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let asked = visit.host.to_string();
        let page = format!("https://{}", self.main(visit.host.name));
        let target = format!("{page}{path}");
        if !reply::reads(&request.method) {
            return reply::read_only(&format!("nothing is taken over plain HTTP; use {target}"));
        }
        if request.uri.path() == "/trust" {
            let reader = Reader {
                headers: &request.headers,
                page: &page,
                host: &asked,
            };
            return self.guide.trust(&reader, false, None);
        }
        self.gate
            .handout(request.uri.path())
            .unwrap_or_else(|| redirect(&target))
    }

    /// Where the page is.
    fn main(&self, name: Name) -> Host {
        let port = (self.port != 443).then_some(self.port);
        Host { name, port }
    }

    /// The portal's part: whatever is for somebody else, and its own pages. The sheets of some
    /// systems press its button without saying where from (`Origin: null`): that may be, since it
    /// changes nothing but what their own phone is told.
    fn portal(
        &self,
        request: &Parts,
        connection: Connection,
        refusal: Option<&Refusal>,
    ) -> Option<Reply> {
        let portal = self.portal.as_ref()?;
        match refusal {
            Some(Refusal::NoHost) => None,
            Some(Refusal::WrongHost) => {
                let host = gate::host(request).ok()?;
                Some(portal.astray(request, &host, connection))
            }
            Some(Refusal::WrongOrigin) | None => {
                let asked = gate::host(request).ok().map(|host| host.name);
                portal.answer(request, asked.as_ref(), connection.address)
            }
        }
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
