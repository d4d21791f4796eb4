//! The connections of this program, counted: what came, and of which kind.

use std::cell::Cell;
use std::rc::Rc;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::server::Server;
use crate::websocket::{Receiver, Sender, connect, header_bytes};
use crate::{http, tls};

/// Either kind of stream.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// What all connections together have received.
#[derive(Default)]
pub(crate) struct Counts {
    /// `message` events.
    pub(crate) messages: Cell<u64>,
    /// Their bytes.
    pub(crate) message_bytes: Cell<u64>,
    /// Acknowledgements.
    pub(crate) acks: Cell<u64>,
    /// Everything else but pings and greetings: presence.
    pub(crate) others: Cell<u64>,
    /// Connections that ended.
    pub(crate) ended: Cell<u64>,
    changed: Notify,
}

impl Counts {
    /// Waits until this holds, or somebody was lost.
    pub(crate) async fn until(&self, holds: impl Fn(&Self) -> bool) -> Result<()> {
        while !holds(self) {
            ensure!(
                self.ended.get() == 0,
                "{} connections were closed",
                self.ended.get()
            );
            self.changed.notified().await;
        }
        Ok(())
    }

    fn frame(&self, text: &[u8]) {
        if text.starts_with(b"42[\"message\"") {
            add(&self.messages, 1);
            add(
                &self.message_bytes,
                (text.len() + header_bytes(text.len())) as u64,
            );
        } else if text.starts_with(b"43") {
            add(&self.acks, 1);
        } else if text != b"2" && !text.starts_with(b"42[\"hello\"") {
            add(&self.others, 1);
        }
    }
}

/// Opens a stream as the server speaks it.
async fn stream(server: &Server) -> Result<Box<dyn Stream>> {
    let stream = TcpStream::connect(server.address).await?;
    stream.set_nodelay(true)?;
    if server.tls {
        Ok(Box::new(tls::connect(stream).await?))
    } else {
        Ok(Box::new(stream))
    }
}

/// A WebSocket connection in the main namespace, whose frames are counted from here on.
pub(crate) async fn websocket(server: &Server, counts: &Rc<Counts>) -> Result<Sender> {
    let (sender, mut receiver) = connect(stream(server).await?, server.address).await?;
    ensure!(
        receiver.next().await?.starts_with(b"0{"),
        "an Engine.IO handshake is due"
    );
    sender.send(b"40").await?;
    loop {
        let frame = receiver.next().await?;
        if frame.starts_with(b"40") {
            break;
        }
        ensure!(
            !frame.starts_with(b"44"),
            "refused: {}",
            String::from_utf8_lossy(frame)
        );
    }
    tokio::task::spawn_local(count(receiver, sender.clone(), Rc::clone(counts)));
    Ok(sender)
}

async fn count(mut receiver: Receiver, sender: Sender, counts: Rc<Counts>) {
    while let Ok(frame) = receiver.next().await {
        counts.frame(frame);
        if frame == b"2" && sender.send(b"3").await.is_err() {
            break;
        }
        // Waiting is checked once for all frames that came together.
        if !receiver.has_more() {
            counts.changed.notify_waiters();
        }
    }
    add(&counts.ended, 1);
    counts.changed.notify_waiters();
}

/// A polling session in the main namespace, with one request parked, on one connection.
pub(crate) async fn polling(server: &Server, counts: &Rc<Counts>) -> Result<()> {
    let mut connection = http::Connection::new(stream(server).await?, server.address);
    let base = "/socket.io/?EIO=4&transport=polling";
    let handshake = connection.request("GET", base, b"").await?;
    let sid = handshake
        .split('"')
        .nth(3)
        .context("an Engine.IO handshake is due")?;
    let path = format!("{base}&sid={sid}");
    connection.request("POST", &path, b"40").await?;
    let answer = connection.request("GET", &path, b"").await?;
    if !answer.starts_with("40") {
        bail!("refused: {answer}");
    }
    let counts = Rc::clone(counts);
    tokio::task::spawn_local(async move {
        while let Ok(payload) = connection.request("GET", &path, b"").await {
            payload
                .split('\x1e')
                .for_each(|packet| counts.frame(packet.as_bytes()));
            counts.changed.notify_waiters();
        }
        add(&counts.ended, 1);
        counts.changed.notify_waiters();
    });
    Ok(())
}

fn add(cell: &Cell<u64>, number: u64) {
    cell.set(cell.get() + number);
}
