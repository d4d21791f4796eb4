//! madang's own vocabulary over Socket.IO, version 1: requests with acknowledgements in, events out.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::beacon::Notice;
use crate::chat::archive::Waiter;
use crate::chat::page::{Bound, NEWEST};
use crate::chat::{
    Announcement, Draft, Event as RoomEvent, Frame, JoinRequest, Person, PersonId, Refusal,
    RoomName, Scene, Visit, Vocabulary,
};
use crate::eio::{Flow, Kind};
use crate::sio::{Ack, Args, Encoded, Event, Socket};

use super::slot;
use super::words::{
    self, DaysBody, Failure, Hello, JoinedBody, MembersBody, NameBody, Nothing, PageBody,
    PersonBody, PostedBody, Rooms, Success,
};

/// The vocabulary.
pub static NATIVE: Vocabulary = Vocabulary {
    slot: slot::NATIVE,
    event: told,
    announcement: announced,
    hears_itself: true,
    returns: true,
};

/// The events that a client sends; none of them is the tutorial's.
pub const REQUESTS: [&str; 9] = [
    "join", "members", "leave", "message", "history", "days", "rename", "typing", "rooms",
];

/// Says who the client is, first of all.
pub(super) fn hello(socket: &Socket, visit: &Visit, page: Option<&str>) {
    let (name, notices) = (visit.name(), visit.chat().notices());
    let hello = Hello::new(visit, &name, page, &notices);
    socket.emit("hello", &(hello,), Kind::Normal);
}

/// Handles a request.
pub(super) fn event(visit: &Arc<Visit>, event: Event) -> Flow {
    let Event { name, args, ack } = event;
    let reply = Reply(ack);
    if args.has_binary() {
        return reply.refuse(&Refusal::Unsupported("a binary event"));
    }
    match name.as_str() {
        "join" => handle(&args, reply, |request, reply| join(visit, request, reply)),
        "members" => handle(&args, reply, |request, reply| {
            members(visit, &request, reply)
        }),
        "leave" => handle(&args, reply, |request, reply| leave(visit, &request, reply)),
        "message" => handle(&args, reply, |request, reply| post(visit, request, reply)),
        "history" => handle(&args, reply, |request, reply| {
            history(visit, request, reply)
        }),
        "days" => handle(&args, reply, |request, reply| days(visit, request, reply)),
        "rename" => handle(&args, reply, |request, reply| {
            rename(visit, &request, reply)
        }),
        "typing" => handle(&args, reply, |request, reply| {
            typing(visit, &request, reply)
        }),
        "rooms" => visit.list(move |list| reply.answer(list.as_ref().map(Rooms::from))),
        _ => reply.refuse(&Refusal::Unsupported("this event")),
    }
}

/// The acknowledgement that a client may have asked for.
struct Reply(Option<Ack>);

impl Reply {
    fn refuse(self, refusal: &Refusal) -> Flow {
        if let Some(ack) = self.0 {
            ack.send(&(Failure::from(refusal),));
        }
        None
    }

    fn answer<T: Serialize, E: std::borrow::Borrow<Refusal>>(self, answer: Result<T, E>) {
        let Some(ack) = self.0 else { return };
        match answer {
            Ok(body) => ack.send(&(Success::new(body),)),
            Err(refusal) => ack.send(&(Failure::from(refusal.borrow()),)),
        }
    }
}

/// Reads the one argument of a request.
fn handle<T: for<'a> Deserialize<'a>>(
    args: &Args,
    reply: Reply,
    with: impl FnOnce(T, Reply) -> Flow,
) -> Flow {
    match args.get(0) {
        Ok(request) => with(request, reply),
        Err(error) => reply.refuse(&Refusal::BadRequest(error.to_string())),
    }
}

fn room(visit: &Visit, raw: &str) -> Result<RoomName, Refusal> {
    RoomName::parse(raw, visit.chat().config().limits.room_name_chars)
}

fn join(visit: &Arc<Visit>, request: words::Join, reply: Reply) -> Flow {
    let room = match room(visit, &request.room) {
        Ok(room) => room,
        Err(refusal) => return reply.refuse(&refusal),
    };
    let words::Join {
        key,
        since,
        log,
        limit,
        ..
    } = request;
    let request = JoinRequest {
        room: room.clone(),
        key,
        since,
        log,
        limit,
    };
    visit.join(request, &NATIVE, move |welcome| {
        reply.answer(
            welcome
                .as_ref()
                .map(|welcome| JoinedBody::new(&room, welcome)),
        );
    })
}

fn members(visit: &Visit, request: &words::Members, reply: Reply) -> Flow {
    let members = room(visit, &request.room).and_then(|room| {
        let after = request.after.as_deref().map(|id| {
            PersonId::parse(id)
                .ok_or_else(|| Refusal::BadRequest("`after` is no member's id".to_owned()))
        });
        visit.members(&room, request.key.as_deref(), after.transpose()?)
    });
    let body = members.as_ref().map(|(members, more)| MembersBody {
        members: PersonBody::list(members),
        more: *more,
    });
    reply.answer(body);
    None
}

fn leave(visit: &Visit, request: &words::Leave, reply: Reply) -> Flow {
    reply.answer(room(visit, &request.room).map(|room| {
        visit.leave(&room);
        Nothing {}
    }));
    None
}

