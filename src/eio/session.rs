//! One session: what is queued for it, who waits on it, and why it ends. It outlives the change
//! of its transport. It does no I/O; the tasks that do are its driver and, on polling, requests.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::time::Instant;

use super::outbox::{Outbox, Pushed};
use super::packet::{CLOSE, NOOP, PING};
use super::payload::Builder;
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
    parked: bool,
    /// The driver waits for a GET to be parked.
    awaited: bool,
    /// The parked GET is to be answered now, if only with a noop.
    released: bool,
    /// A POST is being read or handled.
    posting: bool,
    inbox: Option<Post>,
    upgrade: Upgrade,
    /// The last packets of a polling session have been fetched.
    farewell: bool,
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

impl Upgrade {
    fn take_ready(&mut self) -> Option<Box<Socket>> {
        match std::mem::replace(self, Self::Done) {
            Self::Ready(socket) => Some(socket),
            other => {
                *self = other;
                None
            }
        }
    }
}

/// Whether a request may do its part for the session.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Granted,
    /// Another one of its kind is under way: the client broke the protocol.
    Overlap,
    /// The session is on WebSocket by now.
    Upgraded,
}

impl Admission {
    fn ask(taken: &mut bool, upgraded: bool) -> Self {
        if upgraded {
            Self::Upgraded
        } else if std::mem::replace(taken, true) {
            Self::Overlap
        } else {
            Self::Granted
        }
    }
}

