//! The whole gateway over its wires: the real chat behind real connections, one file a behaviour.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests share fails as they do"
)]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod ground;
mod polling;
mod process;

mod nonsense;
mod refusals;
mod shutdown;
mod slow;
mod transports;
mod vocabulary;
