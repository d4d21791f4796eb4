//! The clock where the system's is right, wrong, set back, or only a guess.

use std::time::Duration;

use proptest::prelude::*;

use super::saved::FILE;
use super::*;

pub(super) const YEAR_MS: u64 = 365 * 24 * 3_600 * 1_000;

pub(super) fn folder() -> (tempfile::TempDir, Folder) {
    let temp = tempfile::tempdir().unwrap();
    let folder = Folder::open(temp.path()).unwrap();
    (temp, folder)
}

#[test]
fn a_board_that_starts_in_1970_goes_on_from_the_time_last_saved_and_is_not_trusted() {
    let (_temp, folder) = folder();
    let right = Clock::with_system(&folder, || BUILD_MS + YEAR_MS, true);
    assert_eq!(
        right.now(),
        Moment {
            ms: BUILD_MS + YEAR_MS,
            trusted: true
        }
    );
    right.save().unwrap();

    let lost = Clock::with_system(&folder, || 0, true);
    assert!(lost.now_ms() >= BUILD_MS + YEAR_MS);
    assert!(!lost.trusted());
}

#[test]
fn without_a_saved_time_it_is_not_before_the_build() {
    let (_temp, folder) = folder();
    let lost = Clock::with_system(&folder, || 0, true);
    assert!(lost.now_ms() >= BUILD_MS && !lost.trusted());
}

#[test]
fn a_system_that_is_decades_ahead_is_not_believed_whoever_vouches_for_it() {
    let (_temp, folder) = folder();
    SYSTEM.set(BUILD_MS + 34 * YEAR_MS);
    let clock = Clock::with_system(&folder, || SYSTEM.get(), true);
    assert!(!clock.trusted() && clock.certain_ms() < BUILD_MS + YEAR_MS);
    for last in 0..3 {
        clock.hear(phone(last), &[last], BUILD_MS + YEAR_MS);
    }
    assert!(clock.trusted(), "phones are asked instead");
    clock.save().unwrap();
    let again = Clock::with_system(&folder, || BUILD_MS + YEAR_MS, true).now();
    assert!(again.trusted && again.ms < BUILD_MS + 2 * YEAR_MS);
}

#[test]
fn phones_that_are_behind_what_is_certain_do_not_spend_the_guess_of_the_last_start() {
    let (_temp, folder) = folder();
    let noon = BUILD_MS + 2 * YEAR_MS;
    let three = |clock: &Clock, ms| {
        for last in 0..3 {
            clock.hear(phone(last), &[last], ms);
        }
        clock.now()
    };
    let before = on_board(&folder);
    three(&before, noon);
    before.save().unwrap();
    let clock = on_board(&folder);
    for wrong in [0, BUILD_MS - YEAR_MS] {
        let now = three(&clock, wrong);
        assert!(now.ms >= noon && !now.trusted, "{wrong}: {now:?}");
    }
    let right = three(&clock, noon - YEAR_MS);
    assert!(right.trusted && right.ms < noon);
}

/// What the next start goes on from.
pub(super) fn saved(folder: &Folder) -> Option<Saved> {
    Saved::parse(&folder.read(FILE).unwrap()?)
}

pub(super) fn phone(last: u8) -> Network {
    Network::from(std::net::IpAddr::from([10, 42, 0, last]))
}

/// On a board whose system has gone on from what it wrote down last.
pub(super) fn on_board(folder: &Folder) -> Clock {
    Clock::with_system(folder, || BUILD_MS + YEAR_MS, false)
}

#[test]
fn a_time_that_nobody_vouches_for_is_told_and_not_trusted() {
    let (_temp, folder) = folder();
    let clock = on_board(&folder);
    let now = clock.now();
    assert!(now.ms >= BUILD_MS + YEAR_MS && !now.trusted);
    clock.vouched.store(true, Ordering::Relaxed);
    assert!(clock.trusted());
}

