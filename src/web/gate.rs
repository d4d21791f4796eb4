//! Who may come in: the check that stands in front of every door.
//!
//! `Host` must be a name or address of this gateway. That stops DNS rebinding, where a foreign
//! page's own name is made to point here. A present `Origin` must be this gateway's own, or one of
//! `access.origins`, which alone get CORS headers. Programs that send no `Origin` (curl, a
//! microcontroller) pass: cross-site tricks need a browser, and browsers send it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use anyhow::Context as _;
use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;

use super::Connection;
use super::ca::Ca;
use super::cors::Cors;
use super::origin::{Host, Name, Origin};
use super::reply::{self, Reply};
use crate::config::Access;

/// Who this gateway is. Asked at each request: certificates change while it runs.
pub trait Identity: Send + Sync + 'static {
    /// Whether the host of a URL, without its port, is this gateway: one of the names of the
    /// certificate or of the configuration.
    fn goes_by(&self, host: &str) -> bool;

    /// Whether the certificate that is shown holds for a host.
    fn certified(&self, host: &str) -> bool;

    /// The local CA for phones to trust; `None` if the certificate is not of our making.
    fn ca(&self) -> Option<Ca>;
}

/// Who this gateway is, the foreign origins and the trust in a proxy.
pub struct Gate {
    pub(super) identity: Arc<dyn Identity>,
    origins: Vec<Origin>,
    trust_proxy: bool,
}

/// A request that may come in.
#[derive(Debug)]
pub struct Visit {
    /// Where it wanted to go: one of our names.
    pub host: Host,
    /// Who sent it, with a trusted proxy taken out of the way.
    pub address: IpAddr,
    /// Whether the sender's connection is TLS (to us, or to the trusted proxy).
    pub secure: bool,
    /// What a foreign page may do with the answer.
    pub cors: Cors,
}

/// Why a request may not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No readable `Host`, or several: 400.
    NoHost,
    /// `Host` is none of our names: 421.
    WrongHost,
    /// The page that made the request is neither ours nor configured: 403.
    WrongOrigin,
}

impl Gate {
    /// Fails if an origin in the configuration is none.
    pub fn new(identity: Arc<dyn Identity>, access: &Access) -> anyhow::Result<Self> {
        let origins = access.origins.iter().map(|origin| {
            origin
                .parse()
                .with_context(|| format!("access.origins: {origin:?}"))
        });
        Ok(Self {
            identity,
            origins: origins.collect::<anyhow::Result<_>>()?,
            trust_proxy: access.trust_proxy,
        })
    }

    /// Looks at a request before anything else does.
    pub fn check(&self, request: &Parts, connection: Connection) -> Result<Visit, Refusal> {
        let (address, secure) = self.unproxied(&request.headers, connection);
        let host = host(request)?;
        if !self.is_ours(&host.name, connection) {
            return Err(Refusal::WrongHost);
        }
        let foreign = self.foreign(&request.headers, &host, secure)?;
        Ok(Visit {
            host,
            address,
            secure,
            cors: Cors::new(foreign, !self.origins.is_empty()),
        })
    }

    /// The address on which the connection arrived is ours, too: it may have come by DHCP after the
    /// certificate was made. (Rebinding needs a name: an address cannot be made to point elsewhere.)
    fn is_ours(&self, name: &Name, connection: Connection) -> bool {
        *name == Name::Address(connection.local) || self.identity.goes_by(&name.to_string())
    }

    fn foreign(
        &self,
        headers: &HeaderMap,
        host: &Host,
        secure: bool,
    ) -> Result<Option<HeaderValue>, Refusal> {
        let Some(value) = single(headers, &header::ORIGIN).map_err(|()| Refusal::WrongOrigin)?
        else {
            return Ok(None);
        };
        let origin = value
            .to_str()
            .ok()
            .and_then(|text| text.parse::<Origin>().ok());
        let origin = origin.ok_or(Refusal::WrongOrigin)?;
        if origin == Origin::of(host, secure) {
            Ok(None)
        } else if self.origins.contains(&origin) {
            // A copy of its own: a clone would keep the whole head of a poll that waits.
            Ok(HeaderValue::from_bytes(value.as_bytes()).ok())
        } else {
            Err(Refusal::WrongOrigin)
        }
    }

    /// Takes the proxy out of the way: the last entry of each header is the one it wrote itself.
    /// Only a proxy on this machine is believed; anybody else could write anything.
    fn unproxied(&self, headers: &HeaderMap, connection: Connection) -> (IpAddr, bool) {
        if !(self.trust_proxy && connection.address.is_loopback()) {
            return (connection.address, connection.secure);
        }
        let last = |name: &str| {
            let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            value.rsplit(',').next().map(str::trim)
        };
        let address = last("x-forwarded-for").and_then(|text| text.parse::<IpAddr>().ok());
        let secure = last("x-forwarded-proto").map(|scheme| scheme.eq_ignore_ascii_case("https"));
        (
            address.map_or(connection.address, |address| address.to_canonical()),
            secure.unwrap_or(connection.secure),
        )
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
}

impl Refusal {
    /// The answer, in the words of whoever set the gateway up.
    pub fn reply(self) -> Reply {
        match self {
            Self::NoHost => reply::text(
                StatusCode::BAD_REQUEST,
                "400: the request does not say, in one Host header, whom it is for",
            ),
            Self::WrongHost => reply::text(
                StatusCode::MISDIRECTED_REQUEST,
                "421: this gateway does not go by that name; \
                 its operator can add names in the setting tls.names",
            ),
            Self::WrongOrigin => reply::text(
                StatusCode::FORBIDDEN,
                "403: pages of another origin may not use this gateway; its operator can allow \
                 them in the setting access.origins (behind a proxy, see access.trust_proxy)",
            ),
        }
    }
}

/// The authority of an absolute target goes before `Host` (RFC 9112 §3.2.2).
pub(super) fn host(request: &Parts) -> Result<Host, Refusal> {
    let header = single(&request.headers, &header::HOST).map_err(|()| Refusal::NoHost)?;
    let text = match (request.uri.authority(), header) {
        (Some(authority), _) => authority.as_str(),
        (None, Some(header)) => header.to_str().map_err(|_| Refusal::NoHost)?,
        (None, None) => return Err(Refusal::NoHost),
    };
    text.parse().map_err(|_| Refusal::NoHost)
}

/// The header's one value; several contradict each other.
fn single<'a>(
    headers: &'a HeaderMap,
    name: &header::HeaderName,
) -> Result<Option<&'a HeaderValue>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(()),
    }
}
