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
    /// Messages in this range that could not be read, because the disk has damaged them.
    pub damaged: usize,
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
        let (oldest, newest) = (room.head.saturating_add(1), room.info.last);
        match from {
            Bound::After(seq) => {
                let range = oldest.max(seq.saturating_add(1))..=newest;
                Self::fill(forwards(db, room.number, range), limit, bytes)
            }
            Bound::Before(seq) => {
                let range = oldest..=newest.min(seq.saturating_sub(1));
                let mut page = Self::fill(backwards(db, room.number, range), limit, bytes)?;
                page.records.reverse();
                Ok(page)
            }
        }
    }

    fn fill(
        messages: impl Iterator<Item = Result<Stored, StoreError>>,
        limit: usize,
        bytes: usize,
    ) -> Result<Self, StoreError> {
        let mut page = Self::default();
        let mut room_left = bytes;
        for stored in messages {
            let stored = stored?;
            let Some((header, body)) = stored.assemble() else {
                page.damaged += 1;
                continue;
            };
            if !page.records.is_empty() && (page.records.len() >= limit || body.len() > room_left) {
                page.more = true;
                break;
            }
            room_left = room_left.saturating_sub(body.len());
            page.records.push(Record {
                seq: stored.seq,
                at: header.at,
                body,
            });
        }
        Ok(page)
    }
}
