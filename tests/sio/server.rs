//! A gateway of two layers on a free port, and an application that writes down what it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use madang::config::{Engine as Clocks, Limits};
use madang::eio::{CloseReason, Engine, Flow, Kind, Peer, Settings};
use madang::line::Line;
use madang::sio::{App, DisconnectReason, Event, Io, Refusal, Socket};
use serde_json::value::RawValue;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than anything here takes, shorter than anybody waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A running server; it stops listening when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) engine: Arc<Engine<Io<Probe>>>,
    calls: mpsc::UnboundedReceiver<String>,
    listener: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_, _| {}).await
    }

    pub(crate) async fn with(set: impl FnOnce(&mut Clocks, &mut Limits)) -> Self {
        let (mut engine, mut limits) = (Clocks::default(), Limits::default());
        set(&mut engine, &mut limits);
        let settings = Settings { engine, limits };
        let (sender, calls) = mpsc::unbounded_channel();
        let probe = Probe {
            calls: sender,
            sockets: Mutex::default(),
            gate: Arc::new(Semaphore::new(0)),
        };
        let engine = Engine::new(settings.clone(), Io::new(&settings, probe));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = tokio::spawn(serve(listener, Arc::clone(&engine)));
        Self {
            address,
            engine,
            calls,
            listener,
        }
    }

    /// What the application was told next.
    pub(crate) async fn call(&mut self) -> String {
        timeout(PATIENCE, self.calls.recv())
            .await
            .expect("the application is told something")
            .unwrap()
    }

    /// What the application was told meanwhile and nobody asked for yet.
    pub(crate) fn calls_so_far(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.calls.try_recv().ok()).collect()
    }

    /// Ends every session, and gives what the application was told until all were gone.
    pub(crate) async fn end(mut self) -> Vec<String> {
        timeout(PATIENCE, self.engine.shutdown())
            .await
            .expect("all sessions end");
        self.calls_so_far()
    }

    /// The server's side of the socket that was connected last.
    pub(crate) fn socket(&self) -> Socket {
        self.app().sockets.lock().unwrap().last().unwrap().clone()
    }

    /// Lets one `wait` event complete.
    pub(crate) fn release(&self) {
        self.app().gate.add_permits(1);
    }

    fn app(&self) -> &Probe {
        self.engine.handler().app()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Tasks of the runtime that have not ended.
pub(crate) fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Waits until that many tasks are left.
pub(crate) async fn until_tasks(number: usize) {
    let settled = async {
        while tasks() != number {
            tokio::task::yield_now().await;
        }
    };
    let settled = timeout(PATIENCE, settled).await;
    assert!(
        settled.is_ok(),
        "{number} tasks are due, {} are there",
        tasks()
    );
}

async fn serve(listener: TcpListener, engine: Arc<Engine<Io<Probe>>>) {
    loop {
        let (stream, address) = listener.accept().await.unwrap();
        let (engine, peer) = (
            Arc::clone(&engine),
            Peer {
                address: address.ip(),
                secure: false,
            },
        );
        let service = service_fn(move |request| {
            let engine = Arc::clone(&engine);
            async move { anyhow::Ok(engine.handle(request, peer).await) }
        });
        tokio::spawn(
            http1::Builder::new()
                .serve_connection(Line::new(stream), service)
                .with_upgrades(),
        );
    }
}

/// The application: some namespaces and events do something, all is written down.
pub(crate) struct Probe {
    calls: mpsc::UnboundedSender<String>,
    sockets: Mutex<Vec<Socket>>,
    gate: Arc<Semaphore>,
}

impl Probe {
    fn call(&self, call: String) {
        // The test may be over.
        let _ = self.calls.send(call);
    }
}

impl App for Probe {
    type Data = String;

    fn connect(&self, socket: &Socket, auth: Option<&RawValue>) -> Result<String, Refusal> {
        let auth = auth.map_or("", RawValue::get).to_owned();
        self.call(format!("connect {} {auth}", socket.namespace()));
        match socket.namespace() {
            "/unknown" => Err(Refusal::unknown_namespace()),
            "/locked" => {
                let data = RawValue::from_string(r#"{"retry":false}"#.to_owned()).unwrap();
                Err(Refusal {
                    data: Some(data),
                    ..Refusal::new("wrong \"key\"")
                })
            }
            "/early" => {
                socket.emit("before", &(), Kind::Normal);
                Ok(auth)
            }
            _ => Ok(auth),
        }
    }

    fn connected(&self, socket: &Socket, auth: &Arc<String>) {
        self.call(format!("connected {} {auth}", socket.namespace()));
        self.sockets.lock().unwrap().push(socket.clone());
        match socket.namespace() {
            "/early" => socket.emit("after", &(), Kind::Normal),
            "/unwelcome" => socket.disconnect(),
            _ => {}
        }
    }

    fn event(&self, socket: &Socket, _: &Arc<String>, event: Event) -> Flow {
        let Event { name, args, ack } = event;
        let text = serde_json::to_string(&args).unwrap();
        self.call(format!("event {} {name} {text}", socket.namespace()));
        match name.as_str() {
            "echo" => match ack {
                Some(ack) => ack.send_binary(&args, &args.attachments),
                None => socket.emit_binary("echo", &args, &args.attachments, Kind::Normal),
            },
            "kick" => {
                socket.disconnect();
                socket.emit("never", &(), Kind::Normal);
                self.call("kicked".to_owned());
            }
            "close" => socket.session().close(CloseReason::Server),
            "wait" => {
                let gate = Arc::clone(&self.gate);
                return Some(Box::pin(
                    async move { gate.acquire().await.unwrap().forget() },
                ));
            }
            _ => {}
        }
        None
    }

    fn disconnect(&self, socket: &Socket, auth: &Arc<String>, reason: DisconnectReason) {
        self.call(format!(
            "disconnect {} {auth} {reason:?}",
            socket.namespace()
        ));
    }
}
