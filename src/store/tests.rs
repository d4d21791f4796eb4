//! What can only be seen from inside: the healing and the marks.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const TEN_MINUTES: u64 = 600_000;

type Content = BTreeMap<Vec<u8>, Vec<u8>>;

fn content(store: &Store) -> Content {
    let all = |db: &Db| {
        let pair = |pair: sled::Result<(sled::IVec, sled::IVec)>| {
            pair.map(|(key, value)| (key.to_vec(), value.to_vec()))
        };
        Ok(db.iter().map(pair).collect::<sled::Result<_>>()?)
    };
    store.with_db(all).unwrap()
}

/// The days of a room as its messages tell them.
fn told(store: &Store, room: &str, zone: i32) -> Days {
    let mut days = Days::new(zone, usize::MAX);
    for record in store
        .page(room, Bound::After(0), 1_000, 1 << 20)
        .unwrap()
        .records
    {
        if let Some(at) = record.at {
            days.add(record.seq, at);
        }
    }
    days
}

/// Makes a database of this content.
fn put(folder: &Path, content: &Content) {
    let db = open::open(folder, Count::Grow).unwrap().db;
    db.clear().unwrap();
    for (key, value) in content {
        db.insert(key, value.as_slice()).unwrap();
    }
    db.flush().unwrap();
}

/// A batch: the room of each message, and how long it is.
fn write(store: &Store, seq: &mut u64, batch: &[(u8, usize)]) -> Vec<(String, u64)> {
    let numbered: Vec<_> = batch
        .iter()
        .map(|&(room, length)| {
            *seq += 1;
            (format!("room {room}"), *seq, vec![room; length])
        })
        .collect();
    let changes: Vec<_> = numbered
        .iter()
        .map(|(room, seq, body)| Change::Append {
            room,
            seq: *seq,
            at: Some(*seq * TEN_MINUTES),
            body,
        })
        .collect();
    store.write(&changes).unwrap();
    numbered
        .into_iter()
        .map(|(room, seq, _)| (room, seq))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_part_of_a_flush_lands_the_figures_are_exact(
        batches in proptest::collection::vec(
            proptest::collection::vec((0_u8..3, 0_usize..4_000), 1..20), 2..9,
        ),
        landed: Vec<bool>,
    ) {
        let limits =
            History { messages_per_room: 12, bytes: 30_000, messages: 30, ..History::default() };
        // In memory, where there is such a place: nothing here hangs on syncs.
        let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let store = Store::open(&place.path().join("whole"), &limits).unwrap().store;
        let (last, earlier) = batches.split_last().expect("there are at least two");
        // A new room has a flush of its own before its first message.
        let mut seq = 0;
        let mut acked = write(&store, &mut seq, &[(0, 1), (1, 1), (2, 1)]);
        for batch in earlier {
            acked.extend(write(&store, &mut seq, batch));
        }
        let before = content(&store);
        write(&store, &mut seq, last);
        let after = content(&store);
        store.close();

        // Of each key that the last write has touched, either state.
        let mut landed = landed.into_iter().cycle();
        let keys = before.keys().chain(after.keys());
        let mixed = keys.filter_map(|key| {
            let (old, new) = (before.get(key), after.get(key));
            let chosen = if old == new || !landed.next().unwrap_or(true) { old } else { new };
            Some((key.clone(), chosen?.clone()))
        });
        let torn = place.path().join("torn");
        put(&torn, &mixed.collect());

        let Opened { store, report, .. } = Store::open(&torn, &limits).unwrap();
        prop_assert_eq!(report, []);
        for info in store.rooms() {
            let page = store.page(&info.name, Bound::After(0), 1_000, 1 << 20).unwrap();
            let bytes: usize = page.records.iter().map(|record| record.body.len()).sum();
            prop_assert_eq!(info.messages, page.records.len() as u64, "{:?}", info);
            prop_assert_eq!(info.bytes, bytes as u64, "{:?}", info);
            for (_, seq) in acked.iter().filter(|(room, _)| **room == *info.name) {
                let there = page.records.iter().any(|record| record.seq == *seq);
                prop_assert!(there || *seq <= info.floor, "{} is gone: {:?}", seq, info);
            }
            for zone in [-840, 0, 345] {
                let days = store.days(&info.name, zone, usize::MAX).unwrap();
                prop_assert_eq!(days, told(&store, &info.name, zone), "{:?}", info);
            }
        }
        // Healed for good: the next writes and openings find it the same.
        write(&store, &mut seq, last);
        let figures = |store: &Store| {
            let mut rooms = store.rooms();
            rooms.sort_by(|a, b| a.name.cmp(&b.name));
            rooms
        };
        let rooms = figures(&store);
        store.close();
        prop_assert_eq!(figures(&Store::open(&torn, &limits).unwrap().store), rooms);
    }
}

const APPEND: Change<'_> = Change::Append {
    room: "live",
    seq: 1,
    at: None,
    body: b"words",
};

