//! How much of the past is kept: by count, by age, per room and in all. What is gone is below the
//! room's floor, also after opening again, and the figures are exact.

use std::path::Path;

use madang::config::{History, limits::RoomHistory};
use madang::store::{Bound, Change, Store};

const DAY: u64 = 24 * 60 * 60 * 1_000;

fn open(folder: &Path, limits: &History) -> Store {
    Store::open(folder, limits).expect("the store opens").store
}

/// Appends messages of `bytes` bytes, `group` in a write.
fn fill(
    store: &Store,
    room: &str,
    seqs: std::ops::RangeInclusive<u64>,
    bytes: usize,
    group: usize,
) {
    let body = vec![7; bytes];
    let changes: Vec<_> = seqs
        .map(|seq| Change::Append {
            room,
            seq,
            at: Some(seq),
            body: &body,
        })
        .collect();
    for batch in changes.chunks(group) {
        store.write(batch).expect("the batch is stored");
    }
}

fn all(store: &Store, room: &str) -> Vec<u64> {
    let (mut seqs, mut after, mut more) = (Vec::new(), 0, true);
    while more {
        let page = store
            .page(room, Bound::After(after), 40, 1 << 16)
            .expect("the page is read");
        more = page.more;
        seqs.extend(page.records.iter().map(|record| record.seq));
        after = seqs.last().copied().unwrap_or(u64::MAX);
    }
    seqs
}

/// The figures in memory are those of the messages, now and after opening again.
fn exact(store: Store, folder: &Path, limits: &History) -> Store {
    let before: Vec<_> = store
        .rooms()
        .into_iter()
        .map(|info| (info.name.clone(), info))
        .collect();
    for (name, info) in &before {
        let seqs = all(&store, name);
        assert_eq!(info.messages, seqs.len() as u64, "{info:?}");
        assert_eq!(info.first, seqs.first().copied().unwrap_or(0), "{info:?}");
    }
    store.close();
    let store = open(folder, limits);
    for (name, info) in before {
        assert_eq!(store.room(&name), Some(info));
    }
    store
}

#[test]
fn a_room_keeps_its_newest_messages_and_its_floor_rises() {
    let limits = History {
        messages_per_room: 100,
        ..History::default()
    };
    let folder = tempfile::tempdir().unwrap();
    for group in [1, 30, 170] {
        let folder = folder.path().join(group.to_string());
        let store = open(&folder, &limits);
        fill(&store, "live", 1..=500, 50, group);
        fill(&store, "other", 501..=510, 50, group);
        assert_eq!(all(&store, "live"), (401..=500).collect::<Vec<_>>());
        let info = store.room("live").unwrap();
        assert_eq!(
            (info.messages, info.bytes, info.first, info.floor),
            (100, 5_000, 401, 400)
        );
        assert_eq!(store.room("other").unwrap().floor, 0);
        let store = exact(store, &folder, &limits);
        assert_eq!(all(&store, "live"), (401..=500).collect::<Vec<_>>());
    }
}

#[test]
fn single_rooms_keep_more_or_less() {
    let own = |messages, days, bytes| RoomHistory {
        messages,
        days,
        bytes,
    };
    let limits = History {
        messages_per_room: 50,
        rooms: [
            ("short".to_owned(), own(Some(5), None, None)),
            ("long".to_owned(), own(Some(80), None, None)),
            ("slim".to_owned(), own(None, None, Some(1_000))),
            ("brief".to_owned(), own(None, Some(1), None)),
        ]
        .into(),
        ..History::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &limits);
    for room in ["short", "long", "slim", "brief", "plain"] {
        fill(&store, room, 1..=100, 100, 20);
    }
    let kept = |room| store.room(room).unwrap().messages;
    assert_eq!(
        ["short", "long", "slim", "brief", "plain"].map(kept),
        [5, 80, 10, 50, 50]
    );
    store.write(&[Change::Clock { now: DAY + 101 }]).unwrap();
    assert_eq!(
        ["brief", "plain"].map(|room| store.room(room).unwrap().messages),
        [0, 50]
    );
    assert_eq!(store.room("brief").unwrap().floor, 100);
}

