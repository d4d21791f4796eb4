//! Names of places: the `Host` a request is for and the `Origin` of the page that made it.
//!
//! Parsed once into types that compare as RFC 6454 §4 wants it: case and default ports do not
//! matter. Who is let in is decided by [`super::Gate`].

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use hyper::http::uri::Authority;

/// A host's name or address, in one spelling.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name {
    /// A DNS name in lower case, without the root's dot.
    Dns(String),
    /// An address; an IPv4 one mapped into IPv6 is the IPv4 one.
    Address(IpAddr),
}

/// `Host`: where a request wants to go (RFC 9110 §7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The name, without the port.
    pub name: Name,
    /// The port, if one is given.
    pub port: Option<u16>,
}

/// `Origin`: scheme, host and port of a page (RFC 6454 §7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: Host,
}

/// The text is not a host or an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not of the form https://name:port")]
pub struct Malformed;

impl FromStr for Name {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bare = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        if let Some(bare) = bare {
            let address: Ipv6Addr = bare.parse().map_err(|_| Malformed)?;
            return Ok(Self::Address(address.to_canonical()));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Address(address.to_canonical()));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let known = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if name.is_empty() || !name.bytes().all(known) {
            return Err(Malformed);
        }
        Ok(Self::Dns(name.to_ascii_lowercase()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

impl FromStr for Host {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let authority: Authority = text.parse().map_err(|_| Malformed)?;
        if authority.as_str().contains('@') {
            return Err(Malformed);
        }
        let name = authority.host().parse()?;
        // `port()` is `None` for a port that is no number, too.
        let port = authority.port_u16();
        if port.is_none() && text.len() != authority.host().len() {
            return Err(Malformed);
        }
        Ok(Self { name, port })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.name),
            None => self.name.fmt(f),
        }
    }
}

impl Origin {
    /// The origin of a page that was loaded from `host`.
    pub fn of(host: &Host, secure: bool) -> Self {
        let scheme = if secure { "https" } else { "http" };
        Self {
            scheme: scheme.to_owned(),
            host: host.clone(),
        }
        .normal()
    }

    /// Drops a port that goes without saying.
    fn normal(mut self) -> Self {
        let default = match self.scheme.as_str() {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        };
        if self.host.port == default {
            self.host.port = None;
        }
        self
    }
}

impl FromStr for Origin {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (scheme, host) = text.split_once("://").ok_or(Malformed)?;
        let known = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
        if scheme.is_empty() || !scheme.bytes().all(known) {
            return Err(Malformed);
        }
        let origin = Self {
            scheme: scheme.to_ascii_lowercase(),
            host: host.parse()?,
        };
        Ok(origin.normal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Result<String, Malformed> {
        text.parse::<Host>().map(|host| host.to_string())
    }

    #[test]
    fn hosts_have_one_spelling() {
        assert_eq!(host("Board.Local.:8443").unwrap(), "board.local:8443");
        assert_eq!(host("192.168.1.4").unwrap(), "192.168.1.4");
        assert_eq!(host("[FE80:0::1]:80").unwrap(), "[fe80::1]:80");
        assert_eq!(host("[::ffff:10.0.0.1]").unwrap(), "10.0.0.1");
    }

    #[test]
    fn what_is_not_a_host_is_refused() {
        for text in [
            "",
            ":80",
            "a b",
            "you@board",
            "board:port",
            "board:70000",
            "board/",
            "[::1",
            "보드",
        ] {
            assert_eq!(host(text), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn origins_compare_without_default_ports() {
        let board: Host = "board:443".parse().unwrap();
        assert_eq!("HTTPS://Board".parse(), Ok(Origin::of(&board, true)));
        assert_ne!("http://board".parse(), Ok(Origin::of(&board, true)));
        assert_ne!("https://board:8443".parse(), Ok(Origin::of(&board, true)));
        assert_eq!("null".parse::<Origin>(), Err(Malformed));
        assert_eq!("https://board/path".parse::<Origin>(), Err(Malformed));
    }
}
