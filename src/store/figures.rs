//! Keeps a room's figures exact through one write; see `room` for why its entry leaves out what the
//! write itself brings.

use sled::Db;

use super::StoreError;
use super::room::{Entry, Room};
use super::scan::{Tally, tally};
use super::times;

/// What one write brings to a room.
pub(super) struct Fresh {
    /// The lowest seq.
    first: u64,
    /// The last message below it that an earlier flush has made durable.
    before: u64,
    /// What lies from `first` on once it is inserted.
    tally: Tally,
}

impl Fresh {
    /// Begins with one message.
    pub(super) fn from(seq: u64) -> Self {
        Self {
            first: seq,
            before: 0,
            tally: Tally::default(),
        }
    }

    /// One message more.
    pub(super) fn reach(&mut self, seq: u64) {
        self.first = self.first.min(seq);
    }

    /// Before the inserts. A message written late, under its old seq, lies among others: takes
    /// those from there on out of the figures.
    pub(super) fn step_back(&mut self, db: &Db, room: &mut Room) -> Result<(), StoreError> {
        if self.first <= room.info.last {
            let later = tally(db, room.number, self.first..=room.info.last, None)?;
            room.info.messages = room.info.messages.saturating_sub(later.messages);
            room.info.bytes = room.info.bytes.saturating_sub(later.bytes);
        }
        self.before = room.info.last.min(self.first - 1);
        Ok(())
    }

    /// After the inserts: counts them, by reading them back, and indexes them.
    pub(super) fn count(&mut self, db: &Db, room: &mut Room) -> Result<(), StoreError> {
        // What comes late lies among others: whether it begins a quarter of an hour is not looked up.
        let before = room.info.last_at.filter(|_| self.first > room.info.last);
        self.tally = tally(db, room.number, self.first..=u64::MAX, before)?;
        for start in std::mem::take(&mut self.tally.starts) {
            times::insert(db, room.number, start)?;
        }
        room.info.messages += self.tally.messages;
        room.info.bytes += self.tally.bytes;
        if let Some((last, at)) = self.tally.last.filter(|&(last, _)| last >= room.info.last) {
            (room.info.last, room.info.last_at) = (last, at);
        }
        if self.first < room.info.first || room.info.first == 0 || room.oldest.is_none() {
            room.look_at_head(db)?;
        }
        Ok(())
    }

    /// After retention: the room's entry, without the messages that this flush brings.
    pub(super) fn entry(&self, db: &Db, room: &Room) -> Result<Entry, StoreError> {
        let mut entry = room.entry();
        let retired = room.head >= self.first;
        let later = retired
            .then(|| tally(db, room.number, room.alive(), None))
            .transpose()?;
        let fresh = later.as_ref().unwrap_or(&self.tally);
        entry.upto = self.before.max(room.head);
        entry.messages = entry.messages.saturating_sub(fresh.messages);
        entry.bytes = entry.bytes.saturating_sub(fresh.bytes);
        Ok(entry)
    }
}
