//! What time it is, as far as a board without a clock battery can tell.
//!
//! Time is for people and for certificates: nothing is ordered by it (that is what `seq` is for).
//! The clock never tells a time before the build or before the one that was last saved, so it does
//! not run backwards over a restart; until the system's clock has caught up it goes on from there
//! and says that it is not to be trusted.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio_util::sync::CancellationToken;

use crate::folder::{Access, Folder};

/// The clock of one gateway.
#[derive(Debug)]
pub struct Clock {
    folder: Folder,
    /// Milliseconds since 1970 that had certainly passed when the clock was opened.
    floor_ms: u64,
    opened: Instant,
    system: fn() -> u64,
}

/// A point in time and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub ms: u64,
    /// Whether the system's clock is believable. If not, `ms` is a guess that is too early.
    pub trusted: bool,
}

impl Clock {
    /// A clock for the tests of floors that know no folder.
    #[cfg(test)]
    pub(crate) fn of_tests(path: &std::path::Path) -> Self {
        Self::open(&Folder::open(path).expect("a folder of the test's own"))
    }

    /// Opens the clock with the time that was last saved in `folder`.
    pub fn open(folder: &Folder) -> Self {
        Self::with_system(folder, system_ms)
    }

    fn with_system(folder: &Folder, system: fn() -> u64) -> Self {
        let saved_ms = match folder.read(FILE) {
            Ok(content) => content.as_deref().and_then(parse).unwrap_or(0),
            Err(error) => {
                tracing::warn!(%error, "the time last saved cannot be read");
                0
            }
        };
        Self {
            folder: folder.clone(),
            floor_ms: saved_ms.max(BUILD_MS),
            opened: Instant::now(),
            system,
        }
    }

    /// The time now.
    pub fn now(&self) -> Moment {
        let ms = (self.system)();
        if ms >= self.floor_ms {
            return Moment { ms, trusted: true };
        }
        let passed = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        Moment {
            ms: self.floor_ms.saturating_add(passed),
            trusted: false,
        }
    }

    /// Milliseconds since 1970; never before the build or the time last saved.
    pub fn now_ms(&self) -> u64 {
        self.now().ms
    }

    /// Whether the system's clock is believable.
    pub fn trusted(&self) -> bool {
        self.now().trusted
    }

    /// Saves the time, so that the next start does not fall behind it.
    pub fn save(&self) -> io::Result<()> {
        let now = format!("{}\n", self.now_ms());
        self.folder.write(FILE, now.as_bytes(), Access::Everybody)
    }

    /// Saves the time every hour, and once more when `stop` is cancelled.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        let mut hours = tokio::time::interval(SAVE_EVERY);
        loop {
            let stopping = tokio::select! {
                () = stop.cancelled() => true,
                _ = hours.tick() => false,
            };
            let clock = Arc::clone(&self);
            let saved = tokio::task::spawn_blocking(move || clock.save()).await;
            if let Ok(Err(error)) = saved {
                tracing::warn!(%error, "the time cannot be saved");
            }
            if stopping {
                return;
            }
        }
    }
}

/// Milliseconds since 1970 at which this program was built: no clock that tells less is right.
pub const BUILD_MS: u64 = build_seconds() * 1_000;

/// A saved time that lies further than this behind the build is a damaged file, not a time: the
/// local CA lives ten years, and a board is not older than a few of them.
const BELIEVABLE_MS: u64 = 50 * 365 * 24 * 3_600 * 1_000;

/// A board that loses its power loses at most this much time.
const SAVE_EVERY: Duration = Duration::from_secs(3_600);

const FILE: &str = "clock";

const fn build_seconds() -> u64 {
    if let Some(text) = option_env!("MADANG_BUILD_TIME")
        && let Ok(seconds) = u64::from_str_radix(text, 10)
    {
        return seconds;
    }
    // 1 January 2026: the year in which madang was begun.
    1_767_225_600
}

fn parse(content: &[u8]) -> Option<u64> {
    let ms: u64 = std::str::from_utf8(content).ok()?.trim().parse().ok()?;
    (ms < BUILD_MS + BELIEVABLE_MS).then_some(ms)
}

fn system_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_MS: u64 = 365 * 24 * 3_600 * 1_000;

    fn folder() -> (tempfile::TempDir, Folder) {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::open(temp.path()).unwrap();
        (temp, folder)
    }

    #[test]
    fn a_board_that_starts_in_1970_goes_on_from_the_time_last_saved_and_is_not_trusted() {
        let (_temp, folder) = folder();
        let right = Clock::with_system(&folder, || BUILD_MS + YEAR_MS);
        assert_eq!(
            right.now(),
            Moment {
                ms: BUILD_MS + YEAR_MS,
                trusted: true
            }
        );
        right.save().unwrap();

        let lost = Clock::with_system(&folder, || 0);
        assert!(lost.now_ms() >= BUILD_MS + YEAR_MS);
        assert!(!lost.trusted());
    }

    #[test]
    fn without_a_saved_time_it_is_not_before_the_build() {
        let (_temp, folder) = folder();
        let lost = Clock::with_system(&folder, || 0);
        assert!(lost.now_ms() >= BUILD_MS && !lost.trusted());
    }

    #[test]
    fn a_damaged_file_is_no_time() {
        let (_temp, folder) = folder();
        for damage in [&b"99999999999999999"[..], b"\xff\x00", b""] {
            folder.write(FILE, damage, Access::Everybody).unwrap();
            let clock = Clock::with_system(&folder, || BUILD_MS + 1);
            assert_eq!(
                clock.now(),
                Moment {
                    ms: BUILD_MS + 1,
                    trusted: true
                }
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_is_saved_when_the_gateway_stops() {
        let (_temp, folder) = folder();
        let clock = Arc::new(Clock::with_system(&folder, || BUILD_MS + 7));
        let stop = CancellationToken::new();
        stop.cancel();
        clock.keep(stop).await;
        assert_eq!(
            parse(&folder.read(FILE).unwrap().unwrap()),
            Some(BUILD_MS + 7)
        );
    }
}
