//! Reading: one page of a room at a time, over a short range of keys.

use sled::Db;

use super::StoreError;
use super::room::Room;
use super::scan::{Stored, backwards, forwards};

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The oldest messages after a seq; `After(0)` is the beginning of the room.
    After(u64),
    /// The newest messages before a seq; `Before(u64::MAX)` is the end of the room.
    Before(u64),
}

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number.
    pub seq: u64,
    /// When it was posted, in milliseconds of UTC, if that time can be trusted.
    pub at: Option<u64>,
    /// What was appended.
    pub body: Vec<u8>,
}

/// Messages of one room, in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The messages: at least one if there is any in that direction.
    pub records: Vec<Record>,
    /// There are more in that direction.
    pub more: bool,
    /// Messages that were stored in this range cannot be read: the disk has damaged them.
    pub damaged: bool,
}

impl Page {
    pub(super) fn read(
        db: &Db,
        room: &Room,
        from: Bound,
        limit: usize,
        bytes: usize,
    ) -> Result<Self, StoreError> {
        // What is above `last` is not durable yet.
        let newest = room.info.last;
        match from {
            Bound::After(seq) => {
                let start = room.head.max(seq);
                let range = start.saturating_add(1)..=newest;
                let mut found = Found::fill(forwards(db, room.number, range), limit, bytes)?;
                let end = if found.page.more { 0 } else { newest };
                found.look_for_holes(start, end);
                Ok(found.page)
            }
            Bound::Before(seq) => {
                let range = room.head.saturating_add(1)..=newest.min(seq.saturating_sub(1));
                let mut found = Found::fill(backwards(db, room.number, range), limit, bytes)?;
                found.page.records.reverse();
                found.befores.reverse();
                let end = if seq > newest { newest } else { 0 };
                found.look_for_holes(found.next.unwrap_or(room.head), end);
                Ok(found.page)
            }
        }
    }
}

/// A page in the making.
#[derive(Default)]
struct Found {
    page: Page,
    /// For each record, the seq of the one before it when it was written.
    befores: Vec<u64>,
    /// The seq of the message after which the page was cut.
    next: Option<u64>,
}

impl Found {
    fn fill(
        messages: impl Iterator<Item = Result<Stored, StoreError>>,
        limit: usize,
        bytes: usize,
    ) -> Result<Self, StoreError> {
        let mut found = Self::default();
        let mut room_left = bytes;
        for stored in messages {
            let stored = stored?;
            let records = &mut found.page.records;
            if !records.is_empty() && records.len() >= limit {
                found.cut(stored.seq);
                break;
            }
            // What a power cut left incomplete was removed at the opening.
            let Some((header, body)) = stored.assemble() else {
                found.page.damaged = true;
                continue;
            };
            if !records.is_empty() && body.len() > room_left {
                found.cut(stored.seq);
                break;
            }
            room_left = room_left.saturating_sub(body.len());
            records.push(Record {
                seq: stored.seq,
                at: header.at,
                body,
            });
            found.befores.push(header.before);
        }
        Ok(found)
    }

    fn cut(&mut self, next: u64) {
        self.page.more = true;
        self.next = Some(next);
    }

    /// sled can lose a page without a word, or stop at it. A message whose predecessor is neither
    /// here nor at or below `start` has lost it, and a walk that ends before `end` has lost more.
    fn look_for_holes(&mut self, start: u64, end: u64) {
        let mut last = start;
        for (record, &before) in self.page.records.iter().zip(&self.befores) {
            self.page.damaged |= before > last;
            last = record.seq;
        }
        self.page.damaged |= last < end;
    }
}
