//! Requests that make no sense: a clear error, nothing stored, and the socket lives on.

use serde_json::{Value, json};

use crate::client::{Client, TRANSPORTS};
use crate::ground::gateway;

/// What is not an object of the right shape, whatever the request.
fn shapeless() -> Vec<Value> {
    vec![
        json!(null),
        json!(7),
        json!("live"),
        json!(true),
        json!({}),
        json!({ "room": null }),
        json!({ "room": 7 }),
        json!({ "room": ["live"] }),
        json!({ "room": {} }),
        json!({ "ROOM": "live" }),
    ]
}

/// Names that nobody could see, or that change how a line is read.
const UNSEEN: [&str; 9] = [
    "",
    " ",
    "\u{3000}\u{3000}",
    "\u{3164}",
    "\u{202e}\u{202d}\u{2066}",
    "\u{200b}\u{200d}",
    "\u{301}",
    "\n\t\u{0}",
    "\u{feff}",
];

#[tokio::test]
async fn requests_of_the_wrong_shape_are_bad_requests() {
    let server = gateway().await;
    for transport in TRANSPORTS {
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        for event in [
            "join", "members", "leave", "message", "history", "days", "typing",
        ] {
            for request in shapeless() {
                assert_eq!(
                    one.code(event, request.clone()).await,
                    "bad_request",
                    "{event} {request}"
                );
            }
            let nothing = one.call(event, &[]).await.remove(0);
            assert_eq!(nothing["error"]["code"], "bad_request", "{event}");
            for name in UNSEEN {
                let request = json!({ "room": name, "text": "a", "on": true });
                assert_eq!(
                    one.code(event, request).await,
                    "bad_request",
                    "{event} {name:?}"
                );
            }
            let long = json!({ "room": "r".repeat(60_000), "text": "a", "on": true });
            assert_eq!(one.code(event, long).await, "too_long", "{event}");
        }
        assert_eq!(
            one.ok("rooms", json!({})).await["rooms"],
            json!([]),
            "nothing was made"
        );
    }
}

