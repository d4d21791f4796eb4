//! TLS: which certificate is shown, how it is renewed while the gateway runs, and by which ciphers.
//!
//! The handshakes themselves are the server's.

pub mod ca;
mod certificate;
mod ciphers;
mod constraints;
mod current;
mod files;
mod leaf;
pub mod names;
pub mod public;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::Ticketer;
use rustls::server::NoServerSessionStorage;
use rustls::{ServerConfig, version};
use tokio_util::sync::CancellationToken;

use self::ca::Authority;
use self::certificate::Certificate;
use self::current::{Current, Shown};
use self::names::Names;
use crate::clock::Clock;
use crate::config::{self, TlsMode};
use crate::folder::{Access, Folder};

/// TLS of one gateway.
#[derive(Debug)]
pub struct Tls {
    settings: RwLock<config::Tls>,
    folder: Folder,
    clock: Arc<Clock>,
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
    rustls: Arc<ServerConfig>,
    /// The last warning, so that one that stays is told once.
    warned: Mutex<String>,
}

/// The local CA, as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The certificate, PEM.
    pub pem: String,
    /// By what name a phone lists it.
    pub name: String,
    /// Its SHA-256, as phones show it: `AB:CD:…`.
    pub fingerprint: String,
    /// The same in twelve words, for a person to compare.
    pub words: String,
}

impl Tls {
    /// Gets the certificate ready, the local CA too if there is none yet. `None` if TLS is off.
    ///
    /// Blocks for a few files, and on the first start for two keys.
    pub fn open(
        settings: &config::Tls,
        folder: &Folder,
        clock: &Arc<Clock>,
    ) -> anyhow::Result<Option<Self>> {
        let provider = Arc::new(ciphers::provider());
        let current = Arc::new(Current::default());
        let rustls = server_config(&provider, &current)?;
        let tls = Self {
            settings: RwLock::new(settings.clone()),
            folder: folder.clone(),
            clock: Arc::clone(clock),
            provider,
            current,
            rustls,
            warned: Mutex::default(),
        };
        match settings.mode {
            TlsMode::Off => Ok(None),
            TlsMode::Auto | TlsMode::Files => tls.refresh().map(|_| Some(tls)),
        }
    }

