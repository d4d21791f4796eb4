//! HTTP/1.1 on one stream, which costs next to nothing while a poll waits.
//!
//! ```text
//!             a GET waits, nothing is under way
//!   hyper  ───────────────────────────────────────►  stream + answer to come
//! (buffers) ◄───────────────────────────────────────  (parked)
//!             the answer is there, or the peer sends or leaves
//! ```
//!
//! hyper's buffers are freed while a connection is parked. Afterwards a fresh hyper is given the
//! stream with the shortest head that asks for the same in front; the request that it finds there
//! is given the answer that was waited for. So hyper alone reads, writes and watches the peer.

mod answering;

use std::future::{Future, ready};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hyper::server::conn::http1::{Builder, UpgradeableConnection};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use self::answering::{Answered, Answering, Answers, Slot};
use crate::line::{Line, Traffic};

/// What connections run on.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// The socket under it.
    fn socket(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Stream for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// A connection, whatever it runs on; done when either side has had enough, or when it has become
/// a WebSocket.
pub(super) trait Conversation: Future<Output = hyper::Result<()>> + Send + Unpin {
    /// Ends after the request at hand, or at once if there is none.
    fn graceful_shutdown(&mut self);

    /// Nothing has come from the peer yet.
    fn is_new(&self) -> bool;
}

/// A [`Conversation`] over one kind of stream.
pub(super) struct Served<'a, S, A>
where
    A: Answers<'a>,
{
    builder: &'a Builder,
    answer: A,
    stage: Stage<'a, S, A>,
    ending: bool,
}

enum Stage<'a, S, A>
where
    A: Answers<'a>,
{
    Http(Box<Http<'a, S, A>>),
    /// Boxed: a TLS stream is large, and would be so in either stage.
    Parked(Box<Parked<'a, S>>),
    Over,
}

struct Http<'a, S, A>
where
    A: Answers<'a>,
{
    connection: UpgradeableConnection<Line<S>, Answering<'a, A>>,
    traffic: Arc<Traffic>,
    slot: Slot<'a>,
}

struct Parked<'a, S> {
    stream: S,
    answer: BoxFuture<'a, Answered>,
}

impl<S> Parked<'_, S>
where
    S: Stream,
{
    /// Whether there are bytes, the end or an error to be read.
    fn is_disturbed(&self, cx: &mut Context<'_>) -> bool {
        self.stream.socket().poll_read_ready(cx).is_ready()
    }
}

impl<'a, S, A> Served<'a, S, A>
where
    S: Stream,
    A: Answers<'a>,
{
    pub(super) fn new(builder: &'a Builder, stream: S, answer: A) -> Self {
        let mut served = Self {
            builder,
            answer,
            stage: Stage::Over,
            ending: false,
        };
        served.speak(Line::new(stream), None);
        served
    }

    /// Hands the stream to a fresh hyper, in which `answer` may be waited for already.
    fn speak(&mut self, line: Line<S>, answer: Option<BoxFuture<'a, Answered>>) {
        let traffic = line.traffic();
        let slot = Slot::new(answer);
        let service = Answering {
            answer: self.answer.clone(),
            slot: slot.clone(),
        };
        let connection = self.builder.serve_connection(line, service);
        self.stage = Stage::Http(Box::new(Http {
            connection: connection.with_upgrades(),
            traffic,
            slot,
        }));
    }

    /// Goes on with a request that hyper has been told of before, and with what came after it.
    fn resume(&mut self, stream: S, unread: Bytes, answer: BoxFuture<'a, Answered>) {
        let head = Bytes::from_static(if self.ending { LAST_POLL } else { POLL });
        let ahead = if unread.is_empty() {
            head
        } else {
            [head, unread].concat().into()
        };
        self.speak(Line::after(ahead, stream), Some(answer));
    }

    /// Keeps of hyper's part only what is needed while `answer` is waited for.
    fn park(&mut self, http: Http<'a, S, A>, answer: BoxFuture<'a, Answered>) {
        // Nothing if it has become a WebSocket: then there is no answer to wait for.
        if let Some(parts) = http.connection.into_parts() {
            let (stream, unread) = parts.io.into_inner(parts.read_buf);
            if unread.is_empty() {
                self.stage = Stage::Parked(Box::new(Parked { stream, answer }));
            } else {
                self.resume(stream, unread, answer);
            }
        }
    }
}

impl<'a, S, A> Conversation for Served<'a, S, A>
where
    S: Stream,
    A: Answers<'a>,
{
    fn graceful_shutdown(&mut self) {
        self.ending = true;
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Http(mut http) => {
                Pin::new(&mut http.connection).graceful_shutdown();
                self.stage = Stage::Http(http);
            }
            Stage::Parked(parked) => self.resume(parked.stream, Bytes::new(), parked.answer),
            Stage::Over => {}
        }
    }

    fn is_new(&self) -> bool {
        matches!(&self.stage, Stage::Http(http) if !http.traffic.has_begun())
    }
}

impl<'a, S, A> Future for Served<'a, S, A>
where
    S: Stream,
    A: Answers<'a>,
{
    type Output = hyper::Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let served = self.get_mut();
        loop {
            match mem::replace(&mut served.stage, Stage::Over) {
                Stage::Http(mut http) => {
                    let ended = Pin::new(&mut http.connection).poll(cx);
                    if ended.is_ready() {
                        return ended;
                    }
                    let waits = !served.ending && http.traffic.is_still();
                    let Some(answer) = waits.then(|| http.slot.take_parkable()).flatten() else {
                        served.stage = Stage::Http(http);
                        return Poll::Pending;
                    };
                    served.park(*http, answer);
                }
                Stage::Parked(mut parked) => {
                    let answer = match parked.answer.poll_unpin(cx) {
                        Poll::Ready(answer) => ready(answer).boxed(),
                        Poll::Pending if parked.is_disturbed(cx) => parked.answer,
                        Poll::Pending => {
                            served.stage = Stage::Parked(parked);
                            return Poll::Pending;
                        }
                    };
                    served.resume(parked.stream, Bytes::new(), answer);
                }
                Stage::Over => return Poll::Ready(Ok(())),
            }
        }
    }
}

/// Stands for a request that has been read before.
const POLL: &[u8] = b"GET / HTTP/1.1\r\n\r\n";

/// The same, and nothing after it.
const LAST_POLL: &[u8] = b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n";

#[cfg(test)]
mod tests;
