//! The settings while the gateway runs: which of them may change then, and the place where those who
//! ask at each use find them.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use serde::Deserialize;
use toml::{Table, Value};

use super::setting::SETTINGS;
use super::{Config, Problems};

/// The settings in force. Whoever keeps a part of them for himself goes on with what was at the start.
#[derive(Debug)]
pub struct Live(ArcSwap<Config>);

/// The settings as they were at one moment. To be held for one step, not across a wait.
pub type Now = Guard<Arc<Config>>;

impl Live {
    /// These are in force.
    pub fn new(config: Config) -> Self {
        Self(ArcSwap::from_pointee(config))
    }

    /// What is in force.
    pub fn now(&self) -> Now {
        self.0.load()
    }

    /// From now on these are in force.
    pub fn replace(&self, config: Config) {
        self.0.store(Arc::new(config));
    }
}

/// Settings to go on with, and what has become of those that were asked for.
#[derive(Debug)]
pub struct Renewed {
    /// The settings to go on with.
    pub config: Config,
    /// The keys of those that change.
    pub changed: Vec<&'static str>,
    /// The keys of those that a restart would change.
    pub waiting: Vec<&'static str>,
}

impl Config {
    /// Takes from `wanted` what may change while the gateway runs, if it goes together with the rest.
    pub fn renewed(&self, wanted: &Self) -> Result<Renewed, Problems> {
        let (mut values, wanted) = (self.values()?, wanted.values()?);
        let (mut changed, mut waiting) = (Vec::new(), Vec::new());
        for key in SETTINGS.iter().map(|setting| setting.key) {
            let (section, name) = key.split_once('.').unwrap_or(("", key));
            let new = place(&wanted, section).and_then(|values| values.get(name));
            let old = place(&values, section).and_then(|values| values.get(name));
            if old == new {
                continue;
            }
            if !LIVE.contains(&key) {
                waiting.push(key);
                continue;
            }
            changed.push(key);
            let values = match section {
                "" => Some(&mut values),
                section => values.get_mut(section).and_then(Value::as_table_mut),
            };
            match (values, new) {
                (Some(values), Some(new)) => drop(values.insert(name.to_owned(), new.clone())),
                (Some(values), None) => drop(values.remove(name)),
                (None, _) => {}
            }
        }
        let config = Self::deserialize(values).map_err(Problems::of)?;
        config.check()?;
        Ok(Renewed {
            config,
            changed,
            waiting,
        })
    }

    fn values(&self) -> Result<Table, Problems> {
        Table::try_from(self).map_err(Problems::of)
    }
}

fn place<'a>(values: &'a Table, section: &str) -> Option<&'a Table> {
    match section {
        "" => Some(values),
        section => values.get(section).and_then(Value::as_table),
    }
}

/// The keys of the settings that may change while the gateway runs. The head of
/// `systemd/madang.toml` lists them for the operator.
pub const LIVE: &[&str] = &[
    "title",
    "rooms",
    "tls.certificate",
    "tls.key",
    "tls.names",
    "access.code",
    "access.keys",
    "log.filter",
    "limits.rooms",
    "limits.members_per_room",
    "limits.rooms_per_session",
    "limits.text_chars",
    "history.messages_per_room",
    "history.days",
    "history.messages",
    "history.bytes",
    "history.rooms",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::AckWhen;
    use crate::config::limits::RoomHistory;

    #[test]
    fn what_may_change_is_taken_and_what_may_not_is_named() {
        let now = Config::default();
        let mut wanted = now.clone();
        wanted.title = "harbour".to_owned();
        wanted.access.code = Some("sesame".to_owned());
        wanted.history.rooms.insert(
            "kitchen".to_owned(),
            RoomHistory {
                days: Some(7),
                ..RoomHistory::default()
            },
        );
        wanted.ack = AckWhen::Relayed;
        wanted.limits.sessions = 7;
        let renewed = now.renewed(&wanted).unwrap();
        assert_eq!(renewed.changed, ["title", "access.code", "history.rooms"]);
        assert_eq!(renewed.waiting, ["ack", "limits.sessions"]);
        wanted.ack = now.ack;
        wanted.limits.sessions = now.limits.sessions;
        assert_eq!(renewed.config, wanted);

        let back = wanted.renewed(&now).unwrap();
        assert_eq!(back.config, now, "what was taken away is gone again");
        assert!(now.renewed(&now).unwrap().changed.is_empty());
    }

    #[test]
    fn what_does_not_go_together_with_what_waits_changes_nothing() {
        let now = Config::default();
        let mut wanted = now.clone();
        wanted.limits.text_chars *= 10;
        wanted.limits.packet_bytes *= 10;
        let problems = now.renewed(&wanted).unwrap_err();
        assert!(problems.to_string().contains("limits.packet_bytes"));
    }

    #[test]
    fn every_key_that_may_change_is_one_of_a_setting() {
        for key in LIVE {
            assert!(SETTINGS.iter().any(|setting| setting.key == *key), "{key}");
        }
    }
}
