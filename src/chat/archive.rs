//! The one thread that writes to the store, in groups.
//!
//! It takes all that is queued, writes it, flushes once, then lets the acknowledgements go. A slow
//! card means bigger groups, never a blocked relay. While the card fails, senders are told
//! `not_stored`, what is still in the rings is tried again, and the first success heals everything.
//!
//! The queue holds only messages that a room holds too, so the rooms' bounds are its bounds. While
//! the card fails the rings let go of messages that are still queued; they do so only as long as
//! the queue is not [behind](Archive::is_behind).

mod group;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::config;
use crate::metrics::Metrics;
use crate::store::{LogId, Store};

use super::message::Message;
use super::name::RoomName;
use super::refusal::Refusal;

/// What the sender of a message is told once its fate is known. Called exactly once.
pub type Waiter = Box<dyn FnOnce(Result<Receipt, Refusal>) + Send>;

/// A message's place in its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its place in the order of the room.
    pub seq: u64,
    /// When it was posted, milliseconds since 1970.
    pub at: u64,
}

/// What the archive tells the chat. Called on its thread, with no lock held.
#[derive(Debug)]
pub enum Notice {
    /// The card began or ceased to take what it is given.
    Storing(bool),
    /// A store could be opened at last. Its numbers replace those of the makeshift log.
    Renewed {
        /// Which log the numbers belong to.
        log: LogId,
        /// The boot count that stands above the counter.
        boot: u32,
    },
}

/// The way to the thread.
pub struct Archive {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the thread works with.
pub struct Setup {
    /// The store, if it could be opened.
    pub store: Option<Store>,
    /// Where it is, or would be.
    pub folder: PathBuf,
    /// The log whose numbers are given out.
    pub log: LogId,
    /// The boot count that stands above their counter.
    pub boot: u32,
    /// Groups and retention.
    pub settings: config::History,
    /// What time it is.
    pub clock: Arc<Clock>,
    /// What the gateway counts.
    pub metrics: Arc<Metrics>,
    /// Who is told of what happens.
    pub listener: Box<dyn Fn(Notice) + Send>,
}

struct Shared {
    queue: Mutex<Queue>,
    ready: Condvar,
    group: usize,
    /// Bytes of messages in the queue above which it is behind.
    behind: usize,
    storing: AtomicBool,
    store: Mutex<Option<Store>>,
    /// How much of the past is kept.
    limits: ArcSwap<config::History>,
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Job>,
    /// Bytes of the messages in it.
    bytes: usize,
    closing: bool,
    /// Since when the thread has been at work on what it took; `None` while it waits.
    busy: Option<Instant>,
}

enum Job {
    Write {
        room: RoomName,
        message: Arc<Message>,
        waiter: Option<Waiter>,
    },
    Floor {
        room: RoomName,
        floor: u64,
    },
}

impl Archive {
    /// Starts the thread.
    pub fn start(setup: Setup) -> std::io::Result<Self> {
        let shared = Arc::new(Self::shared(&setup));
        let writer = writer::Writer::new(setup, Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name("archive".to_owned())
            .spawn(move || writer.run())?;
        Ok(Self {
            shared,
            thread: Mutex::new(Some(thread)),
        })
    }

    fn shared(setup: &Setup) -> Shared {
        Shared {
            queue: Mutex::default(),
            ready: Condvar::new(),
            group: setup.settings.group_messages.max(1),
            behind: setup.settings.ring_total_bytes,
            storing: AtomicBool::new(setup.store.is_some()),
            store: Mutex::new(setup.store.clone()),
            limits: ArcSwap::from_pointee(setup.settings.clone()),
        }
    }

    /// Hands over a message, new or once more. The waiter is told after the flush that covers it.
    pub fn write(&self, room: &RoomName, message: &Arc<Message>, waiter: Option<Waiter>) {
        self.push(Job::Write {
            room: room.clone(),
            message: Arc::clone(message),
            waiter,
        });
    }

    /// Persists with the next write that a room's messages up to `floor` are not to be had.
    pub fn raise_floor(&self, room: &RoomName, floor: u64) {
        self.push(Job::Floor {
            room: room.clone(),
            floor,
        });
    }

    /// From the next write on so much of the past is kept.
    pub fn renew(&self, limits: &config::History) {
        self.shared.limits.store(Arc::new(limits.clone()));
        if let Some(store) = self.store() {
            store.renew(limits);
        }
    }

    /// Whether the card takes what it is given.
    pub fn is_storing(&self) -> bool {
        self.shared.storing.load(Ordering::Acquire)
    }

    /// Whether the queue holds as much as all rings may: the thread has been busy for long, as with
    /// a try to open the store again.
    pub fn is_behind(&self) -> bool {
        self.shared.queue().bytes >= self.shared.behind
    }

    /// Whether the thread gets on: it waits for work, or began what it is at not too long ago. A
    /// thread that hangs in the card helps nobody any longer, and the supervisor is to know.
    pub fn is_working(&self) -> bool {
        let ended = |thread: &JoinHandle<()>| thread.is_finished();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let busy = self.shared.queue().busy;
        !thread.as_ref().is_some_and(ended) && busy.is_none_or(|since| since.elapsed() < STUCK)
    }

    /// The store for reading, if there is one. Reads block: never on an async task.
    pub fn store(&self) -> Option<Store> {
        self.shared
            .store
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Writes what is queued, saves the marks and ends the thread. Blocks until that is done.
    pub fn close(&self) {
        self.shared.queue().closing = true;
        self.shared.ready.notify_one();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the archive ended badly: what was acknowledged is on the card");
        }
    }

    fn push(&self, job: Job) {
        let mut queue = self.shared.queue();
        if queue.closing {
            drop(queue);
            if let Job::Write {
                waiter: Some(waiter),
                ..
            } = job
            {
                waiter(Err(Refusal::Busy));
            }
            return;
        }
        if let Job::Write { message, .. } = &job {
            queue.bytes += message.json.get().len();
        }
        queue.jobs.push(job);
        if queue.jobs.len() == 1 || queue.jobs.len() == self.shared.group {
            self.shared.ready.notify_one();
        }
    }
}

impl Queue {
    fn take(&mut self) -> Vec<Job> {
        self.bytes = 0;
        self.busy = Some(Instant::now());
        std::mem::take(&mut self.jobs)
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a group: until the first job has waited for `collect`, or there are enough, or
    /// `patience` is over. `None` once all is written and the archive is closing.
    fn group(&self, collect: Duration, patience: Duration) -> Option<Vec<Job>> {
        let mut queue = self.queue();
        queue.busy = None;
        let mut deadline = Instant::now() + patience;
        let mut collecting = false;
        loop {
            if queue.closing {
                return (!queue.jobs.is_empty()).then(|| queue.take());
            }
            if !queue.jobs.is_empty() && !collecting {
                collecting = true;
                deadline = Instant::now() + collect;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || queue.jobs.len() >= self.group {
                return Some(queue.take());
            }
            queue = self
                .ready
                .wait_timeout(queue, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

/// A group or a try to open the store again is done in seconds; a worn card can take many for one
/// flush, and a large store minutes for being checked: the unit's `TimeoutStartSec` gives the same
/// check at the start as long. What takes longer than this does not end.
const STUCK: Duration = if cfg!(test) {
    Duration::from_millis(200)
} else {
    Duration::from_secs(300)
};
