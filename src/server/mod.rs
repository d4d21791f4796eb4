//! The running gateway: its ports, its connections, and the order in which it ends.

mod accept;
mod chat;
mod connection;
mod files;
mod identity;
mod listen;
mod sockets;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use self::accept::{Door, accept};
use self::connection::{Host, Http};
use self::identity::Own;
use crate::clock::Clock;
use crate::config::{Config, TlsMode};
use crate::eio::{self, Engine};
use crate::folder::Folder;
use crate::metrics::Metrics;
use crate::tls::Tls;
use crate::web::{Gate, Plain, Router, Status};

/// A gateway that runs. Dropping it ends it as well, but does not wait.
#[derive(Debug)]
pub struct Gateway {
    addresses: Addresses,
    stop: DropGuard,
    ended: JoinHandle<()>,
}

/// Where a gateway listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// The page and the chat.
    pub main: SocketAddr,
    /// The plain port; none with `tls.mode = "off"`.
    pub plain: Option<SocketAddr>,
}

/// What the doors are built on.
#[derive(Debug)]
pub struct Ground {
    /// Every setting.
    pub config: Config,
    /// The data folder.
    pub folder: Folder,
    /// The time.
    pub clock: Arc<Clock>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// What the doors serve, and how it is asked and closed.
pub struct Served<H> {
    /// Handles the sessions of `/socket.io/`.
    pub handler: H,
    /// Asked at each `/healthz`; quick, never blocks.
    pub status: Box<dyn Fn() -> Status + Send + Sync>,
    /// Closes what lies below the doors, after the last connection: the archive and the store.
    pub close: BoxFuture<'static, ()>,
}

impl Gateway {
    /// Opens the ports and the data folder, and serves the chat.
    ///
    /// Has to be called in a tokio runtime, and blocks while files are opened. The errors are for
    /// the operator: a port in use, a folder without permission, settings that do not go together.
    pub fn start(config: Config) -> anyhow::Result<Self> {
        Self::start_with(config, chat::serve)
    }

    /// Opens the ports and the data folder, and serves what `build` makes of them.
    ///
    /// Has to be called in a tokio runtime, and blocks while files are opened. The errors are for
    /// the operator: a port in use, a folder without permission, settings that do not go together.
    pub fn start_with<H: eio::Handler>(
        config: Config,
        build: impl FnOnce(&Ground) -> anyhow::Result<Served<H>>,
    ) -> anyhow::Result<Self> {
        config.check()?;
        // The ports come first: a second gateway by mistake must not touch the first one's data.
        let main = listen::listen(config.listen, "--listen")?;
        let plain = match config.tls.mode {
            TlsMode::Off => None,
            TlsMode::Auto | TlsMode::Files => {
                Some(listen::listen(config.listen_plain, "--listen-plain")?)
            }
        };
        let addresses = Addresses {
            main: main.local_addr()?,
            plain: plain.as_ref().map(TcpListener::local_addr).transpose()?,
        };
        files::raise(&config.limits);

        let folder = Folder::open(&config.data)?;
        let clock = Arc::new(Clock::open(&folder));
        let tls = Tls::open(&config.tls, &folder, &clock)?.map(Arc::new);
        let ground = Ground {
            config,
            folder,
            clock,
            metrics: Arc::default(),
        };
        let served = build(&ground)?;

        let (house, host) = assemble(&ground, tls.as_ref(), served, addresses)?;
        house
            .tasks
            .spawn(Arc::clone(&ground.clock).keep(house.stop.clone()));
        if let Some(tls) = tls {
            house.tasks.spawn(tls.keep(house.stop.clone()));
        }
        let door = Arc::new(Door::new(
            &ground.config,
            &house.metrics,
            &house.stop,
            &house.tasks,
        ));
        if let Some(plain) = plain {
            let host = Arc::clone(&host);
            let serve = move |visitor| Arc::clone(&host).serve_plain(visitor);
            house.tasks.spawn(accept(plain, Arc::clone(&door), serve));
        }
        let serve = move |visitor| Arc::clone(&host).serve(visitor);
        house.tasks.spawn(accept(main, door, serve));
        tracing::info!(main = %addresses.main, plain = ?addresses.plain, "listening");

        let stop = house.stop.clone().drop_guard();
        Ok(Self {
            addresses,
            stop,
            ended: tokio::spawn(house.keep()),
        })
    }

