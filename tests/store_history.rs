//! Guarantee 2 of the store in the ordinary case: what was written is there, in order, page by
//! page, after any number of openings.

use madang::config::History;
use madang::store::{Bound, Change, Opened, Store};

fn open(folder: &std::path::Path) -> Opened {
    Store::open(folder, &History::default()).expect("the store opens")
}

fn append<'a>(room: &'a str, seq: u64, body: &'a [u8]) -> Change<'a> {
    Change::Append {
        room,
        seq,
        at: Some(1_000 + seq),
        body,
    }
}

fn seqs(store: &Store, room: &str, from: Bound, limit: usize, bytes: usize) -> (Vec<u64>, bool) {
    let page = store
        .page(room, from, limit, bytes)
        .expect("the page can be read");
    assert!(!page.damaged);
    (
        page.records.iter().map(|record| record.seq).collect(),
        page.more,
    )
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path());
    assert_eq!(first.boot, 1);
    first
        .store
        .write(&[
            append("live", 1, "안녕".as_bytes()),
            append("다방", 2, &vec![7; 70_000]),
        ])
        .unwrap();
    first.store.write(&[append("live", 3, b"")]).unwrap();
    let before = (first.store.room("live"), first.store.room("다방"));
    first.store.close();

    let second = open(folder.path());
    assert_eq!((second.boot, second.log), (2, first.log));
    assert_eq!(second.report, []);
    assert_eq!(
        (second.store.room("live"), second.store.room("다방")),
        before
    );
    let page = second.store.page("다방", Bound::After(0), 10, 10).unwrap();
    assert_eq!(page.records[0].body, vec![7; 70_000]);
    assert_eq!(page.records[0].at, Some(1_002));
    let info = second.store.room("live").unwrap();
    assert_eq!(
        (info.messages, info.bytes, info.first, info.last, info.floor),
        (2, 6, 1, 3, 0)
    );
    assert_eq!(info.last_at, Some(1_003));
}

#[test]
fn pages_are_cut_by_limit_and_by_bytes_and_hold_at_least_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).store;
    let body = [1; 100];
    let batch: Vec<_> = (1..=9).map(|seq| append("live", seq * 10, &body)).collect();
    store.write(&batch).unwrap();
    store.write(&[append("other", 95, b"x")]).unwrap();

    assert_eq!(
        seqs(&store, "live", Bound::After(0), 3, 1_000),
        (vec![10, 20, 30], true)
    );
    assert_eq!(
        seqs(&store, "live", Bound::After(70), 3, 1_000),
        (vec![80, 90], false)
    );
    assert_eq!(
        seqs(&store, "live", Bound::After(75), 2, 1_000),
        (vec![80, 90], false)
    );
    assert_eq!(
        seqs(&store, "live", Bound::After(90), 3, 1_000),
        (vec![], false)
    );
    assert_eq!(
        seqs(&store, "live", Bound::After(u64::MAX), 3, 1_000),
        (vec![], false)
    );
    assert_eq!(
        seqs(&store, "live", Bound::After(0), 9, 250),
        (vec![10, 20], true)
    );
    assert_eq!(
        seqs(&store, "live", Bound::After(0), 9, 0),
        (vec![10], true)
    );
    assert_eq!(
        seqs(&store, "live", Bound::After(0), 0, 0),
        (vec![10], true)
    );
    assert_eq!(
        seqs(&store, "live", Bound::Before(u64::MAX), 2, 1_000),
        (vec![80, 90], true)
    );
    assert_eq!(
        seqs(&store, "live", Bound::Before(30), 5, 1_000),
        (vec![10, 20], false)
    );
    assert_eq!(
        seqs(&store, "live", Bound::Before(10), 5, 1_000),
        (vec![], false)
    );
    assert_eq!(
        seqs(&store, "live", Bound::Before(0), 5, 1_000),
        (vec![], false)
    );
    assert_eq!(
        seqs(&store, "nowhere", Bound::After(0), 5, 1_000),
        (vec![], false)
    );
}

#[test]
fn a_message_written_late_under_its_old_seq_takes_its_place_and_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).store;
    store
        .write(&[
            append("live", 1, b"a"),
            append("live", 5, b"e"),
            append("live", 7, b"g"),
        ])
        .unwrap();
    store
        .write(&[append("live", 3, b"cc"), append("live", 7, b"ggg")])
        .unwrap();
    let info = store.room("live").unwrap();
    assert_eq!((info.messages, info.bytes, info.last), (4, 7, 7));
    assert_eq!(seqs(&store, "live", Bound::After(0), 9, 99).0, [1, 3, 5, 7]);
    store.close();
    assert_eq!(open(folder.path()).store.room("live"), Some(info));
}

#[test]
fn a_floor_is_kept_and_never_falls() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).store;
    store
        .write(&[
            append("live", 1, b"a"),
            Change::Floor {
                room: "live",
                floor: 9,
            },
        ])
        .unwrap();
    store
        .write(&[
            append("live", 10, b"b"),
            Change::Floor {
                room: "live",
                floor: 4,
            },
        ])
        .unwrap();
    store.close();
    let info = open(folder.path()).store.room("live").unwrap();
    assert_eq!((info.floor, info.messages, info.last), (9, 2, 10));
}
