//! Guarantee 4: no silent gap. A joiner with a cursor gets every message after it, or is told.

use madang::store::Bound;

use crate::village::{Resident, Village};

/// Reads on from a cursor as a client does: the join's page, then pages, then what came live.
async fn catch_up(who: &Resident, room: &str, since: u64) -> Vec<u64> {
    let entered = who.join_since(room, Some(since), None).await.unwrap();
    assert!(!entered.gap && !entered.reset);
    let mut seqs = entered.seqs;
    if entered.more {
        seqs.extend(who.history_after(room, entered.next).await);
    }
    let last = seqs.last().copied().unwrap_or(since);
    seqs.extend(who.ear.seqs().into_iter().filter(|seq| *seq > last));
    seqs
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_while_others_talk_misses_nothing_and_hears_nothing_twice() {
    let village = Village::with(|config| config.history.ring_messages = 20);
    let talker = village.resident("talker");
    let mut all = vec![talker.say("live", "first").await];
    let talk = async {
        for n in 0..600 {
            all.push(talker.say("live", &format!("{n}")).await);
        }
    };
    let returning = async {
        let mut sessions = Vec::new();
        for n in 0..40 {
            let who = village.resident(&format!("r{n}"));
            let since = who.history("live", Bound::Before(u64::MAX)).await;
            assert!(!since.0.is_empty());
            sessions.push((catch_up(&who, "live", 0).await, who));
        }
        sessions
    };
    let ((), sessions) = tokio::join!(talk, returning);
    for (caught_up, who) in sessions {
        let last = *caught_up.last().unwrap();
        let mut seqs = caught_up;
        seqs.extend(who.ear.seqs().into_iter().filter(|seq| *seq > last));
        assert_eq!(seqs, all);
    }
}

#[tokio::test]
async fn with_a_cursor_the_oldest_come_first_and_without_the_newest() {
    let village = Village::with(|config| config.history.ring_messages = 5);
    let one = village.resident("one");
    for n in 0..120 {
        one.say("live", &n.to_string()).await;
    }
    let newest = village.resident("two").join("live").await;
    assert_eq!(
        (newest.texts.len(), newest.texts.last().unwrap().as_str()),
        (50, "119")
    );
    let oldest = village
        .resident("three")
        .join_since("live", Some(0), None)
        .await
        .unwrap();
    assert_eq!(
        (oldest.texts.len(), oldest.texts[0].as_str(), oldest.more),
        (50, "0", true)
    );
    assert_eq!(oldest.next, oldest.seqs[49]);
    let none = village
        .resident("four")
        .join_since("live", Some(newest.next), None)
        .await
        .unwrap();
    assert_eq!((none.seqs.len(), none.more, none.gap), (0, false, false));
    let (back, more) = one.history("live", Bound::Before(newest.seqs[0])).await;
    assert_eq!((back.last().unwrap().as_str(), more), ("69", true));
}

#[tokio::test]
async fn a_cursor_below_what_is_kept_is_told_of_the_gap() {
    let village = Village::with(|config| {
        config.history.messages_per_room = 100;
        config.history.ring_messages = 5;
    });
    let one = village.resident("one");
    let first = one.say("live", "first").await;
    for n in 0..400 {
        one.say("live", &n.to_string()).await;
    }
    let back = village
        .resident("two")
        .join_since("live", Some(first), None)
        .await
        .unwrap();
    assert!(back.gap);
    let recent = one.history_after("live", 0).await;
    let recent = village
        .resident("three")
        .join_since("live", Some(recent[10]), None)
        .await
        .unwrap();
    assert!(!recent.gap, "what is kept has no gap");
}

#[tokio::test]
async fn what_the_disk_has_lost_is_a_gap() {
    let village = Village::open();
    let one = village.resident("one");
    let mut seqs = Vec::new();
    for n in 0..5 {
        seqs.push(one.say("live", &n.to_string()).await);
    }
    village.chat.close().await;
    let db = sled::Config::new()
        .path(village.path().join("history/db"))
        .segment_size(128 << 10)
        .open()
        .unwrap();
    let lost: Vec<_> = db
        .iter()
        .keys()
        .map(Result::unwrap)
        .filter(|key| key.len() == 14 && key[4..12] == seqs[2].to_be_bytes())
        .collect();
    assert_eq!(lost.len(), 1);
    db.remove(&lost[0]).unwrap();
    drop(db);

    let village = village.restart().await;
    let two = village.resident("two");
    let back = two.join_since("live", Some(seqs[0]), None).await.unwrap();
    assert_eq!(back.texts, ["1", "3", "4"]);
    assert!(back.gap, "2 is missing, and nobody says so");
    let back = two.join_since("live", Some(seqs[2]), None).await.unwrap();
    assert_eq!((back.texts.len(), back.gap), (2, false));
    assert_eq!(two.join("live").await.texts, ["0", "1", "3", "4"]);
    two.say("live", "5").await;
    assert_eq!(two.join("live").await.texts, ["0", "1", "3", "4", "5"]);
}

#[tokio::test]
async fn a_cursor_of_another_log_starts_anew() {
    let village = Village::open();
    let one = village.resident("one");
    let seq = one.say("live", "hello").await;
    let log = village.chat.log().to_string();
    let same = village
        .resident("two")
        .join_since("live", Some(seq), Some(log))
        .await
        .unwrap();
    assert!(!same.reset && same.seqs.is_empty());
    let other = "00000000000000000000000000000000".to_owned();
    let other = village
        .resident("three")
        .join_since("live", Some(seq), Some(other))
        .await
        .unwrap();
    assert!(other.reset);
    assert_eq!(other.seqs, [seq]);
}

#[tokio::test]
async fn the_largest_messages_come_page_by_page_to_the_end() {
    let village = Village::open();
    let one = village.resident("one");
    let large = "가".repeat(4_000);
    for n in 0..40 {
        one.post("live", &n.to_string(), &large).await.unwrap();
    }
    let entered = village
        .resident("two")
        .join_since("live", Some(0), None)
        .await
        .unwrap();
    assert!(entered.more && entered.seqs.len() < 10, "cut at 64 KiB");
    assert_eq!(one.history_after("live", 0).await.len(), 40);
}
