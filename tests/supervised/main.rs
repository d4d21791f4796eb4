//! The real binary under a supervisor: the sockets it is handed, what it tells, and how it reads its
//! settings anew while people talk.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, if not in a test function"
)]

#[path = "../common/anybody.rs"]
mod anybody;
mod client;
mod gateway;
mod notices;
mod renewal;
mod sockets;
