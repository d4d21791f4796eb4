//! Packets at their limits: what is just allowed passes, what is not closes its session only.

use serde_json::{Value, json};

use crate::client::{ByPolling, ByWebSocket, Client, TRANSPORTS};
use crate::ground::gateway;

/// A message event whose Engine.IO packet has so many bytes.
fn packet(bytes: usize) -> String {
    let frame = |pad: &str| format!(r#"2991["message",{{"room":"live","id":"i","data":"{pad}"}}]"#);
    let rest = bytes - 1 - frame("").len();
    frame(&"x".repeat(rest))
}

#[tokio::test]
async fn a_packet_at_the_limit_passes_and_a_larger_one_closes_its_session_only() {
    for transport in TRANSPORTS {
        let server = gateway().await;
        let mut here = Client::enter(server.addresses.main, transport, json!({})).await;
        here.join("live").await;
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        one.send(&packet(64 << 10)).await;
        let answer = one.answer(991).await.remove(0);
        assert_eq!(answer["ok"], true, "{answer}");
        let heard = here.event("message").await;
        assert_eq!(heard["seq"], answer["seq"]);
        let length = heard["data"].as_str().unwrap().len();
        assert!(length > (64 << 10) - 100);
        let page = here.ok("history", json!({ "room": "live" })).await;
        assert_eq!(page["messages"][0], heard);

        one.send(&packet((64 << 10) + 1)).await;
        let how = one.ended().await;
        let expected = match transport {
            ByWebSocket => "close frame 1002",
            ByPolling => "status 413",
        };
        assert_eq!(how, expected);
        here.say("live", "goes on").await;
        assert_eq!(here.texts(1).await, ["goes on"]);
        let mut again = Client::enter(server.addresses.main, transport, one.auth()).await;
        let joined = again.join("live").await;
        assert_eq!(joined["messages"][0]["text"], "goes on");
        assert_eq!(joined["more"], true, "a page has 64 KiB, or one message");
    }
}

#[tokio::test]
async fn nesting_at_the_limit_passes_and_deeper_closes_its_session_only() {
    let server = gateway().await;
    let nested = |depth: usize| {
        // The event's array and the message's object are two of the levels.
        let (open, close) = ("[".repeat(depth - 2), "]".repeat(depth - 2));
        format!(r#"2991["message",{{"room":"live","data":{open}{close}}}]"#)
    };
    let mut here = Client::named(server.addresses.main, "here").await;
    here.join("live").await;
    for transport in TRANSPORTS {
        let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
        one.send(&nested(64)).await;
        assert_eq!(one.answer(991).await[0]["ok"], true);
        let mut data = &here.event("message").await["data"];
        let mut depth = 0;
        while let Value::Array(inner) = data {
            depth += 1;
            let Some(next) = inner.first() else { break };
            data = next;
        }
        assert_eq!(depth, 62);
        one.send(&nested(65)).await;
        let how = one.ended().await;
        assert!(
            ["close frame 1002", "status 400", "packet 1"].contains(&how.as_str()),
            "{how}"
        );
    }
    here.say("live", "goes on").await;
}

#[tokio::test]
async fn what_breaks_the_protocol_closes_its_session_only() {
    let server = gateway().await;
    let mut here = Client::named(server.addresses.main, "here").await;
    for transport in TRANSPORTS {
        for broken in [
            "9",
            "2",
            r#"2["message""#,
            r#"2["\ud800"]"#,
            "511-[\"message\"]",
            "0{}",
        ] {
            let mut one = Client::enter(server.addresses.main, transport, json!({})).await;
            one.send(broken).await;
            let how = one.ended().await;
            let closed = ["close frame 1002", "status 400", "packet 1"].contains(&how.as_str());
            assert!(closed, "{broken}: {how}");
        }
    }
    here.say("live", "goes on").await;
}
