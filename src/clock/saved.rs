//! What the next start goes on from, and when that is written down.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::{Clock, LATEST_MS, since};
use crate::folder::Access;

/// What a start goes on from; 0 if there is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Saved {
    /// What had certainly passed.
    pub(super) certain_ms: u64,
    /// What was told: more, where that rests on phones.
    pub(super) told_ms: u64,
}

impl Saved {
    /// `CERTAIN TOLD`; earlier versions had no second number.
    pub(super) fn parse(content: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(content).ok()?;
        let mut numbers = text.split_whitespace().map(str::parse::<u64>);
        let certain_ms = numbers.next()?.ok()?;
        let told_ms = numbers.next().and_then(Result::ok).unwrap_or(certain_ms);
        (certain_ms < LATEST_MS).then_some(Self {
            certain_ms,
            told_ms,
        })
    }

    /// As the line of the file.
    fn line(&self) -> String {
        format!("{} {}\n", self.certain_ms, self.told_ms)
    }
}

impl Clock {
    /// What the next start should go on from: what has certainly passed, and what is told where that
    /// rests on phones.
    fn lasting(&self) -> Saved {
        let certain_ms = self.certain_ms();
        let told_ms = if self.is_vouched((self.system)()) {
            certain_ms
        } else {
            self.now_ms()
        };
        Saved {
            certain_ms,
            told_ms,
        }
    }

    /// Whether the time has leapt, so that a pulled plug would lose more of it than it may.
    fn leapt(&self) -> bool {
        let lasting = self.lasting();
        let (state, now) = (self.state(), Instant::now());
        let far = |saved, lasting: u64| {
            let by = since(saved, state.saved_at, now).abs_diff(lasting);
            u128::from(by) > SAVE_EVERY.as_millis()
        };
        far(state.saved.certain_ms, lasting.certain_ms) || far(state.saved.told_ms, lasting.told_ms)
    }

    /// Saves the time, so that the next start does not fall behind.
    pub fn save(&self) -> io::Result<()> {
        let lasting = self.lasting();
        {
            // Before it is done: a card that fails is not to be tried all the time.
            let mut state = self.state();
            (state.saved, state.saved_at) = (lasting, Instant::now());
        }
        self.folder
            .write(FILE, lasting.line().as_bytes(), Access::Everybody)
    }

    /// Saves the time every hour, when it has leapt, and once more when `stop` is cancelled;
    /// meanwhile asks who vouches for it.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        let mut hours = tokio::time::interval(SAVE_EVERY);
        let mut asks = tokio::time::interval(ASK_EVERY);
        loop {
            let (saves, stopping) = tokio::select! {
                () = stop.cancelled() => (true, true),
                _ = hours.tick() => (true, false),
                _ = asks.tick() => (false, false),
            };
            let idle = self.vouched.load(Ordering::Relaxed) && !self.leapt();
            if idle && !saves {
                continue;
            }
            let clock = Arc::clone(&self);
            let work = move || {
                clock.ask();
                if saves || clock.leapt() {
                    clock.save()
                } else {
                    Ok(())
                }
            };
            if let Ok(Err(error)) = tokio::task::spawn_blocking(work).await {
                tracing::warn!(%error, "the time cannot be saved");
            }
            if stopping {
                return;
            }
        }
    }
}

/// A board that loses its power loses at most this much time, and the seconds until somebody asks. The
/// newest message is no better: its time may have been the phones'.
const SAVE_EVERY: Duration = Duration::from_secs(3_600);

/// How often it is asked who vouches for the system's clock, until somebody has, and whether the time
/// has leapt.
const ASK_EVERY: Duration = Duration::from_secs(5);

pub(super) const FILE: &str = "clock";

#[cfg(test)]
mod tests {
    use super::super::tests::{YEAR_MS, folder, on_board, phone, saved};
    use super::super::{BUILD_MS, Moment, Witness};
    use super::*;

    #[test]
    fn a_damaged_file_is_no_time() {
        let (_temp, folder) = folder();
        for damage in [
            &b"99999999999999999"[..],
            (BUILD_MS + 21 * YEAR_MS).to_string().as_bytes(),
            b"\xff\x00",
            b"",
        ] {
            folder.write(FILE, damage, Access::Everybody).unwrap();
            let clock = Clock::with_system(&folder, || BUILD_MS + 1, true);
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
        let clock = Arc::new(Clock::with_system(&folder, || BUILD_MS + 7, true));
        let stop = CancellationToken::new();
        stop.cancel();
        clock.keep(stop).await;
        assert_eq!(saved(&folder).unwrap().certain_ms, BUILD_MS + 7);
    }

    /// As long as tasks that nobody waits for take to come to a turn of `period`.
    async fn after(period: Duration) {
        tokio::time::sleep(period + Duration::from_millis(1)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_is_saved_every_hour() {
        let (_temp, folder) = folder();
        let clock = Arc::new(Clock::with_system(&folder, || BUILD_MS + 7, true));
        let kept = tokio::spawn(clock.keep(CancellationToken::new()));
        for _ in 0..3 {
            after(ASK_EVERY).await;
            assert_eq!(saved(&folder).unwrap().certain_ms, BUILD_MS + 7);
            folder.remove(FILE).unwrap();
            after(SAVE_EVERY / 2).await;
            assert_eq!(saved(&folder), None, "only then");
            after(SAVE_EVERY / 2).await;
        }
        kept.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_network_that_comes_later_is_believed_and_the_time_saved_at_once() {
        let ((temp, folder), right) = (folder(), BUILD_MS + YEAR_MS);
        let clock = Arc::new(Clock {
            witness: Witness::under(temp.path()),
            ..on_board(&folder)
        });
        let kept = tokio::spawn(Arc::clone(&clock).keep(CancellationToken::new()));
        after(2 * ASK_EVERY).await;
        assert!(!clock.trusted() && saved(&folder).unwrap().certain_ms < right);
        let mark = temp.path().join("run/systemd/timesync");
        std::fs::create_dir_all(&mark).unwrap();
        std::fs::write(mark.join("synchronized"), "").unwrap();
        after(2 * ASK_EVERY).await;
        assert!(clock.trusted());
        assert_eq!(saved(&folder).unwrap().certain_ms, right);
        kept.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn what_phones_agree_on_is_saved_at_once_and_once() {
        let ((_temp, folder), noon) = (folder(), BUILD_MS + 2 * YEAR_MS);
        let clock = Arc::new(on_board(&folder));
        let kept = tokio::spawn(Arc::clone(&clock).keep(CancellationToken::new()));
        after(ASK_EVERY).await;
        for last in 0..3 {
            clock.hear(phone(last), &[last], noon);
        }
        after(2 * ASK_EVERY).await;
        assert!(saved(&folder).unwrap().told_ms >= noon);
        folder.remove(FILE).unwrap();
        after(SAVE_EVERY / 2).await;
        assert_eq!(saved(&folder), None, "a card is not written for nothing");
        kept.abort();
    }
}
