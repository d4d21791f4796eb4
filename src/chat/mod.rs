//! The chat: rooms, persons, history. It knows nothing of wires; doors translate.
//!
//! A room is an ordered log. What is posted is numbered, encoded once, pushed to everybody present
//! and handed to the archive, all under the room's one lock; it is acknowledged when the card has
//! it. Whoever comes late, slept, was too slow or lost its gateway asks for what came after its
//! cursor: one way back for all.

pub mod archive;
mod days;
pub mod draft;
pub mod frame;
mod keeper;
mod listing;
pub mod message;
pub mod name;
mod opening;
pub mod page;
pub mod people;
pub mod person;
pub mod rate;
pub mod recent;
pub mod refusal;
pub mod ring;
pub mod room;
pub mod shared;
pub mod visit;

pub use draft::{Draft, MessageKey};
pub use frame::{
    Announcement, Event, Frame, LastLine, Outlet, Person, RoomList, RoomSummary, Scene, Vocabulary,
    Weight,
};
pub use name::{PersonName, RoomName};
pub use person::{PersonId, Token};
pub use refusal::Refusal;
pub use visit::{JoinRequest, Later, Visit};

pub use crate::store::{Bound, Day, Days};

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use indexmap::IndexMap;
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::beacon::Notice;
use crate::clock::Clock;
use crate::config::{Config, Now};
use crate::metrics::Metrics;
use crate::network::Network;
use crate::store::{LogId, Store, StoreError};

use archive::{Archive, Setup};
use frame::Frames;
use listing::LastLines;
use people::People;
use rate::Addresses;
use room::{Room, SeatKey};
use shared::Shared;

/// All rooms and everybody in them.
pub struct Chat {
    shared: Arc<Shared>,
    rooms: Mutex<HashMap<RoomName, Arc<Room>>>,
    people: People,
    addresses: Addresses,
    visits: Mutex<IndexMap<SeatKey, Ear>>,
    last_lines: LastLines,
    last_key: AtomicU64,
    log: RwLock<LogId>,
    notices: RwLock<Arc<[Notice]>>,
    closing: AtomicBool,
    keeper: (TaskTracker, CancellationToken),
}

/// One session that hears what concerns everybody.
struct Ear {
    vocabulary: &'static Vocabulary,
    outlet: Arc<dyn Outlet>,
}

/// How the chat fares.
#[derive(Debug, serde::Serialize)]
pub struct Vitals {
    /// Whether the card takes what it is given.
    pub storing: bool,
    /// Whether the archive gets on: `false` once it has hung in the card for minutes.
    pub working: bool,
    /// Whether the clock is to be trusted.
    pub clock: bool,
    /// Rooms in memory.
    pub rooms: usize,
    /// Rooms that have a history.
    pub rooms_stored: usize,
    /// Sessions that are in.
    pub visits: usize,
    /// Bytes of recent messages in memory.
    pub ring_bytes: usize,
}

impl Chat {
    /// Opens the store in `folder` and starts the archive.
    ///
    /// A store that cannot be opened does not stop the gateway: it relays without storing, says so,
    /// and tries again. Only a store that another process holds is an error, and a machine that
    /// gives no thread.
    pub fn start(
        config: Arc<Config>,
        clock: Arc<Clock>,
        metrics: Arc<Metrics>,
        folder: &Path,
    ) -> Result<Arc<Self>, StoreError> {
        let config = with_names(Arc::unwrap_or_clone(config));
        let opened = match Store::open(folder, &config.history) {
            Ok(opened) => Some(opened),
            Err(StoreError::Locked) => return Err(StoreError::Locked),
            Err(error) => {
                tracing::error!(%error, "running without a history");
                None
            }
        };
        for finding in opened.iter().flat_map(|opened| &opened.report) {
            tracing::warn!("{finding}");
        }
        let (log, boot) = match &opened {
            Some(opened) => (opened.log, opened.boot),
            None => (LogId::random().map_err(StoreError::Io)?, 0),
        };
        let store = opened.map(|opened| opened.store);
        let chat = Arc::new(Self {
            people: People::new(&config.limits),
            addresses: Addresses::new(&config.limits),
            rooms: Mutex::default(),
            visits: Mutex::default(),
            last_lines: LastLines::default(),
            last_key: AtomicU64::new(0),
            log: RwLock::new(log),
            notices: RwLock::default(),
            closing: AtomicBool::new(false),
            keeper: (TaskTracker::new(), CancellationToken::new()),
            shared: Arc::new(Shared::new(config, clock, metrics, boot)),
        });
        let rooms = store.as_ref().map(Store::rooms).unwrap_or_default();
        chat.shared.rooms_stored.set(rooms.len());
        let archive = chat
            .start_archive(store, folder, (log, boot))
            .map_err(StoreError::Io)?;
        chat.shared.set_archive(archive);
        chat.keeper
            .0
            .spawn(keeper::keep(Arc::downgrade(&chat), chat.keeper.1.clone()));
        Ok(chat)
    }

    /// Refuses whoever does not have the entry code, if there is one.
    pub fn admit(&self, network: Network, code: Option<&str>) -> Result<(), Refusal> {
        let config = self.config();
        let Some(wanted) = &config.access.code else {
            return Ok(());
        };
        match code {
            None => Err(Refusal::Unauthorized),
            Some(code) => {
                self.addresses
                    .attempt(network, same(code, wanted), Refusal::Unauthorized)
            }
        }
    }