#[test]
fn three_phones_that_agree_set_the_clock_and_one_that_lies_does_not() {
    let (_temp, folder) = folder();
    let clock = on_board(&folder);
    let noon = BUILD_MS + 2 * YEAR_MS;
    clock.hear(phone(1), b"a", noon);
    clock.hear(phone(2), b"b", noon + 9 * YEAR_MS);
    for token in 0..50_u8 {
        clock.hear(phone(2), &[token], noon + 9 * YEAR_MS);
    }
    assert!(!clock.trusted());
    clock.hear(phone(3), b"c", noon + 7);
    let now = clock.now();
    assert!(now.trusted);
    assert!((noon..noon + 60_000).contains(&now.ms), "{}", now.ms);
    clock.save().unwrap();
    let again = on_board(&folder).now();
    assert!(
        again.ms >= noon && !again.trusted,
        "the next start goes on from there, and asks again"
    );
}

#[test]
fn the_guess_of_the_last_start_yields_to_whoever_knows_better() {
    let (_temp, folder) = folder();
    let lied = on_board(&folder);
    for last in 0..3 {
        lied.hear(phone(last), &[last], BUILD_MS + 4 * YEAR_MS);
    }
    lied.save().unwrap();
    let vouched = on_board(&folder);
    assert!(vouched.now_ms() >= BUILD_MS + 4 * YEAR_MS && !vouched.trusted());
    vouched.vouched.store(true, Ordering::Relaxed);
    let right = Moment {
        ms: BUILD_MS + YEAR_MS,
        trusted: true,
    };
    assert_eq!(vouched.now(), right);
    vouched.save().unwrap();
    assert!(on_board(&folder).now_ms() < BUILD_MS + YEAR_MS + 60_000);
}

#[test]
fn phones_move_a_clock_only_forwards_and_not_beyond_what_can_be() {
    let (_temp, folder) = folder();
    for wrong in [0, BUILD_MS, BUILD_MS + 20 * YEAR_MS, u64::MAX] {
        let clock = on_board(&folder);
        let before = clock.now_ms();
        for last in 0..3 {
            clock.hear(phone(last), &[last], wrong);
        }
        let now = clock.now();
        assert!(!now.trusted, "{wrong}");
        assert!(
            now.ms >= before && now.ms < before + 60_000,
            "{wrong}: {}",
            now.ms
        );
    }
}

#[test]
fn where_the_system_is_believed_phones_are_not_asked() {
    let (_temp, folder) = folder();
    let clock = Clock::with_system(&folder, || BUILD_MS + YEAR_MS, true);
    for last in 0..3 {
        clock.hear(phone(last), &[last], BUILD_MS + 2 * YEAR_MS);
    }
    assert_eq!(clock.now_ms(), BUILD_MS + YEAR_MS);
    let behind = Clock::with_system(&folder, || 0, true);
    for last in 0..3 {
        behind.hear(phone(last), &[last], BUILD_MS + 2 * YEAR_MS);
    }
    assert!(!behind.trusted() && behind.now_ms() < BUILD_MS + YEAR_MS);
}

#[test]
fn three_phones_that_lie_at_every_start_do_not_get_further_and_further() {
    let (_temp, folder) = folder();
    for _ in 0..5 {
        let clock = on_board(&folder);
        for last in 0..3 {
            clock.hear(phone(last), &[last], BUILD_MS + 4 * YEAR_MS);
        }
        assert!(clock.now_ms() >= BUILD_MS + 4 * YEAR_MS);
        assert!(clock.certain_ms() < BUILD_MS + YEAR_MS / 12);
        clock.save().unwrap();
    }
    let (right, healed) = (BUILD_MS + 2 * YEAR_MS, on_board(&folder));
    for last in 0..3 {
        healed.hear(phone(last), &[last], right);
    }
    let now = healed.now();
    assert!(now.trusted && (right..right + 60_000).contains(&now.ms));
}

