//! What time it is, as far as a board without a clock battery can tell.
//!
//! Time is for people and for certificates: nothing is ordered by it (that is what `seq` is for).
//! The clock never runs backwards: it tells no time before the build, before the one that was last
//! saved, or before one that it has told. Where the system's clock is behind that it goes on by
//! itself and says that it is not to be trusted; so it does on a board whose system has neither a
//! clock chip nor the network to know the time from. Then the phones are asked (`phones`): what
//! most of them agree on moves the clock forwards and makes it trusted, until somebody vouches for
//! the system's. The next start goes on from there, but as a guess: the first who knows better, be it
//! a chip, the network or phones again, may take it back.
//!
//! What phones say is for people. It is not [certain](Clock::certain_ms): no message is removed by it,
//! and certificates follow it only so far.

mod phones;
mod saved;
mod witness;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::folder::Folder;
use crate::network::Network;

use phones::{AGREE_MS, Phones};
use saved::Saved;
use witness::Witness;

/// The clock of one gateway.
#[derive(Debug)]
pub struct Clock {
    folder: Folder,
    system: fn() -> u64,
    witness: Witness,
    /// Somebody vouches for the system's clock.
    vouched: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The time that was told last …
    ms: u64,
    /// … and when that was.
    at: Instant,
    /// What had certainly passed, whatever phones say …
    certain_ms: u64,
    /// … and when that was known.
    certain_at: Instant,
    /// Most phones agree with what is told.
    agreed: bool,
    /// What is told goes on from what phones of an earlier start agreed on.
    guess: bool,
    /// What was saved last, or was to be …
    saved: Saved,
    /// … and when that was.
    saved_at: Instant,
    phones: Phones,
}

/// A point in time and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub ms: u64,
    /// Whether it is believable. If not, `ms` is a guess, most likely too early.
    pub trusted: bool,
}

impl Clock {
    /// A clock for the tests of floors that know no folder.
    #[cfg(test)]
    pub(crate) fn of_tests(path: &std::path::Path) -> Self {
        Self::open(&Folder::open(path).expect("a folder of the test's own"))
    }

    /// Opens the clock with the time that was last saved in `folder`, on a machine whose clock is
    /// believed as long as it is not behind that.
    pub fn open(folder: &Folder) -> Self {
        Self::with_system(folder, system_ms, true)
    }

    /// The same on a board whose clock nobody may have set: it is believed as soon as a clock chip
    /// or the network vouches for it. `root`: where the machine's `/sys` and `/run` are.
    pub fn open_on_board(folder: &Folder, root: &Path) -> Self {
        let clock = Self {
            witness: Witness::under(root),
            ..Self::with_system(folder, system_ms, false)
        };
        clock.ask();
        clock
    }

