//! The connection as tungstenite sees it: reads come from the stream and are counted, writes
//! gather until the socket flushes them. Not a transport: it knows no packets.

use std::io::{self, ErrorKind, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::stream::Stream;

/// Bytes of packets that are encoded for one write.
pub(super) const BATCH_BYTES: usize = 64 << 10;
/// Bytes that may wait before pongs must: whoever pings and does not read gets no more of them.
const OUT_BYTES: usize = BATCH_BYTES;

/// A stream, what the peer has not taken yet, and what it sent.
pub(super) struct Wire {
    stream: Stream,
    waker: Waker,
    out: Vec<u8>,
    fed: u64,
    toll: Toll,
}

impl Wire {
    /// `fed` bytes were read before the stream came here.
    pub(super) fn new(stream: Stream, fed: usize, inbound: &Arc<Semaphore>) -> Self {
        let waker = Waker::noop().clone();
        Self {
            stream,
            waker,
            out: Vec::new(),
            fed: fed as u64,
            toll: Toll::new(inbound),
        }
    }

    /// Names the task that reads.
    pub(super) fn set_waker(&mut self, waker: &Waker) {
        self.waker.clone_from(waker);
    }

    /// Bytes read so far.
    pub(super) fn fed(&self) -> u64 {
        self.fed
    }

    /// So many of the bytes read were of a message that is complete now.
    pub(super) fn settle(&mut self, bytes: usize) {
        self.toll.settle(bytes);
    }

    /// Bytes that wait to be written.
    pub(super) fn waiting(&self) -> usize {
        self.out.len()
    }

    /// Whether any do.
    pub(super) fn is_waiting(&self) -> bool {
        !self.out.is_empty()
    }

    /// Where a frame may be added to what waits.
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    /// Writes a batch by one call, where nothing else waits; what is not taken waits.
    pub(super) fn poll_batch(
        &mut self,
        cx: &mut Context<'_>,
        batch: &[u8],
    ) -> Poll<io::Result<()>> {
        let mut rest = batch;
        while !rest.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, rest) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => rest = &rest[written..],
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.out.extend_from_slice(rest);
                    return Poll::Pending;
                }
            }
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Writes what waits, and gives its memory back.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut written = 0;
        let result = loop {
            match Pin::new(&mut self.stream).poll_write(cx, &self.out[written..]) {
                _ if written == self.out.len() => break Poll::Ready(Ok(())),
                Poll::Ready(Ok(0)) => break Poll::Ready(Err(ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(more)) => written += more,
                Poll::Ready(Err(error)) => break Poll::Ready(Err(error)),
                Poll::Pending => break Poll::Pending,
            }
        };
        self.out.drain(..written);
        ready!(result)?;
        self.out = Vec::new();
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Ends the connection's sending half.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.stream).poll_shutdown(cx).map(drop)
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut cx = Context::from_waker(&self.waker);
        if self.toll.poll_pay(&mut cx, buffer.len()).is_pending() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let mut buffer = ReadBuf::new(buffer);
        match Pin::new(&mut self.stream).poll_read(&mut cx, &mut buffer) {
            Poll::Ready(result) => result?,
            Poll::Pending => return Err(ErrorKind::WouldBlock.into()),
        }
        let read = buffer.filled().len();
        self.fed += read as u64;
        self.toll.pending += read;
        Ok(read)
    }
}

/// tungstenite's own frames: pongs and close frames.
impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.out.len() > OUT_BYTES {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What large messages in the making pay into the ceiling that all sessions share. When nothing
/// is left the reader waits; if it waits too long, its heartbeat ends it and frees what it holds.
struct Toll {
    inbound: Arc<Semaphore>,
    /// Bytes read of messages that are not complete.
    pending: usize,
    permit: Option<OwnedSemaphorePermit>,
    wait: Option<BoxFuture<'static, Option<OwnedSemaphorePermit>>>,
}

/// Bytes of a message that are free: chat never pays.
const FREE_BYTES: usize = 1 << 10;
/// Bytes that are paid for at a time.
const TOLL_BYTES: u32 = 4 << 10;

impl Toll {
    fn new(inbound: &Arc<Semaphore>) -> Self {
        Self {
            inbound: Arc::clone(inbound),
            pending: 0,
            permit: None,
            wait: None,
        }
    }

    /// Ready when `bytes` more may be read.
    fn poll_pay(&mut self, cx: &mut Context<'_>, bytes: usize) -> Poll<()> {
        loop {
            let paid = self
                .permit
                .as_ref()
                .map_or(0, OwnedSemaphorePermit::num_permits);
            if self.pending + bytes <= FREE_BYTES + paid {
                return Poll::Ready(());
            }
            let inbound = &self.inbound;
            let wait = self.wait.get_or_insert_with(|| {
                let inbound = Arc::clone(inbound);
                Box::pin(async move { inbound.acquire_many_owned(TOLL_BYTES).await.ok() })
            });
            let more = ready!(wait.as_mut().poll(cx));
            self.wait = None;
            match (&mut self.permit, more) {
                (Some(permit), Some(more)) => permit.merge(more),
                (permit, more) => *permit = more,
            }
        }
    }

    fn settle(&mut self, bytes: usize) {
        self.pending = self.pending.saturating_sub(bytes);
        if self.pending == 0 {
            self.permit = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pay(toll: &mut Toll, bytes: usize) -> bool {
        let paid = toll
            .poll_pay(&mut Context::from_waker(Waker::noop()), bytes)
            .is_ready();
        toll.pending += if paid { bytes } else { 0 };
        paid
    }

    #[test]
    fn small_messages_pay_nothing() {
        let mut toll = Toll::new(&Arc::new(Semaphore::new(0)));
        for _ in 0..1_000 {
            assert!(pay(&mut toll, 512));
            toll.settle(usize::MAX);
        }
    }

    #[test]
    fn a_large_message_waits_until_another_is_complete() {
        let inbound = Arc::new(Semaphore::new(8 << 10));
        let (mut one, mut two) = (Toll::new(&inbound), Toll::new(&inbound));
        while pay(&mut one, 512) {}
        assert_eq!(one.pending, FREE_BYTES + (8 << 10));
        while pay(&mut two, 512) {}
        assert_eq!(two.pending, FREE_BYTES);
        drop(one);
        assert!(pay(&mut two, 512));
        two.settle(usize::MAX);
        assert_eq!(inbound.available_permits(), 8 << 10);
    }
}
