//! One connection from its first byte to its last request.
//!
//! ```text
//! accept ─ first byte ─┬─ TLS handshake ─ HTTP/1.1 ─┬─ next request …
//!          (timer)     │  (timer)         (timer for │
//!                      │                   headers)  └─ upgrade: the engine's own task takes over
//!                      └─ no TLS though it should be: redirect
//! ```

use std::future::{Future, poll_fn, ready};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::accept::Visitor;
use super::parked::{Conversation, Served, Stream};
use crate::config::Limits;
use crate::eio;
use crate::metrics::Metrics;
use crate::web::{Connection, Plain, Reply, Router};

/// What serves the connections of a port.
pub(super) struct Host<H: eio::Handler> {
    pub(super) router: Router<H>,
    /// For whoever does not speak TLS.
    pub(super) plain: Plain,
    /// `None`: plain HTTP behind a reverse proxy.
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) http: Http,
}

/// How HTTP is spoken, and when it ends.
pub(super) struct Http {
    builder: http1::Builder,
    /// Tells a client after how many seconds an idle connection is closed, so that it does not
    /// send into one that is just being closed.
    keep_alive: HeaderValue,
    first_byte: Duration,
    handshake: Duration,
    metrics: Arc<Metrics>,
    /// Asks connections to end after the request at hand.
    drain: CancellationToken,
    /// Ends them at once.
    abort: CancellationToken,
}

impl<H: eio::Handler> Host<H> {
    /// Serves a connection on the port of the page and the chat.
    pub(super) async fn serve(self: Arc<Self>, visitor: Visitor) {
        let Visitor {
            stream,
            from,
            _place,
        } = visitor;
        // Boxed: while it lasts it is large, and it does not last.
        let served = Box::pin(self.arrive(stream, from)).await;
        if let Some(served) = served {
            served.await;
        }
    }

    /// Waits for the first byte and the handshake; gives what serves the connection from then on.
    async fn arrive(&self, stream: TcpStream, from: Connection) -> Option<BoxFuture<'_, ()>> {
        let http = &self.http;
        let connection = Connection {
            secure: self.tls.is_some(),
            ..from
        };
        let answer = move |request| self.router.answer(request, connection);
        let first = http.first_byte(&stream).await?;
        Some(match &self.tls {
            None => http.serve(stream, answer).boxed(),
            Some(acceptor) if first == TLS_HANDSHAKE => {
                let stream = http.handshake(acceptor, stream).await?;
                http.serve(stream, answer).boxed()
            }
            Some(_) => self.redirect(stream, connection).boxed(),
        })
    }

    /// Serves a connection on the plain port.
    pub(super) async fn serve_plain(self: Arc<Self>, visitor: Visitor) {
        let Visitor {
            stream,
            from,
            _place,
        } = visitor;
        if self.http.first_byte(&stream).await.is_some() {
            self.redirect(stream, from).await;
        }
    }

    fn redirect(
        &self,
        stream: TcpStream,
        connection: Connection,
    ) -> impl Future<Output = ()> + Send {
        let answer = move |request: Request<Incoming>| {
            ready(self.plain.answer(&request.into_parts().0, connection))
        };
        self.http.serve(stream, answer)
    }
}

impl Http {
    pub(super) fn new(
        limits: &Limits,
        metrics: &Arc<Metrics>,
        drain: &CancellationToken,
        abort: &CancellationToken,
    ) -> Self {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            // Starts over after each answer, so it also ends connections that idle.
            .header_read_timeout(Duration::from_secs(limits.header_seconds))
            .max_buf_size(BUFFER_BYTES)
            // Answers are small: head and body go into one buffer, without a list of buffers.
            .writev(false);
        let keep_alive = HeaderValue::from_str(&format!("timeout={}", limits.header_seconds));
        Self {
            builder,
            keep_alive: keep_alive.expect("a number is a valid header"),
            first_byte: Duration::from_secs(limits.first_byte_seconds),
            handshake: Duration::from_secs(limits.handshake_seconds),
            metrics: Arc::clone(metrics),
            drain: drain.clone(),
            abort: abort.clone(),
        }
    }

