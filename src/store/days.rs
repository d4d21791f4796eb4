//! The days on which something was said, as a reader somewhere counts them.

use std::collections::BTreeMap;

use super::room::Room;
use super::{Store, StoreError, times};

const MINUTE_MS: i64 = 60 * 1_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A day with messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970-01-01 in the reader's zone.
    pub day: i64,
    /// The first of its messages.
    pub seq: u64,
    /// When that was posted, in milliseconds of UTC.
    pub at: u64,
}

/// Days that are being found, in any order: of each the message with the lowest seq counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    zone_ms: i64,
    most: usize,
    first: BTreeMap<i64, (u64, u64)>,
}

impl Days {
    /// None yet. The zone is in minutes east of UTC; of more than `most` days the newest count.
    pub fn new(zone: i32, most: usize) -> Self {
        Self {
            zone_ms: i64::from(zone) * MINUTE_MS,
            most,
            first: BTreeMap::new(),
        }
    }

    /// Takes up a message.
    pub fn add(&mut self, seq: u64, at: u64) {
        let local = i64::try_from(at).unwrap_or(i64::MAX);
        let day = local.saturating_add(self.zone_ms).div_euclid(DAY_MS);
        let first = self.first.entry(day).or_insert((seq, at));
        if seq < first.0 {
            *first = (seq, at);
        }
        // Whatever comes later, this one stays too old.
        if self.first.len() > self.most {
            self.first.pop_first();
        }
    }

    /// The lowest seq of all.
    pub fn first(&self) -> Option<u64> {
        self.first.values().map(|(seq, _)| *seq).min()
    }

    /// The days, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = Day> {
        self.first
            .iter()
            .map(|(&day, &(seq, at))| Day { day, seq, at })
    }
}

impl Store {
    /// The days on which messages of a room were posted, in a zone so many minutes east of UTC; the
    /// newest `most` of them. Messages whose time cannot be trusted have none. Reads no messages,
    /// but once those that a version without an index has left.
    pub fn days(&self, room: &str, zone: i32, most: usize) -> Result<Days, StoreError> {
        let mut days = Days::new(zone, most);
        for _ in 0..TRIES {
            days = Days::new(zone, most);
            let Some(at) = self.viewed(room) else { break };
            let whole =
                at.unindexed <= at.head && self.with_db(|db| times::read(db, &at, &mut days))?;
            if !whole {
                self.index(room, at.unindexed <= at.head)?;
            } else if self.viewed(room).is_some_and(|now| now.head == at.head) {
                break;
            }
        }
        Ok(days)
    }

    /// Completes the index of a room, unless somebody has done so meanwhile.
    fn index(&self, room: &str, damaged: bool) -> Result<(), StoreError> {
        let mut writer = self.writer();
        let lacking = |room: Room| room.unindexed > room.head;
        if !damaged && !self.viewed(room).is_some_and(lacking) {
            return Ok(());
        }
        if !writer.has_ballast {
            return Err(StoreError::Full);
        }
        match self.with_db(|db| writer.index(db, room)) {
            Ok(touched) => {
                self.publish(&writer, touched);
                Ok(())
            }
            Err(error) => {
                self.let_go();
                Err(error)
            }
        }
    }
}

/// How often days are looked for anew in a room that has moved on meanwhile.
const TRIES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 60 * 60 * 1_000;

    fn days(zone: i32, most: usize, messages: &[(u64, u64)]) -> Vec<(i64, u64)> {
        let mut days = Days::new(zone, most);
        for &(seq, at) in messages {
            days.add(seq, at);
        }
        days.iter().map(|day| (day.day, day.seq)).collect()
    }

    #[test]
    fn a_day_begins_at_midnight_where_the_reader_is() {
        let messages = [(1, 23 * HOUR), (2, 24 * HOUR), (3, 39 * HOUR)];
        assert_eq!(days(0, 9, &messages), [(0, 1), (1, 2)]);
        assert_eq!(days(9 * 60, 9, &messages), [(1, 1), (2, 3)], "Seoul");
        assert_eq!(days(-840, 9, &[(1, HOUR)]), [(-1, 1)]);
    }

    #[test]
    fn of_too_many_days_the_newest_count_whatever_the_order() {
        let mut messages: Vec<_> = (0..10)
            .map(|n| (100 - n, (n * 7 % 10) * 24 * HOUR))
            .collect();
        messages.push((1, u64::MAX));
        let found = days(0, 3, &messages);
        assert_eq!(
            found[..2].iter().map(|day| day.0).collect::<Vec<_>>(),
            [8, 9]
        );
        assert_eq!(found[2].1, 1, "whatever the clock says");
    }
}
