//! The native vocabulary (docs/protocol.md), to the letter: what can be asked of a room and of its past.

use serde_json::{Value, json};

use crate::client::{Client, TRANSPORTS};
use crate::ground::gateway_with;
use crate::vocabulary::keys;

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
