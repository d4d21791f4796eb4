//! What can only be seen from inside: the healing and the marks.

use super::*;

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
