//! Who is here: right after dead phones, double tabs and clients that vanish.

use std::time::{Duration, Instant};

use madang::config::Config;
use serde_json::{Value, json};

use crate::client::{ByPolling, ByWebSocket, Client, TRANSPORTS};
use crate::ground::{gateway, gateway_with, health, healthy};

/// Soon for those who are dead, and time enough to answer for those who live on a busy machine.
fn short(config: &mut Config) {
    config.engine.ping_interval_ms = 300;
    config.engine.ping_timeout_ms = 1_500;
}

#[tokio::test]
async fn a_dead_phone_is_gone_after_interval_timeout_and_ten_seconds() {
    let server = gateway_with(short).await;
    let address = server.addresses.main;
    let mut watcher = Client::named(address, "watcher").await;
    watcher.join("live").await;
    let mut dead = Vec::new();
    for transport in TRANSPORTS {
        let mut phone = Client::enter(address, transport, json!({ "name": "phone" })).await;
        phone.join("live").await;
        dead.push(phone);
    }
    let begun = Instant::now();
    // They neither answer pings nor close; their connections stay open.
    for _ in 0..2 {
        let left = watcher.event("left").await;
        assert!(
            left["member"]["name"]
                .as_str()
                .unwrap()
                .starts_with("phone")
        );
        let after = begun.elapsed();
        assert!(
            after > Duration::from_secs(10),
            "who is back within 10 s was never away"
        );
        assert!(after < Duration::from_secs(14), "{after:?}");
    }
    assert_eq!(watcher.join("live").await["count"], 1);
    assert_eq!(health(&server).await["sessions"], 1);
    drop(dead);
}

#[tokio::test]
async fn a_polling_client_that_vanishes_leaves_nothing() {
    let server = gateway_with(short).await;
    let mut silent = Client::enter(server.addresses.main, ByPolling, json!({})).await;
    silent.join("live").await;
    let cut = Client::enter(server.addresses.main, ByPolling, json!({})).await;
    drop(cut);
    let none = |health: &Value| health["sessions"] == 0 && health["chat"]["visits"] == 0;
    healthy(&server, "nothing is left", none).await;
    assert_eq!(silent.ended().await, "status 400");
}

#[tokio::test]
async fn a_second_tab_is_the_same_person_and_who_is_back_soon_was_never_away() {
    let server = gateway().await;
    let address = server.addresses.main;
    let mut watcher = Client::named(address, "watcher").await;
    watcher.join("live").await;
    let mut phone = Client::named(address, "phone").await;
    let auth = phone.auth();
    assert_eq!(phone.join("live").await["count"], 2);
    for transport in TRANSPORTS {
        let mut tab = Client::enter(address, transport, auth.clone()).await;
        let joined = tab.join("live").await;
        assert_eq!(
            (
                &joined["count"],
                joined["members"].as_array().unwrap().len()
            ),
            (&json!(2), 2)
        );
        tab.ok("leave", json!({ "room": "live" })).await;
    }
    phone.say("live", "still here").await;
    drop(phone);
    healthy(&server, "the phone is away", |health| {
        health["chat"]["visits"] == 2
    })
    .await;
    let mut phone = Client::enter(address, ByWebSocket, auth).await;
    assert_eq!(phone.hello["name"], "phone");
    assert_eq!(phone.join("live").await["count"], 2);
    assert_eq!(watcher.said("joined").await.len(), 1);
    phone.ok("leave", json!({ "room": "live" })).await;
    assert_eq!(watcher.event("left").await["count"], 1);
    assert_eq!(
        watcher.said("left").await,
        [] as [Value; 0],
        "and only once"
    );
}

#[tokio::test]
async fn each_hears_the_other_in_its_own_vocabulary() {
    let server = gateway().await;
    let mut native = Client::named(server.addresses.main, "native").await;
    let mut pupil = Client::enter(server.addresses.main, ByWebSocket, json!({})).await;
    native.join("live").await;
    native.say("live", "before").await;
    pupil.call("nickname", &[json!("pupil")]).await;
    assert_eq!(pupil.call("enter_room", &[json!("live")]).await, [json!(2)]);
    assert_eq!(native.event("joined").await["member"]["name"], "pupil");
    let line = [json!("hello"), json!("live")];
    assert_eq!(pupil.call("new_message", &line).await, [] as [Value; 0]);
    assert_eq!(native.texts(2).await, ["before", "hello"]);
    native.say("live", "after").await;
    native.ok("leave", json!({ "room": "live" })).await;
    let lines = pupil.said("new_message").await;
    assert_eq!(lines, ["native: before", "native: after"], "not its own");
    assert_eq!(pupil.said("bye").await, ["native"]);
    for foreign in ["message", "joined", "left"] {
        assert_eq!(pupil.said(foreign).await, [] as [Value; 0], "{foreign}");
    }
    drop(pupil);
    let mut late = Client::named(server.addresses.main, "late").await;
    healthy(&server, "the pupil has gone", |health| {
        health["chat"]["visits"] == 2
    })
    .await;
    assert_eq!(
        late.join("live").await["count"],
        1,
        "the tutorial's client cannot come back"
    );
}
