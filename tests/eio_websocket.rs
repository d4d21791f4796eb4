//! Messages over WebSocket (protocol, "WebSocket").

#[path = "common/eio_client.rs"]
mod eio_client;

use std::time::Duration;

use bytes::Bytes;
use eio_client::{Server, calm, text_packet, until};
use futures_util::SinkExt;
use madang::eio::{CloseReason, Kind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message as Frame;

#[tokio::test]
async fn text_and_binary_come_back_in_frames_of_their_kind() {
    let server = Server::start(calm()).await;
    let mut socket = server.websocket_session().await;
    socket.send("4안녕").await;
    assert_eq!(socket.text().await, "4안녕");
    let bytes = Bytes::from_static(&[0, 1, 2, 255]);
    socket
        .stream
        .send(Frame::Binary(bytes.clone()))
        .await
        .unwrap();
    assert_eq!(socket.next().await, Some(Frame::Binary(bytes)));
    // A client without binary frames sends base64.
    socket.send("bAQIDBA==").await;
    assert_eq!(
        socket.next().await,
        Some(Frame::Binary(Bytes::from_static(&[1, 2, 3, 4])))
    );
}

#[tokio::test]
async fn large_and_small_messages_follow_each_other() {
    let server = Server::start(calm()).await;
    let mut socket = server.websocket_session().await;
    for size in [60_000, 3, 2_049, 0, 65_535, 125, 126] {
        let text = format!("4{}", "x".repeat(size));
        socket.send(&text).await;
        assert_eq!(socket.text().await, text);
    }
}

#[tokio::test]
async fn many_messages_sent_at_once_come_back_in_order() {
    let server = Server::start(calm()).await;
    let mut socket = server.websocket_session().await;
    for number in 0..500 {
        socket
            .stream
            .feed(Frame::text(format!("4{number}")))
            .await
            .unwrap();
    }
    socket.stream.flush().await.unwrap();
    for number in 0..500 {
        assert_eq!(socket.text().await, format!("4{number}"));
    }
}

#[tokio::test]
async fn the_next_message_waits_for_the_flow_of_the_one_before() {
    let server = Server::start(calm()).await;
    let mut socket = server.websocket_session().await;
    socket.send("4slow").await;
    socket.send("4after").await;
    until("the first is handled", || {
        !server.echo().messages.lock().unwrap().is_empty()
    })
    .await;
    server
        .session()
        .send(&[text_packet("meanwhile")], Kind::Normal);
    assert_eq!(socket.text().await, "4meanwhile");
    server.echo().gate.add_permits(1);
    assert_eq!(socket.text().await, "4slow");
    assert_eq!(socket.text().await, "4after");
}

#[tokio::test]
async fn a_close_packet_a_close_frame_or_a_lost_connection_ends_the_session() {
    let server = Server::start(calm()).await;
    let mut socket = server.websocket_session().await;
    socket.send("1").await;
    assert_eq!(socket.end().await, Some(1000));
    server.closed(&[CloseReason::Client]).await;
    let mut socket = server.websocket_session().await;
    socket.stream.close(None).await.unwrap();
    socket.end().await;
    server
        .closed(&[CloseReason::Client, CloseReason::Client])
        .await;
    drop(server.websocket_session().await);
    server
        .closed(&[
            CloseReason::Client,
            CloseReason::Client,
            CloseReason::Transport,
        ])
        .await;
}

#[tokio::test]
async fn what_is_no_packet_closes_the_socket() {
    for text in ["abc", "", "2", "9", "b*"] {
        let server = Server::start(calm()).await;
        let mut socket = server.websocket_session().await;
        socket.send(text).await;
        assert_eq!(socket.end().await, Some(1002), "{text:?}");
        server.closed(&[CloseReason::Malformed]).await;
    }
}

#[tokio::test]
async fn a_message_above_max_payload_closes_the_socket() {
    let mut settings = calm();
    settings.limits.packet_bytes = 100;
    let server = Server::start(settings).await;
    let mut socket = server.websocket_session().await;
    socket.send(&"4".repeat(101)).await;
    socket.end().await;
    server.closed(&[CloseReason::Malformed]).await;
}

#[tokio::test]
async fn garbage_instead_of_frames_ends_only_its_session() {
    let server = Server::start(calm()).await;
    let mut good = server.websocket_session().await;
    for garbage in [
        &[0xff; 64][..],
        &[0x81, 0x05, 1, 2, 3, 4, 5],
        &[0x88, 0xff, 0xff],
        &[0; 20],
    ] {
        let mut bad = server.websocket_session().await;
        bad.stream.get_mut().write_all(garbage).await.unwrap();
        bad.stream.get_mut().shutdown().await.unwrap();
        bad.stream.get_mut().read_to_end(&mut Vec::new()).await.ok();
    }
    until("four sessions end", || {
        server.echo().closed.lock().unwrap().len() == 4
    })
    .await;
    good.send("4still here").await;
    assert_eq!(good.text().await, "4still here");
}

#[tokio::test]
async fn a_ping_frame_is_answered_by_a_pong_frame() {
    let server = Server::start(calm()).await;
    let mut socket = server.websocket_session().await;
    socket
        .stream
        .send(Frame::Ping(Bytes::from_static(b"x")))
        .await
        .unwrap();
    assert_eq!(
        socket.next().await,
        Some(Frame::Pong(Bytes::from_static(b"x")))
    );
}

#[tokio::test]
async fn the_last_packets_are_written_before_the_server_closes() {
    let server = Server::start(calm()).await;
    let mut socket = server.websocket_session().await;
    server.session().send(&[text_packet("last")], Kind::Normal);
    server.session().close(CloseReason::Server);
    assert_eq!(socket.text().await, "4last");
    assert_eq!(socket.end().await, Some(1000));
    server.closed(&[CloseReason::Server]).await;
}

#[tokio::test]
async fn a_panic_of_the_upper_layer_ends_only_its_session() {
    let server = Server::start(calm()).await;
    let mut good = server.websocket_session().await;
    let mut bad = server.websocket_session().await;
    bad.send("4panic").await;
    bad.end().await;
    until("it is told", || {
        !server.echo().closed.lock().unwrap().is_empty()
    })
    .await;
    good.send("4still here").await;
    assert_eq!(good.text().await, "4still here");
}

#[tokio::test]
async fn shutdown_tells_everybody_and_leaves_nothing() {
    let server = Server::start(calm()).await;
    let mut socket = server.websocket_session().await;
    let session = server.poll_session().await;
    let mut poll = server.http().await;
    poll.write("GET", &session, b"").await;
    poll.silent(Duration::from_millis(50)).await;
    let (code, ()) = tokio::join!(socket.end(), server.engine.shutdown());
    assert_eq!(code, Some(1001));
    assert_eq!(poll.read().await.body, "1");
    server
        .closed(&[CloseReason::Shutdown, CloseReason::Shutdown])
        .await;
    let reply = server.get("EIO=4&transport=polling").await;
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (503, r#"{"code":4,"message":"Shutting down"}"#)
    );
}
