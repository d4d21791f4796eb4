//! One group of changes: inserted, made durable with one flush, and only then shown to readers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use sled::Db;

use super::boot::{BOOT_KEY, Boot};
use super::figures::Fresh;
use super::marks::Marks;
use super::open::Opening;
use super::record::{self, BODY_BYTES, Key};
use super::report::Finding;
use super::room::{Entry, Room};
use super::{Change, StoreError, times};
use crate::config::History;

/// Longest name of a room: 256 characters of Korean, the most that may be configured. Its entry
/// must stay below `record::VALUE_BYTES`.
pub const NAME_BYTES: usize = 1 << 10;
/// Fewer dead keys than this are kept for a later flush: deleting one at a time wears the card.
const SWEEP_KEYS: usize = 25;

/// What the one writer knows. After a failed write it is worth nothing and is read anew.
pub(super) struct Writer {
    pub(super) boot: Boot,
    pub(super) rooms: BTreeMap<u32, Room>,
    pub(super) names: HashMap<Arc<str>, u32>,
    /// Keys below the heads of their rooms. The heads are durable.
    pub(super) doomed: Vec<Key>,
    /// Rooms without a message, to be forgotten once their floor is remembered elsewhere.
    pub(super) empty: BTreeSet<u32>,
    /// Rooms whose floor is remembered in the boot record.
    pub(super) forgettable: BTreeSet<u32>,
    /// The latest time seen that can be trusted.
    pub(super) now: u64,
    /// Whether the ballast is on the disk: without it, nothing is written.
    pub(super) has_ballast: bool,
    /// The marks as saved, and when.
    pub(super) marked: Option<(Instant, Marks)>,
    /// Writes in a row that met damage, healing in between notwithstanding.
    pub(super) damaged: u32,
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
            damaged: 0,
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
        let mut fresh = self.prepare(batch, &mut touched.rooms);
        self.forget(db, &mut touched)?;
        if self.doomed.len() >= SWEEP_KEYS {
            self.sweep(db)?;
        }
        for (&number, fresh) in &mut fresh {
            fresh.step_back(db, self.room_mut(number))?;
        }
        let inserted = self.insert(db, batch)?;
        for (&number, fresh) in &mut fresh {
            fresh.count(db, self.room_mut(number))?;
        }
        self.retain(db, limits, inserted, &mut touched.rooms)?;
        for &number in &touched.rooms {
            let room = self.room(number);
            let entry = match fresh.get(&number) {
                Some(fresh) => fresh.entry(db, room)?,
                None => room.entry(),
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

    /// Takes up clock and floors; answers with the rooms that get messages.
    fn prepare(
        &mut self,
        batch: &[Change<'_>],
        touched: &mut BTreeSet<u32>,
    ) -> BTreeMap<u32, Fresh> {
        let mut fresh: BTreeMap<u32, Fresh> = BTreeMap::new();
        for change in batch {
            match *change {
                Change::Append { room, seq, .. } => {
                    let number = self.names[room];
                    touched.insert(number);
                    // What comes this late is retired before it is stored.
                    if seq > self.room(number).head {
                        fresh.entry(number).or_insert(Fresh::from(seq)).reach(seq);
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
        fresh
    }

    /// Inserts the messages; answers how many keys that took.
    fn insert(&mut self, db: &Db, batch: &[Change<'_>]) -> Result<usize, StoreError> {
        let mut keys = 0;
        let mut lasts = HashMap::new();
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

    /// Deletes what was retired in earlier flushes.
    pub(super) fn sweep(&mut self, db: &Db) -> Result<(), StoreError> {
        let mut swept = BTreeMap::new();
        for key in self.doomed.drain(..) {
            if let Some((room, seq, _)) = record::parse_key(&key) {
                swept.insert(room, seq);
            }
            db.remove(key)?;
        }
        for (room, head) in swept {
            times::remove(db, room, 0..=head)?;
        }
        Ok(())
    }

    /// Writes what the index by time lacks of a room.
    pub(super) fn index(&mut self, db: &Db, name: &str) -> Result<Touched, StoreError> {
        let mut touched = Touched::default();
        if let Some(&number) = self.names.get(name) {
            times::rebuild(db, self.room_mut(number))?;
            touched.rooms.insert(number);
        }
        Ok(touched)
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
