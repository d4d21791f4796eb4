//! Who vouches for the system's clock on a board: a clock chip, or the network.
//!
//! Without either the system begins with whatever it wrote down last, which looks like a time and is
//! none. Files are read instead of asking the kernel (`adjtimex`), for which a service that may not
//! set the clock has no permission.

use std::fs;
use std::path::{Path, PathBuf};

/// Where it is looked up.
#[derive(Debug)]
pub(super) struct Witness {
    /// The kernel's clock chips.
    chips: PathBuf,
    /// Made by systemd-timesyncd when the network has told the time since the machine started.
    synchronised: PathBuf,
}

impl Witness {
    /// On the machine whose files are under `root`: `/`, but in tests.
    pub(super) fn under(root: &Path) -> Self {
        Self {
            chips: root.join("sys/class/rtc"),
            synchronised: root.join("run/systemd/timesync/synchronized"),
        }
    }

    /// Whether somebody vouches for the system's clock, which shows `system_ms`. `floor_ms` has certainly
    /// passed: a chip without a battery, which counts from 1970, shows less. One that the kernel has not
    /// set its clock by (an `rtc1`, one that came late) says something else, and vouches for nothing.
    pub(super) fn vouches(&self, system_ms: u64, floor_ms: u64) -> bool {
        let right = |ms: u64| ms + SLACK_MS >= floor_ms && ms.abs_diff(system_ms) <= SLACK_MS;
        self.synchronised.exists() || self.chip_ms().is_some_and(right)
    }

    /// The latest time that a clock chip shows.
    fn chip_ms(&self) -> Option<u64> {
        let chips = fs::read_dir(&self.chips).ok()?;
        let shown = chips.filter_map(|chip| {
            let seconds = fs::read_to_string(chip.ok()?.path().join("since_epoch")).ok()?;
            seconds.trim().parse::<u64>().ok()?.checked_mul(1_000)
        });
        shown.max()
    }
}

/// Chips stray by a minute in a month.
const SLACK_MS: u64 = 3_600 * 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_800_000_000_000;

    #[test]
    fn a_chip_that_has_kept_the_time_vouches_and_one_without_a_battery_does_not() {
        let temp = tempfile::tempdir().unwrap();
        let witness = Witness::under(temp.path());
        assert!(!witness.vouches(NOON, NOON), "there is nobody");
        fs::create_dir_all(witness.chips.join("rtc0")).unwrap();
        let chip = witness.chips.join("rtc0/since_epoch");
        fs::write(&chip, "12345\n").unwrap();
        assert!(!witness.vouches(12_345_000, NOON));
        fs::write(&chip, format!("{}\n", NOON / 1_000 - 60)).unwrap();
        assert!(witness.vouches(NOON, NOON));
        let stale = NOON - 2 * SLACK_MS;
        assert!(
            !witness.vouches(stale, stale),
            "nobody has set it by the chip"
        );
        fs::write(&chip, "nonsense").unwrap();
        assert!(!witness.vouches(NOON, NOON));
        fs::create_dir_all(witness.synchronised.parent().unwrap()).unwrap();
        fs::write(&witness.synchronised, "").unwrap();
        assert!(witness.vouches(NOON, NOON), "the network has told");
    }
}
