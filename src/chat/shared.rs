//! What all rooms share: the settings, the numbers, the archive, the accounts.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::config::{Config, Live};
use crate::metrics::Metrics;

use super::archive::Archive;
use super::name::RoomName;
use super::refusal::Refusal;

/// What all rooms share.
pub struct Shared {
    /// Every setting, as it is at the moment.
    pub config: Live,
    /// What time it is.
    pub clock: Arc<Clock>,
    /// The numbers that messages get.
    pub sequence: Sequence,
    /// What all rings hold, in bytes.
    pub ring_total: Arc<AtomicUsize>,
    /// The keys of recent messages that all rooms remember.
    pub recent_total: Arc<AtomicUsize>,
    /// Bytes of the messages that rooms keep beside their rings until the card has them.
    pub kept_total: Arc<AtomicUsize>,
    /// Rooms that have a history.
    pub rooms_stored: RoomsStored,
    /// What the gateway counts.
    pub metrics: Arc<Metrics>,
    /// Rooms that want the next maintenance round: somebody vanished, presence was merged.
    pub attention: Attention,
    /// There is another room, or somebody else in one.
    pub rooms_changed: Notify,
    /// Something was said: the list of rooms has other last lines.
    pub lines_changed: Notify,
    /// Keys of rooms, by the names as rooms have them.
    keys: ArcSwap<HashMap<RoomName, String>>,
    /// Rooms that are there before anybody has written in them.
    first: ArcSwap<Vec<RoomName>>,
    archive: OnceLock<Archive>,
}

impl Shared {
    /// Everything but the archive, which is started last.
    pub fn new(config: Config, clock: Arc<Clock>, metrics: Arc<Metrics>, boot: u32) -> Self {
        Self {
            clock,
            sequence: Sequence::new(boot),
            ring_total: Arc::default(),
            recent_total: Arc::default(),
            kept_total: Arc::default(),
            rooms_stored: RoomsStored {
                count: AtomicUsize::new(0),
                limit: config.limits.rooms_stored,
            },
            metrics,
            attention: Attention::default(),
            rooms_changed: Notify::new(),
            lines_changed: Notify::new(),
            keys: ArcSwap::from_pointee(keys(&config)),
            first: ArcSwap::from_pointee(first(&config)),
            archive: OnceLock::new(),
            config: Live::new(config),
        }
    }

    /// Goes on with these settings.
    pub fn renew(&self, config: Config) {
        self.keys.store(Arc::new(keys(&config)));
        self.first.store(Arc::new(first(&config)));
        self.archive().renew(&config.history);
        self.config.replace(config);
        self.rooms_changed.notify_one();
    }

    /// The key of a room, if it asks for one.
    pub fn key(&self, room: &RoomName) -> Option<String> {
        self.keys.load().get(room).cloned()
    }

    /// The rooms that are listed even where nothing was said yet.
    pub fn first_rooms(&self) -> Arc<Vec<RoomName>> {
        self.first.load_full()
    }

    /// The way to the store.
    ///
    /// # Panics
    /// Before [`Shared::set_archive`].
    pub fn archive(&self) -> &Archive {
        self.archive
            .get()
            .expect("the archive is started before the first room")
    }

    /// Hands in the archive, once.
    pub fn set_archive(&self, archive: Archive) {
        let first = self.archive.set(archive).is_ok();
        debug_assert!(first, "the archive is started once");
    }
}

/// The keys of the configuration. A name there is read as one from the wire is: otherwise a blank
/// more, or one of another kind, would leave the room open.
fn keys(config: &Config) -> HashMap<RoomName, String> {
    let read = |(room, key): (&String, &String)| {
        let name = RoomName::parse(room, config.limits.room_name_chars);
        if name.is_err() {
            tracing::warn!(room, "access.keys: no room can have this name");
        }
        Some((name.ok()?, key.clone()))
    };
    config.access.keys.iter().filter_map(read).collect()
}

