//! The doors: each translates one wire vocabulary to rooms and back. A new door adds a file here
//! and nothing elsewhere.
//!
//! ```text
//! socketio   the Socket.IO application on `/`: who comes in, and which vocabulary an event is of
//! native     madang's own events, version 1
//! noom       the events of the classic Socket.IO chat tutorial
//! words      the JSON objects of the native vocabulary, the same on every door
//! ```

pub mod native;
pub mod noom;
pub mod socketio;
pub mod words;

pub use socketio::SocketIo;

/// The places of the vocabularies among [`crate::chat::frame::VOCABULARIES`].
mod slot {
    pub(super) const NATIVE: usize = 0;
    pub(super) const NOOM: usize = 1;
}
