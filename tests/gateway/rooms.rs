//! The list of rooms: who is there, and what was said last.

use madang::config::{Config, TlsMode};
use serde_json::{Value, json};

use crate::client::{ByWebSocket, Client, TRANSPORTS};
use crate::common::TestServer;
use crate::ground::{gateway, gateway_with, gateway_with_a_lock, health, unhurried};

/// The list's last lines, by room: `name: text`, or `-` where there is none.
async fn lines(client: &mut Client) -> Vec<String> {
    let list = client.ok("rooms", json!({})).await;
    let rooms = list["rooms"].as_array().unwrap().iter();
    let mut lines: Vec<_> = rooms.map(line).collect();
    lines.sort();
    lines
}

fn line(room: &Value) -> String {
    let name = room["name"].as_str().unwrap();
    match &room["last"] {
        Value::Null => format!("{name} -"),
        last => format!(
            "{name} {}: {}",
            last["name"].as_str().unwrap(),
            last["text"].as_str().unwrap()
        ),
    }
}

#[tokio::test]
async fn the_list_of_rooms_is_answered_and_told_when_it_changes() {
    let server = gateway_with_a_lock().await;
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
    let message = json!({ "room": "live", "text": "a" });
    let posted = two.ok("message", message).await;
    let at = posted["at"].clone();
    assert_eq!(
        one.call("rooms", &[]).await,
        [json!({ "ok": true, "rooms": [
            kitchen,
            { "name": "live", "count": 0, "last_at": at, "locked": false,
              "last": { "seq": posted["seq"], "name": "two", "text": "a" } },
        ] })]
    );
}

#[tokio::test]
async fn first_rooms_are_listed_before_anybody_came_and_after_all_have_left() {
    let server = gateway_with(|config| {
        config.rooms = ["부엌", "cafe\u{301}", "live"].map(str::to_owned).to_vec();
        config.access.keys.extend([("부엌".into(), "key".into())]);
    })
    .await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let empty = |name: &str, locked: bool| json!({ "name": name, "count": 0, "last_at": null, "locked": locked });
    let first = [
        empty("café", false),
        empty("live", false),
        empty("부엌", true),
    ];
    assert_eq!(
        one.ok("rooms", json!({})).await["rooms"],
        json!(first),
        "under the names by which they are joined"
    );
    assert_eq!(health(&server).await["chat"]["rooms_stored"], 0);
    one.join("live").await;
    let joined = one.ok("rooms", json!({})).await;
    assert_eq!(joined["rooms"].as_array().unwrap().len(), 3, "{joined}");
    assert_eq!(joined["rooms"][0]["count"], 1);
    one.ok("leave", json!({ "room": "live" })).await;
    assert_eq!(one.ok("rooms", json!({})).await["rooms"], json!(first));
}

#[tokio::test]
async fn the_last_line_is_one_line_of_eighty_characters_whatever_was_said() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "철수").await;
    let family = "👨‍👩‍👧‍👦";
    let tower = format!("가{}", "\u{301}".repeat(3_000));
    for (room, message, shown) in [
        (
            "a",
            json!({ "text": "one\ntwo\r\nthree" }),
            "one two three".to_owned(),
        ),
        ("b", json!({ "text": "가".repeat(200) }), "가".repeat(80)),
        (
            "c",
            json!({ "text": format!("{family}!") }),
            format!("{family}!"),
        ),
        ("d", json!({ "data": { "deep": [1] } }), String::new()),
        ("e", json!({ "text": tower }), String::new()),
    ] {
        let mut message = message;
        message["room"] = json!(room);
        one.ok("message", message).await;
        let last = lines(&mut one).await.pop().unwrap();
        assert_eq!(last, format!("{room} 철수: {shown}"));
    }
}

#[tokio::test]
async fn last_lines_are_there_after_a_restart_and_never_of_a_room_with_a_key() {
    fn plain(config: &mut Config) {
        unhurried(config);
        config.tls.mode = TlsMode::Off;
    }
    let server = TestServer::with(plain).await;
    let mut one = Client::named(server.addresses.main, "one").await;
    for room in ["live", "kitchen", "quiet"] {
        one.say(room, "first").await;
        one.say(room, "second").await;
    }
    let folder = server.shutdown().await;
    let server = TestServer::on(folder, |config| {
        plain(config);
        let key = ("kitchen".to_owned(), "key".to_owned());
        config.access.keys.extend([key]);
    })
    .await;
    let mut one = Client::named(server.addresses.main, "new name").await;
    let quiet = "quiet one: second";
    let before = ["kitchen -", "live one: second", quiet];
    assert_eq!(lines(&mut one).await, before, "from the card");
    assert_eq!(lines(&mut one).await, before, "and from memory");
    let third = json!({ "room": "kitchen", "key": "key", "text": "third" });
    one.ok("message", third).await;
    one.say("live", "third").await;
    let after = ["kitchen -", "live new name: third", quiet];
    assert_eq!(lines(&mut one).await, after);
}

#[tokio::test]
async fn whoever_is_in_no_room_is_told_of_each_last_line() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let mut two = Client::named(server.addresses.main, "two").await;
    for text in ["first", "second", "third"] {
        let seq = one.say("live", text).await;
        let told = two.event("rooms").await;
        let expected = json!({ "seq": seq, "name": "one", "text": text });
        assert_eq!(told["rooms"][0]["last"], expected);
    }
}

#[tokio::test]
async fn the_tutorials_people_are_told_of_rooms_and_not_of_what_is_said_there() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let mut two = Client::named(server.addresses.main, "two").await;
    let mut pupil = Client::enter(server.addresses.main, ByWebSocket, json!({})).await;
    pupil.call("enter_room", &[json!("live")]).await;
    assert_eq!(pupil.event("room_change").await, json!(["live"]));
    one.say("kitchen", "first").await;
    let seq = one.say("kitchen", "second").await;
    while two.event("rooms").await["rooms"][1]["last"]["seq"] != seq {}
    one.join("kitchen").await;
    let rooms = pupil.event("room_change").await;
    assert_eq!(rooms, json!(["kitchen", "live"]), "and nothing before");
}

#[tokio::test]
async fn long_last_lines_leave_room_for_every_room() {
    let server =
        gateway_with(|config| config.limits.outbox_bytes = 2 * config.largest_frame()).await;
    let mut one = Client::named(server.addresses.main, &"\"".repeat(32)).await;
    let text = "\"가\u{308}\u{308}".repeat(50);
    for n in 0..210 {
        let message = json!({ "room": format!("room {n}"), "text": text });
        one.ok("message", message).await;
    }
    for transport in TRANSPORTS {
        let mut two = Client::enter(server.addresses.main, transport, json!({})).await;
        let list = two.ok("rooms", json!({})).await;
        let length = list.to_string().len();
        assert!(length <= 65 << 10, "{length}");
        let rooms = list["rooms"].as_array().unwrap();
        assert_eq!((rooms.len(), &list["more"]), (200, &json!(true)));
        let told = rooms.iter().filter(|room| !room["last"].is_null()).count();
        assert!((50..200).contains(&told), "{told}");
        assert!(!rooms[0]["last"].is_null(), "the liveliest come first");
    }
}
