//! What the gateway says when it runs: where to go, whom to trust, and how to end it.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use crate::qr;

/// What the banner tells.
#[derive(Debug)]
pub(super) struct Banner<'a> {
    /// Where the page and the chat are.
    pub(super) main: SocketAddr,
    /// Where the plain port is, if there is one.
    pub(super) plain: Option<SocketAddr>,
    /// Whether the main port speaks TLS.
    pub(super) secure: bool,
    /// Names and addresses by which the board is reached, the best for a phone first.
    pub(super) hosts: &'a [String],
    /// The fingerprint of the local CA, in hex and in words, if there is one.
    pub(super) fingerprint: Option<(&'a str, &'a str)>,
    /// Where the administration token lies, if there is one.
    pub(super) token: Option<&'a Path>,
}

impl Banner<'_> {
    /// The text; with a QR code only for a terminal, where a phone can see it.
    pub(super) fn text(&self, terminal: bool) -> String {
        let mut text = format!("madang {} is running.\n\n", env!("CARGO_PKG_VERSION"));
        let secure = if self.secure { "https" } else { "http" };
        let line = |text: &mut String, label: &str, what: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {label:<18} {what}");
        };
        for (index, host) in self.hosts.iter().enumerate() {
            let label = if index == 0 { "on a phone" } else { "" };
            line(&mut text, label, &url(secure, host, self.main.port()));
        }
        line(
            &mut text,
            "on this machine",
            &url(secure, "localhost", self.main.port()),
        );
        if let (Some(plain), Some((fingerprint, words))) = (self.plain, self.fingerprint) {
            let host = self.hosts.first().map_or("localhost", String::as_str);
            let certificate = url("http", host, plain.port()) + "ca.crt";
            line(&mut text, "trust it once", &certificate);
            line(&mut text, "CA fingerprint", fingerprint);
            line(&mut text, "in words", words);
        }
        if let Some(token) = self.token {
            let what = format!("the token is in {}", token.display());
            line(&mut text, "administration", &what);
        }
        line(&mut text, "end it", "Ctrl-C");
        if terminal && let Some(host) = self.hosts.first() {
            text.push('\n');
            for row in qr::lines(&url(secure, host, self.main.port())) {
                let _ = writeln!(text, "  {row}");
            }
        }
        text
    }
}

/// The hosts worth showing, best first: the portal's name, which every phone on the board's own Wi-Fi
/// finds, then addresses that a phone can open, then names. On a listener that is bound to one
/// address it is that one.
pub(super) fn hosts(
    listen: IpAddr,
    portal: Option<&str>,
    addresses: &[IpAddr],
    names: &[String],
) -> Vec<String> {
    if listen.is_loopback() {
        return Vec::new();
    }
    let portal = portal.map(str::to_owned);
    if !listen.is_unspecified() {
        return portal.into_iter().chain([listen.to_string()]).collect();
    }
    let mut addresses: Vec<_> = addresses
        .iter()
        .copied()
        .filter(|ip| is_reachable(*ip) && (listen.is_ipv6() || ip.is_ipv4()))
        .collect();
    addresses.sort_by_key(|ip| (ip.is_ipv6(), *ip));
    let names = names
        .iter()
        .filter(|name| *name != "localhost" && !name.starts_with('*'))
        .filter(|name| Some(*name) != portal.as_ref());
    portal
        .clone()
        .into_iter()
        .chain(addresses.iter().map(IpAddr::to_string))
        .chain(names.cloned())
        .collect()
}

/// Link-local addresses cannot be typed into a browser, loopback is another machine there.
fn is_reachable(address: IpAddr) -> bool {
    let local = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    !address.is_loopback() && !local
}

fn url(scheme: &str, host: &str, port: u16) -> String {
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    match (scheme, port) {
        ("https", 443) | ("http", 80) => format!("{scheme}://{host}/"),
        _ => format!("{scheme}://{host}:{port}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banner(hosts: &[String], terminal: bool) -> String {
        let banner = Banner {
            main: "[::]:8443".parse().unwrap(),
            plain: Some("[::]:8080".parse().unwrap()),
            secure: true,
            hosts,
            fingerprint: Some(("AB:CD", "abandon zoo")),
            token: Some(Path::new("data/admin-token")),
        };
        banner.text(terminal)
    }

    #[test]
    fn it_tells_where_to_go_whom_to_trust_and_where_the_token_is() {
        let text = banner(&["10.0.0.1".to_owned(), "fd00::1".to_owned()], false);
        for part in [
            "https://10.0.0.1:8443/",
            "https://[fd00::1]:8443/",
            "https://localhost:8443/",
            "http://10.0.0.1:8080/ca.crt",
            "AB:CD",
            "abandon zoo",
            "data/admin-token",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert!(!text.contains('█'));
    }

    #[test]
    fn a_terminal_sees_a_qr_code_if_a_phone_could_come() {
        assert!(banner(&["10.0.0.1".to_owned()], true).contains('█'));
        assert!(!banner(&[], true).contains('█'));
    }

    #[test]
    fn hosts_that_a_phone_cannot_open_are_not_shown() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let addresses = [
            "fd00::1",
            "::1",
            "127.0.0.1",
            "192.168.1.2",
            "fe80::1",
            "169.254.1.1",
        ]
        .map(ip);
        let names = ["board.local".to_owned(), "localhost".to_owned()];
        assert_eq!(
            hosts(ip("::"), None, &addresses, &names),
            ["192.168.1.2", "fd00::1", "board.local"]
        );
        assert_eq!(
            hosts(ip("10.0.0.9"), None, &addresses, &names),
            ["10.0.0.9"]
        );
        assert_eq!(hosts(ip("0.0.0.0"), None, &addresses, &[]), ["192.168.1.2"]);
        assert!(hosts(ip("127.0.0.1"), None, &addresses, &names).is_empty());
    }

    #[test]
    fn the_portals_name_is_shown_first_and_once() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let names = ["board.local", "chat.home.arpa"].map(str::to_owned);
        let shown = hosts(ip("::"), Some("chat.home.arpa"), &[ip("10.42.0.1")], &names);
        assert_eq!(shown, ["chat.home.arpa", "10.42.0.1", "board.local"]);
    }

    #[test]
    fn the_usual_ports_are_left_out_of_an_address() {
        assert_eq!(url("https", "a.org", 443), "https://a.org/");
        assert_eq!(url("http", "a.org", 443), "http://a.org:443/");
    }
}
