//! A session as an upgrade from polling to WebSocket sees it.

use std::task::{Context, Poll, Waker};

use super::super::Transport;
use super::super::socket::Socket;
use super::{Session, Upgrade};

impl Upgrade {
    /// The socket, if it waits to be taken.
    pub(super) fn take_ready(&mut self) -> Option<Box<Socket>> {
        match std::mem::replace(self, Self::Done) {
            Self::Ready(socket) => Some(socket),
            other => {
                *self = other;
                None
            }
        }
    }
}

impl Session {
    /// A WebSocket asks for the session. False if another one has it or tries to.
    pub(in crate::eio) fn begin_upgrade(&self) -> bool {
        let mut state = self.state();
        let idle = matches!(state.upgrade, Upgrade::Idle) && self.is_open();
        if idle {
            state.upgrade = Upgrade::Begun;
        }
        idle
    }

    /// The probe came: the parked GET is released, so that the client can finish polling.
    pub(in crate::eio) fn probed(&self) {
        self.state().upgrade = Upgrade::Probed;
        self.release();
    }

    pub(in crate::eio) fn is_probed(&self) -> bool {
        matches!(self.state().upgrade, Upgrade::Probed)
    }

    /// The attempt failed: polling goes on as if nothing had been.
    pub(in crate::eio) fn abandon_upgrade(&self) {
        let mut state = self.state();
        state.prober = None;
        if matches!(state.upgrade, Upgrade::Begun | Upgrade::Probed) {
            state.upgrade = Upgrade::Idle;
        }
    }

    /// The `upgrade` packet came. From now on polling requests are refused; what is queued goes
    /// over the socket. Gives it back if the session has ended.
    pub(in crate::eio) fn hand_over(&self, socket: Box<Socket>) -> Result<(), Box<Socket>> {
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
    pub(in crate::eio) fn poll_closing(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if !self.is_open() {
            return Poll::Ready(());
        }
        state.prober = Some(cx.waker().clone());
        Poll::Pending
    }
}
