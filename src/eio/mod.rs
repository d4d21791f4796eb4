//! Engine.IO, revision 4: sessions over HTTP long-polling and WebSocket.
//!
//! Knows nothing of chat or Socket.IO: an upper layer implements [`Handler`] and is told of each
//! [`Session`]'s messages in order, whatever transport they came by.
//!
//! ```text
//! engine     one HTTP request in, one response out; starts sessions and their tasks
//! request    query, error bodies, the WebSocket handshake
//! polling    GET and POST of a session            upgrade   the probe, polling -> websocket
//! driver     the one task of a session: polling phase, then websocket phase
//! websocket  the second phase: pump between socket and outbox
//! socket     one WebSocket: frames in, batches out  wire stream  what it runs on
//! session    what is queued, who waits, why it ends  outbox heartbeat
//! registry   all sessions and the ceilings they share
//! packet payload sid   the wire format
//! ```
//!
//! Locks: a session's state, then nothing; the registry's table, then nothing. No lock is held
//! while another is taken, while a [`Handler`] runs, or across an await.

mod driver;
mod engine;
mod heartbeat;
mod outbox;
mod packet;
mod payload;
mod polling;
mod registry;
mod request;
mod session;
mod sid;
mod socket;
mod stream;
mod upgrade;
mod websocket;
mod wire;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use engine::{Engine, Settings};
pub use packet::{Malformed, Packet};
pub use payload::Payload;
pub use session::Session;
pub use sid::Sid;
pub use tokio_tungstenite::tungstenite::Utf8Bytes;

/// Whom a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address that limits count; behind a proxy, already the client's own.
    pub address: IpAddr,
    /// Whether the request came over TLS.
    pub secure: bool,
}

/// The upper layer: told of the sessions and of what they say.
pub trait Handler: Send + Sync + 'static {
    /// The upper layer's own state of one session.
    type Conn: Send + Sync + 'static;

    /// A session begins. Runs before the handshake is answered; may already send.
    fn open(&self, session: &Arc<Session>) -> Self::Conn;

    /// A message came in. Called in order, one at a time per session.
    fn message(&self, conn: &Arc<Self::Conn>, message: Message) -> Flow;

    /// The session is over. Called exactly once for each [`open`](Handler::open).
    fn close(&self, conn: &Arc<Self::Conn>, reason: CloseReason);
}

/// When the next message of the session may be handed over. `None`: at once. `Some`: when the
/// future has completed; meanwhile the session still sends. The future is dropped unfinished if
/// the session ends first: work that must be done regardless belongs into a task.
pub type Flow = Option<BoxFuture<'static, ()>>;

/// What the two sides say to each other (protocol, "Message").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text, without the packet type.
    Text(Utf8Bytes),
    /// Bytes as they are.
    Binary(Bytes),
}

/// A packet as it travels. Cloning costs a handle: one encoding serves all recipients on both
/// transports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// A text packet that begins with its packet type: `4hello`.
    Text(Utf8Bytes),
    /// The bytes of a binary message.
    Binary(Bytes),
}

impl Outgoing {
    /// Length of the packet's bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.as_str().len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether the packet has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How packets travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTP long-polling.
    Polling,
    /// WebSocket.
    WebSocket,
}

impl Transport {
    /// The protocol's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Polling => "polling",
            Self::WebSocket => "websocket",
        }
    }
}

/// What may be left out when a session's outbox is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: if it does not fit, the session is closed as a slow consumer.
    Normal,
    /// This: presence, typing. Goes first when room is short.
    Volatile,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CloseReason {
    /// The peer is gone without a word: connection lost, poll cancelled.
    Transport = 1,
    /// The peer said so: close packet or close frame.
    Client,
    /// The peer did not answer a ping in time.
    PingTimeout,
    /// The peer does not read fast enough: its outbox is full.
    SlowConsumer,
    /// The peer broke the protocol or a limit on what it may send.
    Malformed,
    /// The upper layer wanted it.
    Server,
    /// The gateway shuts down.
    Shutdown,
}

impl CloseReason {
    /// Whether what is queued is still delivered first.
    fn is_polite(self) -> bool {
        matches!(self, Self::Server | Self::Shutdown)
    }

    fn from_u8(value: u8) -> Option<Self> {
        [
            Self::Transport,
            Self::Client,
            Self::PingTimeout,
            Self::SlowConsumer,
            Self::Malformed,
            Self::Server,
            Self::Shutdown,
        ]
        .into_iter()
        .find(|reason| *reason as u8 == value)
    }
}