fn post(visit: &Arc<Visit>, request: words::Post, reply: Reply) -> Flow {
    let words::Post {
        room: raw,
        key,
        id,
        text,
        data,
        reply_to,
    } = request;
    let most = visit.chat().config().limits.text_chars;
    let draft = room(visit, &raw)
        .and_then(|room| Ok((room, Draft::new(id.as_deref(), text, data, reply_to, most)?)));
    let (room, draft) = match draft {
        Ok(draft) => draft,
        Err(refusal) => return reply.refuse(&refusal),
    };
    let id = draft.id().to_owned();
    let waiter: Waiter = Box::new(move |receipt| {
        reply.answer(receipt.map(|receipt| PostedBody {
            id,
            seq: receipt.seq,
            at: receipt.at,
        }));
    });
    visit.post(room, key.as_deref(), draft, waiter)
}

fn history(visit: &Arc<Visit>, request: words::History, reply: Reply) -> Flow {
    let bound = match (request.before, request.after) {
        (Some(_), Some(_)) => Err(Refusal::BadRequest(
            "`before` or `after`, not both".to_owned(),
        )),
        (Some(seq), None) => Ok(Bound::Before(seq)),
        (None, Some(seq)) => Ok(Bound::After(seq)),
        (None, None) => Ok(NEWEST),
    };
    match bound.and_then(|bound| Ok((room(visit, &request.room)?, bound))) {
        Ok((room, bound)) => visit.history(room, request.key, bound, request.limit, move |page| {
            reply.answer(page.as_ref().map(PageBody::from));
        }),
        Err(refusal) => reply.refuse(&refusal),
    }
}

fn days(visit: &Arc<Visit>, request: words::Days, reply: Reply) -> Flow {
    let zone = request.zone.unwrap_or(0);
    if !ZONES.contains(&zone) {
        let range = format!("`zone` must be {} to {}", ZONES.start(), ZONES.end());
        return reply.refuse(&Refusal::BadRequest(range));
    }
    match room(visit, &request.room) {
        Ok(room) => visit.days(room, request.key, zone, move |days| {
            reply.answer(days.as_ref().map(DaysBody::from));
        }),
        Err(refusal) => reply.refuse(&refusal),
    }
}

fn rename(visit: &Visit, request: &words::Rename, reply: Reply) -> Flow {
    let name = visit.rename(&request.name);
    reply.answer(name.as_ref().map(|name| NameBody {
        name: name.as_str(),
    }));
    None
}

fn typing(visit: &Visit, request: &words::Typing, reply: Reply) -> Flow {
    reply.answer(room(visit, &request.room).map(|room| {
        visit.typing(&room, request.on);
        Nothing {}
    }));
    None
}

/// Says what happened in a room.
#[expect(clippy::unnecessary_wraps, reason = "the shape that a vocabulary has")]
fn told(scene: Scene<'_>, event: RoomEvent<'_>) -> Option<Frame> {
    #[derive(Serialize)]
    struct Presence<'a> {
        room: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        member: Option<PersonBody<'a>>,
        count: usize,
    }
    #[derive(Serialize)]
    struct Doing<'a> {
        room: &'a str,
        member: PersonBody<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
    }
    let room = scene.room.as_str();
    let presence = |name, person: Option<Person<'_>>| {
        let member = person.map(|person| PersonBody::new(person.id, person.name));
        Encoded::event(
            "/",
            name,
            &(Presence {
                room,
                member,
                count: scene.count,
            },),
        )
    };
    let doing = |name, person: Person<'_>, on| {
        let member = PersonBody::new(person.id, person.name);
        Encoded::event("/", name, &(Doing { room, member, on },))
    };
    Some(Frame::new(match event {
        RoomEvent::Message { message, .. } => Encoded::event("/", "message", &(&*message.json,)),
        RoomEvent::Joined(person) => presence("joined", Some(person)),
        RoomEvent::Left(person) => presence("left", Some(person)),
        RoomEvent::Presence => presence("presence", None),
        RoomEvent::Renamed(person) => doing("renamed", person, None),
        RoomEvent::Typing(person, on) => doing("typing", person, Some(on)),
    }))
}

/// Says what concerns everybody.
#[expect(clippy::unnecessary_wraps, reason = "the shape that a vocabulary has")]
fn announced(announcement: Announcement<'_>) -> Option<Frame> {
    #[derive(Serialize)]
    struct Gateway {
        storing: bool,
        clock: bool,
        now: u64,
    }
    #[derive(Serialize)]
    struct Told<'a> {
        #[serde(flatten)]
        notice: &'a Notice,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        over: bool,
    }
    Some(Frame::new(match announcement {
        Announcement::Rooms { list, .. } => Encoded::event("/", "rooms", &(Rooms::from(list),)),
        Announcement::Gateway {
            storing,
            clock,
            now,
        } => {
            let state = Gateway {
                storing,
                clock,
                now,
            };
            Encoded::event("/", "gateway", &(state,))
        }
        Announcement::Notice { notice, over } => {
            Encoded::event("/", "notice", &(Told { notice, over },))
        }
    }))
}

/// Minutes east of UTC: what there is on Earth.
const ZONES: std::ops::RangeInclusive<i32> = -840..=840;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_native_event_shares_a_name_with_the_tutorials() {
        let told = [
            "hello", "message", "joined", "left", "presence", "renamed", "typing", "rooms",
            "removed", "notice", "gateway",
        ];
        for name in REQUESTS.iter().chain(&told) {
            assert!(!super::super::noom::NAMES.contains(name), "{name}");
        }
    }
}
