//! Who is in the room: persons over all their sessions, first in, last out.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use tokio::time::Instant;

use crate::chat::LINGER;
use crate::chat::frame::{Event, Outlet, Person, Vocabulary};
use crate::chat::name::PersonName;
use crate::chat::page::{Cut, Page};
use crate::chat::person::PersonId;
use crate::store::Bound;

use super::reading::{Query, Reading};
use super::{Room, State};

/// Which session a seat belongs to.
pub type SeatKey = u64;

/// One session's place in a room.
#[derive(Clone)]
pub struct Seat {
    /// Whose session it is.
    pub person: PersonId,
    /// The words it speaks.
    pub vocabulary: &'static Vocabulary,
    /// The way to it.
    pub outlet: Arc<dyn Outlet>,
}

/// Somebody wants to come in.
pub struct Entry<'a> {
    /// Which session.
    pub key: SeatKey,
    /// Its place to be.
    pub seat: Seat,
    /// The person's name.
    pub name: &'a PersonName,
    /// Which messages it wants to read first.
    pub bound: Bound,
    /// How many of them.
    pub cut: Cut,
}

/// What a joiner is answered.
pub struct Joined {
    /// Some of the persons present, in the order of their ids.
    pub members: Vec<(PersonId, PersonName)>,
    /// All persons present, the joiner included.
    pub count: usize,
    /// The messages it asked for.
    pub page: Page,
    /// The cursor to keep.
    pub next: u64,
    /// Part of what came after its cursor is no longer to be had.
    pub gap: bool,
}

/// Why somebody is not in yet.
#[derive(Debug)]
pub enum Obstacle {
    /// The room has faded: look it up again.
    Faded,
    /// As many persons as a room may have are present.
    Full,
    /// The store must be read first.
    Needs(Query),
}

/// How a session leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// It said so.
    Left,
    /// Its connection ended; the person may be back soon.
    Vanished,
}

/// Who is in a room.
#[derive(Default)]
pub(super) struct Roster {
    seats: IndexMap<SeatKey, Seat>,
    persons: BTreeMap<PersonId, Present>,
    /// Presence changed while too many were present to tell of each.
    merged: bool,
}

struct Present {
    name: PersonName,
    seats: usize,
    away_since: Option<Instant>,
}

impl Roster {
    pub(super) fn is_empty(&self) -> bool {
        self.persons.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.persons.len()
    }

    pub(super) fn seats(&self) -> impl Iterator<Item = (&SeatKey, &Seat)> {
        self.seats.iter()
    }

    /// Takes a seat; `true` if the person was not present before.
    fn sit(&mut self, key: SeatKey, seat: Seat, name: &PersonName) -> bool {
        let person = seat.person;
        let is_new_seat = self.seats.insert(key, seat).is_none();
        let is_new = !self.persons.contains_key(&person);
        let present = self.persons.entry(person).or_insert_with(|| Present {
            name: name.clone(),
            seats: 0,
            away_since: None,
        });
        present.seats += usize::from(is_new_seat);
        present.away_since = None;
        is_new
    }

    /// Who has been away for longest.
    fn longest_away(&self) -> Option<PersonId> {
        let away = |(id, present): (&PersonId, &Present)| Some((present.away_since?, *id));
        self.persons.iter().filter_map(away).min().map(|(_, id)| id)
    }

    /// Notes a person's name; `true` if it is another one than before.
    fn rename(&mut self, id: PersonId, name: &PersonName) -> bool {
        let present = self.persons.get_mut(&id);
        let changed = present.filter(|present| present.name != *name);
        changed.map(|present| present.name = name.clone()).is_some()
    }

    /// Some of those after a person, and whether there are more.
    fn members(&self, after: Option<PersonId>) -> (Vec<(PersonId, PersonName)>, bool) {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = after.map_or(Unbounded, Excluded);
        let mut rest = self.persons.range((from, Unbounded)).peekable();
        let mut bytes = 0;
        let mut members = Vec::new();
        while members.len() < MEMBERS_PER_PAGE
            && let Some((id, present)) = rest.peek()
        {
            bytes += present.name.as_str().len() + MEMBER_BYTES;
            if bytes > MEMBERS_BYTES {
                break;
            }
            members.push((**id, present.name.clone()));
            rest.next();
        }
        (members, rest.peek().is_some())
    }
}

