//! What a visit may do: rates, keys, ceilings.

use std::sync::atomic::Ordering;

use crate::chat::name::RoomName;
use crate::chat::refusal::Refusal;
use crate::chat::same;

use super::Visit;

impl Visit {
    pub(super) fn may_post(&self, room: &RoomName, key: Option<&str>) -> Result<(), Refusal> {
        if self.chat.closing.load(Ordering::Acquire) {
            return Err(Refusal::Busy);
        }
        self.chat.addresses.message(&self.allowance, self.network)?;
        self.unlock(room, key)
    }

    /// Refuses whoever does not have the room's key, if it asks for one. A key shown once is good
    /// for the rest of the visit.
    pub(super) fn unlock(&self, room: &RoomName, key: Option<&str>) -> Result<(), Refusal> {
        let Some(wanted) = self.chat.shared.key(room) else {
            return Ok(());
        };
        if self.rooms().unlocked.contains(room) {
            return Ok(());
        }
        let Some(key) = key else {
            return Err(Refusal::Locked);
        };
        self.chat
            .addresses
            .attempt(self.network, same(key, &wanted), Refusal::Locked)?;
        self.rooms().unlocked.push(room.clone());
        Ok(())
    }

    /// Refuses one room more than a session may be in.
    pub(super) fn reserve(&self, room: &RoomName) -> Result<(), Refusal> {
        let is_full = self.rooms().entered.len() >= self.chat.config().limits.rooms_per_session;
        if is_full && !self.is_in(room) {
            return Err(Refusal::Full("your list of rooms"));
        }
        Ok(())
    }
}
