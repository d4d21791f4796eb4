//! The polling transport of the client: one connection for GETs, another for POSTs.

use std::collections::VecDeque;
use std::net::SocketAddr;

use hyper::Request;
use hyper::http::request::Builder;
use tokio::net::TcpStream;

use crate::common::{self, Answer};

pub(crate) struct Polling {
    gets: common::Client,
    posts: common::Client,
    address: SocketAddr,
    forwarded: Option<String>,
    query: String,
    packets: VecDeque<String>,
    /// What a request was told that was not granted.
    refused: Option<u16>,
}

/// The query by which every session begins.
pub(crate) const HANDSHAKE: &str = "EIO=4&transport=polling";

impl Polling {
    pub(crate) async fn open(address: SocketAddr, forwarded: Option<&str>) -> Self {
        let mut polling = Self {
            gets: connection(address).await,
            posts: connection(address).await,
            address,
            forwarded: forwarded.map(str::to_owned),
            query: HANDSHAKE.to_owned(),
            packets: VecDeque::new(),
            refused: None,
        };
        let open = polling.packet().await.expect("a handshake");
        let open: serde_json::Value = serde_json::from_str(&open[1..]).unwrap();
        polling.query = format!("{HANDSHAKE}&sid={}", open["sid"].as_str().unwrap());
        polling
    }

    /// The next packet, or how the transport ended.
    pub(crate) async fn packet(&mut self) -> Result<String, String> {
        if self.packets.is_empty() {
            if let Some(status) = self.refused {
                return Err(format!("status {status}"));
            }
            let answer = self.get().await;
            if answer.status != 200 {
                return Err(format!("status {}", answer.status.as_u16()));
            }
            let packets = answer.text().split('\u{1e}').map(str::to_owned);
            self.packets.extend(packets);
        }
        match self.packets.pop_front() {
            Some(close) if close == "1" => Err("packet 1".to_owned()),
            Some(packet) => Ok(packet),
            None => Err("an empty answer".to_owned()),
        }
    }

    pub(crate) async fn post(&mut self, packet: &str) {
        let request = self.request("POST");
        let answer = self.posts.send(request, packet.to_owned()).await;
        if answer.status != 200 {
            self.refused = Some(answer.status.as_u16());
        }
    }

    async fn get(&mut self) -> Answer {
        let request = self.request("GET");
        self.gets.send(request, "").await
    }

    fn request(&self, method: &str) -> Builder {
        let request = Request::builder()
            .method(method)
            .uri(format!("/socket.io/?{}", self.query))
            .header("host", self.address.to_string());
        match &self.forwarded {
            Some(forwarded) => request.header("x-forwarded-for", forwarded),
            None => request,
        }
    }
}

async fn connection(address: SocketAddr) -> common::Client {
    common::Client::over(TcpStream::connect(address).await.unwrap()).await
}
