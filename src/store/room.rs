//! What is known of each room: the figures in memory, and the entry in sled from which they are
//! found again.
//!
//! The inserts of one flush may land in part when the power goes. So an entry never counts the
//! messages of its own flush: it holds the figures up to `upto`, the last message that an
//! *earlier* flush had made durable, and whoever opens the store counts what lies above, one
//! group at most. For the same reason retention raises `head` first and deletes the keys below
//! it in a later flush. Whatever part of a flush lands, the figures come out exact.

use std::sync::Arc;

use sled::Db;

use super::StoreError;
use super::record::{Key, seal, unseal};
use super::scan::{backwards, forwards, tally};
use super::times::{self, Start};

/// What is known of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomInfo {
    /// The room's name.
    pub name: Arc<str>,
    /// Messages to be had.
    pub messages: u64,
    /// Bytes of their bodies.
    pub bytes: u64,
    /// Seq of the oldest message to be had; 0 if there is none.
    pub first: u64,
    /// Seq of the newest message that was stored, be it retired since; 0 if there was none.
    pub last: u64,
    /// Highest seq that is no longer to be had: retired, lost, or never stored.
    pub floor: u64,
    /// When the newest message was posted, in milliseconds of UTC, if that time can be trusted.
    pub last_at: Option<u64>,
}

/// A room as its writer knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room {
    /// What others may know.
    pub(super) info: RoomInfo,
    /// The room's number in the keys.
    pub(super) number: u32,
    /// Retired up to here: keys at or below it mean nothing and are deleted in due course.
    pub(super) head: u64,
    /// The oldest message near the head whose time is to be trusted.
    pub(super) oldest: Option<Start>,
    /// The index by time may lack entries up to here.
    pub(super) unindexed: u64,
}

/// A room as it was found when the store was opened.
pub(super) struct Loaded {
    pub(super) room: Room,
    /// Seq of the newest message that is really there; 0 if there is none.
    pub(super) newest: u64,
    /// Up to here the figures were counted by an earlier opening or write.
    pub(super) upto: u64,
    /// The messages above it with which a quarter of an hour begins.
    pub(super) starts: Vec<Start>,
    /// Keys that mean nothing: of incomplete messages, and below the head.
    pub(super) torn: Vec<Key>,
}

/// How many keys at the head of a room are looked at, and how many are deleted in one go.
pub(super) const WINDOW_KEYS: usize = 100;

impl Room {
    /// A new room, with nothing in it.
    pub(super) fn new(number: u32, name: Arc<str>, floor: u64) -> Self {
        let info = RoomInfo {
            name,
            messages: 0,
            bytes: 0,
            first: 0,
            last: 0,
            floor,
            last_at: None,
        };
        Self {
            info,
            number,
            head: 0,
            oldest: None,
            unindexed: 0,
        }
    }

    /// The room of an entry, its figures made complete from the messages themselves.
    pub(super) fn load(db: &Db, entry: Entry) -> Result<Loaded, StoreError> {
        let mut room = Self::new(entry.number, entry.name, entry.floor);
        room.head = entry.head;
        let upto = entry.upto.max(entry.head);
        let fresh = tally(db, room.number, upto.saturating_add(1)..=u64::MAX, None)?;
        room.info.messages = entry.messages + fresh.messages;
        room.info.bytes = entry.bytes + fresh.bytes;
        let mut torn = fresh.torn;
        for dead in forwards(db, room.number, 0..=room.head) {
            torn.extend(dead?.keys());
        }
        let newest = match fresh.last {
            Some(newest) => Some(newest),
            None => room.newest(db)?,
        };
        room.info.last = upto.max(newest.map_or(0, |(seq, _)| seq));
        room.info.last_at = newest.and_then(|(_, at)| at);
        room.look_at_head(db)?;
        let newest = newest.map_or(0, |(seq, _)| seq);
        Ok(Loaded {
            room,
            newest,
            upto,
            starts: fresh.starts,
            torn,
        })
    }

    /// The seqs that may be had.
    pub(super) fn alive(&self) -> std::ops::RangeInclusive<u64> {
        self.head.saturating_add(1)..=u64::MAX
    }

    /// Seq and time of the newest message that is really there.
    pub(super) fn newest(&self, db: &Db) -> Result<Option<(u64, Option<u64>)>, StoreError> {
        for stored in backwards(db, self.number, self.alive()) {
            let stored = stored?;
            if let Some((header, _)) = stored.assemble() {
                return Ok(Some((stored.seq, header.at)));
            }
        }
        Ok(None)
    }

