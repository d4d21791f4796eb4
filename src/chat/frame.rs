//! What a room tells those present, and how it is encoded once for all who speak alike.

use std::any::Any;
use std::sync::Arc;

use crate::beacon::Notice;

use super::message::Message;
use super::name::{PersonName, RoomName};
use super::person::PersonId;

/// Something that happened in a room.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// Somebody posted.
    Message {
        /// What was posted.
        message: &'a Message,
        /// The sender's name.
        name: &'a PersonName,
        /// The text, if it has one.
        text: Option<&'a str>,
    },
    /// A person came in.
    Joined(Person<'a>),
    /// A person left, or did not come back in time.
    Left(Person<'a>),
    /// Many came and went: only how many are present now.
    Presence,
    /// A person has another name now.
    Renamed(Person<'a>),
    /// A person began or stopped typing.
    Typing(Person<'a>, bool),
}

/// A person as others see them.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Who it is.
    pub id: PersonId,
    /// Their name at present.
    pub name: &'a PersonName,
}

/// Where something happened: what every event is told with.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The room.
    pub room: &'a RoomName,
    /// The persons present.
    pub count: usize,
}

/// Something that concerns everybody, whatever their rooms.
#[derive(Debug, Clone, Copy)]
pub enum Announcement<'a> {
    /// The list of rooms.
    Rooms {
        /// As it is now, the liveliest first.
        list: &'a RoomList,
        /// As it was told before.
        before: &'a RoomList,
    },
    /// How the gateway fares.
    Gateway {
        /// Whether the card takes what it is given.
        storing: bool,
        /// Whether the clock is to be trusted.
        clock: bool,
        /// What it shows, milliseconds since 1970.
        now: u64,
    },
    /// Something that everybody should know of the board.
    Notice {
        /// What it is.
        notice: &'a Notice,
        /// Whether it is no longer so.
        over: bool,
    },
}

/// The list of rooms as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoomList {
    /// The liveliest first.
    pub rooms: Vec<RoomSummary>,
    /// There are more than one list holds.
    pub more: bool,
    /// About how long it is on the wire.
    pub bytes: usize,
}

/// A room in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    /// Its name.
    pub name: RoomName,
    /// The persons present.
    pub count: usize,
    /// When the last message was posted, milliseconds since 1970; 0 if there is none.
    pub last_at: u64,
    /// Whether it asks for a key.
    pub locked: bool,
    /// The newest message; never of a room that asks for a key.
    pub last: Option<Arc<LastLine>>,
}

/// A room's newest message, as the list shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct LastLine {
    /// Its place in the order of the room.
    pub seq: u64,
    /// The sender's name at the time.
    pub name: Box<str>,
    /// The beginning of the text in one line; empty where it has none.
    pub text: Box<str>,
}

/// Something encoded by a vocabulary, in whatever form its door sends. A clone costs a handle.
#[derive(Clone)]
pub struct Frame(Arc<dyn Any + Send + Sync>);

impl Frame {
    /// Wraps what a door has encoded.
    pub fn new<T: Any + Send + Sync>(encoded: T) -> Self {
        Self(Arc::new(encoded))
    }

    /// What the door had wrapped; `None` if it was another door.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

/// One way of saying things on the wire; each door defines its own as statics.
pub struct Vocabulary {
    /// Its place among [`VOCABULARIES`], by which a frame that was encoded for one member is found
    /// for the next.
    pub slot: usize,
    /// Says what happened in a room; `None` where the vocabulary has no word for it.
    pub event: fn(Scene<'_>, Event<'_>) -> Option<Frame>,
    /// Says what concerns everybody; `None` where the vocabulary has no word for it.
    pub announcement: fn(Announcement<'_>) -> Option<Frame>,
    /// Whether a member who speaks it is sent its own messages too.
    pub hears_itself: bool,
    /// Whether a member who vanishes may come back within [`super::LINGER`] unnoticed. One that
    /// cannot prove who it is after a reconnect has left for good.
    pub returns: bool,
}

/// How many vocabularies there may be: the native one, the tutorial's, and room for two doors.
pub const VOCABULARIES: usize = 4;

/// The way to one client. It queues and never blocks.
pub trait Outlet: Send + Sync + 'static {
    /// Queues a frame, under the lock of a room or of the visits: it must not call back.
    fn deliver(&self, frame: &Frame, weight: Weight);
    /// Asks the client to come back with its cursor: its transport is closed. Called with no lock
    /// held, so that the visit may end at once.
    fn recall(&self);
}

/// What may be dropped when a client is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Never dropped: a client that has no room for it is closed and comes back.
    Message,
    /// Presence and typing: dropped first.
    Passing,
}

impl Event<'_> {
    /// What may be dropped when a client is slow.
    pub fn weight(&self) -> Weight {
        match self {
            Self::Message { .. } => Weight::Message,
            _ => Weight::Passing,
        }
    }
}

/// One thing said, encoded at most once per vocabulary.
pub struct Frames<E> {
    encode: E,
    weight: Weight,
    encoded: [Encoded; VOCABULARIES],
}

/// What became of an event in one vocabulary.
#[derive(Clone, Default)]
enum Encoded {
    #[default]
    NotYet,
    /// The vocabulary has no word for it.
    Unsaid,
    Said(Frame),
}

impl<E: Fn(&Vocabulary) -> Option<Frame>> Frames<E> {
    /// Nothing is encoded until somebody needs it.
    pub fn new(encode: E, weight: Weight) -> Self {
        Self {
            encode,
            weight,
            encoded: Default::default(),
        }
    }

    /// Queues it to a client that speaks the given vocabulary.
    pub fn deliver(&mut self, vocabulary: &Vocabulary, outlet: &dyn Outlet) {
        let encoded = &mut self.encoded[vocabulary.slot];
        if matches!(encoded, Encoded::NotYet) {
            *encoded = (self.encode)(vocabulary).map_or(Encoded::Unsaid, Encoded::Said);
        }
        if let Encoded::Said(frame) = encoded {
            outlet.deliver(frame, self.weight);
        }
    }
}
