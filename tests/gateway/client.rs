//! A Socket.IO client that says exactly what the test says, over either transport. It reads only
//! when it is asked to, and keeps what it heard in the order in which it came.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::packet::{Heard, decode, event_packet};
use crate::polling::Polling;

/// A limit for what must happen; nothing waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// How a client's packets travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    WebSocket,
    Polling,
}
pub(crate) use Transport::{Polling as ByPolling, WebSocket as ByWebSocket};

/// Both, for what has to be the same on either.
pub(crate) const TRANSPORTS: [Transport; 2] = [ByWebSocket, ByPolling];

enum Link {
    WebSocket(Box<WebSocketStream<TcpStream>>),
    Polling(Box<Polling>),
}

pub(crate) struct Client {
    link: Link,
    kept: VecDeque<Heard>,
    asked: u64,
    /// What `hello` said.
    pub(crate) hello: Value,
}

impl Client {
    /// In the namespace, and greeted.
    pub(crate) async fn enter(address: SocketAddr, transport: Transport, auth: Value) -> Self {
        let mut client = Self::open(address, transport, None).await;
        client.greet(auth).await;
        client
    }

    /// A person of that name on a WebSocket.
    pub(crate) async fn named(address: SocketAddr, name: &str) -> Self {
        Self::enter(address, ByWebSocket, json!({ "name": name })).await
    }

    /// A session in no namespace, as if a proxy had forwarded it.
    pub(crate) async fn open(
        address: SocketAddr,
        transport: Transport,
        forwarded: Option<&str>,
    ) -> Self {
        let link = match transport {
            ByPolling => Link::Polling(Box::new(Polling::open(address, forwarded).await)),
            ByWebSocket => {
                let stream = TcpStream::connect(address).await.unwrap();
                return Self::over(address, stream, forwarded).await;
            }
        };
        Self::new(link)
    }

