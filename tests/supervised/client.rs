//! A Socket.IO client on a WebSocket over TLS, which takes whatever certificate it is shown and
//! remembers it.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::anybody;

pub(crate) struct Client {
    stream: WebSocketStream<TlsStream<TcpStream>>,
    /// What `hello` said, or the refusal.
    pub(crate) greeting: Value,
}

impl Client {
    /// Asks to be let in with this.
    pub(crate) async fn enter(address: SocketAddr, auth: Value) -> Self {
        let stream = handshake(address).await;
        let url = format!(
            "wss://localhost:{}/socket.io/?EIO=4&transport=websocket",
            address.port()
        );
        let (stream, _) = client_async(url, stream).await.unwrap();
        let mut client = Self {
            stream,
            greeting: Value::Null,
        };
        client.say(format!("40{auth}")).await;
        let answer = client
            .hear(|packet| packet.starts_with("42[\"hello\"") || packet.starts_with("44"))
            .await;
        let body: Value = serde_json::from_str(&answer[2..]).unwrap();
        client.greeting = body.get(1).cloned().unwrap_or(body);
        client
    }

    /// Whether it is still heard and answered.
    pub(crate) async fn is_in(&mut self) -> bool {
        self.say(format!("420{}", json!(["rooms"]))).await;
        let answer = self.hear(|packet| packet.starts_with("430")).await;
        !answer.is_empty()
    }

    async fn say(&mut self, packet: String) {
        self.stream
            .send(Message::Text(packet.into()))
            .await
            .unwrap();
    }

    async fn hear(&mut self, is_it: impl Fn(&str) -> bool) -> String {
        let heard = async {
            loop {
                let frame = self.stream.next().await.expect("it is open").unwrap();
                if let Message::Text(packet) = frame
                    && is_it(packet.as_str())
                {
                    return packet.to_string();
                }
            }
        };
        timeout(Duration::from_secs(30), heard).await.unwrap()
    }
}

/// The certificate that a new connection is shown.
pub(crate) async fn shown(address: SocketAddr) -> Vec<u8> {
    let stream = handshake(address).await;
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

/// A page, head and all.
pub(crate) async fn page(address: SocketAddr, path: &str) -> String {
    let mut stream = handshake(address).await;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    page
}

async fn handshake(address: SocketAddr) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(anybody::config());
    connector.connect(name, stream).await.unwrap()
}
