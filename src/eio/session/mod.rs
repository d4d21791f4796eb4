//! One session: what is queued for it, who waits on it, and why it ends. It outlives the change
//! of its transport. It does no I/O; the tasks that do are its driver and, on polling, requests.

mod requests;
mod switch;
mod task;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

pub(super) use requests::Admission;
pub(super) use task::Task;

use super::outbox::{Outbox, Pushed};
use super::polling::Post;
use super::registry::Registry;
use super::socket::Socket;
use super::{CloseReason, Kind, Outgoing, Peer, Sid, Transport};

/// One Engine.IO connection, whatever its transport.
pub struct Session {
    sid: Sid,
    number: u64,
    peer: Peer,
    registry: Arc<Registry>,
    /// A [`CloseReason`] once the session is to end, else 0.
    closing: AtomicU8,
    /// WebSocket: the driver has drained all and wants to be woken by the next packet.
    armed: AtomicBool,
    /// On polling: when the peer counts as gone, in microseconds of the registry's clock. Its
    /// driver's timer says so too, but a little later; a request that comes in between must not
    /// find the session.
    deadline: AtomicU64,
    state: Mutex<State>,
}

struct State {
    outbox: Outbox,
    transport: Transport,
    /// The session's own task. Its waker stays the same for the session's life.
    driver: Option<Waker>,
    /// The parked GET.
    poller: Option<Waker>,
    /// The task that upgrades the session.
    prober: Option<Waker>,
    get: Get,
    /// The driver waits for a GET to be parked.
    awaited: bool,
    /// A POST is being read or handled.
    posting: bool,
    inbox: Option<Post>,
    upgrade: Upgrade,
    /// The last packets of a polling session have been fetched.
    farewell: bool,
}

/// The one GET that may wait for packets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Get {
    Absent,
    Parked,
    /// Parked, and to be answered now, if only with a noop.
    Released,
}

/// Progress of the upgrade (protocol, "Upgrade").
#[derive(Default)]
enum Upgrade {
    #[default]
    Idle,
    /// A WebSocket was accepted.
    Begun,
    /// Its probe was answered; polls are answered soon.
    Probed,
    /// The `upgrade` packet came: the driver takes the socket over.
    Ready(Box<Socket>),
    /// The session is on WebSocket.
    Done,
}

impl Session {
    pub(super) fn new(registry: &Arc<Registry>, peer: Peer, transport: Transport) -> Arc<Self> {
        Arc::new(Self {
            deadline: AtomicU64::new(u64::MAX),
            sid: Sid::random(),
            number: registry.next_number(),
            peer,
            registry: Arc::clone(registry),
            closing: AtomicU8::new(0),
            armed: AtomicBool::new(false),
            state: Mutex::new(State {
                outbox: Outbox::default(),
                transport,
                driver: None,
                poller: None,
                prober: None,
                get: Get::Absent,
                awaited: false,
                posting: false,
                inbox: None,
                upgrade: match transport {
                    Transport::Polling => Upgrade::Idle,
                    Transport::WebSocket => Upgrade::Done,
                },
                farewell: false,
            }),
        })
    }

    /// The secret by which requests find the session.
    pub fn sid(&self) -> &Sid {
        &self.sid
    }

    /// A number for logs; the first session of an engine has 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whom the session was opened by.
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// How its packets travel at the moment.
    pub fn transport(&self) -> Transport {
        self.state().transport
    }

    /// Whether it has not begun to close.
    pub fn is_open(&self) -> bool {
        self.closing.load(Ordering::Acquire) == 0
    }

    /// Queues packets in one piece and wakes whoever sends them. Never blocks. If a
    /// [`Kind::Normal`] group does not fit, the session is closed as a slow consumer.
    pub fn send(&self, packets: &[Outgoing], kind: Kind) {
        let limit = self.registry.limits.outbox_bytes;
        let mut state = self.state();
        // Looked at under the lock: whoever closes empties the outbox afterwards, under it too.
        if !self.is_open() {
            return;
        }
        let before = state.outbox.held();
        let pushed = match kind {
            Kind::Volatile if self.registry.is_over() => Pushed::Dropped,
            _ => state.outbox.push(packets, kind, limit),
        };
        self.registry.account(before, state.outbox.held());
        match pushed {
            Pushed::Queued => self.wake_sender(state),
            Pushed::Dropped => return,
            Pushed::Overflow => drop(state),
        }
        if pushed == Pushed::Overflow {
            self.close(CloseReason::SlowConsumer);
        } else if self.registry.is_over() {
            self.registry.relieve();
        }
    }

