//! A room: a named, ordered log with the members present in it.
//!
//! Everything that changes a room happens under its one lock, without waiting and without I/O: a
//! joiner sees no gap and no duplicate, and all see the same order. Locks are taken downwards only:
//! the map of rooms, a room, a client's outbox or the archive's queue.

mod appending;
mod presence;
mod reading;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;
use tokio::time::Instant;

pub use presence::{Departure, Entry, Joined, Obstacle, Seat, SeatKey};
pub use reading::{Query, Reading};

use presence::Roster;

use super::archive::Waiter;
use super::draft::{Draft, MessageKey};
use super::frame::{Event, Frames, Scene};
use super::message::Message;
use super::name::{PersonName, RoomName};
use super::person::PersonId;
use super::recent::{Recent, RecentBounds};
use super::refusal::Refusal;
use super::ring::{Ring, RingBounds};
use super::shared::Shared;

/// One open room.
pub struct Room {
    name: RoomName,
    shared: Arc<Shared>,
    pub(super) opened: OnceCell<()>,
    state: Mutex<State>,
}

/// What a room's lock protects.
pub(super) struct State {
    /// Taken out of the map of rooms: whoever still holds it looks the room up again.
    faded: bool,
    ring: Ring,
    recent: Recent,
    /// Nothing up to this `seq` is to be had any longer.
    floor: u64,
    /// Messages up to this `seq` left the ring without being on the card.
    unsaved: u64,
    /// When the last message was posted, milliseconds since 1970.
    last_at: u64,
    idle_since: Instant,
    roster: Roster,
}

/// What a room knows of its past when it is opened.
#[derive(Default)]
pub struct Past {
    /// The newest messages, ascending.
    pub tail: Vec<Message>,
    /// The `seq` up to which the tail did not look.
    pub gone: u64,
    /// Whether the store has messages down there.
    pub older: bool,
    /// When the last message was posted, milliseconds since 1970.
    pub last_at: u64,
    /// The keys of the last messages, oldest first, with `seq` and time.
    pub recent: Vec<(MessageKey, u64, u64)>,
    /// Nothing up to this `seq` is to be had any longer.
    pub floor: u64,
}

/// Who posts.
pub struct Author<'a> {
    /// The person.
    pub id: PersonId,
    /// The name at present.
    pub name: &'a PersonName,
    /// The session it came by.
    pub seat: SeatKey,
}

/// Why a message was not taken.
#[derive(Debug)]
pub enum Setback {
    /// The room has faded meanwhile: look it up again.
    Faded,
    /// All rings together are full: let the others give something up, then try again.
    Crowded,
    /// The sender is to be told.
    Refused(Refusal),
}

impl Room {
    /// A room whose past has not been read yet.
    pub(super) fn new(name: RoomName, shared: Arc<Shared>) -> Self {
        let state = State {
            faded: false,
            ring: Ring::new(Vec::new(), 0, false, ring_bounds(&shared)),
            recent: Recent::new(RecentBounds {
                total: Arc::clone(&shared.recent_total),
                kept: Arc::clone(&shared.kept_total),
                kept_bytes: shared.config.now().history.ring_total_bytes / 4,
            }),
            floor: 0,
            unsaved: 0,
            last_at: 0,
            idle_since: Instant::now(),
            roster: Roster::default(),
        };
        Self {
            name,
            shared,
            opened: OnceCell::new(),
            state: Mutex::new(state),
        }
    }

    /// The room's name.
    pub fn name(&self) -> &RoomName {
        &self.name
    }

    /// Takes in the past that was read from the store; once, before anything else.
    pub(super) fn open(&self, past: Past) {
        let mut state = self.state();
        state.last_at = past.last_at;
        state.floor = past.floor;
        state.ring = Ring::new(past.tail, past.gone, past.older, ring_bounds(&self.shared));
        for (key, seq, at) in past.recent {
            state.recent.insert(key, seq, at);
        }
    }