impl Room {
    /// Lets a session in and answers it in the same critical section: `reply` queues the answer, so
    /// that it comes before every live message and lacks none that came earlier.
    pub fn join(
        &self,
        entry: Entry<'_>,
        stored: Option<&Reading>,
        reply: &mut dyn FnMut(Joined),
    ) -> Result<(), Obstacle> {
        let mut state = self.state();
        let state = &mut *state;
        if state.faded {
            return Err(Obstacle::Faded);
        }
        let person = entry.seat.person;
        let present = state.roster.persons.contains_key(&person);
        if !present && state.roster.count() >= self.shared.config.now().limits.members_per_room {
            // Who is away makes place for who is here.
            let away = state.roster.longest_away().ok_or(Obstacle::Full)?;
            self.remove(state, away);
        }
        self.refresh_floor(state);
        let composed = state
            .compose(entry.bound, entry.cut, stored)
            .map_err(Obstacle::Needs)?;
        let is_new = state.roster.sit(entry.key, entry.seat, entry.name);
        reply(Joined {
            members: state.roster.members(None).0,
            count: state.roster.count(),
            next: state.cursor(entry.bound, &composed.page),
            gap: composed.gap,
            page: composed.page,
        });
        if !is_new && state.roster.rename(person, entry.name) {
            let renamed = Event::Renamed(Person {
                id: person,
                name: entry.name,
            });
            self.tell(state, renamed, Some(entry.key));
        }
        if is_new {
            let joined = Event::Joined(Person {
                id: person,
                name: entry.name,
            });
            self.tell_presence(state, joined, Some(entry.key));
            self.shared.rooms_changed.notify_one();
        }
        Ok(())
    }

    /// A session leaves. One that vanished keeps its person present for a while, if that person
    /// can come back.
    pub fn leave(&self, key: SeatKey, departure: Departure) {
        let mut state = self.state();
        let Some(seat) = state.roster.seats.swap_remove(&key) else {
            return;
        };
        let Some(present) = state.roster.persons.get_mut(&seat.person) else {
            return;
        };
        present.seats -= 1;
        if present.seats > 0 {
            return;
        }
        if departure == Departure::Vanished && seat.vocabulary.returns {
            present.away_since = Some(Instant::now());
            self.shared.attention.call(&self.name);
        } else {
            self.remove(&mut state, seat.person);
        }
    }

    /// A person present has another name now.
    pub fn rename(&self, id: PersonId, name: &PersonName, own: SeatKey) {
        let mut state = self.state();
        if state.roster.rename(id, name) {
            self.tell(&state, Event::Renamed(Person { id, name }), Some(own));
        }
    }

    /// A person began or stopped typing.
    pub fn typing(&self, id: PersonId, name: &PersonName, own: SeatKey, on: bool) {
        let state = self.state();
        if state.roster.seats.contains_key(&own) && state.roster.count() <= PRESENCE_TOLD_TO {
            self.tell(&state, Event::Typing(Person { id, name }, on), Some(own));
        }
    }

    /// Some of the persons present after a person, in the order of their ids, and whether there
    /// are more.
    pub fn members(&self, after: Option<PersonId>) -> (Vec<(PersonId, PersonName)>, bool) {
        self.state().roster.members(after)
    }

    /// A maintenance round: who has been away for long has left; merged presence is told.
    pub(crate) fn settle(&self, now: Instant) {
        let mut state = self.state();
        let (mut gone, mut waiting) = (Vec::new(), false);
        for (id, present) in &state.roster.persons {
            match present.away_since {
                Some(since) if now - since >= LINGER => gone.push(*id),
                Some(_) => waiting = true,
                None => {}
            }
        }
        for id in gone {
            self.remove(&mut state, id);
        }
        if std::mem::take(&mut state.roster.merged) {
            self.tell(&state, Event::Presence, None);
        }
        if waiting {
            self.shared.attention.call(&self.name);
        }
    }

    fn remove(&self, state: &mut State, id: PersonId) {
        let Some(present) = state.roster.persons.remove(&id) else {
            return;
        };
        state.idle_since = Instant::now();
        self.tell_presence(
            state,
            Event::Left(Person {
                id,
                name: &present.name,
            }),
            None,
        );
        self.shared.rooms_changed.notify_one();
    }

    /// Tells who came or went, or, where many are present, once a second how many are.
    fn tell_presence(&self, state: &mut State, event: Event<'_>, own: Option<SeatKey>) {
        if state.roster.count() > PRESENCE_TOLD_TO {
            state.roster.merged = true;
            self.shared.attention.call(&self.name);
        } else {
            self.tell(state, event, own);
        }
    }
}

impl State {
    /// The cursor to keep after a page: live messages continue from it.
    fn cursor(&self, bound: Bound, page: &Page) -> u64 {
        let asked = match bound {
            Bound::After(seq) => seq,
            Bound::Before(_) => self.floor.max(self.ring.gone()),
        };
        page.last().unwrap_or(asked)
    }
}

/// Members named in one answer …
const MEMBERS_PER_PAGE: usize = 50;
/// … and their bytes, within what `config::check` sets aside beside a page of messages. Fifty
/// ordinary names fit; of names whose every character is a family, fewer.
const MEMBERS_BYTES: usize = 8 << 10;
/// What a member costs an answer beside the name: the id and the JSON around both.
const MEMBER_BYTES: usize = 40;
/// Persons up to which each coming and going is told to everybody.
const PRESENCE_TOLD_TO: usize = 50;
