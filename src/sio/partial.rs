//! A packet that still waits for its attachments (§ Sending and receiving data, binary), bounded
//! by itself and together with those of all other sessions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use super::packet::{Body, Malformed, Packet};
use crate::config::Limits;

/// A packet and the attachments that came so far.
pub(super) struct Partial {
    packet: Packet,
    attachments: Vec<Bytes>,
    held: Held,
}

impl Partial {
    pub(super) fn new(
        packet: Packet,
        size: usize,
        allowance: &Arc<Allowance>,
    ) -> Result<Self, Malformed> {
        let mut held = Held {
            bytes: 0,
            allowance: Arc::clone(allowance),
        };
        held.grow(size)?;
        Ok(Self {
            attachments: Vec::with_capacity(packet.attachments),
            packet,
            held,
        })
    }

    /// Takes one attachment. Whether it was the last.
    pub(super) fn add(&mut self, attachment: Bytes) -> Result<bool, Malformed> {
        self.held.grow(attachment.len())?;
        self.attachments.push(attachment);
        Ok(self.attachments.len() == self.packet.attachments)
    }

    /// The packet with its attachments in place.
    pub(super) fn finish(mut self) -> Packet {
        if let Body::Event { args, .. } | Body::Ack { args, .. } = &mut self.packet.body {
            args.attachments = self.attachments;
        }
        self.packet
    }
}

/// What unfinished packets may take: each of them, and those of all sessions.
pub(super) struct Allowance {
    packet_bytes: usize,
    total_bytes: usize,
    used: AtomicUsize,
}

impl Allowance {
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            packet_bytes: limits.packet_bytes,
            total_bytes: limits.inbound_bytes,
            used: AtomicUsize::new(0),
        })
    }
}

/// A part of the allowance, given back when dropped.
struct Held {
    bytes: usize,
    allowance: Arc<Allowance>,
}

impl Held {
    fn grow(&mut self, bytes: usize) -> Result<(), Malformed> {
        let used = self.allowance.used.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        if self.bytes > self.allowance.packet_bytes || used + bytes > self.allowance.total_bytes {
            return Err(Malformed::TooLarge);
        }
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.allowance.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
