//! What waits to be sent to one session. Bounded in bytes; not thread-safe by itself.

use std::collections::VecDeque;

use super::{Kind, Outgoing};

/// Packets in the order in which they are sent. Holds at most its limit of bytes: when a group
/// does not fit, volatile ones give way; if that is not enough, the group is refused.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<Entry>,
    /// Cost of the queue, and of what left it but is not yet written.
    held: usize,
    in_flight: usize,
}

#[derive(Debug)]
struct Entry {
    packet: Outgoing,
    volatile: bool,
    /// Not the first of its group.
    continues: bool,
}

/// What became of a group of packets.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It waits.
    Queued,
    /// Volatile, and there was no room.
    Dropped,
    /// There was no room: the session is to be closed.
    Overflow,
}

/// Counted for each packet beside its bytes: its place in the queue.
const ENTRY_BYTES: usize = size_of::<Entry>();

impl Outbox {
    /// Adds a group in one piece.
    pub(super) fn push(&mut self, packets: &[Outgoing], kind: Kind, limit: usize) -> Pushed {
        let cost: usize = packets.iter().map(cost).sum();
        if self.held + cost > limit && kind == Kind::Normal {
            self.drop_volatile();
        }
        if self.held + cost > limit {
            return if kind == Kind::Volatile {
                Pushed::Dropped
            } else {
                Pushed::Overflow
            };
        }
        self.held += cost;
        let volatile = kind == Kind::Volatile;
        self.queue
            .extend(packets.iter().enumerate().map(|(index, packet)| Entry {
                packet: packet.clone(),
                volatile,
                continues: index > 0,
            }));
        Pushed::Queued
    }

    /// Adds a packet of the protocol itself (handshake, ping), whatever the limit.
    pub(super) fn push_control(&mut self, packet: Outgoing) {
        self.held += cost(&packet);
        self.queue.push_back(Entry {
            packet,
            volatile: false,
            continues: false,
        });
    }

    /// The packet that is next.
    pub(super) fn front(&self) -> Option<&Outgoing> {
        self.queue.front().map(|entry| &entry.packet)
    }

    /// Takes the packet that is next.
    pub(super) fn pop(&mut self) -> Option<Outgoing> {
        let packet = self.queue.pop_front()?.packet;
        self.held -= cost(&packet);
        if self.queue.is_empty() {
            // Most sessions are idle most of the time: a batch's places are cheap to get again.
            self.queue = VecDeque::new();
        }
        Some(packet)
    }

    /// Accounts for bytes that were taken and are not yet written.
    pub(super) fn set_in_flight(&mut self, bytes: usize) {
        self.held = self.held - self.in_flight + bytes;
        self.in_flight = bytes;
    }

    /// Drops everything that waits, and no longer counts what is in flight: its owner is about to.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Bytes held: those that wait, and those in flight.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// Drops volatile groups, except one whose first packet is on its way already.
    fn drop_volatile(&mut self) {
        let (mut freed, mut begun) = (0, true);
        self.queue.retain(|entry| {
            begun &= entry.continues;
            let keep = begun || !entry.volatile;
            freed += if keep { 0 } else { cost(&entry.packet) };
            keep
        });
        self.held -= freed;
    }
}

fn cost(packet: &Outgoing) -> usize {
    packet.len() + ENTRY_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(bytes: usize) -> Outgoing {
        Outgoing::Text("4".repeat(bytes).into())
    }

    fn drain(outbox: &mut Outbox) -> Vec<usize> {
        std::iter::from_fn(|| outbox.pop())
            .map(|packet| packet.len())
            .collect()
    }

    #[test]
    fn a_full_outbox_refuses_a_normal_group_whole() {
        let limit = 3 * (100 + ENTRY_BYTES);
        let mut outbox = Outbox::default();
        assert_eq!(
            outbox.push(&[packet(100), packet(100)], Kind::Normal, limit),
            Pushed::Queued
        );
        let group = [packet(100), packet(100)];
        assert_eq!(outbox.push(&group, Kind::Normal, limit), Pushed::Overflow);
        assert_eq!(drain(&mut outbox), [100, 100]);
        assert_eq!(outbox.held(), 0);
    }

    #[test]
    fn volatile_groups_give_way_to_normal_ones() {
        let limit = 3 * (100 + ENTRY_BYTES);
        let mut outbox = Outbox::default();
        assert_eq!(
            outbox.push(&[packet(99)], Kind::Normal, limit),
            Pushed::Queued
        );
        assert_eq!(
            outbox.push(&[packet(80), packet(81)], Kind::Volatile, limit),
            Pushed::Queued
        );
        assert_eq!(
            outbox.push(&[packet(82)], Kind::Volatile, limit),
            Pushed::Dropped
        );
        assert_eq!(
            outbox.push(&[packet(98)], Kind::Normal, limit),
            Pushed::Queued
        );
        assert_eq!(drain(&mut outbox), [99, 98]);
        assert_eq!(outbox.held(), 0);
    }

    #[test]
    fn a_group_that_is_on_its_way_is_sent_to_its_end() {
        let limit = 3 * (100 + ENTRY_BYTES);
        let mut outbox = Outbox::default();
        outbox.push(&[packet(10), packet(11)], Kind::Volatile, limit);
        outbox.push(&[packet(12)], Kind::Volatile, limit);
        assert_eq!(outbox.pop(), Some(packet(10)));
        assert_eq!(
            outbox.push(&[packet(300)], Kind::Normal, limit),
            Pushed::Queued
        );
        assert_eq!(drain(&mut outbox), [11, 300]);
    }

    #[test]
    fn bytes_in_flight_count_until_they_are_written() {
        let mut outbox = Outbox::default();
        outbox.set_in_flight(500);
        assert_eq!(
            outbox.push(&[packet(100)], Kind::Normal, 600),
            Pushed::Overflow
        );
        outbox.set_in_flight(400);
        assert_eq!(
            outbox.push(&[packet(100)], Kind::Normal, 600),
            Pushed::Queued
        );
        outbox.clear();
        assert_eq!(outbox.held(), 0);
    }

    #[test]
    fn a_burst_gives_its_memory_back() {
        let mut outbox = Outbox::default();
        (0..1_000).for_each(|_| outbox.push_control(packet(1)));
        drain(&mut outbox);
        assert_eq!(outbox.queue.capacity(), 0);
    }
}