    /// The entry of a room all of whose messages are durable.
    pub(super) fn entry(&self) -> Entry {
        Entry {
            number: self.number,
            floor: self.info.floor,
            head: self.head,
            upto: self.info.last.max(self.head),
            messages: self.info.messages,
            bytes: self.info.bytes,
            name: self.info.name.clone(),
        }
    }

    /// Counts and indexes the whole room anew: only where loss makes the figures doubtful.
    pub(super) fn recount(&mut self, db: &Db) -> Result<(), StoreError> {
        let tally = tally(db, self.number, self.alive(), None)?;
        for start in tally.starts {
            times::insert(db, self.number, start)?;
        }
        (self.info.messages, self.info.bytes) = (tally.messages, tally.bytes);
        self.look_at_head(db)
    }

    /// Finds the first message and the one by whose time the head ages.
    pub(super) fn look_at_head(&mut self, db: &Db) -> Result<(), StoreError> {
        (self.info.first, self.oldest) = (0, None);
        let mut keys = 0;
        for stored in forwards(db, self.number, self.alive()) {
            let stored = stored?;
            keys += stored.len();
            if let Some(header) = stored.header() {
                if self.info.first == 0 {
                    self.info.first = stored.seq;
                }
                let seq = stored.seq;
                self.oldest = header.at.map(|at| Start { seq, at });
            }
            if self.oldest.is_some() || keys >= WINDOW_KEYS {
                break;
            }
        }
        if self.info.first == 0 && keys < WINDOW_KEYS {
            (self.info.messages, self.info.bytes, self.info.last_at) = (0, 0, None);
        }
        Ok(())
    }
}

/// A room's entry in sled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) number: u32,
    pub(super) floor: u64,
    pub(super) head: u64,
    /// `messages` and `bytes` count from `head` to here.
    pub(super) upto: u64,
    pub(super) messages: u64,
    pub(super) bytes: u64,
    pub(super) name: Arc<str>,
}

/// Where the entries lie: room number 0 is the store's own.
pub(super) const ENTRIES: [u8; 5] = [0, 0, 0, 0, b'r'];

impl Entry {
    /// Key of the entry of a room.
    pub(super) fn key(number: u32) -> [u8; 9] {
        let mut key = [0; 9];
        key[..5].copy_from_slice(&ENTRIES);
        key[5..].copy_from_slice(&number.to_be_bytes());
        key
    }

    /// The value: `crc ‖ floor ‖ head ‖ upto ‖ messages ‖ bytes ‖ name`, little-endian.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut value = vec![0; 4];
        for figure in [self.floor, self.head, self.upto, self.messages, self.bytes] {
            value.extend(figure.to_le_bytes());
        }
        value.extend_from_slice(self.name.as_bytes());
        seal(&Self::key(self.number), &mut value);
        value
    }

    /// Reads an entry; `None` if it is damaged.
    pub(super) fn decode(key: &[u8], value: &[u8]) -> Option<Self> {
        let number = u32::from_be_bytes(key.strip_prefix(&ENTRIES)?.try_into().ok()?);
        let mut rest = unseal(key, value)?;
        let mut figure = || {
            let (figure, after) = rest.split_first_chunk()?;
            rest = after;
            Some(u64::from_le_bytes(*figure))
        };
        let [floor, head, upto, messages, bytes] =
            [figure()?, figure()?, figure()?, figure()?, figure()?];
        let name = std::str::from_utf8(rest).ok()?.into();
        Some(Self {
            number,
            floor,
            head,
            upto,
            messages,
            bytes,
            name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::record::VALUE_BYTES;

    #[test]
    fn an_entry_comes_back_and_a_damaged_one_does_not() {
        let name: Arc<str> = "다방".repeat(170).into();
        let entry = Entry {
            number: 258,
            floor: 1,
            head: 2,
            upto: 3,
            messages: 4,
            bytes: u64::MAX,
            name,
        };
        let (key, mut value) = (Entry::key(258), entry.encode());
        assert_eq!(key, [0, 0, 0, 0, b'r', 0, 0, 1, 2]);
        assert_eq!(value.len(), 4 + 5 * 8 + 1_020);
        assert!(value.len() < VALUE_BYTES);
        assert_eq!(Entry::decode(&key, &value), Some(entry));
        assert_eq!(Entry::decode(&Entry::key(259), &value), None);
        value[20] ^= 1;
        assert_eq!(Entry::decode(&key, &value), None);
        assert_eq!(Entry::decode(b"", b""), None);
    }
}
