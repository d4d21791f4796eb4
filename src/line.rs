//! A stream as hyper is given it, made so that it can be taken back in the middle of a request and
//! given to hyper again. Not a protocol: bytes pass as they are.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::rt::{self, ReadBufCursor};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// A stream, and bytes that are read before it.
#[derive(Debug)]
pub struct Line<S> {
    stream: S,
    ahead: Bytes,
    traffic: Arc<Traffic>,
}

/// Whether bytes are under way, for whoever cannot reach the line because hyper has it.
#[derive(Debug, Default)]
pub struct Traffic {
    /// The last read found nothing.
    drained: AtomicBool,
    /// A read has found something, if only the end.
    begun: AtomicBool,
    /// Something was written and not flushed since.
    unsent: AtomicBool,
}

impl Traffic {
    /// Anything has come yet.
    pub fn has_begun(&self) -> bool {
        self.begun.load(Relaxed)
    }

    /// All that was written has gone out, and all that came was read.
    pub fn is_still(&self) -> bool {
        self.drained.load(Relaxed) && !self.unsent.load(Relaxed)
    }
}

impl<S> Line<S> {
    /// The stream from where it stands.
    pub fn new(stream: S) -> Self {
        Self::after(Bytes::new(), stream)
    }

    /// The stream with bytes in front of it.
    pub fn after(ahead: Bytes, stream: S) -> Self {
        Self {
            stream,
            ahead,
            traffic: Arc::default(),
        }
    }

    /// How to learn of its traffic later.
    pub fn traffic(&self) -> Arc<Traffic> {
        Arc::clone(&self.traffic)
    }

    /// The stream again, with all bytes that were not used; `read` are those which the reader had
    /// taken already.
    pub fn into_inner(self, read: Bytes) -> (S, Bytes) {
        let unread = if self.ahead.is_empty() {
            read
        } else {
            [read, self.ahead].concat().into()
        };
        (self.stream, unread)
    }
}

impl<S: AsyncRead + Unpin> rt::Read for Line<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        if !line.ahead.is_empty() {
            let bytes = line.ahead.len().min(buffer.remaining());
            buffer.put_slice(&line.ahead.split_to(bytes));
            line.traffic.begun.store(true, Relaxed);
            return Poll::Ready(Ok(()));
        }
        let read = Pin::new(&mut TokioIo::new(&mut line.stream)).poll_read(cx, buffer);
        line.traffic.drained.store(read.is_pending(), Relaxed);
        if read.is_ready() {
            line.traffic.begun.store(true, Relaxed);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> rt::Write for Line<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        line.traffic.unsent.store(true, Relaxed);
        Pin::new(&mut line.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        let flushed = Pin::new(&mut line.stream).poll_flush(cx);
        if flushed.is_ready() {
            line.traffic.unsent.store(false, Relaxed);
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use hyper::rt::{Read as _, ReadBuf, Write as _};

    use super::*;

    fn read(line: &mut Line<tokio::io::DuplexStream>, room: usize) -> Option<Vec<u8>> {
        let mut space = vec![0; room];
        let mut buffer = ReadBuf::new(&mut space);
        let cx = &mut Context::from_waker(Waker::noop());
        let read = Pin::new(line).poll_read(cx, buffer.unfilled());
        read.is_ready().then(|| buffer.filled().to_vec())
    }

    #[tokio::test]
    async fn bytes_put_in_front_come_first_and_what_is_unread_comes_back() {
        let (stream, _peer) = tokio::io::duplex(8);
        let mut line = Line::after(Bytes::from_static(b"abcdef"), stream);
        assert_eq!(read(&mut line, 2).unwrap(), b"ab");
        let (_, unread) = line.into_inner(Bytes::from_static(b"b"));
        assert_eq!(unread, "bcdef");
    }

    #[tokio::test]
    async fn a_line_is_still_when_nothing_is_left_to_read_or_to_flush() {
        let (stream, _peer) = tokio::io::duplex(2);
        let mut line = Line::after(Bytes::from_static(b"a"), stream);
        let traffic = line.traffic();
        assert_eq!(read(&mut line, 8).unwrap(), b"a");
        assert!(!traffic.is_still(), "there may be more to read");
        assert_eq!(read(&mut line, 8), None);
        assert!(traffic.is_still());
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut line).poll_write(cx, b"abc").is_ready());
        assert!(!traffic.is_still(), "the writer has bytes left");
        assert!(Pin::new(&mut line).poll_write(cx, b"c").is_pending());
        assert!(!traffic.is_still());
        assert!(Pin::new(&mut line).poll_flush(cx).is_ready());
        assert!(traffic.is_still());
    }
}
