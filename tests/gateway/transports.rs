//! Guarantees 1 and 3 over every wire: all see the same messages in the same order, and a message
//! sent again is acknowledged with its number and never relayed again.

use serde_json::{Value, json};

use crate::client::{ByPolling, ByWebSocket, Client, TRANSPORTS};
use crate::ground::gateway;
use crate::process::{Process, at, madang};

#[tokio::test]
async fn both_transports_and_the_tutorial_see_the_same_order() {
    const EACH: usize = 60;
    let server = gateway().await;
    let address = server.addresses.main;
    let socket = Client::enter(address, ByWebSocket, json!({ "name": "socket" })).await;
    let poller = Client::enter(address, ByPolling, json!({ "name": "poller" })).await;
    let mut pupil = Client::enter(address, ByWebSocket, json!({})).await;
    pupil.call("nickname", &[json!("pupil")]).await;
    pupil.call("enter_room", &[json!("live")]).await;

    let talk = |mut client: Client, name: &'static str| async move {
        client.join("live").await;
        for n in 0..EACH {
            client.say("live", &format!("{name} {n}")).await;
        }
        client
    };
    let pupil = tokio::spawn(async move {
        for n in 0..EACH {
            let line = [json!(format!("pupil {n}")), json!("live")];
            pupil.call("new_message", &line).await;
        }
        pupil
    });
    let socket = tokio::spawn(talk(socket, "socket"));
    let poller = tokio::spawn(talk(poller, "poller"));
    let (mut socket, mut poller, mut pupil) = (
        socket.await.unwrap(),
        poller.await.unwrap(),
        pupil.await.unwrap(),
    );

    let log = socket
        .ok("history", json!({ "room": "live", "after": 0 }))
        .await;
    let mut whole = log["messages"].as_array().unwrap().clone();
    while whole.len() < 3 * EACH {
        let after = whole.last().unwrap()["seq"].clone();
        let page = socket
            .ok("history", json!({ "room": "live", "after": after }))
            .await;
        assert_ne!(page["messages"], json!([]));
        whole.extend_from_slice(page["messages"].as_array().unwrap());
    }
    assert!(whole.is_sorted_by_key(|message| message["seq"].as_u64()));
    // Whoever joined a little later has the rest in its answer.
    for client in [&mut socket, &mut poller] {
        let live = client.said("message").await;
        assert_eq!(live, whole[whole.len() - live.len()..]);
        assert!(live.len() >= EACH);
    }
    let others = whole
        .iter()
        .filter(|message| message["from"]["name"] != "pupil");
    let line = |message: &Value| {
        let name = message["from"]["name"].as_str().unwrap();
        json!(format!("{name}: {}", message["text"].as_str().unwrap()))
    };
    let others: Vec<Value> = others.map(line).collect();
    assert_eq!(
        pupil.said("new_message").await,
        others,
        "the tutorial's, but for its own"
    );
}

#[tokio::test]
async fn a_retry_after_a_reconnect_gets_the_same_number_and_nobody_hears_it() {
    let server = gateway().await;
    let address = server.addresses.main;
    let mut other = Client::named(address, "other").await;
    other.join("live").await;
    for (first, second) in [(ByWebSocket, ByPolling), (ByPolling, ByWebSocket)] {
        let message = json!({ "room": "live", "id": format!("{first:?}"), "text": "once" });
        let mut one = Client::enter(address, first, json!({ "name": "one" })).await;
        let auth = one.auth();
        // The answer is never read: the connection is lost first.
        one.begin("message", std::slice::from_ref(&message)).await;
        let heard = other.event("message").await;
        drop(one);
        let mut one = Client::enter(address, second, auth).await;
        let again = one.ok("message", message.clone()).await;
        assert_eq!(again["seq"], heard["seq"]);
        assert_eq!(again["at"], heard["at"]);
        assert_eq!(other.said("message").await, [] as [Value; 0]);
    }
}

#[tokio::test]
async fn a_retry_after_a_killed_gateway_gets_the_same_number_and_nobody_hears_it() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let mut gateway = Process::start(madang(&data), &log);
    let address = gateway.address;
    for transport in TRANSPORTS {
        let room = format!("{transport:?}");
        let mut one = Client::enter(address, transport, json!({ "name": "one" })).await;
        let auth = one.auth();
        let store = one.hello["log"].clone();
        let mut first = Vec::new();
        for n in 0..10 {
            first.push(one.say(&room, &n.to_string()).await);
        }
        gateway.kill();
        gateway = Process::start(at(madang(&data), address), &log);

        let mut other = Client::named(address, "other").await;
        let joined = other
            .ok(
                "join",
                json!({ "room": room, "since": first[3], "log": store }),
            )
            .await;
        let seqs = joined["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["seq"].as_u64().unwrap());
        assert_eq!(
            seqs.collect::<Vec<_>>(),
            first[4..],
            "acknowledged means on the card"
        );
        assert_eq!(
            (&joined["gap"], &joined["reset"]),
            (&json!(false), &json!(false))
        );
        let mut one = Client::enter(address, transport, auth).await;
        for (n, seq) in first.iter().enumerate() {
            assert_eq!(one.say(&room, &n.to_string()).await, *seq);
        }
        assert_eq!(other.said("message").await, [] as [Value; 0]);
        assert!(one.say(&room, "new").await > first[9], "numbers only grow");
    }
}