/// What a polling session's driver has to do.
pub(super) enum Task {
    /// Handle the packets of a POST.
    Post(Post),
    /// Go on with this WebSocket.
    Upgrade(Box<Socket>),
    /// End.
    Close(CloseReason),
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
                parked: false,
                awaited: false,
                released: false,
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
        if reason == CloseReason::SlowConsumer {
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

    /// Bytes that wait and would be freed if it were closed.
    pub(super) fn queued(&self) -> usize {
        self.state().outbox.queued()
    }

    /// On polling: notes when the peer counts as gone unless it answers.
    pub(super) fn set_deadline(&self, deadline: Instant) {
        self.deadline
            .store(self.registry.micros(deadline), Ordering::Relaxed);
    }

    /// On polling: whether the peer counts as gone by now.
    pub(super) fn is_overdue(&self) -> bool {
        let deadline = self.deadline.load(Ordering::Relaxed);
        self.registry.micros(Instant::now()) >= deadline && !self.is_posting()
    }

    /// Queues a packet of the protocol itself.
    pub(super) fn push_control(&self, packet: Outgoing) {
        let mut state = self.state();
        let before = state.outbox.held();
        state.outbox.push_control(packet);
        self.registry.account(before, state.outbox.held());
        self.wake_sender(state);
    }

    /// Queues a ping.
    pub(super) fn push_ping(&self) {
        self.push_control(PING);
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

/// For the driver.
impl Session {
    /// Names the task that is woken when the session has something to do.
    pub(super) fn set_driver(&self, waker: &Waker) {
        self.state().driver = Some(waker.clone());
    }

    /// On polling: the next thing to do.
    pub(super) fn poll_task(&self) -> Poll<Task> {
        let mut state = self.state();
        // A POST that is still under way is waited for: its packets come first.
        if !state.posting
            && let Some(socket) = state.upgrade.take_ready()
        {
            return Poll::Ready(Task::Upgrade(socket));
        }
        if let Some(reason) = self.closing() {
            return Poll::Ready(Task::Close(reason));
        }
        state
            .inbox
            .take()
            .map_or(Poll::Pending, |post| Poll::Ready(Task::Post(post)))
    }

    /// The POST was handled; there may be another.
    pub(super) fn posted(&self) {
        self.state().posting = false;
    }

    /// Whether a POST is being read or handled, so that a pong may be held up.
    pub(super) fn is_posting(&self) -> bool {
        self.state().posting
    }

    /// Ready once a GET is parked; wakes the driver.
    pub(super) fn poll_parked(&self) -> Poll<()> {
        let mut state = self.state();
        state.awaited = true;
        if state.parked {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// On polling, closing: ready when the last packets have been fetched.
    pub(super) fn poll_farewell(&self) -> Poll<()> {
        if self.state().farewell {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// On WebSocket: the driver is awake and will look at the outbox before it sleeps.
    pub(super) fn disarm(&self) {
        self.armed.store(false, Ordering::Relaxed);
    }

    /// On WebSocket: hands packets to `take` until all are gone or it has enough. True if all are
    /// gone; then the next packet wakes the driver.
    pub(super) fn drain(&self, mut take: impl FnMut(Outgoing) -> bool) -> bool {
        let mut state = self.state();
        let before = state.outbox.held();
        let mut more = true;
        while more && let Some(packet) = state.outbox.pop() {
            more = take(packet);
        }
        let drained = state.outbox.is_empty();
        if drained {
            self.armed.store(true, Ordering::Relaxed);
        }
        self.registry.account(before, state.outbox.held());
        drained
    }

    /// On WebSocket: so many bytes were drained and are not yet written.
    pub(super) fn set_in_flight(&self, bytes: usize) {
        let mut state = self.state();
        let before = state.outbox.held();
        state.outbox.set_in_flight(bytes);
        self.registry.account(before, state.outbox.held());
    }

    /// The driver ends: nothing refers to its task any more, nothing is held.
    pub(super) fn end(&self) -> CloseReason {
        self.close(CloseReason::Transport);
        self.registry.remove(&self.sid);
        let mut state = self.state();
        let (inbox, upgrade) = (
            state.inbox.take(),
            std::mem::replace(&mut state.upgrade, Upgrade::Done),
        );
        state.driver = None;
        if !state.parked {
            self.empty(&mut state);
        }
        drop(state);
        drop((inbox, upgrade));
        self.closing().unwrap_or(CloseReason::Transport)
    }
}

/// For the requests of the polling transport.
impl Session {
    /// Parks a GET.
    pub(super) fn park(&self) -> Admission {
        let mut state = self.state();
        let upgraded = state.transport == Transport::WebSocket;
        let admission = Admission::ask(&mut state.parked, upgraded);
        let driver = state.driver.clone().filter(|_| state.awaited);
        drop(state);
        driver.into_iter().for_each(Waker::wake);
        admission
    }

    /// The parked GET was cancelled: on polling, the peer is gone.
    pub(super) fn unpark(&self) {
        let mut state = self.state();
        state.parked = false;
        state.poller = None;
        let polling = state.transport == Transport::Polling;
        if !self.is_open() {
            self.empty(&mut state);
        }
        drop(state);
        if polling {
            self.close(CloseReason::Transport);
        }
    }

    /// The body of the parked GET, as soon as there is one.
    pub(super) fn poll_payload(&self, cx: &mut Context<'_>) -> Poll<Bytes> {
        let mut state = self.state();
        let mut body = Builder::default();
        let upgraded = state.transport == Transport::WebSocket;
        if !upgraded {
            self.fill(&mut state, &mut body);
        }
        match self.closing() {
            Some(CloseReason::Client) => body.push(NOOP),
            Some(_) if !upgraded && state.outbox.is_empty() => {
                body.push(CLOSE);
                state.farewell = true;
            }
            _ if body.is_empty() && (upgraded || state.released) => body.push(NOOP),
            _ => {}
        }
        if body.is_empty() {
            state.poller = Some(cx.waker().clone());
            return Poll::Pending;
        }
        state.parked = false;
        state.released = false;
        let driver = state.driver.clone().filter(|_| state.farewell);
        drop(state);
        driver.into_iter().for_each(Waker::wake);
        Poll::Ready(body.finish())
    }

    /// Answers the parked GET now, if only with a noop.
    pub(super) fn release(&self) {
        let mut state = self.state();
        state.released = state.parked;
        let poller = state.poller.take();
        drop(state);
        poller.into_iter().for_each(Waker::wake);
    }

    fn fill(&self, state: &mut State, body: &mut Builder) {
        let before = state.outbox.held();
        let limit = self.registry.limits.packet_bytes;
        while state
            .outbox
            .front()
            .is_some_and(|packet| body.fits(packet, limit))
        {
            if let Some(packet) = state.outbox.pop() {
                body.push(packet);
            }
        }
        self.registry.account(before, state.outbox.held());
    }

    /// Begins a POST.
    pub(super) fn begin_post(&self) -> Admission {
        let mut state = self.state();
        let upgraded = state.transport == Transport::WebSocket;
        Admission::ask(&mut state.posting, upgraded)
    }

    /// The POST broke off: on polling, the peer is gone.
    pub(super) fn abort_post(&self, reason: CloseReason) {
        let mut state = self.state();
        state.posting = false;
        let polling = state.transport == Transport::Polling;
        let driver = state.driver.clone();
        drop(state);
        driver.into_iter().for_each(Waker::wake);
        if polling {
            self.close(reason);
        }
    }

    /// Hands a POST's packets to the driver.
    pub(super) fn deliver(&self, post: Post) {
        let mut state = self.state();
        let Some(driver) = state.driver.clone() else {
            return;
        };
        state.inbox = Some(post);
        drop(state);
        driver.wake();
    }
}

/// For the upgrade.
impl Session {
    /// A WebSocket asks for the session. False if another one has it or tries to.
    pub(super) fn begin_upgrade(&self) -> bool {
        let mut state = self.state();
        let idle = matches!(state.upgrade, Upgrade::Idle) && self.is_open();
        if idle {
            state.upgrade = Upgrade::Begun;
        }
        idle
    }

    /// The probe came: the parked GET is released, so that the client can finish polling.
    pub(super) fn probed(&self) {
        self.state().upgrade = Upgrade::Probed;
        self.release();
    }

    pub(super) fn is_probed(&self) -> bool {
        matches!(self.state().upgrade, Upgrade::Probed)
    }

    /// The attempt failed: polling goes on as if nothing had been.
    pub(super) fn abandon_upgrade(&self) {
        let mut state = self.state();
        state.prober = None;
        if matches!(state.upgrade, Upgrade::Begun | Upgrade::Probed) {
            state.upgrade = Upgrade::Idle;
        }
    }

    /// The `upgrade` packet came. From now on polling requests are refused; what is queued goes
    /// over the socket. Gives it back if the session has ended.
    pub(super) fn hand_over(&self, socket: Box<Socket>) -> Result<(), Box<Socket>> {
        let mut state = self.state();
        let (true, Some(driver)) = (self.is_open(), state.driver.clone()) else {
            return Err(socket);
        };
        state.transport = Transport::WebSocket;
        state.upgrade = Upgrade::Ready(socket);
        state.prober = None;
        let poller = state.poller.take();
        drop(state);
        driver.wake();
        poller.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// For the upgrading task: ready once the session closes.
    pub(super) fn poll_closing(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if !self.is_open() {
            return Poll::Ready(());
        }
        state.prober = Some(cx.waker().clone());
        Poll::Pending
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