#[test]
fn what_phones_said_is_over_once_somebody_vouches_and_the_right_time_is_waited_for() {
    let (_temp, folder) = folder();
    let noon = BUILD_MS + YEAR_MS;
    SYSTEM.set(noon);
    let clock = Clock::with_system(&folder, || SYSTEM.get(), false);
    let start = Instant::now();
    let at = |seconds: u64, system: u64| {
        SYSTEM.set(system);
        clock.tell(&mut clock.state(), start + Duration::from_secs(seconds))
    };
    let ahead = noon + 600_000;
    for last in 0..3 {
        clock.hear_at(phone(last), &[last], ahead, start);
    }
    let told = |ms, trusted| Moment { ms, trusted };
    assert_eq!(at(0, noon), told(ahead, true));
    clock.vouched.store(true, Ordering::Relaxed);
    assert_eq!(at(100, noon + 100_000), told(ahead + 50_000, false));
    // What they say now counts for nothing.
    for last in 0..3 {
        let later = start + Duration::from_secs(100);
        clock.hear_at(phone(last), &[last], ahead + 100_000, later);
    }
    assert_eq!(at(300, noon + 300_000), told(ahead + 150_000, false));
    assert_eq!(at(1_200, noon + 1_200_000), told(noon + 1_200_000, false));
    assert_eq!(at(1_201, noon + 1_201_000), told(noon + 1_201_000, true));
    clock.save().unwrap();
    let saved = saved(&folder).unwrap();
    let right = noon + 1_201_000;
    assert_eq!((saved.certain_ms, saved.told_ms), (right, right));
}

/// Something that happens to a clock.
#[derive(Debug, Clone)]
enum Happening {
    /// Time passes.
    Passes(u32),
    /// The system's clock is set.
    Set(u64),
    /// A phone comes in.
    Phone(u8, u64),
    /// Somebody vouches for the system's clock.
    Vouched,
}

fn happening() -> impl Strategy<Value = Happening> {
    let time = || prop_oneof![any::<u64>(), BUILD_MS..BUILD_MS + 12 * YEAR_MS];
    prop_oneof![
        any::<u32>().prop_map(Happening::Passes),
        time().prop_map(Happening::Set),
        (0..5_u8, time()).prop_map(|(last, ms)| Happening::Phone(last, ms)),
        Just(Happening::Vouched),
    ]
}

thread_local! {
    static SYSTEM: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

proptest! {
    #[test]
    fn it_never_runs_backwards_whatever_happens(all in prop::collection::vec(happening(), 1..60)) {
        let (_temp, folder) = folder();
        let clock = Clock::with_system(&folder, || SYSTEM.get(), false);
        let (mut now, mut told) = (Instant::now(), 0);
        let (mut passed, mut vouched) = (0, false);
        for happens in all {
            match happens {
                Happening::Passes(ms) => {
                    now += Duration::from_millis(ms.into());
                    passed += u64::from(ms);
                    SYSTEM.set(SYSTEM.get().saturating_add(ms.into()));
                }
                Happening::Set(ms) => SYSTEM.set(ms),
                Happening::Phone(last, ms) => clock.hear_at(phone(last), &[last], ms, now),
                Happening::Vouched => {
                    vouched = true;
                    clock.vouched.store(true, Ordering::Relaxed);
                }
            }
            let moment = clock.tell(&mut clock.state(), now);
            prop_assert!(moment.ms >= told && moment.ms >= BUILD_MS);
            told = moment.ms;
            let state = clock.state();
            let certain = since(state.certain_ms, state.certain_at, now);
            // The test's own clock is a little ahead of the one with which this one began.
            prop_assert!(vouched || certain <= BUILD_MS + passed + 60_000);
        }
    }
}

#[test]
fn one_that_was_set_back_is_waited_for_at_half_speed() {
    let (_temp, folder) = folder();
    SYSTEM.set(BUILD_MS + YEAR_MS);
    let clock = Clock::with_system(&folder, || SYSTEM.get(), true);
    let start = Instant::now();
    let at = |seconds: u64, system: u64| {
        SYSTEM.set(system);
        clock.tell(&mut clock.state(), start + Duration::from_secs(seconds))
    };
    let noon = at(0, BUILD_MS + YEAR_MS).ms;
    let back = |by: u64| noon - by * 1_000;
    let told = |ms, trusted| Moment { ms, trusted };
    assert_eq!(at(1, back(20)), told(noon, true), "a little is waited for");
    assert_eq!(at(101, back(3_600)), told(noon + 50_500, false));
    assert_eq!(at(201, back(0)), told(noon + 100_500, false));
    assert_eq!(at(301, back(0) + 150_000), told(noon + 150_000, true));
}