    /// What the server's handshakes run on. It stays the same when the certificate changes.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.rustls)
    }

    /// The local CA for phones to trust; `None` with a certificate of the operator's own.
    pub fn trust(&self) -> Option<Trust> {
        self.current.read().trust.clone()
    }

    /// The names and addresses for which the certificate speaks at the moment.
    pub fn names(&self) -> Names {
        let current = self.current.read();
        current
            .certificate
            .as_ref()
            .map(|shown| shown.names.clone())
            .unwrap_or_default()
    }

    /// Whether the certificate speaks for the host of a URL (without port).
    pub fn speaks_for(&self, host: &str) -> bool {
        let current = self.current.read();
        current
            .certificate
            .as_ref()
            .is_some_and(|shown| shown.names.hold_for(host))
    }

    /// Looks whether another certificate is due and shows it from the next handshake on; tells
    /// whether that was so. Open connections keep the one they have. Blocks for a few files.
    pub fn refresh(&self) -> anyhow::Result<bool> {
        // Held meanwhile, so that what other settings show is not undone by these.
        let settings = self.settings.read().unwrap_or_else(PoisonError::into_inner);
        self.look(&settings)
    }

    /// The same by other settings, which stay if they are of use.
    pub fn renew(&self, settings: &config::Tls) -> anyhow::Result<bool> {
        let mut now = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let another = self.look(settings)?;
        settings.clone_into(&mut now);
        Ok(another)
    }

    fn look(&self, settings: &config::Tls) -> anyhow::Result<bool> {
        let next = match settings.mode {
            TlsMode::Off => return Ok(false),
            TlsMode::Auto => self.auto(settings)?,
            TlsMode::Files => {
                let certificate = files::read(&self.provider, settings)?;
                self.warn(&files::doubts(&certificate, self.clock.now()));
                Shown {
                    certificate: Some(Arc::new(certificate)),
                    trust: None,
                }
            }
        };
        Ok(self.current.show(next))
    }

    /// Refreshes twice a minute until `stop` is cancelled: addresses come when the network does,
    /// and nobody should wait an hour for it.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(REFRESH_EVERY);
        let mut failed = String::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let tls = Arc::clone(&self);
            let Ok(refreshed) = tokio::task::spawn_blocking(move || tls.refresh()).await else {
                continue;
            };
            if let Ok(true) = refreshed {
                tracing::info!(names = %self.names(), "another certificate is shown");
            }
            let failure = refreshed
                .err()
                .map(|error| format!("{error:#}"))
                .unwrap_or_default();
            if failure != failed && !failure.is_empty() {
                tracing::warn!("the certificate stays as it is: {failure}");
            }
            failed = failure;
        }
    }

    /// The leaf of the local CA that is due now.
    fn auto(&self, settings: &config::Tls) -> anyhow::Result<Shown> {
        // Where phones have set the clock, certificates follow it only so far that they still begin
        // before what is certain: a phone that was right all along takes them.
        let before = u64::try_from(ca::BEFORE.as_millis()).unwrap_or(u64::MAX);
        let latest = self.clock.certain_ms().saturating_add(before);
        let now_ms = self.clock.now_ms().min(latest);
        let fixed = Names::fixed(&settings.names);
        let authority = Authority::open_or_make(&self.folder, &fixed, now_ms)?;
        let (names, mut left_out) = authority.permitted(Names::now(&settings.names));
        // At home nearly every board has public IPv6 addresses that change daily: phones have
        // better ways to it, and the operator can do nothing about them.
        let told = |address: &IpAddr| address.is_ipv4() || fixed.addresses.contains(address);
        left_out.addresses.retain(told);
        self.warn(&doubts(&authority, &left_out, now_ms));

        let shown = self.current.read().certificate.clone();
        let leaf = shown.or_else(|| self.stored_leaf().map(Arc::new));
        let fault = match &leaf {
            Some(leaf) => leaf::fault(leaf, &authority, &names, now_ms),
            None => Some("there is none"),
        };
        let certificate = match (leaf, fault) {
            (Some(leaf), None) => leaf,
            (_, fault) => {
                tracing::info!(reason = fault, %names, "a leaf is issued");
                let pem = leaf::issue(&authority, &names, now_ms)?;
                if let Err(error) = self.folder.write(LEAF, pem.as_bytes(), Access::Owner) {
                    tracing::warn!(%error, "the leaf cannot be stored and is issued anew on the next start");
                }
                Arc::new(Certificate::read(
                    &self.provider,
                    pem.as_bytes(),
                    pem.as_bytes(),
                )?)
            }
        };
        let trust = Trust {
            pem: authority.pem().to_owned(),
            name: authority.name().to_owned(),
            fingerprint: authority.fingerprint().to_owned(),
            words: authority.words().to_owned(),
        };
        Ok(Shown {
            certificate: Some(certificate),
            trust: Some(trust),
        })
    }

    /// The leaf in the data folder. A damaged one is as good as none: nobody trusts a leaf.
    fn stored_leaf(&self) -> Option<Certificate> {
        let pem = self.folder.read(LEAF).ok()??;
        Certificate::read(&self.provider, &pem, &pem).ok()
    }

    /// Warns, unless the same was said the last time.
    fn warn(&self, doubts: &str) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if *warned != doubts {
            doubts.clone_into(&mut warned);
            if !doubts.is_empty() {
                tracing::warn!("{doubts}");
            }
        }
    }
}

/// The names and addresses in the operator's own certificate.
pub fn names_in_files(settings: &config::Tls) -> anyhow::Result<Names> {
    Ok(files::read(&ciphers::provider(), settings)?.names)
}

/// Where key and certificate of the leaf lie in the data folder.
pub const LEAF: &str = "tls/leaf.pem";

const REFRESH_EVERY: Duration = Duration::from_secs(30);

/// Browsers speak HTTP/1.1 over a WebSocket's connection; there is no HTTP/2 here.
const ALPN: &[u8] = b"http/1.1";

fn server_config(
    provider: &Arc<CryptoProvider>,
    current: &Arc<Current>,
) -> anyhow::Result<Arc<ServerConfig>> {
    let mut config = ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .context("no TLS with these ciphers")?
        .with_no_client_auth()
        .with_cert_resolver(Arc::<Current>::clone(current));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.ignore_client_order = true;
    // Tickets live with the phones and not in the board's memory, however many come back at once.
    config.ticketer = Ticketer::new().context("no key for tickets")?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(Arc::new(config))
}

/// What the operator should know about the local CA; empty if all is well.
fn doubts(authority: &Authority, left_out: &Names, now_ms: u64) -> String {
    let days = (authority.not_after() - i64::try_from(now_ms / 1_000).unwrap_or(i64::MAX)) / 86_400;
    let mut doubts = Vec::new();
    if !left_out.is_empty() {
        doubts.push(format!(
            "the local CA may not speak for {left_out}, so phones cannot come that way: add what is missing to \
             tls.names and make a new CA with `madang ca --renew`, or use a certificate of your own"
        ));
    }
    if days < 90 {
        doubts.push(format!(
            "the time of the local CA {}: make a new one with `madang ca --renew`",
            if days < 0 {
                "is over".to_owned()
            } else {
                format!("ends in {days} days")
            },
        ));
    }
    doubts.join("; ")
}
