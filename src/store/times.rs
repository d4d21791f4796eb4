//! The index by time: where a room's quarters of an hour begin, so that its days are found without
//! reading its messages.
//!
//! ```text
//! an entry   0 u32 ‖ 't' ‖ room u32 ‖ seq u64    crc u32 ‖ at u64
//! unindexed  0 u32 ‖ 'u' ‖ room u32              crc u32 ‖ seq u64: up to here entries may be missing
//! the run    0 u32 ‖ 'v'                         crc u32 ‖ boot count u64: who kept the index last
//! ```
//! Of two neighbouring messages with a time, in different quarters of an hour, the later one has an
//! entry. All zones are whole quarters away from UTC, so the first message of a day has one in any
//! zone, or it is the oldest that is kept. Nothing else is asked of the clock: should it jump, a
//! day comes to lie in several places, and its first message is the one with the lowest seq. An
//! entry more than needed does no harm, as it stands for a message that is there.
//!
//! Entries are written with their messages, in the same flush. If a power cut leaves part of it, the
//! opening makes them right, where it counts the messages anyway. What a version wrote that knew
//! nothing of the index is noticed by the boot count, and indexed when somebody first asks.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use sled::{Db, IVec};

use super::StoreError;
use super::days::Days;
use super::record::{seal, unseal};
use super::room::Room;
use super::scan::tally;

/// A message with which a quarter of an hour begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Start {
    pub(super) seq: u64,
    /// When it was posted, in milliseconds of UTC.
    pub(super) at: u64,
}

const ENTRY: [u8; 5] = [0, 0, 0, 0, b't'];
const UNINDEXED: [u8; 5] = [0, 0, 0, 0, b'u'];
const RUN_KEY: [u8; 5] = [0, 0, 0, 0, b'v'];
const QUARTER_MS: u64 = 15 * 60 * 1_000;

/// Whether a message of this time begins a quarter of an hour, after one of that time.
pub(super) fn begins(at: u64, before: Option<u64>) -> bool {
    before.is_none_or(|before| before / QUARTER_MS != at / QUARTER_MS)
}

/// Writes an entry.
pub(super) fn insert(db: &Db, room: u32, start: Start) -> Result<(), StoreError> {
    put(db, &key(room, start.seq), start.at)
}

/// Removes the entries in a range of seqs.
pub(super) fn remove(db: &Db, room: u32, seqs: RangeInclusive<u64>) -> Result<(), StoreError> {
    for entry in db.range(bounds(room, &seqs)) {
        db.remove(entry?.0)?;
    }
    Ok(())
}

/// Removes all that is known of a room.
pub(super) fn forget(db: &Db, room: u32) -> Result<(), StoreError> {
    db.remove(unindexed_key(room))?;
    remove(db, room, 0..=u64::MAX)
}

/// At the opening: makes the entries right that the last flush has touched. `starts` are those of
/// the messages above `upto`.
pub(super) fn heal(db: &Db, room: &Room, upto: u64, starts: &[Start]) -> Result<(), StoreError> {
    remove(db, room.number, 0..=room.head)?;
    let mut missing: BTreeSet<Start> = starts.iter().copied().collect();
    for entry in db.range(bounds(room.number, &(upto.saturating_add(1)..=u64::MAX))) {
        let (key, value) = entry?;
        let start = decode(&key, &value);
        if !start.is_some_and(|start| missing.remove(&start)) {
            db.remove(key)?;
        }
    }
    for start in missing {
        insert(db, room.number, start)?;
    }
    Ok(())
}

