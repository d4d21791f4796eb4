//! The entry code and the keys of rooms: who has none, or a wrong one, is told so and stays out.

use serde_json::{Value, json};

use crate::client::{ByPolling, ByWebSocket, Client, TRANSPORTS};
use crate::ground::{gateway_with, gateway_with_a_lock};
use crate::packet::Heard;
use crate::refusals::lives;

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
    let server = gateway_with_a_lock().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    for (event, request) in [
        ("join", json!({ "room": "부엌" })),
        ("message", json!({ "room": "부엌", "text": "a" })),
        ("history", json!({ "room": "부엌" })),
        ("days", json!({ "room": "부엌" })),
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
