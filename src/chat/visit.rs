//! A visit: one session of a person, whatever the door it came by. When it is dropped, the person
//! has left every room it was in by this session.

mod access;
mod entering;
mod waiting;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::network::Network;
use crate::store::{Bound, Days};

use super::Chat;
use super::archive::Waiter;
use super::draft::Draft;
use super::frame::{Outlet, RoomList, Vocabulary};
use super::name::{PersonName, RoomName};
use super::page::{Cut, Page};
use super::person::{PersonId, Token};
use super::rate::Allowance;
use super::refusal::Refusal;
use super::room::{Author, Departure, Joined, Room, SeatKey};

/// One session of a person.
pub struct Visit {
    chat: Arc<Chat>,
    key: SeatKey,
    token: Token,
    person: PersonId,
    network: Network,
    allowance: Arc<Allowance>,
    outlet: Arc<dyn Outlet>,
    rooms: Mutex<Rooms>,
}

#[derive(Default)]
struct Rooms {
    entered: Vec<Arc<Room>>,
    unlocked: Vec<RoomName>,
    over: bool,
}

/// What remains to be done before the next request of the same session may begin; `None` if the
/// request is done.
pub type Later = Option<BoxFuture<'static, ()>>;

/// Somebody wants to join a room.
#[derive(Debug)]
pub struct JoinRequest {
    /// Which one.
    pub room: RoomName,
    /// The room's key, if it asks for one.
    pub key: Option<String>,
    /// The cursor: only what came after it is wanted.
    pub since: Option<u64>,
    /// Which log the cursor belongs to, as the client remembers it.
    pub log: Option<String>,
    /// Messages wanted at most.
    pub limit: Option<usize>,
}

/// What a joiner is answered, beside what the room says.
pub struct Welcome {
    /// What the room says.
    pub joined: Joined,
    /// The cursor belongs to another log: everything starts anew.
    pub reset: bool,
}

impl Visit {
    /// Who it is.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// The secret by which the same phone is the same person again.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The chat it visits.
    pub fn chat(&self) -> &Arc<Chat> {
        &self.chat
    }

    /// The name at present.
    pub fn name(&self) -> PersonName {
        self.chat
            .people
            .name(self.person)
            .unwrap_or_else(PersonName::anonymous)
    }

    /// From now on it hears what concerns everybody in another vocabulary.
    pub fn speak(&self, vocabulary: &'static Vocabulary) {
        if let Some(ear) = self.chat.visits().get_mut(&self.key) {
            ear.vocabulary = vocabulary;
        }
    }

    /// Joins a room. `reply` is called exactly once; if it is a welcome, in the critical section
    /// that adds the member: what it queues comes before every live message.
    pub fn join(
        self: &Arc<Self>,
        request: JoinRequest,
        vocabulary: &'static Vocabulary,
        reply: impl FnOnce(Result<Welcome, Refusal>) + Send + 'static,
    ) -> Later {
        let visit = Arc::clone(self);
        later(async move {
            let mut reply = Some(reply);
            let mut answer = |result| {
                if let Some(reply) = reply.take() {
                    reply(result);
                }
            };
            if let Err(refusal) = visit.try_join(request, vocabulary, &mut answer).await {
                answer(Err(refusal));
            }
        })
    }

    /// Leaves a room. Leaving one that was not entered does nothing.
    pub fn leave(&self, room: &RoomName) {
        let mut rooms = self.rooms();
        let Some(at) = rooms
            .entered
            .iter()
            .position(|entered| entered.name() == room)
        else {
            return;
        };
        rooms
            .entered
            .swap_remove(at)
            .leave(self.key, Departure::Left);
    }

    /// Whether this session is in a room.
    pub fn is_in(&self, room: &RoomName) -> bool {
        self.rooms()
            .entered
            .iter()
            .any(|entered| entered.name() == room)
    }

    /// Posts a message. Presence in the room is not needed; its key is. The waiter is called
    /// exactly once.
    pub fn post(
        self: &Arc<Self>,
        room: RoomName,
        key: Option<&str>,
        draft: Draft,
        waiter: Waiter,
    ) -> Later {
        if let Err(refusal) = self.may_post(&room, key) {
            waiter(Err(refusal));
            return None;
        }
        let waiter = match self.chat.open_room(&room) {
            Some(open) => match open.publish(&draft, &self.author(&self.name()), waiter) {
                Ok(()) => return None,
                Err((_, waiter)) => waiter,
            },
            None => waiter,
        };
        let visit = Arc::clone(self);
        later(async move { visit.try_post(&room, &draft, waiter).await })
    }

