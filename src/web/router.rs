//! The whole HTTP surface of the port of the page and the chat.

use std::fmt;
use std::future::{Future, ready};
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt as _;
use futures_util::future::Either;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Request, StatusCode};
use serde_json::json;

use super::gate::Visit;
use super::guide::{self, Reader};
use super::origin::{Host, Name};
use super::reply::{self, Reply};
use super::{Connection, Gate, Guide, Health, Portal, assets};
use crate::eio::{self, Engine, Peer};
use crate::metrics::Metrics;

/// Answers requests; one for all connections.
pub struct Router<H: eio::Handler> {
    gate: Arc<Gate>,
    engine: Arc<Engine<H>>,
    metrics: Arc<Metrics>,
    health: Box<dyn Fn() -> Health + Send + Sync>,
    guide: Arc<Guide>,
    portal: Option<Arc<Portal>>,
    started: Instant,
}

impl<H: eio::Handler> Router<H> {
    /// `health` is asked at each `/healthz`, so it has to be quick and must not block.
    pub fn new(
        gate: Arc<Gate>,
        engine: Arc<Engine<H>>,
        metrics: Arc<Metrics>,
        health: Box<dyn Fn() -> Health + Send + Sync>,
        guide: Arc<Guide>,
        portal: Option<Arc<Portal>>,
    ) -> Self {
        Self {
            gate,
            engine,
            metrics,
            health,
            guide,
            portal,
            started: Instant::now(),
        }
    }

    /// Answers one request.
    ///
    /// Not an `async fn`: a poll is answered after minutes, and meanwhile only this much is kept.
    pub fn answer(
        &self,
        request: Request<Incoming>,
        connection: Connection,
    ) -> impl Future<Output = Reply> + Send + use<H> {
        self.metrics.requests.add();
        let (parts, body) = request.into_parts();
        let visit = match self.gate.check(&parts, connection) {
            Ok(visit) => visit,
            Err(refusal) => {
                self.metrics.turned_away.add();
                tracing::debug!(?refusal, "request turned away");
                return Either::Left(ready(refusal.reply()));
            }
        };
        if let Some(portal) = &self.portal {
            portal.welcome(connection.address);
        }
        if let Some(mut reply) = visit.cors.preflight(&parts) {
            visit.cors.grant(&mut reply);
            return Either::Left(ready(reply));
        }
        if parts.uri.path() != "/socket.io/" {
            let mut reply = self.resource(&parts, &visit, connection);
            reply::fence(reply.headers_mut(), &visit.host, visit.secure);
            visit.cors.grant(&mut reply);
            return Either::Left(ready(reply));
        }
        let peer = Peer {
            address: visit.address,
            secure: visit.secure,
        };
        let answer = self.engine.handle(Request::from_parts(parts, body), peer);
        let cors = visit.cors;
        Either::Right(answer.map(|mut reply| {
            reply::keep_private(reply.headers_mut());
            cors.grant(&mut reply);
            reply
        }))
    }

    /// All that is only read: everything but the doors of the chat.
    fn resource(&self, request: &Parts, visit: &Visit, connection: Connection) -> Reply {
        let path = request.uri.path();
        let found = match path {
            "/healthz" => Some(self.healthz()),
            "/version" => Some(version()),
            "/ca.crt" | "/ca.pem" | "/madang.mobileconfig" => self.gate.handout(path),
            "/trust" => Some(self.trust(request, visit, connection)),
            "/trust.js" | "/trust.svg" => guide::part(path),
            _ if assets::is_missing_from_build(path) => Some(assets::not_built()),
            _ => assets::find(path).map(|asset| asset.answer(&request.headers)),
        };
        match found {
            None => reply::text(StatusCode::NOT_FOUND, "404: there is nothing here"),
            Some(_) if !reply::reads(&request.method) => {
                reply::read_only("this can only be read (GET, HEAD)")
            }
            Some(reply) => reply,
        }
    }

    fn trust(&self, request: &Parts, visit: &Visit, connection: Connection) -> Reply {
        let Host { name, port } = &visit.host;
        // Whoever came by a name can come by the address, and on the board's Wi-Fi the other way: a
        // name that cannot be found would look like a certificate that is not trusted.
        let other = match name {
            Name::Dns(_) => Some(Name::Address(connection.local)),
            Name::Address(_) => {
                let portal = self.portal.as_ref();
                portal.and_then(|portal| portal.name_for(connection.address).cloned())
            }
        };
        let certified = |name: &Name| self.gate.identity.certified(&name.to_string());
        let other = other.filter(|name| visit.secure && certified(name));
        let elsewhere = other.map(|name| format!("https://{}", Host { name, port: *port }));

        let host = visit.host.to_string();
        let scheme = if visit.secure { "https" } else { "http" };
        let reader = Reader {
            headers: &request.headers,
            page: &format!("{scheme}://{host}"),
            host: &host,
        };
        self.guide
            .trust(&reader, visit.secure, elsewhere.as_deref())
    }

    fn healthz(&self) -> Reply {
        let Health { chat, radio, card } = (self.health)();
        reply::json(&json!({
            // A card that fails does not stop the relay: no reason to restart the gateway.
            "status": if chat.storing { "ok" } else { "degraded" },
            "sessions": self.engine.sessions(),
            "chat": chat,
            "radio": radio,
            "card": card,
            "uptime_seconds": self.started.elapsed().as_secs(),
            "counters": &*self.metrics,
        }))
    }
}

impl<H: eio::Handler> fmt::Debug for Router<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("gate", &self.gate)
            .finish_non_exhaustive()
    }
}

fn version() -> Reply {
    let built: Option<u64> = env!("MADANG_BUILD_TIME").parse().ok();
    let commit = Some(env!("MADANG_BUILD_COMMIT")).filter(|commit| !commit.is_empty());
    reply::json(&json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "commit": commit,
        "built": built,
        "protocols": { "engine.io": 4, "socket.io": 5 },
    }))
}
