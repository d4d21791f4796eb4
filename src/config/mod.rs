//! The one configuration: every setting of the gateway, with its default.
//!
//! The documentation of a field *is* the manual of that setting. Values come from flags, then the
//! environment, then the TOML file, then the defaults below; see [`load`]. This module knows no
//! other module: each layer takes the part that concerns it.

mod check;
pub mod limits;
pub mod live;
pub mod load;
mod setting;

pub use limits::{Engine, History, Limits};
pub use live::{Live, Now, Renewed};
pub use load::{Flags, Problems};

use std::fmt;
use std::net::{Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Folder of everything that lasts: the history, the keys, the administration token.
    pub data: PathBuf,
    /// Address of the page and the chat (TLS unless `tls.mode = "off"`).
    pub listen: SocketAddr,
    /// Address of the plain HTTP port, which only redirects, hands out the local CA, and is the
    /// portal where that is on.
    pub listen_plain: SocketAddr,
    /// Title of the page, 1 to 64 characters.
    pub title: String,
    /// Rooms that are there from the start, before anybody has written in them.
    pub rooms: Vec<String>,
    /// When a message is acknowledged to its sender: `stored` (on the card, nothing acknowledged is
    /// ever lost) or `relayed` (at once; a power cut can take the newest with it).
    pub ack: AckWhen,
    /// Certificates.
    pub tls: Tls,
    /// Who may come in.
    pub access: Access,
    /// How phones find the page when they join the board's own Wi-Fi.
    pub portal: Portal,
    /// The board under the gateway.
    pub board: Board,
    /// The log on standard error.
    pub log: Log,
    /// Engine.IO's and Socket.IO's clocks.
    pub engine: Engine,
    /// Ceilings on what peers can make the gateway hold or do.
    pub limits: Limits,
    /// How much of the past is kept.
    pub history: History,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            listen: SocketAddr::from((Ipv6Addr::UNSPECIFIED, 8443)),
            listen_plain: SocketAddr::from((Ipv6Addr::UNSPECIFIED, 8080)),
            title: "madang".to_owned(),
            rooms: Vec::new(),
            ack: AckWhen::default(),
            tls: Tls::default(),
            access: Access::default(),
            portal: Portal::default(),
            board: Board::default(),
            log: Log::default(),
            engine: Engine::default(),
            limits: Limits::default(),
            history: History::default(),
        }
    }
}

/// When a message is acknowledged to its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AckWhen {
    /// After the flush that put it on the card: nothing acknowledged is ever lost.
    #[default]
    Stored,
    /// As soon as it was relayed: faster, but a power cut within
    /// `history.group_ms` and one flush can take an acknowledged message with it.
    Relayed,
}

/// Certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Where the certificate comes from: `auto` (a local CA made on the first start), `files` (the
    /// two below) or `off` (plain HTTP: only behind a reverse proxy that speaks TLS).
    pub mode: TlsMode,
    /// With `mode = "files"`: the certificate chain, PEM, the gateway's own first.
    pub certificate: Option<PathBuf>,
    /// With `mode = "files"`: its private key, PEM.
    pub key: Option<PathBuf>,
    /// Further DNS names or addresses by which phones reach the gateway. They go into the
    /// certificate and are accepted as `Host`.
    pub names: Vec<String>,
}

/// Where the certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// A local CA made on the first start signs a leaf for this host's names and addresses.
    #[default]
    Auto,
    /// `tls.certificate` and `tls.key`.
    Files,
    /// Plain HTTP: only behind a reverse proxy that speaks TLS.
    Off,
}

/// Who may come in.
#[derive(Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Access {
    /// Entry code for the whole gateway; nobody is asked for one if it is absent.
    pub code: Option<String>,
    /// Keys of rooms, by room name: `keys.kitchen = "…"`.
    pub keys: std::collections::BTreeMap<String, String>,
    /// Foreign origins whose pages may use this gateway (CORS), such as `https://example.org`.
    pub origins: Vec<String>,
    /// Take the client's address from `X-Forwarded-For`: only with `tls.mode = "off"` behind a
    /// proxy on this machine.
    pub trust_proxy: bool,
}

/// Without the secrets: a configuration may end up in a log.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("code", &self.code.as_ref().map(|_| "…"))
            .field("keys", &self.keys.keys())
            .field("origins", &self.origins)
            .field("trust_proxy", &self.trust_proxy)
            .finish()
    }
}

/// How phones find the page when they join the board's own Wi-Fi.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Portal {
    /// Answer the probes with which phones look for the Internet: only where this board is the
    /// whole network and its DNS sends every name here.
    pub enabled: bool,
    /// The name of the page in this board's own DNS. Goes into the certificate like `tls.names`.
    pub name: String,
}

impl Default for Portal {
    fn default() -> Self {
        Self {
            enabled: false,
            name: "madang.home.arpa".to_owned(),
        }
    }
}

/// The board under the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Board {
    /// Folder in which the board tells about itself: `leases` (of dnsmasq), `radio.json` (phones
    /// and how many it can take) and `notices.json` (what its owner should know). With it the
    /// system's clock is believed only if a clock chip or the network has set it.
    pub folder: Option<PathBuf>,
    /// How often the card can be written full before it is worn out: by this its life is
    /// estimated. Cheap cards bear some 300 times, those made for it 3,000.
    pub card_cycles: u32,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            folder: None,
            card_cycles: 300,
        }
    }
}

/// The log on standard error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `human` (a line an event, for people) or `json` (an object an event, for machines).
    pub format: LogFormat,
    /// What is logged: a level, or levels by module: `info`, `warn,madang::store=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::default(),
            filter: "info".to_owned(),
        }
    }
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One line an event, for people.
    #[default]
    Human,
    /// One JSON object an event.
    Json,
}
