//! An engine on a listener of its own, and what is needed to speak to it over real connections.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, if not in a test function"
)]

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use madang::eio::{
    CloseReason, Engine, Flow, Handler, Kind, Message, Outgoing, Peer, Session, Settings, Utf8Bytes,
};
use madang::line::Line;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A limit for what must happen; nothing waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Echoes; keeps what it saw.
pub(crate) struct Echo {
    pub(crate) sessions: Mutex<Vec<Arc<Session>>>,
    pub(crate) messages: Mutex<Vec<Message>>,
    pub(crate) closed: Mutex<Vec<CloseReason>>,
    pub(crate) opened: AtomicUsize,
    /// A message `slow` is handled once there is a permit.
    pub(crate) gate: Arc<Semaphore>,
}

impl Handler for Echo {
    type Conn = Arc<Session>;

    fn open(&self, session: &Arc<Session>) -> Self::Conn {
        self.opened.fetch_add(1, Ordering::SeqCst);
        self.sessions.lock().unwrap().push(Arc::clone(session));
        Arc::clone(session)
    }

    fn message(&self, session: &Arc<Self::Conn>, message: Message) -> Flow {
        self.messages.lock().unwrap().push(message.clone());
        let packet = match &message {
            Message::Text(text) => text_packet(text),
            Message::Binary(bytes) => Outgoing::Binary(bytes.clone()),
        };
        assert_ne!(
            message,
            Message::Text("panic".into()),
            "as the test wants it"
        );
        if message != Message::Text("slow".into()) {
            session.send(&[packet], Kind::Normal);
            return None;
        }
        let (session, gate) = (Arc::clone(session), Arc::clone(&self.gate));
        Some(Box::pin(async move {
            gate.acquire().await.unwrap().forget();
            session.send(&[packet], Kind::Normal);
        }))
    }

    fn close(&self, _session: &Arc<Self::Conn>, reason: CloseReason) {
        self.closed.lock().unwrap().push(reason);
    }
}

/// A message packet.
pub(crate) fn text_packet(text: &str) -> Outgoing {
    Outgoing::Text(Utf8Bytes::from(format!("4{text}")))
}

/// The conformance suite's clocks.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.engine.ping_interval_ms = 300;
    settings.engine.ping_timeout_ms = 200;
    settings
}

/// Clocks that a test does not notice.
pub(crate) fn calm() -> Settings {
    let mut settings = Settings::default();
    settings.engine.ping_interval_ms = 60_000;
    settings.engine.ping_timeout_ms = 60_000;
    settings
}

/// An engine that listens.
pub(crate) struct Server {
    pub(crate) engine: Arc<Engine<Echo>>,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) async fn start(settings: Settings) -> Self {
        let echo = Echo {
            sessions: Mutex::default(),
            messages: Mutex::default(),
            closed: Mutex::default(),
            opened: AtomicUsize::new(0),
            gate: Arc::new(Semaphore::new(0)),
        };
        let engine = Engine::new(settings, echo);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(accept(listener, Arc::clone(&engine)));
        Self { engine, address }
    }

    pub(crate) fn echo(&self) -> &Echo {
        self.engine.handler()
    }

    /// The session that was opened last.
    pub(crate) fn session(&self) -> Arc<Session> {
        Arc::clone(self.echo().sessions.lock().unwrap().last().unwrap())
    }

    /// Waits until the sessions have ended for these reasons, and nothing of them is left.
    pub(crate) async fn closed(&self, reasons: &[CloseReason]) {
        until("the sessions end", || {
            self.echo().closed.lock().unwrap().len() >= reasons.len()
        })
        .await;
        assert_eq!(*self.echo().closed.lock().unwrap(), reasons);
        until("their places are free", || self.engine.sessions() == 0).await;
    }

    /// A request on a connection of its own.
    pub(crate) async fn request(&self, method: &str, query: &str, body: &str) -> Reply {
        let mut http = self.http().await;
        http.write(method, query, body.as_bytes()).await;
        http.read().await
    }

    pub(crate) async fn get(&self, query: &str) -> Reply {
        self.request("GET", query, "").await
    }

    pub(crate) async fn http(&self) -> Http {
        Http {
            stream: TcpStream::connect(self.address).await.unwrap(),
            read: Vec::new(),
        }
    }

    /// Opens a polling session; gives the query by which it is asked for.
    pub(crate) async fn poll_session(&self) -> String {
        let reply = self.get("EIO=4&transport=polling").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        format!("EIO=4&transport=polling&sid={}", sid(&reply.body))
    }

    pub(crate) async fn websocket(&self, query: &str) -> Socket {
        let uri = format!("ws://{}/engine.io/?{query}", self.address);
        Socket {
            stream: connect_async(uri).await.unwrap().0,
        }
    }

    /// A session on WebSocket, its handshake read.
    pub(crate) async fn websocket_session(&self) -> Socket {
        let mut socket = self.websocket("EIO=4&transport=websocket").await;
        assert!(socket.text().await.starts_with("0{"));
        socket
    }
}

