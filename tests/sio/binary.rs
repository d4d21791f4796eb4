//! § Sending and receiving data, with attachments.

use crate::client::{Client, Received};
use crate::server::Server;

#[tokio::test]
async fn attachments_travel_in_any_place_of_the_arguments() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    let args = r#"{"a":[1,{"b":{"_placeholder":true,"num":1}}]},{"_placeholder":true,"num":0}"#;
    client.send(&format!(r#"52-["echo",{args}]"#)).await;
    client.send_binary(b"first").await;
    client.send_binary(b"").await;
    assert_eq!(client.text().await, format!(r#"52-["echo",{args}]"#));
    assert_eq!(client.next().await, Received::Binary("first".into()));
    assert_eq!(client.next().await, Received::Binary("".into()));

    client.send(&format!(r#"52-7["echo",{args}]"#)).await;
    client.send_binary(b"third").await;
    client.send_binary(b"fourth").await;
    assert_eq!(client.text().await, format!("62-7[{args}]"));
    assert_eq!(client.next().await, Received::Binary("third".into()));
    assert_eq!(client.next().await, Received::Binary("fourth".into()));
}

#[tokio::test]
async fn the_most_attachments_allowed_are_taken() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    client
        .send(r#"510-["echo",{"_placeholder":true,"num":9}]"#)
        .await;
    for _ in 0..10 {
        client.send_binary(b"x").await;
    }
    assert_eq!(
        client.text().await,
        r#"510-["echo",{"_placeholder":true,"num":9}]"#
    );
}

#[tokio::test]
async fn a_binary_packet_without_attachments_is_complete_at_once() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    client
        .send_all(&[r#"50-["echo",1]"#, r#"2["echo",2]"#])
        .await;
    assert_eq!(client.text().await, r#"2["echo",1]"#);
    assert_eq!(client.text().await, r#"2["echo",2]"#);
}

#[tokio::test]
async fn unfinished_packets_of_all_sessions_share_one_bound() {
    let mut server = Server::with(|_, limits| limits.inbound_bytes = 1_000).await;
    let (mut first, mut second) = (
        Client::join(&mut server).await,
        Client::join(&mut server).await,
    );
    let unfinished = format!(
        r#"51-["echo","{}",{{"_placeholder":true,"num":0}}]"#,
        "x".repeat(600)
    );
    first.send_all(&[&unfinished]).await;
    second.send_all(&[&unfinished]).await;
    // One of them is the one too many, whichever was read later.
    let calls = server.call().await;
    assert_eq!(calls, "disconnect /  Session(Malformed)");
    // What it held is free again.
    let mut third = Client::join(&mut server).await;
    third
        .send(r#"51-["echo",{"_placeholder":true,"num":0}]"#)
        .await;
    third.send_binary(b"x").await;
    assert_eq!(
        third.text().await,
        r#"51-["echo",{"_placeholder":true,"num":0}]"#
    );
}