#[test]
fn a_store_that_can_be_opened_but_never_written_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let Opened {
        store, boot, log, ..
    } = Store::open(folder.path(), &History::default()).unwrap();
    store.writer().damaged = HOPELESS;
    store.let_go();
    assert!(matches!(store.write(&[APPEND]), Err(StoreError::Closed)));
    let anew = store.reopen().unwrap();
    assert!(matches!(anew.report.as_slice(), [Finding::SetAside { .. }]));
    assert_eq!(anew.boot, boot, "the numbers of this run go on");
    assert_ne!(anew.log, log);
    store.write(&[APPEND]).unwrap();
    assert_eq!(store.reopen().unwrap().report, [], "once is enough");
    assert_eq!(store.room("live").unwrap().messages, 1);
}

/// The keys of the index by time that bear this letter.
fn index_of(content: &Content, letter: u8) -> Vec<Vec<u8>> {
    let keys = content
        .keys()
        .filter(|key| key.starts_with(&[0, 0, 0, 0, letter]));
    keys.cloned().collect()
}

#[test]
fn what_a_version_without_an_index_has_written_is_indexed_when_somebody_asks() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        Store::open(folder.path(), &History::default())
            .unwrap()
            .store
    };
    let store = open();
    let mut seq = 0;
    for _ in 0..200 {
        write(&store, &mut seq, &[(0, 9), (1, 9), (0, 9)]);
    }
    let mut older = content(&store);
    store.close();
    older.retain(|key, _| {
        !key.starts_with(b"\0\0\0\0") || key.len() == 9 && key[4] == b'r' || key[4] == b'b'
    });
    put(folder.path(), &older);

    let store = open();
    assert_eq!(index_of(&content(&store), b'u').len(), 2);
    let asked = || {
        assert_eq!(
            store.days("room 0", 60, usize::MAX).unwrap(),
            told(&store, "room 0", 60)
        );
    };
    asked();
    assert_eq!(
        index_of(&content(&store), b'u').len(),
        1,
        "the other was not asked for"
    );
    write(&store, &mut seq, &[(0, 9), (1, 9)]);
    asked();
    store.close();
    let store = open();
    assert_eq!(
        store.viewed("room 0").unwrap().unindexed,
        0,
        "once is enough"
    );
    for room in ["room 0", "room 1"] {
        assert_eq!(
            store.days(room, 0, usize::MAX).unwrap(),
            told(&store, room, 0)
        );
    }
}

#[test]
fn a_damaged_entry_of_the_index_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &History::default())
        .unwrap()
        .store;
    let mut seq = 0;
    for _ in 0..300 {
        write(&store, &mut seq, &[(0, 9)]);
    }
    let key = index_of(&content(&store), b't').swap_remove(99);
    store
        .with_db(|db| Ok(db.insert(key, b"what is this?")?))
        .unwrap();
    for _ in 0..2 {
        assert_eq!(
            store.days("room 0", 0, usize::MAX).unwrap(),
            told(&store, "room 0", 0)
        );
    }
    assert_eq!(store.viewed("room 0").unwrap().unindexed, 0);
}

#[test]
fn the_index_goes_with_the_messages_and_with_the_room() {
    let folder = tempfile::tempdir().unwrap();
    let limits = History {
        messages_per_room: 50,
        days: 1,
        ..History::default()
    };
    let store = Store::open(folder.path(), &limits).unwrap().store;
    let mut seq = 0;
    for _ in 0..500 {
        write(&store, &mut seq, &[(0, 9)]);
        let entries = index_of(&content(&store), b't').len();
        assert!(entries <= 50 + 30, "{entries}");
    }
    let now = 1 << 40;
    for _ in 0..4 {
        store.write(&[Change::Clock { now }]).unwrap();
    }
    assert_eq!(store.room("room 0"), None);
    assert!(index_of(&content(&store), b't').is_empty());
}

#[test]
fn marks_know_nothing_of_a_write_that_failed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &History::default())
        .unwrap()
        .store;
    store.write(&[APPEND]).unwrap();
    let saved = Marks::load(folder.path());
    store.let_go();
    let mut writer = store.writer();
    writer
        .rooms
        .values_mut()
        .for_each(|room| room.info.last = 9);
    drop(writer);
    store.save_marks();
    assert_eq!(Marks::load(folder.path()), saved);
}

#[test]
fn marks_are_saved_when_they_moved_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.marks");
    let store = Store::open(folder.path(), &History::default())
        .unwrap()
        .store;
    std::fs::remove_file(&path).unwrap();
    store.save_marks();
    assert!(!path.exists(), "nothing has moved");
    store.write(&[APPEND]).unwrap();
    assert!(!path.exists(), "a minute has not passed");
    store.save_marks();
    let marks = Marks::load(folder.path()).unwrap();
    assert_eq!(marks.rooms["live"].last, 1);
}
