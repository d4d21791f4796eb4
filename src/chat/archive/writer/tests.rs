//! The writer by itself: what it keeps while the card fails, and what a panic costs.

use super::*;
use crate::chat::archive::Archive;
use crate::chat::draft::Draft;
use crate::chat::name::PersonName;
use crate::chat::person::Token;
use crate::clock::{Clock, Moment};

fn message(seq: u64) -> Arc<Message> {
    let draft = Draft::new(None, Some("hello".to_owned()), None, None, 10).unwrap();
    let (id, name) = (Token::random().person(), PersonName::anonymous());
    let now = Moment {
        ms: 1,
        trusted: true,
    };
    Arc::new(Message::new("live", seq, (id, &name), &draft, now))
}

fn setup(folder: &std::path::Path) -> Setup {
    let clock = Clock::of_tests(folder);
    Setup {
        store: None,
        folder: folder.to_owned(),
        log: LogId::random().unwrap(),
        boot: 0,
        settings: crate::config::History::default(),
        clock: Arc::new(clock),
        metrics: Arc::default(),
        listener: Box::new(|_| {}),
    }
}

#[test]
fn a_queue_that_nobody_empties_is_behind_at_the_size_of_all_rings() {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = setup(folder.path());
    setup.settings.ring_total_bytes = 1_000;
    let archive = Archive {
        shared: Arc::new(Archive::shared(&setup)),
        thread: std::sync::Mutex::default(),
    };
    let room = RoomName::parse("live", 64).unwrap();
    archive.write(&room, &message(1), None);
    assert!(!archive.is_behind());
    for seq in 2..20 {
        archive.write(&room, &message(seq), None);
    }
    assert!(archive.is_behind());
    archive.shared.queue().take();
    assert!(!archive.is_behind());
}

#[test]
fn a_message_sent_again_and_again_is_kept_once_while_the_card_fails() {
    let folder = tempfile::tempdir().unwrap();
    let setup = setup(folder.path());
    let shared = Arc::new(Archive::shared(&setup));
    let mut writer = Writer::new(setup, shared);
    let room = RoomName::parse("live", 64).unwrap();
    let messages = [message(1), message(2)];
    for _ in 0..100 {
        let mut group = Group::default();
        for message in &messages {
            group.messages.push((room.clone(), Arc::clone(message)));
            group.messages.push((room.clone(), Arc::clone(message)));
        }
        writer.write(group);
    }
    assert_eq!(writer.unsaved.len(), 2);
    assert_eq!(Arc::strong_count(&messages[0]), 2);
}

#[test]
fn a_panic_costs_one_group_its_answers_and_not_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let opened = Store::open(folder.path(), &crate::config::History::default()).unwrap();
    let (log, boot) = (opened.log, opened.boot);
    let archive = Archive::start(Setup {
        store: Some(opened.store),
        log,
        boot,
        ..setup(folder.path())
    })
    .unwrap();
    let room = RoomName::parse("live", 64).unwrap();
    let first = u64::from(boot) << 33;
    let stumble: crate::chat::archive::Waiter = Box::new(|_| panic!("a test's own"));
    archive.write(&room, &message(first + 1), Some(stumble));
    let patience = Instant::now() + Duration::from_secs(20);
    for seq in first + 2.. {
        let (tell, told) = std::sync::mpsc::channel();
        let waiter: crate::chat::archive::Waiter = Box::new(move |fate| drop(tell.send(fate)));
        archive.write(&room, &message(seq), Some(waiter));
        // Lost with the group that stumbled, refused until the store is open again, then stored.
        if let Ok(Ok(_)) = told.recv_timeout(Duration::from_secs(20)) {
            break;
        }
        assert!(Instant::now() < patience, "it did not heal");
    }
    assert!(archive.is_storing());
    archive.close();
}

#[test]
fn an_archive_that_hangs_is_told_from_one_that_waits_and_is_well_once_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let opened = Store::open(folder.path(), &crate::config::History::default()).unwrap();
    let archive = Archive::start(Setup {
        store: Some(opened.store),
        log: opened.log,
        boot: opened.boot,
        ..setup(folder.path())
    })
    .unwrap();
    let (enter, entered) = std::sync::mpsc::channel();
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let hang: crate::chat::archive::Waiter = Box::new(move |_| {
        enter.send(()).unwrap();
        let _ = held.recv();
    });
    let room = RoomName::parse("live", 64).unwrap();
    let seq = (u64::from(opened.boot) << 33) + 1;
    archive.write(&room, &message(seq), Some(hang));
    entered.recv().unwrap();
    let patience = Instant::now() + Duration::from_secs(20);
    while archive.is_working() {
        assert!(Instant::now() < patience, "nobody noticed");
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(let_go);
    while !archive.is_working() {
        assert!(Instant::now() < patience, "it goes on, and nobody noticed");
        std::thread::sleep(Duration::from_millis(10));
    }
    archive.close();
}
