//! Counters of what happens at the ports, for `/healthz`.
//!
//! A leaf: whoever counts is handed the [`Metrics`] and adds to them. Nothing is decided by them.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Serialize, Serializer};

/// All counters of one gateway. Serialises to their present values.
#[derive(Debug, Default, Serialize)]
pub struct Metrics {
    /// Connections taken since the start.
    pub accepted: Counter,
    /// Connections closed at once because their address held too many.
    pub refused: Counter,
    /// Times a connection could not be taken, for want of file descriptors above all.
    pub accept_failed: Counter,
    /// TLS handshakes that came to nothing.
    pub handshake_failed: Counter,
    /// Connections closed because they were silent for too long.
    pub silent: Counter,
    /// HTTP requests.
    pub requests: Counter,
    /// Requests refused for their `Host` or `Origin`.
    pub turned_away: Counter,
    /// Messages relayed.
    pub messages: Counter,
    /// Messages that the card did not take.
    pub not_stored: Counter,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts one more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts several more.
    pub fn add_many(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }

    /// The count so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Serialize for Counter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_serialise_to_their_present_values() {
        let metrics = Metrics::default();
        metrics.requests.add();
        metrics.requests.add();
        let json = serde_json::to_value(&metrics).unwrap();
        assert_eq!(json["requests"], 2);
        assert_eq!(json["silent"], 0);
    }
}