    /// Ends the session. Its own task closes the transport: after what is queued for
    /// [`CloseReason::Server`] and [`CloseReason::Shutdown`], else at once. The first reason
    /// counts.
    pub fn close(&self, reason: CloseReason) {
        let order = (Ordering::AcqRel, Ordering::Acquire);
        let first = self
            .closing
            .compare_exchange(0, reason as u8, order.0, order.1)
            .is_ok();
        if !first && reason != CloseReason::SlowConsumer {
            return;
        }
        if !reason.is_polite() {
            self.registry.remove(&self.sid);
        }
        let mut state = self.state();
        if !reason.is_polite() {
            self.empty(&mut state);
        }
        let wakers = [
            state.driver.clone(),
            state.poller.take(),
            state.prober.take(),
        ];
        drop(state);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    /// Why it is to end, once it is.
    pub(super) fn closing(&self) -> Option<CloseReason> {
        CloseReason::from_u8(self.closing.load(Ordering::Acquire))
    }

    /// Bytes that it holds.
    pub(super) fn held(&self) -> usize {
        self.state().outbox.held()
    }

    fn wake_sender(&self, mut state: MutexGuard<'_, State>) {
        match state.transport {
            Transport::Polling => {
                let poller = state.poller.take();
                drop(state);
                if let Some(poller) = poller {
                    poller.wake();
                }
            }
            Transport::WebSocket => {
                if self.armed.swap(false, Ordering::Relaxed)
                    && let Some(driver) = &state.driver
                {
                    driver.wake_by_ref();
                }
            }
        }
    }

    fn empty(&self, state: &mut State) {
        let before = state.outbox.held();
        state.outbox.clear();
        self.registry.account(before, state.outbox.held());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says which session it is, and nothing that must stay secret.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::task::Poll;

    use tokio::sync::oneshot::{self, error::TryRecvError};

    use super::*;
    use crate::config::Limits;
    use crate::eio::Payload;

    fn session(transport: Transport) -> (Arc<Registry>, Arc<Session>) {
        let limits = Limits {
            outbox_bytes: 10_000,
            ..Limits::default()
        };
        let registry = Arc::new(Registry::new(limits));
        let peer = Peer {
            address: Ipv4Addr::LOCALHOST.into(),
            secure: false,
        };
        let session = Session::new(&registry, peer, transport);
        assert!(registry.insert(&session));
        (registry, session)
    }

    fn text(bytes: usize) -> Outgoing {
        Outgoing::Text("4".repeat(bytes).into())
    }

    #[test]
    fn an_ended_session_holds_nothing_and_takes_nothing() {
        let (registry, session) = session(Transport::Polling);
        session.send(&[text(100), text(200)], Kind::Normal);
        assert!(registry.outboxes() >= 300);
        assert_eq!(session.end(), CloseReason::Transport);
        session.send(&[text(100)], Kind::Normal);
        assert_eq!(registry.outboxes(), 0);
        assert!(registry.find(session.sid()).is_none());
    }

    #[test]
    fn a_post_that_comes_before_the_driver_has_begun_waits_for_it() {
        let (_registry, session) = session(Transport::Polling);
        let post = || {
            let (done, told) = oneshot::channel();
            let post = Post {
                packets: Payload::new("4hello".into()),
                done,
                _permit: None,
            };
            (post, told)
        };
        let (early, mut told) = post();
        session.deliver(early);
        assert!(matches!(session.poll_task(), Poll::Ready(Task::Post(_))));
        assert!(told.try_recv().is_err());
        session.end();
        let (late, mut told) = post();
        session.deliver(late);
        assert_eq!(
            told.try_recv(),
            Err(TryRecvError::Closed),
            "nobody handles it"
        );
    }

    #[test]
    fn the_first_reason_to_close_counts() {
        let (_registry, session) = session(Transport::Polling);
        session.close(CloseReason::Server);
        session.close(CloseReason::Client);
        assert_eq!(session.end(), CloseReason::Server);
    }

    #[test]
    fn what_does_not_fit_closes_the_session_and_frees_its_queue_at_once() {
        let (registry, session) = session(Transport::WebSocket);
        session.send(&[text(6_000)], Kind::Normal);
        session.send(&[text(6_000)], Kind::Volatile);
        assert!(session.is_open());
        session.send(&[text(6_000)], Kind::Normal);
        assert_eq!(session.closing(), Some(CloseReason::SlowConsumer));
        assert_eq!(registry.outboxes(), 0);
    }

    #[test]
    fn unwritten_bytes_count_until_the_session_closes() {
        let (registry, session) = session(Transport::WebSocket);
        session.set_in_flight(5_000);
        session.send(&[text(6_000)], Kind::Normal);
        assert_eq!(session.closing(), Some(CloseReason::SlowConsumer));
        assert_eq!(registry.outboxes(), 0);
        session.set_in_flight(4_000);
        session.end();
        assert_eq!(registry.outboxes(), 0);
    }

    #[test]
    fn nothing_of_a_session_that_is_printed_is_secret() {
        let (_registry, session) = session(Transport::WebSocket);
        let printed = format!("{session:?}");
        assert!(printed.contains("number: 1") && !printed.contains(session.sid().as_str()));
    }
}
