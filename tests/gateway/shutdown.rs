//! The end of a gateway as its clients see it: the transport is closed, so that they come back.

use std::time::Duration;

use serde_json::json;

use crate::client::{ByPolling, ByWebSocket, Client};
use crate::common::TestServer;
use crate::ground::{gateway, unhurried};
use crate::process::{Process, madang};

#[tokio::test]
async fn clients_lose_their_transport_and_come_back_to_the_same_port() {
    let server = gateway().await;
    let address = server.addresses.main;
    let mut socket = Client::enter(address, ByWebSocket, json!({ "name": "socket" })).await;
    let mut poller = Client::enter(address, ByPolling, json!({ "name": "poller" })).await;
    socket.join("live").await;
    let cursor = poller.join("live").await["next"].clone();
    // Said, and not read before the end.
    let last = socket
        .begin(
            "message",
            &[json!({ "room": "live", "text": "last words" })],
        )
        .await;
    let seq = socket.answer(last).await[0]["seq"].clone();

    let (folder, by_socket, by_polling) =
        tokio::join!(server.shutdown(), socket.ended(), poller.ended());
    assert_eq!(by_socket, "close frame 1001", "not a Socket.IO DISCONNECT");
    assert_eq!(by_polling, "packet 1");
    assert_eq!(
        poller.kept("message")[0]["seq"],
        seq,
        "what was queued came first"
    );

    let server = TestServer::on(folder, |config| {
        unhurried(config);
        config.tls.mode = madang::config::TlsMode::Off;
        config.listen = address;
    })
    .await;
    let mut back = Client::enter(server.addresses.main, ByWebSocket, socket.auth()).await;
    assert_eq!(back.hello["log"], socket.hello["log"]);
    assert_eq!(back.hello["id"], socket.hello["id"]);
    let request = json!({ "room": "live", "since": cursor, "log": back.hello["log"] });
    let joined = back.ok("join", request).await;
    assert_eq!(joined["messages"][0]["seq"], seq);
}

#[tokio::test]
async fn the_binary_ends_within_ten_seconds_with_fifty_clients_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let mut gateway = Process::start(madang(&data), &log);
    let mut clients = Vec::new();
    for n in 0..50 {
        let transport = if n % 2 == 0 { ByWebSocket } else { ByPolling };
        let auth = json!({ "name": format!("r{n}") });
        let mut client = Client::enter(gateway.address, transport, auth).await;
        client.join("live").await;
        clients.push(client);
    }
    let mut asked = Vec::new();
    for (n, client) in clients.iter_mut().enumerate() {
        let message = json!({ "room": "live", "id": n.to_string(), "text": "a" });
        asked.push(client.begin("message", &[message]).await);
    }
    gateway.terminate();
    let readers: Vec<_> = clients
        .into_iter()
        .zip(asked)
        .map(|(mut client, number)| {
            tokio::spawn(async move {
                let how = client.ended().await;
                (how, client.was_answered(number))
            })
        })
        .collect();
    let (status, took) = gateway.ended().await;
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    let mut acknowledged = 0;
    for reader in readers {
        let (how, answered) = reader.await.unwrap();
        assert!(
            ["close frame 1001", "packet 1"].contains(&how.as_str()),
            "{how}"
        );
        acknowledged += usize::from(answered);
    }
    drop(gateway);
    let again = Process::start(madang(&data), &log);
    let mut one = Client::named(again.address, "one").await;
    let stored = one.join("live").await["messages"].as_array().unwrap().len();
    assert!(stored >= acknowledged, "{stored} of {acknowledged}");
}
