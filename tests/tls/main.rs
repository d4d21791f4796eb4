//! The local CA and what it signs, judged by clients: OpenSSL and rustls.

mod board;
#[path = "../../examples/evil_leaf.rs"]
#[expect(dead_code, reason = "its main is for the command line")]
mod evil_leaf;
mod files;
mod handshake;
mod trust;