    /// Which log the numbers belong to.
    pub fn log(&self) -> LogId {
        *self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The gateway's clock, milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        self.shared.clock.now_ms()
    }

    /// What everybody should know of the board at present.
    pub fn notices(&self) -> Arc<[Notice]> {
        Arc::clone(&self.notices.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What everybody should know from now on: those present are told what is new of it, and what
    /// is over.
    pub fn notify(&self, notices: Vec<Notice>) {
        let now: Arc<[Notice]> = notices.into();
        let told = {
            let mut told = self.notices.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *told, Arc::clone(&now))
        };
        let over = told.iter().filter(|notice| !now.contains(notice));
        let new = now.iter().filter(|notice| !told.contains(notice));
        for (notice, over) in over.map(|n| (n, true)).chain(new.map(|n| (n, false))) {
            self.announce(Announcement::Notice { notice, over });
        }
    }

    /// Every setting, as it is at the moment.
    pub fn config(&self) -> Now {
        self.shared.config.now()
    }

    /// Goes on with these settings. Who is in stays in, whatever the code and the keys are now.
    pub fn renew(&self, config: Config) {
        self.shared.renew(with_names(config));
    }

    /// How the chat fares.
    pub fn vitals(&self) -> Vitals {
        Vitals {
            storing: self.shared.archive().is_storing(),
            working: self.shared.archive().is_working(),
            clock: self.shared.clock.trusted(),
            rooms: self.rooms().len(),
            rooms_stored: self.shared.rooms_stored.count(),
            visits: self.visits().len(),
            ring_bytes: self.shared.ring_total.load(Ordering::Relaxed),
        }
    }

    /// Takes no more messages, writes what was taken, and closes the store. The clients have been
    /// sent away before.
    pub async fn close(self: &Arc<Self>) {
        self.closing.store(true, Ordering::Release);
        self.keeper.1.cancel();
        self.keeper.0.close();
        self.keeper.0.wait().await;
        let chat = Arc::clone(self);
        if let Err(error) = tokio::task::spawn_blocking(move || chat.shared.archive().close()).await
        {
            tracing::error!(%error, "the archive did not close");
        }
    }

    /// Tells everybody how the gateway fares.
    fn tell_state(&self, storing: bool) {
        let now = self.shared.clock.now();
        self.announce(Announcement::Gateway {
            storing,
            clock: now.trusted,
            now: now.ms,
        });
    }

    /// Tells everybody who speaks the words for it.
    fn announce(&self, announcement: Announcement<'_>) {
        let mut frames = Frames::new(
            |vocabulary| (vocabulary.announcement)(announcement),
            Weight::Passing,
        );
        for ear in self.visits().values() {
            frames.deliver(ear.vocabulary, &*ear.outlet);
        }
    }

    fn start_archive(
        self: &Arc<Self>,
        store: Option<Store>,
        folder: &Path,
        (log, boot): (LogId, u32),
    ) -> io::Result<Archive> {
        let chat = Arc::downgrade(self);
        Archive::start(Setup {
            store,
            folder: folder.to_owned(),
            log,
            boot,
            settings: self.config().history.clone(),
            clock: Arc::clone(&self.shared.clock),
            metrics: Arc::clone(&self.shared.metrics),
            listener: Box::new(move |notice| {
                if let Some(chat) = chat.upgrade() {
                    chat.hear(&notice);
                }
            }),
        })
    }

    /// What the archive has to say.
    fn hear(&self, notice: &archive::Notice) {
        match *notice {
            archive::Notice::Storing(storing) => {
                self.tell_state(storing);
            }
            archive::Notice::Renewed { log, boot } => {
                *self.log.write().unwrap_or_else(PoisonError::into_inner) = log;
                self.shared.sequence.advance(boot);
                for (_, room) in self.rooms().drain() {
                    room.abandon();
                }
                // They come back with a cursor of the makeshift log and are told so.
                // Without the lock: a door may end the visit at once.
                let ears = self.visits();
                let outlets: Vec<_> = ears.values().map(|ear| Arc::clone(&ear.outlet)).collect();
                drop(ears);
                for outlet in outlets {
                    outlet.recall();
                }
            }
        }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<RoomName, Arc<Room>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn visits(&self) -> MutexGuard<'_, IndexMap<SeatKey, Ear>> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts the settings of single rooms under the names that the rooms have, however the operator has
/// typed them: a key for a room that cannot be would lock nothing.
fn with_names(mut config: Config) -> Config {
    fn named<T>(rooms: &mut BTreeMap<String, T>) {
        let typed = std::mem::take(rooms).into_iter();
        *rooms = typed
            .map(
                |(typed, value)| match RoomName::parse(&typed, typed.len()) {
                    Ok(name) => (name.as_str().to_owned(), value),
                    Err(_) => (typed, value),
                },
            )
            .collect();
    }
    named(&mut config.access.keys);
    named(&mut config.history.rooms);
    config
}

/// Compares secrets in constant time, so far as their lengths do not tell.
fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// Who is back within this time was never away.
pub const LINGER: Duration = Duration::from_secs(10);
