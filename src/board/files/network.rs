//! systemd-networkd: the address of the radio. Ethernet has a file of its own in the package.

use super::ADDRESS;
use crate::board::plan::{Network, Plan};

/// The file for the first radio.
pub(in crate::board) fn wifi(plan: &Plan) -> String {
    let how = match plan.network {
        Network::Own(_) => format!(
            "Address={ADDRESS}/24\nConfigureWithoutCarrier=yes\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"
        ),
        Network::Join(..) => {
            "DHCP=yes\nLinkLocalAddressing=yes\nMulticastDNS=no\n\n[DHCPv4]\nClientIdentifier=mac\n"
                .to_owned()
        }
        Network::Wired => "DHCP=no\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n".to_owned(),
    };
    format!("[Match]\nName=wlan0\n\n[Link]\nRequiredForOnline=no\n\n[Network]\n{how}")
}
