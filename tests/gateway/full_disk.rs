//! Guarantee 6 on the real binary: on a full disk it relays, says so, stores nothing more and
//! acknowledges nothing; when there is room again it heals, and nothing acknowledged is missing.

use serde_json::{Value, json};

use crate::client::{ByPolling, Client};
use crate::disk::Disk;
use crate::process::{Process, at};

fn message(n: usize) -> Value {
    json!({ "room": "live", "id": n.to_string(), "text": n.to_string(), "data": "x".repeat(8_000) })
}

/// Everything that the room has, as numbers of messages with their `seq`.
async fn log(client: &mut Client) -> Vec<(usize, u64)> {
    let (mut log, mut after, mut more) = (Vec::new(), 0, true);
    while more {
        let page = client
            .ok("history", json!({ "room": "live", "after": after }))
            .await;
        for message in page["messages"].as_array().unwrap() {
            after = message["seq"].as_u64().unwrap();
            log.push((message["text"].as_str().unwrap().parse().unwrap(), after));
        }
        more = page["more"].as_bool().unwrap();
    }
    log
}

#[tokio::test]
async fn on_a_full_disk_it_relays_says_so_and_heals_and_nothing_acknowledged_is_lost() {
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let disk = Disk::new(place.path());
    let gateway = Process::start(disk.madang(), &folder.path().join("log"));
    let address = gateway.address;
    let mut sender = Client::named(address, "sender").await;
    let mut other = Client::enter(address, ByPolling, json!({ "name": "other" })).await;
    sender.join("live").await;
    other.join("live").await;

    let (mut acknowledged, mut next) = (Vec::new(), 0..);
    for n in next.by_ref().take(5) {
        sender.ok("message", message(n)).await;
        let seq = other.event("message").await["seq"].as_u64().unwrap();
        acknowledged.push((n, seq));
    }
    disk.fill(&gateway);
    let (refused, seq) = loop {
        let n = next.next().unwrap();
        assert!(n < 2_000, "the disk is not full");
        let answer = sender.ask("message", message(n)).await;
        let heard = other.event("message").await;
        assert_eq!(heard["id"], n.to_string(), "relayed, stored or not");
        let seq = heard["seq"].as_u64().unwrap();
        if answer["ok"] == false {
            assert_eq!(answer["error"]["code"], "not_stored", "{answer}");
            break (n, seq);
        }
        assert_eq!(answer["seq"], seq);
        acknowledged.push((n, seq));
    };

    // All are told that nothing is stored, whoever comes now too.
    for client in [&mut sender, &mut other] {
        let told = client.event("gateway").await;
        assert_eq!(
            (&told["storing"], &told["clock"]),
            (&json!(false), &json!(true))
        );
    }
    let mut late = Client::named(address, "late").await;
    assert_eq!(late.hello["storing"], false);
    let page = late.join("live").await;
    let shown = page["messages"].as_array().unwrap().iter();
    assert!(
        shown.into_iter().any(|message| message["seq"] == seq),
        "what was relayed is shown"
    );

    // As long as it is full: the same answer, and nobody hears it twice.
    assert_eq!(sender.code("message", message(refused)).await, "not_stored");
    let unstored = next.next().unwrap();
    assert_eq!(
        sender.code("message", message(unstored)).await,
        "not_stored"
    );
    assert_eq!(other.texts(1).await, [unstored.to_string()]);

    disk.free(&gateway);
    for client in [&mut sender, &mut other] {
        let told = client.event("gateway").await;
        assert_eq!(
            (&told["storing"], &told["clock"]),
            (&json!(true), &json!(true))
        );
    }
    let again = sender.ok("message", message(refused)).await;
    assert_eq!(again["seq"], seq, "stored under its old number");
    acknowledged.push((refused, seq));
    assert_eq!(
        other.said("message").await,
        [] as [Value; 0],
        "and not relayed again"
    );
    let n = next.next().unwrap();
    acknowledged.push((n, sender.say("live", &n.to_string()).await));
    let whole = log(&mut sender).await;

    gateway.kill();
    let gateway = Process::start(at(disk.madang(), address), &folder.path().join("log"));
    let mut back = Client::enter(address, ByPolling, other.auth()).await;
    assert_eq!(back.hello["storing"], true);
    assert_eq!(back.hello["log"], other.hello["log"]);
    let kept = log(&mut back).await;
    assert!(kept.is_sorted_by_key(|(_, seq)| *seq));
    for message in &acknowledged {
        assert!(kept.contains(message), "{message:?} was acknowledged");
    }
    // What was never acknowledged may be there, as it was shown, or not.
    assert!(kept.iter().all(|message| whole.contains(message)));
    drop(gateway);
}

#[tokio::test]
async fn what_left_memory_while_the_disk_was_full_is_a_gap_and_a_retry_is_kept_all_the_same() {
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let disk = Disk::new(place.path());
    let gateway = Process::start(disk.madang(), &folder.path().join("log"));
    let address = gateway.address;
    let mut sender = Client::named(address, "sender").await;
    let mut acknowledged = Vec::new();
    let first = loop {
        let n = acknowledged.len();
        let answer = sender.ask("message", message(n)).await;
        if answer["ok"] == false {
            break n;
        }
        acknowledged.push((n, answer["seq"].as_u64().unwrap()));
        if n == 0 {
            disk.fill(&gateway);
        }
    };
    let cursor = acknowledged[0].1;
    // More than a room's ring holds: the oldest of them are nowhere any longer.
    for n in first + 1..first + 60 {
        assert_eq!(sender.code("message", message(n)).await, "not_stored");
    }
    let log_id = sender.hello["log"].clone();
    let since = json!({ "room": "live", "since": cursor, "log": log_id });
    assert_eq!(sender.ok("join", since.clone()).await["gap"], true);

    disk.free(&gateway);
    assert_eq!(sender.event("gateway").await["storing"], false);
    assert_eq!(sender.event("gateway").await["storing"], true);
    let seq = sender.ok("message", message(first)).await["seq"]
        .as_u64()
        .unwrap();
    let last = sender.say("live", "1000000").await;
    assert!(seq < last, "under its old number");
    assert_eq!(sender.said("message").await.last().unwrap()["seq"], last);
    acknowledged.extend([(first, seq), (1_000_000, last)]);
    let before = log(&mut sender).await;

    gateway.kill();
    let gateway = Process::start(at(disk.madang(), address), &folder.path().join("log"));
    let mut back = Client::named(address, "back").await;
    let after = log(&mut back).await;
    assert_eq!(after, before);
    assert!(after.is_sorted_by_key(|(_, seq)| *seq));
    for message in &acknowledged {
        assert!(after.contains(message), "{message:?} was acknowledged");
    }
    assert_eq!(
        back.ok("join", since).await["gap"],
        true,
        "the gap is remembered"
    );
    drop(gateway);
}
