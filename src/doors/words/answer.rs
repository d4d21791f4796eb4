//! What clients are answered and told, as JSON objects.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::beacon::Notice;
use crate::chat::page::Page;
use crate::chat::visit::Welcome;
use crate::chat::{Day, Days, PersonId, PersonName, Refusal, RoomList, RoomName, Visit};

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
    title: String,
    /// The gateway's clock, milliseconds since 1970.
    now: u64,
    /// The id of the page that the gateway serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    limits: LimitsBody,
    history: HistoryBody,
    /// What everybody should know of the board.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notices: &'a [Notice],
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

/// What a room keeps, unless the operator has set something else for it.
#[derive(Debug, Serialize)]
struct HistoryBody {
    messages: u64,
    days: u32,
}

#[derive(Debug, Serialize)]
struct Server {
    name: &'static str,
    version: &'static str,
}

impl<'a> Hello<'a> {
    /// The words for a visit that has just begun.
    pub fn new(
        visit: &'a Visit,
        name: &'a PersonName,
        page: Option<&'a str>,
        notices: &'a [Notice],
    ) -> Self {
        let config = visit.chat().config();
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
            title: config.title.clone(),
            now: visit.chat().now_ms(),
            page,
            limits: LimitsBody {
                text_chars: limits.text_chars,
                name_chars: limits.name_chars,
                room_name_chars: limits.room_name_chars,
                packet_bytes: limits.packet_bytes,
                messages_per_second: limits.messages_per_second,
                page_messages: config.history.page_messages,
            },
            history: HistoryBody {
                messages: config.history.messages_per_room,
                days: config.history.days,
            },
            notices,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<LastBody<'a>>,
}

#[derive(Debug, Serialize)]
struct LastBody<'a> {
    seq: u64,
    name: &'a str,
    text: &'a str,
}

impl<'a> From<&'a RoomList> for Rooms<'a> {
    fn from(list: &'a RoomList) -> Self {
        let body = |room: &'a crate::chat::RoomSummary| RoomBody {
            name: room.name.as_str(),
            count: room.count,
            last_at: (room.last_at > 0).then_some(room.last_at),
            locked: room.locked,
            last: room.last.as_deref().map(|last| LastBody {
                seq: last.seq,
                name: &last.name,
                text: &last.text,
            }),
        };
        Self {
            rooms: list.rooms.iter().map(body).collect(),
            more: list.more,
        }
    }
}

/// The answer to `join`.
#[derive(Serialize)]
pub struct JoinedBody<'a> {
    room: &'a str,
    members: Vec<PersonBody<'a>>,
    count: usize,
    #[serde(flatten)]
    page: PageBody<'a>,
    next: u64,
    gap: bool,
    reset: bool,
}

impl<'a> JoinedBody<'a> {
    /// The words for a welcome.
    pub fn new(room: &'a RoomName, welcome: &'a Welcome) -> Self {
        let Welcome { joined, reset } = welcome;
        Self {
            room: room.as_str(),
            members: PersonBody::list(&joined.members),
            count: joined.count,
            page: (&joined.page).into(),
            next: joined.next,
            gap: joined.gap,
            reset: *reset,
        }
    }
}

/// Messages: the answer to `history`, and a part of the one to `join`.
#[derive(Serialize)]
pub struct PageBody<'a> {
    messages: Vec<&'a RawValue>,
    more: bool,
}

impl<'a> From<&'a Page> for PageBody<'a> {
    fn from(page: &'a Page) -> Self {
        Self {
            messages: page.bodies().map(|json| &**json).collect(),
            more: page.more,
        }
    }
}

/// The answer to `days`.
#[derive(Serialize)]
pub struct DaysBody {
    days: Vec<DayBody>,
}

#[derive(Serialize)]
struct DayBody {
    day: i64,
    seq: u64,
    at: u64,
}

impl From<&Days> for DaysBody {
    fn from(days: &Days) -> Self {
        let body = |Day { day, seq, at }| DayBody { day, seq, at };
        Self {
            days: days.iter().map(body).collect(),
        }
    }
}

/// The answer to `members`.
#[derive(Serialize)]
pub struct MembersBody<'a> {
    pub(crate) members: Vec<PersonBody<'a>>,
    pub(crate) more: bool,
}

/// The answer to `message`: it is on the card.
#[derive(Serialize)]
pub struct PostedBody {
    pub(crate) id: String,
    pub(crate) seq: u64,
    pub(crate) at: u64,
}

/// The answer to `rename`.
#[derive(Serialize)]
pub struct NameBody<'a> {
    pub(crate) name: &'a str,
}
