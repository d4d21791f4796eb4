//! What the opening of a store found, for the log and for the page.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Something that somebody should know about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The store could not be read. It was renamed and a new one was begun, under a new `log`.
    SetAside {
        /// Where the old one lies now.
        to: PathBuf,
        /// What was wrong with it.
        why: String,
    },
    /// Snapshots that could not be read were deleted and made again from the log. Nothing is lost.
    Repaired {
        /// What was wrong.
        why: String,
    },
    /// Acknowledged messages of a room are gone: the disk is failing or was tampered with.
    Lost {
        /// The room.
        room: Arc<str>,
        /// The last message that is there.
        after: u64,
        /// The last message that had been stored.
        upto: u64,
    },
    /// The disk is too full to write: messages are not stored until there is room.
    NoRoom,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetAside { to, why } => write!(
                f,
                "the history could not be read ({why}); it was set aside as {} and a new one begun",
                to.display()
            ),
            Self::Repaired { why } => {
                write!(f, "the history was repaired ({why}); nothing is lost")
            }
            Self::Lost { room, after, upto } => write!(
                f,
                "stored messages of the room {room:?} are missing, from {after} up to {upto}: \
                 the disk may be failing"
            ),
            Self::NoRoom => {
                f.write_str("the disk is full: messages are not stored until there is room")
            }
        }
    }
}
