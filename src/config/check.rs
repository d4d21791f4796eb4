//! Checks that the settings go together, and says so in a sentence where they do not.
//!
//! What one setting alone may be stands in [`super::setting`].

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use tracing_subscriber::filter::Targets;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::{Config, TlsMode};

/// What a frame is larger than the messages in it: names, the room, its first 50 members.
const ENVELOPE_BYTES: usize = 16 << 10;

impl Config {
    /// Bytes of the largest thing that is ever queued for a session in one piece.
    pub fn largest_frame(&self) -> usize {
        self.limits.packet_bytes.max(self.history.page_bytes) + ENVELOPE_BYTES
    }
}

/// Brings names into the one form in which they are compared. With the portal its name is one more of
/// `tls.names`.
pub(super) fn normalise(config: &mut Config) {
    by_nfc(&mut config.access.keys);
    by_nfc(&mut config.history.rooms);
    for name in config.tls.names.iter_mut().chain([&mut config.portal.name]) {
        *name = name.trim().to_ascii_lowercase();
    }
    let portal = &config.portal;
    if portal.enabled && !config.tls.names.contains(&portal.name) {
        config.tls.names.push(portal.name.clone());
    }
    for room in &mut config.rooms {
        *room = room.trim().nfc().collect();
    }
}

/// Names of rooms are compared in Unicode's composed form, however a keyboard has typed them.
fn by_nfc<T>(rooms: &mut BTreeMap<String, T>) {
    let typed = std::mem::take(rooms);
    *rooms = typed
        .into_iter()
        .map(|(room, value)| (room.nfc().collect(), value))
        .collect();
}

/// Everything that does not go together, a sentence each.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    let mut unless = |right: bool, sentence: &dyn Fn() -> String| {
        if !right {
            problems.push(sentence());
        }
    };
    addresses(config, &mut unless);
    names(config, &mut unless);
    sizes(config, &mut unless);
    problems
}

/// Takes what has to hold and the sentence for when it does not.
type Unless<'a> = dyn FnMut(bool, &dyn Fn() -> String) + 'a;

fn addresses(config: &Config, unless: &mut Unless) {
    let (listen, plain, tls) = (config.listen, config.listen_plain, &config.tls);
    unless(!collide(listen, plain), &|| {
        format!(
            "listen ({listen}) and listen_plain ({plain}) cannot share a port: choose another for one of them"
        )
    });
    let files = tls.mode == TlsMode::Files;
    unless(
        !files || tls.certificate.is_some() && tls.key.is_some(),
        &|| {
            "tls.mode = \"files\" needs tls.certificate and tls.key, the paths of two PEM files"
                .to_owned()
        },
    );
    unless(
        !config.access.trust_proxy || tls.mode == TlsMode::Off,
        &|| {
            "access.trust_proxy needs tls.mode = \"off\": otherwise any client could claim any address".to_owned()
        },
    );
    for name in &tls.names {
        unless(is_host(name), &|| {
            format!(
                "tls.names: {name:?} is neither a DNS name such as \"chat.example.org\" nor an IP address"
            )
        });
    }
    unless(is_host(&config.portal.name), &|| {
        format!(
            "portal.name: {:?} is not a DNS name such as \"madang.home.arpa\"",
            config.portal.name
        )
    });
    unless(!config.portal.enabled || tls.mode != TlsMode::Off, &|| {
        "portal.enabled needs TLS: with tls.mode = \"off\" there is no plain port to answer on"
            .to_owned()
    });
    for origin in &config.access.origins {
        unless(is_origin(origin), &|| {
            format!(
                "access.origins: {origin:?} is not an origin such as \"https://chat.example.org\" (no path, no slash at the end)"
            )
        });
    }
}

fn names(config: &Config, unless: &mut Unless) {
    let title = config.title.graphemes(true).count();
    unless(title <= 64, &|| {
        format!("title has {title} characters, more than 64")
    });
    let most = config.limits.room_name_chars;
    let keys = config.access.keys.keys().map(|room| ("access.keys", room));
    let rooms = config
        .history
        .rooms
        .keys()
        .map(|room| ("history.rooms", room));
    let first = config.rooms.iter().map(|room| ("rooms", room));
    for (setting, room) in keys.chain(rooms).chain(first) {
        let visible =
            room.trim() == room && !room.is_empty() && !room.chars().any(char::is_control);
        unless(visible && room.graphemes(true).count() <= most, &|| {
            format!(
                "{setting}: {room:?} is not the name of a room (1 to {most} visible characters)"
            )
        });
    }
    let filter = config.log.filter.parse::<Targets>();
    unless(filter.is_ok(), &|| {
        format!(
            "log.filter: {:?} is not a filter such as \"info\" or \"warn,madang=debug\"",
            config.log.filter
        )
    });
}

fn sizes(config: &Config, unless: &mut Unless) {
    let (limits, history) = (&config.limits, &config.history);
    let frame = config.largest_frame();
    unless(limits.outbox_bytes >= 2 * frame, &|| {
        format!(
            "limits.outbox_bytes ({}) has to be at least {}, twice the largest frame (limits.packet_bytes or history.page_bytes and {ENVELOPE_BYTES}), \
             or a slow client could never read a room of large messages to its end",
            limits.outbox_bytes,
            2 * frame,
        )
    });
    let mut at_least = |name: &str, has: usize, other: &str, least: usize| {
        unless(has >= least, &|| {
            format!("{name} ({has}) has to be at least {other} ({least})")
        });
    };
    at_least(
        "limits.outbox_total_bytes",
        limits.outbox_total_bytes,
        "limits.outbox_bytes",
        limits.outbox_bytes,
    );
    at_least(
        "limits.inbound_bytes",
        limits.inbound_bytes,
        "limits.packet_bytes",
        limits.packet_bytes,
    );

    at_least(
        "history.ring_bytes",
        history.ring_bytes,
        "the largest frame",
        frame,
    );
    at_least(
        "history.ring_total_bytes",
        history.ring_total_bytes,
        "history.ring_bytes",
        history.ring_bytes,
    );
    let text = limits.text_chars.saturating_mul(4);
    at_least(
        "limits.packet_bytes",
        limits.packet_bytes,
        "four bytes for each of limits.text_chars",
        text,
    );
}

/// Whether two listeners would want the same port. Port 0 is always another one.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let everywhere = |ip: IpAddr| ip.is_unspecified();
    one.port() == other.port()
        && one.port() != 0
        && (one.ip() == other.ip() || everywhere(one.ip()) || everywhere(other.ip()))
}

fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.parse::<IpAddr>().is_ok() || name.len() <= 253 && name.split('.').all(label)
}

fn is_origin(origin: &str) -> bool {
    origin.parse::<hyper::Uri>().is_ok_and(|uri| {
        let scheme = uri.scheme_str();
        matches!(scheme, Some("https" | "http"))
            && uri.authority().is_some_and(|authority| {
                format!("{}://{authority}", scheme.unwrap_or_default()) == origin
                    && !authority.as_str().contains('@')
            })
    })
}
