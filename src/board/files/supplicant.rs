//! `wpa_supplicant`: a Wi-Fi that is there already.

use super::hex;
use crate::board::plan::{Network, Plan};

/// The configuration, if one is to be joined.
pub(super) fn configuration(plan: &Plan) -> Option<String> {
    let Network::Join(name, passphrase) = &plan.network else {
        return None;
    };
    let country = plan
        .country
        .as_ref()
        .map(|country| format!("country={country}\n"));
    let key = match passphrase {
        // It ends with the last quotation mark of the line: one within is part of it.
        Some(passphrase) => format!("key_mgmt=WPA-PSK\n\tpsk=\"{passphrase}\""),
        None => "key_mgmt=NONE".to_owned(),
    };
    Some(format!(
        "ctrl_interface=/run/wpa_supplicant\n{}network={{\n\tssid={}\n\tscan_ssid=1\n\t{key}\n}}\n",
        country.unwrap_or_default(),
        hex(name),
    ))
}
