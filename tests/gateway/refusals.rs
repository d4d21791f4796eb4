//! Refusals, each with exactly its code, and that the socket lives on after each.

use serde_json::{Value, json};

use crate::client::{ByPolling, ByWebSocket, Client, Heard, TRANSPORTS};
use crate::ground::{gateway, gateway_with};

/// It still talks.
async fn lives(client: &mut Client) {
    let words = json!({ "room": "alive", "text": "still here" });
    client.ok("message", words).await;
}

#[tokio::test]
async fn an_entry_code_is_asked_for_and_wrong_ones_are_counted() {
    let server = gateway_with(|config| config.access.code = Some("열려라".to_owned())).await;
    let address = server.addresses.main;
    let refused = async |auth: Value| {
        let mut client = Client::open(address, ByWebSocket, None).await;
        match client.connect(&auth).await {
            Heard::Refused(error) => error,
            other => panic!("{other:?}"),
        }
    };
    for transport in TRANSPORTS {
        let open = json!({ "code": "열려라", "name": "one" });
        lives(&mut Client::enter(address, transport, open).await).await;
    }
    let none = refused(json!({ "name": "one" })).await;
    assert_eq!(none["data"]["code"], "unauthorized");
    assert!(none["message"].as_str().unwrap().contains("code"));
    for _ in 0..5 {
        assert_eq!(
            refused(json!({ "code": "닫혀라" })).await["data"]["code"],
            "unauthorized"
        );
    }
    let rate = refused(json!({ "code": "열려라" })).await;
    assert_eq!(
        rate["data"]["code"], "rate",
        "after five wrong ones even the right one waits"
    );
    let wait = rate["data"]["retry_after_ms"].as_u64().unwrap();
    assert!((1..=60_000).contains(&wait), "{wait}");
}

#[tokio::test]
async fn who_was_refused_may_try_again_on_the_same_session() {
    let server = gateway_with(|config| config.access.code = Some("code".to_owned())).await;
    for transport in TRANSPORTS {
        let mut client = Client::open(server.addresses.main, transport, None).await;
        for auth in ["{}", r#"{"code":7}"#, r#"{"code":"code","name":" "}"#] {
            let auth: Value = serde_json::from_str(auth).unwrap();
            let heard = client.connect(&auth).await;
            let Heard::Refused(error) = heard else {
                panic!("{heard:?}")
            };
            let code = if auth == json!({}) {
                "unauthorized"
            } else {
                "bad_request"
            };
            assert_eq!(error["data"]["code"], code, "{error}");
        }
        let long = client
            .connect(&json!({ "code": "code", "name": "x".repeat(33) }))
            .await;
        assert!(matches!(long, Heard::Refused(error) if error["data"]["code"] == "too_long"));
        assert_eq!(
            client.connect(&json!({ "code": "code" })).await,
            Heard::Connected
        );
        client.event("hello").await;
        lives(&mut client).await;
    }
}

#[tokio::test]
async fn a_room_with_a_key_is_locked_for_joining_posting_and_reading() {
    let server = gateway_with(|config| {
        config
            .access
            .keys
            .insert("부엌".to_owned(), "열쇠".to_owned());
    })
    .await;
    let mut one = Client::named(server.addresses.main, "one").await;
    for (event, request) in [
        ("join", json!({ "room": "부엌" })),
        ("message", json!({ "room": "부엌", "text": "a" })),
        ("history", json!({ "room": "부엌" })),
        ("members", json!({ "room": "부엌" })),
        // The same name, typed in decomposed letters.
        (
            "join",
            json!({ "room": "\u{1107}\u{116e}\u{110b}\u{1165}\u{11bf}" }),
        ),
        // The same to a reader's eye.
        ("join", json!({ "room": " 부\u{200b}엌 " })),
        ("join", json!({ "room": "부엌", "key": "wrong" })),
        ("message", json!({ "room": "부엌", "text": "a", "key": "" })),
        ("history", json!({ "room": "부엌", "key": "열" })),
        ("members", json!({ "room": "부엌", "key": "열쇠 " })),
        (
            "message",
            json!({ "room": "부엌", "text": "a", "key": "열쇠열쇠" }),
        ),
    ] {
        assert_eq!(one.code(event, request).await, "locked", "{event}");
    }
    let right = json!({ "room": "부엌", "key": "열쇠" });
    let error = one.refused("join", right.clone()).await;
    assert_eq!(error["code"], "rate", "five wrong ones a minute");
    assert!((1..=60_000).contains(&error["retry_after_ms"].as_u64().unwrap()));
    let mut neighbour = Client::enter(server.addresses.main, ByPolling, json!({})).await;
    let posting = json!({ "room": "부엌", "key": "열쇠", "text": "a" });
    assert_eq!(
        neighbour.code("message", posting).await,
        "rate",
        "they count by address"
    );
    lives(&mut one).await;
}

#[tokio::test]
async fn a_key_shown_once_opens_its_room_for_the_session_and_no_other_room() {
    let server = gateway_with(|config| {
        for (room, key) in [("a", "key of a"), ("b", "key of b")] {
            config.access.keys.insert(room.to_owned(), key.to_owned());
        }
    })
    .await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let posting = json!({ "room": "a", "key": "key of a", "text": "with its key" });
    one.ok("message", posting).await;
    one.join("a").await;
    one.say("a", "without").await;
    assert_eq!(
        one.code("join", json!({ "room": "b", "key": "key of a" }))
            .await,
        "locked"
    );
    let mut other = Client::enter(server.addresses.main, ByWebSocket, one.auth()).await;
    assert_eq!(other.code("join", json!({ "room": "a" })).await, "locked");
    // The tutorial has no keys and no refusals: its callback is called with nothing.
    assert_eq!(
        other.call("enter_room", &[json!("a")]).await,
        [] as [Value; 0]
    );
    let line = [json!("hello"), json!("a")];
    assert_eq!(other.call("new_message", &line).await, [] as [Value; 0]);
    let page = one.ok("history", json!({ "room": "a" })).await;
    assert_eq!(
        page["messages"].as_array().unwrap().len(),
        2,
        "and nothing was posted"
    );
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

#[tokio::test]
async fn a_key_holds_however_the_operator_has_typed_the_rooms_name() {
    let typed = [
        "거실  방",
        "\u{1107}\u{1161}\u{11bc}",
        "a\u{3000}b",
        "c\u{200b}d",
        "e\u{a0}f",
    ];
    let server = gateway_with(|config| {
        for room in typed {
            config.access.keys.insert(room.to_owned(), "key".to_owned());
        }
    })
    .await;
    let mut one = Client::named(server.addresses.main, "one").await;
    for room in ["거실 방", "방", "a b", "cd", "e f"] {
        assert_eq!(
            one.code("join", json!({ "room": room })).await,
            "locked",
            "{room}"
        );
    }
    for room in typed {
        assert_eq!(
            one.code("join", json!({ "room": room })).await,
            "locked",
            "{room}"
        );
        one.ok("join", json!({ "room": room, "key": "key" })).await;
    }
    let list = one.ok("rooms", json!({})).await;
    assert!(
        list["rooms"]
            .as_array()
            .unwrap()
            .iter()
            .all(|room| room["locked"] == true)
    );
}
