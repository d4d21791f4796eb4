//! The files for the other programs, which together make the plan true.

mod dnsmasq;
mod gateway;
mod hostapd;
pub(super) mod network;
mod nftables;
mod supplicant;

use serde_json::json;

use super::plan::{Network, Plan};
use crate::folder::Access;

/// One file of the folder that is written at each boot.
pub(super) struct Written {
    /// Its name there.
    pub(super) name: &'static str,
    /// What it says; `None` if it must not be there: the unit that needs it does not start then.
    pub(super) content: Option<String>,
    /// Who may read it.
    pub(super) access: Access,
}

/// The address of the box in its own Wi-Fi.
pub(super) const ADDRESS: &str = "10.42.0.1";

/// What hostapd goes by.
pub(super) const HOSTAPD: &str = "hostapd.conf";

/// The page's name in the box's own DNS, below the name that is kept for homes (RFC 8375): browsers
/// take it for a name and no search, and no resolver on a phone treats it as it does `.local`.
pub(super) const PAGE: &str = "madang.home.arpa";

/// All of them.
pub(super) fn of(plan: &Plan) -> Vec<Written> {
    let own = match &plan.network {
        Network::Own(own) => Some(own),
        _ => None,
    };
    let file = |name, content, access| Written {
        name,
        content,
        access,
    };
    let keys = plan.ssh_keys.join("\n") + "\n";
    vec![
        file(
            "gateway.env",
            Some(gateway::environment(plan)),
            Access::Owner,
        ),
        file(
            HOSTAPD,
            own.map(|own| hostapd::configuration(plan, own)),
            Access::Owner,
        ),
        file(
            "dnsmasq.conf",
            own.map(|_| dnsmasq::configuration()),
            Access::Everybody,
        ),
        file(
            "wpa_supplicant.conf",
            supplicant::configuration(plan),
            Access::Owner,
        ),
        file(
            "nftables.conf",
            Some(nftables::rules(plan)),
            Access::Everybody,
        ),
        file("radio.json", own.map(|_| radio(plan)), Access::Everybody),
        file(
            "authorized_keys",
            (!plan.ssh_keys.is_empty()).then_some(keys),
            Access::Owner,
        ),
    ]
}

/// What the gateway knows of the radio before the first phone comes.
fn radio(plan: &Plan) -> String {
    let chip = plan.radio.map(|radio| radio.chip);
    let capacity = plan.radio.map(|radio| radio.capacity);
    json!({ "chip": chip, "capacity": capacity, "phones": 0 }).to_string()
}

/// Bytes as the configurations of hostapd and `wpa_supplicant` take them when they may be any.
fn hex(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
