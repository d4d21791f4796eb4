//! Which phones have opened the page, by address (IPv6: by network, or one phone could crowd all
//! others out).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::network::Network;

/// The phones that know the way.
#[derive(Debug, Default)]
pub(super) struct Guests {
    known: Mutex<HashMap<Network, Guest>>,
}

#[derive(Debug)]
struct Guest {
    /// Who held the lease of the address; none with a fixed address.
    holder: Option<String>,
    /// When it was last heard of.
    heard: Instant,
}

impl Guests {
    /// Remembers a phone. The one not heard of for longest leaves if there are too many.
    pub(super) fn welcome(&self, address: IpAddr, holder: Option<String>, now: Instant) {
        let network = Network::from(address);
        let mut known = self.known();
        if known.len() >= MOST && !known.contains_key(&network) {
            let oldest = known.iter().min_by_key(|(_, guest)| guest.heard);
            let oldest = oldest.map(|(network, _)| *network);
            oldest.and_then(|oldest| known.remove(&oldest));
        }
        let heard = now;
        known.insert(network, Guest { holder, heard });
    }

    /// Whether the phone that now has this address is remembered. Whoever is not any more is
    /// forgotten: the same phone begins anew after its lease has ended.
    pub(super) fn know(&self, address: IpAddr, holder: Option<&str>, now: Instant) -> bool {
        let network = Network::from(address);
        let mut known = self.known();
        let Some(guest) = known.get_mut(&network) else {
            return false;
        };
        let same = guest.holder.as_deref() == holder;
        let lately = holder.is_some() || now.saturating_duration_since(guest.heard) < FIXED;
        if same && lately {
            guest.heard = now;
        } else {
            known.remove(&network);
        }
        same && lately
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Network, Guest>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Addresses that are remembered at a time; the board's own network has a fifth of it.
const MOST: usize = 1_024;

/// How long a phone without a lease is remembered after it was last heard of: as long as a lease.
const FIXED: Duration = Duration::from_secs(2 * 3_600);

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const ONE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 42, 0, 50));

    #[test]
    fn a_phone_is_known_by_address_and_lease_together() {
        let (guests, now) = (Guests::default(), Instant::now());
        assert!(!guests.know(ONE, Some("a"), now));
        guests.welcome(ONE, Some("a".to_owned()), now);
        let days = now + Duration::from_secs(3 * 86_400);
        assert!(guests.know(ONE, Some("a"), days));
        assert!(!guests.know(ONE, Some("b"), days), "another phone");
        assert!(!guests.know(ONE, Some("a"), days), "it was gone");
        guests.welcome(ONE, Some("a".to_owned()), days);
        assert!(!guests.know(ONE, None, days), "the lease has ended");
    }

    #[test]
    fn a_phone_with_a_fixed_address_is_known_for_two_hours_after_it_was_last_heard_of() {
        let (guests, now) = (Guests::default(), Instant::now());
        guests.welcome(ONE, None, now);
        let soon = now + FIXED.mul_f64(0.9);
        assert!(guests.know(ONE, None, soon));
        assert!(guests.know(ONE, None, soon + FIXED.mul_f64(0.9)));
        assert!(!guests.know(ONE, None, soon + FIXED * 2));
        guests.welcome(ONE, None, now);
        assert!(
            !guests.know(ONE, Some("a"), now),
            "somebody got its address"
        );
    }

    #[test]
    fn the_one_not_heard_of_for_longest_leaves_when_there_are_too_many() {
        let (guests, begin) = (Guests::default(), Instant::now());
        let address =
            |number: usize| IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(number).unwrap()));
        let at = |number: usize| begin + Duration::from_secs(number as u64);
        for number in 0..MOST {
            guests.welcome(address(number), None, at(number));
        }
        assert!(guests.know(address(0), None, at(MOST)));
        guests.welcome(address(MOST), None, at(MOST));
        assert_eq!(guests.known().len(), MOST);
        assert!(guests.know(address(0), None, at(MOST)));
        assert!(guests.know(address(MOST), None, at(MOST)));
        assert!(!guests.know(address(1), None, at(MOST)));
    }

    #[test]
    fn one_household_of_ipv6_crowds_nobody_out() {
        let (guests, now) = (Guests::default(), Instant::now());
        guests.welcome(ONE, None, now);
        let later = now + Duration::from_secs(60);
        for tail in 0..2 * MOST {
            let tail = u128::try_from(tail).unwrap();
            let address = std::net::Ipv6Addr::from_bits((0xfd00 << 112) | tail);
            guests.welcome(address.into(), None, later);
        }
        assert!(guests.know(ONE, None, later));
        assert_eq!(guests.known().len(), 2);
    }
}
