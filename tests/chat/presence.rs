//! Presence counts persons, and is right after crashes, double tabs and dead phones.

use std::time::Duration;

use tokio::time::{advance, pause, resume};

use crate::village::{Resident, Village, eventually, name};

/// Lets time pass for those who linger. Time stands still otherwise, so nothing else expires.
async fn wait(duration: Duration) {
    pause();
    advance(duration).await;
    resume();
    tokio::time::sleep(Duration::from_millis(1)).await;
}

fn gone(who: Resident) {
    who.visit.end();
    drop(who);
}

#[tokio::test]
async fn two_tabs_are_one_person_first_in_last_out() {
    let village = Village::open();
    let watcher = village.resident("watcher");
    watcher.join("live").await;
    let tab = village.resident("철수");
    let token = tab.visit.token().reveal();
    let other = village.returning(Some(&token), "철수");
    assert_eq!(tab.join("live").await.count, 2);
    assert_eq!(other.join("live").await.count, 2);
    tab.visit.leave(&name("live"));
    assert_eq!(watcher.ear.heard("left"), Vec::<String>::new());
    other.visit.leave(&name("live"));
    assert_eq!(watcher.ear.heard("joined"), ["joined 철수 2"]);
    assert_eq!(watcher.ear.heard("left"), ["left 철수 1"]);
}

#[tokio::test]
async fn who_is_back_within_ten_seconds_was_never_away() {
    let village = Village::open();
    let watcher = village.resident("watcher");
    watcher.join("live").await;
    let phone = village.resident("phone");
    let token = phone.visit.token().reveal();
    phone.join("live").await;
    gone(phone);
    wait(Duration::from_secs(9)).await;
    let phone = village.returning(Some(&token), "phone");
    assert_eq!(phone.join("live").await.count, 2);
    assert_eq!(watcher.ear.heard("joined").len(), 1);
    wait(Duration::from_secs(20)).await;
    assert_eq!(watcher.ear.heard("left"), Vec::<String>::new());
    gone(phone);
    wait(Duration::from_secs(11)).await;
    eventually("a dead phone has left", || {
        watcher.ear.heard("left") == ["left phone 1"]
    })
    .await;
}

#[tokio::test]
async fn a_visit_that_is_only_dropped_has_left_too() {
    let village = Village::open();
    let phone = village.resident("phone");
    phone.join("live").await;
    drop(phone);
    assert_eq!(village.chat.vitals().visits, 0);
    wait(Duration::from_secs(11)).await;
    let watcher = village.resident("watcher");
    eventually("the room is empty", || {
        let (members, _) = watcher.visit.members(&name("live"), None, None).unwrap();
        members.is_empty()
    })
    .await;
    assert_eq!(watcher.join("live").await.count, 1);
}

#[tokio::test]
async fn a_new_name_is_told_in_every_room() {
    let village = Village::open();
    let (one, two) = (village.resident("one"), village.resident("two"));
    one.join("live").await;
    two.join("live").await;
    assert_eq!(two.visit.rename("one").unwrap().as_str(), "one 2");
    assert_eq!(one.ear.heard("renamed"), ["renamed one 2"]);
    let (members, more) = one.visit.members(&name("live"), None, None).unwrap();
    let mut names: Vec<_> = members.iter().map(|(_, name)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!((names, more), (vec!["one", "one 2"], false));
}

#[tokio::test]
async fn a_new_name_is_told_where_only_another_tab_is_in_the_room() {
    let village = Village::open();
    let watcher = village.resident("watcher");
    watcher.join("kitchen").await;
    let tab = village.resident("old");
    let token = tab.visit.token().reveal();
    tab.join("kitchen").await;
    let other = village.returning(Some(&token), "old");
    other.join("live").await;
    other.visit.rename("new").unwrap();
    assert_eq!(watcher.ear.heard("renamed"), ["renamed new"]);
    let again = village.returning(Some(&token), "newer");
    assert_eq!(again.visit.name().as_str(), "newer");
    assert_eq!(
        watcher.ear.heard("renamed"),
        ["renamed new", "renamed newer"],
        "by a handshake, too"
    );
    let (members, _) = watcher.visit.members(&name("kitchen"), None, None).unwrap();
    assert!(members.iter().any(|(_, name)| name.as_str() == "newer"));
}

#[tokio::test]
async fn in_a_crowd_presence_is_merged_to_a_count() {
    let village = Village::open();
    let watcher = village.resident("watcher");
    watcher.join("live").await;
    let mut crowd = Vec::new();
    for n in 0..120 {
        let resident = village.resident(&format!("r{n}"));
        resident.join("live").await;
        crowd.push(resident);
    }
    assert_eq!(
        watcher.ear.heard("joined").len(),
        49,
        "up to 50 present each is told"
    );
    eventually("the merged count", || {
        watcher
            .ear
            .heard("presence")
            .last()
            .is_some_and(|line| line == "presence 121")
    })
    .await;
    assert!(watcher.ear.heard("presence").len() <= 3, "once a second");
    let (first, more) = watcher.visit.members(&name("live"), None, None).unwrap();
    assert_eq!((first.len(), more), (50, true));
    let (rest, _) = watcher
        .visit
        .members(&name("live"), None, Some(first[49].0))
        .unwrap();
    assert!(
        rest.iter()
            .all(|member| first.iter().all(|known| known.0 != member.0))
    );
}

#[tokio::test]
async fn a_room_that_begins_with_nobody_in_it_is_told_of() {
    let village = Village::open();
    let (one, watcher) = (village.resident("one"), village.resident("watcher"));
    one.say("fresh", "hello").await;
    eventually("the room is in the list", || {
        watcher.ear.heard("rooms") == ["rooms fresh:0"]
    })
    .await;
}

#[tokio::test]
async fn the_list_of_rooms_is_told_to_all_and_empty_rooms_fade_from_memory() {
    let village = Village::open();
    let (one, two) = (village.resident("one"), village.resident("two"));
    one.join("live").await;
    one.say("live", "hello").await;
    eventually("the list", || {
        two.ear
            .heard("rooms")
            .last()
            .is_some_and(|list| list == "rooms live:1")
    })
    .await;
    one.visit.leave(&name("live"));
    eventually("the list without", || {
        two.ear
            .heard("rooms")
            .last()
            .is_some_and(|list| list == "rooms live:0")
    })
    .await;
    assert_eq!(village.chat.vitals().rooms, 1);
    wait(Duration::from_secs(61)).await;
    eventually("the room has faded", || village.chat.vitals().rooms == 0).await;
    assert_eq!(
        two.join("live").await.texts,
        ["hello"],
        "its history stayed"
    );
}
