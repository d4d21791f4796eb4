//! What the board under the gateway tells about itself, in small files that others write.
//!
//! `notices.json` has what its owner should know, `radio.json` how many phones are on its Wi-Fi and
//! how many it can take. They lie in `board.folder` and are looked at every few seconds; what is
//! damaged in them costs one line of the log and no more.

mod file;
mod notice;
mod radio;

pub use file::{LARGEST, Watched};
pub use notice::{Level, MOST, Notice};
pub use radio::{Crowding, Radio};

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// What the board has told last.
#[derive(Debug, Default)]
pub struct Beacon(Mutex<Option<Radio>>);

impl Beacon {
    /// How full the Wi-Fi is, if the board tells.
    pub fn radio(&self) -> Option<Radio> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, radio: Option<&Radio>) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *told = radio.cloned();
    }

    /// Looks into `folder` until `stop`, and hands on the notices whenever they are others.
    pub async fn keep(
        &self,
        folder: &Path,
        mut tell: impl FnMut(Vec<Notice>),
        stop: CancellationToken,
    ) {
        let mut files = Files::of(folder);
        let mut told = Vec::new();
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {}
            }
            let Ok(looked) = tokio::task::spawn_blocking(move || files.look()).await else {
                return;
            };
            files = looked;
            self.set(files.radio.value.as_ref());
            let notices = files.notices(Instant::now());
            if notices != told {
                tell(notices.clone());
                told = notices;
            }
        }
    }
}

/// The files, and what is made of them.
struct Files {
    notices: Watched<Vec<Notice>>,
    radio: Watched<Option<Radio>>,
    crowding: Crowding,
}

impl Files {
    fn of(folder: &Path) -> Self {
        Self {
            notices: Watched::new(folder.join("notices.json"), notice::parse),
            radio: Watched::new(folder.join("radio.json"), radio::parse),
            crowding: Crowding::default(),
        }
    }

    /// Reads what has changed.
    fn look(mut self) -> Self {
        self.notices.look();
        self.radio.look();
        self
    }

    /// What is to be said: the owner's notices, and one about the Wi-Fi if it is (nearly) full.
    fn notices(&mut self, now: Instant) -> Vec<Notice> {
        let crowded = self.crowding.observe(self.radio.value.as_ref(), now);
        let mut notices = self.notices.value.clone();
        notices.extend(crowded);
        notices
    }
}

/// How often the files are looked at: `stat` of a file in memory costs nothing worth counting.
const LOOK_EVERY: Duration = Duration::from_secs(2);