#[test]
fn what_is_old_goes_but_never_by_a_time_that_is_not_to_be_trusted() {
    let limits = History {
        days: 2,
        ..History::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &limits);
    let append = |room, seq, at| Change::Append {
        room,
        seq,
        at,
        body: b"words" as &[u8],
    };
    store
        .write(&[
            append("live", 1, None),
            append("live", 2, Some(DAY)),
            append("live", 3, None),
            append("live", 4, Some(3 * DAY)),
            append("past", 5, None),
            append("past", 6, None),
            Change::Clock { now: 3 * DAY },
        ])
        .unwrap();
    assert_eq!(all(&store, "live"), [1, 2, 3, 4], "two days are not over");
    store.write(&[append("live", 7, Some(900 * DAY))]).unwrap();
    assert_eq!(all(&store, "live"), [1, 2, 3, 4, 7], "by no message's time");
    let now = 3 * DAY + 1;
    store.write(&[Change::Clock { now }]).unwrap();
    // The one before the old one is older still; the one after it is not known to be old.
    assert_eq!(all(&store, "live"), [3, 4, 7]);
    store.write(&[Change::Clock { now: 990 * DAY }]).unwrap();
    assert!(all(&store, "live").is_empty());
    assert_eq!(all(&store, "past"), [5, 6]);
    assert_eq!(store.room("live").unwrap().floor, 7);
    exact(store, folder.path(), &limits);
}

#[test]
fn what_is_too_much_in_all_is_taken_from_the_room_that_holds_most() {
    let limits = History {
        messages: 300,
        ..History::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &limits);
    fill(&store, "small", 1..=40, 10, 20);
    fill(&store, "large", 101..=500, 10, 20);
    let (small, large) = (store.room("small").unwrap(), store.room("large").unwrap());
    assert_eq!((small.messages, small.floor), (40, 0));
    assert!(small.messages + large.messages <= 300);
    assert!(
        small.messages + large.messages > 290,
        "no more goes than must"
    );
    exact(store, folder.path(), &limits);
}

#[test]
fn bytes_in_all_are_bounded_too() {
    let limits = History {
        bytes: 1_000_000,
        ..History::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &limits);
    fill(&store, "words", 1..=200, 100, 50);
    fill(&store, "pictures", 201..=250, 60_000, 4);
    let (words, pictures) = (
        store.room("words").unwrap(),
        store.room("pictures").unwrap(),
    );
    assert_eq!(words.messages, 200);
    assert!(
        (900_000..=1_000_000).contains(&(words.bytes + pictures.bytes)),
        "{pictures:?}"
    );
    exact(store, folder.path(), &limits);
}

#[test]
fn lower_limits_take_hold_step_by_step_after_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &History::default());
    fill(&store, "live", 1..=600, 10, 100);
    store.close();
    let limits = History {
        messages_per_room: 10,
        ..History::default()
    };
    let store = open(folder.path(), &limits);
    fill(&store, "live", 601..=610, 10, 1);
    assert_eq!(all(&store, "live"), (601..=610).collect::<Vec<_>>());
    exact(store, folder.path(), &limits);
}

#[test]
fn a_room_without_a_message_leaves_no_trace_but_its_floor() {
    let limits = History {
        days: 1,
        ..History::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &limits);
    fill(&store, "once", 1..=3, 10, 3);
    fill(&store, "live", 4..=4, 10, 1);
    store.write(&[Change::Clock { now: 2 * DAY }]).unwrap();
    assert_eq!(store.room("once").unwrap().messages, 0);
    let mut now = 2 * DAY;
    for seq in 10..=11 {
        now += 1;
        let body = b"on".as_slice();
        store
            .write(&[Change::Append {
                room: "live",
                seq,
                at: Some(now),
                body,
            }])
            .unwrap();
    }
    assert_eq!(store.room("once"), None);
    assert_eq!(store.rooms().len(), 1);
    store.close();
    // Whoever comes back to the room with an old cursor is told that something is gone.
    let store = open(folder.path(), &limits);
    assert_eq!(store.rooms().len(), 1);
    let body = b"again".as_slice();
    store
        .write(&[Change::Append {
            room: "once",
            seq: 20,
            at: Some(now),
            body,
        }])
        .unwrap();
    let info = store.room("once").unwrap();
    assert_eq!(
        info.floor, 4,
        "the highest floor of all rooms that were forgotten"
    );
    assert_eq!((info.messages, info.first), (1, 20));
}

#[test]
fn the_largest_messages_make_no_blobs_and_the_file_levels_off() {
    let limits = History {
        messages_per_room: 60,
        ..History::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &limits);
    let blobs = || {
        std::fs::read_dir(folder.path().join("db/blobs"))
            .unwrap()
            .count()
    };
    let size = || {
        std::fs::metadata(folder.path().join("db/db"))
            .unwrap()
            .len()
    };
    // Rows already on disk can move into blobs later: small ones among large ones, in both orders.
    fill(&store, "large", 1..=120, 70_000, 4);
    fill(&store, "small", 121..=700, 1_400, 50);
    let after_two_turns = size();
    fill(&store, "large", 701..=1_000, 70_000, 4);
    assert_eq!(blobs(), 0);
    assert!(
        size() < 3 * after_two_turns,
        "{} after {after_two_turns}",
        size()
    );
    exact(store, folder.path(), &limits);
    assert_eq!(blobs(), 0);
}
