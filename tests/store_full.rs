//! Guarantee 6 for a full disk: what was acknowledged stays and can be read, nothing more is
//! acknowledged, and when there is room again the store heals, also if it was started on a full
//! disk.
//!
//! The test runs itself once more on a small file system of its own. Where mounting is forbidden
//! it says so and limits the size of files instead, which shows less.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends where its ground is missing"
)]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use madang::config::History;
use madang::store::{Bound, Change, Finding, Opened, Store, StoreError};

const PLACE: &str = "MADANG_TEST_FULL_DISK";

#[test]
fn a_full_disk_takes_nothing_and_heals() {
    let mounted = inside("on_a_small_disk", |folder, program| {
        let mount = format!(
            "mount -t tmpfs -o size=40m tmpfs '{}' && exec \"$@\"",
            folder.display()
        );
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "sh", "-c", &mount, "sh"])
            .arg(program);
        command
    });
    if mounted {
        return;
    }
    eprintln!("THIS MACHINE FORBIDS TO MOUNT: the full disk is only imitated by a limit on files");
    let limited = inside("with_a_limit_on_files", |_, program| {
        let mut command = Command::new("sh");
        // In blocks of 512 bytes; the signal that comes with the error would end the program.
        command
            .args(["-c", "trap '' XFSZ; ulimit -S -f 24576; exec \"$@\"", "sh"])
            .arg(program);
        command
    });
    assert!(
        limited,
        "neither a small disk nor a limit on files can be had"
    );
}

/// Runs one of the tests below in a place of its own. False if there can be none.
fn inside(test: &str, place: impl FnOnce(&Path, &Path) -> Command) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let ran = place(folder.path(), &program)
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env(PLACE, folder.path())
        .output()
        .expect("sh and unshare are installed");
    let (out, errors) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    let started = out.contains("running 1 test");
    assert!(ran.status.success() || !started, "{out}\n{errors}");
    if !started {
        eprintln!("{errors}");
    }
    started
}

fn place() -> PathBuf {
    std::env::var_os(PLACE)
        .expect("run by a_full_disk_takes_nothing_and_heals only")
        .into()
}

fn open(folder: &Path) -> Opened {
    Store::open(folder, &History::default()).expect("the store opens")
}

/// Writes messages until that fails; answers the last one acknowledged and why it ended.
fn fill(store: &Store, from: u64) -> (u64, StoreError) {
    for seq in from.. {
        if let Err(error) = append(store, seq) {
            return (seq - 1, error);
        }
    }
    unreachable!("a disk is never that large")
}

fn append(store: &Store, seq: u64) -> Result<(), StoreError> {
    store.write(&[Change::Append {
        room: "live",
        seq,
        at: None,
        body: &[7; 10_000],
    }])
}

/// All messages from 1 to `last` are there, and nothing else that was never written.
fn whole(store: &Store, last: u64) {
    let (mut after, mut more) = (0, true);
    while more {
        let page = store
            .page("live", Bound::After(after), 50, 1 << 20)
            .expect("it can be read");
        assert!(!page.damaged);
        for record in &page.records {
            // One that was refused may be there all the same: it may be written again.
            assert_eq!(record.seq, after + 1);
            assert_eq!(record.body, [7; 10_000]);
            after = record.seq;
        }
        more = page.more;
    }
    assert!(
        after == last || after == last + 1,
        "{after} are there, {last} were acknowledged"
    );
}

/// Takes all the room that is left but some.
fn occupy(path: &Path, spare: usize) {
    let mut file = File::create(path).unwrap();
    while file.write_all(&[1; 4096]).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(spare as u64)).unwrap();
}

#[test]
#[ignore = "needs a small disk: run by a_full_disk_takes_nothing_and_heals"]
fn on_a_small_disk() {
    let (folder, filler) = (place().join("store"), place().join("filler"));
    let Opened {
        store, boot, log, ..
    } = open(&folder);
    append(&store, 1).unwrap();
    occupy(&filler, 3 << 20);

    let (last, error) = fill(&store, 2);
    assert!(matches!(error, StoreError::Full), "{error}");
    assert!(last > 10, "{last}");
    let read = store.page("live", Bound::After(0), 1, 1);
    assert!(matches!(read, Err(StoreError::Closed)), "readers are told");
    assert!(matches!(append(&store, last + 1), Err(StoreError::Closed)));

    // What sled has room for inside its own file may be stored yet, until the ballast is needed.
    let mut last = last;
    while store.reopen().is_ok() {
        (last, _) = fill(&store, last + 1);
    }

    // Still full: reading works, writing does not, as often as one asks.
    for _ in 0..3 {
        assert!(matches!(store.reopen(), Err(StoreError::Full)));
        whole(&store, last);
        assert!(matches!(append(&store, last + 1), Err(StoreError::Full)));
    }

    fs::remove_file(&filler).unwrap();
    let healed = store.reopen().expect("there is room again");
    assert_eq!(
        (healed.boot, healed.log, healed.report),
        (boot, log, vec![])
    );
    for seq in last + 1..last + 20 {
        append(&store, seq).unwrap();
    }
    whole(&store, last + 19);
    store.close();

    // A start on a disk without any room at all. What sled has room for inside its own file can
    // still be stored; without the ballast nothing can.
    occupy(&filler, 0);
    let Opened {
        store,
        boot: second,
        log: same,
        report,
    } = open(&folder);
    assert_eq!((second, same), (boot + 1, log));
    whole(&store, last + 19);
    let (last, error) = fill(&store, last + 20);
    assert!(matches!(error, StoreError::Full), "{error}");
    assert!(
        report.is_empty() || report == [Finding::NoRoom],
        "{report:?}"
    );
    fs::remove_file(&filler).unwrap();
    store.reopen().expect("there is room again");
    append(&store, last + 1).unwrap();
    store.close();
    whole(&open(&folder).store, last + 1);

    // A start without a store and without room: the gateway runs without.
    occupy(&filler, 0);
    let none = Store::open(&place().join("other"), &History::default()).map(|opened| opened.report);
    assert!(matches!(none, Err(StoreError::Full)), "{none:?}");
}

#[test]
#[ignore = "needs a limit on files: run by a_full_disk_takes_nothing_and_heals"]
fn with_a_limit_on_files() {
    let folder = place().join("store");
    let store = open(&folder).store;
    let (last, error) = fill(&store, 1);
    assert!(matches!(error, StoreError::Full), "{error}");
    let lifted = Command::new("prlimit")
        .args([
            "--fsize=unlimited",
            "--pid",
            &std::process::id().to_string(),
        ])
        .status();
    assert!(lifted.expect("prlimit is installed").success());
    store.reopen().expect("there is room again");
    whole(&store, last);
    append(&store, last + 1).unwrap();
    store.close();
    whole(&open(&folder).store, last + 1);
}
