//! The keys of a room's last messages, by which a retry is known.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::draft::MessageKey;
use super::message::Message;

/// The keys of a room's last messages, by which a retry is known.
#[derive(Debug)]
pub struct Recent {
    known: HashMap<MessageKey, Known>,
    order: VecDeque<MessageKey>,
    bounds: RecentBounds,
}

/// The ceilings of [`Recent`], and the account of all rooms together.
#[derive(Debug, Clone)]
pub struct RecentBounds {
    /// What all rooms remember now.
    pub total: Arc<AtomicUsize>,
}

/// What is known of a message that came before.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its place in the room.
    pub seq: u64,
    /// When it was posted.
    pub at: u64,
    /// The message itself, where the card did not take it and a retry has brought it again.
    pub again: Option<Arc<Message>>,
}

impl Recent {
    /// Nothing is known yet.
    pub fn new(bounds: RecentBounds) -> Self {
        Self {
            known: HashMap::new(),
            order: VecDeque::new(),
            bounds,
        }
    }

    /// What is known of a message.
    pub fn find(&self, key: MessageKey) -> Option<&Known> {
        self.known.get(&key)
    }

    /// Remembers a message; the oldest is forgotten at the ceiling.
    pub fn insert(&mut self, key: MessageKey, seq: u64, at: u64) {
        while self.order.len() >= RECENT_PER_ROOM
            || (self.bounds.total.load(Ordering::Relaxed) >= RECENT_IN_ALL
                && !self.order.is_empty())
        {
            self.forget_oldest();
        }
        if self
            .known
            .insert(
                key,
                Known {
                    seq,
                    at,
                    again: None,
                },
            )
            .is_none()
        {
            self.order.push_back(key);
            self.bounds.total.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Keeps a message that a retry brought again after the card had not taken it.
    pub fn keep_again(&mut self, key: MessageKey, message: Arc<Message>) {
        if let Some(known) = self.known.get_mut(&key) {
            known.again = Some(message);
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.order.pop_front() {
            self.known.remove(&oldest);
            self.bounds.total.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Recent {
    fn drop(&mut self) {
        self.bounds
            .total
            .fetch_sub(self.order.len(), Ordering::Relaxed);
    }
}

/// A retry is recognised among the last 1,000 messages of its room …
pub const RECENT_PER_ROOM: usize = 1_000;
/// … and the last 65,536 of all open rooms: 4 MiB of keys.
const RECENT_IN_ALL: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::person::Token;

    #[test]
    fn keys_are_forgotten_oldest_first_at_the_ceiling() {
        let mut recent = Recent::new(RecentBounds {
            total: Arc::default(),
        });
        let person = Token::random().person();
        let key = |n: u64| MessageKey::of(person, &n.to_string());
        for n in 0..=RECENT_PER_ROOM as u64 {
            recent.insert(key(n), n, 0);
        }
        assert!(recent.find(key(0)).is_none());
        assert_eq!(recent.find(key(1)).unwrap().seq, 1);
    }
}