    /// Reads a page of a room's history.
    pub fn history(
        self: &Arc<Self>,
        room: RoomName,
        key: Option<String>,
        bound: Bound,
        limit: Option<usize>,
        reply: impl FnOnce(Result<Page, Refusal>) + Send + 'static,
    ) -> Later {
        let visit = Arc::clone(self);
        later(async move { reply(visit.try_history(&room, key.as_deref(), bound, limit).await) })
    }

    /// The days of a room, in a zone so many minutes east of UTC.
    pub fn days(
        self: &Arc<Self>,
        room: RoomName,
        key: Option<String>,
        zone: i32,
        reply: impl FnOnce(Result<Days, Refusal>) + Send + 'static,
    ) -> Later {
        let visit = Arc::clone(self);
        later(async move { reply(visit.try_days(room, key.as_deref(), zone).await) })
    }

    /// Some of the persons in a room, and whether there are more.
    pub fn members(
        &self,
        room: &RoomName,
        key: Option<&str>,
        after: Option<PersonId>,
    ) -> Result<(Vec<(PersonId, PersonName)>, bool), Refusal> {
        self.allowance.request()?;
        self.unlock(room, key)?;
        Ok(self
            .chat
            .open_room(room)
            .map(|open| open.members(after))
            .unwrap_or_default())
    }

    /// The list of rooms.
    pub fn list(
        self: &Arc<Self>,
        reply: impl FnOnce(Result<RoomList, Refusal>) + Send + 'static,
    ) -> Later {
        if let Err(refusal) = self.allowance.request() {
            reply(Err(refusal));
            return None;
        }
        let chat = Arc::clone(&self.chat);
        later(async move {
            let list = tokio::task::spawn_blocking(move || chat.list()).await;
            reply(list.map_err(|_| Refusal::Busy));
        })
    }

    /// Takes another name, or the same with a number behind it. Everybody hears of it, so it counts
    /// as a message.
    pub fn rename(&self, raw: &str) -> Result<PersonName, Refusal> {
        self.chat.addresses.message(&self.allowance, self.network)?;
        let wish = PersonName::parse(raw, self.chat.config().limits.name_chars)?;
        let name = self.chat.people.rename(self.person, wish);
        self.chat.renamed(self.person, &name, self.key);
        Ok(name)
    }

    /// Says that the person began or stopped typing. Too many of these are dropped.
    pub fn typing(&self, room: &RoomName, on: bool) {
        if self.allowance.request().is_err() {
            return;
        }
        let room = self
            .rooms()
            .entered
            .iter()
            .find(|entered| entered.name() == room)
            .cloned();
        if let Some(room) = room {
            room.typing(self.person, &self.name(), self.key, on);
        }
    }

    /// The session has ended: leaves every room. Done once more when the visit is dropped, for
    /// what a request that was still under way may have entered.
    pub fn end(&self) {
        let mut rooms = self.rooms();
        rooms.over = true;
        let entered = std::mem::take(&mut rooms.entered);
        drop(rooms);
        for room in entered {
            room.leave(self.key, Departure::Vanished);
        }
        if self.chat.visits().swap_remove(&self.key).is_some() {
            self.chat.people.leave(self.person);
        }
    }

    fn entered(&self, room: Arc<Room>) {
        let mut rooms = self.rooms();
        if rooms.over {
            drop(rooms);
            room.leave(self.key, Departure::Vanished);
        } else if !rooms
            .entered
            .iter()
            .any(|entered| Arc::ptr_eq(entered, &room))
        {
            rooms.entered.push(room);
        }
    }

    fn author<'a>(&self, name: &'a PersonName) -> Author<'a> {
        Author {
            id: self.person,
            name,
            seat: self.key,
        }
    }

    fn cut(&self, limit: Option<usize>) -> Cut {
        let config = self.chat.config();
        let history = &config.history;
        let most = history.page_messages.max(1);
        Cut {
            messages: limit.unwrap_or(most).clamp(1, most),
            bytes: history.page_bytes,
        }
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.end();
    }
}

/// Goes as far as it gets without waiting; what remains is the session's to await.
pub fn later(work: impl Future<Output = ()> + Send + 'static) -> Later {
    let mut work = work.boxed();
    match (&mut work).now_or_never() {
        Some(()) => None,
        None => Some(work),
    }
}
