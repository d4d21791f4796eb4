//! Whoever does not read is closed, nobody else waits for it, and it comes back with its cursor
//! and loses nothing.

use serde_json::{Value, json};

use crate::client::{ByPolling, Client};
use crate::common::TestServer;
use crate::ground::{gateway, gateway_with};

/// A message of about 32 KiB.
fn large(n: usize) -> Value {
    json!({ "room": "live", "id": n.to_string(), "data": { "n": n, "pad": "x".repeat(32 << 10) } })
}

/// Two talk until the gateway has closed the slow one's session; what they said, by number.
async fn talk(server: &TestServer, said: &mut Vec<u64>) {
    let mut one = Client::named(server.addresses.main, "one").await;
    let mut two = Client::named(server.addresses.main, "two").await;
    one.join("live").await;
    two.join("live").await;
    // More than the kernel holds for a connection.
    for n in 0..400 {
        let answer = one.ok("message", large(n)).await;
        said.push(answer["seq"].as_u64().unwrap());
        let (mine, yours) = (one.event("message").await, two.event("message").await);
        assert_eq!(
            (&mine["seq"], &yours["seq"]),
            (&answer["seq"], &answer["seq"])
        );
        let health = crate::ground::health(server).await;
        if health["sessions"] == 2 {
            return;
        }
    }
    panic!("the slow one is still there");
}

/// Comes back with a cursor and reads to the end.
async fn resume(client: &mut Client, mut cursor: Value, log: &Value) -> Vec<u64> {
    let mut seqs = Vec::new();
    loop {
        let request = json!({ "room": "live", "since": cursor, "log": log });
        let page = client.ok("join", request).await;
        assert_eq!(
            (&page["gap"], &page["reset"]),
            (&json!(false), &json!(false))
        );
        let messages = page["messages"].as_array().unwrap();
        seqs.extend(
            messages
                .iter()
                .map(|message| message["seq"].as_u64().unwrap()),
        );
        cursor = page["next"].clone();
        if page["more"] == false {
            return seqs;
        }
    }
}

#[tokio::test]
async fn slow_consumer_is_closed_and_resumes() {
    let server = gateway().await;
    let mut slow = Client::narrow(server.addresses.main, json!({ "name": "slow" })).await;
    let joined = slow.join("live").await;
    let mut said = Vec::new();
    talk(&server, &mut said).await;

    // It reads what was on the way; then its connection is at its end.
    let mut seqs = Vec::new();
    let mut cursor = joined["next"].clone();
    assert!(["close frame 1013", "lost"].contains(&slow.ended().await.as_str()));
    for message in slow.kept("message") {
        cursor = message["seq"].clone();
        seqs.push(cursor.as_u64().unwrap());
    }
    assert!(!seqs.is_empty() && seqs.len() < said.len());
    let (log, auth) = (slow.hello["log"].clone(), slow.auth());
    let mut back = Client::enter(server.addresses.main, ByPolling, auth).await;
    assert_eq!(back.hello["name"], "slow");
    seqs.extend(resume(&mut back, cursor, &log).await);
    assert_eq!(seqs, said, "everything, once, in order");
}

#[tokio::test]
async fn who_does_not_poll_is_closed_and_resumes() {
    let server = gateway().await;
    let auth = json!({ "name": "slow" });
    let mut slow = Client::enter(server.addresses.main, ByPolling, auth).await;
    let joined = slow.join("live").await;
    let mut said = Vec::new();
    talk(&server, &mut said).await;
    assert!(said.len() < 10, "an outbox holds 256 KiB: {}", said.len());
    assert_eq!(slow.ended().await, "status 400", "there is no such session");
    let log = slow.hello["log"].clone();
    let mut back = Client::enter(server.addresses.main, ByPolling, slow.auth()).await;
    assert_eq!(resume(&mut back, joined["next"].clone(), &log).await, said);
}

#[tokio::test]
async fn a_room_of_the_largest_messages_is_read_to_its_end_by_the_smallest_outbox() {
    let server = gateway_with(|config| {
        config.limits.outbox_bytes = 2 * config.largest_frame();
    })
    .await;
    let mut one = Client::named(server.addresses.main, &"👨‍👩‍👧‍👦".repeat(32)).await;
    let mut said = Vec::new();
    for n in 0..8 {
        let pad = "x".repeat((64 << 10) - 200);
        let message = json!({ "room": "live", "id": n.to_string(), "data": pad });
        said.push(one.ok("message", message).await["seq"].as_u64().unwrap());
    }
    for transport in crate::client::TRANSPORTS {
        let mut late = Client::enter(server.addresses.main, transport, json!({})).await;
        let log = late.hello["log"].clone();
        assert_eq!(resume(&mut late, json!(0), &log).await, said);
    }
}

#[tokio::test]
async fn presence_and_typing_give_way_to_messages() {
    let server = gateway().await;
    let auth = json!({ "name": "slow" });
    let mut slow = Client::enter(server.addresses.main, ByPolling, auth).await;
    slow.join("live").await;
    let mut one = Client::named(server.addresses.main, "one").await;
    one.join("live").await;
    // More of it than an outbox holds.
    let count = 4_000;
    for n in 0..count {
        one.tell("typing", &[json!({ "room": "live", "on": n % 2 == 0 })])
            .await;
    }
    let mut said = Vec::new();
    for n in 0..6 {
        said.push(one.ok("message", large(n)).await["seq"].clone());
    }
    let heard = slow.said("message").await;
    let seqs: Vec<Value> = heard.iter().map(|message| message["seq"].clone()).collect();
    assert_eq!(seqs, said, "it is still there and has every message");
    assert!(slow.said("typing").await.len() < count);
}
