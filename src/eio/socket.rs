//! One WebSocket: Engine.IO packets in, batches of packets out.
//!
//! tungstenite reads frames, answers pings and keeps the closing handshake. Data goes out by a way
//! of its own: tungstenite encodes each frame into a buffer of the thread, the whole batch is
//! written by one call, and only what the kernel did not take is kept (tungstenite's own buffer
//! would stay as large as the largest burst for the life of the connection).

use std::cell::RefCell;
use std::io::{self, ErrorKind, Read as _};
use std::task::{Context, Poll, ready};

use hyper::upgrade::Upgraded;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{self, Utf8Bytes};

use super::registry::Registry;
use super::stream::Stream;
use super::wire::{BATCH_BYTES, Wire};
use super::{CloseReason, Message, Outgoing, Packet, Session};

/// A WebSocket after its handshake.
pub(super) struct Socket {
    context: WebSocketContext,
    wire: Wire,
    /// Bytes of messages handed on, as they are at least in frames; see [`Socket::shrink`].
    consumed: u64,
    /// A large message came in since the last [`Socket::shrink`].
    swollen: bool,
    /// The peer's frames can no longer be told apart: tungstenite must not read on.
    broken: bool,
}

/// tungstenite reads so many bytes at a time and keeps them per connection.
const READ_BUFFER_BYTES: usize = 512;
/// A message above it leaves a read buffer that is worth giving back.
const SWOLLEN_BYTES: usize = 2 << 10;
/// A thread keeps a buffer of this size for the next batch.
const SCRATCH_BYTES: usize = 2 * BATCH_BYTES;
/// Bytes of pongs and close frames that wait while the peer does not read.
const CONTROL_BYTES: usize = 1 << 10;

thread_local! {
    /// Where a batch is encoded. Empty between two uses.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Socket {
    pub(super) fn new(upgraded: Upgraded, registry: &Registry) -> Self {
        let (stream, ahead) = Stream::new(upgraded);
        Self::over(stream, &ahead, registry)
    }

    /// On a stream of which some bytes were read ahead.
    fn over(stream: Stream, ahead: &[u8], registry: &Registry) -> Self {
        let wire = Wire::new(stream, ahead.len(), &registry.inbound);
        let packet_bytes = registry.limits.packet_bytes;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(CONTROL_BYTES)
            .max_message_size(Some(packet_bytes))
            .max_frame_size(Some(packet_bytes));
        let context =
            WebSocketContext::from_partially_read(ahead.to_vec(), Role::Server, Some(config));
        Self {
            context,
            wire,
            consumed: 0,
            swollen: false,
            broken: false,
        }
    }

    /// The next packet. `Err` says why there will be none.
    pub(super) fn poll_packet(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Packet, CloseReason>> {
        self.set_waker(cx);
        loop {
            let message = match self.context.read(&mut self.wire) {
                Ok(message) => message,
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                    self.shrink();
                    return Poll::Pending;
                }
                Err(error) => {
                    self.broken = true;
                    return Poll::Ready(Err(reason(&error)));
                }
            };
            self.received(&message);
            return Poll::Ready(match message {
                tungstenite::Message::Text(text) => {
                    Packet::decode(text).map_err(|_| CloseReason::Malformed)
                }
                tungstenite::Message::Binary(bytes) => Ok(Packet::Message(Message::Binary(bytes))),
                tungstenite::Message::Close(_) => Err(CloseReason::Client),
                _ => continue,
            });
        }
    }

    /// Sends all that the session has queued; ready when all of it is written.
    pub(super) fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        session: &Session,
    ) -> Poll<io::Result<()>> {
        loop {
            if self.wire.is_waiting() {
                ready!(self.wire.poll_flush(cx))?;
                session.set_in_flight(0);
            }
            let (drained, sent) = SCRATCH.with_borrow_mut(|scratch| {
                let drained = session.drain(|packet| {
                    encode(packet, scratch);
                    scratch.len() < BATCH_BYTES
                });
                let sent = self.wire.poll_batch(cx, scratch);
                scratch.clear();
                scratch.shrink_to(SCRATCH_BYTES);
                (drained, sent)
            });
            match sent {
                Poll::Ready(Ok(())) if drained => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    session.set_in_flight(self.wire.waiting());
                    return Poll::Pending;
                }
            }
        }
    }

    /// Queues one packet on the socket itself: the answer to a probe.
    pub(super) fn push(&mut self, packet: Outgoing) {
        encode(packet, self.wire.out());
    }

    /// Writes what is queued on the socket itself.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.wire.poll_flush(cx)
    }

    /// Begins the closing handshake, or answers the peer's.
    pub(super) fn close(&mut self, reason: CloseReason) {
        let code = match reason {
            CloseReason::Malformed => CloseCode::Protocol,
            CloseReason::Shutdown => CloseCode::Away,
            CloseReason::SlowConsumer => CloseCode::Again,
            _ => CloseCode::Normal,
        };
        let frame = CloseFrame {
            code,
            reason: Utf8Bytes::default(),
        };
        // Fails only where there is nobody left to tell.
        drop(self.context.close(&mut self.wire, Some(frame)));
    }

    /// Drives the closing handshake; ready when the connection is at its end.
    pub(super) fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.set_waker(cx);
        loop {
            let read = if self.broken {
                self.skip()
            } else {
                self.context.read(&mut self.wire).map(drop)
            };
            if let Poll::Ready(Err(_)) = self.poll_flush(cx) {
                return Poll::Ready(());
            }
            match read {
                Ok(()) => {}
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                    return Poll::Pending;
                }
                Err(_) => return self.wire.poll_shutdown(cx),
            }
        }
    }

    /// Throws away what a peer still sends: a connection that is closed over unread bytes is
    /// reset, and the peer never reads the close frame.
    fn skip(&mut self) -> Result<(), Error> {
        let read = self.wire.read(&mut [0; READ_BUFFER_BYTES])?;
        self.wire.settle(usize::MAX);
        if read == 0 {
            return Err(Error::ConnectionClosed);
        }
        Ok(())
    }

    fn received(&mut self, message: &tungstenite::Message) {
        let bytes = message.len();
        let header = match bytes {
            0..126 => 6,
            126..65_536 => 8,
            _ => 14,
        };
        self.consumed += (header + bytes) as u64;
        let whole = message.is_text() || message.is_binary();
        self.swollen |= whole && bytes > SWOLLEN_BYTES;
        self.wire
            .settle(if whole { usize::MAX } else { header + bytes });
    }

    /// After a large message, tungstenite keeps its read buffer as large as that. It cannot be
    /// told otherwise; but where all it was fed has come out again it holds nothing of worth, and
    /// a new one takes its place. (A peer that sends fragments has been fed more than is counted
    /// here; it keeps its buffer, at most one packet in size.)
    fn shrink(&mut self) {
        if self.swollen && self.consumed == self.wire.fed() && self.context.can_write() {
            let config = *self.context.get_config();
            self.context = WebSocketContext::new(Role::Server, Some(config));
            self.swollen = false;
        }
    }

    fn set_waker(&mut self, cx: &Context<'_>) {
        self.wire.set_waker(cx.waker());
    }
}