    /// Where it listens; with port 0 in the configuration, the ports that were given.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Ends the gateway in order and returns when it has ended, after 10 s at the latest.
    pub async fn shutdown(self) {
        drop(self.stop);
        if let Err(error) = self.ended.await {
            tracing::error!(%error, "the gateway did not end in order");
        }
    }
}

/// Puts the floors on top of each other.
fn assemble<H: eio::Handler>(
    ground: &Ground,
    tls: Option<&Arc<Tls>>,
    served: Served<H>,
    addresses: Addresses,
) -> anyhow::Result<(House<H>, Arc<Host<H>>)> {
    let config = &ground.config;
    let settings = eio::Settings {
        engine: config.engine.clone(),
        limits: config.limits.clone(),
    };
    let house = House {
        stop: CancellationToken::new(),
        engine: Engine::new(settings, served.handler),
        drain: CancellationToken::new(),
        abort: CancellationToken::new(),
        tasks: TaskTracker::new(),
        close: served.close,
        metrics: Arc::clone(&ground.metrics),
    };
    let identity = Own::new(config, tls.cloned());
    let gate = Arc::new(Gate::new(Arc::new(identity), &config.access)?);
    let host = Host {
        plain: Plain::new(Arc::clone(&gate), addresses.main.port()),
        router: Router::new(
            gate,
            Arc::clone(&house.engine),
            Arc::clone(&house.metrics),
            Arc::clone(&ground.clock),
            served.status,
        ),
        tls: tls.map(|tls| TlsAcceptor::from(tls.server_config())),
        http: Http::new(&config.limits, &house.metrics, &house.drain, &house.abort),
    };
    Ok((house, Arc::new(host)))
}

/// What is to be ended, in the order in which [`House::keep`] ends it.
struct House<H: eio::Handler> {
    /// Ends the accept loops; what follows begins with it.
    stop: CancellationToken,
    engine: Arc<Engine<H>>,
    /// Asks the connections to end after the request at hand.
    drain: CancellationToken,
    /// Ends those that did not.
    abort: CancellationToken,
    /// Accept loops, connections, and what keeps the clock and the certificate.
    tasks: TaskTracker,
    close: BoxFuture<'static, ()>,
    metrics: Arc<Metrics>,
}

impl<H: eio::Handler> House<H> {
    /// Waits for the end and then brings it about, within 10 s.
    async fn keep(self) {
        self.stop.cancelled().await;
        tracing::info!("shutting down: no more connections are taken");

        // Each client is told to come back, and its session closed.
        if timeout(GOODBYE, self.engine.shutdown()).await.is_err() {
            tracing::warn!("some clients could not be told to come back");
        }

        // Requests that are being answered get their answer.
        self.drain.cancel();
        self.tasks.close();
        if timeout(DRAIN, self.tasks.wait()).await.is_err() {
            self.abort.cancel();
            self.tasks.wait().await;
        }

        // Nobody can post any more: what is on the way to the card gets there.
        if timeout(CLOSE, self.close).await.is_err() {
            tracing::error!("the store did not close in time; what was acknowledged is safe");
        }
        tracing::info!("shut down");
    }
}

/// Time for telling the clients to come back.
const GOODBYE: Duration = Duration::from_secs(3);
/// Time for the requests at hand.
const DRAIN: Duration = Duration::from_secs(2);
/// Time for the store. The three together stay below the 10 s after which a supervisor kills.
const CLOSE: Duration = Duration::from_millis(4_500);
