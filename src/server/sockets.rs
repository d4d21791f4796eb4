//! How many HTTP connections may be open: in all, and of one address.
//!
//! A WebSocket is an HTTP connection until its upgrade; from then on it is a session, and counted
//! by the engine. So the open sockets in all are at most [`ceiling`] of the sessions, plus the
//! sessions.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Limits;
use crate::network::Network;

/// HTTP connections that so many sessions may need: each long-polling one holds a request open, a
/// quarter of them send at the same time, and a few browsers load the page.
pub(super) const fn ceiling(sessions: usize) -> usize {
    sessions + sessions / 4 + 64
}

/// The count of open HTTP connections.
#[derive(Debug)]
pub(super) struct Sockets {
    room: Arc<Semaphore>,
    held: Mutex<HashMap<Network, usize>>,
    per_address: usize,
    /// Connections of a reverse proxy on this machine are everybody's, and not counted as one's.
    trust_proxy: bool,
}

/// One connection's place. Dropping it gives the place back.
#[derive(Debug)]
pub(super) struct Place {
    sockets: Arc<Sockets>,
    network: Option<Network>,
    _room: OwnedSemaphorePermit,
}

impl Sockets {
    pub(super) fn new(limits: &Limits, trust_proxy: bool) -> Arc<Self> {
        Arc::new(Self {
            room: Arc::new(Semaphore::new(
                ceiling(limits.sessions).min(Semaphore::MAX_PERMITS),
            )),
            held: Mutex::default(),
            per_address: ceiling(limits.sessions_per_address),
            trust_proxy,
        })
    }

    /// Waits until one more connection may be opened. Others wait in the kernel meanwhile.
    pub(super) async fn room(&self) -> OwnedSemaphorePermit {
        self.room
            .clone()
            .acquire_owned()
            .await
            .expect("the semaphore is never closed")
    }

    /// A place for a connection from `address`, or `None` if that address has had its share.
    pub(super) fn place(
        self: &Arc<Self>,
        address: IpAddr,
        room: OwnedSemaphorePermit,
    ) -> Option<Place> {
        let counted = !(self.trust_proxy && address.is_loopback());
        let network = counted.then(|| Network::from(address));
        if let Some(network) = network {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let count = held.entry(network).or_default();
            if *count >= self.per_address {
                return None;
            }
            *count += 1;
        }
        Some(Place {
            sockets: Arc::clone(self),
            network,
            _room: room,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(network) = self.network else { return };
        let mut held = self
            .sockets
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                held.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn place(sockets: &Arc<Sockets>, address: &str) -> Option<Place> {
        let room = sockets.room().await;
        sockets.place(address.parse().unwrap(), room)
    }

    fn small(trust_proxy: bool) -> Arc<Sockets> {
        let limits = Limits {
            sessions_per_address: 0,
            ..Limits::default()
        };
        Sockets::new(&limits, trust_proxy)
    }

    #[tokio::test]
    async fn an_address_has_its_share_and_gets_it_back() {
        let sockets = small(false);
        let mut held = Vec::new();
        for _ in 0..ceiling(0) {
            held.push(place(&sockets, "10.0.0.1").await.unwrap());
        }
        assert!(place(&sockets, "10.0.0.1").await.is_none());
        assert!(place(&sockets, "10.0.0.2").await.is_some());
        held.pop();
        assert!(place(&sockets, "10.0.0.1").await.is_some());
        held.clear();
        assert!(
            sockets.held.lock().unwrap().is_empty(),
            "nothing is left behind"
        );
    }

    #[tokio::test]
    async fn the_addresses_of_one_ipv6_network_share() {
        let sockets = small(false);
        let mut held = Vec::new();
        for last in 0..ceiling(0) {
            held.push(
                place(&sockets, &format!("2001:db8:0:1::{last:x}"))
                    .await
                    .unwrap(),
            );
        }
        assert!(place(&sockets, "2001:db8:0:1:ffff::1").await.is_none());
        assert!(place(&sockets, "2001:db8:0:2::1").await.is_some());
    }

    #[tokio::test]
    async fn a_trusted_proxy_is_not_one_visitor() {
        let sockets = small(true);
        let mut held = Vec::new();
        for _ in 0..=ceiling(0) {
            held.push(place(&sockets, "127.0.0.1").await.unwrap());
        }
    }
}
