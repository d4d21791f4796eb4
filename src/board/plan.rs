//! What the box will do: the owner's wishes where they can be had, safe defaults for the rest.

use super::country::{self, Regulations, Verdict};
use super::identity::Identity;
use super::key::{JOIN_PASSPHRASE, PASSPHRASE};
use super::problem::{Problem, Wrong};
use super::radio::Radio;
use super::reason::Reason;
use super::wishes::{self, Wishes};

/// Everything that the files for the other programs say. It has no `Debug`: half of it is secret.
pub struct Plan {
    /// The title of the page.
    pub title: String,
    /// The entry code, if there is one.
    pub code: Option<String>,
    /// The first rooms.
    pub rooms: Vec<String>,
    /// The time zone of the log.
    pub time_zone: String,
    /// Who may log in.
    pub ssh_keys: Vec<String>,
    /// The name in a network of others.
    pub host_name: String,
    /// The country, if it is known.
    pub country: Option<String>,
    /// What is done with the radio.
    pub network: Network,
    /// The radio, if the board's own is known.
    pub radio: Option<Radio>,
}

/// How phones reach the box, besides Ethernet.
pub enum Network {
    /// By its own Wi-Fi.
    Own(Own),
    /// By a Wi-Fi that is there; without a passphrase it is an open one.
    Join(String, Option<String>),
    /// By Ethernet only.
    Wired,
}

/// The box's own Wi-Fi.
pub struct Own {
    /// Its name, at most 32 bytes.
    pub name: String,
    /// Its passphrase; an open one has none.
    pub passphrase: Option<String>,
    /// Its channel, which the country permits.
    pub channel: u8,
}

impl Plan {
    /// Decides.
    pub fn of(
        wishes: Wishes,
        identity: &Identity,
        radio: Option<Radio>,
        regulations: &Regulations,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let joined = joined(&wishes, problems);
        contradictions(&wishes, joined.is_some(), problems);
        let code = code(&wishes, identity, problems);
        let network = if let Some(name) = joined {
            Network::Join(name, wishes.join_passphrase)
        } else if wishes.wifi == Some(wishes::Radio::Off) {
            Network::Wired
        } else {
            let open = wishes.wifi == Some(wishes::Radio::Open);
            let channel = channel(&wishes, identity, radio, regulations, problems);
            let own = || identity.passphrase.clone();
            Network::Own(Own {
                name: wishes
                    .wifi_name
                    .unwrap_or_else(|| format!("madang-{}", identity.suffix())),
                passphrase: (!open).then(|| wishes.wifi_passphrase.unwrap_or_else(own)),
                channel,
            })
        };
        Self {
            title: wishes.title.unwrap_or_else(|| "madang".to_owned()),
            code,
            rooms: wishes.rooms,
            time_zone: wishes.time_zone.unwrap_or_else(|| "Etc/UTC".to_owned()),
            ssh_keys: wishes.ssh_keys,
            host_name: wishes.host_name.unwrap_or_else(|| HOST_NAME.to_owned()),
            country: wishes.country,
            network,
            radio,
        }
    }
}

impl Plan {
    /// Takes what every radio can have instead of what this one would not open a Wi-Fi with, and says so.
    /// The database of the kernel permits what the firmware of a chip may refuse.
    pub(super) fn yield_to_radio(&mut self, identity: &Identity) -> Option<Problem> {
        let Network::Own(own) = &mut self.network else {
            return None;
        };
        let instead = usual(identity);
        let (asked, country) = (own.channel, self.country.take());
        own.channel = instead;
        let changed = asked != instead || country.is_some();
        let wrong = if changed {
            Wrong::Refused(asked, country.unwrap_or_else(|| "-".to_owned()), instead)
        } else {
            Wrong::NoWifi
        };
        Some(wrong.everywhere())
    }
}

/// Of the three channels that do not overlap each box has its own, so that two of them rarely meet.
fn usual(identity: &Identity) -> u8 {
    [1, 6, 11][identity.choose(3)]
}

/// The entry code: the box's own where one may have been wished for and none was understood.
fn code(wishes: &Wishes, identity: &Identity, problems: &[Problem]) -> Option<String> {
    let hidden = problems.iter().any(|it| it.wrong.may_hide_a_code());
    let own = || hidden.then(|| identity.code.clone());
    wishes.code.clone().or_else(own)
}

/// The Wi-Fi to join, unless it may have a passphrase that was not understood: an open one of that name
/// would be somebody else's. People call a passphrase many things.
fn joined(wishes: &Wishes, problems: &[Problem]) -> Option<String> {
    let said = |key| wishes.line(key).is_some();
    let hidden = || problems.iter().any(|it| it.wrong.may_hide_a_setting());
    let spoilt =
        wishes.join_passphrase.is_none() && (said(JOIN_PASSPHRASE) || said(PASSPHRASE) || hidden());
    wishes.join_name.clone().filter(|_| !spoilt)
}

/// Says what was set in vain.
fn contradictions(wishes: &Wishes, joins: bool, problems: &mut Vec<Problem>) {
    let mut vain = |key, other, is_vain: bool| {
        if let Some(line) = wishes.line(key).filter(|_| is_vain) {
            problems.push(Wrong::Vain(key, other).at(line));
        }
    };
    let unjoined = wishes.join_name.is_some() && !joins;
    let told = wishes.line(JOIN_PASSPHRASE).is_some();
    vain(JOIN_NAME, JOIN_PASSPHRASE, unjoined && !told);
    vain(JOIN_PASSPHRASE, JOIN_NAME, wishes.line(JOIN_NAME).is_none());
    vain("wifi", JOIN_NAME, joins);
    vain("wifi-name", JOIN_NAME, joins);
    vain(PASSPHRASE, JOIN_NAME, joins);
    let open = wishes.wifi == Some(wishes::Radio::Open);
    vain(PASSPHRASE, "wifi", open && !joins);
}

/// The channel that was asked for if it may be had; else the nearest that may.
fn channel(
    wishes: &Wishes,
    identity: &Identity,
    radio: Option<Radio>,
    regulations: &Regulations,
    problems: &mut Vec<Problem>,
) -> u8 {
    let country = wishes.country.as_deref().unwrap_or("00");
    let usual = regulations.nearest(country, usual(identity));
    let Some(asked) = wishes.channel else {
        return usual;
    };
    let lacks_band = country::is_five_ghz(asked) && radio.is_some_and(|radio| !radio.five_ghz);
    let (reason, instead) = match regulations.verdict(country, asked) {
        _ if lacks_band => (Reason::Band, usual),
        Verdict::Permitted => return asked,
        Verdict::Radar => (
            Reason::Radar(country.to_owned()),
            regulations.nearest(country, asked),
        ),
        Verdict::Forbidden => (
            Reason::Forbidden(country.to_owned()),
            regulations.nearest(country, asked),
        ),
    };
    let problem = Wrong::Channel(asked, reason, instead);
    problems.push(Problem {
        line: wishes.line("channel"),
        wrong: problem,
    });
    instead
}

/// The name in a network of others that a box has by itself.
pub(super) const HOST_NAME: &str = "madang";

const JOIN_NAME: &str = "join-wifi-name";
