//! Guarantee 5 over the wire: whatever one person does stays within its bounds, and the others go on.

use serde_json::json;

use crate::client::{Client, TRANSPORTS};
use crate::ground::{gateway, gateway_with, health};
use crate::packet::Heard;

/// The longest name that a room or person of so many characters can have: each is a family.
fn longest(n: usize, chars: usize) -> String {
    format!("{n}{}", "👩🏽‍👩🏽‍👧🏽‍👦🏽".repeat(chars - n.to_string().len()))
}

#[tokio::test]
async fn of_a_thousand_rooms_one_session_is_in_sixty_four() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let mut asked = Vec::new();
    for n in 0..1_000 {
        asked.push(
            one.begin("join", &[json!({ "room": format!("room {n}") })])
                .await,
        );
    }
    let mut full = 0;
    for number in asked {
        let answer = one.answer(number).await.remove(0);
        if answer["ok"] == false {
            assert_eq!(answer["error"]["code"], "full", "{answer}");
            full += 1;
        }
    }
    assert_eq!(full, 1_000 - 64);
    assert_eq!(health(&server).await["chat"]["rooms"], 64);
    one.ok("leave", json!({ "room": "room 7" })).await;
    one.join("room 999").await;
}

#[tokio::test]
async fn rooms_that_are_entered_and_left_make_place_for_others() {
    let server = gateway_with(|config| config.limits.rooms = 20).await;
    let mut one = Client::named(server.addresses.main, "one").await;
    for n in 0..200 {
        let room = format!("room {n}");
        one.join(&room).await;
        one.ok("leave", json!({ "room": room })).await;
    }
    assert_eq!(health(&server).await["chat"]["rooms"], 20);
    assert_eq!(
        one.ok("rooms", json!({})).await["rooms"],
        json!([]),
        "they leave no trace"
    );
}

#[tokio::test]
async fn requests_are_slowed_down_as_messages_are() {
    let server = gateway_with(|config| {
        config.limits.messages_per_second = 10;
        config.limits.message_burst = 30;
    })
    .await;
    for (event, request) in [
        ("join", json!({ "room": "live" })),
        ("history", json!({ "room": "live" })),
        ("days", json!({ "room": "live" })),
        ("members", json!({ "room": "live" })),
        ("rename", json!({ "name": "another" })),
        ("rooms", json!({})),
    ] {
        let mut one = Client::named(server.addresses.main, "one").await;
        let mut asked = Vec::new();
        for _ in 0..250 {
            asked.push(one.begin(event, std::slice::from_ref(&request)).await);
        }
        let mut refused = Vec::new();
        for number in asked {
            let answer = one.answer(number).await.remove(0);
            if answer["ok"] == false {
                refused.push(answer["error"].clone());
            }
        }
        assert!(!refused.is_empty(), "{event}");
        for error in refused {
            assert_eq!(error["code"], "rate", "{event}");
            assert!(error["retry_after_ms"].as_u64().unwrap() >= 1);
        }
    }
}

#[tokio::test]
async fn the_longest_names_of_rooms_do_not_close_who_asks_for_the_list() {
    let server = gateway().await;
    let mut others = Vec::new();
    for n in 0..3 {
        let mut other = Client::named(server.addresses.main, &format!("other {n}")).await;
        for room in 0..60 {
            other.join(&longest(100 * n + room, 25)).await;
        }
        others.push(other);
    }
    for transport in TRANSPORTS {
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        let list = one.ok("rooms", json!({})).await;
        assert!(
            list.to_string().len() <= 80 << 10,
            "{}",
            list.to_string().len()
        );
        assert_eq!(list["more"], true);
        assert!(list["rooms"].as_array().unwrap().len() >= 10);
    }
}

#[tokio::test]
async fn the_longest_names_of_members_leave_room_for_a_page() {
    let server = gateway_with(|config| {
        config.limits.outbox_bytes = 2 * config.largest_frame();
    })
    .await;
    let mut others = Vec::new();
    for n in 0..50 {
        let mut other = Client::named(server.addresses.main, &longest(n, 32)).await;
        other.join("live").await;
        others.push(other);
    }
    let pad = "x".repeat((64 << 10) - 6_000);
    others[0]
        .ok("message", json!({ "room": "live", "data": pad }))
        .await;
    for transport in TRANSPORTS {
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        let joined = one.join("live").await;
        assert!(joined["count"].as_u64().unwrap() > 50);
        let length = joined.to_string().len();
        assert!(
            length <= (64 << 10) + (16 << 10),
            "{length} bytes are more than a frame may have"
        );
        let mut seen = 0;
        let mut after = json!(null);
        loop {
            let page = one
                .ok("members", json!({ "room": "live", "after": after }))
                .await;
            let members = page["members"].as_array().unwrap();
            seen += members.len();
            if page["more"] == false {
                break;
            }
            after = members.last().unwrap()["id"].clone();
        }
        assert_eq!(joined["count"], seen, "all of them, page by page");
    }
}

#[tokio::test]
async fn persons_who_are_away_make_place_in_a_full_room() {
    let server = gateway_with(|config| config.limits.members_per_room = 5).await;
    let mut here = Client::named(server.addresses.main, "here").await;
    here.join("live").await;
    // One session, ever new persons.
    let mut passing = Client::named(server.addresses.main, "passing").await;
    for _ in 0..20 {
        passing.join("live").await;
        passing.send("1").await;
        assert_eq!(passing.connect(&json!({})).await, Heard::Connected);
        passing.event("hello").await;
    }
    let mut late = Client::named(server.addresses.main, "late").await;
    assert_eq!(late.join("live").await["count"], 5);
    here.say("live", "who is here stays").await;
    assert_eq!(late.texts(1).await, here.texts(1).await);
}
