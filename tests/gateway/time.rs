//! A gateway that does not know the time, and phones that do.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{ByPolling, ByWebSocket, Client, Transport};
use crate::common::TestServer;
use crate::ground::{health, unhurried};
use crate::packet::Heard;

const YEAR_MS: u64 = 365 * 24 * 3_600 * 1_000;

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

/// A board whose card says that a year more has passed than the system thinks, behind a proxy that
/// tells the phones apart. Nobody vouches for the system's clock.
async fn lost() -> TestServer {
    let folder = tempfile::tempdir().unwrap();
    let saved = now_ms() + YEAR_MS;
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("clock"), saved.to_string()).unwrap();
    board(folder).await
}

async fn board(folder: TempDir) -> TestServer {
    let told = folder.path().join("board");
    TestServer::on(folder, |config| {
        unhurried(config);
        config.tls.mode = madang::config::TlsMode::Off;
        config.access.trust_proxy = true;
        config.board.folder = Some(told);
    })
    .await
}

/// A phone of this address comes in and says what its clock shows.
async fn phone(server: &TestServer, how: Transport, last: u8, now: Value) -> Client {
    let address = format!("10.42.0.{last}");
    let mut phone = Client::open(server.addresses.main, how, Some(&address)).await;
    let auth = json!({ "name": format!("phone {last}"), "now": now });
    assert_eq!(phone.connect(&auth).await, Heard::Connected);
    phone.hello = phone.event("hello").await;
    phone
}

/// Enough of them to be believed show this time.
async fn three_phones(server: &TestServer, now: u64) {
    for last in 1..4 {
        phone(server, ByWebSocket, last, json!(now)).await;
    }
}

#[tokio::test]
async fn three_phones_tell_the_time_and_from_then_on_messages_are_sure_of_it() {
    let server = lost().await;
    let noon = now_ms() + 2 * YEAR_MS;
    let mut one = phone(&server, ByWebSocket, 1, json!(noon)).await;
    assert_eq!(one.hello["clock"], false);
    one.join("live").await;
    one.say("live", "before").await;
    assert_eq!(one.event("message").await["at_unsure"], true);

    // A liar with many tokens, and what is no clock at all.
    for _ in 0..5 {
        let liar = phone(&server, ByPolling, 2, json!(noon + 5 * YEAR_MS)).await;
        assert_eq!(liar.hello["clock"], false);
    }
    for nothing in [json!(null), json!(-1), json!(1.5)] {
        let silent = phone(&server, ByWebSocket, 3, nothing).await;
        assert_eq!(silent.hello["clock"], false);
    }
    let third = phone(&server, ByPolling, 4, json!(noon)).await;
    assert_eq!(third.hello["clock"], true);
    let told = one.event("gateway").await;
    assert_eq!(
        (&told["clock"], &told["storing"]),
        (&json!(true), &json!(true))
    );
    for now in [&told["now"], &third.hello["now"]] {
        assert!(now.as_u64().unwrap().abs_diff(noon) < YEAR_MS / 12, "{now}");
    }
    one.say("live", "after").await;
    let message = one.event("message").await;
    assert_eq!(message.get("at_unsure"), None);
    assert!(message["at"].as_u64().unwrap() >= noon);
    assert_eq!(health(&server).await["chat"]["clock"], true);
}

#[tokio::test]
async fn a_start_goes_on_from_what_phones_said_but_does_not_trust_it() {
    let server = lost().await;
    let noon = now_ms() + 3 * YEAR_MS;
    three_phones(&server, noon).await;
    let mut one = phone(&server, ByWebSocket, 9, json!(null)).await;
    assert_eq!(one.hello["clock"], true);
    one.say("live", "on the card").await;
    let server = board(server.shutdown().await).await;
    let one = phone(&server, ByWebSocket, 1, json!(null)).await;
    let now = one.hello["now"].as_u64().unwrap();
    assert!(now >= noon && now < noon + YEAR_MS / 12, "{now}");
    assert_eq!(one.hello["clock"], false);
}

#[tokio::test]
async fn the_network_has_the_last_word_and_phones_none_any_longer() {
    let server = lost().await;
    let mark = server.folder.path().join("run/systemd/timesync");
    std::fs::create_dir_all(&mark).unwrap();
    std::fs::write(mark.join("synchronized"), "").unwrap();
    let folder = server.shutdown().await;
    std::fs::write(folder.path().join("data/clock"), now_ms().to_string()).unwrap();
    let server = board(folder).await;
    for last in 1..4 {
        let phone = phone(&server, ByPolling, last, json!(now_ms() + YEAR_MS)).await;
        assert_eq!(phone.hello["clock"], true);
        let told = phone.hello["now"].as_u64().unwrap();
        assert!(told.abs_diff(now_ms()) < YEAR_MS / 12, "{told}");
    }
}

#[tokio::test]
async fn no_message_is_too_old_by_what_phones_say() {
    let mut server = lost().await;
    let noon = now_ms() + 2 * YEAR_MS;
    let texts = ["two years from now", "and two more", "and on"];
    for (text, now) in texts
        .iter()
        .zip([noon, noon + 2 * YEAR_MS, noon + 2 * YEAR_MS])
    {
        // With its first flush a start tells the store the time, by which that removes what is too old.
        three_phones(&server, now).await;
        let mut one = phone(&server, ByWebSocket, 9, json!(null)).await;
        one.join("live").await;
        one.say("live", text).await;
        assert_eq!(one.event("message").await.get("at_unsure"), None);
        server = board(server.shutdown().await).await;
    }
    // Off the card, not out of memory.
    let mut late = phone(&server, ByPolling, 1, json!(null)).await;
    let history = late.ok("history", json!({ "room": "live" })).await;
    let messages = history["messages"].as_array().unwrap().iter();
    let kept: Vec<_> = messages.map(|message| &message["text"]).collect();
    assert_eq!(kept, texts);
}
