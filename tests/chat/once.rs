//! Guarantee 3: a message sent again with the same `id` is never relayed again.

use crate::village::{Village, name};

#[tokio::test]
async fn a_retry_gets_the_receipt_of_the_original_and_nobody_hears_it() {
    let village = Village::open();
    let (one, two) = (village.resident("one"), village.resident("two"));
    two.join("live").await;
    let first = one.begin("live", "id-1", "hello").await;
    let again = one.post("live", "id-1", "hello").await.unwrap();
    assert_eq!(first.await.unwrap().unwrap(), again);
    assert_eq!(two.ear.heard("message").len(), 1);
}

#[tokio::test]
async fn a_retry_is_known_after_a_restart_and_beyond_the_ring() {
    let village = Village::with(|config| config.history.ring_messages = 10);
    let one = village.resident("one");
    let token = one.visit.token().reveal();
    let original = one.post("live", "id-1", "hello").await.unwrap();
    for n in 0..400 {
        one.say("live", &format!("{n}")).await;
    }
    assert_eq!(
        one.post("live", "id-1", "hello").await.unwrap(),
        original,
        "beyond the ring"
    );
    drop(one);
    let village = village.restart().await;
    let one = village.returning(Some(&token), "one");
    assert_eq!(
        one.post("live", "id-1", "hello").await.unwrap(),
        original,
        "after a restart"
    );
    assert_eq!(one.history_after("live", 0).await.len(), 401);
}

#[tokio::test]
async fn the_same_id_of_another_person_or_in_another_room_is_another_message() {
    let village = Village::open();
    let (one, two) = (village.resident("one"), village.resident("two"));
    let first = one.post("live", "id-1", "hello").await.unwrap();
    assert_ne!(
        two.post("live", "id-1", "hello").await.unwrap().seq,
        first.seq
    );
    assert_ne!(
        one.post("kitchen", "id-1", "hello").await.unwrap().seq,
        first.seq
    );
    assert!(
        !one.visit.is_in(&name("live")),
        "posting does not need presence"
    );
}
