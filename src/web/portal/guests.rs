//! Which phones have opened the page, by address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The phones that know the way.
#[derive(Debug, Default)]
pub(super) struct Guests {
    known: Mutex<HashMap<IpAddr, Guest>>,
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
        let mut known = self.known();
        if known.len() >= MOST && !known.contains_key(&address) {
            let oldest = known.iter().min_by_key(|(_, guest)| guest.heard);
            let oldest = oldest.map(|(address, _)| *address);
            oldest.and_then(|oldest| known.remove(&oldest));
        }
        let heard = now;
        known.insert(address, Guest { holder, heard });
    }

    /// Whether the phone that now has this address is remembered. Whoever is not any more is
    /// forgotten: the same phone begins anew after its lease has ended.
    pub(super) fn know(&self, address: IpAddr, holder: Option<&str>, now: Instant) -> bool {
        let mut known = self.known();
        let Some(guest) = known.get_mut(&address) else {
            return false;
        };
        let same = guest.holder.as_deref() == holder;
        let lately = holder.is_some() || now.saturating_duration_since(guest.heard) < FIXED;
        if same && lately {
            guest.heard = now;
        } else {
            known.remove(&address);
        }
        same && lately
    }

    fn known(&self) -> MutexGuard<'_, HashMap<IpAddr, Guest>> {
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
}