    /// On a WebSocket for which the kernel holds as little as possible.
    pub(crate) async fn narrow(address: SocketAddr, auth: Value) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 << 10).unwrap();
        let stream = socket.connect(address).await.unwrap();
        let mut client = Self::over(address, stream, None).await;
        client.greet(auth).await;
        client
    }

    async fn over(address: SocketAddr, stream: TcpStream, forwarded: Option<&str>) -> Self {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let mut request = url.into_client_request().unwrap();
        if let Some(forwarded) = forwarded {
            let value = forwarded.parse().unwrap();
            request.headers_mut().insert("x-forwarded-for", value);
        }
        let (stream, _) = client_async(request, stream).await.unwrap();
        let mut client = Self::new(Link::WebSocket(Box::new(stream)));
        let open = client.packet().await.unwrap();
        assert!(open.starts_with("0{"), "{open}");
        client
    }

    fn new(link: Link) -> Self {
        Self {
            link,
            kept: VecDeque::new(),
            asked: 0,
            hello: Value::Null,
        }
    }

    /// Asks to be let in; the answer.
    pub(crate) async fn connect(&mut self, auth: &Value) -> Heard {
        self.send(&format!("0{auth}")).await;
        let is_it = |heard: &Heard| matches!(heard, Heard::Connected | Heard::Refused(_));
        self.find(is_it).await
    }

    async fn greet(&mut self, auth: Value) {
        assert_eq!(self.connect(&auth).await, Heard::Connected);
        let Heard::Event(name, mut args) = self.next().await else {
            panic!("hello is the first that is said");
        };
        assert_eq!((name.as_str(), args.len()), ("hello", 1));
        self.hello = args.remove(0);
    }

    /// The token by which it is the same person again.
    pub(crate) fn auth(&self) -> Value {
        json!({ "token": self.hello["token"] })
    }

    /// A Socket.IO packet as it is. The other side may be gone.
    pub(crate) async fn send(&mut self, packet: &str) {
        self.send_raw(&format!("4{packet}")).await;
    }

    /// An Engine.IO packet as it is.
    pub(crate) async fn send_raw(&mut self, packet: &str) {
        match &mut self.link {
            Link::WebSocket(stream) => drop(stream.send(Message::text(packet)).await),
            Link::Polling(polling) => polling.post(packet).await,
        }
    }

    /// An attachment.
    pub(crate) async fn send_binary(&mut self, bytes: &'static [u8]) {
        match &mut self.link {
            Link::WebSocket(stream) => drop(stream.send(Message::binary(bytes)).await),
            Link::Polling(polling) => polling.post(&format!("b{}", STANDARD.encode(bytes))).await,
        }
    }

    /// An event that wants no answer.
    pub(crate) async fn tell(&mut self, event: &str, args: &[Value]) {
        let packet = event_packet("", event, args);
        self.send(&packet).await;
    }

    /// An event whose answer is awaited later, by this number.
    pub(crate) async fn begin(&mut self, event: &str, args: &[Value]) -> u64 {
        self.asked += 1;
        let packet = event_packet(&self.asked.to_string(), event, args);
        self.send(&packet).await;
        self.asked
    }

    /// An event and its answer's arguments. What comes in between is kept.
    pub(crate) async fn call(&mut self, event: &str, args: &[Value]) -> Vec<Value> {
        let number = self.begin(event, args).await;
        self.answer(number).await
    }

    /// A request of the native vocabulary and its answer.
    pub(crate) async fn ask(&mut self, event: &str, request: Value) -> Value {
        let mut answer = self.call(event, &[request]).await;
        assert_eq!(answer.len(), 1, "{event}: {answer:?}");
        answer.remove(0)
    }

    /// A request that succeeds.
    pub(crate) async fn ok(&mut self, event: &str, request: Value) -> Value {
        let answer = self.ask(event, request).await;
        assert_eq!(answer["ok"], true, "{event}: {answer}");
        answer
    }

    /// A request that is refused; its error. The refusal has words.
    pub(crate) async fn refused(&mut self, event: &str, request: Value) -> Value {
        let shown = request.to_string();
        let answer = self.ask(event, request).await;
        assert_eq!(answer["ok"], false, "{event} {shown:.200}: {answer}");
        assert!(!answer["error"]["message"].as_str().unwrap().is_empty());
        answer["error"].clone()
    }

    /// The code of a refusal.
    pub(crate) async fn code(&mut self, event: &str, request: Value) -> String {
        self.refused(event, request).await["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn join(&mut self, room: &str) -> Value {
        self.ok("join", json!({ "room": room })).await
    }

    /// Posts a text under an id of the same words; its `seq`.
    pub(crate) async fn say(&mut self, room: &str, text: &str) -> u64 {
        let message = json!({ "room": room, "id": text, "text": text });
        self.ok("message", message).await["seq"].as_u64().unwrap()
    }

    /// The answer with this number.
    pub(crate) async fn answer(&mut self, number: u64) -> Vec<Value> {
        let is_it = |heard: &Heard| matches!(heard, Heard::Ack(id, _) if *id == number);
        match self.find(is_it).await {
            Heard::Ack(_, args) => args,
            other => panic!("an answer is due: {other:?}"),
        }
    }

    /// The first argument of the next event of that name, heard already or still to come.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        let is_it = |heard: &Heard| matches!(heard, Heard::Event(event, _) if event == name);
        match self.find(is_it).await {
            Heard::Event(_, mut args) => args.remove(0),
            other => panic!("`{name}` is due: {other:?}"),
        }
    }

    /// The next messages' texts.
    pub(crate) async fn texts(&mut self, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        for _ in 0..count {
            let message = self.event("message").await;
            texts.push(message["text"].as_str().unwrap().to_owned());
        }
        texts
    }

    /// Everything of that name that was said to it before this moment.
    pub(crate) async fn said(&mut self, name: &str) -> Vec<Value> {
        // Answered at once, and after all that was queued before.
        self.ok("leave", json!({ "room": "nowhere" })).await;
        self.kept(name)
    }

    /// Everything of that name that was read and not asked for yet.
    pub(crate) fn kept(&mut self, name: &str) -> Vec<Value> {
        let is_it = |heard: &Heard| matches!(heard, Heard::Event(event, _) if event == name);
        let (said, rest): (Vec<_>, Vec<_>) = self.kept.drain(..).partition(is_it);
        self.kept = rest.into();
        let args = |heard| match heard {
            Heard::Event(_, mut args) => args.remove(0),
            _ => Value::Null,
        };
        said.into_iter().map(args).collect()
    }

    /// Whether the answer with this number has been read, and was a success.
    pub(crate) fn was_answered(&self, number: u64) -> bool {
        self.kept.iter().any(
            |heard| matches!(heard, Heard::Ack(id, args) if *id == number && args[0]["ok"] == true),
        )
    }

    /// What came next.
    pub(crate) async fn next(&mut self) -> Heard {
        match self.kept.pop_front() {
            Some(heard) => heard,
            None => self.receive().await,
        }
    }

    /// Reads to the end; how the transport ended. A Socket.IO DISCONNECT is none of its ways.
    pub(crate) async fn ended(&mut self) -> String {
        let is_it = |heard: &Heard| matches!(heard, Heard::Closed(_) | Heard::Disconnect);
        match self.find(is_it).await {
            Heard::Closed(how) => how,
            other => panic!("the transport should have been closed: {other:?}"),
        }
    }

    async fn find(&mut self, is_it: impl Fn(&Heard) -> bool) -> Heard {
        if let Some(at) = self.kept.iter().position(&is_it) {
            return self.kept.remove(at).unwrap();
        }
        loop {
            let heard = self.receive().await;
            if is_it(&heard) || matches!(heard, Heard::Closed(_)) {
                return heard;
            }
            self.kept.push_back(heard);
        }
    }

    async fn receive(&mut self) -> Heard {
        loop {
            let packet = tokio::time::timeout(PATIENCE, self.packet())
                .await
                .expect("something comes");
            match packet {
                Err(how) => return Heard::Closed(how),
                Ok(ping) if ping == "2" => self.send_raw("3").await,
                Ok(noop) if noop == "6" => {}
                Ok(packet) => return decode(packet.strip_prefix('4').expect("a message")),
            }
        }
    }

    /// The next Engine.IO packet, or how the transport ended.
    async fn packet(&mut self) -> Result<String, String> {
        let stream = match &mut self.link {
            Link::Polling(polling) => return polling.packet().await,
            Link::WebSocket(stream) => stream,
        };
        loop {
            match stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(format!("close frame {}", u16::from(frame.code)));
                }
                Some(Ok(Message::Close(None))) => return Err("close frame".to_owned()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err("lost".to_owned()),
            }
        }
    }
}
