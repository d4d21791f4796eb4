//! One session's namespaces: which are joined, and whose callback runs.
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

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::task::AbortHandle;

use super::packet::{Body, Malformed, Packet};
use super::partial::{Partial, Room};
use super::socket::Owner;
use super::{Ack, App, DisconnectReason, Encoded, Event, Namespace, Refusal, Socket};
use crate::config::Limits;
use crate::eio::{CloseReason, Flow, Kind, Message, Session};

/// What the sessions of one `Io` share.
pub(super) struct Core<A> {
    pub(super) app: A,
    pub(super) limits: Limits,
    pub(super) room: Arc<Room>,
    pub(super) connect_timeout: Duration,
}

/// What is kept of one session.
pub struct Conn<A: App> {
    core: Arc<Core<A>>,
    session: Arc<Session>,
    state: Mutex<State<A::Data>>,
}

struct State<D> {
    joined: Vec<Joined<D>>,
    /// Namespaces from which the server sent the client away, which it may not know yet: what it
    /// still says there is ignored.
    left: Vec<Namespace>,
    partial: Option<Box<Partial>>,
    /// Closes the session unless a namespace is joined.
    connect_timeout: Option<AbortHandle>,
    closed: bool,
}

struct Joined<D> {
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

impl<A: App> Conn<A> {
    pub(super) fn new(core: &Arc<Core<A>>, session: &Arc<Session>) -> Self {
        let (limit, weak) = (core.connect_timeout, Arc::downgrade(session));
        let connect_timeout = tokio::spawn(async move {
            tokio::time::sleep(limit).await;
            if let Some(session) = weak.upgrade() {
                session.close(CloseReason::Server);
            }
        });
        let state = State {
            joined: Vec::new(),
            left: Vec::new(),
            partial: None,
            connect_timeout: Some(connect_timeout.abort_handle()),
            closed: false,
        };
        Self {
            core: Arc::clone(core),
            session: Arc::clone(session),
            state: Mutex::new(state),
        }
    }

    pub(super) fn message(self: &Arc<Self>, message: Message) -> Flow {
        if !self.session.is_open() {
            return None;
        }
        self.assemble(message)
            .and_then(|packet| packet.map_or(Ok(None), |packet| self.packet(packet)))
            .unwrap_or_else(|error| {
                tracing::debug!(session = self.session.number(), %error, "malformed packet");
                self.session.close(CloseReason::Malformed);
                None
            })
    }

    /// The packet that is complete with this message, if any.
    fn assemble(&self, message: Message) -> Result<Option<Packet>, Malformed> {
        let mut state = self.state();
        match (message, state.partial.take()) {
            (Message::Text(text), None) => {
                let packet = Packet::decode(&text, &self.core.limits)?;
                if packet.attachments == 0 {
                    return Ok(Some(packet));
                }
                if !state.knows(&packet.namespace) {
                    return Err(Malformed::State);
                }
                state.partial = Some(Box::new(Partial::new(packet, text.len(), &self.core.room)?));
                Ok(None)
            }
            (Message::Binary(attachment), Some(mut partial)) => {
                if partial.add(attachment)? {
                    return Ok(Some(partial.finish()));
                }
                state.partial = Some(partial);
                Ok(None)
            }
            _ => Err(Malformed::OutOfOrder),
        }
    }

    fn packet(self: &Arc<Self>, packet: Packet) -> Result<Flow, Malformed> {
        match packet.body {
            Body::Connect { auth } => {
                self.connect(packet.namespace, auth.as_deref())?;
                Ok(None)
            }
            Body::Event { name, args, id } => {
                let Some(busy) = self.busy(&packet.namespace)? else {
                    return Ok(None);
                };
                let ack = id.map(|id| Ack::new(busy.socket.clone(), id));
                Ok(self
                    .core
                    .app
                    .event(&busy.socket, &busy.data, Event { name, args, ack }))
            }
            Body::Ack { id, args } => {
                if let Some(socket) = self.socket(&packet.namespace)? {
                    socket.acknowledged(id, args);
                }
                Ok(None)
            }
            Body::Disconnect => {
                if let Some(socket) = self.socket(&packet.namespace)? {
                    self.leave(&socket, DisconnectReason::Client);
                }
                Ok(None)
            }
        }
    }

    /// § Connection to a namespace.
    fn connect(
        self: &Arc<Self>,
        name: Namespace,
        auth: Option<&RawValue>,
    ) -> Result<(), Malformed> {
        let full = {
            let state = self.state();
            if state.find(&name).is_some() {
                return Err(Malformed::State);
            }
            state.joined.len() >= MAX_NAMESPACES
        };
        let owner: Weak<Self> = Arc::downgrade(self);
        let socket = Socket::new(name, Arc::clone(&self.session), owner);
        let answer = if full {
            Err(Refusal::new("Too many namespaces"))
        } else {
            self.core.app.connect(&socket, auth)
        };
        match answer {
            Ok(data) => self.welcome(socket, Arc::new(data)),
            Err(refusal) => {
                let packet = Encoded::refused(socket.namespace(), &refusal);
                self.session.send(packet.packets(), Kind::Normal);
            }
        }
        Ok(())
    }

