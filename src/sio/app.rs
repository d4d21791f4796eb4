//! What an application implements, and what it is given.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::{Ack, Args, Socket};
use crate::eio::{CloseReason, Flow};

/// The application behind an [`Io`](super::Io).
///
/// The callbacks of one session never overlap, and of one socket they come in this order:
/// `connect`, `connected`, any number of `event`, one `disconnect`. Whoever ends a socket while a
/// callback of it runs has its `disconnect` called right after that callback.
pub trait App: Send + Sync + 'static {
    /// State of one socket: of one namespace of one session.
    type Data: Send + Sync + 'static;

    /// Somebody asks for [`Socket::namespace`]. Until this was answered the socket sends nothing.
    fn connect(&self, socket: &Socket, auth: Option<&RawValue>) -> Result<Self::Data, Refusal>;

    /// The answer to CONNECT was queued; what is sent now comes right after it.
    fn connected(&self, socket: &Socket, data: &Arc<Self::Data>);

    /// An event. The next packet of the session, whatever its namespace, is handled when this has
    /// returned and its future has completed; so never await an acknowledgement of the same
    /// session in that future. If the session ends first, the future is dropped.
    fn event(&self, socket: &Socket, data: &Arc<Self::Data>, event: Event) -> Flow;

    /// The socket is gone: exactly once for each that was connected.
    fn disconnect(&self, socket: &Socket, data: &Arc<Self::Data>, reason: DisconnectReason);
}

/// An event of a client.
#[derive(Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// The arguments after the name.
    pub args: Args,
    /// Present if the client waits for an acknowledgement.
    pub ack: Option<Ack>,
}

/// Why somebody may not have a namespace: the client gets it as `connect_error`.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// What is wrong, for people.
    pub message: Cow<'static, str>,
    /// Whatever else the client should know.
    pub data: Option<Box<RawValue>>,
}

impl Refusal {
    /// A refusal that says no more than that.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
            data: None,
        }
    }

    /// There is no such namespace, in the words that clients know.
    pub fn unknown_namespace() -> Self {
        Self::new("Invalid namespace")
    }
}

/// Why a socket is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisconnectReason {
    /// The client left the namespace.
    Client,
    /// [`Socket::disconnect`].
    Server,
    /// The session below it ended.
    Session(CloseReason),
}
