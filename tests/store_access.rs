//! The store of somebody else: a second process, a folder without permission. Each ends in an
//! error that says so, and harms nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use madang::config::History;
use madang::store::{Bound, Change, Store, StoreError};

const FOLDER: &str = "MADANG_TEST_FOLDER";
const APPEND: Change<'_> = Change::Append {
    room: "live",
    seq: 1,
    at: None,
    body: b"words",
};

/// Runs one of the ignored tests below in another process.
fn elsewhere(command: &mut Command, test: &str, folder: &std::path::Path) {
    let ran = command
        .args([test, "--exact", "--ignored"])
        .env(FOLDER, folder)
        .output()
        .expect("this program can be run again");
    let out = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && out.contains("1 passed"), "{out}");
}

fn opening() -> StoreError {
    let folder = std::env::var_os(FOLDER).expect("run by another test only");
    Store::open(folder.as_ref(), &History::default())
        .err()
        .expect("it must not open")
}

#[test]
fn a_second_process_gets_a_clear_error_and_leaves_everything_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &History::default())
        .unwrap()
        .store;
    store.write(&[APPEND]).unwrap();
    let program = std::env::current_exe().unwrap();
    elsewhere(&mut Command::new(program), "it_is_locked", folder.path());
    assert_eq!(
        store
            .page("live", Bound::After(0), 9, 99)
            .unwrap()
            .records
            .len(),
        1
    );
    store
        .write(&[Change::Append {
            room: "live",
            seq: 2,
            at: None,
            body: b"more",
        }])
        .unwrap();
}

#[test]
#[ignore = "run by a_second_process_gets_a_clear_error_and_leaves_everything_alone"]
fn it_is_locked() {
    let error = opening();
    assert!(matches!(error, StoreError::Locked), "{error}");
    assert!(error.to_string().contains("already running"));
}

#[test]
fn a_folder_that_may_not_be_written_to_is_named_so() {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let folder = place.path().join("store");
    let store = Store::open(&folder, &History::default()).unwrap().store;
    store.write(&[APPEND]).unwrap();
    store.close();
    let program = std::env::current_exe().unwrap();
    let modes = |mode, files| {
        for entry in fs::read_dir(folder.join("db")).unwrap().map(Result::unwrap) {
            let mode = if entry.path().is_dir() { mode } else { files };
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode)).unwrap();
        }
        fs::set_permissions(folder.join("db"), fs::Permissions::from_mode(mode)).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    };
    modes(0o555, 0o444);
    // Permissions do not hold root back: root reads as somebody else.
    let is_root = fs::metadata("/proc/self").map(|me| std::os::unix::fs::MetadataExt::uid(&me));
    let mut command = if is_root.unwrap() == 0 {
        let copy = place.path().join("program");
        fs::copy(program, &copy).unwrap();
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(copy);
        command
    } else {
        Command::new(program)
    };
    elsewhere(&mut command, "it_is_read_only", &folder);
    modes(0o755, 0o644);
    let store = Store::open(&folder, &History::default()).unwrap().store;
    assert_eq!(store.room("live").unwrap().messages, 1);
}

#[test]
#[ignore = "run by a_folder_that_may_not_be_written_to_is_named_so"]
fn it_is_read_only() {
    let error = opening();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
}

#[test]
fn what_cannot_be_stored_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &History::default())
        .unwrap()
        .store;
    for room in ["", &"방".repeat(342)] {
        let append = Change::Append {
            room,
            seq: 1,
            at: None,
            body: b"words",
        };
        assert!(matches!(
            store.write(&[APPEND, append]),
            Err(StoreError::TooLong)
        ));
    }
    assert_eq!(store.rooms(), []);
    store.write(&[APPEND]).expect("the store goes on");
}
