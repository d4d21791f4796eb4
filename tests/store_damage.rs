//! Guarantee 6 for damage: whatever is on the disk, the store opens or says why not; it never
//! panics, never hangs, never hands out a message that was not written, and tells what is missing.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends where its ground is missing"
)]

#[path = "powercut/sample.rs"]
mod sample;
#[path = "common/tree.rs"]
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use madang::config::History;
use madang::store::{Bound, Change, Days, Finding, Opened, Store, StoreError};
use sample::{Random, at, body, room};
use tree::copy;

const ROOMS: u64 = 3;
const MESSAGES: u64 = 240;
/// `MADANG_CASES` asks for more.
const CASES: u64 = 160;

fn open(folder: &Path) -> Result<Opened, StoreError> {
    Store::open(folder, &History::default())
}

/// A store with messages, its marks saved, as a kill leaves it or closed.
fn make(folder: &Path) {
    for start in [1, MESSAGES / 2 + 1] {
        let store = open(folder).unwrap().store;
        for seq in start..start + MESSAGES / 2 {
            let (name, body) = (room(seq % ROOMS), body(seq % ROOMS, seq));
            store
                .write(&[Change::Append {
                    room: &name,
                    seq,
                    at: Some(at(seq)),
                    body: &body,
                }])
                .unwrap();
        }
        store.close();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry.is_dir() {
            files.extend(self::files(&entry));
        } else if fs::metadata(&entry).unwrap().len() > 0 {
            files.push(entry);
        }
    }
    files.sort();
    files
}

/// Spoils one file in one of five ways and says how.
fn spoil(folder: &Path, random: &mut Random) -> String {
    let mut files = files(folder);
    files.retain(|file| !file.ends_with("db.ballast"));
    // Every second time the log itself, which is by far the largest.
    let file = if random.below(2) == 0 {
        folder.join("db/db")
    } else {
        files.swap_remove(index(random, files.len()))
    };
    let mut bytes = fs::read(&file).unwrap();
    let at = index(random, bytes.len());
    let how = match random.below(5) {
        0 => {
            bytes[at] ^= 1 << random.below(8);
            "one bit"
        }
        1 => {
            let end = bytes.len().min(at + 4096);
            bytes[at..end].fill(0);
            "a page of zeroes"
        }
        2 => {
            let end = bytes.len().min(at + 512);
            bytes[at..end].fill_with(|| random.number().to_le_bytes()[0]);
            "a sector of noise"
        }
        3 => {
            bytes.truncate(at);
            "cut off"
        }
        _ => {
            bytes.clear();
            "emptied"
        }
    };
    fs::write(&file, bytes).unwrap();
    format!(
        "{}: {how} at {at}",
        file.strip_prefix(folder).unwrap().display()
    )
}

fn index(random: &mut Random, end: usize) -> usize {
    usize::try_from(random.below(end as u64)).unwrap()
}

/// Opens a spoiled store and answers whether all is there; panics if it is worse than reported.
fn judge(folder: &Path) -> &'static str {
    let opened = open(folder).expect("a damaged store is no reason not to open");
    let set_aside = opened
        .report
        .iter()
        .any(|finding| matches!(finding, Finding::SetAside { .. }));
    let lost = opened
        .report
        .iter()
        .any(|finding| matches!(finding, Finding::Lost { .. }));
    let (mut whole, mut unreadable, mut astray) = (0, false, false);
    for number in 0..ROOMS {
        let (mut after, mut more) = (0, true);
        let mut days = Days::new(0, usize::MAX);
        while more {
            let read = opened
                .store
                .page(&room(number), Bound::After(after), 20, 1 << 20);
            let Ok(page) = read else {
                unreadable = true;
                break;
            };
            unreadable |= page.damaged;
            more = page.more;
            for record in page.records {
                assert_eq!(
                    record.body,
                    body(number, record.seq),
                    "not what was written"
                );
                assert_eq!(record.at, Some(at(record.seq)));
                days.add(record.seq, at(record.seq));
                (whole, after) = (whole + 1, record.seq);
            }
        }
        let found = opened.store.days(&room(number), 0, usize::MAX);
        // Where only the index is damaged, every message is whole, and the error tells.
        astray |= found.is_ok_and(|found| found != days);
    }
    let told = set_aside || lost || unreadable;
    assert!(
        whole == MESSAGES || told,
        "{whole} messages are left and nobody was told"
    );
    assert!(!astray || told, "days are missing and nobody was told");
    // Numbers are not used twice, nor is a new log taken for the old one.
    assert!(set_aside || opened.boot == 3, "boot {}", opened.boot);
    // And life goes on.
    let seq = 3 << 33;
    let more = Change::Append {
        room: "more",
        seq,
        at: None,
        body: b"on",
    };
    if opened.store.write(&[more]).is_err() {
        opened
            .store
            .reopen()
            .expect("what cannot be written is healed");
        opened
            .store
            .write(&[more])
            .expect("a healed store can be written");
    }
    opened.store.close();
    match (set_aside, lost, unreadable) {
        (true, ..) => "set aside",
        (_, true, _) => "loss noticed",
        (_, _, true) => "some unreadable",
        _ => "unharmed",
    }
}

