//! What one flush covers.

use std::sync::Arc;

use crate::chat::message::Message;
use crate::chat::name::RoomName;

use super::{Job, Receipt, Waiter};

/// What one flush is to cover.
#[derive(Default)]
pub(super) struct Group {
    pub(super) messages: Vec<(RoomName, Arc<Message>)>,
    pub(super) floors: Vec<(RoomName, u64)>,
    pub(super) waiters: Vec<(Receipt, Arc<Message>, Waiter)>,
}

impl Group {
    /// Puts together what was queued; a message that was queued twice stands in it once.
    pub(super) fn of(jobs: Vec<Job>) -> Self {
        let mut group = Self::default();
        for job in jobs {
            match job {
                Job::Floor { room, floor } => group.floors.push((room, floor)),
                Job::Write {
                    room,
                    message,
                    waiter,
                } => {
                    if let Some(waiter) = waiter {
                        let receipt = Receipt {
                            seq: message.seq,
                            at: message.at,
                        };
                        group.waiters.push((receipt, Arc::clone(&message), waiter));
                    }
                    group.messages.push((room, message));
                }
            }
        }
        group
    }
}