/// At the opening: notes what another version wrote, if the last run was not one that kept the
/// index. `count` is the boot count that it left.
pub(super) fn distrust(db: &Db, rooms: &mut [Room], count: u32) -> Result<(), StoreError> {
    let written = || rooms.iter().filter(|room| room.info.messages > 0);
    if number(db, &RUN_KEY)? != Some(u64::from(count)) && written().next().is_some() {
        for room in written() {
            put(db, &unindexed_key(room.number), room.info.last)?;
        }
        // Before this run is noted as one that keeps the index.
        db.flush()?;
    }
    for note in db.scan_prefix(UNINDEXED) {
        let (key, value) = note?;
        // In the order of their numbers, as the notes are.
        let room = rooms.binary_search_by(|room| unindexed_key(room.number).as_slice().cmp(&key));
        if let Some(room) = room.ok().and_then(|at| rooms.get_mut(at)) {
            let all = room.info.last;
            room.unindexed = decode_number(&key, &value).unwrap_or(all);
        }
    }
    Ok(())
}

/// Notes that this run keeps the index.
pub(super) fn keep(db: &Db, count: u32) -> Result<(), StoreError> {
    put(db, &RUN_KEY, u64::from(count))
}

/// Reads all messages of a room and writes the entries that are missing. Not part of a write.
pub(super) fn rebuild(db: &Db, room: &mut Room) -> Result<(), StoreError> {
    let all = room.alive();
    put(db, &unindexed_key(room.number), room.info.last)?;
    db.flush()?;
    for entry in db.range(bounds(room.number, &all)) {
        let (key, value) = entry?;
        if decode(&key, &value).is_none() {
            db.remove(key)?;
        }
    }
    for start in tally(db, room.number, all, None)?.starts {
        insert(db, room.number, start)?;
    }
    // The note goes only after what it stands for has come.
    db.flush()?;
    db.remove(unindexed_key(room.number))?;
    room.unindexed = 0;
    Ok(())
}

/// Adds the days of a room, so far as they are durable; `false` if an entry is damaged.
pub(super) fn read(db: &Db, room: &Room, days: &mut Days) -> Result<bool, StoreError> {
    if let Some(oldest) = room.oldest {
        days.add(oldest.seq, oldest.at);
    }
    let seqs = room.head.saturating_add(1)..=room.info.last;
    for entry in db.range(bounds(room.number, &seqs)) {
        let (key, value) = entry?;
        let Some(start) = decode(&key, &value) else {
            return Ok(false);
        };
        days.add(start.seq, start.at);
    }
    Ok(true)
}

type Key = [u8; 17];

fn key(room: u32, seq: u64) -> Key {
    let mut key = [0; 17];
    key[..5].copy_from_slice(&ENTRY);
    key[5..9].copy_from_slice(&room.to_be_bytes());
    key[9..].copy_from_slice(&seq.to_be_bytes());
    key
}

fn unindexed_key(room: u32) -> [u8; 9] {
    let mut key = [0; 9];
    key[..5].copy_from_slice(&UNINDEXED);
    key[5..].copy_from_slice(&room.to_be_bytes());
    key
}

/// The keys of a range of seqs; for an empty one sled finds none.
fn bounds(room: u32, seqs: &RangeInclusive<u64>) -> RangeInclusive<Key> {
    key(room, *seqs.start())..=key(room, *seqs.end())
}

fn decode(key: &IVec, value: &IVec) -> Option<Start> {
    let (_, seq) = key.split_last_chunk()?;
    Some(Start {
        seq: u64::from_be_bytes(*seq),
        at: decode_number(key, value)?,
    })
}

fn put(db: &Db, key: &[u8], number: u64) -> Result<(), StoreError> {
    let mut value = vec![0; 4];
    value.extend(number.to_le_bytes());
    seal(key, &mut value);
    db.insert(key, value)?;
    Ok(())
}

fn number(db: &Db, key: &[u8]) -> Result<Option<u64>, StoreError> {
    let value = db.get(key)?;
    Ok(value.and_then(|value| decode_number(key, &value)))
}

fn decode_number(key: &[u8], value: &[u8]) -> Option<u64> {
    let number = unseal(key, value)?.try_into().ok()?;
    Some(u64::from_le_bytes(number))
}
