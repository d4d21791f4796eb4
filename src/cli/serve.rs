//! `madang serve`: runs the gateway until it is told to end.

use std::io::{self, IsTerminal};
use std::net::IpAddr;
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use super::banner::{Banner, hosts};
use super::{Settings, log, say, supervisor};
use crate::config::{Config, Problems, TlsMode};
use crate::folder::Folder;
use crate::server::{Addresses, Gateway, Inherited};
use crate::tls::ca::Authority;
use crate::tls::names::Names;
use crate::tls::names_in_files;
use crate::token::AdminToken;

/// Runs the gateway; returns when it has ended in order.
pub(super) fn run(settings: &Settings) -> anyhow::Result<()> {
    let config = settings.load()?;
    let filter = log::start(&config.log);
    let inherited = Inherited::from_environment()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Reads of the history run there, one short walk each: more would only cost memory.
        .max_blocking_threads(BLOCKING_THREADS)
        .build();
    let runtime = runtime.context("no threads to run on")?;
    let ended = runtime.block_on(serve(inherited, config, || settings.load(), &filter));
    // What has not ended by now is not waited for: the person, or the supervisor, has been promised.
    runtime.shutdown_background();
    ended
}

async fn serve(
    inherited: Inherited,
    config: Config,
    load: impl Fn() -> anyhow::Result<Config>,
    filter: &log::Filter,
) -> anyhow::Result<()> {
    // From here on a signal is an order and not a sudden end.
    let mut signals = Signals::new()?;
    let told = config.clone();
    let starting = supervisor::starting();
    let gateway = Gateway::start_on(inherited, config)?;
    starting.abort();
    // Nobody may be reading: that is no reason to end.
    let _ = banner(&told, gateway.addresses()).and_then(|text| say(&text));

    supervisor::ready();
    tokio::spawn(supervisor::attend(gateway.pulse()));

    let limit = loop {
        match signals.next().await {
            Order::End(limit) => break limit,
            Order::Renew => {
                supervisor::reloading();
                renew(&gateway, load(), filter).await;
                supervisor::ready();
            }
        }
    };
    supervisor::stopping();
    let end = timeout(limit, gateway.shutdown());
    tokio::select! {
        ended = end => ended.with_context(|| format!("did not end in order within {} s", limit.as_secs())),
        () = signals.again() => std::process::exit(AT_ONCE),
    }
}

/// Goes on with the settings as they are written now, or says in the log why not.
async fn renew(gateway: &Gateway, wanted: anyhow::Result<Config>, filter: &log::Filter) {
    let renewed = match wanted {
        Ok(wanted) => gateway.renew(wanted).await,
        Err(error) => Err(error),
    };
    match renewed {
        Ok(config) => {
            filter.renew(&config.log);
            tracing::info!("the settings have been read again");
        }
        Err(error) => {
            tracing::error!("all settings stay as they are, because the new ones are wrong:");
            let problems = error.downcast_ref::<Problems>();
            let sentences = problems.map_or_else(
                || vec![format!("{error:#}")],
                |problems| problems.sentences().to_vec(),
            );
            for sentence in sentences {
                tracing::error!("{sentence}");
            }
        }
    }
}

/// What the operator reads first.
fn banner(config: &Config, addresses: Addresses) -> anyhow::Result<String> {
    let folder = Folder::open(&config.data)?;
    // A card that cannot be written to keeps nobody from chatting.
    let token = AdminToken::open_or_make(&folder);
    let token = token
        .inspect_err(|error| tracing::warn!(%error, "no administration token can be made"))
        .is_ok()
        .then(|| AdminToken::path(&folder));
    let now = || Names::now(&config.tls.names);
    let (names, authority) = match config.tls.mode {
        TlsMode::Off => (now(), None),
        TlsMode::Files => (names_in_files(&config.tls)?, None),
        TlsMode::Auto => {
            let authority = Authority::open(&folder)?;
            let names = authority
                .as_ref()
                .map(|authority| authority.permitted(now()).0);
            (names.unwrap_or_default(), authority)
        }
    };
    let ips: Vec<IpAddr> = names.addresses.iter().copied().collect();
    let dns: Vec<String> = names.dns.iter().cloned().collect();
    let portal = Some(config.portal.name.as_str()).filter(|name| {
        // A CA that was made before may not speak for it.
        config.portal.enabled && names.dns.contains(*name)
    });
    let banner = Banner {
        main: addresses.main,
        plain: addresses.plain,
        secure: config.tls.mode != TlsMode::Off,
        hosts: &hosts(addresses.main.ip(), portal, &ips, &dns),
        fingerprint: authority.as_ref().map(|ca| (ca.fingerprint(), ca.words())),
        token: token.as_deref(),
    };
    Ok(banner.text(io::stdout().is_terminal()))
}

/// What a signal asks for.
enum Order {
    /// To end within this time.
    End(Duration),
    /// To read the settings and the certificate again.
    Renew,
}

/// The signals that are orders.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    /// Whoever closes the terminal, by which the same signal comes, wants the end.
    at_terminal: bool,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be heard");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
            at_terminal: io::stdin().is_terminal(),
        })
    }

    /// Waits for one.
    async fn next(&mut self) -> Order {
        tokio::select! {
            _ = self.interrupt.recv() => Order::End(PATIENCE_OF_A_PERSON),
            _ = self.terminate.recv() => Order::End(PATIENCE_OF_A_SUPERVISOR),
            _ = self.hang_up.recv() => if self.at_terminal {
                Order::End(PATIENCE_OF_A_PERSON)
            } else {
                Order::Renew
            },
        }
    }

    /// Waits for one more that asks for the end.
    async fn again(&mut self) {
        while let Order::Renew = self.next().await {}
    }
}

const PATIENCE_OF_A_PERSON: Duration = Duration::from_secs(5);

const PATIENCE_OF_A_SUPERVISOR: Duration = Duration::from_secs(10);

/// Exit code of a second Ctrl-C, as a shell would give it.
const AT_ONCE: i32 = 130;

const BLOCKING_THREADS: usize = 16;
