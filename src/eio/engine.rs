//! The engine: answers HTTP requests, and keeps its sessions.

use std::fmt;
use std::future::{Future, ready};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::Either;
use hyper::body::Incoming;
use hyper::{Method, Request};
use tokio::time::Instant;
use tracing::{Instrument, Span, debug_span};

use super::driver::{self, Live};
use super::registry::{Place, Registry};
use super::request::{Answer, Query, Refusal, handshake, text};
use super::upgrade::{self, Attempt};
use super::{CloseReason, Handler, Outgoing, Peer, Session, Sid, Transport, polling};
use crate::config;

/// What an engine is told of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The clocks.
    pub engine: config::Engine,
    /// The ceilings.
    pub limits: config::Limits,
}

/// Everything of one path: its sessions and the upper layer that they belong to.
pub struct Engine<H: Handler> {
    handler: H,
    clocks: config::Engine,
    registry: Arc<Registry>,
}

impl<H: Handler> Engine<H> {
    /// An engine without sessions.
    pub fn new(settings: Settings, handler: H) -> Arc<Self> {
        let registry = Arc::new(Registry::new(settings.limits));
        Arc::new(Self {
            handler,
            clocks: settings.engine,
            registry,
        })
    }

    /// The upper layer.
    pub fn handler(&self) -> &H {
        &self.handler
    }

    /// Answers one request; that its path is the engine's, the caller has seen to. A connection
    /// that becomes a WebSocket is served by a task of its own.
    ///
    /// Dropping the future is how a cancelled request is noticed: a cancelled poll ends its
    /// session.
    pub fn handle(
        self: &Arc<Self>,
        request: Request<Incoming>,
        peer: Peer,
    ) -> impl Future<Output = Answer> + Send + use<H> {
        // A parked GET waits for long: of its request nothing is kept.
        match self.route(request, peer) {
            Ok(Route::Answer(answer)) => Either::Left(ready(*answer)),
            Ok(Route::Get(session)) => Either::Right(Either::Left(Box::pin(polling::get(session)))),
            Ok(Route::Post(session, body)) => {
                let (registry, limit) = (Arc::clone(&self.registry), self.clocks.ping_timeout());
                let post = polling::post(session, registry, limit, *body);
                Either::Right(Either::Right(Box::pin(post)))
            }
            Err(refusal) => Either::Left(ready(refusal.answer())),
        }
    }

    /// Ends: no new sessions, each one is closed with [`CloseReason::Shutdown`]; returns when the
    /// tasks of all have ended, within a few seconds.
    pub async fn shutdown(&self) {
        for session in self.registry.shut() {
            session.close(CloseReason::Shutdown);
        }
        self.registry.tasks.close();
        self.registry.tasks.wait().await;
    }

    /// Sessions that count against the limit.
    pub fn sessions(&self) -> usize {
        self.registry.sessions()
    }

    pub(super) fn clocks(&self) -> &config::Engine {
        &self.clocks
    }

    fn upgrade_limit(&self) -> Duration {
        Duration::from_millis(self.clocks.upgrade_timeout_ms)
    }

    /// All that can be asked for, in the order in which the reference server checks it.
    fn route(self: &Arc<Self>, request: Request<Incoming>, peer: Peer) -> Result<Route, Refusal> {
        let query = Query::parse(request.uri().query().unwrap_or_default())?;
        let session = match query.sid {
            None => None,
            Some(sid) => {
                let session = Sid::parse(sid).and_then(|sid| self.registry.find(&sid));
                Some(session.ok_or(Refusal::Sid)?)
            }
        };
        if session.is_none() && request.method() != Method::GET {
            return Err(Refusal::Method);
        }
        if !query.current {
            return Err(Refusal::Version);
        }
        match (query.transport, session) {
            (Transport::Polling, None) => self.open_polling(peer),
            (Transport::Polling, Some(session)) => {
                if session.transport() == Transport::WebSocket {
                    return Err(Refusal::Request);
                }
                if session.is_overdue() {
                    session.close(CloseReason::PingTimeout);
                    return Err(Refusal::Sid);
                }
                match *request.method() {
                    Method::GET => Ok(Route::Get(session)),
                    Method::POST => Ok(Route::Post(session, Box::new(request.into_body()))),
                    _ => Err(Refusal::Request),
                }
            }
            (Transport::WebSocket, None) => self.open_websocket(request, peer),
            (Transport::WebSocket, Some(session)) => self.upgrade(request, session),
        }
    }

