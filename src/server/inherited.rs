//! Sockets that a supervisor opened and hands over (`systemd.socket`): so the gateway has the ports
//! 443 and 80 without a privilege, and whoever knocks while it is being restarted waits in the
//! kernel's queue.

use std::env;
use std::net::TcpListener;

use anyhow::{Context as _, bail, ensure};
use listenfd::ListenFd;
use socket2::SockRef;

/// The listening sockets that were handed over, if any.
#[derive(Debug, Default)]
pub struct Inherited {
    pub(super) main: Option<TcpListener>,
    pub(super) plain: Option<TcpListener>,
}

/// What a socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    Main,
    Plain,
}

impl Inherited {
    /// Takes the sockets by what the environment says of them (`LISTEN_FDS`, `LISTEN_FDNAMES`). To
    /// be called once, before there is a second thread.
    pub fn from_environment() -> anyhow::Result<Self> {
        let mut handed = ListenFd::from_env();
        let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut inherited = Self::default();
        for (index, port) in ports(&names, handed.len())?.into_iter().enumerate() {
            let listener = handed
                .take_tcp_listener(index)
                .ok()
                .flatten()
                .filter(|listener| SockRef::from(listener).is_listener().unwrap_or(false))
                .with_context(|| {
                    format!(
                        "number {} of the sockets that were handed over is not a listening TCP one",
                        index + 1
                    )
                })?;
            let place = match port {
                Port::Main => &mut inherited.main,
                Port::Plain => &mut inherited.plain,
            };
            ensure!(
                place.replace(listener).is_none(),
                "two sockets of the same name were handed over: {names}"
            );
        }
        Ok(inherited)
    }
}

/// Tells the sockets' purposes by their names, or by their order where nobody has named them:
/// systemd names them after the unit then.
fn ports(names: &str, count: usize) -> anyhow::Result<Vec<Port>> {
    ensure!(
        count <= 2,
        "{count} sockets were handed over: there is use for `main` and `plain`"
    );
    let names: Vec<_> = names.split(':').take(count).collect();
    if !names.iter().any(|name| matches!(*name, "main" | "plain")) {
        return Ok([Port::Main, Port::Plain][..count].to_vec());
    }
    let port = |name: &str| match name {
        "main" => Ok(Port::Main),
        "plain" => Ok(Port::Plain),
        _ => bail!("a socket named {name:?} was handed over: it has to be `main` or `plain`"),
    };
    names.into_iter().map(port).collect()
}

#[cfg(test)]
mod tests {
    use super::Port::{Main, Plain};
    use super::*;

    #[test]
    fn sockets_are_told_by_their_names_or_without_them_by_their_order() {
        assert_eq!(ports("plain:main", 2).unwrap(), [Plain, Main]);
        assert_eq!(ports("plain", 1).unwrap(), [Plain]);
        for nameless in ["", "madang.socket:madang.socket", "unknown:unknown"] {
            assert_eq!(ports(nameless, 2).unwrap(), [Main, Plain], "{nameless:?}");
        }
        assert_eq!(ports("", 0).unwrap(), []);
    }

    #[test]
    fn a_name_that_is_of_no_use_and_a_third_socket_are_refused() {
        assert!(
            ports("main:page", 2)
                .unwrap_err()
                .to_string()
                .contains("page")
        );
        assert!(ports("", 3).is_err());
    }
}
