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

    /// Whether somebody vouches for the system's clock. `floor_ms` has certainly passed: a chip
    /// without a battery, which counts from 1970, shows less.
    pub(super) fn vouches(&self, floor_ms: u64) -> bool {
        self.synchronised.exists() || self.chip_ms().is_some_and(|ms| ms + SLACK_MS >= floor_ms)
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
        assert!(!witness.vouches(NOON), "there is nobody");
        fs::create_dir_all(witness.chips.join("rtc0")).unwrap();
        let chip = witness.chips.join("rtc0/since_epoch");
        fs::write(&chip, "12345\n").unwrap();
        assert!(!witness.vouches(NOON));
        fs::write(&chip, format!("{}\n", NOON / 1_000 - 60)).unwrap();
        assert!(witness.vouches(NOON));
        fs::write(&chip, "nonsense").unwrap();
        assert!(!witness.vouches(NOON));
        fs::create_dir_all(witness.synchronised.parent().unwrap()).unwrap();
        fs::write(&witness.synchronised, "").unwrap();
        assert!(witness.vouches(NOON), "the network has told");
    }
}
