//! hostapd: the box's own Wi-Fi.

use super::hex;
use crate::board::country;
use crate::board::plan::{Own, Plan};

/// The configuration, for the first radio.
pub(super) fn configuration(plan: &Plan, own: &Own) -> String {
    let mut lines = vec![
        "interface=wlan0".to_owned(),
        "driver=nl80211".to_owned(),
        "ctrl_interface=/run/hostapd".to_owned(),
        // In hexadecimal digits no letter of a name can mean anything else.
        format!("ssid2={}", hex(&own.name)),
        "utf8_ssid=1".to_owned(),
        format!(
            "hw_mode={}",
            if country::is_five_ghz(own.channel) {
                "a"
            } else {
                "g"
            }
        ),
        format!("channel={}", own.channel),
        "ieee80211n=1".to_owned(),
        "wmm_enabled=1".to_owned(),
        "auth_algs=1".to_owned(),
        // Phones talk with the gateway, never with one another.
        "ap_isolate=1".to_owned(),
        // A phone that sleeps misses frames; that is no reason to send it away.
        "disassoc_low_ack=0".to_owned(),
    ];
    if let Some(country) = &plan.country {
        lines.push(format!("country_code={country}"));
        lines.push("ieee80211d=1".to_owned());
    }
    if let Some(radio) = plan.radio {
        // One more would take the firmware down, and everybody with it.
        lines.push(format!("max_num_sta={}", radio.capacity));
    }
    if let Some(passphrase) = &own.passphrase {
        // WPA2: the Pi's chips cannot open a Wi-Fi with WPA3.
        lines.push("wpa=2".to_owned());
        lines.push("wpa_key_mgmt=WPA-PSK".to_owned());
        lines.push("rsn_pairwise=CCMP".to_owned());
        lines.push(format!("wpa_passphrase={passphrase}"));
    }
    lines.join("\n") + "\n"
}
