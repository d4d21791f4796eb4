//! The whole gateway over its wires: the real chat behind real connections, one file a behaviour.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests share fails as they do"
)]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod disk;
mod ground;
mod packet;
mod polling;
mod process;

mod access;
mod bounds;
mod days;
mod full_disk;
mod keys;
mod nonsense;
mod notices;
mod packets;
mod people;
mod presence;
mod reading;
mod refusals;
mod rooms;
mod shutdown;
mod slow;
mod time;
mod transports;
mod vocabulary;
mod wear;
