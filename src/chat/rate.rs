//! How fast a person and an address may go. The counting is `governor`'s (GCRA).

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::time::Instant;

use crate::config::Limits;
use crate::network::Network;

use super::refusal::Refusal;

/// What one person may do.
#[derive(Debug)]
pub struct Allowance {
    messages: DefaultDirectRateLimiter,
    requests: DefaultDirectRateLimiter,
}

/// What all addresses may do.
#[derive(Debug)]
pub struct Addresses {
    messages: DefaultKeyedRateLimiter<Network>,
    entries: DefaultKeyedRateLimiter<Network>,
    wrong_keys: Mutex<HashMap<Network, Wrong>>,
    wrong_keys_per_minute: u32,
}

#[derive(Debug)]
struct Wrong {
    since: Instant,
    count: u32,
}

impl Allowance {
    /// A fresh allowance.
    pub fn new(limits: &Limits) -> Self {
        let requests = NonZeroU32::saturating_mul(burst(limits), REQUESTS_PER_MESSAGE);
        let rate = NonZeroU32::saturating_mul(rate(limits), REQUESTS_PER_MESSAGE);
        Self {
            messages: RateLimiter::direct(message_quota(limits)),
            requests: RateLimiter::direct(Quota::per_second(rate).allow_burst(requests)),
        }
    }

    /// Counts a request that is not a message: a join, a look back, a change of name.
    pub fn request(&self) -> Result<(), Refusal> {
        self.requests.check().map_err(|not_until| {
            Refusal::Rate(not_until.wait_time_from(DefaultClock::default().now()))
        })
    }

    /// Counts a message.
    fn message(&self) -> Result<(), Refusal> {
        self.messages.check().map_err(|not_until| {
            Refusal::Rate(not_until.wait_time_from(DefaultClock::default().now()))
        })
    }
}

impl Addresses {
    /// Nobody has done anything yet.
    pub fn new(limits: &Limits) -> Self {
        let factor = NonZeroU32::new(limits.address_factor).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(rate(limits).saturating_mul(factor))
            .allow_burst(burst(limits).saturating_mul(factor));
        let sessions = u32::try_from(limits.sessions_per_address).unwrap_or(u32::MAX);
        let sessions = NonZeroU32::new(sessions).unwrap_or(NonZeroU32::MIN);
        let entries = Quota::per_second(sessions).allow_burst(sessions.saturating_mul(ENTRY_BURST));
        Self {
            messages: RateLimiter::keyed(quota),
            entries: RateLimiter::keyed(entries),
            wrong_keys: Mutex::default(),
            wrong_keys_per_minute: limits.wrong_keys_per_minute,
        }
    }

    /// Counts a message of a person at an address.
    pub fn message(&self, person: &Allowance, network: Network) -> Result<(), Refusal> {
        person.message()?;
        self.messages.check_key(&network).map_err(|not_until| {
            Refusal::Rate(not_until.wait_time_from(DefaultClock::default().now()))
        })
    }

    /// Counts somebody who comes in. Whoever has left is remembered for a while, and one connection
    /// can come in again and again as somebody new.
    pub fn entry(&self, network: Network) -> Result<(), Refusal> {
        self.entries.check_key(&network).map_err(|not_until| {
            Refusal::Rate(not_until.wait_time_from(DefaultClock::default().now()))
        })
    }

