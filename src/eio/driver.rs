//! The one task of a session: from its handshake to its end, over both transports.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::task::coop::consume_budget;
use tokio::time::{Instant, sleep, timeout};
use tracing::{Span, debug};

use super::engine::Engine;
use super::heartbeat::{Beat, Heart};
use super::packet::Malformed;
use super::polling::Post;
use super::registry::Place;
use super::request::Refusal;
use super::session::Task;
use super::socket::Socket;
use super::{CloseReason, Flow, Handler, Message, Packet, Session, Transport, websocket};

/// A session that the upper layer knows. When dropped, however that comes about, the session
/// cannot be found any more, holds nothing, and the upper layer is told, once.
pub(super) struct Live<H: Handler> {
    engine: Arc<Engine<H>>,
    session: Arc<Session>,
    conn: Arc<H::Conn>,
    _place: Place,
}

impl<H: Handler> Live<H> {
    pub(super) fn new(engine: &Arc<Engine<H>>, session: Arc<Session>, place: Place) -> Self {
        let conn = Arc::new(engine.handler().open(&session));
        debug!("session opened");
        Self {
            engine: Arc::clone(engine),
            session,
            conn,
            _place: place,
        }
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    pub(super) fn message(&self, message: Message) -> Flow {
        self.engine.handler().message(&self.conn, message)
    }
}

impl<H: Handler> Drop for Live<H> {
    fn drop(&mut self) {
        let reason = self.session.end();
        debug!(?reason, "session closed");
        self.engine.handler().close(&self.conn, reason);
    }
}

/// Time for a polling client to fetch the last packets.
const FAREWELL_LIMIT: Duration = Duration::from_secs(2);
/// A client that closes may have sent its last GET at the same time, over another connection:
/// so long it may come in later and is still answered.
const LAST_GET_LIMIT: Duration = Duration::from_millis(30);

/// Serves a session to its end. Begins on polling unless there is a `socket`.
pub(super) async fn run<H: Handler>(live: Live<H>, socket: Option<Box<Socket>>, opened: Instant) {
    let timer = pin!(sleep(Duration::ZERO));
    let mut heart = Heart::new(timer, live.engine.clocks(), opened);
    poll_fn(|cx| {
        live.session.set_driver(cx.waker());
        Poll::Ready(())
    })
    .await;
    let socket = match socket {
        Some(socket) => Some(socket),
        // Boxed: a session that began on WebSocket need not have room for it.
        None => Box::pin(polling(&live, &mut heart)).await,
    };
    let Some(mut socket) = socket else { return };
    let reason = websocket::run(&live, &mut heart, &mut socket).await;
    drop(live);
    if !matches!(reason, CloseReason::Transport) {
        websocket::goodbye(socket, reason).await;
    }
}

/// Serves a session on polling until it is upgraded or ends.
async fn polling<H: Handler>(live: &Live<H>, heart: &mut Heart<'_>) -> Option<Box<Socket>> {
    let session = live.session();
    session.set_deadline(heart.deadline());
    loop {
        let task = poll_fn(|cx| {
            if poll_heart(session, heart, cx).is_ready() {
                session.close(CloseReason::PingTimeout);
            }
            session.poll_task()
        });
        match task.await {
            Task::Upgrade(socket) => {
                Span::current().record("transport", Transport::WebSocket.as_str());
                return Some(socket);
            }
            Task::Close(reason) => {
                if reason.is_polite() {
                    let fetched = poll_fn(|_| session.poll_farewell());
                    drop(Box::pin(timeout(FAREWELL_LIMIT, fetched)).await);
                }
                return None;
            }
            // Boxed: a session that only waits need not have room for it.
            Task::Post(post) => Box::pin(handle(live, heart, post)).await,
        }
    }
}

/// Handles the packets of a POST in their order, and lets it be answered.
async fn handle<H: Handler>(live: &Live<H>, heart: &mut Heart<'_>, post: Post) {
    let session = live.session();
    let mut answer = Ok(());
    for packet in post.packets {
        // A payload of very many tiny packets must not hold up the thread's other sessions.
        consume_budget().await;
        match packet {
            Ok(Packet::Message(message)) => {
                if let Some(flow) = live.message(message) {
                    finish(session, heart, flow).await;
                }
            }
            Ok(Packet::Pong(_)) => {
                heart.pong();
                session.set_deadline(heart.deadline());
            }
            Ok(Packet::Close) => {
                let parked = poll_fn(|_| session.poll_parked());
                drop(Box::pin(timeout(LAST_GET_LIMIT, parked)).await);
                session.close(CloseReason::Client);
                break;
            }
            Ok(Packet::Ping(_)) | Err(Malformed) => {
                session.close(CloseReason::Malformed);
                answer = Err(Refusal::Request);
            }
            Ok(Packet::Open(_) | Packet::Upgrade | Packet::Noop) => {}
        }
        if !session.is_open() {
            break;
        }
    }
    session.posted();
    // Whoever posted may be gone; the packets were handled all the same.
    let _ = post.done.send(answer);
}

/// Awaits what holds up the next message, unless the session ends.
async fn finish(session: &Session, heart: &mut Heart<'_>, mut flow: BoxFuture<'static, ()>) {
    poll_fn(|cx| {
        // Not ready while there is a POST, and there is one.
        let _ = poll_heart(session, heart, cx);
        if session.is_open() {
            flow.as_mut().poll(cx)
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// Pings when it is time. Ready when the peer is to be given up.
fn poll_heart(session: &Session, heart: &mut Heart<'_>, cx: &mut Context<'_>) -> Poll<()> {
    while let Some(beat) = heart.poll(cx) {
        match beat {
            Beat::Ping => session.push_ping(),
            // A pong may be in the POST that is under way, which has a time limit of its own.
            Beat::Missed if session.is_posting() => {}
            Beat::Missed => return Poll::Ready(()),
        }
    }
    Poll::Pending
}
