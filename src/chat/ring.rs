//! The ring: a room's newest messages in memory.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::message::{Message, Stored};

/// The newest messages of a room, ascending by `seq`.
#[derive(Debug)]
pub struct Ring {
    messages: VecDeque<Arc<Message>>,
    bytes: usize,
    /// Everything above this `seq` that still is to be had is in the ring.
    gone: u64,
    /// The store has messages of this room that the ring has not.
    older: bool,
    bounds: RingBounds,
}

/// The ring's ceilings, and the account of all rings together.
#[derive(Debug, Clone)]
pub struct RingBounds {
    /// Messages of one room.
    pub messages: usize,
    /// Bytes of one room.
    pub bytes: usize,
    /// Bytes of all rooms.
    pub total_bytes: usize,
    /// What all rings hold now.
    pub total: Arc<AtomicUsize>,
}

/// There is no room for a message.
#[derive(Debug, PartialEq, Eq)]
pub enum RingFull {
    /// The ring is at a ceiling and its oldest message is not on the card yet.
    Own,
    /// All rings together are at their ceiling, and this one has nothing to give.
    Others,
}

impl Ring {
    /// A ring with the tail that the store had, ascending, the `seq` up to which it did not look,
    /// and whether the store has messages down there.
    pub fn new(tail: Vec<Message>, gone: u64, older: bool, bounds: RingBounds) -> Self {
        let mut ring = Self {
            messages: VecDeque::new(),
            bytes: 0,
            gone,
            older,
            bounds,
        };
        for message in tail {
            ring.push(Arc::new(message));
        }
        ring
    }

    /// Makes room for one more message of about `bytes`.
    ///
    /// Messages that are on the card leave quietly. One that is not makes the ring full, unless the
    /// card is failing: then the oldest leaves and is noted in `lost`, for the room's floor to rise,
    /// also where that was not enough.
    pub fn make_room(
        &mut self,
        bytes: usize,
        failing: bool,
        lost: &mut Option<u64>,
    ) -> Result<(), RingFull> {
        while self.is_over(bytes) {
            if self.messages.is_empty() {
                // Larger than a whole ring: it comes alone. But the account of all is a hard one.
                return if self.is_total_over(bytes) {
                    Err(RingFull::Others)
                } else {
                    Ok(())
                };
            }
            *lost = self.drop_oldest(failing)?.or(*lost);
        }
        Ok(())
    }

    /// Appends a message; [`Ring::make_room`] has been asked before.
    pub fn push(&mut self, message: Arc<Message>) {
        let bytes = weight(&message);
        self.bytes += bytes;
        self.bounds.total.fetch_add(bytes, Ordering::Relaxed);
        self.messages.push_back(message);
    }

    /// Gives up the older half, for the account of all rings; like [`Ring::make_room`] it keeps what
    /// is not on the card, unless the card is failing.
    pub fn trim(&mut self, failing: bool) -> Option<u64> {
        let mut floor = None;
        for _ in 0..self.messages.len().div_ceil(2) {
            match self.drop_oldest(failing) {
                Ok(lost) => floor = lost.or(floor),
                Err(_) => break,
            }
        }
        floor
    }

