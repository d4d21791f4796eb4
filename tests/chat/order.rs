//! Guarantee 1: everyone in a room sees the same messages in the same order.

use crate::village::{Resident, Village};

#[tokio::test(flavor = "multi_thread")]
async fn all_hear_the_same_order_live_and_in_the_history() {
    let village = Village::open();
    let (one, two) = (village.resident("one"), village.resident("two"));
    one.join("live").await;
    two.join("live").await;
    // In tasks of their own, so that two threads meet in the room.
    let post = |who: Resident, prefix: &'static str| {
        tokio::spawn(async move {
            for n in 0..200 {
                who.say("live", &format!("{prefix}{n}")).await;
            }
            who
        })
    };
    let (one, two) = tokio::join!(post(one, "a"), post(two, "b"));
    let (one, two) = (one.unwrap(), two.unwrap());
    let heard = one.ear.heard("message");
    assert_eq!(heard.len(), 400);
    assert_eq!(heard, two.ear.heard("message"));
    let seqs = one.ear.seqs();
    assert!(seqs.is_sorted_by(|a, b| a < b));
    assert_eq!(two.history_after("live", 0).await, seqs);
    let village = village.restart().await;
    assert_eq!(
        village.resident("three").history_after("live", 0).await,
        seqs
    );
}

#[tokio::test]
async fn numbers_grow_over_restarts() {
    let village = Village::open();
    let before = village.resident("one").say("live", "before").await;
    let village = village.restart().await;
    let after = village.resident("one").say("live", "after").await;
    assert!(after > before);
    assert!(after < 1 << 53);
}
