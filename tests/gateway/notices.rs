//! What the board tells about itself in its folder, and who hears it.

use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Client, TRANSPORTS};
use crate::common::TestServer;
use crate::ground::{gateway_with, health, healthy};

/// As the board writes: aside, and put in place.
fn tell(board: &Path, name: &str, content: &str) {
    let aside = board.join("aside");
    std::fs::write(&aside, content).unwrap();
    std::fs::rename(aside, board.join(name)).unwrap();
}

fn radio(board: &Path, phones: u32) {
    let radio = json!({ "chip": "BCM43455", "capacity": 10, "phones": phones });
    tell(board, "radio.json", &radio.to_string());
}

async fn on(board: &Path) -> TestServer {
    gateway_with(|config| config.board.folder = Some(board.to_owned())).await
}

/// Comes in when so many notices are known: the board's folder is read a moment after the start.
async fn greeted(server: &TestServer, notices: usize) -> Client {
    let mut first = Client::named(server.addresses.main, "first").await;
    let known = first.hello["notices"].as_array().map_or(0, Vec::len);
    for _ in known..notices {
        first.event("notice").await;
    }
    let client = Client::named(server.addresses.main, "one").await;
    let told = client.hello["notices"].as_array().map_or(0, Vec::len);
    assert_eq!(told, notices);
    client
}

#[tokio::test]
async fn notices_are_in_hello_and_told_when_they_come_and_when_they_are_over() {
    let board = tempfile::tempdir().unwrap();
    let short =
        json!({ "level": "warning", "text": "The passphrase was too short.", "ko": "짧다" });
    let dinner = json!({ "level": "info", "text": "Dinner at seven." });
    tell(board.path(), "notices.json", &json!([short]).to_string());
    let server = on(board.path()).await;
    let mut one = greeted(&server, 1).await;
    assert_eq!(one.hello["notices"], json!([short]));

    tell(
        board.path(),
        "notices.json",
        &json!([short, dinner]).to_string(),
    );
    assert_eq!(one.event("notice").await, dinner);
    tell(board.path(), "notices.json", "{ damaged");
    std::fs::remove_file(board.path().join("notices.json")).unwrap();
    for notice in [short, dinner] {
        let mut over = notice;
        over["over"] = json!(true);
        assert_eq!(one.event("notice").await, over);
    }
    assert_eq!(one.said("notice").await, [] as [Value; 0]);
    let new = greeted(&server, 0).await;
    assert_eq!(new.hello.get("notices"), None);
}

#[tokio::test]
async fn who_is_here_and_who_comes_is_told_before_the_wifi_is_full() {
    let board = tempfile::tempdir().unwrap();
    radio(board.path(), 8);
    let server = on(board.path()).await;
    healthy(&server, "the board tells", |health| {
        health["radio"]["phones"] == 8
    })
    .await;
    let mut one = greeted(&server, 0).await;
    radio(board.path(), 9);
    let told = one.event("notice").await;
    assert_eq!(told["level"], "warning");
    let text = told["text"].as_str().unwrap();
    assert!(text.contains("takes 10 phones, 9 are here"), "{text}");
    assert!(told["ko"].as_str().unwrap().contains("10대"), "{told}");
    for transport in TRANSPORTS {
        let new = Client::enter(server.addresses.main, transport, json!({})).await;
        assert_eq!(new.hello["notices"], json!([told]));
    }
    assert_eq!(
        health(&server).await["radio"],
        json!({ "chip": "BCM43455", "capacity": 10, "phones": 9 })
    );
}

#[tokio::test]
async fn the_longest_notices_reach_a_client_through_the_smallest_outbox() {
    let board = tempfile::tempdir().unwrap();
    let text = "마당 ".repeat(140);
    let notices: Vec<_> = (0..16)
        .map(|n| json!({ "text": format!("{n} {text}") }))
        .collect();
    tell(board.path(), "notices.json", &json!(notices).to_string());
    let server = gateway_with(|config| {
        config.board.folder = Some(board.path().to_owned());
        config.limits.text_chars = 256;
        config.limits.packet_bytes = 1 << 10;
        config.history.page_bytes = 1 << 10;
        config.limits.outbox_bytes = 2 * config.largest_frame();
    })
    .await;
    let mut one = greeted(&server, 16).await;
    one.say("live", "still here").await;
}
