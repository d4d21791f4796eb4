//! What a visit may have to wait for: rooms that are not open, pages that are not in memory.

use std::sync::Arc;

use crate::chat::archive::Waiter;
use crate::chat::draft::Draft;
use crate::chat::frame::Vocabulary;
use crate::chat::name::RoomName;
use crate::chat::page::{NEWEST, Page};
use crate::chat::refusal::Refusal;
use crate::chat::room::{Entry, Obstacle, Seat, Setback};
use crate::store::{Bound, Days};

use super::{JoinRequest, Visit, Welcome};

impl Visit {
    pub(super) async fn try_join(
        &self,
        request: JoinRequest,
        vocabulary: &'static Vocabulary,
        answer: &mut (dyn FnMut(Result<Welcome, Refusal>) + Send),
    ) -> Result<(), Refusal> {
        self.allowance.request()?;
        self.unlock(&request.room, request.key.as_deref())?;
        self.reserve(&request.room)?;
        let other_log = |log: String| log != self.chat.log().to_string();
        // A number that was never given: the store is an older copy of the one that gave it.
        let unknown = |since| !self.chat.shared.sequence.may_have_given(since);
        let reset = request.log.is_some_and(other_log) || request.since.is_some_and(unknown);
        let bound = request
            .since
            .filter(|_| !reset)
            .map_or(NEWEST, Bound::After);
        let cut = self.cut(request.limit);
        let mut stored = None;
        for _ in 0..TRIES {
            let room = self.chat.room(&request.room).await?;
            let name = self.name();
            let seat = Seat {
                person: self.person,
                vocabulary,
                outlet: Arc::clone(&self.outlet),
            };
            let entry = Entry {
                key: self.key,
                seat,
                name: &name,
                bound,
                cut,
            };
            let mut welcome = |joined| answer(Ok(Welcome { joined, reset }));
            match room.join(entry, stored.as_ref(), &mut welcome) {
                Ok(()) => {
                    self.entered(room);
                    return Ok(());
                }
                Err(Obstacle::Full) => return Err(Refusal::Full("the room")),
                Err(Obstacle::Faded) => stored = None,
                Err(Obstacle::Needs(query)) => {
                    stored = Some(self.chat.read(&request.room, query).await);
                }
            }
        }
        Err(Refusal::Busy)
    }

    pub(super) async fn try_post(&self, room: &RoomName, draft: &Draft, mut waiter: Waiter) {
        for _ in 0..TRIES {
            let open = match self.chat.room(room).await {
                Ok(open) => open,
                Err(refusal) => return waiter(Err(refusal)),
            };
            match open.publish(draft, &self.author(&self.name()), waiter) {
                Ok(()) => return,
                Err((setback, unused)) => {
                    waiter = unused;
                    if matches!(setback, Setback::Crowded) {
                        self.chat.trim_rings();
                    }
                }
            }
        }
        waiter(Err(Refusal::Busy));
    }

    pub(super) async fn try_history(
        &self,
        room: &RoomName,
        key: Option<&str>,
        bound: Bound,
        limit: Option<usize>,
    ) -> Result<Page, Refusal> {
        self.allowance.request()?;
        self.unlock(room, key)?;
        let cut = self.cut(limit);
        let mut stored = None;
        for _ in 0..TRIES {
            let open = self.chat.room(room).await?;
            match open.page(bound, cut, stored.as_ref()) {
                Ok(page) => return Ok(page),
                Err(query) => stored = Some(self.chat.read(room, query).await),
            }
        }
        Err(Refusal::Busy)
    }

    pub(super) async fn try_days(
        &self,
        room: RoomName,
        key: Option<&str>,
        zone: i32,
    ) -> Result<Days, Refusal> {
        self.allowance.request()?;
        self.unlock(&room, key)?;
        let chat = Arc::clone(&self.chat);
        let days = tokio::task::spawn_blocking(move || chat.days(&room, zone)).await;
        match days {
            Ok(Ok(days)) => Ok(days),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the days of a room could not be read");
                Err(Refusal::Busy)
            }
            Err(_) => Err(Refusal::Busy),
        }
    }
}

/// How often a request is tried anew when its room has moved on meanwhile.
const TRIES: usize = 8;
