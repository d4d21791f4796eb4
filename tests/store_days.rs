//! The days of a room are those of its messages, whatever the clock did, whatever was retired, and
//! after any number of openings.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;

use madang::config::History;
use madang::store::{Bound, Change, Days, Store};
use proptest::prelude::*;

const MINUTE: u64 = 60 * 1_000;
const DAY: u64 = 24 * 60 * MINUTE;
const ZONES: [i32; 5] = [-840, -210, 0, 345, 540];

fn open(folder: &Path, limits: &History) -> Store {
    Store::open(folder, limits).expect("the store opens").store
}

fn append(seq: u64, at: Option<u64>) -> Change<'static> {
    Change::Append {
        room: "live",
        seq,
        at,
        body: b"words",
    }
}

/// The days of a room as its messages tell them, all of which are read.
fn told(store: &Store, zone: i32, most: usize) -> Days {
    let (mut days, mut after, mut more) = (Days::new(zone, most), 0, true);
    while more {
        let page = store
            .page("live", Bound::After(after), 500, 1 << 20)
            .unwrap();
        for record in &page.records {
            after = record.seq;
            if let Some(at) = record.at {
                days.add(record.seq, at);
            }
        }
        more = page.more;
    }
    days
}

fn seqs(days: &Days) -> Vec<(i64, u64)> {
    days.iter().map(|day| (day.day, day.seq)).collect()
}

#[test]
fn days_are_found_again_after_opening_and_the_newest_if_there_are_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let limits = History::default();
    let store = open(folder.path(), &limits);
    for day in 0..60 {
        let at = |minute| Some(day * DAY + minute * MINUTE);
        let seq = 1 + 3 * day;
        store
            .write(&[
                append(seq, at(50)),
                append(seq + 1, at(51)),
                append(seq + 2, at(900)),
            ])
            .unwrap();
    }
    assert_eq!(
        seqs(&store.days("live", 0, 3).unwrap()),
        [(57, 172), (58, 175), (59, 178)]
    );
    // Nine hours on, the last of the three falls on the next day.
    assert_eq!(
        seqs(&store.days("live", 540, 2).unwrap()),
        [(59, 177), (60, 180)]
    );
    assert_eq!(seqs(&store.days("nowhere", 0, 3).unwrap()), []);
    let before = store.days("live", 0, 400).unwrap();
    store.close();
    let store = open(folder.path(), &limits);
    assert_eq!(store.days("live", 0, 400).unwrap(), before);
}

#[test]
fn the_day_in_which_retention_stands_begins_with_a_message_that_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let limits = History {
        messages_per_room: 30,
        ..History::default()
    };
    let store = open(folder.path(), &limits);
    // Three a minute: none of those that are kept begins a quarter of an hour.
    for seq in 1..=39 {
        store
            .write(&[append(seq, Some(DAY + seq * MINUTE / 3))])
            .unwrap();
    }
    let first = store.room("live").unwrap().first;
    assert_eq!(first, 10);
    assert_eq!(seqs(&store.days("live", 0, 9).unwrap()), [(1, first)]);
    store.close();
    let store = open(folder.path(), &limits);
    assert_eq!(seqs(&store.days("live", 0, 9).unwrap()), [(1, first)]);
}

#[test]
fn a_clock_that_jumps_leaves_each_day_with_its_first_message() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &History::default());
    let clock = [
        (1, Some(5 * DAY)),
        (2, Some(40 * DAY)),
        (3, None),
        (4, Some(5 * DAY)),
        (5, Some(0)),
    ];
    store
        .write(&clock.map(|(seq, at)| append(seq, at)))
        .unwrap();
    assert_eq!(
        seqs(&store.days("live", 0, 9).unwrap()),
        [(0, 5), (5, 1), (40, 2)]
    );
}

#[test]
fn a_message_that_was_stored_late_may_begin_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let limits = History {
        messages_per_room: 3,
        ..History::default()
    };
    let store = open(folder.path(), &limits);
    let noon = DAY / 2;
    store
        .write(&[append(1, Some(noon)), append(9, Some(noon + MINUTE))])
        .unwrap();
    store.write(&[append(5, Some(DAY + noon))]).unwrap();
    assert_eq!(seqs(&store.days("live", 0, 9).unwrap()), [(0, 1), (1, 5)]);
    // What came after it begins its quarter of an hour anew, as soon as 1 is gone.
    store.write(&[append(10, Some(noon + 2 * MINUTE))]).unwrap();
    assert_eq!(seqs(&store.days("live", 0, 9).unwrap()), [(0, 9), (1, 5)]);
}

/// What happens to a store.
#[derive(Debug, Clone)]
enum Deed {
    /// Messages, each so many minutes after (or before) the one before it, with a clock to be
    /// trusted or not.
    Write(Vec<(i16, bool)>),
    /// One of the last numbers that were left out, with such a time.
    Late(u64, i16),
    Reopen,
}

fn deed() -> impl Strategy<Value = Deed> {
    let step = prop_oneof![
        6 => 0_i16..3,
        3 => 0_i16..200,
        1 => -3_000_i16..3_000,
    ];
    let message = (step, prop::bool::weighted(0.9));
    prop_oneof![
        8 => prop::collection::vec(message, 1..40).prop_map(Deed::Write),
        1 => (1_u64..40, -3_000_i16..3_000).prop_map(|(back, step)| Deed::Late(back, step)),
        1 => Just(Deed::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn days_are_those_of_the_messages_that_are_kept(
        deeds in prop::collection::vec(deed(), 1..30), keep in 5_u64..80,
    ) {
        let limits = History { messages_per_room: keep, days: 20, ..History::default() };
        // In memory, where there is such a place: nothing here hangs on syncs.
        let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let mut store = open(place.path(), &limits);
        let (mut seq, mut clock) = (0, 100 * DAY);
        for deed in deeds {
            let at = |step: i16| clock.saturating_add_signed(i64::from(step) * 60_000);
            match deed {
                Deed::Write(steps) => {
                    let changes: Vec<_> = steps
                        .into_iter()
                        .map(|(step, trusted)| {
                            clock = clock.saturating_add_signed(i64::from(step) * 60_000);
                            // Every second number is left out, for those that come late.
                            seq += 2;
                            append(seq, trusted.then_some(clock))
                        })
                        .collect();
                    store.write(&changes).unwrap();
                }
                Deed::Late(back, step) if seq > 2 * back => {
                    store.write(&[append(seq - 2 * back + 1, Some(at(step)))]).unwrap();
                }
                Deed::Late(..) => {}
                Deed::Reopen => {
                    store.close();
                    store = open(place.path(), &limits);
                }
            }
            for zone in ZONES {
                let most = 7;
                prop_assert_eq!(store.days("live", zone, most).unwrap(), told(&store, zone, most));
            }
        }
    }
}
