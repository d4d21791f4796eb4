//! The running gateway: its ports, its connections, and the order in which it ends.

mod accept;
mod chat;
mod connection;
mod files;
mod house;
mod identity;
mod inherited;
mod listen;
mod parked;
mod renewal;
mod sockets;

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::DropGuard;

pub use self::inherited::Inherited;
pub use crate::chat::Vitals;

use self::accept::{Door, accept};
use self::connection::{Host, Http};
use self::house::House;
use self::identity::Own;
use self::listen::Ports;
use self::renewal::Renewal;
use crate::beacon::Beacon;
use crate::card::Card;
use crate::clock::Clock;
use crate::config::Config;
use crate::eio::{self, Engine};
use crate::folder::Folder;
use crate::metrics::Metrics;
use crate::tls::Tls;
use crate::web::{Gate, Guide, Health, Plain, Portal, Router};

/// A gateway that runs. Dropping it ends it as well, but does not wait.
pub struct Gateway {
    addresses: Addresses,
    vitals: Arc<dyn Fn() -> Vitals + Send + Sync>,
    renewal: Arc<Renewal>,
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

/// What the chat is built on.
struct Ground {
    config: Config,
    folder: Folder,
    clock: Arc<Clock>,
    metrics: Arc<Metrics>,
    beacon: Arc<Beacon>,
    card: Arc<Card>,
}

/// What the doors serve, and how it is asked and closed.
struct Served<H> {
    /// Handles the sessions of `/socket.io/`.
    handler: H,
    /// Asked at each `/healthz`; quick, never blocks.
    vitals: Arc<dyn Fn() -> Vitals + Send + Sync>,
    /// Goes on with other settings.
    renew: Arc<dyn Fn(&Config) + Send + Sync>,
    /// Closes what lies below the doors, after the last connection: the archive and the store.
    close: BoxFuture<'static, ()>,
}

impl Gateway {
    /// Opens the ports and the data folder, and serves the chat.
    ///
    /// Has to be called in a tokio runtime, and blocks while files are opened. The errors are for
    /// the operator: a port in use, a folder without permission, settings that do not go together.
    pub fn start(config: Config) -> anyhow::Result<Self> {
        Self::start_on(Inherited::default(), config)
    }

    /// The same on sockets that are open already, as far as there are.
    pub fn start_on(inherited: Inherited, config: Config) -> anyhow::Result<Self> {
        Self::start_under(Path::new("/"), inherited, config)
    }

    /// The same where the machine's files that vouch for its clock lie under `root`.
    pub fn start_under(root: &Path, inherited: Inherited, config: Config) -> anyhow::Result<Self> {
        config.check()?;
        // The ports come first: a second gateway by mistake must not touch the first one's data.
        let ports = Ports::open(&config, inherited)?;
        let addresses = ports.addresses()?;
        files::raise(&config.limits);

        let folder = Folder::open(&config.data)?;
        let clock = Arc::new(match config.board.folder {
            Some(_) => Clock::open_on_board(&folder, root),
            None => Clock::open(&folder),
        });
        let tls = Tls::open(&config.tls, &folder, &clock)?.map(Arc::new);
        let card = Arc::new(Card::open(&folder, config.board.card_cycles));
        let ground = Ground {
            config,
            folder,
            clock,
            metrics: Arc::default(),
            beacon: Arc::default(),
            card,
        };
        let (served, notify) = chat::serve(&ground)?;
        let vitals = Arc::clone(&served.vitals);
        let identity = Arc::new(Own::new(&ground.config, tls.clone()));
        let guide = Guide::new(&ground.config.title, Arc::<Own>::clone(&identity));
        let guide = Arc::new(guide);
        let renewal = Arc::new(Renewal {
            config: Mutex::new(ground.config.clone()),
            tls: tls.clone(),
            identity: Arc::clone(&identity),
            guide: Arc::clone(&guide),
            chat: Arc::clone(&served.renew),
        });
        let gate = Gate::new(identity, &ground.config.access)?;
        let (house, host) = assemble(&ground, tls.as_ref(), served, (gate, guide), addresses);

        let (stop, tasks) = (&house.stop, &house.tasks);
        tasks.spawn(ground.clock.keep(stop.clone()));
        tasks.spawn(ground.card.keep(stop.clone()));
        if let Some(folder) = ground.config.board.folder.clone() {
            let (beacon, stop) = (Arc::clone(&ground.beacon), stop.clone());
            tasks.spawn(async move { beacon.keep(&folder, notify, stop).await });
        }
        if let Some(tls) = tls {
            tasks.spawn(tls.keep(stop.clone()));
        }
        let door = Arc::new(Door::new(&ground.config, &ground.metrics, stop, tasks));
        if let Some(plain) = ports.plain {
            let host = Arc::clone(&host);
            let serve = move |visitor| Arc::clone(&host).serve_plain(visitor);
            tasks.spawn(accept(plain, Arc::clone(&door), serve));
        }
        let serve = move |visitor| Arc::clone(&host).serve(visitor);
        tasks.spawn(accept(ports.main, door, serve));
        tracing::info!(main = %addresses.main, plain = ?addresses.plain, "listening");

        let stop = house.stop.clone().drop_guard();
        Ok(Self {
            addresses,
            vitals,
            renewal,
            stop,
            ended: tokio::spawn(house.keep()),
        })
    }

