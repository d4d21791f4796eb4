//! Refusals, each with exactly its code, and that the socket lives on after each.

use serde_json::{Value, json};

use crate::client::{Client, TRANSPORTS};
use crate::ground::{gateway, gateway_with};
use crate::packet::Heard;

/// It still talks.
pub(crate) async fn lives(client: &mut Client) {
    let words = json!({ "room": "alive", "text": "still here" });
    client.ok("message", words).await;
}

#[tokio::test]
async fn who_talks_too_fast_is_told_when_to_go_on_and_then_can() {
    let server = gateway_with(|config| {
        config.limits.messages_per_second = 10;
        config.limits.message_burst = 30;
    })
    .await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let message = || json!({ "room": "live", "text": "a" });
    let mut asked = Vec::new();
    for _ in 0..40 {
        asked.push(one.begin("message", &[message()]).await);
    }
    let mut answers = Vec::new();
    for number in asked {
        answers.push(one.answer(number).await.remove(0));
    }
    assert!(
        answers[..30].iter().all(|answer| answer["ok"] == true),
        "the burst"
    );
    let error = &answers.iter().find(|answer| answer["ok"] == false).unwrap()["error"];
    assert_eq!(error["code"], "rate");
    let wait = error["retry_after_ms"].as_u64().unwrap();
    assert!((1..=100).contains(&wait), "{wait}");
    tokio::time::sleep(std::time::Duration::from_millis(wait + 1)).await;
    one.ok("message", message()).await;
}

#[tokio::test]
async fn four_thousand_korean_characters_pass_and_one_more_is_too_long() {
    let server = gateway().await;
    for transport in TRANSPORTS {
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        let room = format!("{transport:?}");
        one.join(&room).await;
        for letter in ["한", "👨"] {
            let text = letter.repeat(4_000);
            one.ok("message", json!({ "room": room, "text": text }))
                .await;
            assert_eq!(one.event("message").await["text"], text);
            let longer = json!({ "room": room, "text": letter.repeat(4_001) });
            let error = one.refused("message", longer).await;
            assert_eq!(error["code"], "too_long");
            assert!(
                error["message"].as_str().unwrap().contains("4000"),
                "{error}"
            );
        }
        assert_eq!(one.said("message").await, [] as [Value; 0]);
    }
}

#[tokio::test]
async fn names_that_are_too_long_are_told_so() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    one.join(&"방".repeat(64)).await;
    for (event, request) in [
        ("join", json!({ "room": "방".repeat(65) })),
        ("message", json!({ "room": "r".repeat(65), "text": "a" })),
        ("rename", json!({ "name": "이".repeat(33) })),
        // One character with more marks than any script has.
        (
            "rename",
            json!({ "name": format!("e{}", "\u{301}".repeat(40)) }),
        ),
    ] {
        assert_eq!(one.code(event, request).await, "too_long", "{event}");
    }
    assert_eq!(
        one.ok("rename", json!({ "name": "이".repeat(32) })).await["name"],
        "이".repeat(32)
    );
}

#[tokio::test]
async fn a_gateway_at_its_ceilings_is_busy_and_says_when_to_come_again() {
    let server = gateway_with(|config| {
        config.limits.rooms = 1;
        config.limits.rooms_stored = 1;
    })
    .await;
    let mut one = Client::named(server.addresses.main, "one").await;
    one.join("a").await;
    one.say("a", "hello").await;
    let error = one.refused("join", json!({ "room": "b" })).await;
    assert_eq!(error["code"], "busy");
    assert!(error["retry_after_ms"].as_u64().unwrap() > 0);
    one.ok("leave", json!({ "room": "a" })).await;
    one.join("b").await;
    assert_eq!(
        one.code("message", json!({ "room": "b", "text": "a" }))
            .await,
        "busy"
    );
}

#[tokio::test]
async fn a_room_whose_first_message_is_on_its_way_to_the_card_counts_as_one_with_a_history() {
    let server = gateway_with(|config| {
        config.limits.rooms_stored = 1;
        config.history.group_ms = 500;
    })
    .await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let first = one
        .begin("message", &[json!({ "room": "a", "text": "a" })])
        .await;
    one.ok("rooms", json!({})).await;
    assert_eq!(
        one.code("message", json!({ "room": "b", "text": "a" }))
            .await,
        "busy"
    );
    assert_eq!(one.answer(first).await[0]["ok"], true);
}

#[tokio::test]
async fn rooms_and_lists_of_rooms_can_be_full() {
    let server = gateway_with(|config| {
        config.limits.members_per_room = 2;
        config.limits.rooms_per_session = 2;
    })
    .await;
    let mut clients = Vec::new();
    for name in ["one", "two", "three"] {
        clients.push(Client::named(server.addresses.main, name).await);
    }
    clients[0].join("live").await;
    clients[1].join("live").await;
    assert_eq!(
        clients[2].code("join", json!({ "room": "live" })).await,
        "full"
    );
    assert_eq!(
        clients[2].call("enter_room", &[json!("live")]).await,
        [] as [Value; 0]
    );
    clients[0].join("second").await;
    clients[0].join("second").await;
    assert_eq!(
        clients[0].code("join", json!({ "room": "third" })).await,
        "full"
    );
    clients[0].ok("leave", json!({ "room": "live" })).await;
    clients[0].join("third").await;
    clients[2].join("live").await;
}

#[tokio::test]
async fn binary_events_and_unknown_ones_are_unsupported() {
    let server = gateway().await;
    for transport in TRANSPORTS {
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        let event = r#"["message",{"room":"live","data":{"_placeholder":true,"num":0}}]"#;
        one.send(&format!("51-7{event}")).await;
        one.send_binary(b"a picture").await;
        let answer = one.answer(7).await.remove(0);
        assert_eq!(
            (&answer["ok"], &answer["error"]["code"]),
            (&json!(false), &json!("unsupported"))
        );
        assert_eq!(one.code("dance", json!({})).await, "unsupported");
        one.tell("dance", &[]).await;
        lives(&mut one).await;
    }
}

#[tokio::test]
async fn other_namespaces_do_not_exist() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    one.send("0/admin,{}").await;
    let Heard::Refused(error) = one.next().await else {
        panic!()
    };
    assert_eq!(error["message"], "Invalid namespace");
    lives(&mut one).await;
}
