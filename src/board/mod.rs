//! The box's own software: what makes a Debian on a Raspberry Pi into a courtyard with its own
//! Wi-Fi. It runs as root, once a boot and before the network; the gateway is another process that
//! only reads what is written here.
//!
//! ```text
//! madang.txt ─► text ─► wishes (by the table of keys) ─┐
//! /data/board ─► identity (made on the first boot) ────┼─► plan ─► hostapd, dnsmasq, nftables,
//! device tree ─► radio;  regulatory.db ─► country ─────┘           networkd, gateway.env, radio.json
//!                       problems, in two languages ──────────────► notices.json, report, screen
//! ```
//!
//! Nothing that an owner can write, and no card that fails, keeps the box from coming up: each
//! mistake becomes a [`problem::Problem`], and a safe default takes its place.

mod authority;
pub mod country;
pub mod example;
mod files;
pub mod identity;
pub mod key;
mod login;
pub mod neighbours;
pub mod notice;
pub mod outlook;
pub mod place;
pub mod plan;
pub mod problem;
pub mod radio;
pub mod reason;
mod refusal;
pub mod report;
pub mod screen;
pub mod setup;
mod sign;
pub mod text;
mod value;
pub mod wishes;
