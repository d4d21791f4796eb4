//! The native vocabulary (docs/protocol.md), to the letter: how one comes in, and what a message is.

use serde_json::{Value, json};

use crate::client::{Client, TRANSPORTS};
use crate::ground::{gateway, gateway_with};
use crate::packet::Heard;

/// The names of the fields.
pub(crate) fn keys(object: &Value) -> Vec<&str> {
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
        let mut client = Client::enter(address, transport, json!({ "name": " 철수  김 " })).await;
        let hello = &client.hello;
        // Whether there is one hangs on the page in this build.
        let said: Vec<_> = keys(hello)
            .into_iter()
            .filter(|key| *key != "page")
            .collect();
        assert_eq!(
            said,
            [
                "clock", "history", "id", "limits", "log", "name", "now", "server", "storing",
                "title", "token", "version"
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
        assert_eq!(hello["history"], json!({ "messages": 10_000, "days": 90 }));
        let posted = json!({ "room": "live", "text": "a" });
        let at = client.ok("message", posted).await["at"].as_u64().unwrap();
        let hello = &client.hello;
        let now = hello["now"].as_u64().unwrap();
        assert!(now <= at && at - now < 60_000, "the clock of the messages");
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
async fn hello_names_the_page_that_the_gateway_serves() {
    let server = gateway().await;
    let client = Client::named(server.addresses.main, "one").await;
    let page = server.get("/").await;
    let mark = "<meta name=\"madang-page\" content=\"";
    let id = page.text().split_once(mark);
    let id = id.map(|(_, rest)| rest.split('"').next().unwrap());
    assert_eq!(client.hello["page"].as_str(), id);
    let built = page.status == hyper::StatusCode::OK;
    assert_eq!(id.is_some(), built, "every page that was built bears one");
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
