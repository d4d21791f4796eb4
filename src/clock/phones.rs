//! What time it is by the phones that come in: for a board that has nobody else to ask.
//!
//! A phone has one voice, whatever tokens it shows: the newest of an address counts, and the newest
//! of a person. Time is taken from three or more, by their median, and only where most of them agree
//! with it: one phone alone is never believed, and one that lies moves nothing.

use std::time::{Duration, Instant};

use crate::network::Network;

/// What the phones said lately, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Phones(Vec<Voice>);

#[derive(Debug)]
struct Voice {
    network: Network,
    person: Box<[u8]>,
    /// What its clock showed …
    ms: u64,
    /// … and when it said so.
    said: Instant,
}

impl Voice {
    /// What its clock shows by now.
    fn at(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.said).as_millis();
        self.ms
            .saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }
}

impl Phones {
    /// A phone shows this time.
    pub(super) fn say(&mut self, network: Network, person: &[u8], ms: u64, now: Instant) {
        self.0.retain(|voice| {
            voice.network != network
                && *voice.person != *person
                && now.saturating_duration_since(voice.said) < WINDOW
        });
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push(Voice {
            network,
            person: person.into(),
            ms,
            said: now,
        });
    }

    /// The time on which most phones agree, if there are enough of them.
    pub(super) fn agreed(&self, now: Instant) -> Option<u64> {
        let mut times: Vec<u64> = self
            .0
            .iter()
            .filter(|voice| now.saturating_duration_since(voice.said) < WINDOW)
            .map(|voice| voice.at(now))
            .collect();
        if times.len() < FEWEST {
            return None;
        }
        times.sort_unstable();
        let median = times[(times.len() - 1) / 2];
        let agree = times
            .iter()
            .filter(|time| time.abs_diff(median) <= AGREE_MS);
        (2 * agree.count() > times.len()).then_some(median)
    }
}

/// Phones that it takes at least.
const FEWEST: usize = 3;
/// Phones that are remembered; more than the Wi-Fi of any such board takes.
const MOST: usize = 64;
/// For how long a phone's word counts: within it even a bad oscillator strays by less than a second.
const WINDOW: Duration = Duration::from_secs(3_600);
/// Clocks that people have set by hand are some minutes off.
pub(super) const AGREE_MS: u64 = 10 * 60 * 1_000;

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::*;

    const NOON: u64 = 1_800_000_000_000;
    const YEAR_MS: u64 = 365 * 24 * 3_600 * 1_000;

    fn address(last: u8) -> Network {
        Network::from(IpAddr::from([10, 42, 0, last]))
    }

    /// Phones of different addresses and persons that show these times.
    fn agreed(times: &[u64]) -> Option<u64> {
        let (mut phones, now) = (Phones::default(), Instant::now());
        for (at, ms) in (0..).zip(times) {
            phones.say(address(at), &[at], *ms, now);
        }
        phones.agreed(now)
    }

    #[test]
    fn it_takes_three_and_one_liar_of_three_moves_nothing() {
        assert_eq!(agreed(&[NOON]), None);
        assert_eq!(agreed(&[NOON, NOON + 1]), None);
        assert_eq!(agreed(&[NOON, NOON + 2, NOON + 1]), Some(NOON + 1));
        for lie in [0, NOON - YEAR_MS, NOON + 9 * YEAR_MS, u64::MAX] {
            let found = agreed(&[NOON, lie, NOON + 5]).unwrap();
            assert!(found.abs_diff(NOON) <= 5, "{lie}: {found}");
        }
        assert_eq!(agreed(&[NOON, NOON + YEAR_MS, NOON + 2 * YEAR_MS]), None);
    }

    #[test]
    fn a_phone_has_one_voice_whatever_tokens_and_addresses_it_has() {
        let (mut phones, now) = (Phones::default(), Instant::now());
        for token in 0..200 {
            phones.say(address(1), &[token], NOON + YEAR_MS, now);
        }
        let household = |tail: u16| {
            let tail = IpAddr::from([0xfd00, 0, 0, 1, 0, 0, 0, tail]);
            Network::from(tail)
        };
        for tail in 0..200 {
            phones.say(household(tail), b"one person", NOON + YEAR_MS, now);
        }
        assert_eq!(phones.agreed(now), None, "an address and a /64 are two");
        for last in 2..5 {
            phones.say(address(last), b"the same", NOON + YEAR_MS, now);
        }
        assert_eq!(phones.0.len(), 3);
        for last in 5..9 {
            phones.say(address(last), &[last], NOON, now);
        }
        assert_eq!(phones.agreed(now), Some(NOON));
    }

    #[test]
    fn a_word_counts_for_an_hour_and_goes_on_meanwhile() {
        let (mut phones, start) = (Phones::default(), Instant::now());
        for last in 0..3 {
            phones.say(address(last), &[last], NOON, start);
        }
        let later = start + Duration::from_secs(600);
        assert_eq!(phones.agreed(later), Some(NOON + 600_000));
        assert_eq!(phones.agreed(start + WINDOW), None);
    }

    #[test]
    fn no_more_are_remembered_than_there_may_be() {
        let (mut phones, now) = (Phones::default(), Instant::now());
        for tail in 0..10_000_u32 {
            let address = IpAddr::from((0x0a00_0000 | tail).to_be_bytes());
            phones.say(Network::from(address), &tail.to_be_bytes(), NOON, now);
        }
        assert_eq!(phones.0.len(), MOST);
    }

    proptest! {
        #[test]
        fn a_minority_cannot_move_the_time_out_of_what_the_others_say(
            honest in prop::collection::vec(NOON..NOON + AGREE_MS, 3..20),
            lies in prop::collection::vec(any::<u64>(), 0..19),
        ) {
            let lies = &lies[..lies.len().min(honest.len() - 1)];
            let all: Vec<u64> = honest.iter().chain(lies).copied().collect();
            let time = agreed(&all).unwrap();
            prop_assert!((NOON..NOON + AGREE_MS).contains(&time));
        }
    }
}
