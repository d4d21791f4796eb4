//! Guarantee 6: degrades, never dies. Relaying goes on without a card, senders are told, and it
//! heals by itself. (A card that fills up is in `tests/store_full.rs` and, over the wire, in the
//! tests of the binary.)

use std::sync::Arc;
use std::sync::atomic::Ordering;

use madang::chat::{Chat, Refusal};
use madang::clock::Clock;
use madang::config::Config;
use madang::folder::Folder;
use madang::store::StoreError;

use crate::village::{Village, eventually};

#[tokio::test]
async fn without_a_store_messages_are_relayed_and_refused_and_it_heals() {
    let village = Village::open();
    let history = village.path().join("history");
    let log = village.chat.log();
    village.chat.close().await;
    std::fs::rename(&history, village.path().join("elsewhere")).unwrap();
    std::fs::write(&history, "in the way").unwrap();

    let village = village.restart().await;
    let (one, two) = (village.resident("one"), village.resident("two"));
    two.join("live").await;
    let hasty = village.resident("hasty");
    hasty.ear.ends.set(Arc::downgrade(&hasty.visit)).unwrap();
    assert!(!village.chat.vitals().storing);
    assert_ne!(
        village.chat.log(),
        log,
        "makeshift numbers belong to no store"
    );
    assert_eq!(
        one.post("live", "id-1", "hello").await,
        Err(Refusal::NotStored)
    );
    assert_eq!(
        one.post("live", "id-1", "hello").await,
        Err(Refusal::NotStored)
    );
    assert_eq!(two.ear.heard("message").len(), 1, "relayed, and once");

    std::fs::remove_file(&history).unwrap();
    std::fs::rename(village.path().join("elsewhere"), &history).unwrap();
    eventually("the store is found again", || village.chat.vitals().storing).await;
    assert_eq!(village.chat.log(), log);
    assert_eq!(two.ear.heard("storing"), ["storing true"]);
    assert!(
        two.ear.recalled.load(Ordering::SeqCst),
        "clients come back with the other log"
    );
    one.post("live", "id-1", "hello").await.unwrap();
    assert_eq!(
        village.resident("three").join("live").await.texts,
        ["hello"]
    );
}

#[tokio::test]
async fn a_folder_that_another_gateway_holds_is_refused() {
    let village = Village::open();
    let clock = Arc::new(Clock::open(&Folder::open(village.path()).unwrap()));
    let config = Arc::new(Config::default());
    let second = Chat::start(
        config,
        clock,
        Arc::default(),
        &village.path().join("history"),
    );
    assert!(matches!(second, Err(StoreError::Locked)));
}
