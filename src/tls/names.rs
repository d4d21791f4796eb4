//! By which names and addresses phones may reach this board.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Names and addresses, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// DNS names in lower case; from a certificate of the operator's own also `*.example.org`.
    pub dns: BTreeSet<String>,
    /// Addresses.
    pub addresses: BTreeSet<IpAddr>,
}

impl Names {
    /// `localhost`, the names of this host, and the names and addresses of the configuration: what
    /// is known before any network is up.
    pub fn fixed(configured: &[String]) -> Self {
        Self::fixed_for(&host_name(), configured)
    }

    /// The fixed ones, loopback, and the addresses that this host has at the moment.
    pub fn now(configured: &[String]) -> Self {
        let mut names = Self::fixed(configured);
        names.addresses.insert(Ipv4Addr::LOCALHOST.into());
        names.addresses.insert(Ipv6Addr::LOCALHOST.into());
        match if_addrs::get_if_addrs() {
            // A link-local IPv6 address needs the name of an interface, which no URL can hold.
            Ok(interfaces) => names.addresses.extend(
                interfaces
                    .iter()
                    .map(if_addrs::Interface::ip)
                    .filter(|ip| !matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local())),
            ),
            Err(error) => tracing::warn!(%error, "the addresses of this host cannot be read"),
        }
        names
    }

    fn fixed_for(host: &str, configured: &[String]) -> Self {
        let mut names = Self::default();
        names.dns.insert("localhost".to_owned());
        let host = host.to_ascii_lowercase();
        let short = host.split('.').next().unwrap_or_default();
        if is_dns_name(&host) && short != "localhost" {
            names.dns.insert(format!("{short}.local"));
            names.dns.insert(short.to_owned());
            names.dns.insert(host);
        }
        for name in configured {
            match name.parse() {
                Ok(address) => drop(names.addresses.insert(address)),
                Err(_) => drop(names.dns.insert(name.to_ascii_lowercase())),
            }
        }
        names
    }

    /// Whether the names hold for the host of a URL (without port; IPv6 with or without brackets).
    pub fn hold_for(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return self.addresses.contains(&address);
        }
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let wildcard = || host.split_once('.').map(|(_, rest)| format!("*.{rest}"));
        self.dns.contains(&host) || wildcard().is_some_and(|wildcard| self.dns.contains(&wildcard))
    }

    /// Whether all of `other` are among these.
    pub fn include(&self, other: &Self) -> bool {
        self.dns.is_superset(&other.dns) && self.addresses.is_superset(&other.addresses)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.dns.is_empty() && self.addresses.is_empty()
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dns = self.dns.iter().cloned();
        let all: Vec<_> = dns
            .chain(self.addresses.iter().map(IpAddr::to_string))
            .collect();
        f.write_str(&all.join(", "))
    }
}

/// The name of this host, from the kernel.
fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// A certificate may hold letters, digits and hyphens only, whatever the kernel calls the host.
fn is_dns_name(name: &str) -> bool {
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dns(host: &str, configured: &[&str]) -> Vec<String> {
        let configured: Vec<_> = configured.iter().map(|&name| name.to_owned()).collect();
        Names::fixed_for(host, &configured)
            .dns
            .into_iter()
            .collect()
    }

    #[test]
    fn a_host_is_known_by_its_name_in_short_in_full_and_under_local() {
        assert_eq!(dns("Board", &[]), ["board", "board.local", "localhost"]);
        assert_eq!(
            dns("board.example.org", &["chat.lan"]),
            [
                "board",
                "board.example.org",
                "board.local",
                "chat.lan",
                "localhost"
            ]
        );
        for useless in [
            "",
            "localhost",
            "localhost.localdomain",
            "(none)",
            "an_underscore",
        ] {
            assert_eq!(dns(useless, &[]), ["localhost"], "{useless}");
        }
    }

    #[test]
    fn the_host_of_a_url_is_compared_as_browsers_write_it() {
        let names = Names {
            dns: ["board.local", "*.example.org"].map(str::to_owned).into(),
            addresses: ["10.0.0.1", "fd00::2"]
                .map(|text| text.parse().unwrap())
                .into(),
        };
        for right in [
            "Board.local",
            "board.local.",
            "10.0.0.1",
            "[fd00::2]",
            "fd00:0::2",
            "a.example.org",
        ] {
            assert!(names.hold_for(right), "{right}");
        }
        for wrong in [
            "",
            "local",
            "example.org",
            "a.b.example.org",
            "10.0.0.2",
            "[::1]",
        ] {
            assert!(!names.hold_for(wrong), "{wrong}");
        }
    }
}
