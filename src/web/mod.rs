//! The HTTP surface: who may come in, what lies where, and the page itself.
//!
//! [`Router`] answers on the port of the page and the chat, [`Plain`] on the plain port. Both let
//! the [`Gate`] look at each request first. Listening, TLS and timers are `server`'s.

pub mod assets;
pub mod ca;
pub mod cors;
pub mod gate;
pub mod guide;
pub mod health;
pub mod origin;
pub mod page;
pub mod plain;
pub mod portal;
mod profile;
pub mod reply;
pub mod router;

pub use ca::Ca;
pub use gate::{Gate, Identity};
pub use guide::Guide;
pub use health::Health;
pub use plain::Plain;
pub use portal::Portal;
pub use reply::Reply;
pub use router::Router;

use std::net::IpAddr;

/// What is known of the connection on which a request came.
#[derive(Debug, Clone, Copy)]
pub struct Connection {
    /// The other end's address.
    pub address: IpAddr,
    /// Our address, as the other end reached it.
    pub local: IpAddr,
    /// Whether it is TLS.
    pub secure: bool,
}
