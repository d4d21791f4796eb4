//! The JSON objects of the native vocabulary, the same on every door that speaks it.
//!
//! Unknown fields of a request are ignored, so that newer clients can talk to older gateways.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::chat::{Network, PersonId, PersonName, Refusal, RoomList, Visit};
use crate::config::Config;

/// What a client says of itself when it comes in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Auth {
    /// The name it wishes for.
    pub name: Option<String>,
    /// The secret by which it is who it was.
    pub token: Option<String>,
    /// The gateway's entry code.
    pub code: Option<String>,
}

/// `join`.
#[derive(Debug, Deserialize)]
pub struct Join {
    /// The room's name.
    pub room: String,
    /// The room's key.
    pub key: Option<String>,
    /// The cursor.
    pub since: Option<u64>,
    /// The log that the cursor belongs to.
    pub log: Option<String>,
    /// Messages wanted at most.
    pub limit: Option<usize>,
}

/// `members`.
#[derive(Debug, Deserialize)]
pub struct Members {
    /// The room's name.
    pub room: String,
    /// The room's key, where it was not shown before.
    pub key: Option<String>,
    /// The id of the last member of the page before.
    pub after: Option<String>,
}

/// `leave`.
#[derive(Debug, Deserialize)]
pub struct Leave {
    /// The room's name.
    pub room: String,
}

/// `message`, on its way in.
#[derive(Debug, Deserialize)]
pub struct Post {
    /// The room's name.
    pub room: String,
    /// The room's key, where it was not shown before.
    pub key: Option<String>,
    /// The id chosen by the sender.
    pub id: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// Any JSON.
    pub data: Option<Box<RawValue>>,
    /// The `seq` of the message that this one answers.
    pub reply_to: Option<u64>,
}

/// `history`.
#[derive(Debug, Deserialize)]
pub struct History {
    /// The room's name.
    pub room: String,
    /// The room's key, where it was not shown before.
    pub key: Option<String>,
    /// Wanted are the newest messages before this `seq` …
    pub before: Option<u64>,
    /// … or the oldest after this one.
    pub after: Option<u64>,
    /// Messages wanted at most.
    pub limit: Option<usize>,
}

/// `rename`.
#[derive(Debug, Deserialize)]
pub struct Rename {
    /// The name wished for.
    pub name: String,
}

/// `typing`.
#[derive(Debug, Deserialize)]
pub struct Typing {
    /// The room's name.
    pub room: String,
    /// Whether it began or stopped.
    pub on: bool,
}

/// An answer to a request that succeeded.
#[derive(Debug, Serialize)]
pub struct Success<T> {
    ok: bool,
    #[serde(flatten)]
    body: T,
}

impl<T> Success<T> {
    /// Says `ok: true` in front of the rest.
    pub fn new(body: T) -> Self {
        Self { ok: true, body }
    }
}

/// An answer without anything else.
#[derive(Debug, Serialize)]
pub struct Nothing {}

/// An answer to a request that was refused.
#[derive(Debug, Serialize)]
pub struct Failure {
    ok: bool,
    error: ErrorBody,
}

/// What went wrong.
#[derive(Debug, Serialize)]
pub struct ErrorBody {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

impl From<&Refusal> for ErrorBody {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code(),
            message: refusal.to_string(),
            retry_after_ms: refusal.retry_after_ms(),
        }
    }
}

impl From<&Refusal> for Failure {
    fn from(refusal: &Refusal) -> Self {
        Self {
            ok: false,
            error: refusal.into(),
        }
    }
}

/// A person as others see them.
#[derive(Debug, Serialize)]
pub struct PersonBody<'a> {
    id: String,
    name: &'a str,
}

impl<'a> PersonBody<'a> {
    /// The words for a person.
    pub fn new(id: PersonId, name: &'a PersonName) -> Self {
        Self {
            id: id.to_string(),
            name: name.as_str(),
        }
    }

    /// The words for several.
    pub fn list(members: &'a [(PersonId, PersonName)]) -> Vec<Self> {
        members
            .iter()
            .map(|(id, name)| Self::new(*id, name))
            .collect()
    }
}

/// `hello`: the first that a client hears.
#[derive(Debug, Serialize)]
pub struct Hello<'a> {
    /// Version of this vocabulary.
    version: u32,
    id: String,
    name: &'a str,
    token: String,
    log: String,
    storing: bool,
    clock: bool,
    title: &'a str,
    limits: LimitsBody,
    server: Server,
}

/// What a client should know before it sends.
#[derive(Debug, Serialize)]
struct LimitsBody {
    text_chars: usize,
    name_chars: usize,
    room_name_chars: usize,
    packet_bytes: usize,
    messages_per_second: u32,
    page_messages: usize,
}

#[derive(Debug, Serialize)]
struct Server {
    name: &'static str,
    version: &'static str,
}

impl<'a> Hello<'a> {
    /// The words for a visit that has just begun.
    pub fn new(visit: &Visit, name: &'a PersonName, config: &'a Config) -> Self {
        let limits = &config.limits;
        let vitals = visit.chat().vitals();
        Self {
            version: 1,
            id: visit.person().to_string(),
            name: name.as_str(),
            token: visit.token().reveal(),
            log: visit.chat().log().to_string(),
            storing: vitals.storing,
            clock: vitals.clock,
            title: &config.title,
            limits: LimitsBody {
                text_chars: limits.text_chars,
                name_chars: limits.name_chars,
                room_name_chars: limits.room_name_chars,
                packet_bytes: limits.packet_bytes,
                messages_per_second: limits.messages_per_second,
                page_messages: config.history.page_messages,
            },
            server: Server {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
            },
        }
    }
}

/// `rooms`.
#[derive(Debug, Serialize)]
pub struct Rooms<'a> {
    rooms: Vec<RoomBody<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    more: bool,
}

#[derive(Debug, Serialize)]
struct RoomBody<'a> {
    name: &'a str,
    count: usize,
    last_at: Option<u64>,
    locked: bool,
}

impl<'a> From<&'a RoomList> for Rooms<'a> {
    fn from(list: &'a RoomList) -> Self {
        let body = |room: &'a crate::chat::RoomSummary| RoomBody {
            name: room.name.as_str(),
            count: room.count,
            last_at: (room.last_at > 0).then_some(room.last_at),
            locked: room.locked,
        };
        Self {
            rooms: list.rooms.iter().map(body).collect(),
            more: list.more,
        }
    }
}

/// The address that limits count.
pub fn network(peer: crate::eio::Peer) -> Network {
    peer.address.into()
}
