//! Echoes Socket.IO events: what the protocol's conformance suite runs against.

use std::net::Ipv6Addr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use madang::config;
use madang::eio::{Engine, Flow, Kind, Peer, Settings};
use madang::line::Line;
use madang::sio::{App, Args, DisconnectReason, Event, Io, Refusal, Socket};
use serde_json::value::RawValue;
use tokio::net::TcpListener;

struct Echo;

impl App for Echo {
    type Data = Box<RawValue>;

    fn connect(&self, socket: &Socket, auth: Option<&RawValue>) -> Result<Self::Data, Refusal> {
        match socket.namespace() {
            "/" | "/custom" => Ok(auth.map_or_else(empty_object, ToOwned::to_owned)),
            _ => Err(Refusal::unknown_namespace()),
        }
    }

    fn connected(&self, socket: &Socket, auth: &Arc<Self::Data>) {
        let (socket, auth) = (socket.clone(), Arc::clone(auth));
        tokio::spawn(async move {
            // The suite listens for one frame at a time, and would miss this one if it came with
            // the answer to CONNECT.
            tokio::time::sleep(Duration::from_millis(50)).await;
            socket.emit("auth", &*auth, Kind::Normal);
        });
    }

    fn event(&self, socket: &Socket, _: &Arc<Self::Data>, event: Event) -> Flow {
        let Event { name, args, ack } = event;
        match (name.as_str(), ack) {
            ("message", _) => echo(socket, "message-back", &args),
            ("message-with-ack", Some(ack)) => ack.send_binary(&args, &args.attachments),
            ("emit-with-ack", _) => {
                let limit = Duration::from_secs(10);
                let reply = socket.emit_with_ack(&name, &args, &args.attachments, limit);
                let socket = socket.clone();
                // Not as the Flow, for which the next packets wait: the reply is one of them.
                tokio::spawn(async move { reply.await.map(|args| echo(&socket, &name, &args)) });
            }
            _ => {}
        }
        None
    }

    fn disconnect(&self, _: &Socket, _: &Arc<Self::Data>, _: DisconnectReason) {}
}

fn echo(socket: &Socket, name: &str, args: &Args) {
    socket.emit_binary(name, args, &args.attachments, Kind::Normal);
}

fn empty_object() -> Box<RawValue> {
    RawValue::from_string("{}".to_owned()).expect("this is JSON")
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut settings = Settings::default();
    settings.engine = config::Engine {
        ping_interval_ms: 300,
        ping_timeout_ms: 200,
        connect_timeout_ms: 1_000,
        ..settings.engine
    };
    settings.limits.packet_bytes = 1_000_000;
    settings.limits.outbox_bytes = 4_000_000;
    let engine = Engine::new(settings.clone(), Io::new(&settings, Echo));
    let port = std::env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await?;
    loop {
        let (stream, address) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let address = address.ip();
        let secure = false;
        let engine = Arc::clone(&engine);
        // The only path here, `/socket.io/` for the clients, is whatever they ask for.
        let service = service_fn(move |request| {
            let engine = Arc::clone(&engine);
            async move { anyhow::Ok(engine.handle(request, Peer { address, secure }).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .max_buf_size(8 << 10)
            .serve_connection(Line::new(stream), service);
        tokio::spawn(connection.with_upgrades());
    }
}
