//! A session as the requests of the polling transport see it.

use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::time::Instant;

use super::super::packet::{CLOSE, NOOP};
use super::super::payload::Builder;
use super::super::polling::Post;
use super::super::{CloseReason, Transport};
use super::{Get, Session, State};

/// Whether a request may do its part for the session.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::eio) enum Admission {
    Granted,
    /// Another one of its kind is under way: the client broke the protocol.
    Overlap,
    /// The session is on WebSocket by now.
    Upgraded,
}

impl State {
    /// Whether a request may do its part, given that one of its kind is under way or not.
    fn admit(&self, taken: bool) -> Admission {
        match self.transport {
            Transport::WebSocket => Admission::Upgraded,
            Transport::Polling if taken => Admission::Overlap,
            Transport::Polling => Admission::Granted,
        }
    }
}

impl Session {
    /// On polling: whether the peer counts as gone by now.
    pub(in crate::eio) fn is_overdue(&self) -> bool {
        let deadline = self.deadline.load(Ordering::Relaxed);
        self.registry.micros(Instant::now()) >= deadline && !self.is_posting()
    }

    /// Parks a GET.
    pub(in crate::eio) fn park(&self) -> Admission {
        let mut state = self.state();
        let admission = state.admit(state.get != Get::Absent);
        if admission == Admission::Granted {
            state.get = Get::Parked;
        }
        let driver = state.driver.clone().filter(|_| state.awaited);
        drop(state);
        driver.into_iter().for_each(Waker::wake);
        admission
    }

    /// The parked GET was cancelled: on polling, the peer is gone.
    pub(in crate::eio) fn unpark(&self) {
        let mut state = self.state();
        state.get = Get::Absent;
        state.poller = None;
        let polling = state.transport == Transport::Polling;
        drop(state);
        if polling {
            self.close(CloseReason::Transport);
        }
    }

    /// The body of the parked GET, as soon as there is one.
    pub(in crate::eio) fn poll_payload(&self, cx: &mut Context<'_>) -> Poll<Bytes> {
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
            _ if body.is_empty() && (upgraded || state.get == Get::Released) => body.push(NOOP),
            _ => {}
        }
        if body.is_empty() {
            state.poller = Some(cx.waker().clone());
            return Poll::Pending;
        }
        state.get = Get::Absent;
        let driver = state.driver.clone().filter(|_| state.farewell);
        drop(state);
        driver.into_iter().for_each(Waker::wake);
        Poll::Ready(body.finish())
    }

    /// Answers the parked GET now, if only with a noop.
    pub(in crate::eio) fn release(&self) {
        let mut state = self.state();
        if state.get == Get::Parked {
            state.get = Get::Released;
        }
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
    pub(in crate::eio) fn begin_post(&self) -> Admission {
        let mut state = self.state();
        let admission = state.admit(state.posting);
        state.posting |= admission == Admission::Granted;
        admission
    }

    /// The POST broke off: on polling, the peer is gone.
    pub(in crate::eio) fn abort_post(&self, reason: CloseReason) {
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

    /// Hands a POST's packets to the driver. A quick client may be here before the driver has been
    /// run for the first time: then they wait for it.
    pub(in crate::eio) fn deliver(&self, post: Post) {
        let mut state = self.state();
        let driver = state.driver.clone();
        // Under the lock: a driver that ends afterwards takes what it finds.
        if driver.is_none() && !self.is_open() {
            return;
        }
        state.inbox = Some(post);
        drop(state);
        driver.into_iter().for_each(Waker::wake);
    }
}
