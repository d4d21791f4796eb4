//! What is no longer kept: chosen inside a write, made durable with its flush, deleted in later
//! ones. Only the oldest messages of a room go, so a room never has a hole.

use std::collections::BTreeSet;

use sled::Db;

use super::StoreError;
use super::record::Key;
use super::room::{Room, WINDOW_KEYS};
use super::scan::forwards;
use super::write::Writer;
use crate::config::History;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// Messages reclaimed at a time when the store as a whole holds too much, at most: one at a time
/// would rewrite the entry of another room with every write.
const RECLAIM: u64 = 25;

/// How much a room may hold.
struct Allowance {
    messages: u64,
    bytes: u64,
    age_ms: u64,
}

impl Allowance {
    fn of(limits: &History, room: &str) -> Self {
        let own = limits.rooms.get(room);
        let days = own.and_then(|own| own.days).unwrap_or(limits.days);
        Self {
            messages: own
                .and_then(|own| own.messages)
                .unwrap_or(limits.messages_per_room),
            bytes: own.and_then(|own| own.bytes).unwrap_or(u64::MAX),
            age_ms: u64::from(days).saturating_mul(DAY_MS),
        }
    }
}

impl Writer {
    /// Retires what is too much or too old. Looks at no more keys than keep pace with what came
    /// in; the rest is left for the next write.
    pub(super) fn retain(
        &mut self,
        db: &Db,
        limits: &History,
        inserted: usize,
        touched: &mut BTreeSet<u32>,
    ) -> Result<(), StoreError> {
        let mut budget = WINDOW_KEYS.max(2 * inserted);
        for &number in &*touched {
            let room = self.rooms.get_mut(&number).expect("touched rooms exist");
            let allowed = Allowance::of(limits, &room.info.name);
            let excess = |room: &Room, _: u64| {
                room.info.messages > allowed.messages || room.info.bytes > allowed.bytes
            };
            retire(db, room, &mut self.doomed, &mut budget, excess)?;
        }
        for (&number, room) in &mut self.rooms {
            let Some(head) = room.oldest.filter(|_| budget > 0) else {
                continue;
            };
            let age = Allowance::of(limits, &room.info.name).age_ms;
            let Some(oldest) = self.now.checked_sub(age).filter(|&oldest| head.at < oldest) else {
                continue;
            };
            // Messages before an old one are older, whatever their own time says.
            let cut = last_before(db, room, oldest)?;
            retire(db, room, &mut self.doomed, &mut budget, |_, seq| seq <= cut)?;
            touched.insert(number);
        }
        self.reclaim(db, limits, &mut budget, touched)
    }

    /// Takes from the room that holds most until the store as a whole holds no more than it may.
    fn reclaim(
        &mut self,
        db: &Db,
        limits: &History,
        budget: &mut usize,
        touched: &mut BTreeSet<u32>,
    ) -> Result<(), StoreError> {
        while *budget > 0 {
            let infos = || self.rooms.values().map(|room| &room.info);
            let messages: u64 = infos().map(|info| info.messages).sum();
            let bytes: u64 = infos().map(|info| info.bytes).sum();
            let by_count = messages > limits.messages;
            if !by_count && bytes <= limits.bytes {
                break;
            }
            let weight = |room: &&mut Room| {
                if by_count {
                    room.info.messages
                } else {
                    room.info.bytes
                }
            };
            let Some(room) = self.rooms.values_mut().max_by_key(weight) else {
                break;
            };
            let chunk = (limits.messages / 100).clamp(1, RECLAIM);
            let spare = if by_count { 0 } else { bytes - limits.bytes };
            let goal = room.info.messages.saturating_sub(chunk);
            let target = room.info.bytes.saturating_sub(spare);
            let left = *budget;
            retire(db, room, &mut self.doomed, budget, |room, _| {
                room.info.messages > goal && (by_count || room.info.bytes > target)
            })?;
            touched.insert(room.number);
            if *budget == left {
                // Its figures promised messages that are not there: they are right from here on.
                room.recount(db)?;
                break;
            }
        }
        Ok(())
    }
}

/// The last message near the head that is older than a time; the head if there is none.
fn last_before(db: &Db, room: &Room, oldest: u64) -> Result<u64, StoreError> {
    let (mut cut, mut keys) = (room.head, 0);
    for stored in forwards(db, room.number, room.alive()) {
        let stored = stored?;
        keys += stored.len();
        match stored.header().and_then(|header| header.at) {
            Some(at) if at < oldest => cut = stored.seq,
            Some(_) => break,
            None => {}
        }
        if keys >= WINDOW_KEYS {
            break;
        }
    }
    Ok(cut)
}

/// Raises the head of a room over its oldest messages, as long as `excess` says so.
fn retire(
    db: &Db,
    room: &mut Room,
    doomed: &mut Vec<Key>,
    budget: &mut usize,
    excess: impl Fn(&Room, u64) -> bool,
) -> Result<(), StoreError> {
    let head = room.head;
    for stored in forwards(db, room.number, room.alive()) {
        let stored = stored?;
        if *budget == 0 || !excess(room, stored.seq) {
            break;
        }
        *budget = budget.saturating_sub(stored.len());
        doomed.extend(stored.keys());
        room.head = stored.seq;
        room.info.floor = room.info.floor.max(stored.seq);
        if let Some(header) = stored.header() {
            room.info.messages = room.info.messages.saturating_sub(1);
            room.info.bytes = room.info.bytes.saturating_sub(u64::from(header.length));
        }
    }
    if room.head == head {
        Ok(())
    } else {
        room.look_at_head(db)
    }
}
