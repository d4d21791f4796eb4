//! The least of a WebSocket client (RFC 6455): short masked frames out, unmasked ones in, nothing
//! fragmented. It is here so that the load costs the machine little memory and time.

use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};

use crate::client::Stream;

/// The sending half, shared with the one who answers pings.
#[derive(Clone)]
pub(crate) struct Sender(Rc<tokio::sync::Mutex<WriteHalf<Box<dyn Stream>>>>);

/// The receiving half.
pub(crate) struct Receiver {
    stream: ReadHalf<Box<dyn Stream>>,
    buffer: Vec<u8>,
    /// Where the frames that were not handed out yet begin.
    start: usize,
}

/// Asks for the upgrade, and for an Engine.IO session on it.
pub(crate) async fn connect(
    mut stream: Box<dyn Stream>,
    address: SocketAddr,
) -> Result<(Sender, Receiver)> {
    let request = format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\n\
         Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut buffer = Vec::new();
    let start = loop {
        ensure!(
            stream.read_buf(&mut buffer).await? > 0,
            "closed during the handshake"
        );
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    ensure!(
        buffer.starts_with(b"HTTP/1.1 101"),
        "no upgrade: {}",
        String::from_utf8_lossy(&buffer)
    );
    let (reader, writer) = tokio::io::split(stream);
    let sender = Sender(Rc::new(tokio::sync::Mutex::new(writer)));
    Ok((
        sender,
        Receiver {
            stream: reader,
            buffer,
            start,
        },
    ))
}

impl Sender {
    /// Sends one text.
    pub(crate) async fn send(&self, text: &[u8]) -> Result<()> {
        self.send_all(&[text]).await
    }

    /// Sends several texts in one write.
    pub(crate) async fn send_all(&self, texts: &[&[u8]]) -> Result<()> {
        let mut frames = Vec::new();
        for text in texts {
            frames.push(FINAL_TEXT);
            match u16::try_from(text.len())? {
                length @ 0..126 => frames.push(MASKED | u8::try_from(length)?),
                length => {
                    frames.push(MASKED | TWO_BYTES);
                    frames.extend(length.to_be_bytes());
                }
            }
            // A mask of zeros leaves the text as it is.
            frames.extend([0; 4]);
            frames.extend_from_slice(text);
        }
        let mut stream = self.0.lock().await;
        stream.write_all(&frames).await?;
        Ok(stream.flush().await?)
    }
}

impl Receiver {
    /// The payload of the next frame.
    pub(crate) async fn next(&mut self) -> Result<&[u8]> {
        loop {
            if let Some((header, length)) = self.whole() {
                let payload = self.start + header;
                self.start = payload + length;
                return Ok(&self.buffer[payload..payload + length]);
            }
            self.buffer.drain(..self.start);
            self.start = 0;
            if self.buffer.is_empty() {
                // An idle connection holds no buffer.
                self.buffer = Vec::new();
            }
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "closed");
        }
    }

    /// Whether another frame is here already.
    pub(crate) fn has_more(&self) -> bool {
        self.whole().is_some()
    }

    /// Lengths of the header and the payload of the next frame, if all of it is here.
    fn whole(&self) -> Option<(usize, usize)> {
        let frame = &self.buffer[self.start..];
        let (header, length) = match *frame.get(1)? {
            length @ 0..126 => (2, usize::from(length)),
            TWO_BYTES => (
                4,
                usize::from(u16::from_be_bytes([*frame.get(2)?, *frame.get(3)?])),
            ),
            _ => {
                let length: [u8; 8] = frame.get(2..10)?.try_into().ok()?;
                (10, usize::try_from(u64::from_be_bytes(length)).ok()?)
            }
        };
        (frame.len() >= header + length).then_some((header, length))
    }
}

/// Bytes of the header of a frame that holds that much.
pub(crate) fn header_bytes(length: usize) -> usize {
    if length < 126 { 2 } else { 4 }
}

const FINAL_TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;
/// The length is in the next two bytes.
const TWO_BYTES: u8 = 126;
