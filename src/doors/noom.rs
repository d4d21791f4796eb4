//! The vocabulary of the classic Socket.IO chat tutorial, so that its page runs unmodified.
//!
//! Its client cannot prove who it was after a reconnect, sends no ids and paints its own lines; so
//! whoever vanishes has left, retries are not recognised, and a message goes to the others only.
//! `done` is always called: after the flush, or with nothing stored, never left hanging.

use std::sync::Arc;

use crate::chat::archive::Waiter;
use crate::chat::message::Body;
use crate::chat::visit::later;
use crate::chat::{
    Announcement, Draft, Event as RoomEvent, Frame, JoinRequest, Person, Refusal, RoomList,
    RoomName, Scene, Visit, Vocabulary,
};
use crate::eio::{Flow, Kind};
use crate::sio::{Ack, Encoded, Event, Socket};

use super::slot;

/// The vocabulary.
pub static NOOM: Vocabulary = Vocabulary {
    slot: slot::NOOM,
    event: told,
    announcement: announced,
    hears_itself: false,
    returns: false,
};

/// The names of the tutorial's events, both ways.
pub const NAMES: [&str; 6] = [
    "enter_room",
    "nickname",
    "new_message",
    "welcome",
    "bye",
    "room_change",
];

/// Handles an event of the tutorial.
pub(super) fn event(socket: &Socket, visit: &Arc<Visit>, event: Event) -> Flow {
    visit.speak(&NOOM);
    let Event { name, args, ack } = event;
    let text = |index| args.get::<String>(index).ok();
    match (name.as_str(), text(0), text(1)) {
        ("enter_room", Some(room), _) => enter(socket, visit, &room, ack),
        ("new_message", Some(text), Some(room)) => post(visit, text, &room, ack),
        ("nickname", Some(name), _) => {
            if let Err(refusal) = visit.rename(&name) {
                tracing::debug!(%refusal, "a nickname was refused");
            }
            done(ack);
            None
        }
        _ => {
            tracing::debug!(
                event = name,
                "an event of the tutorial without its arguments"
            );
            done(ack);
            None
        }
    }
}

fn enter(socket: &Socket, visit: &Arc<Visit>, raw: &str, ack: Option<Ack>) -> Flow {
    let request = match request(visit, raw) {
        Ok(request) => request,
        Err(refusal) => return refuse(&refusal, ack),
    };
    let socket = socket.clone();
    visit.join(request, &NOOM, move |welcome| match welcome {
        Ok(welcome) => {
            let count = welcome.joined.count;
            if let Some(ack) = ack {
                ack.send(&(count,));
            }
            for json in welcome.joined.page.bodies() {
                if let Some(line) = line(json.get()) {
                    socket.emit("new_message", &(line, count), Kind::Normal);
                }
            }
        }
        Err(refusal) => {
            refuse(&refusal, ack);
        }
    })
}

/// Posts; to a room that was not entered, enters it first. Its page paints the line itself and
/// does not enter its rooms again after a reconnect, so it gets no history here.
fn post(visit: &Arc<Visit>, text: String, raw: &str, ack: Option<Ack>) -> Flow {
    let most = visit.chat().config().limits.text_chars;
    let draft = Draft::new(None, Some(text), None, None, most);
    let (request, draft) = match request(visit, raw).and_then(|request| Ok((request, draft?))) {
        Ok(parsed) => parsed,
        Err(refusal) => return refuse(&refusal, ack),
    };
    let waiter: Waiter = Box::new(|receipt| {
        if let Err(refusal) = receipt {
            tracing::debug!(%refusal, "a message of the tutorial was not stored");
        }
        done(ack);
    });
    let room = request.room.clone();
    if visit.is_in(&room) {
        return visit.post(room, None, draft, waiter);
    }
    let visit = Arc::clone(visit);
    later(async move {
        if let Some(entering) = visit.join(request, &NOOM, |_| {}) {
            entering.await;
        }
        if let Some(posting) = visit.post(room, None, draft, waiter) {
            posting.await;
        }
    })
}

fn request(visit: &Visit, raw: &str) -> Result<JoinRequest, Refusal> {
    let room = RoomName::parse(raw, visit.chat().config().limits.room_name_chars)?;
    Ok(JoinRequest {
        room,
        key: None,
        since: None,
        log: None,
        limit: None,
    })
}

/// The tutorial has no word for a refusal: its callback is called with nothing.
fn refuse(refusal: &Refusal, ack: Option<Ack>) -> Flow {
    tracing::debug!(%refusal, "an event of the tutorial was refused");
    done(ack);
    None
}

fn done(ack: Option<Ack>) {
    if let Some(ack) = ack {
        ack.send(&());
    }
}

/// A stored message as a line; `None` if it has no text.
fn line(json: &str) -> Option<String> {
    let body: Body<'_> = serde_json::from_str(json).ok()?;
    Some(format!("{}: {}", body.from.name, body.text?))
}

/// Says what happened in a room.
fn told(scene: Scene<'_>, event: RoomEvent<'_>) -> Option<Frame> {
    let presence =
        |name, person: Person<'_>| Encoded::event("/", name, &(person.name.as_str(), scene.count));
    Some(Frame::new(match event {
        RoomEvent::Joined(person) => presence("welcome", person),
        RoomEvent::Left(person) => presence("bye", person),
        RoomEvent::Message { name, text, .. } => Encoded::event(
            "/",
            "new_message",
            &(format!("{name}: {}", text?), scene.count),
        ),
        RoomEvent::Presence | RoomEvent::Renamed(_) | RoomEvent::Typing(..) => return None,
    }))
}

/// Says what concerns everybody: the rooms that somebody is in, when somebody has come or gone.
fn announced(announcement: Announcement<'_>) -> Option<Frame> {
    let Announcement::Rooms { list, before } = announcement else {
        return None;
    };
    // Its clients have each message of their rooms; what is said elsewhere does not concern them.
    if present(list).eq(present(before)) {
        return None;
    }
    let rooms: Vec<&str> = present(list).map(|(name, _)| name).collect();
    Some(Frame::new(Encoded::event("/", "room_change", &(rooms,))))
}

/// The rooms that somebody is in, and how many.
fn present(list: &RoomList) -> impl Iterator<Item = (&str, usize)> {
    let rooms = list.rooms.iter().filter(|room| room.count > 0);
    rooms.map(|room| (room.name.as_str(), room.count))
}
