//! Socket.IO over a real listener and real sockets: one file a behaviour. The codec by itself is
//! tested beside its source.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests share fails as they do"
)]

mod client;
mod server;

mod acks;
mod binary;
mod connect;
mod disconnect;
mod malformed;
mod order;
