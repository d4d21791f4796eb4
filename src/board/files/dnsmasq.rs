//! dnsmasq: addresses for the phones of the box's own Wi-Fi, and every name is the box.

use super::ADDRESS;
use crate::board::place::RUN;

/// The configuration. It says nothing of the Internet (no upstream, no option 114, which would need
/// a certificate that every phone trusts already).
pub(super) fn configuration() -> String {
    format!(
        "\
interface=wlan0
except-interface=lo
bind-dynamic
no-resolv
no-hosts
cache-size=0
domain=home.arpa
# Every name is this box (IPv4); of all else there is nothing to be had.
address=/#/{ADDRESS}
local=/#/
# What a phone calls itself is no name here: it could be the page's.
dhcp-ignore-names
# Windows takes a network for one that leads nowhere, and leaves it, unless this name is that address.
address=/dns.msftncsi.com/131.107.255.255
# Names by which phones ask whether encrypted DNS or a relay may go round this box: there are none.
address=/use-application-dns.net/
address=/mask.icloud.com/
address=/mask-h2.icloud.com/
dhcp-range=10.42.0.50,10.42.0.250,255.255.255.0,2h
dhcp-option=option:router,{ADDRESS}
dhcp-option=option:dns-server,{ADDRESS}
# No other server answers here: a phone that comes with an address of elsewhere gets a new one at once.
dhcp-authoritative
dhcp-rapid-commit
dhcp-lease-max=201
# An address is tried before it is given (dnsmasq's default): a phone may have taken it by itself.
dhcp-leasefile={RUN}/leases
quiet-dhcp
"
    )
}
