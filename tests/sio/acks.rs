//! § Acknowledgement, both ways.

use std::time::Duration;

use madang::sio::AckError;

use crate::client::Client;
use crate::server::{PATIENCE, Server};

#[tokio::test]
async fn a_client_that_asks_gets_the_number_it_gave() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    client.send(r#"2456["echo",1,{"두":[null]}]"#).await;
    assert_eq!(client.text().await, r#"3456[1,{"두":[null]}]"#);
    client.send(r#"218446744073709551615["echo"]"#).await;
    assert_eq!(client.text().await, "318446744073709551615[]");
}

#[tokio::test]
async fn the_server_asks_and_gets_each_answer_where_it_belongs() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    let socket = server.socket();
    let first = socket.emit_with_ack("ask", &("a",), &[], PATIENCE);
    let second = socket.emit_with_ack("ask", &("b",), &[], PATIENCE);
    assert_eq!(client.text().await, r#"20["ask","a"]"#);
    assert_eq!(client.text().await, r#"21["ask","b"]"#);
    client
        .send_all(&[r#"31["B"]"#, r#"399["nobody asked"]"#, r#"30["A",2]"#])
        .await;
    assert_eq!(second.await.unwrap().get::<&str>(0).unwrap(), "B");
    let first = first.await.unwrap();
    assert_eq!(
        (first.get::<&str>(0).unwrap(), first.get::<u8>(1).unwrap()),
        ("A", 2)
    );
}

#[tokio::test]
async fn an_answer_may_be_binary() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    let reply = server.socket().emit_with_ack("ask", &(), &[], PATIENCE);
    assert_eq!(client.text().await, r#"20["ask"]"#);
    client
        .send(r#"61-0[[{"_placeholder":true,"num":0}]]"#)
        .await;
    client.send_binary(b"picture").await;
    let reply = reply.await.unwrap();
    let [placeholder] = reply.get(0).unwrap();
    assert_eq!(reply.attachment(placeholder).unwrap().as_ref(), b"picture");
}

#[tokio::test]
async fn a_question_has_a_time_limit_and_a_late_answer_is_ignored() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    let reply = server
        .socket()
        .emit_with_ack("ask", &(), &[], Duration::from_millis(20))
        .await;
    assert_eq!(reply.err(), Some(AckError::Timeout));
    assert_eq!(client.text().await, r#"20["ask"]"#);
    client.send_all(&["30[]", r#"2["echo"]"#]).await;
    assert_eq!(client.text().await, r#"2["echo"]"#);
}

#[tokio::test]
async fn a_question_ends_with_its_socket() {
    let mut server = Server::start().await;
    let client = Client::join(&mut server).await;
    let socket = server.socket();
    let reply = socket.emit_with_ack("ask", &(), &[], PATIENCE * 10);
    drop(client);
    assert_eq!(reply.await.err(), Some(AckError::Disconnected));
    let reply = socket.emit_with_ack("ask", &(), &[], PATIENCE * 10);
    assert_eq!(reply.await.err(), Some(AckError::Disconnected));
}

#[tokio::test]
async fn pending_questions_are_bounded_and_a_dropped_one_is_forgotten() {
    let mut server = Server::start().await;
    let mut client = Client::join(&mut server).await;
    let socket = server.socket();
    let ask = || socket.emit_with_ack("ask", &(), &[], PATIENCE);
    let mut pending: Vec<_> = (0..64).map(|_| ask()).collect();
    assert_eq!(ask().await.err(), Some(AckError::TooMany));
    pending.pop();
    let last = ask();
    client.send("364[]").await;
    last.await.unwrap();
}