    fn open_polling(self: &Arc<Self>, peer: Peer) -> Result<Route, Refusal> {
        let place = self.registry.reserve(peer.address)?;
        let session = Session::new(&self.registry, peer, Transport::Polling);
        let open = self.open_packet(&session, r#""websocket""#);
        let span = span(&session);
        let live = span.in_scope(|| self.open(&session, place));
        let driver = driver::run(live, None, Instant::now());
        self.registry.tasks.spawn(driver.instrument(span));
        Ok(Route::Answer(Box::new(text(open))))
    }

    fn open_websocket(
        self: &Arc<Self>,
        request: Request<Incoming>,
        peer: Peer,
    ) -> Result<Route, Refusal> {
        let response = handshake(&request).ok_or(Refusal::Request)?;
        let place = self.registry.reserve(peer.address)?;
        let on_upgrade = hyper::upgrade::on(request);
        let engine = Arc::clone(self);
        self.registry.tasks.spawn(async move {
            let limit = engine.upgrade_limit();
            let socket = upgrade::accept(on_upgrade, &engine.registry, limit).await;
            let Some(socket) = socket else { return };
            let session = Session::new(&engine.registry, peer, Transport::WebSocket);
            let open = engine.open_packet(&session, "");
            session.push_control(Outgoing::Text(open.into()));
            let span = span(&session);
            let live = span.in_scope(|| engine.open(&session, place));
            drop((engine, session));
            let driver = driver::run(live, Some(socket), Instant::now());
            driver.instrument(span).await;
        });
        Ok(Route::Answer(Box::new(response)))
    }

    fn upgrade(
        self: &Arc<Self>,
        request: Request<Incoming>,
        session: Arc<Session>,
    ) -> Result<Route, Refusal> {
        let response = handshake(&request).ok_or(Refusal::Request)?;
        let on_upgrade = hyper::upgrade::on(request);
        let registry = Arc::clone(&self.registry);
        let limit = self.upgrade_limit();
        match Attempt::begin(session) {
            Some(attempt) => self
                .registry
                .tasks
                .spawn(upgrade::run(attempt, on_upgrade, registry, limit)),
            None => self
                .registry
                .tasks
                .spawn(upgrade::refuse(on_upgrade, registry, limit)),
        };
        Ok(Route::Answer(Box::new(response)))
    }

    /// Makes the session known: to the upper layer, then to requests.
    fn open(self: &Arc<Self>, session: &Arc<Session>, place: Place) -> Live<H> {
        let live = Live::new(self, Arc::clone(session), place);
        if !self.registry.insert(session) {
            session.close(CloseReason::Shutdown);
        }
        live
    }

    fn open_packet(&self, session: &Session, upgrades: &str) -> String {
        format!(
            r#"0{{"sid":"{}","upgrades":[{upgrades}],"pingInterval":{},"pingTimeout":{},"maxPayload":{}}}"#,
            session.sid().as_str(),
            self.clocks.ping_interval_ms,
            self.clocks.ping_timeout_ms,
            self.registry.limits.packet_bytes,
        )
    }
}

/// What a session's log lines carry. At the level `debug`: a span that is enabled costs each
/// session memory for its life.
fn span(session: &Session) -> Span {
    let (address, transport) = (session.peer().address, session.transport().as_str());
    debug_span!("session", number = session.number(), %address, transport)
}

/// Where a request goes.
enum Route {
    Answer(Box<Answer>),
    Get(Arc<Session>),
    Post(Arc<Session>, Box<Incoming>),
}

impl<H: Handler> fmt::Debug for Engine<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("sessions", &self.sessions())
            .finish_non_exhaustive()
    }
}
