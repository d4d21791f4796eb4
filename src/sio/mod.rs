//! Socket.IO protocol, revision 5, over [`eio`](crate::eio): namespaces, events, acknowledgements
//! and attachments. It knows nothing of chat.
//!
//! ```text
//! io         one Io a listener path: takes the messages of every session
//! conn       one session: puts its packets together, carries them out
//! joined     its namespaces: who is connected, whose callback runs
//! partial    a packet that still waits for its attachments
//! packet     the codec, inwards: text to a checked Packet
//! encode     the codec, outwards: Encoded, one text for many recipients
//! args       arguments as raw JSON with their attachments; Placeholder
//! json       what is checked of a payload before anything believes it
//! socket     the handle by which an application speaks to one namespace of one session
//! ack        acknowledgements, both ways
//! app        what an application implements
//! ```
//!
//! <https://github.com/socketio/socket.io-protocol> (the fifth revision) is what "§" means here.

mod ack;
mod app;
mod args;
#[cfg(test)]
mod codec_tests;
mod conn;
mod encode;
mod io;
mod joined;
mod json;
mod namespace;
pub mod packet;
mod partial;
mod socket;

pub use ack::{Ack, AckError, AckReply};
pub use app::{App, DisconnectReason, Event, Refusal};
pub use args::{Args, ArgsError, Placeholder};
pub use conn::Conn;
pub use encode::Encoded;
pub use io::Io;
pub use namespace::Namespace;
pub use socket::Socket;
