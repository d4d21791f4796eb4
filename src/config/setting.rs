//! The table of all settings: their keys, what each may be, and what a wrong one is told.
//!
//! It has no defaults (those are [`super::Config`]'s) and no manual (the fields' documentation). A
//! test compares the table with the fields, so that neither can have a setting that the other lacks.

use std::net::SocketAddr;

use toml::{Table, Value};

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its key in the TOML file, with the sections: `limits.text_chars`.
    pub(super) key: &'static str,
    /// What it may be.
    pub(super) kind: Kind,
}

/// What a setting may be.
#[derive(Debug)]
pub(super) enum Kind {
    /// A whole number from … to ….
    Number(i64, i64),
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A text that is not empty.
    Text,
    /// A text that is not empty and is never shown.
    Secret,
    /// An IP address with a port.
    Address,
    /// Texts; in the environment separated by commas.
    List,
    /// A section of texts under names of the operator's choice, which are never shown; in the
    /// environment `name=text`, separated by commas.
    Secrets,
    /// A section of rooms, with limits of its own for each; in the environment an inline table of
    /// TOML.
    Rooms,
}

use Kind::{Address, Choice, List, Number, Rooms, Secret, Secrets, Switch, Text};

/// Every setting, in the order of the manual.
pub(super) const SETTINGS: &[Setting] = &[
    set("data", Text),
    set("listen", Address),
    set("listen_plain", Address),
    set("title", Text),
    set("rooms", List),
    set("ack", Choice(&["stored", "relayed"])),
    set("tls.mode", Choice(&["auto", "files", "off"])),
    set("tls.certificate", Text),
    set("tls.key", Text),
    set("tls.names", List),
    set("access.code", Secret),
    set("access.keys", Secrets),
    set("access.origins", List),
    set("access.trust_proxy", Switch),
    set("portal.enabled", Switch),
    set("portal.name", Text),
    set("board.folder", Text),
    set("board.card_cycles", Number(1, MILLION)),
    set("log.format", Choice(&["human", "json"])),
    set("log.filter", Text),
    set("engine.ping_interval_ms", Number(10, HOUR_MS)),
    set("engine.ping_timeout_ms", Number(10, HOUR_MS)),
    set("engine.connect_timeout_ms", Number(10, HOUR_MS)),
    set("engine.upgrade_timeout_ms", Number(10, HOUR_MS)),
    set("engine.ack_timeout_ms", Number(10, HOUR_MS)),
    set("limits.sessions", Number(1, MILLION)),
    set("limits.sessions_per_address", Number(1, MILLION)),
    set("limits.packet_bytes", Number(KIB, MIB)),
    set("limits.attachments", Number(0, 1_000)),
    // serde_json itself stops at 128.
    set("limits.nesting", Number(2, 127)),
    set("limits.inbound_bytes", Number(KIB, GIB)),
    set("limits.outbox_bytes", Number(KIB, GIB)),
    set("limits.outbox_total_bytes", Number(KIB, 64 * GIB)),
    set("limits.rooms", Number(1, MILLION)),
    set("limits.rooms_stored", Number(1, MILLION)),
    set("limits.members_per_room", Number(1, MILLION)),
    set("limits.rooms_per_session", Number(1, MILLION)),
    set("limits.text_chars", Number(1, MILLION)),
    set("limits.room_name_chars", Number(1, 256)),
    set("limits.name_chars", Number(1, 256)),
    set("limits.messages_per_second", Number(1, MILLION)),
    set("limits.message_burst", Number(1, MILLION)),
    set("limits.address_factor", Number(1, 1_000)),
    set("limits.wrong_keys_per_minute", Number(1, MILLION)),
    set("limits.first_byte_seconds", Number(1, 3_600)),
    set("limits.header_seconds", Number(1, 3_600)),
    set("limits.handshake_seconds", Number(1, 3_600)),
    set("history.messages_per_room", Number(1, 100 * MILLION)),
    set("history.days", Number(1, 36_500)),
    set("history.messages", Number(1, 100 * MILLION)),
    set("history.bytes", Number(MIB, 1_024 * GIB)),
    set("history.rooms", Rooms),
    set("history.ring_messages", Number(1, MILLION)),
    set("history.ring_bytes", Number(KIB, GIB)),
    set("history.ring_total_bytes", Number(KIB, 64 * GIB)),
    set("history.page_messages", Number(1, 1_000)),
    set("history.page_bytes", Number(KIB, MIB)),
    set("history.group_ms", Number(0, 10_000)),
    set("history.group_messages", Number(1, 10_000)),
];

/// What can be set of one room in `history.rooms`.
const ROOM: &[Setting] = &[
    set("messages", Number(1, 100 * MILLION)),
    set("days", Number(1, 36_500)),
    set("bytes", Number(1, 1_024 * GIB)),
];

const HOUR_MS: i64 = 3_600_000;
const MILLION: i64 = 1_000_000;
const KIB: i64 = 1 << 10;
const MIB: i64 = 1 << 20;
const GIB: i64 = 1 << 30;

const fn set(key: &'static str, kind: Kind) -> Setting {
    Setting { key, kind }
}

impl Setting {
    /// The setting of that key.
    pub(super) fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// Its variable in the environment: `MADANG_` and the key, in capitals, dots as underscores.
    pub(super) fn variable(&self) -> String {
        format!("MADANG_{}", self.key.to_uppercase().replace('.', "_"))
    }
}

