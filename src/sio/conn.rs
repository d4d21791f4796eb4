//! One session: puts its packets together and carries them out, in order.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::task::AbortHandle;

use super::joined::{Joined, MAX_NAMESPACES};
use super::packet::{Body, Malformed, Packet};
use super::partial::{Allowance, Partial};
use super::socket::Owner;
use super::{Ack, App, DisconnectReason, Encoded, Event, Namespace, Refusal, Socket};
use crate::config::Limits;
use crate::eio::{CloseReason, Flow, Kind, Message, Session};

/// What the sessions of one `Io` share.
pub(super) struct Core<A> {
    pub(super) app: A,
    pub(super) limits: Limits,
    pub(super) allowance: Arc<Allowance>,
    pub(super) connect_timeout: Duration,
}

/// What is kept of one session.
pub struct Conn<A: App> {
    core: Arc<Core<A>>,
    session: Arc<Session>,
    state: Mutex<State<A::Data>>,
}

struct State<D> {
    joined: Joined<D>,
    partial: Option<Box<Partial>>,
    /// Closes the session unless a namespace is joined.
    connect_timeout: Option<AbortHandle>,
    closed: bool,
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
            joined: Joined::new(),
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

    pub(super) fn close(&self, reason: CloseReason) {
        let sockets = {
            let mut state = self.state();
            state.closed = true;
            state.partial = None;
            state.stop_connect_timeout();
            state.joined.sockets()
        };
        for socket in sockets {
            self.leave(&socket, DisconnectReason::Session(reason));
        }
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
                // Whoever joined nothing has nothing kept for it.
                state.joined.socket(&packet.namespace)?;
                state.partial = Some(Box::new(Partial::new(
                    packet,
                    text.len(),
                    &self.core.allowance,
                )?));
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
        let Packet {
            namespace, body, ..
        } = packet;
        match body {
            Body::Connect { auth } => self.connect(namespace, auth.as_deref())?,
            Body::Event { name, args, id } => {
                let Some((socket, data)) = self.state().joined.take(&namespace)? else {
                    return Ok(None);
                };
                let ack = id.map(|id| Ack::new(socket.clone(), id));
                let busy = Busy {
                    conn: self,
                    socket: &socket,
                };
                let flow = self
                    .core
                    .app
                    .event(&socket, &data, Event { name, args, ack });
                drop(busy);
                return Ok(flow);
            }
            Body::Ack { id, args } => {
                if let Some(socket) = self.state().joined.socket(&namespace)? {
                    socket.acknowledged(id, args);
                }
            }
            Body::Disconnect => {
                let socket = self.state().joined.socket(&namespace)?;
                if let Some(socket) = socket {
                    self.leave(&socket, DisconnectReason::Client);
                }
            }
        }
        Ok(None)
    }

    /// § Connection to a namespace.
    fn connect(
        self: &Arc<Self>,
        name: Namespace,
        auth: Option<&RawValue>,
    ) -> Result<(), Malformed> {
        let full = {
            let state = self.state();
            if state.joined.contains(&name) {
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
            Ok(data) => self.welcome(&socket, &Arc::new(data)),
            Err(refusal) => {
                let packet = Encoded::refused(socket.namespace(), &refusal);
                self.session.send(packet.packets(), Kind::Normal);
            }
        }
        Ok(())
    }

    fn welcome(&self, socket: &Socket, data: &Arc<A::Data>) {
        {
            let mut state = self.state();
            if state.closed {
                return;
            }
            state.stop_connect_timeout();
            state.joined.admit(socket.clone(), Arc::clone(data));
            // Under the lock: nothing gets ahead of the answer, and whoever closes finds it open.
            let packet = Encoded::connected(socket.namespace(), socket.id());
            self.session.send(packet.packets(), Kind::Normal);
            socket.open();
        }
        let _busy = Busy { conn: self, socket };
        self.core.app.connected(socket, data);
    }

    /// Lock order: this, then what the session and the socket lock.
    fn state(&self) -> MutexGuard<'_, State<A::Data>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: App> Owner for Conn<A> {
    fn leave(&self, socket: &Socket, reason: DisconnectReason) {
        socket.shut();
        let gone = self.state().joined.leave(socket, reason);
        if let Some(gone) = gone {
            self.core
                .app
                .disconnect(&gone.socket, &gone.data, gone.reason);
        }
    }
}

impl<D> State<D> {
    fn stop_connect_timeout(&mut self) {
        if let Some(task) = self.connect_timeout.take() {
            task.abort();
        }
    }
}

/// A socket whose callback runs; it has returned, or panicked, when this is dropped.
struct Busy<'a, A: App> {
    conn: &'a Conn<A>,
    socket: &'a Socket,
}

impl<A: App> Drop for Busy<'_, A> {
    fn drop(&mut self) {
        let gone = self.conn.state().joined.release(self.socket);
        if let Some(gone) = gone {
            self.conn
                .core
                .app
                .disconnect(&gone.socket, &gone.data, gone.reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eio::Flow;

    struct Nothing;

    impl App for Nothing {
        type Data = ();

        fn connect(&self, _: &Socket, _: Option<&RawValue>) -> Result<(), Refusal> {
            Ok(())
        }

        fn connected(&self, _: &Socket, _: &Arc<()>) {}

        fn event(&self, _: &Socket, _: &Arc<()>, _: Event) -> Flow {
            None
        }

        fn disconnect(&self, _: &Socket, _: &Arc<()>, _: DisconnectReason) {}
    }

    #[test]
    fn an_idle_socket_costs_less_than_half_a_kilobyte() {
        // Each `Arc` adds two counters, each allocation a header of the allocator.
        let parts = [
            16 + size_of::<Conn<Nothing>>(),
            Joined::<()>::ENTRY_BYTES,
            16 + Socket::BYTES,
            16,
        ];
        let total: usize = parts.iter().map(|bytes| bytes + 16).sum();
        assert!(total < 400, "{parts:?}");
    }
}
