//! A session as its own task, the driver, sees it.

use std::sync::atomic::Ordering;
use std::task::{Poll, Waker};

use tokio::time::Instant;

use super::super::packet::PING;
use super::super::polling::Post;
use super::super::socket::Socket;
use super::super::{CloseReason, Outgoing};
use super::{Get, Session, Upgrade};

/// What a polling session's driver has to do.
pub(in crate::eio) enum Task {
    /// Handle the packets of a POST.
    Post(Post),
    /// Go on with this WebSocket.
    Upgrade(Box<Socket>),
    /// End.
    Close(CloseReason),
}

impl Session {
    /// Names the task that is woken when the session has something to do.
    pub(in crate::eio) fn set_driver(&self, waker: &Waker) {
        self.state().driver = Some(waker.clone());
    }

    /// On polling: notes when the peer counts as gone unless it answers.
    pub(in crate::eio) fn set_deadline(&self, deadline: Instant) {
        self.deadline
            .store(self.registry.micros(deadline), Ordering::Relaxed);
    }

    /// Queues a packet of the protocol itself.
    pub(in crate::eio) fn push_control(&self, packet: Outgoing) {
        let mut state = self.state();
        let before = state.outbox.held();
        state.outbox.push_control(packet);
        self.registry.account(before, state.outbox.held());
        self.wake_sender(state);
    }

    /// Queues a ping.
    pub(in crate::eio) fn push_ping(&self) {
        self.push_control(PING);
    }

    /// On polling: the next thing to do.
    pub(in crate::eio) fn poll_task(&self) -> Poll<Task> {
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
    pub(in crate::eio) fn posted(&self) {
        self.state().posting = false;
    }

    /// Whether a POST is being read or handled, so that a pong may be held up.
    pub(in crate::eio) fn is_posting(&self) -> bool {
        self.state().posting
    }

    /// Ready once a GET is parked; wakes the driver.
    pub(in crate::eio) fn poll_parked(&self) -> Poll<()> {
        let mut state = self.state();
        state.awaited = true;
        if state.get == Get::Absent {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }

    /// On polling, closing: ready when the last packets have been fetched.
    pub(in crate::eio) fn poll_farewell(&self) -> Poll<()> {
        if self.state().farewell {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// On WebSocket: the driver is awake and will look at the outbox before it sleeps.
    pub(in crate::eio) fn disarm(&self) {
        self.armed.store(false, Ordering::Relaxed);
    }

    /// On WebSocket: hands packets to `take` until all are gone or it has enough. True if all are
    /// gone; then the next packet wakes the driver.
    pub(in crate::eio) fn drain(&self, mut take: impl FnMut(Outgoing) -> bool) -> bool {
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
    pub(in crate::eio) fn set_in_flight(&self, bytes: usize) {
        let mut state = self.state();
        let before = state.outbox.held();
        state.outbox.set_in_flight(bytes);
        self.registry.account(before, state.outbox.held());
    }

    /// The driver ends: nothing refers to its task any more, nothing is held.
    pub(in crate::eio) fn end(&self) -> CloseReason {
        self.close(CloseReason::Transport);
        self.registry.remove(&self.sid);
        let mut state = self.state();
        let (inbox, upgrade) = (
            state.inbox.take(),
            std::mem::replace(&mut state.upgrade, Upgrade::Done),
        );
        state.driver = None;
        self.empty(&mut state);
        drop(state);
        drop((inbox, upgrade));
        self.closing().unwrap_or(CloseReason::Transport)
    }
}
