//! The card under the data folder: how much is written to it, and how long it will bear that.
//!
//! Cheap cards die of writing. What the kernel counts for the whole disk is added up over all starts
//! in the file `card` of the data folder, which is itself written only once an hour.

mod disk;
mod wear;

pub use wear::Wear;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use crate::folder::{Access, Folder};

use disk::{Disk, own_bytes};
use wear::Tally;

/// The card that is watched.
#[derive(Debug)]
pub struct Card {
    folder: Folder,
    /// None under a file system in memory, or on several disks.
    disk: Option<Disk>,
    cycles: u32,
    watched: Mutex<(Tally, Instant)>,
}

impl Card {
    /// The card on which the data folder lies. `cycles`: how often it can be written full.
    pub fn open(folder: &Folder, cycles: u32) -> Self {
        Self::open_in(folder, cycles, Path::new("/sys"))
    }

    fn open_in(folder: &Folder, cycles: u32, sys: &Path) -> Self {
        let saved = folder.read(FILE).ok().flatten();
        let tally = saved.as_deref().and_then(Tally::parse).unwrap_or_default();
        let card = Self {
            folder: folder.clone(),
            disk: Disk::under(folder.path(), sys),
            cycles,
            watched: Mutex::new((tally, Instant::now())),
        };
        card.look();
        card
    }

    /// How it fares, as of the last look; `None` where that cannot be known.
    pub fn wear(&self) -> Option<Wear> {
        let disk = self.disk.as_ref()?;
        let tally = self.watched().0;
        Some(Wear {
            device: disk.name.clone(),
            capacity: disk.capacity,
            bytes: tally.bytes,
            seconds: tally.seconds,
            own_bytes: own_bytes(),
            bytes_per_day: tally.bytes_per_day(),
            life_days: tally.life_days(self.cycles),
        })
    }

    /// Adds up what was written since the last look.
    fn look(&self) {
        let Some(disk) = &self.disk else { return };
        let Some(counter) = disk.written() else {
            return;
        };
        let (tally, since) = &mut *self.watched();
        // The rest of a second is not lost.
        let passed = since.elapsed().as_secs();
        *since += Duration::from_secs(passed);
        tally.look(counter, passed, disk.capacity);
    }

    fn watched(&self) -> MutexGuard<'_, (Tally, Instant)> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks every few minutes until `stop`; saves once an hour, logs once a day and when the rate is
    /// first known, and both at the end.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        if self.disk.is_none() {
            return;
        }
        let mut looks = interval(LOOK_EVERY);
        let mut logged = false;
        for round in 1_u32.. {
            let stopping = tokio::select! {
                () = stop.cancelled() => true,
                _ = looks.tick() => false,
            };
            let card = Arc::clone(&self);
            let work = move || {
                card.look();
                if stopping || round % LOOKS_A_SAVE == 0 {
                    card.save();
                }
            };
            let _ = tokio::task::spawn_blocking(work).await;
            let known = self.wear().is_some_and(|wear| wear.bytes_per_day.is_some());
            if stopping || round % LOOKS_A_DAY == 0 || known && !logged {
                self.log();
                logged = known;
            }
            if stopping {
                return;
            }
        }
    }

    fn save(&self) {
        let line = self.watched().0.write();
        let saved = self.folder.write(FILE, line.as_bytes(), Access::Everybody);
        if let Err(error) = saved {
            tracing::warn!(%error, "what was written to the card cannot be saved");
        }
    }

    fn log(&self) {
        let Some(wear) = self.wear() else { return };
        tracing::info!(
            device = wear.device,
            bytes_per_day = wear.bytes_per_day,
            own_bytes = wear.own_bytes,
            watched_hours = wear.seconds / 3_600,
            life_days = wear.life_days,
            cycles = self.cycles,
            "what is written to the card, by all that runs here"
        );
    }
}

const FILE: &str = "card";
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// Every hour: a pulled plug loses no more of the measurement, and most boxes end by that.
const LOOKS_A_SAVE: u32 = 6;
const LOOKS_A_DAY: u32 = 144;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    use super::*;

    /// A `/sys` in which `data` lies on a card.
    fn sys(temp: &Path, data: &Path, sectors_written: u64) {
        let device = fs::metadata(data).unwrap().dev();
        let number = format!("{}:{}", libc::major(device), libc::minor(device));
        let card = temp.join("dev/block").join(number);
        fs::create_dir_all(&card).unwrap();
        fs::write(card.join("size"), "62500000\n").unwrap();
        fs::write(
            card.join("stat"),
            format!("1 2 3 4 5 6 {sectors_written} 8"),
        )
        .unwrap();
    }

    #[tokio::test]
    async fn what_was_written_is_added_up_over_starts() {
        let (temp, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folder = Folder::open(data.path()).unwrap();
        let open = |sectors| {
            sys(temp.path(), data.path(), sectors);
            Arc::new(Card::open_in(&folder, 300, temp.path()))
        };
        let bytes = |card: &Card| card.wear().unwrap().bytes;
        let first = open(1_000);
        assert_eq!(
            (bytes(&first), first.wear().unwrap().capacity),
            (0, 32_000_000_000)
        );
        sys(temp.path(), data.path(), 1_500);
        let stop = CancellationToken::new();
        stop.cancel();
        Arc::clone(&first).keep(stop).await;
        assert_eq!(bytes(&first), 500 * 512, "looked at when it stops");
        assert_eq!(bytes(&open(1_700)), 700 * 512, "the machine has run on");
        assert_eq!(bytes(&open(100)), 600 * 512, "the machine has started anew");
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_looked_at_and_saved_while_it_runs_since_most_boxes_end_by_their_plug() {
        let (temp, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folder = Folder::open(data.path()).unwrap();
        sys(temp.path(), data.path(), 1_000);
        let card = Arc::new(Card::open_in(&folder, 300, temp.path()));
        let kept = tokio::spawn(Arc::clone(&card).keep(CancellationToken::new()));
        sys(temp.path(), data.path(), 1_500);
        tokio::time::sleep(LOOK_EVERY + Duration::from_secs(1)).await;
        assert_eq!(card.wear().unwrap().bytes, 500 * 512);
        assert_eq!(folder.read(FILE).unwrap(), None, "rarely");
        tokio::time::sleep(LOOK_EVERY * LOOKS_A_SAVE).await;
        kept.abort();
        let saved = Tally::parse(&folder.read(FILE).unwrap().unwrap()).unwrap();
        assert_eq!(saved.bytes, 500 * 512);
    }

    #[test]
    fn where_there_is_no_card_nothing_is_told() {
        let (temp, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folder = Folder::open(data.path()).unwrap();
        assert_eq!(Card::open_in(&folder, 300, temp.path()).wear(), None);
    }
}
