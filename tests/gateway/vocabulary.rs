//! The native vocabulary (DESIGN §7), to the letter: what is asked, answered and told.

use serde_json::{Value, json};

use crate::client::{Client, Heard, TRANSPORTS};
use crate::ground::{gateway, gateway_with};

fn keys(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn hello_says_who_one_is_and_what_holds_here() {
    for transport in TRANSPORTS {
        let server = gateway_with(|config| config.title = "마당".to_owned()).await;
        let address = server.addresses.main;
        let client = Client::enter(address, transport, json!({ "name": " 철수  김 " })).await;
        let hello = &client.hello;
        assert_eq!(
            keys(hello),
            [
                "clock", "id", "limits", "log", "name", "server", "storing", "title", "token",
                "version"
            ]
        );
        assert_eq!(hello["version"], 1);
        assert_eq!(hello["name"], "철수 김");
        assert_eq!(hello["title"], "마당");
        assert_eq!(hello["storing"], true);
        assert_eq!(hello["token"].as_str().unwrap().len(), 22);
        assert_eq!(hello["log"].as_str().unwrap().len(), 32);
        assert_eq!(hello["server"]["name"], "madang");
        assert_eq!(hello["server"]["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(
            hello["limits"],
            json!({ "text_chars": 4000, "name_chars": 32, "room_name_chars": 64,
                "packet_bytes": 65536, "messages_per_second": 1_000_000, "page_messages": 50 })
        );
        let again = Client::enter(address, transport, client.auth()).await;
        assert_eq!(
            again.hello["id"], hello["id"],
            "the same phone, the same person"
        );
        assert_eq!(again.hello["name"], "철수 김");
        drop(client);
    }
}

#[tokio::test]
async fn a_joiner_is_answered_before_every_live_message_and_only_the_others_are_told() {
    for transport in TRANSPORTS {
        let server = gateway().await;
        let address = server.addresses.main;
        let room = format!("{transport:?}");
        let mut here = Client::named(address, "here").await;
        here.join(&room).await;
        here.say(&room, "one").await;
        let mut comer = Client::enter(address, transport, json!({ "name": "comer" })).await;

        // Both in one breath: whatever the order on the way, the answer comes first.
        let (entering, message) = (
            [json!({ "room": room })],
            [json!({ "room": room, "text": "two" })],
        );
        let (join, next) = tokio::join!(
            comer.begin("join", &entering),
            here.begin("message", &message),
        );
        let answer = comer.answer(join).await.remove(0);
        here.answer(next).await;
        assert_eq!(
            keys(&answer),
            [
                "count", "gap", "members", "messages", "more", "next", "ok", "reset", "room"
            ]
        );
        assert_eq!(answer["ok"], true);
        assert_eq!(answer["room"], room);
        assert_eq!(answer["count"], 2);
        let mut members = answer["members"].as_array().unwrap().clone();
        members.sort_by_key(|member| member["name"].to_string());
        let member =
            |client: &Client, name: &str| json!({ "id": client.hello["id"], "name": name });
        assert_eq!(members, [member(&comer, "comer"), member(&here, "here")]);
        assert_eq!(
            (&answer["more"], &answer["gap"], &answer["reset"]),
            (&json!(false), &json!(false), &json!(false))
        );
        let mut texts: Vec<Value> = answer["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["text"].clone())
            .collect();
        let last = answer["messages"].as_array().unwrap().last().unwrap();
        assert_eq!(answer["next"], last["seq"]);
        let live = comer.said("message").await;
        texts.extend(live.iter().map(|message| message["text"].clone()));
        assert_eq!(texts, ["one", "two"], "no gap and no duplicate");

        assert_eq!(
            here.said("joined").await,
            [json!({ "room": room, "member": member(&comer, "comer"), "count": 2 })]
        );
        assert_eq!(comer.said("joined").await, [] as [Value; 0]);
    }
}

#[tokio::test]
async fn what_was_said_while_a_joiner_waits_follows_its_answer() {
    let server = gateway().await;
    let address = server.addresses.main;
    let (mut here, mut comer) = (
        Client::named(address, "here").await,
        Client::named(address, "comer").await,
    );
    here.join("live").await;
    let join = comer.begin("join", &[json!({ "room": "live" })]).await;
    for n in 0..20 {
        here.say("live", &n.to_string()).await;
    }
    let mut seen = Vec::new();
    let mut answered = false;
    while seen.len() < 20 {
        match comer.next().await {
            Heard::Ack(number, args) if number == join => {
                answered = true;
                let messages = args[0]["messages"].as_array().unwrap();
                seen.extend(messages.iter().map(|message| message["text"].clone()));
            }
            Heard::Event(name, args) if name == "message" => {
                assert!(answered, "the answer comes before every live message");
                seen.push(args[0]["text"].clone());
            }
            _ => {}
        }
    }
    let all: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    assert_eq!(seen, all);
}

#[tokio::test]
async fn members_come_in_pages_and_a_join_names_at_most_fifty() {
    let server = gateway_with(|config| config.limits.sessions_per_address = 100).await;
    let address = server.addresses.main;
    let mut crowd = Vec::new();
    for n in 0..60 {
        let mut client = Client::named(address, &format!("r{n}")).await;
        client.join("live").await;
        crowd.push(client);
    }
    let one = &mut crowd[0];
    let joined = one.join("live").await;
    assert_eq!(joined["members"].as_array().unwrap().len(), 50);
    assert_eq!(joined["count"], 60);
    let first = one.ok("members", json!({ "room": "live" })).await;
    assert_eq!(keys(&first), ["members", "more", "ok"]);
    assert_eq!(
        (first["members"].as_array().unwrap().len(), &first["more"]),
        (50, &json!(true))
    );
    let last = first["members"][49]["id"].clone();
    let second = one
        .ok("members", json!({ "room": "live", "after": last }))
        .await;
    assert_eq!(
        (second["members"].as_array().unwrap().len(), &second["more"]),
        (10, &json!(false))
    );
    let mut ids: Vec<String> = [first, second]
        .iter()
        .flat_map(|page| page["members"].as_array().unwrap().clone())
        .map(|member| member["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 60, "everybody once");
    assert_eq!(
        one.code("members", json!({ "room": "live", "after": "?" }))
            .await,
        "bad_request"
    );
}

#[tokio::test]
async fn who_leaves_is_told_to_the_others_and_hears_nothing_more() {
    let server = gateway().await;
    let (mut one, mut two) = (
        Client::named(server.addresses.main, "one").await,
        Client::named(server.addresses.main, "two").await,
    );
    one.join("live").await;
    two.join("live").await;
    assert_eq!(
        two.ok("leave", json!({ "room": "live" })).await,
        json!({ "ok": true })
    );
    assert_eq!(
        one.event("left").await,
        json!({ "room": "live", "member": { "id": two.hello["id"], "name": "two" }, "count": 1 })
    );
    one.say("live", "alone").await;
    assert_eq!(two.said("message").await, [] as [Value; 0]);
    assert_eq!(two.said("left").await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_message_goes_to_all_with_its_sender_and_is_acknowledged() {
    for transport in TRANSPORTS {
        let server = gateway().await;
        let room = format!("{transport:?}");
        let mut one = Client::named(server.addresses.main, "일").await;
        let mut two =
            Client::enter(server.addresses.main, transport, json!({ "name": "이" })).await;
        one.join(&room).await;
        two.join(&room).await;
        let first = one.say(&room, "안녕 👋🏽").await;
        let answer = two
            .ok(
                "message",
                json!({ "room": room, "id": "id-2", "data": { "x": [1, null, "é"] }, "reply_to": first }),
            )
            .await;
        assert_eq!(keys(&answer), ["at", "id", "ok", "seq"]);
        assert_eq!(answer["id"], "id-2");
        assert!(answer["seq"].as_u64().unwrap() > first);
        assert!(
            answer["seq"].as_u64().unwrap() < 1 << 53,
            "exact in JavaScript"
        );
        let author = one.hello["id"].clone();
        for client in [&mut one, &mut two] {
            let messages = client.said("message").await;
            assert_eq!(messages.len(), 2);
            assert_eq!(
                keys(&messages[0]),
                ["at", "from", "id", "room", "seq", "text"]
            );
            assert_eq!(messages[0]["text"], "안녕 👋🏽");
            assert_eq!(messages[0]["from"], json!({ "id": author, "name": "일" }));
            assert_eq!(messages[0]["seq"], first);
            assert_eq!(
                keys(&messages[1]),
                ["at", "data", "from", "id", "reply_to", "room", "seq"]
            );
            assert_eq!(messages[1]["data"], json!({ "x": [1, null, "é"] }));
            assert_eq!(messages[1]["reply_to"], first);
            assert_eq!(
                (&messages[1]["seq"], &messages[1]["at"]),
                (&answer["seq"], &answer["at"])
            );
        }
    }
}

#[tokio::test]
async fn whoever_gives_no_id_gets_one_and_presence_is_not_needed_to_post() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let (first, second) = (
        one.ok("message", json!({ "room": "live", "text": "a" }))
            .await,
        one.ok("message", json!({ "room": "live", "text": "a" }))
            .await,
    );
    assert_ne!(first["id"], second["id"]);
    assert_eq!(
        one.said("message").await,
        [] as [Value; 0],
        "it is not in the room"
    );
    assert_eq!(
        one.join("live").await["messages"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn history_is_read_both_ways_and_says_when_there_is_more() {
    let server = gateway_with(|config| config.history.ring_messages = 5).await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let mut seqs = Vec::new();
    for n in 0..12 {
        seqs.push(one.say("live", &n.to_string()).await);
    }
    let mut page = async |request: Value| {
        let page = one.ok("history", request).await;
        assert_eq!(keys(&page), ["messages", "more", "ok"]);
        let of = |message: &Value| message["seq"].as_u64().unwrap();
        let seqs: Vec<u64> = page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(of)
            .collect();
        (seqs, page["more"].as_bool().unwrap())
    };
    let newest = page(json!({ "room": "live", "limit": 3 })).await;
    assert_eq!(
        newest,
        (seqs[9..].to_vec(), true),
        "without a bound, the newest"
    );
    let before = page(json!({ "room": "live", "before": seqs[4], "limit": 2 })).await;
    assert_eq!(
        before,
        (seqs[2..4].to_vec(), true),
        "beyond what memory has"
    );
    let first = page(json!({ "room": "live", "before": seqs[2], "limit": 50 })).await;
    assert_eq!(first, (seqs[..2].to_vec(), false));
    let after = page(json!({ "room": "live", "after": seqs[2], "limit": 4 })).await;
    assert_eq!(after, (seqs[3..7].to_vec(), true));
    let last = page(json!({ "room": "live", "after": seqs[9], "limit": 4 })).await;
    assert_eq!(last, (seqs[10..].to_vec(), false));
    let all = page(json!({ "room": "live", "after": 0 })).await;
    assert_eq!(all, (seqs.clone(), false));
    assert_eq!(
        page(json!({ "room": "live", "after": seqs[11] })).await,
        (vec![], false)
    );
    assert_eq!(
        page(json!({ "room": "nobody was here" })).await,
        (vec![], false)
    );
    let both = json!({ "room": "live", "after": 1, "before": 2 });
    assert_eq!(one.code("history", both).await, "bad_request");
}

#[tokio::test]
async fn a_cursor_brings_what_came_after_it_page_by_page() {
    let server = gateway_with(|config| config.history.ring_messages = 5).await;
    for transport in TRANSPORTS {
        let room = format!("{transport:?}");
        let mut one = Client::named(server.addresses.main, "one").await;
        let mut seqs = Vec::new();
        for n in 0..12 {
            seqs.push(one.say(&room, &n.to_string()).await);
        }
        let mut two = Client::enter(server.addresses.main, transport, json!({})).await;
        let log = two.hello["log"].clone();
        let (mut cursor, mut got) = (seqs[2], Vec::new());
        loop {
            let request = json!({ "room": room, "since": cursor, "log": log, "limit": 4 });
            let page = two.ok("join", request).await;
            let messages = page["messages"].as_array().unwrap();
            got.extend(
                messages
                    .iter()
                    .map(|message| message["seq"].as_u64().unwrap()),
            );
            assert_eq!(
                (&page["gap"], &page["reset"]),
                (&json!(false), &json!(false))
            );
            cursor = page["next"].as_u64().unwrap();
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(got, seqs[3..]);
        assert_eq!(cursor, seqs[11]);
        let stranger = json!({ "room": room, "since": cursor, "log": "0".repeat(32), "limit": 3 });
        let page = two.ok("join", stranger).await;
        assert_eq!(page["reset"], true, "another store's cursor");
        assert_eq!(page["messages"][2]["seq"], seqs[11]);
    }
}

#[tokio::test]
async fn a_name_that_somebody_has_gets_a_number_and_a_new_one_is_told() {
    let server = gateway().await;
    let (mut one, mut two) = (
        Client::named(server.addresses.main, "영희").await,
        Client::named(server.addresses.main, "영희").await,
    );
    assert_eq!(
        (&one.hello["name"], &two.hello["name"]),
        (&json!("영희"), &json!("영희 2"))
    );
    one.join("live").await;
    two.join("live").await;
    assert_eq!(
        two.ok("rename", json!({ "name": "Paul" })).await,
        json!({ "ok": true, "name": "Paul" })
    );
    assert_eq!(
        one.event("renamed").await,
        json!({ "room": "live", "member": { "id": two.hello["id"], "name": "Paul" } })
    );
    let clash = one.ok("rename", json!({ "name": "PАUL" })).await;
    assert_eq!(
        clash["name"], "PАUL 2",
        "a lookalike, with a Cyrillic letter"
    );
    two.say("live", "hello").await;
    assert_eq!(one.event("message").await["from"]["name"], "Paul");
    assert_eq!(two.said("renamed").await.len(), 1, "not one's own");
}

#[tokio::test]
async fn typing_is_told_to_the_others_and_needs_no_answer() {
    let server = gateway().await;
    let (mut one, mut two) = (
        Client::named(server.addresses.main, "one").await,
        Client::named(server.addresses.main, "two").await,
    );
    one.join("live").await;
    two.join("live").await;
    one.tell("typing", &[json!({ "room": "live", "on": true })])
        .await;
    let stopped = json!({ "room": "live", "on": false });
    assert_eq!(one.ok("typing", stopped).await, json!({ "ok": true }));
    let member = json!({ "id": one.hello["id"], "name": "one" });
    for on in [true, false] {
        assert_eq!(
            two.event("typing").await,
            json!({ "room": "live", "member": member, "on": on })
        );
    }
    assert_eq!(one.said("typing").await, [] as [Value; 0], "not to oneself");
}

#[tokio::test]
async fn the_list_of_rooms_is_answered_and_told_when_it_changes() {
    let server = gateway_with(|config| {
        config
            .access
            .keys
            .insert("부엌".to_owned(), "열쇠".to_owned());
    })
    .await;
    let (mut one, mut two) = (
        Client::named(server.addresses.main, "one").await,
        Client::named(server.addresses.main, "two").await,
    );
    assert_eq!(
        one.ok("rooms", json!({})).await,
        json!({ "ok": true, "rooms": [] })
    );
    one.ok("join", json!({ "room": "부엌", "key": "열쇠" }))
        .await;
    let told = two.event("rooms").await;
    let kitchen = json!({ "name": "부엌", "count": 1, "last_at": null, "locked": true });
    assert_eq!(
        told,
        json!({ "rooms": [kitchen] }),
        "whoever is not in it hears it too"
    );
    let at = two
        .ok("message", json!({ "room": "live", "text": "a" }))
        .await["at"]
        .clone();
    assert_eq!(
        one.call("rooms", &[]).await,
        [json!({ "ok": true, "rooms": [
            kitchen,
            { "name": "live", "count": 0, "last_at": at, "locked": false },
        ] })]
    );
}
