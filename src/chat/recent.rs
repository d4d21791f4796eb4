//! The keys of a room's last messages, by which a retry is known.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::draft::MessageKey;
use super::message::{Message, Stored};

/// The keys of a room's last messages, by which a retry is known.
#[derive(Debug)]
pub struct Recent {
    known: HashMap<MessageKey, Known>,
    order: VecDeque<MessageKey>,
    /// Those known whose message is kept.
    kept: Vec<MessageKey>,
    bounds: RecentBounds,
}

/// The ceilings of [`Recent`], and the account of all rooms together.
#[derive(Debug, Clone)]
pub struct RecentBounds {
    /// What all rooms remember now.
    pub total: Arc<AtomicUsize>,
    /// Bytes of the messages that all rooms keep for the card.
    pub kept: Arc<AtomicUsize>,
    /// At most so many.
    pub kept_bytes: usize,
}

/// What is known of a message that came before.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its place in the room.
    pub seq: u64,
    /// When it was posted.
    pub at: u64,
    /// The message itself, where the card did not take it and a retry has brought it again, until
    /// the card has it.
    pub again: Option<Arc<Message>>,
    /// Such a message has reached the card.
    pub saved: bool,
}

impl Recent {
    /// Nothing is known yet.
    pub fn new(bounds: RecentBounds) -> Self {
        Self {
            known: HashMap::new(),
            order: VecDeque::new(),
            kept: Vec::new(),
            bounds,
        }
    }

    /// What is known of a message.
    pub fn find(&self, key: MessageKey) -> Option<&Known> {
        self.known.get(&key)
    }

    /// Remembers a message; the oldest of the room is forgotten at the ceilings.
    pub fn insert(&mut self, key: MessageKey, seq: u64, at: u64) {
        while self.order.len() >= self.most() {
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
                    saved: false,
                },
            )
            .is_none()
        {
            self.order.push_back(key);
            self.bounds.total.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Keeps a message that a retry brought again after the card had not taken it; `false` if
    /// there is no room for it. The ring has not got it, so it is accounted for here.
    pub fn keep_again(&mut self, key: MessageKey, message: Arc<Message>) -> bool {
        self.release();
        let bytes = message.json.get().len();
        let Some(known) = self.known.get_mut(&key) else {
            return false;
        };
        if self.bounds.kept.load(Ordering::Relaxed) + bytes > self.bounds.kept_bytes {
            return false;
        }
        self.bounds.kept.fetch_add(bytes, Ordering::Relaxed);
        known.again = Some(message);
        self.kept.push(key);
        true
    }

    /// Lets go of the messages that have reached the card meanwhile.
    pub fn release(&mut self) {
        let (known, bounds) = (&mut self.known, &self.bounds);
        self.kept.retain(|key| {
            let Some(known) = known.get_mut(key) else {
                return false;
            };
            known.saved = known
                .again
                .as_ref()
                .is_some_and(|message| message.stored() == Stored::Yes);
            if known.saved {
                bounds.forget(known.again.take());
            }
            !known.saved
        });
    }

    /// Whether it keeps no message that has yet to reach the card.
    pub fn is_stored(&self) -> bool {
        let again = |key| self.known.get(key)?.again.as_ref();
        self.kept
            .iter()
            .filter_map(again)
            .all(|message| message.stored() == Stored::Yes)
    }

    /// As many as it may remember now.
    fn most(&self) -> usize {
        if self.bounds.total.load(Ordering::Relaxed) < RECENT_IN_ALL {
            RECENT_PER_ROOM
        } else {
            RECENT_AT_LEAST
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.order.pop_front() {
            if let Some(known) = self.known.remove(&oldest) {
                self.bounds.forget(known.again);
            }
            self.bounds.total.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl RecentBounds {
    fn forget(&self, kept: Option<Arc<Message>>) {
        if let Some(message) = kept {
            let bytes = message.json.get().len();
            self.kept.fetch_sub(bytes, Ordering::Relaxed);
        }
    }
}

impl Drop for Recent {
    fn drop(&mut self) {
        for known in self.known.values_mut() {
            self.bounds.forget(known.again.take());
        }
        self.bounds
            .total
            .fetch_sub(self.order.len(), Ordering::Relaxed);
    }
}

/// A retry is recognised among the last 1,000 messages of its room …
pub const RECENT_PER_ROOM: usize = 1_000;
/// … and the last 65,536 of all open rooms, about 5 MiB of keys …
const RECENT_IN_ALL: usize = 65_536;
/// … but always among the last 64 of its room: others must not use up what a lost
/// acknowledgement needs. With 1,024 open rooms that is as much again.
const RECENT_AT_LEAST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::person::Token;

    fn bounds() -> RecentBounds {
        RecentBounds {
            total: Arc::default(),
            kept: Arc::default(),
            kept_bytes: 1_000,
        }
    }

    #[test]
    fn what_is_kept_for_the_card_is_bounded_and_let_go_when_it_is_there() {
        let mut recent = Recent::new(bounds());
        let kept = Arc::clone(&recent.bounds.kept);
        let person = Token::random().person();
        let key = |n: u64| MessageKey::of(person, &n.to_string());
        let message = |seq| {
            let json = format!(
                r#"{{"room":"a","seq":{seq},"id":"{}","from":{{"id":"p","name":"n"}},"at":0}}"#,
                "i".repeat(300)
            );
            let message = Message::from_store(seq, Some(0), json.into()).unwrap();
            message.set_stored(Stored::Queued);
            Arc::new(message)
        };
        let messages: Vec<_> = (0..10).map(message).collect();
        let mut taken = 0;
        for (n, message) in (0..).zip(&messages) {
            recent.insert(key(n), n, 0);
            taken += usize::from(recent.keep_again(key(n), Arc::clone(message)));
        }
        assert_eq!(taken, 2, "1,000 bytes hold two");
        assert!(!recent.is_stored());
        messages[0].set_stored(Stored::Yes);
        recent.release();
        let known = recent.find(key(0)).unwrap();
        assert!(known.saved && known.again.is_none());
        assert!(recent.keep_again(key(2), Arc::clone(&messages[2])));
        assert!(kept.load(Ordering::Relaxed) > 600);
        drop(recent);
        assert_eq!(kept.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_room_remembers_its_last_messages_whatever_others_have_used_up() {
        let bounds = bounds();
        bounds.total.store(2 * RECENT_IN_ALL, Ordering::Relaxed);
        let mut recent = Recent::new(bounds);
        let person = Token::random().person();
        let key = |n: u64| MessageKey::of(person, &n.to_string());
        for n in 0..200 {
            recent.insert(key(n), n, 0);
        }
        let known = (0..200).filter(|&n| recent.find(key(n)).is_some());
        assert_eq!(known.count(), 64);
        assert_eq!(recent.find(key(136)).unwrap().seq, 136);
    }

    #[test]
    fn keys_are_forgotten_oldest_first_at_the_ceiling() {
        let mut recent = Recent::new(bounds());
        let person = Token::random().person();
        let key = |n: u64| MessageKey::of(person, &n.to_string());
        for n in 0..=RECENT_PER_ROOM as u64 {
            recent.insert(key(n), n, 0);
        }
        assert!(recent.find(key(0)).is_none());
        assert_eq!(recent.find(key(1)).unwrap().seq, 1);
    }
}
