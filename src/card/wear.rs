//! How fast a card is written, and how long it lasts at that rate. Arithmetic only.

use serde::Serialize;

/// What was written to a card while the gateway watched, over all its starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// By the whole machine.
    pub(super) bytes: u64,
    /// Seconds for which it was watched.
    pub(super) seconds: u64,
    /// The machine's count when it was last looked at; it begins anew with each of its starts.
    pub(super) counter: u64,
    /// Of the card that was watched: another one begins anew.
    pub(super) capacity: u64,
}

impl Tally {
    /// Goes on with what `counter` shows after so many seconds.
    pub(super) fn look(&mut self, counter: u64, seconds: u64, capacity: u64) {
        if self.capacity != capacity {
            *self = Self {
                counter,
                capacity,
                ..Self::default()
            };
        }
        // Less than before: the machine has started anew, and all of it is more.
        let more = counter.checked_sub(self.counter).unwrap_or(counter);
        self.bytes = self.bytes.saturating_add(more);
        self.seconds = self.seconds.saturating_add(seconds);
        self.counter = counter;
    }

    /// Bytes a day of running, once there are hours enough to tell.
    pub(super) fn bytes_per_day(&self) -> Option<u64> {
        let day = u128::from(self.bytes) * u128::from(DAY);
        let rate = day.checked_div(u128::from(self.seconds))?;
        (self.seconds >= ENOUGH).then(|| u64::try_from(rate).unwrap_or(u64::MAX))
    }

    /// Days of running until a card is worn out that can be written full so many times: what was
    /// seen written to it is gone from that, what was written before is not known.
    pub(super) fn life_days(&self, cycles: u32) -> Option<u64> {
        let all = u128::from(self.capacity) * u128::from(cycles) / AMPLIFICATION;
        let left = all.saturating_sub(self.bytes.into());
        let days = left.checked_div(u128::from(self.bytes_per_day()?))?;
        Some(u64::try_from(days).unwrap_or(u64::MAX).min(LONGEST))
    }

    /// As a line of a file.
    pub(super) fn write(&self) -> String {
        let Self {
            bytes,
            seconds,
            counter,
            capacity,
        } = self;
        format!("{bytes} {seconds} {counter} {capacity}\n")
    }

    /// Reads what [`Tally::write`] wrote; `None` if it is damaged.
    pub(super) fn parse(content: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(content).ok()?;
        let numbers = text.split_ascii_whitespace().map(str::parse);
        let numbers: Vec<u64> = numbers.collect::<Result<_, _>>().ok()?;
        let [bytes, seconds, counter, capacity] = numbers[..] else {
            return None;
        };
        Some(Self {
            bytes,
            seconds,
            counter,
            capacity,
        })
    }
}

/// How the card fares, for `/healthz` and the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wear {
    /// The whole disk under the data folder.
    pub device: String,
    /// Bytes that it holds.
    pub capacity: u64,
    /// Bytes written by the whole machine while the gateway watched, over all its starts …
    pub bytes: u64,
    /// … and for how many seconds that was.
    pub seconds: u64,
    /// Bytes that this process has had written since its start.
    pub own_bytes: Option<u64>,
    /// Bytes a day of running; unknown for the first hours.
    pub bytes_per_day: Option<u64>,
    /// Days of running that the card, new when it was first watched, has left at that rate, by
    /// `board.card_cycles`.
    pub life_days: Option<u64>,
}

const DAY: u64 = 24 * 3_600;
/// Seconds before a rate is told: the first minutes after a start are no day like any other.
const ENOUGH: u64 = 3 * 3_600;
/// What a card writes for each byte that it is given: small writes are gathered and moved inside.
const AMPLIFICATION: u128 = 4;
/// A hundred years: no card lasts that long, whatever is written to it.
const LONGEST: u64 = 36_500;

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u64 = 1_000_000_000;

    #[test]
    fn a_rate_is_told_after_three_hours_and_with_it_the_life_of_the_card() {
        let mut tally = Tally::default();
        tally.look(5 * GB, 0, 32 * GB);
        assert_eq!(tally.bytes, 0, "what was before is not known for how long");
        tally.look(6 * GB, 2 * 3_600, 32 * GB);
        assert_eq!((tally.bytes_per_day(), tally.life_days(300)), (None, None));
        tally.look(7 * GB, 2 * 3_600, 32 * GB);
        assert_eq!(tally.bytes_per_day(), Some(12 * GB));
        assert_eq!(tally.life_days(300), Some((32 * 300 / 4 - 2) / 12));
        tally.look(1_207 * GB, 1_200 * 2 * 3_600, 32 * GB);
        assert_eq!(tally.life_days(300), Some((32 * 300 / 4 - 1_202) / 12));
        tally.look(4_000 * GB, 2 * 3_600, 32 * GB);
        assert_eq!(tally.life_days(300), Some(0), "it has had its share");
    }

    #[test]
    fn a_new_start_of_the_machine_goes_on_and_another_card_begins_anew() {
        let mut tally = Tally::default();
        tally.look(GB, 0, 32 * GB);
        tally.look(3 * GB, 100, 32 * GB);
        tally.look(GB, 100, 32 * GB);
        assert_eq!((tally.bytes, tally.seconds), (3 * GB, 200));
        tally.look(9 * GB, 50, 64 * GB);
        assert_eq!((tally.bytes, tally.seconds), (0, 50));
    }

    #[test]
    fn nothing_written_is_no_life_without_end_and_nothing_overflows() {
        let mut tally = Tally::default();
        tally.look(0, 0, u64::MAX);
        tally.look(0, u64::MAX, u64::MAX);
        assert_eq!(
            (tally.bytes_per_day(), tally.life_days(300)),
            (Some(0), None)
        );
        tally.look(u64::MAX, u64::MAX, u64::MAX);
        tally.look(1, 1, u64::MAX);
        assert_eq!(tally.life_days(u32::MAX), Some(LONGEST));
    }

    #[test]
    fn a_tally_comes_back_from_its_file_and_a_damaged_one_is_none() {
        let tally = Tally {
            bytes: 1,
            seconds: 2,
            counter: 3,
            capacity: 4,
        };
        assert_eq!(Tally::parse(tally.write().as_bytes()), Some(tally));
        for damage in [&b""[..], b"1 2 3", b"1 2 3 x", b"1 2 3 4 5", b"\xff"] {
            assert_eq!(Tally::parse(damage), None);
        }
    }
}