    /// Lets an attempt at a code or key through, or refuses it whatever the key: after too many
    /// wrong ones nobody at that address learns which is right.
    ///
    /// `right` is the comparison, in constant time; `refusal` what a wrong one is told.
    pub fn attempt(&self, network: Network, right: bool, refusal: Refusal) -> Result<(), Refusal> {
        let now = Instant::now();
        let mut wrong_keys = self
            .wrong_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let full = wrong_keys.len() >= WRONG_NETWORKS;
        let blocked = wrong_keys
            .get(&network)
            .filter(|wrong| now - wrong.since < MINUTE);
        match blocked {
            Some(wrong) if wrong.count >= self.wrong_keys_per_minute => {
                return Err(Refusal::Rate(MINUTE.saturating_sub(now - wrong.since)));
            }
            _ if right => return Ok(()),
            // A flood from more networks than can be remembered: nobody is told anything.
            None if full => return Err(Refusal::Rate(MINUTE)),
            _ => {}
        }
        let wrong = wrong_keys.entry(network).or_insert(Wrong {
            since: now,
            count: 0,
        });
        if now - wrong.since >= MINUTE {
            *wrong = Wrong {
                since: now,
                count: 0,
            };
        }
        wrong.count += 1;
        Err(refusal)
    }

    /// Forgets addresses that have been quiet.
    pub fn sweep(&self) {
        self.messages.retain_recent();
        self.entries.retain_recent();
        let now = Instant::now();
        let mut wrong_keys = self
            .wrong_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        wrong_keys.retain(|_, wrong| now - wrong.since < MINUTE);
    }
}

fn message_quota(limits: &Limits) -> Quota {
    Quota::per_second(rate(limits)).allow_burst(burst(limits))
}

fn rate(limits: &Limits) -> NonZeroU32 {
    NonZeroU32::new(limits.messages_per_second).unwrap_or(NonZeroU32::MIN)
}

fn burst(limits: &Limits) -> NonZeroU32 {
    NonZeroU32::new(limits.message_burst).unwrap_or(NonZeroU32::MIN)
}

/// A phone that comes back joins all its rooms and reads some pages at once.
const REQUESTS_PER_MESSAGE: NonZeroU32 = NonZeroU32::new(5).expect("five is not zero");
/// All sessions of an address may come in this often at once, as after a restart of the gateway,
/// and then once a second each.
const ENTRY_BURST: NonZeroU32 = NonZeroU32::new(4).expect("four is not zero");
const MINUTE: Duration = Duration::from_secs(60);
/// Networks with wrong keys that are remembered: 64 KiB.
const WRONG_NETWORKS: usize = 1_024;

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn limits() -> Limits {
        Limits {
            messages_per_second: 1,
            message_burst: 2,
            address_factor: 2,
            ..Limits::default()
        }
    }

    fn network(last: u8) -> Network {
        IpAddr::from([192, 168, 0, last]).into()
    }

    #[test]
    fn a_person_is_held_to_its_burst_and_an_address_to_the_multiple() {
        let limits = limits();
        let addresses = Addresses::new(&limits);
        let persons: Vec<Allowance> = (0..3).map(|_| Allowance::new(&limits)).collect();
        let sent = |person: &Allowance| {
            (0..5)
                .filter(|_| addresses.message(person, network(1)).is_ok())
                .count()
        };
        assert_eq!(sent(&persons[0]), 2);
        assert_eq!(sent(&persons[1]), 2);
        assert_eq!(sent(&persons[2]), 0, "the address has used up its own");
        assert!(
            addresses.message(&persons[2], network(2)).is_err(),
            "its own burst is used up"
        );
        assert!(
            addresses
                .message(&Allowance::new(&limits), network(2))
                .is_ok()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn five_wrong_keys_a_minute_then_even_the_right_one_waits() {
        let addresses = Addresses::new(&limits());
        for _ in 0..5 {
            assert_eq!(
                addresses.attempt(network(1), false, Refusal::Locked),
                Err(Refusal::Locked)
            );
        }
        assert!(matches!(
            addresses.attempt(network(1), true, Refusal::Locked),
            Err(Refusal::Rate(_))
        ));
        assert_eq!(addresses.attempt(network(2), true, Refusal::Locked), Ok(()));
        tokio::time::advance(MINUTE).await;
        assert_eq!(addresses.attempt(network(1), true, Refusal::Locked), Ok(()));
    }
}
