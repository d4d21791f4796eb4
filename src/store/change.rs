//! What can be asked of a write.

/// One change of a [`Store::write`](super::Store::write).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// A message. Appending again what is already there counts once.
    Append {
        /// The room, made if there is none of that name (1 to 1,024 bytes).
        room: &'a str,
        /// Its number, above 0. The same number again must bring the same message. May be lower than the last one: a message that could not be
        /// stored at first comes late.
        seq: u64,
        /// When it was posted, in milliseconds of UTC; `None` if that time cannot be trusted.
        at: Option<u64>,
        /// The message itself.
        body: &'a [u8],
    },
    /// A message that was relayed will never be stored.
    Floor {
        /// The room.
        room: &'a str,
        /// The highest seq that is not to be had.
        floor: u64,
    },
    /// The time, for the retention by age: only one that has certainly passed. The times of messages
    /// do not count for that.
    Clock {
        /// Milliseconds of UTC.
        now: u64,
    },
}

impl<'a> Change<'a> {
    /// The room it concerns.
    pub(super) fn room(&self) -> Option<&'a str> {
        match *self {
            Change::Append { room, .. } | Change::Floor { room, .. } => Some(room),
            Change::Clock { .. } => None,
        }
    }
}
