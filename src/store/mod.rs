//! The history on the card: the one module that knows sled, so that it can be replaced in a day.
//!
//! It stores opaque messages of numbered sequences ("rooms"), gives them back page by page, and
//! keeps no more of them than the configuration says. It knows neither chat nor JSON nor async:
//! [`Store::write`] is called from one thread, which waits for the card; reads may come from any
//! thread that may block.
//!
//! What is promised: when [`Store::write`] returns `Ok`, all of its batch is on the card, and no
//! power cut, kill or full disk takes it away. When it fails, any part of the batch may have been
//! stored; appending the same again under the same seq is right and counts once.
//!
//! ```text
//! mod        Store: opening, the handle, healing
//! open       the tries to open a damaged database     ballast  room to open on a full disk
//! change, write  one group, one flush                 retention  what is no longer kept
//! page       reading                                  scan  short walks over keys
//! times      where a room's quarters of an hour begin days  the days made of them
//! record     messages as keys and values              room, figures, boot  what outlives a cut
//! forget     rooms without a message                  report, error  what the caller learns
//! marks      a witness of how far each room had come  barrier  the fdatasync that sled lacks
//! ```
//!
//! In the folder: `db/` is sled's, `db.marks` the high-water marks, `db.ballast` room that is given
//! back when the disk is full, `db.corrupt-TIME/` a damaged database that was set aside. Deleting
//! single messages has its place as one more [`Change`].
//!
//! The order of locks: writer, then handle, then view. None is held while another thread is
//! waited for.

mod ballast;
mod barrier;
mod boot;
mod change;
mod days;
mod error;
mod figures;
mod forget;
mod marks;
mod open;
mod page;
mod record;
mod report;
mod retention;
mod room;
mod scan;
mod times;
mod write;

pub use boot::{BOOT_BITS, LogId};
pub use change::Change;
pub use days::{Day, Days};
pub use error::StoreError;
pub use page::{Bound, Page, Record};
pub use report::Finding;
pub use room::RoomInfo;
pub use write::NAME_BYTES;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use sled::Db;

use crate::config::History;
use error::fenced;
use marks::Marks;
use open::Count;
use room::Room;
use write::{Touched, Writer};

/// How often [`Store::write`] saves the high-water marks.
const MARKS_EVERY: Duration = Duration::from_secs(60);

/// Writes in a row that meet damage, with healing in between, until the database is set aside.
const HOPELESS: u32 = 2;

/// An open store. Clones are handles to the same one.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

/// A store just opened, and what there is to know about it.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// How often it was opened, this time included: the upper [`BOOT_BITS`] bits of every new seq.
    pub boot: u32,
    /// Its identity.
    pub log: LogId,
    /// What was found while opening.
    pub report: Vec<Finding>,
}

struct Inner {
    folder: PathBuf,
    limits: ArcSwap<History>,
    writer: Mutex<Writer>,
    /// Empty after a failed write, until the store is opened again.
    db: RwLock<Option<Db>>,
    /// The rooms as of the last flush.
    view: RwLock<HashMap<Arc<str>, Room>>,
}

impl Store {
    /// Opens the store of a folder, or makes one. The boot count has grown, durably, before this
    /// returns. With [`Finding::NoRoom`] in the report the store can be read, but not written.
    pub fn open(folder: &Path, limits: &History) -> Result<Opened, StoreError> {
        barrier::hold();
        let (writer, db) = Writer::new(open::open(folder, Count::Grow)?);
        let inner = Inner {
            folder: folder.to_owned(),
            limits: ArcSwap::from_pointee(limits.clone()),
            view: RwLock::new(view_of(&writer)),
            db: RwLock::new(Some(db)),
            writer: Mutex::new(writer),
        };
        let store = Self(Arc::new(inner));
        let mut writer = store.writer();
        match store.make_ballast(&mut writer) {
            Err(StoreError::Full) => writer.report.push(Finding::NoRoom),
            made => made?,
        }
        store.mark(&mut writer);
        let opened = store.opened(&mut writer);
        drop(writer);
        Ok(opened)
    }

    /// From the next write on so much of the past is kept.
    pub fn renew(&self, limits: &History) {
        self.0.limits.store(Arc::new(limits.clone()));
    }

    /// All rooms that have a history, in no order. Reads nothing from the disk.
    pub fn rooms(&self) -> Vec<RoomInfo> {
        let view = self.0.view.read().unwrap_or_else(PoisonError::into_inner);
        view.values().map(|room| room.info.clone()).collect()
    }

    /// One room. Reads nothing from the disk.
    pub fn room(&self, name: &str) -> Option<RoomInfo> {
        self.viewed(name).map(|room| room.info)
    }

