//! madang, a chat gateway for one small board: a room is an ordered log that many doors open on.
//!
//! The floors of the house, top down. Imports go downwards only; `tests/floors.rs` keeps them.
//!
//! ```text
//! main > cli      flags, commands, logging, exit code
//! board           the box's own software: madang.txt, Wi-Fi, screen, report
//! server          listeners, accept, TLS handshake in the task, shutdown order
//! web  tls        router, page assets, plain port  |  local CA, leaf, reload
//! doors           socketio, noom: translate a wire vocabulary to rooms and back
//! chat   |  sio   rooms, members, history, archive |  Socket.IO: namespaces, events, acks
//! store  |  eio   sled                             |  Engine.IO: packets, sessions, transports
//! config metrics clock folder token network line beacon card qr   leaves
//! ```

// What peers, disks and settings send never panics; tests may.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::panic))]

pub mod beacon;
pub mod board;
pub mod card;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod config;
pub mod doors;
pub mod eio;
pub mod folder;
pub mod line;
pub mod metrics;
pub mod network;
pub mod qr;
pub mod server;
pub mod sio;
pub mod store;
pub mod tls;
pub mod token;
pub mod web;
