//! The store's own record: who it is and how often it was opened.

use std::fmt;
use std::str::FromStr;

use super::record::{seal, unseal};

/// The random identity of a store, 128 bits. A client keeps it beside its cursor, so that a
/// replaced or wiped store is noticed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogId([u8; 16]);

impl LogId {
    /// A new one.
    pub fn random() -> std::io::Result<Self> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(std::io::Error::other)?;
        Ok(Self(bits))
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogId({self})")
    }
}

impl FromStr for LogId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(text, 16).map(|bits| Self(bits.to_be_bytes()))
    }
}

/// Bits of the boot count in a seq. A store whose count is used up (after a million openings) is
/// set aside like a damaged one, and a new one is begun under a new `log`.
pub const BOOT_BITS: u32 = 20;
/// The last boot count.
pub(super) const LAST_BOOT: u32 = (1 << BOOT_BITS) - 1;

/// Key of the record.
pub(super) const BOOT_KEY: [u8; 5] = [0, 0, 0, 0, b'b'];

/// The record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Boot {
    /// How often the store was opened.
    pub(super) count: u32,
    /// Who it is.
    pub(super) log: LogId,
    /// The number for the next new room; numbers are not used twice.
    pub(super) next_room: u32,
    /// The highest floor of all rooms that were forgotten: a new room begins with it, because it
    /// may be one of them.
    pub(super) forgotten: u64,
}

impl Boot {
    /// The record of a new store, not yet opened once.
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            count: 0,
            log: LogId::random()?,
            next_room: 1,
            forgotten: 0,
        })
    }

    /// The value: `crc ‖ count ‖ log ‖ next room ‖ forgotten`, little-endian.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut value = vec![0; 4];
        value.extend(self.count.to_le_bytes());
        value.extend(self.log.0);
        value.extend(self.next_room.to_le_bytes());
        value.extend(self.forgotten.to_le_bytes());
        seal(&BOOT_KEY, &mut value);
        value
    }

    /// Reads the record; `None` if it is damaged.
    pub(super) fn decode(value: &[u8]) -> Option<Self> {
        let rest = unseal(&BOOT_KEY, value)?;
        let (count, rest) = rest.split_first_chunk()?;
        let (log, rest) = rest.split_first_chunk()?;
        let (next_room, rest) = rest.split_first_chunk()?;
        Some(Self {
            count: u32::from_le_bytes(*count),
            log: LogId(*log),
            next_room: u32::from_le_bytes(*next_room),
            forgotten: u64::from_le_bytes(rest.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_comes_back_and_a_damaged_one_does_not() {
        let boot = Boot {
            count: 1,
            log: LogId([0xa5; 16]),
            next_room: 2,
            forgotten: 1 << 52,
        };
        let mut value = boot.encode();
        assert_eq!(value.len(), 4 + 4 + 16 + 4 + 8);
        assert_eq!(Boot::decode(&value), Some(boot));
        value[9] ^= 4;
        assert_eq!(Boot::decode(&value), None);
        assert_eq!(Boot::decode(b""), None);
    }

    #[test]
    fn an_identity_is_32_hexadecimal_digits() {
        let log = LogId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(log.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(log.to_string().parse(), Ok(log));
        assert_ne!(LogId::random().unwrap(), LogId::random().unwrap());
    }
}