/// The first rooms of the configuration, under the names by which clients join them.
fn first(config: &Config) -> Vec<RoomName> {
    let read = |room: &String| {
        let name = RoomName::parse(room, config.limits.room_name_chars);
        if name.is_err() {
            tracing::warn!(room, "rooms: no room can have this name");
        }
        name.ok()
    };
    config.rooms.iter().filter_map(read).collect()
}

/// The numbers that messages get: the store's boot count (20 bits) above a counter (33 bits), so
/// that a number is never used twice, even where a power cut ate messages that somebody had seen.
#[derive(Debug)]
pub struct Sequence(AtomicU64);

impl Sequence {
    /// The numbers of one boot.
    pub fn new(boot: u32) -> Self {
        Self(AtomicU64::new(first_of(boot)))
    }

    /// The next number; `None` after 8,589,934,591 of one boot: a restart gives new ones.
    pub fn next(&self) -> Option<u64> {
        let seq = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        if seq & COUNTER_MASK == 0 {
            self.0.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        Some(seq)
    }

    /// Whether this store may have given that number.
    pub fn may_have_given(&self, seq: u64) -> bool {
        seq <= self.0.load(Ordering::Relaxed)
    }

    /// Goes on with the numbers of another boot, if they are higher.
    pub fn advance(&self, boot: u32) {
        self.0.fetch_max(first_of(boot), Ordering::Relaxed);
    }
}

/// The boot count above a number's counter.
pub fn boot_of(seq: u64) -> u32 {
    u32::try_from(seq >> COUNTER_BITS).unwrap_or(BOOT_MASK)
}

fn first_of(boot: u32) -> u64 {
    u64::from(boot & BOOT_MASK) << COUNTER_BITS
}

/// Rooms that have a history: as of the keeper's last look, and counted up since.
#[derive(Debug)]
pub struct RoomsStored {
    count: AtomicUsize,
    limit: usize,
}

impl RoomsStored {
    /// One room more begins a history, unless there are as many as there may be.
    pub fn admit(&self) -> Result<(), Refusal> {
        if self.count.load(Ordering::Relaxed) >= self.limit {
            return Err(Refusal::Busy);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// What the store says.
    pub fn set(&self, count: usize) {
        self.count.store(count, Ordering::Relaxed);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

/// Rooms that want the next maintenance round.
#[derive(Debug, Default)]
pub struct Attention(Mutex<HashSet<RoomName>>);

impl Attention {
    /// A room wants the next round.
    pub fn call(&self, room: &RoomName) {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !rooms.contains(room) {
            rooms.insert(room.clone());
        }
    }

    /// The rooms of this round.
    pub fn take(&self) -> HashSet<RoomName> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

const COUNTER_BITS: u32 = 33;
const COUNTER_MASK: u64 = (1 << COUNTER_BITS) - 1;
const BOOT_MASK: u32 = (1 << crate::store::BOOT_BITS) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_over_boots_and_stay_exact_in_javascript() {
        let sequence = Sequence::new(1);
        let first = sequence.next().unwrap();
        assert_eq!(sequence.next(), Some(first + 1));
        sequence.advance(2);
        assert!(sequence.next().unwrap() > first + 1);
        sequence.advance(BOOT_MASK);
        let highest = sequence.next().unwrap();
        assert!(highest < 1 << 53);
        assert_eq!(boot_of(highest), BOOT_MASK);
        sequence.advance(1);
        assert_eq!(sequence.next(), Some(highest + 1), "never backwards");
    }

    #[test]
    fn a_boot_that_has_used_up_its_numbers_gives_none_of_the_next() {
        let sequence = Sequence(AtomicU64::new((1 << COUNTER_BITS) + COUNTER_MASK - 1));
        assert!(sequence.next().is_some());
        assert_eq!(sequence.next(), None);
        assert_eq!(sequence.next(), None);
    }
}
