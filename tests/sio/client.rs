//! A client that says exactly what the test says, over WebSocket, and answers pings.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::server::{PATIENCE, Server};

pub(crate) struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What came, without the `4` of an Engine.IO message.
#[derive(Debug, PartialEq)]
pub(crate) enum Received {
    Text(String),
    Binary(Bytes),
    Closed,
}

impl Client {
    /// A session, still in no namespace.
    pub(crate) async fn open(server: &Server) -> Self {
        let url = format!(
            "ws://{}/socket.io/?EIO=4&transport=websocket",
            server.address
        );
        let (stream, _) = connect_async(url).await.unwrap();
        let mut client = Self(stream);
        let Some(Ok(Message::Text(handshake))) = client.0.next().await else {
            panic!()
        };
        assert!(handshake.starts_with("0{"), "{handshake}");
        client
    }

    /// A session in the main namespace, and the application's calls until then taken.
    pub(crate) async fn join(server: &mut Server) -> Self {
        let mut client = Self::open(server).await;
        client.send("0").await;
        assert!(client.text().await.starts_with(r#"0{"sid":""#));
        assert_eq!(server.call().await, "connect / ");
        assert_eq!(server.call().await, "connected / ");
        client
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.send_all(&[text]).await;
    }

    /// Several packets in one write.
    pub(crate) async fn send_all(&mut self, texts: &[&str]) {
        for text in texts {
            self.0
                .feed(Message::text(format!("4{text}")))
                .await
                .unwrap();
        }
        self.0.flush().await.unwrap();
    }

    pub(crate) async fn send_binary(&mut self, bytes: &'static [u8]) {
        self.0.send(Message::binary(bytes)).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Received {
        timeout(PATIENCE, self.receive())
            .await
            .expect("something comes")
    }

    pub(crate) async fn text(&mut self) -> String {
        match self.next().await {
            Received::Text(text) => text,
            other => panic!("text is due: {other:?}"),
        }
    }

    async fn receive(&mut self) -> Received {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(ping))) if ping == "2" => {
                    // The server may be closing already.
                    let _ = self.0.send(Message::text("3")).await;
                }
                Some(Ok(Message::Text(text))) => {
                    let text = text.strip_prefix('4').expect("a message");
                    return Received::Text(text.to_owned());
                }
                Some(Ok(Message::Binary(bytes))) => return Received::Binary(bytes),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Received::Closed,
            }
        }
    }
}
