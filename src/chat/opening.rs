//! Rooms come into memory when somebody needs them, and fade when nobody does.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::History;
use crate::store::{self, Bound, Record, RoomInfo, Store, StoreError};

use super::Chat;
use super::draft::MessageKey;
use super::message::{Body, Message};
use super::name::RoomName;
use super::page::{NEWEST, Page};
use super::person::PersonId;
use super::recent::RECENT_PER_ROOM;
use super::refusal::Refusal;
use super::room::{Past, Query, Reading, Room};

impl Chat {
    /// The room if it is open already.
    pub(super) fn open_room(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.rooms()
            .get(name)
            .filter(|room| room.opened.initialized())
            .cloned()
    }

    /// The room, read from the store if need be, once for all who wait for it.
    pub(super) async fn room(&self, name: &RoomName) -> Result<Arc<Room>, Refusal> {
        let room = self.place(name)?;
        room.opened
            .get_or_init(|| async {
                let past = self.past(name).await;
                room.open(past);
            })
            .await;
        Ok(room)
    }

    /// Reads what a room needs to answer.
    pub(super) async fn read(&self, name: &RoomName, query: Query) -> Reading {
        let (store, name) = (self.shared.archive().store(), name.clone());
        let read = move || {
            let store = store?;
            let (bound, cut) = (query.bound, query.cut);
            match store.page(name.as_str(), bound, cut.messages, cut.bytes) {
                Ok(page) => Some((page.damaged, Page::from_store(page))),
                Err(error) => {
                    tracing::warn!(%error, "a page of the history could not be read");
                    None
                }
            }
        };
        let read = tokio::task::spawn_blocking(read).await.ok().flatten();
        let damaged = read.as_ref().is_none_or(|(damaged, _)| *damaged);
        Reading {
            query,
            page: read.map(|(_, page)| page),
            damaged,
        }
    }

    /// A place in the map of rooms, whose room may not be open yet.
    fn place(&self, name: &RoomName) -> Result<Arc<Room>, Refusal> {
        let mut rooms = self.rooms();
        if let Some(room) = rooms.get(name) {
            return Ok(Arc::clone(room));
        }
        if rooms.len() >= self.shared.config.now().limits.rooms {
            let idlest = rooms
                .values()
                .filter_map(|room| Some((room.idle_since()?, room.name().clone())));
            let idlest = idlest.min_by_key(|(since, _)| *since).map(|(_, name)| name);
            // Somebody may have entered it meanwhile: then it stays in the map, or there would be
            // two rooms of one name.
            match idlest {
                Some(name) if rooms.get(&name).is_some_and(|room| room.fade()) => {
                    rooms.remove(&name);
                }
                _ => return Err(Refusal::Busy),
            }
        }
        let room = Arc::new(Room::new(name.clone(), Arc::clone(&self.shared)));
        rooms.insert(name.clone(), Arc::clone(&room));
        Ok(room)
    }

    async fn past(&self, name: &RoomName) -> Past {
        let Some(store) = self.shared.archive().store() else {
            return Past::default();
        };
        let Some(info) = store.room(name.as_str()) else {
            return Past::default();
        };
        let (unread, history) = (unread(&info), self.shared.config.now().history.clone());
        let read = move || past(&store, &info, &history);
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(past)) => past,
            Ok(Err(error)) => {
                tracing::error!(%error, "a room's history could not be read");
                unread
            }
            Err(error) => {
                tracing::error!(%error, "a room's history could not be read");
                unread
            }
        }
    }

    /// Rooms in which nobody has been for a while leave memory; their history stays.
    pub(super) fn fade_idle(&self, now: Instant) {
        self.rooms().retain(|_, room| {
            let is_idle = room
                .idle_since()
                .is_some_and(|since| now - since >= FADE_AFTER);
            !(is_idle && room.fade())
        });
    }

    /// Keeps the account of all rings below three quarters of its bound: the largest give first.
    pub(super) fn trim_rings(&self) {
        let bound = self.shared.config.now().history.ring_total_bytes / 4 * 3;
        if self.shared.ring_total.load(Ordering::Relaxed) <= bound {
            return;
        }
        let mut rooms: Vec<_> = self
            .rooms()
            .values()
            .map(|room| (room.ring_bytes(), Arc::clone(room)))
            .collect();
        rooms.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        for (_, room) in rooms {
            if self.shared.ring_total.load(Ordering::Relaxed) <= bound {
                return;
            }
            room.trim();
        }
    }
}

/// A past of which nothing was read: the ring begins after it, so that whoever asks for it is
/// answered by the store, or told of a gap.
fn unread(info: &RoomInfo) -> Past {
    Past {
        gone: info.last,
        older: info.messages > 0,
        floor: info.floor,
        last_at: info.last_at.unwrap_or(0),
        ..Past::default()
    }
}

/// Reads what a room needs to know of its past: the ring's messages, and the keys of the last
/// thousand.
fn past(store: &Store, info: &RoomInfo, history: &History) -> Result<Past, StoreError> {
    let name = &info.name;
    let tail = store.page(
        name,
        NEWEST,
        history.ring_messages.max(1),
        history.ring_bytes,
    )?;
    let mut past = Past {
        recent: recent(store, name, &tail, history),
        last_at: tail.records.last().map_or(0, time),
        ..unread(info)
    };
    let first = tail.records.first().map_or(0, |record| record.seq);
    let records = tail.records.len();
    let messages: Vec<_> = tail
        .records
        .into_iter()
        .filter_map(|record| Message::from_store(record.seq, record.at, record.body))
        .collect();
    // A ring has no holes. Where the disk has lost messages of the tail, only the store's pages
    // say so.
    if !tail.damaged && messages.len() == records {
        past.gone = first.saturating_sub(1);
        past.older = tail.more;
        past.tail = messages;
    }
    Ok(past)
}

/// The keys of the last thousand messages, oldest first, so far as they can be read.
fn recent(
    store: &Store,
    room: &str,
    tail: &store::Page,
    history: &History,
) -> Vec<(MessageKey, u64, u64)> {
    let keys = |page: &store::Page| -> Vec<_> {
        let records = page.records.iter().rev();
        records.filter_map(|record| key(&record.body)).collect()
    };
    let mut recent = keys(tail);
    let (mut before, mut more) = (tail.records.first().map_or(0, |r| r.seq), tail.more);
    while more && recent.len() < RECENT_PER_ROOM {
        let page = match store.page(room, Bound::Before(before), RECENT_PAGE, history.page_bytes) {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%error, "not all that a room would know retries by can be read");
                break;
            }
        };
        recent.extend(keys(&page));
        more = page.more && !page.records.is_empty();
        before = page.records.first().map_or(0, |record| record.seq);
    }
    recent.truncate(RECENT_PER_ROOM);
    recent.reverse();
    recent
}

/// When a stored message was posted.
fn time(record: &Record) -> u64 {
    record
        .at
        .or_else(|| key(&record.body).map(|(_, _, at)| at))
        .unwrap_or(0)
}

/// The key of a stored message, with its `seq` and time.
fn key(body: &[u8]) -> Option<(MessageKey, u64, u64)> {
    let body: Body<'_> = serde_json::from_slice(body).ok()?;
    let from = PersonId::parse(&body.from.id)?;
    Some((MessageKey::of(from, &body.id), body.seq, body.at))
}

/// A room stays in memory this long after the last person left: phones come back.
const FADE_AFTER: Duration = Duration::from_secs(60);
/// Messages read at a time while looking for keys.
const RECENT_PAGE: usize = 100;