    /// The messages above a `seq`, ascending.
    pub fn after(&self, seq: u64) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        let from = self.messages.partition_point(|message| message.seq <= seq);
        self.messages.range(from..)
    }

    /// The messages below a `seq`, ascending.
    pub fn before(&self, seq: u64) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        let to = self.messages.partition_point(|message| message.seq < seq);
        self.messages.range(..to)
    }

    /// The message with this `seq`, if the ring has it.
    pub fn find(&self, seq: u64) -> Option<&Arc<Message>> {
        let at = self
            .messages
            .binary_search_by_key(&seq, |message| message.seq)
            .ok()?;
        self.messages.get(at)
    }

    /// Everything above this `seq` that still is to be had is in the ring.
    pub fn gone(&self) -> u64 {
        self.gone
    }

    /// Whether the store has messages of this room that the ring has not.
    pub fn has_older(&self) -> bool {
        self.older
    }

    /// Learns which is the oldest message that the store has of this room; 0 if it has none.
    ///
    /// Not the floor: below that, after a failure of the card, are the messages that it had taken
    /// before.
    pub fn learn_oldest(&mut self, first: u64) {
        self.older = (1..=self.gone).contains(&first);
    }

    /// The lowest `seq` in the ring.
    pub fn first(&self) -> Option<u64> {
        self.messages.front().map(|message| message.seq)
    }

    /// The newest message in the ring.
    pub fn newest(&self) -> Option<&Arc<Message>> {
        self.messages.back()
    }

    /// The highest `seq` in the ring.
    pub fn last(&self) -> Option<u64> {
        self.messages.back().map(|message| message.seq)
    }

    /// Whether every message is on the card, so that the room may fade.
    pub fn is_stored(&self) -> bool {
        self.messages
            .iter()
            .all(|message| message.stored() == Stored::Yes)
    }

    /// What it holds, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn is_over(&self, more: usize) -> bool {
        self.messages.len() >= self.bounds.messages
            || self.bytes + more > self.bounds.bytes
            || self.is_total_over(more)
    }

    fn is_total_over(&self, more: usize) -> bool {
        self.bounds.total.load(Ordering::Relaxed) + more > self.bounds.total_bytes
    }

    /// Lets the oldest go; its `seq` if it was not on the card, so that nobody will have it again.
    fn drop_oldest(&mut self, failing: bool) -> Result<Option<u64>, RingFull> {
        let Some(oldest) = self.messages.front() else {
            return Ok(None);
        };
        let is_stored = oldest.stored() == Stored::Yes;
        if !is_stored && !failing {
            return Err(RingFull::Own);
        }
        if !is_stored {
            oldest.set_stored(Stored::Dropped);
        }
        let (seq, bytes) = (oldest.seq, weight(oldest));
        self.messages.pop_front();
        self.bytes -= bytes;
        self.bounds.total.fetch_sub(bytes, Ordering::Relaxed);
        self.gone = seq;
        self.older |= is_stored;
        Ok((!is_stored).then_some(seq))
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        self.bounds.total.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// What a message costs the ring.
fn weight(message: &Message) -> usize {
    message.json.get().len() + MESSAGE_OVERHEAD_BYTES
}

/// What a message costs beside its JSON: the object, its handles, the allocator.
const MESSAGE_OVERHEAD_BYTES: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(messages: usize) -> RingBounds {
        RingBounds {
            messages,
            bytes: 1 << 20,
            total_bytes: 1 << 20,
            total: Arc::default(),
        }
    }

    fn message(seq: u64) -> Arc<Message> {
        let json =
            format!(r#"{{"room":"a","seq":{seq},"id":"i","from":{{"id":"p","name":"n"}},"at":0}}"#);
        Arc::new(Message::from_store(seq, Some(0), json.into()).unwrap())
    }

    fn unsaved(seq: u64) -> Arc<Message> {
        let message = message(seq);
        message.set_stored(Stored::Queued);
        message
    }

    /// Makes room and says what was lost.
    fn make_room(ring: &mut Ring, bytes: usize, failing: bool) -> Result<Option<u64>, RingFull> {
        let mut lost = None;
        ring.make_room(bytes, failing, &mut lost).map(|()| lost)
    }

    #[test]
    fn the_oldest_stored_message_leaves_and_is_remembered_as_gone() {
        let mut ring = Ring::new(vec![], 0, false, bounds(2));
        for seq in [1, 2, 3] {
            assert_eq!(make_room(&mut ring, 2, false), Ok(None));
            ring.push(message(seq));
        }
        assert_eq!(ring.after(0).map(|m| m.seq).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(ring.gone(), 1);
    }

    #[test]
    fn a_message_that_is_not_on_the_card_does_not_leave() {
        let mut ring = Ring::new(vec![], 0, false, bounds(1));
        ring.push(unsaved(1));
        assert_eq!(make_room(&mut ring, 2, false), Err(RingFull::Own));
        assert!(!ring.is_stored());
        assert_eq!(ring.trim(false), None);
        assert_eq!(ring.first(), Some(1));
    }

    #[test]
    fn while_the_card_fails_the_oldest_leaves_and_raises_the_floor() {
        let mut ring = Ring::new(vec![], 0, false, bounds(1));
        let lost = unsaved(1);
        ring.push(Arc::clone(&lost));
        assert_eq!(make_room(&mut ring, 2, true), Ok(Some(1)));
        assert_eq!(lost.stored(), Stored::Dropped);
    }

    #[test]
    fn what_is_lost_is_noted_even_where_it_made_too_little_room() {
        let bounds = RingBounds {
            total_bytes: 2 * weight(&message(1)),
            ..bounds(100)
        };
        let mut other = Ring::new(vec![], 0, false, bounds.clone());
        other.push(unsaved(1));
        other.push(unsaved(2));
        let mut ring = Ring::new(vec![], 0, false, bounds);
        ring.push(unsaved(3));
        let mut lost = None;
        assert_eq!(ring.make_room(2, true, &mut lost), Err(RingFull::Others));
        assert_eq!(lost, Some(3), "or the room would not know of the gap");
    }

    #[test]
    fn what_the_card_took_before_it_failed_is_still_older() {
        let mut ring = Ring::new(
            vec![Arc::into_inner(message(1)).unwrap()],
            0,
            false,
            bounds(1),
        );
        assert_eq!(make_room(&mut ring, 2, false), Ok(None));
        ring.push(unsaved(2));
        assert_eq!(make_room(&mut ring, 2, true), Ok(Some(2)));
        ring.learn_oldest(1);
        assert!(ring.has_older(), "1 is below the floor, and to be had");
        ring.learn_oldest(3);
        assert!(!ring.has_older(), "retention took it");
        ring.learn_oldest(2);
        assert!(ring.has_older(), "a retry has brought 2 again");
        ring.learn_oldest(0);
        assert!(!ring.has_older());
    }

    #[test]
    fn all_rings_share_one_account() {
        let bounds = RingBounds {
            total_bytes: 3 * weight(&message(1)),
            ..bounds(100)
        };
        let mut one = Ring::new(vec![], 0, false, bounds.clone());
        one.push(unsaved(1));
        one.push(unsaved(2));
        let mut two = Ring::new(vec![], 0, false, bounds.clone());
        two.push(unsaved(3));
        assert_eq!(make_room(&mut two, 2, false), Err(RingFull::Own));
        let mut three = Ring::new(vec![], 0, false, bounds.clone());
        assert_eq!(make_room(&mut three, 2, false), Err(RingFull::Others));
        drop(one);
        assert_eq!(make_room(&mut two, 2, false), Ok(None));
        assert_eq!(bounds.total.load(Ordering::Relaxed), two.bytes());
    }
}
