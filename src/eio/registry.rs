//! All sessions of an engine, and the ceilings they share.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::{CloseReason, Session, Sid};
use crate::config::Limits;
use crate::network::Network;

/// Finds sessions by their sid, counts them, and knows what they hold together.
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) limits: Limits,
    /// Bytes of inbound packets that may still be taken in, over all sessions.
    pub(super) inbound: Arc<Semaphore>,
    /// Every task that serves a session or closes a connection.
    pub(super) tasks: TaskTracker,
    table: Mutex<Table>,
    /// Bytes held in outboxes, over all sessions.
    outboxes: AtomicUsize,
    numbers: AtomicU64,
    begun: Instant,
}

#[derive(Debug, Default)]
struct Table {
    /// Those that a request may ask for.
    sessions: HashMap<Sid, Arc<Session>>,
    /// Those that count, and how many of each address.
    places: usize,
    addresses: HashMap<Network, usize>,
    shut: bool,
}

/// No session for this request; each is answered 503.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Full {
    /// `limits.sessions` are there.
    #[error("Too many sessions")]
    Sessions,
    /// `limits.sessions_per_address` are there from this address.
    #[error("Too many sessions from this address")]
    Address,
    /// The engine shuts down.
    #[error("Shutting down")]
    Shut,
}

impl Registry {
    pub(super) fn new(limits: Limits) -> Self {
        let inbound = limits.inbound_bytes.min(Semaphore::MAX_PERMITS);
        Self {
            inbound: Arc::new(Semaphore::new(inbound)),
            limits,
            tasks: TaskTracker::new(),
            table: Mutex::default(),
            outboxes: AtomicUsize::new(0),
            numbers: AtomicU64::new(0),
            begun: Instant::now(),
        }
    }

    /// Takes a place for a session from this address.
    pub(super) fn reserve(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let network = Network::from(address);
        let mut table = self.table();
        if table.shut {
            return Err(Full::Shut);
        }
        if table.places >= self.limits.sessions {
            return Err(Full::Sessions);
        }
        let of_address = table.addresses.entry(network).or_default();
        if *of_address >= self.limits.sessions_per_address {
            return Err(Full::Address);
        }
        *of_address += 1;
        table.places += 1;
        Ok(Place {
            registry: Arc::clone(self),
            network,
        })
    }

    /// Makes a session findable; false if the engine has been shut meanwhile.
    pub(super) fn insert(&self, session: &Arc<Session>) -> bool {
        let mut table = self.table();
        if !table.shut {
            table.sessions.insert(*session.sid(), Arc::clone(session));
        }
        !table.shut
    }

    pub(super) fn find(&self, sid: &Sid) -> Option<Arc<Session>> {
        self.table().sessions.get(sid).cloned()
    }

    /// Makes a session unfindable.
    pub(super) fn remove(&self, sid: &Sid) {
        let removed = self.table().sessions.remove(sid);
        // Dropped here, after the lock was released.
        drop(removed);
    }

    /// Takes no more sessions and returns those that are there.
    pub(super) fn shut(&self) -> Vec<Arc<Session>> {
        let mut table = self.table();
        table.shut = true;
        table.sessions.values().cloned().collect()
    }

    pub(super) fn sessions(&self) -> usize {
        self.table().places
    }

    pub(super) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// An instant as microseconds since the registry was made.
    pub(super) fn micros(&self, instant: Instant) -> u64 {
        let since = instant.saturating_duration_since(self.begun);
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    }

    /// Notes that an outbox went from `before` to `after` bytes.
    pub(super) fn account(&self, before: usize, after: usize) {
        if after > before {
            self.outboxes.fetch_add(after - before, Ordering::Relaxed);
        } else {
            self.outboxes.fetch_sub(before - after, Ordering::Relaxed);
        }
    }

    /// Bytes held in outboxes, over all sessions.
    pub(super) fn outboxes(&self) -> usize {
        self.outboxes.load(Ordering::Relaxed)
    }

    /// Whether the outboxes hold more than they may together.
    pub(super) fn is_over(&self) -> bool {
        self.outboxes() > self.limits.outbox_total_bytes
    }

    /// Brings the outboxes below their common ceiling: who holds most is closed and freed at once.
    pub(super) fn relieve(&self) {
        while self.is_over() {
            let sessions: Vec<_> = self.table().sessions.values().cloned().collect();
            let holders = sessions.iter().map(|session| (session.held(), session));
            let Some((1.., largest)) = holders.max_by_key(|(held, _)| *held) else {
                return;
            };
            // Closing it takes it out of the table, so that the loop ends.
            largest.close(CloseReason::SlowConsumer);
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One counted session; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    registry: Arc<Registry>,
    network: Network,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.registry.table();
        table.places -= 1;
        if let Entry::Occupied(mut entry) = table.addresses.entry(self.network) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(sessions: usize, sessions_per_address: usize) -> Arc<Registry> {
        Arc::new(Registry::new(Limits {
            sessions,
            sessions_per_address,
            ..Limits::default()
        }))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_dropped_place_is_free_again_and_leaves_nothing_behind() {
        let registry = registry(1, 1);
        let place = registry.reserve(address("192.0.2.1")).unwrap();
        assert_eq!(
            registry.reserve(address("192.0.2.2")).unwrap_err(),
            Full::Sessions
        );
        drop(place);
        assert!(registry.table().addresses.is_empty());
        registry.reserve(address("192.0.2.2")).unwrap();
    }

    #[test]
    fn one_address_cannot_take_all_places() {
        let registry = registry(10, 1);
        let _place = registry.reserve(address("192.0.2.1")).unwrap();
        let mapped = address("::ffff:192.0.2.1");
        assert_eq!(registry.reserve(mapped).unwrap_err(), Full::Address);
        registry.reserve(address("192.0.2.2")).unwrap();
    }

    #[test]
    fn addresses_of_one_slash_64_count_together() {
        let registry = registry(10, 1);
        let _place = registry.reserve(address("2001:db8::1")).unwrap();
        assert_eq!(
            registry.reserve(address("2001:db8::2")).unwrap_err(),
            Full::Address
        );
        registry.reserve(address("2001:db8:0:1::2")).unwrap();
    }
}
