//! One group of changes: inserted, made durable with one flush, and only then shown to readers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use sled::Db;

use super::boot::{BOOT_KEY, Boot};
use super::marks::{Mark, Marks};
use super::open::Opening;
use super::record::{self, BODY_BYTES, Key};
use super::report::Finding;
use super::room::{Entry, Room};
use super::scan::tally;
use super::{Change, StoreError};
use crate::config::History;

/// Longest name of a room: 64 characters of UTF-8.
const NAME_BYTES: usize = 256;
/// Fewer dead keys than this are kept for a later flush: deleting one at a time wears the card.
const SWEEP_KEYS: usize = 25;

/// What the one writer knows. After a failed write it is worth nothing and is read anew.
pub(super) struct Writer {
    pub(super) boot: Boot,
    pub(super) rooms: BTreeMap<u32, Room>,
    names: HashMap<Arc<str>, u32>,
    /// Keys below the heads of their rooms. The heads are durable.
    pub(super) doomed: Vec<Key>,
    /// Rooms without a message, to be forgotten once their floor is remembered elsewhere.
    empty: BTreeSet<u32>,
    /// Rooms whose floor is remembered in the boot record.
    forgettable: BTreeSet<u32>,
    /// The latest time seen that can be trusted.
    pub(super) now: u64,
    /// Whether the ballast is on the disk: without it, nothing is written.
    pub(super) has_ballast: bool,
    /// The marks as saved, and when.
    pub(super) marked: Option<(Instant, Marks)>,
    /// What the last opening found and nobody was told yet.
    pub(super) report: Vec<Finding>,
}

/// Rooms that a write has changed or made go away.
#[derive(Default)]
pub(super) struct Touched {
    pub(super) rooms: BTreeSet<u32>,
    pub(super) gone: Vec<Arc<str>>,
}

impl Writer {
    /// The writer of a store just opened, and its database.
    pub(super) fn new(opening: Opening) -> (Self, Db) {
        let names = opening
            .rooms
            .iter()
            .map(|room| (room.info.name.clone(), room.number));
        let empty = opening.rooms.iter().filter(|room| room.info.messages == 0);
        let writer = Self {
            boot: opening.boot,
            names: names.collect(),
            empty: empty.map(|room| room.number).collect(),
            rooms: opening
                .rooms
                .into_iter()
                .map(|room| (room.number, room))
                .collect(),
            doomed: Vec::new(),
            forgettable: BTreeSet::new(),
            now: 0,
            has_ballast: false,
            marked: None,
            report: opening.report,
        };
        (writer, opening.db)
    }

    /// Whether a batch can be stored at all.
    pub(super) fn check(batch: &[Change<'_>]) -> Result<(), StoreError> {
        let fits = |change: &Change<'_>| match change {
            Change::Append { room, body, .. } => {
                (1..=NAME_BYTES).contains(&room.len()) && body.len() <= BODY_BYTES
            }
            Change::Floor { room, .. } => (1..=NAME_BYTES).contains(&room.len()),
            Change::Clock { .. } => true,
        };
        if batch.iter().all(fits) {
            Ok(())
        } else {
            Err(StoreError::TooLong)
        }
    }