    fn welcome(&self, socket: Socket, data: Arc<A::Data>) {
        let mut state = self.state();
        if state.closed {
            return;
        }
        state
            .left
            .retain(|name| name.as_str() != socket.namespace());
        state.joined.reserve_exact(1);
        let (handle, phase) = (socket.clone(), Phase::Busy);
        state.joined.push(Joined {
            socket: handle,
            data: Arc::clone(&data),
            phase,
        });
        // Under the lock: nothing gets ahead of the answer, and an end that comes now finds it.
        let packet = Encoded::connected(socket.namespace(), socket.id());
        self.session.send(packet.packets(), Kind::Normal);
        socket.open();
        if let Some(timer) = state.connect_timeout.take() {
            timer.abort();
        }
        drop(state);
        let busy = Busy {
            conn: self,
            socket,
            data,
        };
        self.core.app.connected(&busy.socket, &busy.data);
    }

    /// Takes a socket for a callback. `None` if it was sent away and does not know yet.
    fn busy(&self, name: &Namespace) -> Result<Option<Busy<'_, A>>, Malformed> {
        let mut state = self.state();
        let Some(index) = state.find(name) else {
            return if state.knows(name) {
                Ok(None)
            } else {
                Err(Malformed::State)
            };
        };
        let joined = &mut state.joined[index];
        joined.phase = Phase::Busy;
        Ok(Some(Busy {
            conn: self,
            socket: joined.socket.clone(),
            data: Arc::clone(&joined.data),
        }))
    }

    fn socket(&self, name: &Namespace) -> Result<Option<Socket>, Malformed> {
        let state = self.state();
        match state.find(name) {
            Some(index) => Ok(Some(state.joined[index].socket.clone())),
            None if state.knows(name) => Ok(None),
            None => Err(Malformed::State),
        }
    }

    pub(super) fn close(&self, reason: CloseReason) {
        let mut state = self.state();
        state.closed = true;
        state.left = Vec::new();
        state.partial = None;
        if let Some(timer) = state.connect_timeout.take() {
            timer.abort();
        }
        let sockets: Vec<_> = state
            .joined
            .iter()
            .map(|joined| joined.socket.clone())
            .collect();
        drop(state);
        for socket in sockets {
            self.leave(&socket, DisconnectReason::Session(reason));
        }
    }

    fn state(&self) -> MutexGuard<'_, State<A::Data>> {
        // Taken before the outbox of the session, never after it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: App> Owner for Conn<A> {
    fn leave(&self, socket: &Socket, reason: DisconnectReason) {
        socket.shut();
        let mut state = self.state();
        let Some(index) = state
            .joined
            .iter()
            .position(|joined| joined.socket == *socket)
        else {
            return;
        };
        let joined = &mut state.joined[index];
        match joined.phase {
            Phase::Idle => {
                let joined = state.remove(index, reason);
                drop(state);
                self.core
                    .app
                    .disconnect(&joined.socket, &joined.data, reason);
            }
            Phase::Busy => joined.phase = Phase::Leaving(reason),
            Phase::Leaving(_) => {}
        }
    }
}

impl<D> State<D> {
    fn find(&self, name: &Namespace) -> Option<usize> {
        self.joined
            .iter()
            .position(|joined| joined.socket.namespace() == name.as_str())
    }

    fn knows(&self, name: &Namespace) -> bool {
        self.find(name).is_some() || self.left.contains(name)
    }

    fn remove(&mut self, index: usize, reason: DisconnectReason) -> Joined<D> {
        let joined = self.joined.remove(index);
        if reason == DisconnectReason::Server && !self.closed && self.left.len() < MAX_NAMESPACES {
            self.left.push(Namespace::new(joined.socket.namespace()));
        }
        joined
    }
}

/// A socket whose callback runs.
struct Busy<'a, A: App> {
    conn: &'a Conn<A>,
    socket: Socket,
    data: Arc<A::Data>,
}

impl<A: App> Drop for Busy<'_, A> {
    /// The callback has returned, or panicked.
    fn drop(&mut self) {
        let mut state = self.conn.state();
        let Some(index) = state
            .joined
            .iter()
            .position(|joined| joined.socket == self.socket)
        else {
            return;
        };
        if let Phase::Leaving(reason) = state.joined[index].phase {
            state.remove(index, reason);
            drop(state);
            self.conn
                .core
                .app
                .disconnect(&self.socket, &self.data, reason);
        } else {
            state.joined[index].phase = Phase::Idle;
        }
    }
}

/// Namespaces of one session: more than any client of ours has.
const MAX_NAMESPACES: usize = 16;
