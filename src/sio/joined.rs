//! Which namespaces a session has joined, and whose callback runs.
//!
//! `eio` hands over the messages of a session one at a time, but a session ends, and an
//! application ends a socket, at any moment and on any thread. So a socket whose callback runs is
//! marked as busy, and who ends it meanwhile leaves the reason there:
//!
//! ```text
//!            CONNECT                    callback returns
//! (nothing) ---------> Busy ----------------------------------> Idle
//!                       |  ^------------- event ---------------   |
//!               leave   |                                         | leave
//!                       v          callback returns               v
//!                    Leaving ------------------------> disconnect, (nothing)
//! ```
//!
//! Whoever gets a [`Gone`] calls the application's `disconnect`: nobody gets the same one twice.

use std::sync::Arc;

use super::packet::Malformed;
use super::{DisconnectReason, Namespace, Socket};

/// The sockets of one session. Nearly always one, so nothing is sized for more.
pub(super) struct Joined<D> {
    entries: Vec<Entry<D>>,
    /// Namespaces from which the server sent the client away, which it may not know yet: what it
    /// still says there is ignored.
    left: Vec<Namespace>,
}

struct Entry<D> {
    socket: Socket,
    data: Arc<D>,
    phase: Phase,
}

#[derive(Clone, Copy)]
enum Phase {
    Idle,
    Busy,
    Leaving(DisconnectReason),
}

/// A socket that has left; its `disconnect` is due.
pub(super) struct Gone<D> {
    pub(super) socket: Socket,
    pub(super) data: Arc<D>,
    pub(super) reason: DisconnectReason,
}

impl<D> Joined<D> {
    #[cfg(test)]
    pub(super) const ENTRY_BYTES: usize = size_of::<Entry<D>>();

    pub(super) fn new() -> Self {
        Self {
            entries: Vec::new(),
            left: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn contains(&self, name: &Namespace) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.socket.namespace() == name.as_str())
    }

    pub(super) fn sockets(&self) -> Vec<Socket> {
        self.entries
            .iter()
            .map(|entry| entry.socket.clone())
            .collect()
    }

    /// A new socket, busy with its first callback.
    pub(super) fn admit(&mut self, socket: Socket, data: Arc<D>) {
        self.left.retain(|name| name.as_str() != socket.namespace());
        self.entries.reserve_exact(1);
        self.entries.push(Entry {
            socket,
            data,
            phase: Phase::Busy,
        });
    }

    /// Takes a socket for a callback.
    pub(super) fn take(&mut self, name: &Namespace) -> Result<Option<(Socket, Arc<D>)>, Malformed> {
        let Some(entry) = self.entry(name)? else {
            return Ok(None);
        };
        entry.phase = Phase::Busy;
        Ok(Some((entry.socket.clone(), Arc::clone(&entry.data))))
    }

    /// The socket of a namespace. `None` if it was sent away and may not know yet.
    pub(super) fn socket(&mut self, name: &Namespace) -> Result<Option<Socket>, Malformed> {
        Ok(self.entry(name)?.map(|entry| entry.socket.clone()))
    }

    /// The callback of a socket has returned.
    pub(super) fn release(&mut self, socket: &Socket) -> Option<Gone<D>> {
        let index = self.index(socket)?;
        if let Phase::Leaving(reason) = self.entries[index].phase {
            return Some(self.remove(index, reason));
        }
        self.entries[index].phase = Phase::Idle;
        None
    }

    /// A socket ends, at once or when its callback has returned.
    pub(super) fn leave(&mut self, socket: &Socket, reason: DisconnectReason) -> Option<Gone<D>> {
        let index = self.index(socket)?;
        let phase = &mut self.entries[index].phase;
        match *phase {
            Phase::Idle => return Some(self.remove(index, reason)),
            Phase::Busy => *phase = Phase::Leaving(reason),
            Phase::Leaving(_) => {}
        }
        None
    }

    fn entry(&mut self, name: &Namespace) -> Result<Option<&mut Entry<D>>, Malformed> {
        let found = self
            .entries
            .iter_mut()
            .find(|entry| entry.socket.namespace() == name.as_str());
        match found {
            None if !self.left.contains(name) => Err(Malformed::State),
            found => Ok(found),
        }
    }

    fn index(&self, socket: &Socket) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| entry.socket == *socket)
    }

    fn remove(&mut self, index: usize, reason: DisconnectReason) -> Gone<D> {
        let Entry { socket, data, .. } = self.entries.remove(index);
        if reason == DisconnectReason::Server {
            // Bounded, since a client that gets in again and again is still one that was sent away.
            self.left.truncate(MAX_NAMESPACES - 1);
            self.left.push(Namespace::new(socket.namespace()));
        }
        Gone {
            socket,
            data,
            reason,
        }
    }
}

/// Namespaces of one session: more than any client of ours has.
pub(super) const MAX_NAMESPACES: usize = 16;