    /// Does it all. On success everything in the batch is durable.
    pub(super) fn apply(
        &mut self,
        db: &Db,
        limits: &History,
        batch: &[Change<'_>],
    ) -> Result<Touched, StoreError> {
        let mut touched = Touched::default();
        self.create_rooms(db, batch)?;
        let mut firsts = self.prepare(batch, &mut touched.rooms);
        self.forget(db, &mut touched)?;
        if self.doomed.len() >= SWEEP_KEYS {
            self.sweep(db)?;
        }
        let before = self.step_back(db, &mut firsts)?;
        let inserted = self.insert(db, batch)?;
        for (&number, &first) in &firsts {
            self.count(db, number, first)?;
        }
        self.retain(db, limits, inserted, &mut touched.rooms)?;
        for &number in &touched.rooms {
            let entry = match firsts.get(&number) {
                Some(&first) => self.entry_without(db, number, first, before[&number])?,
                None => self.room(number).entry(),
            };
            db.insert(Entry::key(number), entry.encode())?;
        }
        self.remember_floors(db, &touched.rooms)?;
        db.flush()?;
        Ok(touched)
    }

    /// New rooms are durable before anything is said of them: a message must never lie under a
    /// number that a later room might be given.
    fn create_rooms(&mut self, db: &Db, batch: &[Change<'_>]) -> Result<(), StoreError> {
        let mut any = false;
        for name in batch.iter().filter_map(Change::room) {
            if self.names.contains_key(name) {
                continue;
            }
            let name: Arc<str> = name.into();
            let room = Room::new(self.boot.next_room, name.clone(), self.boot.forgotten);
            self.boot.next_room += 1;
            db.insert(Entry::key(room.number), room.entry().encode())?;
            self.names.insert(name, room.number);
            self.rooms.insert(room.number, room);
            any = true;
        }
        if any {
            db.insert(BOOT_KEY, self.boot.encode())?;
            db.flush()?;
        }
        Ok(())
    }

    /// Takes up clock and floors; answers with the lowest new seq of each room that gets messages.
    fn prepare(&mut self, batch: &[Change<'_>], touched: &mut BTreeSet<u32>) -> BTreeMap<u32, u64> {
        let mut firsts = BTreeMap::new();
        for change in batch {
            match *change {
                Change::Append { room, seq, at, .. } => {
                    self.now = self.now.max(at.unwrap_or_default());
                    let number = self.names[room];
                    touched.insert(number);
                    // What comes this late is retired before it is stored.
                    if seq > self.room(number).head {
                        let first = firsts.entry(number).or_insert(seq);
                        *first = seq.min(*first);
                    }
                }
                Change::Floor { room, floor } => {
                    let number = self.names[room];
                    touched.insert(number);
                    let info = &mut self.room_mut(number).info;
                    info.floor = info.floor.max(floor);
                }
                Change::Clock { now } => self.now = self.now.max(now),
            }
        }
        firsts
    }

    /// A message written late, under its old seq, lies among others: takes those from there on out
    /// of the figures. Answers with the last seq of each room that stays in them.
    fn step_back(
        &mut self,
        db: &Db,
        firsts: &mut BTreeMap<u32, u64>,
    ) -> Result<BTreeMap<u32, u64>, StoreError> {
        let mut before = BTreeMap::new();
        for (&number, &mut first) in firsts {
            let room = self.room_mut(number);
            if first <= room.info.last {
                let later = tally(db, number, first..=room.info.last)?;
                room.info.messages = room.info.messages.saturating_sub(later.messages);
                room.info.bytes = room.info.bytes.saturating_sub(later.bytes);
            }
            before.insert(number, room.info.last.min(first - 1));
        }
        Ok(before)
    }

    /// Inserts the messages; answers how many keys that took.
    fn insert(&mut self, db: &Db, batch: &[Change<'_>]) -> Result<usize, StoreError> {
        let mut keys = 0;
        let mut lasts: HashMap<u32, u64> = HashMap::new();
        for change in batch {
            let Change::Append {
                room,
                seq,
                at,
                body,
            } = *change
            else {
                continue;
            };
            let room = self.room(self.names[room]);
            if seq <= room.head {
                continue;
            }
            let last = lasts.entry(room.number).or_insert(room.info.last);
            let before = if seq > *last {
                std::mem::replace(last, seq)
            } else {
                0
            };
            for (key, value) in record::encode(room.number, seq, at, before, body) {
                db.insert(key, value)?;
                keys += 1;
            }
        }
        Ok(keys)
    }

    /// Counts what was just inserted, by reading it back.
    fn count(&mut self, db: &Db, number: u32, first: u64) -> Result<(), StoreError> {
        let fresh = tally(db, number, first..=u64::MAX)?;
        let room = self.room_mut(number);
        room.info.messages += fresh.messages;
        room.info.bytes += fresh.bytes;
        if let Some((last, at)) = fresh.last.filter(|&(last, _)| last >= room.info.last) {
            (room.info.last, room.info.last_at) = (last, at);
        }
        if first < room.info.first || room.info.first == 0 || room.oldest_at.is_none() {
            room.look_at_head(db)?;
        }
        Ok(())
    }

    /// The entry of a room without the messages from `first` on, which this flush brings.
    fn entry_without(
        &self,
        db: &Db,
        number: u32,
        first: u64,
        before: u64,
    ) -> Result<Entry, StoreError> {
        let room = self.room(number);
        let fresh = tally(db, number, first.max(room.head + 1)..=u64::MAX)?;
        let mut entry = room.entry();
        entry.upto = before.max(room.head);
        entry.messages = entry.messages.saturating_sub(fresh.messages);
        entry.bytes = entry.bytes.saturating_sub(fresh.bytes);
        Ok(entry)
    }

    /// Deletes what was retired in earlier flushes.
    fn sweep(&mut self, db: &Db) -> Result<(), StoreError> {
        for key in self.doomed.drain(..) {
            db.remove(key)?;
        }
        Ok(())
    }

    /// A room without a message leaves no trace: removes the entries of rooms that stayed empty
    /// since their floor was remembered.
    fn forget(&mut self, db: &Db, touched: &mut Touched) -> Result<(), StoreError> {
        for number in std::mem::take(&mut self.forgettable) {
            if touched.rooms.contains(&number) {
                continue;
            }
            // Its dead keys must not outlive the entry.
            self.sweep(db)?;
            db.remove(Entry::key(number))?;
            if let Some(room) = self.rooms.remove(&number) {
                self.names.remove(&room.info.name);
                touched.gone.push(room.info.name);
            }
        }
        Ok(())
    }

    /// Remembers the floors of empty rooms in the boot record, so that they can be forgotten.
    fn remember_floors(&mut self, db: &Db, touched: &BTreeSet<u32>) -> Result<(), StoreError> {
        self.empty.extend(touched);
        for number in std::mem::take(&mut self.empty) {
            let Some(info) = self.rooms.get(&number).map(|room| &room.info) else {
                continue;
            };
            if info.messages == 0 {
                self.boot.forgotten = self.boot.forgotten.max(info.floor).max(info.last);
                self.forgettable.insert(number);
            }
        }
        if !self.forgettable.is_empty() {
            db.insert(BOOT_KEY, self.boot.encode())?;
        }
        Ok(())
    }

    /// How far each room has come.
    pub(super) fn marks(&self) -> Marks {
        let rooms = self.rooms.values().filter(|room| room.info.messages > 0);
        let mark = |room: &Room| {
            let Room { info, .. } = room;
            (
                info.name.to_string(),
                Mark {
                    last: info.last,
                    floor: info.floor,
                },
            )
        };
        Marks {
            log: self.boot.log.to_string(),
            boot: self.boot.count,
            rooms: rooms.map(mark).collect(),
        }
    }

    pub(super) fn room(&self, number: u32) -> &Room {
        self.rooms
            .get(&number)
            .expect("names and touched hold numbers of rooms only")
    }

    pub(super) fn room_mut(&mut self, number: u32) -> &mut Room {
        self.rooms
            .get_mut(&number)
            .expect("names and touched hold numbers of rooms only")
    }
}
