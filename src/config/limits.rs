//! The numbers: clocks, ceilings and how much of the past is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Engine.IO's and Socket.IO's clocks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Engine {
    /// Milliseconds between two pings of the server.
    pub ping_interval_ms: u64,
    /// Milliseconds a client has to answer a ping.
    pub ping_timeout_ms: u64,
    /// Milliseconds a new session has to join a namespace.
    pub connect_timeout_ms: u64,
    /// Milliseconds an upgrade to WebSocket may take from its probe on.
    pub upgrade_timeout_ms: u64,
    /// Milliseconds a client has to acknowledge an event of the server.
    pub ack_timeout_ms: u64,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            ping_interval_ms: 25_000,
            ping_timeout_ms: 20_000,
            connect_timeout_ms: 45_000,
            upgrade_timeout_ms: 10_000,
            ack_timeout_ms: 20_000,
        }
    }
}

impl Engine {
    /// Time between two pings.
    pub fn ping_interval(&self) -> Duration {
        Duration::from_millis(self.ping_interval_ms)
    }

    /// Time a client has to answer a ping.
    pub fn ping_timeout(&self) -> Duration {
        Duration::from_millis(self.ping_timeout_ms)
    }
}

/// Ceilings on what peers can make the gateway hold or do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Sessions in all, whatever their transport. One more is answered 503.
    pub sessions: usize,
    /// Sessions of one address (IPv6: one /64). One more is answered 503. As many may come in anew
    /// each second, and four times that at once; faster ones are refused with `rate`.
    pub sessions_per_address: usize,
    /// Bytes of one inbound packet or polling payload (`maxPayload`); a larger one closes the session.
    pub packet_bytes: usize,
    /// Attachments of one Socket.IO packet; one with more closes the session.
    pub attachments: usize,
    /// Nesting of arrays and objects in one packet; a deeper one closes the session.
    pub nesting: usize,
    /// Bytes of inbound packets held while they are read, over all sessions; above it readers wait.
    pub inbound_bytes: usize,
    /// Bytes waiting to be sent to one session; one that needs more is closed (`slow_consumer`).
    pub outbox_bytes: usize,
    /// Bytes waiting over all sessions; above it the session that holds most is closed.
    pub outbox_total_bytes: usize,
    /// Rooms held in memory; idle ones fade first, then joins are refused with `busy`.
    pub rooms: usize,
    /// Rooms that have a history on the card; one more is refused with `busy`.
    pub rooms_stored: usize,
    /// Members of one room; one more is refused with `full`.
    pub members_per_room: usize,
    /// Rooms one session may be in at a time; one more is refused with `full`.
    pub rooms_per_session: usize,
    /// Characters of a message's text; a longer one is refused with `too_long`.
    pub text_chars: usize,
    /// Characters of a room's name, which has at most 1,024 bytes besides.
    pub room_name_chars: usize,
    /// Characters of a person's name.
    pub name_chars: usize,
    /// Messages a second of one person; above it they are refused with `rate`.
    pub messages_per_second: u32,
    /// Messages one person may send at once before the rate counts.
    pub message_burst: u32,
    /// The address's allowance as a multiple of a person's (IPv6: one /64).
    pub address_factor: u32,
    /// Wrong entry codes or room keys a minute of one address; above it every answer is `rate`.
    pub wrong_keys_per_minute: u32,
    /// Seconds until a new connection has sent its first byte.
    pub first_byte_seconds: u64,
    /// Seconds until the headers of a request are complete.
    pub header_seconds: u64,
    /// Seconds for a TLS handshake.
    pub handshake_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sessions: 4_096,
            sessions_per_address: 64,
            packet_bytes: 64 << 10,
            attachments: 10,
            nesting: 64,
            inbound_bytes: 16 << 20,
            outbox_bytes: 256 << 10,
            outbox_total_bytes: 64 << 20,
            rooms: 1_024,
            rooms_stored: 4_096,
            members_per_room: 2_048,
            rooms_per_session: 64,
            text_chars: 4_000,
            room_name_chars: 64,
            name_chars: 32,
            messages_per_second: 10,
            message_burst: 30,
            address_factor: 10,
            wrong_keys_per_minute: 5,
            first_byte_seconds: 5,
            header_seconds: 5,
            handshake_seconds: 10,
        }
    }
}

/// How much of the past is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct History {
    /// Messages kept of one room; the oldest go first.
    pub messages_per_room: u64,
    /// Days a message is kept. Ignored for messages whose time was not to be trusted.
    pub days: u32,
    /// Messages kept in all; reclaimed from the room that holds most.
    pub messages: u64,
    /// Bytes kept in all; reclaimed from the room that holds most.
    pub bytes: u64,
    /// Other limits for single rooms, by room name: `rooms.kitchen.days = 7`.
    pub rooms: BTreeMap<String, RoomHistory>,
    /// Messages of one room held in memory.
    pub ring_messages: usize,
    /// Bytes of one room's messages held in memory.
    pub ring_bytes: usize,
    /// Bytes held in memory over all rooms.
    pub ring_total_bytes: usize,
    /// Messages in one page of an answer (a join or a look back), unless fewer are asked for.
    pub page_messages: usize,
    /// Bytes in one page of an answer; a page holds at least one message.
    pub page_bytes: usize,
    /// Milliseconds the archive collects messages before it flushes them together.
    pub group_ms: u64,
    /// Messages after which it flushes without waiting longer.
    pub group_messages: usize,
}

impl Default for History {
    fn default() -> Self {
        Self {
            messages_per_room: 10_000,
            days: 90,
            messages: 200_000,
            bytes: 512 << 20,
            rooms: BTreeMap::new(),
            ring_messages: 200,
            ring_bytes: 256 << 10,
            ring_total_bytes: 16 << 20,
            page_messages: 50,
            page_bytes: 64 << 10,
            group_ms: 20,
            group_messages: 100,
        }
    }
}

/// How much of the past of one room is kept, where it differs from the other rooms. The limits on
/// what is kept in all hold beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoomHistory {
    /// Messages kept, instead of `history.messages_per_room`.
    pub messages: Option<u64>,
    /// Days a message is kept, instead of `history.days`.
    pub days: Option<u32>,
    /// Bytes kept; without it, as many as are kept in all.
    pub bytes: Option<u64>,
}
