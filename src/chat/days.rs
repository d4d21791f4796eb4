//! The days of a room: on which something was said, and with which message each begins.

use crate::store::{Bound, Days, Store, StoreError};

use super::Chat;
use super::message::Body;
use super::name::RoomName;

impl Chat {
    /// The days of a room in a zone so many minutes east of UTC, the newest if there are too many.
    /// Reads from the card: never on an async task.
    pub(super) fn days(&self, name: &RoomName, zone: i32) -> Result<Days, StoreError> {
        let store = self.shared.archive().store();
        let (mut days, stored) = match &store {
            Some(store) => stored(store, name, zone)?,
            None => (Days::new(zone, MOST), 0),
        };
        // What is not on the card yet, or cannot come there.
        let recent = self.open_room(name).map(|room| room.recent(stored));
        for message in recent.iter().flatten() {
            // A time that is not to be trusted is better than no day at all.
            if message.at_trusted || days.first().is_none() {
                days.add(message.seq, message.at);
            }
        }
        Ok(days)
    }
}

/// The days of what is on the card, and how far that reaches.
fn stored(store: &Store, name: &RoomName, zone: i32) -> Result<(Days, u64), StoreError> {
    let mut days = store.days(name.as_str(), zone, MOST)?;
    let Some(info) = store.room(name.as_str()) else {
        return Ok((days, 0));
    };
    // A room that begins with times not to be trusted still begins on some day.
    if info.messages > 0 && days.first() != Some(info.first) {
        let page = store.page(
            name.as_str(),
            Bound::After(info.first.saturating_sub(1)),
            1,
            0,
        )?;
        let first = page.records.first();
        let body = first.and_then(|record| serde_json::from_slice::<Body<'_>>(&record.body).ok());
        if let Some(body) = body {
            days.add(info.first, body.at);
        }
    }
    Ok((days, info.last))
}

/// Days in one answer: more than a year of them.
const MOST: usize = 400;
