//! Opens the listening sockets, and says in plain words why one cannot be opened.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::TcpListener;

use super::{Addresses, Inherited};
use crate::config::{Config, TlsMode};

/// The listening sockets of one gateway.
pub(super) struct Ports {
    pub(super) main: TcpListener,
    pub(super) plain: Option<TcpListener>,
}

impl Ports {
    /// Takes what was handed over, and opens the rest.
    pub(super) fn open(config: &Config, inherited: Inherited) -> anyhow::Result<Self> {
        let port = |inherited, address, flag| match inherited {
            Some(listener) => adopt(listener),
            None => listen(address, flag),
        };
        let plain = inherited.plain;
        let plain = match config.tls.mode {
            TlsMode::Off => {
                if plain.is_some() {
                    tracing::warn!("nobody answers at the socket `plain` with tls.mode = \"off\"");
                }
                None
            }
            TlsMode::Auto | TlsMode::Files => {
                Some(port(plain, config.listen_plain, "--listen-plain")?)
            }
        };
        let main = port(inherited.main, config.listen, "--listen")?;
        Ok(Self { main, plain })
    }

    pub(super) fn addresses(&self) -> io::Result<Addresses> {
        Ok(Addresses {
            main: self.main.local_addr()?,
            plain: self
                .plain
                .as_ref()
                .map(TcpListener::local_addr)
                .transpose()?,
        })
    }
}

/// Listens where a supervisor did so far.
fn adopt(listener: std::net::TcpListener) -> anyhow::Result<TcpListener> {
    let adopt = || {
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener)
    };
    adopt().context("the socket that was handed over cannot be used")
}

/// Listens on `address`; `flag` is what the operator would change.
///
/// `[::]` takes IPv4 as well, whatever the system's default is, and falls back to `0.0.0.0` on a
/// machine without IPv6.
fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    let opened = match open(address) {
        Err(error) if address.ip().is_unspecified() && has_no_ipv6(&error) => {
            open(SocketAddr::from((Ipv4Addr::UNSPECIFIED, address.port())))
        }
        opened => opened,
    };
    opened
        .with_context(|| format!("cannot listen on {address}"))
        .map_err(
            |error| match error.downcast_ref::<io::Error>().map(io::Error::kind) {
                Some(ErrorKind::AddrInUse) => error.context(format!(
                    "the address {address} is already in use, perhaps by another madang: \
                 end that program or choose another address with {flag}"
                )),
                Some(ErrorKind::PermissionDenied) => error.context(format!(
                    "no permission to listen on {address}: ports below 1024 are for privileged \
                 programs; choose another with {flag}"
                )),
                Some(ErrorKind::AddrNotAvailable) => error.context(format!(
                    "this machine has no address {}: choose another with {flag}",
                    address.ip()
                )),
                _ => error,
            },
        )
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // A restart must not wait for the old connections' last packets.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(address))?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

fn has_no_ipv6(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EAFNOSUPPORT | libc::EADDRNOTAVAIL)
    )
}

/// Connections that the kernel holds while none can be taken. A whole room of phones comes back at
/// once when the gateway has been restarted.
const BACKLOG: i32 = 1024;