async fn accept(listener: TcpListener, engine: Arc<Engine<Echo>>) {
    while let Ok((stream, address)) = listener.accept().await {
        let peer = Peer {
            address: address.ip(),
            secure: false,
        };
        let engine = Arc::clone(&engine);
        let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            let mut peer = peer;
            if let Some(address) = request.headers_mut().remove("x-test-address") {
                peer.address = address.to_str().unwrap().parse::<IpAddr>().unwrap();
            }
            let answer = engine.handle(request, peer);
            async { Ok::<_, Infallible>(answer.await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(Line::new(stream), service);
        tokio::spawn(connection.with_upgrades());
    }
}

/// The sid in a handshake.
pub(crate) fn sid(open: &str) -> String {
    handshake(open)["sid"].as_str().unwrap().to_owned()
}

/// What an open packet says.
pub(crate) fn handshake(open: &str) -> serde_json::Value {
    serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap()
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait)
        .await
        .unwrap_or_else(|_| panic!("in time, {what}"));
}

/// A kept-alive HTTP connection.
pub(crate) struct Http {
    stream: TcpStream,
    read: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Http {
    pub(crate) async fn write(&mut self, method: &str, query: &str, body: &[u8]) {
        let length = body.len();
        self.raw(format!("{method} /engine.io/?{query} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n").as_bytes()).await;
        self.raw(body).await;
    }

    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    pub(crate) async fn read(&mut self) -> Reply {
        tokio::time::timeout(PATIENCE, self.read_reply())
            .await
            .expect("an answer in time")
    }

    /// An answer that must not be there yet.
    pub(crate) async fn silent(&mut self, wait: Duration) {
        let reply = tokio::time::timeout(wait, self.read_reply()).await;
        assert!(reply.is_err(), "no answer yet, but {reply:?}");
    }

    async fn read_reply(&mut self) -> Reply {
        loop {
            if let Some(reply) = self.take_reply() {
                return reply;
            }
            let read = self.stream.read_buf(&mut self.read).await.unwrap();
            assert_ne!(read, 0, "the connection ended before an answer");
        }
    }

    fn take_reply(&mut self) -> Option<Reply> {
        let end = self.read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let head = String::from_utf8(self.read[..end].to_vec())
            .unwrap()
            .to_lowercase();
        let length = head.split("content-length: ").nth(1).map_or(0, |rest| {
            rest.split("\r\n").next().unwrap().parse::<usize>().unwrap()
        });
        if self.read.len() < end + length {
            return None;
        }
        let body = String::from_utf8(self.read[end..end + length].to_vec()).unwrap();
        self.read.drain(..end + length);
        Some(Reply {
            status: head[9..12].parse().unwrap(),
            head,
            body,
        })
    }
}

/// A WebSocket.
pub(crate) struct Socket {
    pub(crate) stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    pub(crate) async fn send(&mut self, text: &str) {
        self.stream.send(Frame::text(text)).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Option<Frame> {
        let next = tokio::time::timeout(PATIENCE, self.stream.next())
            .await
            .expect("a frame in time");
        next.and_then(Result::ok)
    }

    pub(crate) async fn text(&mut self) -> String {
        match self.next().await {
            Some(Frame::Text(text)) => text.to_string(),
            other => panic!("a text frame, not {other:?}"),
        }
    }

    /// Reads to the end; gives the code of the close frame, if there was one.
    pub(crate) async fn end(&mut self) -> Option<u16> {
        let mut code = None;
        while let Some(frame) = self.next().await {
            if let Frame::Close(Some(close)) = frame {
                code = Some(close.code.into());
            }
        }
        code
    }
}
