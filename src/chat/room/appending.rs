//! Appending to a room's log: what is new gets a number, what came before its old one.

use std::sync::Arc;

use tokio::time::Instant;

use crate::chat::archive::{Receipt, Waiter};
use crate::chat::draft::{Draft, MessageKey};
use crate::chat::message::Message;
use crate::chat::recent::Known;
use crate::chat::refusal::Refusal;
use crate::chat::ring::RingFull;
use crate::config::AckWhen;

use super::{Author, Room, Setback, State};

impl Room {
    /// A message that came before: nobody hears it again.
    pub(super) fn repeat(
        &self,
        state: &mut State,
        draft: &Draft,
        author: &Author<'_>,
        key: MessageKey,
        known: &Known,
        waiter: Waiter,
    ) {
        let message = state.ring.find(known.seq).or(known.again.as_ref()).cloned();
        match message {
            Some(message) => self.acknowledge(&message, waiter),
            None if known.seq <= state.unsaved && !known.saved => {
                let message = Arc::new(self.encode(known.seq, draft, author));
                if state.recent.keep_again(key, Arc::clone(&message)) {
                    self.acknowledge(&message, waiter);
                } else {
                    waiter(Err(Refusal::NotStored));
                }
            }
            None => waiter(Ok(Receipt {
                seq: known.seq,
                at: known.at,
            })),
        }
    }

    pub(super) fn append(
        &self,
        state: &mut State,
        draft: &Draft,
        author: &Author<'_>,
        key: MessageKey,
    ) -> Result<Arc<Message>, Setback> {
        let mut lost = None;
        let made = state
            .ring
            .make_room(draft.weight(), self.may_lose(), &mut lost);
        self.lose(state, lost);
        made.map_err(|full| match full {
            RingFull::Own => Setback::Refused(Refusal::Busy),
            RingFull::Others => Setback::Crowded,
        })?;
        let is_first = state.is_new();
        if is_first {
            self.shared.rooms_stored.admit().map_err(Setback::Refused)?;
        }
        let seq = self
            .shared
            .sequence
            .next()
            .ok_or(Setback::Refused(Refusal::Busy))?;
        let message = Arc::new(self.encode(seq, draft, author));
        state.ring.push(Arc::clone(&message));
        state.recent.release();
        state.recent.insert(key, seq, message.at);
        state.last_at = message.at;
        state.idle_since = Instant::now();
        self.shared.metrics.messages.add();
        if is_first {
            self.shared.rooms_changed.notify_one();
        } else {
            self.shared.lines_changed.notify_one();
        }
        Ok(message)
    }

    /// Whether the ring may let go of what is not on the card.
    pub(super) fn may_lose(&self) -> bool {
        let archive = self.shared.archive();
        !archive.is_storing() && !archive.is_behind()
    }

    /// Messages up to `lost` left the ring while the card failed: nobody will have them again.
    pub(super) fn lose(&self, state: &mut State, lost: Option<u64>) {
        let Some(lost) = lost else { return };
        state.floor = state.floor.max(lost);
        state.unsaved = state.unsaved.max(lost);
        self.shared.archive().raise_floor(&self.name, lost);
    }

    fn encode(&self, seq: u64, draft: &Draft, author: &Author<'_>) -> Message {
        Message::new(
            self.name.as_str(),
            seq,
            (author.id, author.name),
            draft,
            self.shared.clock.now(),
        )
    }

    pub(super) fn acknowledge(&self, message: &Arc<Message>, waiter: Waiter) {
        if self.shared.config.now().ack == AckWhen::Relayed {
            self.shared.archive().write(&self.name, message, None);
            waiter(Ok(Receipt {
                seq: message.seq,
                at: message.at,
            }));
        } else {
            self.shared
                .archive()
                .write(&self.name, message, Some(waiter));
        }
    }
}