    fn with_system(folder: &Folder, system: fn() -> u64, vouched: bool) -> Self {
        let saved = match folder.read(saved::FILE) {
            Ok(content) => content
                .as_deref()
                .and_then(Saved::parse)
                .unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%error, "the time last saved cannot be read");
                Saved::default()
            }
        };
        let (certain_ms, at) = (saved.certain_ms.max(BUILD_MS), Instant::now());
        let furthest = certain_ms.saturating_add(FURTHEST_MS);
        let ms = saved.told_ms.min(furthest).max(certain_ms);
        Self {
            folder: folder.clone(),
            system,
            witness: Witness::under(Path::new("/")),
            vouched: AtomicBool::new(vouched),
            state: Mutex::new(State {
                ms,
                at,
                certain_ms,
                certain_at: at,
                agreed: false,
                guess: ms > certain_ms,
                saved,
                saved_at: at,
                phones: Phones::default(),
            }),
        }
    }

    /// The time now.
    pub fn now(&self) -> Moment {
        self.tell(&mut self.state(), Instant::now())
    }

    /// Milliseconds since 1970; never before the build, the time last saved or one told before.
    pub fn now_ms(&self) -> u64 {
        self.now().ms
    }

    /// Whether the time is believable.
    pub fn trusted(&self) -> bool {
        self.now().trusted
    }

    /// Milliseconds since 1970 that have certainly passed: by the build, the time last saved, the
    /// system's clock where somebody vouches for it, and what has gone by since. Never by phones.
    pub fn certain_ms(&self) -> u64 {
        let (mut state, now) = (self.state(), Instant::now());
        let told = self.tell(&mut state, now).ms;
        // Where the system's clock was set back, what was certain was not.
        since(state.certain_ms, state.certain_at, now).min(told)
    }

    /// A phone shows this time; it counts while there is nobody better to ask.
    pub fn hear(&self, network: Network, person: &[u8], ms: u64) {
        self.hear_at(network, person, ms, Instant::now());
    }

    fn hear_at(&self, network: Network, person: &[u8], ms: u64, now: Instant) {
        if self.is_vouched((self.system)()) {
            return;
        }
        let mut state = self.state();
        state.phones.say(network, person, ms, now);
        let own = self.tell(&mut state, now).ms;
        let Some(shown) = state.phones.agreed(now) else {
            return;
        };
        let certain = since(state.certain_ms, state.certain_at, now);
        if shown > certain.saturating_add(FURTHEST_MS) {
            tracing::warn!(shown, "the phones agree on a time that cannot be");
            return;
        }
        if state.guess && shown.saturating_add(AGREE_MS) < certain {
            // They are wrong, and thus no better than the guess.
            return;
        }
        if std::mem::take(&mut state.guess) {
            tracing::info!(
                guess = own,
                shown,
                "the phones know better than those of the last start"
            );
            (state.ms, state.at, state.agreed) = (shown.max(certain), now, true);
            return;
        }
        // Backwards it never goes: that it is ahead of the phones can only be said.
        let agreed = shown.saturating_add(AGREE_MS) >= own;
        if agreed != state.agreed || shown > own.saturating_add(AGREE_MS) {
            tracing::info!(own, shown, agreed, "the phones agree on the time");
            state.ms = own.max(shown);
            state.agreed = agreed;
        }
    }

    /// Whether somebody vouches for what the system's clock shows, and it can be: by one that is wrong
    /// by decades the history would be too old, and the next certificate not valid for as long.
    fn is_vouched(&self, system: u64) -> bool {
        self.vouched.load(Ordering::Relaxed) && system < LATEST_MS
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time at `now`, which from then on has been told.
    fn tell(&self, state: &mut State, now: Instant) -> Moment {
        let system = (self.system)();
        let vouched = self.is_vouched(system);
        if vouched {
            // Phones count only while there is nobody better.
            state.agreed = false;
            if std::mem::take(&mut state.guess) {
                (state.ms, state.at) = (state.certain_ms, state.certain_at);
            }
            if system > since(state.certain_ms, state.certain_at, now) {
                (state.certain_ms, state.certain_at) = (system, now);
            }
        }
        let own = since(state.ms, state.at, now);
        let follows = vouched && system.saturating_add(STEP_MS) >= own;
        let ms = if follows {
            // One that was set back a little is waited for.
            system.max(state.ms)
        } else if vouched {
            // It was set back, or the phones were ahead: the right time comes nearer while this one
            // goes at half speed.
            state.ms.saturating_add((own - state.ms) / 2)
        } else if !state.agreed && system < LATEST_MS {
            own.max(system)
        } else {
            own
        };
        // The rest of a millisecond is not lost, however often one asks.
        if ms > state.ms {
            (state.ms, state.at) = (ms, now);
        }
        Moment {
            ms,
            trusted: follows || state.agreed,
        }
    }

    /// Asks who vouches for the system's clock, until somebody has.
    fn ask(&self) {
        if self.vouched.load(Ordering::Relaxed) {
            return;
        }
        // Not by what phones said: a chip that knows better than they is behind them.
        if self.witness.vouches((self.system)(), self.certain_ms()) {
            tracing::info!("the system knows the time");
            self.vouched.store(true, Ordering::Relaxed);
        }
    }
}

/// Milliseconds since 1970 at which this program was built: no clock that tells less is right.
pub const BUILD_MS: u64 = build_seconds() * 1_000;

/// A saved time that is later than this is a damaged file, and a system's clock that shows one is
/// wrong, whoever vouches for it: the local CA lives ten years, and a board is not much older.
const LATEST_MS: u64 = BUILD_MS + 20 * 365 * 24 * 3_600 * 1_000;

/// A system's clock that is set back by less is waited for and trusted meanwhile.
const STEP_MS: u64 = 60 * 1_000;

/// How far phones may move the clock beyond what is certain: no board lies in a drawer for longer.
const FURTHEST_MS: u64 = 5 * 365 * 24 * 3_600 * 1_000;

const fn build_seconds() -> u64 {
    if let Some(text) = option_env!("MADANG_BUILD_TIME")
        && let Ok(seconds) = u64::from_str_radix(text, 10)
    {
        return seconds;
    }
    // 1 January 2026: the year in which madang was begun.
    1_767_225_600
}

/// What `ms` has become at `now`, if it was so at `at`.
fn since(ms: u64, at: Instant, now: Instant) -> u64 {
    let passed = now.saturating_duration_since(at).as_millis();
    ms.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
}

fn system_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
