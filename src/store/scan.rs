//! Short walks over the messages of one room. Bounded by the range asked for and by the caller's
//! patience: holds one message at a time.

use std::ops::RangeInclusive;

use sled::{Db, IVec};

use super::StoreError;
use super::record::{Header, Key, assemble, decode_first, key, parse_key};
use super::times::{self, Start};

/// All keys and values under one seq: a message, or what a power cut left of one.
pub(super) struct Stored {
    /// The number of the message.
    pub(super) seq: u64,
    /// Keys and values in the order of the parts.
    parts: Vec<Pair>,
}

/// Key and value of one part.
type Pair = (IVec, IVec);

impl Stored {
    /// How many keys it takes.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Its keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.parts
            .iter()
            .filter_map(|(key, _)| key.as_ref().try_into().ok())
    }

    /// The header, if no part is missing. Only the first part's checksum is compared.
    pub(super) fn header(&self) -> Option<Header> {
        let (key, value) = self.parts.first()?;
        let (header, _) = decode_first(key, value)?;
        (usize::from(header.parts) == self.parts.len()).then_some(header)
    }

    /// The whole message, if no part is missing or damaged.
    pub(super) fn assemble(&self) -> Option<(Header, Vec<u8>)> {
        assemble(&self.parts)
    }
}

/// Walks over a room in ascending order.
pub(super) fn forwards(db: &Db, room: u32, seqs: RangeInclusive<u64>) -> Scan<sled::Iter> {
    Scan {
        keys: db.range(bounds(room, &seqs)),
        held: None,
        backwards: false,
    }
}

/// Walks over a room in descending order; the parts of each message still ascend.
pub(super) fn backwards(
    db: &Db,
    room: u32,
    seqs: RangeInclusive<u64>,
) -> Scan<std::iter::Rev<sled::Iter>> {
    Scan {
        keys: db.range(bounds(room, &seqs)).rev(),
        held: None,
        backwards: true,
    }
}

/// The keys of a range of seqs; for an empty one sled finds none.
fn bounds(room: u32, seqs: &RangeInclusive<u64>) -> RangeInclusive<Key> {
    key(room, *seqs.start(), 0)..=key(room, *seqs.end(), u16::MAX)
}

/// An iterator over the messages in a range of keys.
pub(super) struct Scan<I> {
    keys: I,
    /// The first key of the next message, met at the end of the one before.
    held: Option<(u64, Pair)>,
    backwards: bool,
}

impl<I: Iterator<Item = sled::Result<Pair>>> Scan<I> {
    fn step(&mut self) -> Result<Option<Stored>, StoreError> {
        let (seq, mut parts) = match self.held.take() {
            Some((seq, part)) => (seq, vec![part]),
            None => match self.key()? {
                Some((seq, part)) => (seq, vec![part]),
                None => return Ok(None),
            },
        };
        while let Some((other, part)) = self.key()? {
            if other != seq {
                self.held = Some((other, part));
                break;
            }
            parts.push(part);
        }
        if self.backwards {
            parts.reverse();
        }
        Ok(Some(Stored { seq, parts }))
    }

    fn key(&mut self) -> Result<Option<(u64, Pair)>, StoreError> {
        let Some((key, value)) = self.keys.next().transpose()? else {
            return Ok(None);
        };
        let (_, seq, _) =
            parse_key(&key).ok_or_else(|| StoreError::Corrupt("a key of no known shape".into()))?;
        Ok(Some((seq, (key, value))))
    }
}

impl<I: Iterator<Item = sled::Result<Pair>>> Iterator for Scan<I> {
    type Item = Result<Stored, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// What lies in a part of a room.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Whole messages.
    pub(super) messages: u64,
    /// Bytes of their bodies.
    pub(super) bytes: u64,
    /// The last whole message's seq and time.
    pub(super) last: Option<(u64, Option<u64>)>,
    /// The messages with which a quarter of an hour begins.
    pub(super) starts: Vec<Start>,
    /// Keys of messages that a power cut left incomplete.
    pub(super) torn: Vec<Key>,
}

/// Counts what lies in a part of a room. `before` is the time of the last message below it, if that
/// is known and was to be trusted.
pub(super) fn tally(
    db: &Db,
    room: u32,
    seqs: RangeInclusive<u64>,
    mut before: Option<u64>,
) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    for stored in forwards(db, room, seqs) {
        let stored = stored?;
        if let Some((header, _)) = stored.assemble() {
            tally.messages += 1;
            tally.bytes += u64::from(header.length);
            tally.last = Some((stored.seq, header.at));
            if let Some(at) = header.at {
                if times::begins(at, before) {
                    let seq = stored.seq;
                    tally.starts.push(Start { seq, at });
                }
                before = Some(at);
            }
        } else {
            tally.torn.extend(stored.keys());
        }
    }
    Ok(tally)
}
