//! What the owner wants, as far as it could be understood.

use std::collections::BTreeMap;

use super::key::{self, KEYS, World};
use super::problem::{Problem, Wrong};
use super::text::Line;
use super::value;

/// The settings of `madang.txt`; what was not said, or not said rightly, is `None` or empty.
/// It has no `Debug`: half of it is secret.
#[derive(Default)]
pub struct Wishes {
    /// What the box does with its radio.
    pub wifi: Option<Radio>,
    /// The name of its own Wi-Fi.
    pub wifi_name: Option<String>,
    /// The passphrase of its own Wi-Fi.
    pub wifi_passphrase: Option<String>,
    /// The country, in two capitals.
    pub country: Option<String>,
    /// The channel.
    pub channel: Option<u8>,
    /// The title of the page.
    pub title: Option<String>,
    /// The entry code.
    pub code: Option<String>,
    /// The first rooms.
    pub rooms: Vec<String>,
    /// The time zone.
    pub time_zone: Option<String>,
    /// Who may log in: public keys.
    pub ssh_keys: Vec<String>,
    /// The name in a network of others: `NAME.local`.
    pub host_name: Option<String>,
    /// The Wi-Fi to join instead of opening one.
    pub join_name: Option<String>,
    /// Its passphrase.
    pub join_passphrase: Option<String>,
    /// In which line each key was said last.
    lines: BTreeMap<&'static str, usize>,
}

/// What the box does with its radio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Radio {
    /// Opens a Wi-Fi with a passphrase.
    Own,
    /// Opens a Wi-Fi that everybody can join.
    Open,
    /// Nothing: Ethernet only.
    Off,
}

impl Wishes {
    /// Understands the lines, by the table of keys.
    pub fn of(lines: &[Line], world: &World, problems: &mut Vec<Problem>) -> Self {
        let mut wishes = Self::default();
        for line in lines {
            let Some(key) = KEYS.iter().find(|key| key.name == line.key) else {
                let (found, nearest) = (value::shortened(&line.key), key::nearest(&line.key));
                problems.push(Wrong::UnknownKey(found, nearest).at(line.number));
                continue;
            };
            let before = wishes.lines.insert(key.name, line.number);
            if let Some((before, clear)) = before.zip(key.clear) {
                clear(&mut wishes);
                problems.push(Wrong::Twice(key.name, before).at(line.number));
            }
            if let Err(reason) =
                value::visible(&line.value).and_then(|text| (key.read)(&mut wishes, text, world))
            {
                problems.push(Wrong::Value(key, reason).at(line.number));
            }
        }
        wishes
    }

    /// The line in which a key was said last.
    pub fn line(&self, key: &str) -> Option<usize> {
        self.lines.get(key).copied()
    }
}
