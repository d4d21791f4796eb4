//! What breaks the protocol ends the session, and only that one.

use crate::client::{Client, Received};
use crate::server::Server;

#[tokio::test]
async fn a_malformed_packet_closes_its_session_and_no_other() {
    let mut server = Server::start().await;
    let mut bystander = Client::join(&mut server).await;
    let deep = format!(r#"2["echo",{}{}]"#, "[".repeat(64), "]".repeat(64));
    let deepest = format!(r#"2["echo",{}"#, "[".repeat(60_000));
    let deep_auth = format!("0/custom,{}1{}", r#"{"a":"#.repeat(65), "}".repeat(65));
    for packet in [
        "",
        "abc",
        "4{}",
        "2{}",
        "2[]",
        r#"2abc["echo"]"#,
        r#"2["echo",]"#,
        r#"2["connect"]"#,
        r#"2["disconnect"]"#,
        "3[]",
        "31{}",
        "1{}",
        // Not in this state.
        "0",
        r#"2/custom,["echo"]"#,
        "3/custom,1[]",
        "1/custom,",
        r#"51-/custom,["echo",{"_placeholder":true,"num":0}]"#,
        // Attachments.
        r#"511-["echo"]"#,
        r#"51-["echo",{"_placeholder":true,"num":1}]"#,
        r#"5["echo"]"#,
        // Nesting.
        &deep,
        &deepest,
        &deep_auth,
    ] {
        let mut client = Client::join(&mut server).await;
        client.send_all(&[packet, r#"2["echo","too late"]"#]).await;
        assert_eq!(client.next().await, Received::Closed, "{packet:.80}");
        assert_eq!(
            server.call().await,
            "disconnect /  Session(Malformed)",
            "{packet:.80}"
        );
    }
    bystander.send(r#"2["echo"]"#).await;
    assert_eq!(bystander.text().await, r#"2["echo"]"#);
}

#[tokio::test]
async fn the_first_packet_must_be_connect() {
    let mut server = Server::start().await;
    // Of the second one nothing is kept until its attachment comes.
    for packet in [
        r#"2["echo"]"#,
        r#"51-["echo",{"_placeholder":true,"num":0}]"#,
        "1",
    ] {
        let mut client = Client::open(&server).await;
        client.send(packet).await;
        assert_eq!(client.next().await, Received::Closed, "{packet}");
    }
    assert_eq!(server.calls_so_far(), [""; 0]);
}

#[tokio::test]
async fn attachments_and_texts_out_of_order_close_the_session() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    client.send_binary(b"of no packet").await;
    assert_eq!(client.next().await, Received::Closed);
    assert_eq!(server.call().await, "disconnect /  Session(Malformed)");

    let mut client = Client::join(&mut server).await;
    client
        .send(r#"52-["echo",{"_placeholder":true,"num":0}]"#)
        .await;
    client.send_binary(b"one of two").await;
    client.send(r#"2["echo"]"#).await;
    assert_eq!(client.next().await, Received::Closed);
    assert_eq!(server.call().await, "disconnect /  Session(Malformed)");
}

#[tokio::test]
async fn a_packet_with_its_attachments_is_no_larger_than_a_packet() {
    let mut server = Server::with(|_, limits| limits.packet_bytes = 200).await;
    let mut client = Client::join(&mut server).await;
    client
        .send(r#"52-["echo",{"_placeholder":true,"num":0}]"#)
        .await;
    client.send_binary(&[0; 120]).await;
    client.send_binary(&[0; 120]).await;
    assert_eq!(client.next().await, Received::Closed);
    assert_eq!(server.call().await, "disconnect /  Session(Malformed)");
}

#[tokio::test]
async fn nesting_up_to_the_limit_is_taken() {
    let mut server = Server::with(|_, limits| limits.nesting = 5).await;
    let mut client = Client::join(&mut server).await;
    client.send(r#"2["echo",[[{"a":[1]}],"[[[[[["]]"#).await;
    assert_eq!(client.text().await, r#"2["echo",[[{"a":[1]}],"[[[[[["]]"#);
    client.send(r#"2["echo",[[{"a":[[1]]}]]]"#).await;
    assert_eq!(client.next().await, Received::Closed);
}