/// Whether some setting lies in the section of that name.
pub(super) fn is_section(name: &str) -> bool {
    sections().any(|section| section == name)
}

/// The names of the sections.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    SETTINGS
        .iter()
        .filter_map(|setting| Some(setting.key.split_once('.')?.0))
}

impl Kind {
    /// Whether a value of the TOML file will do; if not, what was expected and what was found.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        let fits = match (self, value) {
            (Number(least, most), Value::Integer(number)) => (least..=most).contains(&number),
            (Choice(words), Value::String(word)) => words.contains(&word.as_str()),
            (Text | Secret, Value::String(text)) => !text.trim().is_empty(),
            (Address, Value::String(text)) => text.parse::<SocketAddr>().is_ok(),
            (Switch, Value::Boolean(_)) => true,
            (List, Value::Array(items)) => items.iter().all(is_text),
            (Secrets, Value::Table(table)) => table.values().all(is_text),
            (Rooms, Value::Table(rooms)) => return rooms.iter().try_for_each(check_room),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let found = match self {
            Secret | Secrets => "is something else",
            _ => &format!("is {}", describe(value)),
        };
        Err(format!("has to be {}, but {found}", self.expected()))
    }

    /// Reads a value from a flag or a variable; if it will not do, what was expected and found.
    pub(super) fn read(&self, text: &str) -> Result<Value, String> {
        let typed = match self {
            Number(..) => text.replace('_', "").parse().ok().map(Value::Integer),
            Switch => text.parse().ok().map(Value::Boolean),
            Choice(_) | Text | Secret | Address => None,
            List => Some(Value::Array(
                parts(text)
                    .map(|part| Value::String(part.to_owned()))
                    .collect(),
            )),
            Secrets => parts(text)
                .map(|part| part.split_once('='))
                .map(|pair| {
                    pair.map(|(name, key)| (name.to_owned(), Value::String(key.to_owned())))
                })
                .collect::<Option<Table>>()
                .map(Value::Table),
            Rooms => toml::from_str(&format!("rooms = {text}"))
                .ok()
                .and_then(|mut table: Table| table.remove("rooms")),
        };
        let value = typed.unwrap_or_else(|| Value::String(text.to_owned()));
        self.check(&value).map(|()| value)
    }

    fn expected(&self) -> String {
        match self {
            Number(least, most) => format!("a whole number from {least} to {most}"),
            Switch => "true or false".to_owned(),
            Choice(words) => words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" or "),
            Text | Secret => "a text that is not empty".to_owned(),
            Address => {
                "an IP address with a port, such as \"[::]:8443\" (everywhere) or \"127.0.0.1:8443\" (this machine only)"
                    .to_owned()
            }
            List => "a list of texts".to_owned(),
            Rooms => "a section for each room, such as { kitchen = { days = 7 } }".to_owned(),
            Secrets => "a name and a text that is not empty for each (in the environment: name=text,name=text)".to_owned(),
        }
    }
}

/// Checks the limits of one room.
fn check_room((room, limits): (&String, &Value)) -> Result<(), String> {
    let Value::Table(limits) = limits else {
        return Rooms.check(limits);
    };
    for (key, value) in limits {
        let Some(setting) = ROOM.iter().find(|setting| setting.key == key) else {
            let hint = did_you_mean(nearest(key, ROOM.iter().map(|setting| setting.key)));
            return Err(format!(
                "has \"{key}\" for {room:?}, which is not a setting of a room{hint}"
            ));
        };
        setting
            .kind
            .check(value)
            .map_err(|reason| format!("for {room:?}: {key} {reason}"))?;
    }
    Ok(())
}

/// The end of a sentence about an unknown word.
pub(super) fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean \"{nearest}\"?"))
        .unwrap_or_default()
}

/// The known word that is nearest to an unknown one, if one is near at all. The last part of a key
/// counts as well, so that a setting in the wrong section is found.
pub(super) fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |known: &str| {
        let last = known.rsplit('.').next().unwrap_or(known);
        strsim::normalized_damerau_levenshtein(unknown, known)
            .max(strsim::normalized_damerau_levenshtein(unknown, last))
    };
    known
        .map(|known| (likeness(known), known))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// A value in the words of the person who wrote it.
fn describe(value: &Value) -> String {
    match value {
        Value::String(text) if text.trim().is_empty() => "empty".to_owned(),
        Value::String(text) => format!("{:?}", text.chars().take(60).collect::<String>()),
        Value::Integer(number) => format!("the number {number}"),
        Value::Float(number) => format!("the number {number}"),
        Value::Boolean(switch) => switch.to_string(),
        Value::Datetime(date) => format!("the date {date}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a section".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The manual holds the fields (`tests/manual.rs`); here: and the table holds no more than it.
    #[test]
    fn the_table_has_no_setting_that_the_manual_lacks() {
        let manual = include_str!("../../systemd/madang.toml");
        for setting in SETTINGS {
            let name = setting.key.rsplit('.').next().unwrap();
            let there = manual.contains(&format!("\n#{name} = "))
                || manual.contains(&format!("\n##{name} = "))
                || manual.contains(&format!("\n[{}]\n", setting.key));
            assert!(there, "{}", setting.key);
        }
    }

    #[test]
    fn no_two_settings_share_a_variable() {
        let mut variables: Vec<_> = SETTINGS.iter().map(Setting::variable).collect();
        variables.sort();
        variables.dedup();
        assert_eq!(variables.len(), SETTINGS.len());
    }
}
