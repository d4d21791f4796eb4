//! Guarantee 5: bounded, whatever peers do.

use std::sync::Arc;

use madang::chat::{Refusal, RoomName};
use madang::network::Network;

use crate::village::{Ear, PLAIN, Village, eventually};

#[tokio::test]
async fn the_rings_stay_within_their_account_and_the_history_is_whole() {
    let village = Village::with(|config| config.history.ring_total_bytes = 256 << 10);
    let one = village.resident("one");
    let text = "x".repeat(4_000);
    for room in 0..30 {
        for n in 0..20 {
            let sent = one
                .post(&format!("room {room}"), &n.to_string(), &text)
                .await;
            if sent == Err(Refusal::Busy) {
                eventually("room in the rings", || {
                    village.chat.vitals().ring_bytes < 200 << 10
                })
                .await;
                one.post(&format!("room {room}"), &n.to_string(), &text)
                    .await
                    .unwrap();
            }
            assert!(village.chat.vitals().ring_bytes <= 264 << 10);
        }
    }
    assert_eq!(one.history_after("room 0", 0).await.len(), 20);
}

#[tokio::test]
async fn the_idlest_room_makes_place_and_occupied_ones_stay() {
    let village = Village::with(|config| config.limits.rooms = 3);
    let one = village.resident("one");
    one.join("occupied").await;
    for n in 0..10 {
        one.say(&format!("room {n}"), "hello").await;
        assert!(village.chat.vitals().rooms <= 3);
    }
    let two = village.resident("two");
    two.join("a").await;
    two.join("b").await;
    assert_eq!(two.join_since("c", None, None).await, Err(Refusal::Busy));
    one.say("occupied", "still here").await;
    assert_eq!(one.ear.heard("message").len(), 1);
}

#[tokio::test]
async fn no_more_rooms_get_a_history_than_configured() {
    let village = Village::with(|config| config.limits.rooms_stored = 2);
    let one = village.resident("one");
    one.say("a", "1").await;
    one.say("b", "1").await;
    assert_eq!(one.post("c", "1", "1").await, Err(Refusal::Busy));
    one.say("a", "2").await;
}

#[tokio::test]
async fn no_name_of_a_room_stops_the_store() {
    let village = Village::open();
    let one = village.resident("one");
    let mut names = Vec::new();
    for character in ["가", "😀", "🇰🇷", "👨‍👩‍👧‍👦", "a\u{301}\u{302}\u{303}\u{304}"]
    {
        for count in [1, 32, 64] {
            names.push(character.repeat(count));
        }
    }
    for name in &names {
        if RoomName::parse(name, 64).is_ok() {
            one.say(name, "hello").await;
        }
    }
    assert!(village.chat.vitals().storing);
    assert!(RoomName::parse(&"🇰🇷".repeat(64), 64).is_ok());
    assert!(matches!(
        RoomName::parse(&"👨‍👩‍👧‍👦".repeat(64), 64),
        Err(Refusal::TooLong { .. })
    ));
}

#[tokio::test]
async fn a_room_and_a_list_of_rooms_can_be_full() {
    let village = Village::with(|config| {
        config.limits.members_per_room = 2;
        config.limits.rooms_per_session = 2;
    });
    let (one, two, three) = (
        village.resident("one"),
        village.resident("two"),
        village.resident("three"),
    );
    one.join("live").await;
    two.join("live").await;
    assert_eq!(
        three.join_since("live", None, None).await,
        Err(Refusal::Full("the room"))
    );
    one.join("live").await;
    one.join("b").await;
    assert_eq!(
        one.join_since("c", None, None).await,
        Err(Refusal::Full("your list of rooms"))
    );
}

#[tokio::test]
async fn an_address_cannot_come_in_as_ever_more_people() {
    let village = Village::open();
    let network = Network::from(std::net::IpAddr::from([192, 168, 0, 1]));
    let enter = || {
        village
            .chat
            .enter(None, None, network, &PLAIN, Arc::new(Ear::default()))
    };
    let refused = (0..2_000).find_map(|_| enter().err());
    assert!(matches!(refused, Some(Refusal::Rate(_))));
    let elsewhere = Network::from(std::net::IpAddr::from([192, 168, 0, 2]));
    assert!(
        village
            .chat
            .enter(None, None, elsewhere, &PLAIN, Arc::new(Ear::default()))
            .is_ok()
    );
}

#[tokio::test]
async fn names_change_no_faster_than_messages_come() {
    let village = Village::with(|config| {
        config.limits.messages_per_second = 1;
        config.limits.message_burst = 3;
    });
    let one = village.resident("one");
    let renamed = (0..10).filter(|n| one.visit.rename(&format!("one {n}")).is_ok());
    assert_eq!(renamed.count(), 3);
}

#[tokio::test]
async fn whoever_talks_too_fast_is_told_when_to_go_on() {
    let village = Village::with(|config| {
        config.limits.messages_per_second = 1;
        config.limits.message_burst = 30;
    });
    let one = village.resident("one");
    // A card that is slow must not give it time.
    let mut under_way = Vec::new();
    for n in 0..30 {
        under_way.push(one.begin("live", &n.to_string(), "a").await);
    }
    let refused = one.post("live", "x", "x").await;
    for said in under_way {
        said.await.unwrap().unwrap();
    }
    assert!(
        matches!(refused, Err(Refusal::Rate(wait)) if wait.as_millis() <= 1_000),
        "{refused:?}"
    );
    village.resident("two").say("live", "another person").await;
}

#[tokio::test]
async fn a_room_without_a_message_leaves_no_trace() {
    let village = Village::open();
    let one = village.resident("one");
    one.join("empty").await;
    one.visit.leave(&crate::village::name("empty"));
    let village = village.restart().await;
    assert_eq!(village.chat.vitals().rooms_stored, 0);
}