/// What ends a session whose socket says this.
fn reason(error: &Error) -> CloseReason {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => CloseReason::Client,
        Error::Io(_) | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            CloseReason::Transport
        }
        _ => CloseReason::Malformed,
    }
}

/// One packet as one frame (protocol, "Packet encoding", "WebSocket").
fn encode(packet: Outgoing, buffer: &mut Vec<u8>) {
    let frame = match packet {
        Outgoing::Text(text) => Frame::message(text, OpCode::Data(Data::Text), true),
        Outgoing::Binary(bytes) => Frame::message(bytes, OpCode::Data(Data::Binary), true),
    };
    frame
        .format(buffer)
        .expect("writing to memory does not fail");
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::config::Limits;

    async fn pair() -> (TcpStream, Socket) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let registry = Registry::new(Limits::default());
        (client, Socket::over(Stream::Plain(server), &[], &registry))
    }

    /// A masked frame of so many characters; the mask changes nothing.
    fn frame(first: u8, length: u16) -> Vec<u8> {
        let mut frame = vec![first, 0xfe];
        frame.extend(length.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(vec![b'4'; length.into()]);
        frame
    }

    /// Reads one message, and on until the socket has nothing more.
    async fn read(socket: &mut Socket) -> usize {
        let packet = poll_fn(|cx| socket.poll_packet(cx)).await.unwrap();
        let Packet::Message(Message::Text(text)) = packet else {
            panic!("a message")
        };
        poll_fn(|cx| {
            assert!(socket.poll_packet(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        text.len()
    }

    #[tokio::test]
    async fn a_large_message_leaves_no_large_read_buffer() {
        let (mut client, mut socket) = pair().await;
        for length in [30_000, 200, 50_000] {
            client.write_all(&frame(0x81, length)).await.unwrap();
            assert_eq!(read(&mut socket).await, usize::from(length) - 1);
            assert!(!socket.swollen);
        }
    }

    #[tokio::test]
    async fn a_message_in_fragments_is_read_and_nothing_is_thrown_away() {
        let (mut client, mut socket) = pair().await;
        client
            .write_all(&[frame(0x01, 10_000), frame(0x80, 20_000)].concat())
            .await
            .unwrap();
        assert_eq!(read(&mut socket).await, 29_999);
        assert!(socket.swollen);
        client.write_all(&frame(0x81, 200)).await.unwrap();
        assert_eq!(read(&mut socket).await, 199);
    }
}
