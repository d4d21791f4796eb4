//! How messages are acknowledged by choice, and whose address counts behind a proxy.

use madang::config::{AckWhen, Config};
use serde_json::json;

use crate::client::{ByWebSocket, Client, TRANSPORTS};
use crate::ground::{gateway_with, health};
use crate::packet::Heard;

#[tokio::test]
async fn relayed_means_acknowledged_before_the_card_has_it() {
    let slow_card = |config: &mut Config| {
        config.history.group_ms = 10_000;
        config.history.group_messages = 2;
    };
    let server = gateway_with(|config| {
        slow_card(config);
        config.ack = AckWhen::Relayed;
    })
    .await;
    let mut one = Client::named(server.addresses.main, "one").await;
    one.join("live").await;
    let seq = one.say("live", "at once").await;
    assert_eq!(one.event("message").await["seq"], seq);

    let server = gateway_with(slow_card).await;
    let mut one = Client::named(server.addresses.main, "one").await;
    one.join("live").await;
    let first = json!({ "room": "live", "text": "waits for the card" });
    let first = one.begin("message", &[first]).await;
    one.event("message").await;
    one.said("message").await;
    assert!(!one.was_answered(first), "relayed, and not acknowledged");
    one.say("live", "the second fills the group").await;
    assert_eq!(one.answer(first).await[0]["ok"], true);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_address_has_its_own_attempts() {
    for trusted in [true, false] {
        let server = gateway_with(|config| {
            config.access.code = Some("code".to_owned());
            config.access.trust_proxy = trusted;
        })
        .await;
        let attempt = async |forwarded: &str, code: &str| {
            let address = server.addresses.main;
            let mut client = Client::open(address, ByWebSocket, Some(forwarded)).await;
            match client.connect(&json!({ "code": code })).await {
                Heard::Connected => "in".to_owned(),
                Heard::Refused(error) => error["data"]["code"].as_str().unwrap().to_owned(),
                other => panic!("{other:?}"),
            }
        };
        for _ in 0..5 {
            assert_eq!(attempt("10.0.0.1", "wrong").await, "unauthorized");
        }
        // What stands before the last entry is the client's own invention.
        assert_eq!(attempt("10.0.0.2, 10.0.0.1", "code").await, "rate");
        let other = if trusted { "in" } else { "rate" };
        assert_eq!(
            attempt("10.0.0.2", "code").await,
            other,
            "trusted: {trusted}"
        );
    }
}

#[tokio::test]
async fn an_address_has_ten_times_the_rate_of_a_person() {
    let server = gateway_with(|config| {
        config.limits.messages_per_second = 1;
        config.limits.message_burst = 2;
        config.limits.address_factor = 2;
        config.access.trust_proxy = true;
    })
    .await;
    let mut passed = 0;
    for _ in 0..5 {
        let mut client = Client::open(server.addresses.main, ByWebSocket, Some("10.0.0.1")).await;
        client.connect(&json!({})).await;
        let answer = client
            .ask("message", json!({ "room": "live", "text": "a" }))
            .await;
        if answer["ok"] == true {
            passed += 1;
        } else {
            assert_eq!(answer["error"]["code"], "rate");
        }
    }
    assert_eq!(passed, 4, "new tokens do not make an address faster");
    let mut client = Client::open(server.addresses.main, ByWebSocket, Some("10.0.0.2")).await;
    client.connect(&json!({})).await;
    client
        .ok("message", json!({ "room": "live", "text": "a" }))
        .await;
}

#[tokio::test]
async fn polling_cannot_slip_under_the_limit_of_sessions() {
    let server = gateway_with(|config| config.limits.sessions_per_address = 2).await;
    let mut held = Vec::new();
    for transport in TRANSPORTS {
        held.push(Client::enter(server.addresses.main, transport, json!({})).await);
    }
    let path = format!("/socket.io/?{}", crate::polling::HANDSHAKE);
    let refused = server.get(&path).await;
    assert_eq!(refused.status, 503);
    assert!(
        refused.json()["message"]
            .as_str()
            .unwrap()
            .contains("address")
    );
    held[0].say("live", "goes on").await;
    assert_eq!(health(&server).await["sessions"], 2);
    held.remove(0);
    crate::ground::healthy(&server, "its place is free", |health| {
        health["sessions"] == 1
    })
    .await;
    Client::enter(server.addresses.main, ByWebSocket, json!({})).await;
}
