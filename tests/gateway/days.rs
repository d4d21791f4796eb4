//! The days of a room: what a reader picks from to look back.

use madang::config::{Config, TlsMode};
use madang::store::{Change, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Client, TRANSPORTS};
use crate::common::{self, TestServer};
use crate::ground::{gateway, unhurried};
use crate::vocabulary::keys;

const HOUR: u64 = 60 * 60 * 1_000;
const DAY: u64 = 24 * HOUR;
/// All that is said in these tests is kept.
const DAYS: u32 = 40_000;

/// What the gateway that wrote it knew of the time of a message.
#[derive(Clone, Copy)]
enum Clock {
    Sure(u64),
    Unsure(u64),
}
use Clock::{Sure, Unsure};

/// A folder in which an earlier gateway has left these messages.
fn past(messages: &[(&str, Clock)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut config = common::config(&folder);
    config.history.days = DAYS;
    let store = Store::open(&config.data, &config.history).unwrap().store;
    for (&(room, clock), seq) in messages.iter().zip(1..) {
        let (Sure(at) | Unsure(at)) = clock;
        let from = json!({ "id": "A".repeat(22), "name": "one" });
        let mut body = json!({ "room": room, "seq": seq, "id": seq.to_string(), "from": from,
            "text": "a", "at": at });
        let at = if let Sure(at) = clock {
            Some(at)
        } else {
            body["at_unsure"] = json!(true);
            None
        };
        let body = body.to_string();
        store
            .write(&[Change::Append {
                room,
                seq,
                at,
                body: body.as_bytes(),
            }])
            .unwrap();
    }
    store.close();
    folder
}

async fn on(folder: TempDir, change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::on(folder, |config| {
        unhurried(config);
        config.tls.mode = TlsMode::Off;
        change(config);
    })
    .await
}

async fn days(client: &mut Client, request: Value) -> Value {
    client.ok("days", request).await["days"].take()
}

#[tokio::test]
async fn days_begin_at_the_readers_midnight_with_the_message_to_read_from() {
    // Two days; the second message of the first one is posted after 09:15 of Greenwich.
    let (a, b, c) = (
        19_000 * DAY + HOUR,
        19_000 * DAY + 20 * HOUR,
        19_001 * DAY + 3 * HOUR,
    );
    let server = on(
        past(&[("live", Sure(a)), ("live", Sure(b)), ("live", Sure(c))]),
        |_| {},
    )
    .await;
    for transport in TRANSPORTS {
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        let answer = one.ok("days", json!({ "room": "live" })).await;
        assert_eq!(keys(&answer), ["days", "ok"]);
        let first = json!({ "day": 19_000, "seq": 1, "at": a });
        assert_eq!(
            answer["days"],
            json!([first, { "day": 19_001, "seq": 3, "at": c }])
        );
        assert_eq!(
            days(&mut one, json!({ "room": "live", "zone": 540 })).await,
            json!([first, { "day": 19_001, "seq": 2, "at": b }]),
            "in Seoul"
        );
        assert_eq!(
            days(&mut one, json!({ "room": "live", "zone": -210 })).await,
            json!([
                { "day": 18_999, "seq": 1, "at": a },
                { "day": 19_000, "seq": 2, "at": b },
            ]),
            "in Newfoundland"
        );
        assert_eq!(
            days(&mut one, json!({ "room": "nowhere" })).await,
            json!([])
        );
        let page = one
            .ok("history", json!({ "room": "live", "after": 1, "limit": 1 }))
            .await;
        assert_eq!(page["messages"][0]["seq"], 2);
    }
}

#[tokio::test]
async fn of_many_days_the_newest_four_hundred_are_told() {
    let messages: Vec<_> = (0..450)
        .map(|n| ("live", Sure((19_000 + n) * DAY)))
        .collect();
    let server = on(past(&messages), |config| config.history.days = DAYS).await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let days = days(&mut one, json!({ "room": "live" })).await;
    let days = days.as_array().unwrap();
    assert_eq!(days.len(), 400);
    assert_eq!(
        (&days[0]["seq"], &days[399]["seq"]),
        (&json!(51), &json!(450))
    );
}

#[tokio::test]
async fn a_message_is_found_under_its_day_at_once() {
    let server = gateway().await;
    let mut one = Client::named(server.addresses.main, "one").await;
    let posted = one
        .ok("message", json!({ "room": "live", "text": "a" }))
        .await;
    let at = posted["at"].as_u64().unwrap();
    one.say("live", "b").await;
    assert_eq!(
        days(&mut one, json!({ "room": "live" })).await,
        json!([{ "day": at / DAY, "seq": posted["seq"], "at": at }])
    );
}

#[tokio::test]
async fn times_not_to_be_trusted_have_no_day_of_their_own_but_the_first() {
    let folder = past(&[
        ("live", Unsure(19_000 * DAY)),
        ("live", Unsure(19_001 * DAY)),
        ("live", Sure(19_005 * DAY)),
        ("live", Unsure(19_003 * DAY)),
        ("unsure", Unsure(19_001 * DAY)),
        ("unsure", Unsure(19_002 * DAY)),
    ]);
    let server = on(folder, |_| {}).await;
    let mut one = Client::named(server.addresses.main, "one").await;
    assert_eq!(
        days(&mut one, json!({ "room": "live" })).await,
        json!([
            { "day": 19_000, "seq": 1, "at": 19_000 * DAY },
            { "day": 19_005, "seq": 3, "at": 19_005 * DAY },
        ])
    );
    assert_eq!(
        days(&mut one, json!({ "room": "unsure" })).await,
        json!([{ "day": 19_001, "seq": 5, "at": 19_001 * DAY }])
    );
}

#[tokio::test]
async fn days_of_a_room_with_a_key_want_the_key_and_a_zone_of_this_world() {
    let server = on(past(&[("live", Sure(DAY))]), |config| {
        let key = ("live".to_owned(), "key".to_owned());
        config.access.keys.extend([key]);
        config.history.days = DAYS;
    })
    .await;
    let mut one = Client::named(server.addresses.main, "one").await;
    assert_eq!(one.code("days", json!({ "room": "live" })).await, "locked");
    let right = json!({ "room": "live", "key": "key" });
    assert_eq!(days(&mut one, right).await.as_array().unwrap().len(), 1);
    for zone in [json!(841), json!(-841), json!("Seoul"), json!(1e300)] {
        let request = json!({ "room": "live", "zone": zone });
        assert_eq!(one.code("days", request).await, "bad_request");
    }
    assert_eq!(one.code("days", json!({})).await, "bad_request");
}
