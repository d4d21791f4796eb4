//! The least of an HTTP client: one request after the other on one connection, answers with a
//! `Content-Length`.

use std::fmt::Write as _;
use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::Stream;

/// A connection that is kept alive.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    address: SocketAddr,
}

impl Connection {
    pub(crate) fn new(stream: Box<dyn Stream>, address: SocketAddr) -> Self {
        Self { stream, address }
    }

    /// The body of the answer, which must be a 200.
    pub(crate) async fn request(
        &mut self,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<String> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.address);
        if method == "POST" {
            let length = body.len();
            write!(
                request,
                "Content-Type: text/plain\r\nContent-Length: {length}\r\n"
            )?;
        }
        request += "\r\n";
        let request = [request.as_bytes(), body].concat();
        self.stream.write_all(&request).await?;
        self.stream.flush().await?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<String> {
        let mut answer = Vec::new();
        let head = loop {
            ensure!(self.stream.read_buf(&mut answer).await? > 0, "closed");
            if let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let headers = std::str::from_utf8(&answer[..head])?.to_ascii_lowercase();
        ensure!(headers.starts_with("http/1.1 200"), "{headers}");
        let length = headers
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length
            .context("an answer without a length")?
            .trim()
            .parse()?;
        while answer.len() < head + length {
            ensure!(self.stream.read_buf(&mut answer).await? > 0, "closed");
        }
        Ok(String::from_utf8(answer.split_off(head))?)
    }
}