    /// Waits for the first byte, without taking it. Nothing is allocated for a peer before it.
    async fn first_byte(&self, stream: &TcpStream) -> Option<u8> {
        let mut first = [0];
        let peeked = timeout(self.first_byte, stream.peek(&mut first));
        match self.though_it_ends(peeked).await {
            Some(Ok(Ok(1))) => Some(first[0]),
            Some(Err(_)) => {
                self.metrics.silent.add();
                tracing::debug!("not a byte came in time");
                None
            }
            // The peer or the gateway goes.
            Some(Ok(_)) | None => None,
        }
    }

    /// Waits for a newcomer, though not for long once the gateway ends: who was taken a moment before
    /// is still answered.
    async fn though_it_ends<F: Future>(&self, newcomer: F) -> Option<F::Output> {
        let over = async {
            self.drain.cancelled().await;
            sleep(LAST_ANSWERS).await;
        };
        tokio::select! {
            biased;
            come = newcomer => Some(come),
            () = over => None,
        }
    }

    async fn handshake(
        &self,
        acceptor: &TlsAcceptor,
        stream: TcpStream,
    ) -> Option<TlsStream<TcpStream>> {
        let handshake = timeout(self.handshake, acceptor.accept(stream));
        match self.though_it_ends(handshake).await? {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(error)) => {
                self.metrics.handshake_failed.add();
                tracing::debug!(%error, "TLS handshake failed");
            }
            Err(_) => {
                self.metrics.silent.add();
                tracing::debug!("TLS handshake took too long");
            }
        }
        None
    }

    /// Speaks HTTP/1.1 until either side has had enough, or the connection becomes a WebSocket.
    ///
    /// Not an `async fn`: a future keeps a place of its own for each step that a value is moved
    /// through.
    fn serve<'a, S, F, A>(&'a self, stream: S, answer: A) -> impl Future<Output = ()> + Send + 'a
    where
        S: Stream,
        F: Future<Output = Reply> + Send + 'a,
        A: Fn(Request<Incoming>) -> F + Clone + Unpin + Send + 'a,
    {
        let answer = move |request| {
            let answer = answer(request).map(|mut reply| {
                reply
                    .headers_mut()
                    .insert(KEEP_ALIVE, self.keep_alive.clone());
                Ok(reply)
            });
            answer.boxed()
        };
        self.attend(Box::new(Served::new(&self.builder, stream, answer)))
    }

    async fn attend(&self, mut served: Box<dyn Conversation + '_>) {
        let ended = tokio::select! {
            biased;
            ended = &mut served => ended,
            () = self.drain.cancelled() => {
                // Boxed: nearly all connections never come here.
                let asked = Box::pin(timeout(LAST_ANSWERS, until_it_asks(&mut *served))).await;
                if let Ok(Some(ended)) = asked {
                    ended
                } else {
                    served.graceful_shutdown();
                    match self.abort.run_until_cancelled(served).await {
                        Some(ended) => ended,
                        None => return,
                    }
                }
            }
        };
        if let Err(error) = ended {
            if error.is_timeout() {
                self.metrics.silent.add();
            }
            tracing::debug!(%error, "connection ended");
        }
    }
}

/// Serves on until something has come from the peer; gives how it ended if it did meanwhile. hyper
/// would close a connection on which nothing has come, with the request perhaps on its way.
async fn until_it_asks(served: &mut (dyn Conversation + '_)) -> Option<hyper::Result<()>> {
    poll_fn(|cx| {
        let ended = served.is_new().then(|| served.poll_unpin(cx));
        match ended {
            Some(Poll::Ready(ended)) => Poll::Ready(Some(ended)),
            Some(Poll::Pending) if served.is_new() => Poll::Pending,
            Some(Poll::Pending) | None => Poll::Ready(None),
        }
    })
    .await
}

/// How long newcomers are waited for once the gateway ends; less than it gives the requests at hand.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// The first byte of a TLS record that carries a handshake (RFC 8446 §5.1).
const TLS_HANDSHAKE: u8 = 22;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// hyper's smallest. A longer head is answered 431; bodies are not bound by it.
const BUFFER_BYTES: usize = 8 << 10;