    /// Stores a batch and waits until the card has it. Retention is part of it.
    ///
    /// After an error other than [`StoreError::TooLong`] nothing more is written until
    /// [`reopen`](Self::reopen) has succeeded.
    pub fn write(&self, batch: &[Change<'_>]) -> Result<(), StoreError> {
        Writer::check(batch)?;
        let mut writer = self.writer();
        if !self.is_open() {
            return Err(StoreError::Closed);
        }
        if !writer.has_ballast {
            return Err(StoreError::Full);
        }
        match self.with_db(|db| writer.apply(db, &self.0.limits.load(), batch)) {
            Ok(touched) => {
                writer.damaged = 0;
                self.publish(&writer, touched);
                if writer
                    .marked
                    .as_ref()
                    .is_none_or(|(at, _)| at.elapsed() >= MARKS_EVERY)
                {
                    self.mark(&mut writer);
                }
                Ok(())
            }
            Err(error) => {
                writer.damaged += u32::from(matches!(error, StoreError::Corrupt(_)));
                // sled's handle is poisoned by a failed write.
                self.let_go();
                Err(error)
            }
        }
    }

    /// Messages of a room, at most `limit` and `bytes`, but at least one. A room that nobody
    /// knows has none. To walk over a whole room, go on after the last seq while there is `more`.
    pub fn page(
        &self,
        room: &str,
        from: Bound,
        limit: usize,
        bytes: usize,
    ) -> Result<Page, StoreError> {
        self.with_db(|db| {
            loop {
                let Some(at) = self.viewed(room) else {
                    return Ok(Page::default());
                };
                let page = Page::read(db, &at, from, limit, bytes)?;
                // What was retired and deleted meanwhile is not damaged.
                if !page.damaged || self.viewed(room).is_some_and(|now| now.head == at.head) {
                    return Ok(page);
                }
            }
        })
    }

    /// Heals the store after a failed write: opens the database again if need be, and makes the
    /// ballast again. [`StoreError::Full`] says that reading works and writing does not yet. A try
    /// on a full disk writes what room there is and takes a moment: leave some seconds between.
    pub fn reopen(&self) -> Result<Opened, StoreError> {
        let mut writer = self.writer();
        // A handle can be poisoned without a write of ours: sled also writes by itself.
        if self.with_db(|db| Ok(db.flush()?)).is_err() {
            self.let_go();
        }
        let mut db = self.0.db.write().unwrap_or_else(PoisonError::into_inner);
        if db.is_none() {
            let count = Count::Keep(writer.boot);
            let opening = if writer.damaged < HOPELESS {
                open::open(&self.0.folder, count)?
            } else {
                open::begin_anew(&self.0.folder, count, "it cannot be written".into())?
            };
            let (mut anew, handle) = Writer::new(opening);
            anew.report.splice(..0, std::mem::take(&mut writer.report));
            (anew.now, anew.damaged) = (writer.now, writer.damaged % HOPELESS);
            *writer = anew;
            *db = Some(handle);
            *self.0.view.write().unwrap_or_else(PoisonError::into_inner) = view_of(&writer);
        }
        drop(db);
        self.make_ballast(&mut writer)?;
        self.mark(&mut writer);
        Ok(self.opened(&mut writer))
    }

    /// Saves the high-water marks, if they have moved. [`write`](Self::write) does so about every
    /// minute, and [`close`](Self::close) at the end.
    pub fn save_marks(&self) {
        self.mark(&mut self.writer());
    }

    /// Ends the store: nothing is written after this, by any handle.
    pub fn close(self) {
        self.save_marks();
        self.let_go();
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_db<T>(&self, work: impl FnOnce(&Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let db = self.0.db.read().unwrap_or_else(PoisonError::into_inner);
        let db = db.as_ref().ok_or(StoreError::Closed)?;
        fenced(|| work(db))
    }

    fn viewed(&self, room: &str) -> Option<Room> {
        self.0
            .view
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(room)
            .cloned()
    }

    fn is_open(&self) -> bool {
        self.0
            .db
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    fn let_go(&self) {
        let db = self
            .0
            .db
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // A poisoned handle may panic once more; it is gone either way.
        let _ = fenced(|| {
            drop(db);
            Ok(())
        });
    }

    fn make_ballast(&self, writer: &mut Writer) -> Result<(), StoreError> {
        ballast::ensure(&self.0.folder)?;
        writer.has_ballast = true;
        Ok(())
    }

    fn mark(&self, writer: &mut Writer) {
        // After a failed write the writer knows of messages that are not stored.
        if !self.is_open() {
            return;
        }
        let rooms = writer.rooms.values().map(|room| &room.info);
        let marks = Marks::of(&writer.boot, rooms);
        if writer
            .marked
            .as_ref()
            .is_some_and(|(_, saved)| *saved == marks)
        {
            return;
        }
        // The marks are a witness only: the messages are stored with or without them.
        if let Err(error) = marks.save(&self.0.folder) {
            tracing::warn!(%error, "the high-water marks of the history could not be saved");
        }
        writer.marked = Some((Instant::now(), marks));
    }

    fn publish(&self, writer: &Writer, touched: Touched) {
        let mut view = self.0.view.write().unwrap_or_else(PoisonError::into_inner);
        for name in touched.gone {
            view.remove(&name);
        }
        for number in touched.rooms {
            let room = writer.room(number);
            view.insert(room.info.name.clone(), room.clone());
        }
    }

    fn opened(&self, writer: &mut Writer) -> Opened {
        Opened {
            store: self.clone(),
            boot: writer.boot.count,
            log: writer.boot.log,
            report: std::mem::take(&mut writer.report),
        }
    }
}

fn view_of(writer: &Writer) -> HashMap<Arc<str>, Room> {
    writer
        .rooms
        .values()
        .map(|room| (room.info.name.clone(), room.clone()))
        .collect()
}

#[cfg(test)]
mod tests;
