//! From polling to WebSocket (protocol, "Upgrade").
//!
//! ```text
//! client                       this task                     session (driver, parked GET)
//!   GET ...websocket&sid  ->     101; begin_upgrade            goes on polling
//!   2probe                ->     3probe; probed                parked GET: 6
//!   5                     ->     hand_over                     GET, POST: 400; POST under way
//!                                                              is handled, then the driver
//!                                                              takes the socket, and what is
//!                                                              queued goes out over it
//! ```
//! Anything else, or nothing in time, ends the attempt and leaves polling as it was.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::upgrade::OnUpgrade;
use tokio::time::timeout;

use super::packet::PROBE;
use super::registry::Registry;
use super::socket::Socket;
use super::websocket::goodbye;
use super::{CloseReason, Packet, Session};

/// An attempt under way; polling goes on as before if it is dropped.
pub(super) struct Attempt {
    session: Arc<Session>,
}

impl Attempt {
    /// `None` if the session is on WebSocket already or another attempt is under way.
    pub(super) fn begin(session: Arc<Session>) -> Option<Self> {
        session.begin_upgrade().then_some(Self { session })
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.session.abandon_upgrade();
    }
}

/// Waits for hyper to give the connection back.
pub(super) async fn accept(
    on_upgrade: OnUpgrade,
    registry: &Registry,
    limit: Duration,
) -> Option<Box<Socket>> {
    let upgraded = Box::pin(timeout(limit, on_upgrade)).await.ok()?.ok()?;
    Some(Box::new(Socket::new(upgraded, registry)))
}

/// Probes a WebSocket and hands it to its session.
pub(super) async fn run(
    attempt: Attempt,
    on_upgrade: OnUpgrade,
    registry: Arc<Registry>,
    limit: Duration,
) {
    let Some(mut socket) = accept(on_upgrade, &registry, limit).await else {
        return;
    };
    let session = &attempt.session;
    let complete = timeout(limit, probe(session, &mut socket)).await == Ok(Some(()));
    let refused = if complete {
        session.hand_over(socket).err()
    } else {
        Some(socket)
    };
    drop(attempt);
    if let Some(socket) = refused {
        goodbye(socket, CloseReason::Server).await;
    }
}

/// Accepts a WebSocket only to close it: its session has one.
pub(super) async fn refuse(on_upgrade: OnUpgrade, registry: Arc<Registry>, limit: Duration) {
    if let Some(socket) = accept(on_upgrade, &registry, limit).await {
        goodbye(socket, CloseReason::Server).await;
    }
}

async fn probe(session: &Session, socket: &mut Socket) -> Option<()> {
    let Packet::Ping(data) = next(session, socket).await? else {
        return None;
    };
    if data.as_str() != PROBE {
        return None;
    }
    session.probed();
    socket.push(Packet::Pong(data).encode());
    poll_fn(|cx| socket.poll_flush(cx)).await.ok()?;
    (next(session, socket).await? == Packet::Upgrade).then_some(())
}

async fn next(session: &Session, socket: &mut Socket) -> Option<Packet> {
    poll_fn(|cx| match session.poll_closing(cx) {
        Poll::Ready(()) => Poll::Ready(None),
        Poll::Pending => socket.poll_packet(cx).map(Result::ok),
    })
    .await
}
