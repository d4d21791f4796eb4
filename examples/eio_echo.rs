//! Echoes each Engine.IO message: what the protocol's conformance suite runs against.

use std::net::Ipv6Addr;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioTimer;
use madang::config;
use madang::eio::{CloseReason, Engine, Flow, Handler, Kind, Message, Outgoing};
use madang::eio::{Peer, Session, Settings};
use madang::line::Line;
use tokio::net::TcpListener;

struct Echo;

impl Handler for Echo {
    type Conn = Arc<Session>;

    fn open(&self, session: &Arc<Session>) -> Self::Conn {
        Arc::clone(session)
    }

    fn message(&self, session: &Arc<Self::Conn>, message: Message) -> Flow {
        let packet = match message {
            Message::Text(text) => Outgoing::Text(format!("4{text}").into()),
            Message::Binary(bytes) => Outgoing::Binary(bytes),
        };
        session.send(&[packet], Kind::Normal);
        None
    }

    fn close(&self, _session: &Arc<Self::Conn>, _reason: CloseReason) {}
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut settings = Settings::default();
    settings.engine = config::Engine {
        ping_interval_ms: 300,
        ping_timeout_ms: 200,
        ..settings.engine
    };
    settings.limits.packet_bytes = 1_000_000;
    settings.limits.outbox_bytes = 4_000_000;
    let engine = Engine::new(settings, Echo);
    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await?;
    loop {
        let (stream, address) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let peer = Peer {
            address: address.ip(),
            secure: false,
        };
        let engine = Arc::clone(&engine);
        let service = service_fn(move |request| {
            let engine = Arc::clone(&engine);
            async move {
                if request.uri().path() == "/engine.io/" {
                    return Ok::<_, std::convert::Infallible>(engine.handle(request, peer).await);
                }
                let mut missing = Response::default();
                *missing.status_mut() = StatusCode::NOT_FOUND;
                Ok(missing)
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .max_buf_size(8 << 10)
            .serve_connection(Line::new(stream), service);
        tokio::spawn(connection.with_upgrades());
    }
}