    /// Where it listens; with port 0 in the configuration, the ports that were given.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Tells at any time how it fares. An answer is a sign of life in itself: it wants the locks
    /// that all share.
    pub fn pulse(&self) -> impl Fn() -> Vitals + Send + 'static {
        let vitals = Arc::clone(&self.vitals);
        move || vitals()
    }

    /// Goes on with other settings, as far as they may change while it runs, and tells which are in
    /// force now. Nobody's connection is dropped. Settings that do not go together change nothing.
    pub async fn renew(&self, wanted: Config) -> anyhow::Result<Config> {
        let renewal = Arc::clone(&self.renewal);
        let renewed = tokio::task::spawn_blocking(move || renewal.renew(&wanted)).await;
        Ok(renewed.context("stumbled over the settings")??)
    }

    /// Ends the gateway in order and returns when it has ended, after 10 s at the latest.
    pub async fn shutdown(self) {
        drop(self.stop);
        if let Err(error) = self.ended.await {
            tracing::error!(%error, "the gateway did not end in order");
        }
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

/// Puts the floors on top of each other.
fn assemble<H: eio::Handler>(
    ground: &Ground,
    tls: Option<&Arc<Tls>>,
    served: Served<H>,
    (gate, guide): (Gate, Arc<Guide>),
    addresses: Addresses,
) -> (House<H>, Arc<Host<H>>) {
    let Ground {
        config,
        metrics,
        beacon,
        card,
        ..
    } = ground;
    let settings = eio::Settings {
        engine: config.engine.clone(),
        limits: config.limits.clone(),
    };
    let engine = Engine::new(settings, served.handler);
    let house = House::new(Arc::clone(&engine), served.close);
    let gate = Arc::new(gate);
    let main = addresses.main.port();
    let portal = addresses.plain.and_then(|plain| {
        let board = config.board.folder.as_deref();
        let ports = (main, plain.port());
        Portal::new(&config.portal, board, Arc::clone(&guide), ports).map(Arc::new)
    });
    let plain = Plain::new(Arc::clone(&gate), main, Arc::clone(&guide), portal.clone());
    let counted = Arc::clone(metrics);
    let (beacon, card) = (Arc::clone(beacon), Arc::clone(card));
    let health = move || Health {
        chat: (served.vitals)(),
        radio: beacon.radio(),
        card: card.wear(),
    };
    let host = Host {
        router: Router::new(gate, engine, counted, Box::new(health), guide, portal),
        plain,
        tls: tls.map(|tls| TlsAcceptor::from(tls.server_config())),
        http: Http::new(&config.limits, metrics, &house.drain, &house.abort),
    };
    (house, Arc::new(host))
}