#[tokio::test]
async fn fields_of_the_wrong_type_are_bad_requests() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    for (event, request) in [
        ("join", r#"{"room":"live","since":-1}"#),
        ("join", r#"{"room":"live","since":"1"}"#),
        ("join", r#"{"room":"live","since":1.5}"#),
        ("join", r#"{"room":"live","since":1e300}"#),
        (
            "join",
            r#"{"room":"live","since":99999999999999999999999999}"#,
        ),
        ("join", r#"{"room":"live","limit":-5}"#),
        ("join", r#"{"room":"live","key":1}"#),
        ("join", r#"{"room":"live","log":1}"#),
        ("history", r#"{"room":"live","before":true}"#),
        ("history", r#"{"room":"live","after":{}}"#),
        ("history", r#"{"room":"live","limit":"many"}"#),
        ("message", r#"{"room":"live"}"#),
        ("message", r#"{"room":"live","text":""}"#),
        ("message", r#"{"room":"live","text":7}"#),
        ("message", r#"{"room":"live","text":["a"]}"#),
        ("message", r#"{"room":"live","data":null}"#),
        ("message", r#"{"room":"live","text":"a","id":""}"#),
        ("message", r#"{"room":"live","text":"a","id":7}"#),
        ("message", r#"{"room":"live","text":"a","id":"\u0000"}"#),
        (
            "message",
            r#"{"room":"live","text":"a","reply_to":"the first"}"#,
        ),
        ("message", r#"{"room":"live","text":"a","reply_to":-1}"#),
        ("members", r#"{"room":"live","after":7}"#),
        ("rename", r#"{"name":7}"#),
        ("rename", "{}"),
        ("typing", r#"{"room":"live"}"#),
        ("typing", r#"{"room":"live","on":"yes"}"#),
    ] {
        // As it is: what JSON can say and a test's own numbers cannot.
        one.send(&format!(r#"299["{event}",{request}]"#)).await;
        let answer = one.answer(99).await.remove(0);
        assert_eq!(
            answer["error"]["code"], "bad_request",
            "{event} {request}: {answer}"
        );
    }
    let long = json!({ "room": "live", "text": "a", "id": "i".repeat(65) });
    assert_eq!(one.code("message", long).await, "bad_request");
    for name in UNSEEN {
        assert_eq!(
            one.code("rename", json!({ "name": name })).await,
            "bad_request",
            "{name:?}"
        );
    }
    let joined = one.join("live").await;
    assert_eq!(joined["messages"], json!([]), "nothing was posted");
}

#[tokio::test]
async fn huge_numbers_are_bounded() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let mut seqs = Vec::new();
    for n in 0..60 {
        seqs.push(one.say("live", &n.to_string()).await);
    }
    let most = json!({ "room": "live", "limit": u64::MAX, "before": u64::MAX });
    let page = one.ok("history", most).await;
    assert_eq!(
        (page["messages"].as_array().unwrap().len(), &page["more"]),
        (50, &json!(true))
    );
    let none = one
        .ok("history", json!({ "room": "live", "limit": 0 }))
        .await;
    assert_eq!(
        none["messages"].as_array().unwrap().len(),
        1,
        "at least one"
    );
    let after = one
        .ok("history", json!({ "room": "live", "after": u64::MAX }))
        .await;
    assert_eq!(
        (&after["messages"], &after["more"]),
        (&json!([]), &json!(false))
    );
    let before = one
        .ok("history", json!({ "room": "live", "before": 0 }))
        .await;
    assert_eq!(before["messages"], json!([]));
    for since in [seqs[59] + 1, u64::MAX] {
        let joined = one
            .ok("join", json!({ "room": "live", "since": since }))
            .await;
        assert_eq!(joined["reset"], true, "nobody was given this cursor");
        assert_eq!(joined["next"], seqs[59]);
    }
    let current = one
        .ok("join", json!({ "room": "live", "since": seqs[59] }))
        .await;
    assert_eq!(
        (&current["reset"], &current["next"]),
        (&json!(false), &json!(seqs[59]))
    );
    let beyond = json!({ "room": "live", "text": "a", "reply_to": u64::MAX });
    one.ok("message", beyond).await;
}

#[tokio::test]
async fn directions_and_controls_are_taken_out_of_names() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "\u{202e}eve\u{202c}\u{0}").await;
    assert_eq!(one.hello["name"], "eve");
    let room = one.join("\u{2067}대청\u{2069} \u{a0} 마루\r\n").await;
    assert_eq!(room["room"], "대청 마루");
    let decomposed = one
        .join("\u{1103}\u{1162}\u{110e}\u{1165}\u{11bc} 마루")
        .await;
    assert_eq!(decomposed["room"], "대청 마루");
    let family = "👨‍👩‍👧‍👦".repeat(32);
    assert_eq!(
        one.ok("rename", json!({ "name": family })).await["name"],
        family
    );
}

#[tokio::test]
async fn the_tutorials_callbacks_are_called_whatever_it_sends() {
    let server = gateway().await;
    for transport in TRANSPORTS {
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        for event in ["enter_room", "nickname", "new_message"] {
            for args in [
                vec![],
                vec![json!(7)],
                vec![json!(null), json!(null)],
                vec![json!({}), json!([])],
                vec![json!("\u{202e}"), json!(" ")],
                vec![json!(""), json!("live")],
                vec![json!("x".repeat(4_001)), json!("live")],
                vec![json!("hello"), json!("r".repeat(65))],
            ] {
                if event == "enter_room" && args.first() == Some(&json!("hello")) {
                    continue;
                }
                let done = one.call(event, &args).await;
                assert_eq!(done, [] as [Value; 0], "{event} {args:?}");
            }
        }
        assert_eq!(one.ok("rooms", json!({})).await["rooms"], json!([]));
    }
}

#[tokio::test]
async fn a_text_passes_unharmed_whatever_it_is_written_with() {
    let server = gateway().await;
    let tower = format!("a{}", "\u{301}\u{489}".repeat(1_999));
    for transport in TRANSPORTS {
        let mut here = Client::enter(server.addresses.main, transport, json!({})).await;
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        let room = format!("{transport:?}");
        here.join(&room).await;
        for text in [
            "\u{202e}backwards\u{2066}",
            "\u{202e}".repeat(4_000).as_str(),
            &tower,
            "\u{200b}\u{feff}\u{2028}\u{0}\u{7f}\r\n\t",
            " ",
            "e\u{301}",
            &"\u{10ffff}".repeat(4_000),
            &"\\\"".repeat(2_000),
        ] {
            one.ok("message", json!({ "room": room, "text": text }))
                .await;
            assert_eq!(here.event("message").await["text"], text);
            let page = one.ok("history", json!({ "room": room, "limit": 1 })).await;
            assert_eq!(page["messages"][0]["text"], text);
        }
        for text in [
            tower.clone() + "\u{301}\u{301}",
            "\u{10ffff}".repeat(4_001),
            "a".repeat(60_000),
        ] {
            let request = json!({ "room": room, "text": text });
            assert_eq!(one.code("message", request).await, "too_long");
        }
    }
}