    /// Appends a message to the log, tells everybody present, and hands it to the archive.
    ///
    /// The waiter is called exactly once, unless it is given back: with the receipt after the flush
    /// that covers the message (or at once, by configuration), or with a refusal. A message that
    /// came before is not told again; its waiter gets the receipt of the original.
    pub fn publish(
        &self,
        draft: &Draft,
        author: &Author<'_>,
        waiter: Waiter,
    ) -> Result<(), (Setback, Waiter)> {
        let mut state = self.state();
        if state.faded {
            return Err((Setback::Faded, waiter));
        }
        let key = draft.key(author.id);
        if let Some(known) = state.recent.find(key).cloned() {
            self.repeat(&mut state, draft, author, key, &known, waiter);
            return Ok(());
        }
        match self.append(&mut state, draft, author, key) {
            Ok(message) => {
                let event = Event::Message {
                    message: &message,
                    name: author.name,
                    text: draft.text(),
                };
                self.tell(&state, event, Some(author.seat));
                self.acknowledge(&message, waiter);
                Ok(())
            }
            Err(Setback::Refused(refusal)) => {
                waiter(Err(refusal));
                Ok(())
            }
            Err(setback) => Err((setback, waiter)),
        }
    }

    /// Whether nobody is here and nothing waits for the card, since when.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        state.is_idle().then_some(state.idle_since)
    }

    /// Takes the room out of use if it is idle. The caller holds the map of rooms.
    pub(super) fn fade(&self) -> bool {
        let mut state = self.state();
        state.faded = state.faded || state.is_idle();
        state.faded
    }

    /// Takes the room out of use whoever is there: its numbers belong to another log.
    pub(super) fn abandon(&self) {
        self.state().faded = true;
    }

    /// Gives up part of the ring, for the account of all rings.
    pub(super) fn trim(&self) {
        let mut state = self.state();
        let lost = state.ring.trim(self.may_lose());
        self.lose(&mut state, lost);
        state.recent.release();
    }

    /// What the ring holds, in bytes.
    pub(super) fn ring_bytes(&self) -> usize {
        self.state().ring.bytes()
    }

    /// The persons present, when the last message was posted, and that message if it is in memory.
    pub fn summary(&self) -> (usize, u64, Option<Arc<Message>>) {
        let state = self.state();
        let newest = state.ring.newest().cloned();
        (state.roster.count(), state.last_at, newest)
    }

    /// The messages in memory above a `seq`.
    pub(super) fn recent(&self, after: u64) -> Vec<Arc<Message>> {
        self.state().ring.after(after).cloned().collect()
    }

    /// Learns how far retention has come, and what the store has.
    fn refresh_floor(&self, state: &mut State) {
        let store = self.shared.archive().store();
        if let Some(info) = store.and_then(|store| store.room(self.name.as_str())) {
            state.floor = state.floor.max(info.floor);
            state.ring.learn_oldest(info.first);
        }
    }

    /// Queues an event to every session present. A message's own sender hears it too, unless its
    /// vocabulary says otherwise; of presence, a session does not hear its own.
    fn tell(&self, state: &State, event: Event<'_>, own: Option<SeatKey>) {
        let scene = Scene {
            room: &self.name,
            count: state.roster.count(),
        };
        let mut frames = Frames::new(
            |vocabulary| (vocabulary.event)(scene, event),
            event.weight(),
        );
        let is_message = matches!(event, Event::Message { .. });
        for (key, seat) in state.roster.seats() {
            if Some(*key) == own && !(is_message && seat.vocabulary.hears_itself) {
                continue;
            }
            frames.deliver(seat.vocabulary, &*seat.outlet);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether nobody is here and nothing waits for the card.
    fn is_idle(&self) -> bool {
        self.roster.is_empty() && self.ring.is_stored() && self.recent.is_stored()
    }

    /// Whether this room never had a message.
    fn is_new(&self) -> bool {
        self.last_at == 0 && self.floor == 0 && self.ring.last().is_none()
    }
}

fn ring_bounds(shared: &Shared) -> RingBounds {
    let config = shared.config.now();
    let history = &config.history;
    RingBounds {
        messages: history.ring_messages.max(1),
        bytes: history.ring_bytes,
        total_bytes: history.ring_total_bytes,
        total: Arc::clone(&shared.ring_total),
    }
}
