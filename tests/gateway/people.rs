//! The native vocabulary (docs/protocol.md), to the letter: what people hear of each other.

use serde_json::{Value, json};

use crate::client::Client;
use crate::ground::gateway;

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
