//! nftables: what may come in. Nothing goes through the box to anywhere else.

use crate::board::plan::{Network, Plan};

/// The rules, in a table of their own that replaces an earlier one.
pub(super) fn rules(plan: &Plan) -> String {
    let ssh = if plan.ssh_keys.is_empty() { "" } else { ", 22" };
    let own = matches!(plan.network, Network::Own(_));
    let caught = if own { CAUGHT } else { "" };
    let served = if own { SERVED } else { "" };
    format!(
        "\
table inet madang
delete table inet madang
table inet madang {{
{caught}\tchain input {{
\t\ttype filter hook input priority filter; policy drop;
\t\tiif lo accept
\t\tct state established,related accept
\t\tct state invalid drop
{served}\t\ttcp dport {{ 80, 443{ssh} }} accept
\t\tudp dport 5353 limit rate 50/second accept
\t\ticmp type echo-request limit rate 20/second accept
\t\tmeta l4proto icmpv6 limit rate 100/second accept
\t\tudp dport {{ 68, 546 }} accept
\t\t# A refusal at once is better than a phone that waits.
\t\tmeta l4proto tcp limit rate 100/second reject with tcp reset
\t\tmeta l4proto udp limit rate 100/second reject
\t}}
\tchain forward {{
\t\ttype filter hook forward priority filter; policy drop;
\t}}
}}
"
    )
}

/// A phone that was told of another DNS server, or remembers an address, finds this box all the same;
/// whatever else it looks for elsewhere is refused at once.
const CAUGHT: &str = "\
\tchain caught {
\t\ttype nat hook prerouting priority dstnat;
\t\tiifname \"wlan0\" udp dport 53 redirect
\t\tiifname \"wlan0\" tcp dport { 53, 80 } redirect
\t}
\tchain elsewhere {
\t\ttype filter hook prerouting priority filter;
\t\tiifname \"wlan0\" fib daddr type != unicast accept
\t\tiifname \"wlan0\" meta l4proto tcp limit rate 200/second reject with tcp reset
\t\tiifname \"wlan0\" limit rate 200/second reject
\t\tiifname \"wlan0\" drop
\t}
";

/// What the own Wi-Fi's phones need before they can ask for the page.
const SERVED: &str = "\
\t\tiifname \"wlan0\" udp dport 67 limit rate 100/second accept
\t\tiifname \"wlan0\" udp dport 53 limit rate 1000/second burst 500 packets accept
\t\tiifname \"wlan0\" tcp dport 53 limit rate 50/second accept
";