#[test]
fn damage_of_any_kind_is_survived_and_reported() {
    let place = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    let good = place.path().join("good");
    make(&good);
    let cases = std::env::var("MADANG_CASES").map_or(CASES, |text| text.parse().unwrap());
    let mut random = Random::new(cases);
    let mut outcomes = std::collections::BTreeMap::new();
    for case in 0..cases {
        let folder = place.path().join(case.to_string());
        copy(&good, &folder);
        let how = spoil(&folder, &mut random);
        let (tell, told) = mpsc::channel();
        let at = folder.clone();
        let judging = std::thread::spawn(move || tell.send(judge(&at)));
        match told.recv_timeout(Duration::from_secs(60)) {
            Ok(outcome) => *outcomes.entry(outcome).or_insert(0) += 1,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("case {case} hangs: {how}"),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let _ = judging.join();
                panic!("case {case} failed, see above: {how}");
            }
        }
        fs::remove_dir_all(folder).unwrap();
    }
    println!("{cases} damaged stores: {outcomes:?}");
}

#[test]
fn a_half_written_snapshot_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    fs::write(
        folder.path().join("db/snap.FFFFFFFFFFFFFFFF.generating"),
        b"half",
    )
    .unwrap();
    let opened = open(folder.path()).unwrap();
    assert_eq!(opened.report, []);
    assert_eq!(opened.boot, 3);
    let messages: u64 = opened.store.rooms().iter().map(|info| info.messages).sum();
    assert_eq!(messages, MESSAGES);
}

#[test]
fn a_damaged_snapshot_is_made_again_from_the_log() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let snapshots = files(&folder.path().join("db")).into_iter().filter(|file| {
        file.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with("snap."))
    });
    for snapshot in snapshots {
        fs::write(snapshot, b"no snapshot at all").unwrap();
    }
    let opened = open(folder.path()).unwrap();
    assert!(
        matches!(opened.report.as_slice(), [Finding::Repaired { .. }]),
        "{:?}",
        opened.report
    );
    let messages: u64 = opened.store.rooms().iter().map(|info| info.messages).sum();
    assert_eq!((messages, opened.boot), (MESSAGES, 3));
}

#[test]
fn a_store_set_aside_never_takes_the_place_of_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut logs = Vec::new();
    for _ in 0..3 {
        make(folder.path());
        logs.push(open(folder.path()).unwrap().log);
        fs::write(folder.path().join("db/conf"), b"not a configuration").unwrap();
    }
    let last = open(folder.path()).unwrap();
    assert!(!logs.contains(&last.log), "a new store has a new identity");
    let names = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let aside = names
        .filter(|name| name.to_str().unwrap().starts_with("db.corrupt-"))
        .count();
    assert_eq!(aside, 3);
    assert!(matches!(last.report.as_slice(), [Finding::SetAside { to, .. }] if to.is_dir()));
}

#[test]
fn a_lost_tail_is_noticed_by_the_marks_and_the_floor_rises_over_it() {
    let folder = tempfile::tempdir().unwrap();
    let append = |seq| Change::Append {
        room: "live",
        seq,
        at: None,
        body: b"words" as &[u8],
    };
    let opened = open(folder.path()).unwrap();
    opened.store.write(&[append(1)]).unwrap();
    opened.store.close();
    let older = tempfile::tempdir().unwrap();
    copy(&folder.path().join("db"), older.path());

    let second = open(folder.path()).unwrap();
    assert_eq!(second.boot, 2);
    second.store.write(&[append(2), append(3)]).unwrap();
    second.store.close();
    // The card falls back to an older state of the database; the marks are newer.
    fs::remove_dir_all(folder.path().join("db")).unwrap();
    copy(older.path(), &folder.path().join("db"));

    let third = open(folder.path()).unwrap();
    let lost = Finding::Lost {
        room: "live".into(),
        after: 1,
        upto: 3,
    };
    assert_eq!(third.report, [lost]);
    assert_eq!(third.boot, 3, "no number is used twice");
    let info = third.store.room("live").unwrap();
    assert_eq!((info.messages, info.last, info.floor), (1, 1, 3));
    third.store.close();
    // It is told once.
    assert_eq!(open(folder.path()).unwrap().report, []);
}

#[test]
fn a_room_that_is_gone_as_a_whole_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).unwrap().store.close();
    let older = tempfile::tempdir().unwrap();
    copy(&folder.path().join("db"), older.path());
    let second = open(folder.path()).unwrap();
    second
        .store
        .write(&[Change::Append {
            room: "방",
            seq: 7,
            at: None,
            body: b"a",
        }])
        .unwrap();
    second.store.close();
    fs::remove_dir_all(folder.path().join("db")).unwrap();
    copy(older.path(), &folder.path().join("db"));

    let third = open(folder.path()).unwrap();
    assert_eq!(
        third.report,
        [Finding::Lost {
            room: "방".into(),
            after: 0,
            upto: 7
        }]
    );
    assert_eq!(third.store.room("방").unwrap().floor, 7);
}
