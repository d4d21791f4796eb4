//! § Connection to a namespace.

use crate::client::{Client, Received};
use crate::server::{Server, tasks, until_tasks};

#[tokio::test]
async fn the_payload_of_the_handshake_reaches_the_application() {
    let mut server = Server::start().await;
    let mut client = Client::open(&server).await;
    client.send(r#"0{"token":"철수"}"#).await;
    let answer = client.text().await;
    let sid = server.socket().id().to_owned();
    assert_eq!(answer, format!(r#"0{{"sid":"{sid}"}}"#));
    assert_eq!(server.call().await, r#"connect / {"token":"철수"}"#);
    assert_eq!(server.call().await, r#"connected / {"token":"철수"}"#);
}

#[tokio::test]
async fn several_namespaces_share_a_session_and_have_ids_of_their_own() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    let first = server.socket();
    client.send(r#"0/custom,{"a":1}"#).await;
    assert_eq!(server.call().await, r#"connect /custom {"a":1}"#);
    assert_eq!(server.call().await, r#"connected /custom {"a":1}"#);
    let second = server.socket();
    assert_eq!(
        client.text().await,
        format!(r#"0/custom,{{"sid":"{}"}}"#, second.id())
    );
    assert_ne!(first.id(), second.id());
    assert_eq!(first.session().number(), second.session().number());

    client
        .send_all(&[r#"2/custom,["echo",1]"#, r#"2["echo",2]"#])
        .await;
    assert_eq!(client.text().await, r#"2/custom,["echo",1]"#);
    assert_eq!(client.text().await, r#"2["echo",2]"#);
}

#[tokio::test]
async fn refusals_say_why_and_leave_the_session_open() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    client.send("0/unknown").await;
    assert_eq!(
        client.text().await,
        r#"4/unknown,{"message":"Invalid namespace"}"#
    );
    client.send("0/locked,").await;
    let refusal = r#"4/locked,{"message":"wrong \"key\"","data":{"retry":false}}"#;
    assert_eq!(client.text().await, refusal);
    client.send(r#"2["echo"]"#).await;
    assert_eq!(client.text().await, r#"2["echo"]"#);
    server.calls_so_far();
    let told = server.end().await;
    assert_eq!(
        told,
        ["disconnect /  Session(Shutdown)"],
        "the refused were never connected"
    );
}

#[tokio::test]
async fn nothing_gets_ahead_of_the_answer_to_connect() {
    let server = Server::start().await;
    let mut client = Client::open(&server).await;
    client.send("0/early").await;
    assert!(client.text().await.starts_with("0/early,{"));
    assert_eq!(client.text().await, r#"2/early,["after"]"#);
}

#[tokio::test]
async fn namespaces_of_a_session_are_bounded() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    for number in 1..16 {
        client.send(&format!("0/{number}")).await;
        assert!(client.text().await.starts_with(&format!("0/{number},")));
    }
    client.send("0/16").await;
    assert_eq!(
        client.text().await,
        r#"4/16,{"message":"Too many namespaces"}"#
    );
    client.send("1/7").await;
    client.send("0/16").await;
    assert!(client.text().await.starts_with("0/16,"));
}

#[tokio::test]
async fn who_joins_no_namespace_in_time_is_sent_away() {
    let mut server = Server::with(|clocks, _| clocks.connect_timeout_ms = 200).await;
    // Its time would be over first.
    let mut joined = Client::join(&mut server).await;
    let mut refused = Client::open(&server).await;
    let mut silent = Client::open(&server).await;
    refused.send("0/unknown").await;
    assert!(refused.text().await.starts_with("4/unknown,"));
    assert_eq!(refused.next().await, Received::Closed);
    assert_eq!(silent.next().await, Received::Closed);
    joined.send(r#"2["echo"]"#).await;
    assert_eq!(joined.text().await, r#"2["echo"]"#);
}

#[tokio::test]
async fn a_joined_session_keeps_no_timer_for_it() {
    let mut server = Server::start().await;
    let before = tasks();
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(Client::join(&mut server).await);
    }
    // One task for each session, and none besides, once those of the handshakes have ended.
    until_tasks(before + 20).await;
}
