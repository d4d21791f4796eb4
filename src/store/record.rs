//! Messages as they lie in sled: keys, values, and the parts of a long one. Knows no room state
//! and does no I/O.
//!
//! ```text
//! key            room u32 ‖ seq u64 ‖ part u16, all big-endian: one room lies together, in order
//! first value    crc u32 ‖ form u8 ‖ parts u16 ‖ length u32 ‖ at u64 ‖ before u64 ‖ body…
//! other values   crc u32 ‖ body…
//! ```
//! The checksum covers the key too, so a value tells for which room, seq and part it was written.
//! A message of which a part is missing or damaged is not there. Numbers in values are
//! little-endian. No value is longer than [`VALUE_BYTES`].

use sled::IVec;

/// Longest value. sled moves values of leaf pages above a quarter of a segment into files that it
/// never syncs; with segments of 128 KiB values must stay below about 1,536 bytes.
pub(super) const VALUE_BYTES: usize = 1_500;
/// Bytes of a key.
pub(super) const KEY_BYTES: usize = 14;
/// Longest body: what the count of parts can express.
pub(super) const BODY_BYTES: usize =
    VALUE_BYTES - FIRST_HEADER + (u16::MAX as usize - 1) * (VALUE_BYTES - CRC_BYTES);

const CRC_BYTES: usize = 4;
const FIRST_HEADER: usize = CRC_BYTES + 1 + 2 + 4 + 8 + 8;
/// The form of the first value: bit 0 says that `at` is a time to be trusted.
const FORM_TIMED: u8 = 1;

/// A key.
pub(super) type Key = [u8; KEY_BYTES];

/// The key of one part of a message.
pub(super) fn key(room: u32, seq: u64, part: u16) -> Key {
    let mut key = [0; KEY_BYTES];
    key[..4].copy_from_slice(&room.to_be_bytes());
    key[4..12].copy_from_slice(&seq.to_be_bytes());
    key[12..].copy_from_slice(&part.to_be_bytes());
    key
}

/// Room, seq and part of a key; `None` for a key of another shape.
pub(super) fn parse_key(key: &[u8]) -> Option<(u32, u64, u16)> {
    let (room, rest) = key.split_first_chunk()?;
    let (seq, rest) = rest.split_first_chunk()?;
    let part = rest.try_into().ok()?;
    Some((
        u32::from_be_bytes(*room),
        u64::from_be_bytes(*seq),
        u16::from_be_bytes(part),
    ))
}

/// Puts the checksum of `key` and of what follows in `value` into its first four bytes.
pub(super) fn seal(key: &[u8], value: &mut [u8]) {
    let (crc, rest) = value.split_at_mut(CRC_BYTES);
    crc.copy_from_slice(&checksum(key, rest).to_le_bytes());
}

/// What follows the checksum, if it is right.
pub(super) fn unseal<'a>(key: &[u8], value: &'a [u8]) -> Option<&'a [u8]> {
    let (crc, rest) = value.split_first_chunk()?;
    (u32::from_le_bytes(*crc) == checksum(key, rest)).then_some(rest)
}

fn checksum(key: &[u8], rest: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key);
    hasher.update(rest);
    hasher.finalize()
}

/// The keys and values of a message, in order. `at` is `None` for a time not to be trusted,
/// `before` as in [`Header`]. The body must not be longer than [`BODY_BYTES`].
pub(super) fn encode(
    room: u32,
    seq: u64,
    at: Option<u64>,
    before: u64,
    body: &[u8],
) -> impl Iterator<Item = (Key, Vec<u8>)> {
    let head = body.len().min(VALUE_BYTES - FIRST_HEADER);
    let (head, tail) = body.split_at(head);
    let rest = tail.chunks(VALUE_BYTES - CRC_BYTES);
    let parts = u16::try_from(1 + rest.len()).expect("bodies are at most BODY_BYTES long");
    let length = u32::try_from(body.len()).expect("bodies are at most BODY_BYTES long");

    let mut first = Vec::with_capacity(FIRST_HEADER + head.len());
    first.extend([0; CRC_BYTES]);
    first.push(if at.is_some() { FORM_TIMED } else { 0 });
    first.extend(parts.to_le_bytes());
    first.extend(length.to_le_bytes());
    first.extend(at.unwrap_or_default().to_le_bytes());
    first.extend(before.to_le_bytes());
    first.extend_from_slice(head);
    let others = rest.map(|chunk| [&[0; CRC_BYTES], chunk].concat());

    std::iter::once(first)
        .chain(others)
        .zip(0..)
        .map(move |(mut value, part)| {
            let key = key(room, seq, part);
            seal(&key, &mut value);
            (key, value)
        })
}

/// What the first value says about its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Values of the message, the first included.
    pub(super) parts: u16,
    /// Bytes of the body.
    pub(super) length: u32,
    /// When it was posted, if that time is to be trusted.
    pub(super) at: Option<u64>,
    /// Seq of the room's message before it, when it was written; 0 if that is not known. If that
    /// one is missing and was not retired, the disk has lost it: sled itself does not tell.
    pub(super) before: u64,
}

/// Header and beginning of the body; `None` if the value is damaged or not a first one.
pub(super) fn decode_first<'a>(key: &[u8], value: &'a [u8]) -> Option<(Header, &'a [u8])> {
    let rest = unseal(key, value)?;
    let (&[form], rest) = rest.split_first_chunk()?;
    let (parts, rest) = rest.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (at, rest) = rest.split_first_chunk()?;
    let (before, rest) = rest.split_first_chunk()?;
    let at = (form & FORM_TIMED != 0).then_some(u64::from_le_bytes(*at));
    let header = Header {
        parts: u16::from_le_bytes(*parts),
        length: u32::from_le_bytes(*length),
        at,
        before: u64::from_le_bytes(*before),
    };
    Some((header, rest))
}

/// Puts a message together again from all of its keys and values, in order; `None` if a part is
/// missing or damaged.
pub(super) fn assemble(parts: &[(IVec, IVec)]) -> Option<(Header, Vec<u8>)> {
    let ((key, value), others) = parts.split_first()?;
    let (header, head) = decode_first(key, value)?;
    if usize::from(header.parts) != parts.len() || parse_key(key)?.2 != 0 {
        return None;
    }
    let mut body = Vec::with_capacity(VALUE_BYTES * parts.len());
    body.extend_from_slice(head);
    for ((key, value), part) in others.iter().zip(1..) {
        if parse_key(key)?.2 != part {
            return None;
        }
        body.extend_from_slice(unseal(key, value)?);
    }
    (usize::try_from(header.length) == Ok(body.len())).then_some((header, body))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stored(seq: u64, at: Option<u64>, before: u64, body: &[u8]) -> Vec<(IVec, IVec)> {
        let pair = |(key, value): (Key, Vec<u8>)| (IVec::from(&key), IVec::from(value));
        encode(7, seq, at, before, body).map(pair).collect()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes
            .iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }

    #[test]
    fn keys_and_values_have_the_form_that_is_on_the_cards() {
        let parts = stored(0x0002_0000_0000_0001, Some(1_000), 0x10, "안녕".as_bytes());
        assert_eq!(parts.len(), 1);
        assert_eq!(hex(&parts[0].0), "0000000700020000000000010000");
        assert_eq!(
            hex(&parts[0].1),
            "4ce81af401010006000000e8030000000000001000000000000000ec9588eb8595"
        );
        let untimed = stored(1, None, 0, &[0xab; VALUE_BYTES]);
        assert_eq!(untimed.len(), 2);
        assert_eq!(hex(&untimed[1].0), "0000000700000000000000010001");
        assert_eq!(untimed[0].1.len(), VALUE_BYTES);
        assert_eq!(
            hex(&untimed[0].1[4..28]),
            "000200dc05000000000000000000000000000000000000ab"
        );
        assert_eq!(untimed[1].1.len(), CRC_BYTES + FIRST_HEADER);
        assert_eq!(parse_key(&untimed[1].0), Some((7, 1, 1)));
    }

    #[test]
    fn keys_sort_by_room_then_seq_then_part() {
        let mut keys = [
            key(2, 0, 0),
            key(1, 256, 0),
            key(1, 1, 256),
            key(1, 1, 1),
            key(1, 0, 9),
        ];
        keys.sort_unstable();
        let sorted = keys.map(|key| parse_key(&key).unwrap());
        assert_eq!(
            sorted,
            [(1, 0, 9), (1, 1, 1), (1, 1, 256), (1, 256, 0), (2, 0, 0)]
        );
    }

    #[test]
    fn a_message_without_all_of_its_parts_is_not_there() {
        let mut parts = stored(1, None, 0, &[1; 5_000]);
        assert!(assemble(&parts).is_some());
        assert!(assemble(&parts[1..]).is_none());
        assert!(assemble(&parts[..3]).is_none());
        assert!(assemble(&[]).is_none());
        parts.swap(1, 2);
        assert!(assemble(&parts).is_none());
    }

    #[test]
    fn a_value_under_the_key_of_another_is_not_taken_for_it() {
        let mut parts = stored(1, None, 0, b"words");
        parts[0].0 = IVec::from(&key(7, 2, 0));
        assert!(assemble(&parts).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_message_comes_back_as_it_was(
            body in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..4_000),
                proptest::collection::vec(any::<u8>(), 65_000..70 << 10),
            ],
            seq: u64,
            at: Option<u64>,
            before: u64,
        ) {
            let parts = stored(seq, at, before, &body);
            prop_assert!(parts.iter().all(|(_, value)| value.len() <= VALUE_BYTES));
            let (header, back) = assemble(&parts).unwrap();
            prop_assert_eq!(back, body);
            prop_assert_eq!((header.at, header.before), (at, before));
            prop_assert_eq!(usize::from(header.parts), parts.len());
        }

        #[test]
        fn a_flipped_bit_is_noticed_wherever_it_is(
            length in 0_usize..4_000, place: proptest::sample::Index, bit in 0_u32..8,
        ) {
            let mut parts = stored(1, Some(2), 0, &vec![9; length]);
            let chosen = place.index(parts.len());
            let mut value = parts[chosen].1.to_vec();
            let at = place.index(value.len());
            value[at] ^= 1 << bit;
            parts[chosen].1 = value.into();
            prop_assert!(assemble(&parts).is_none());
        }

        #[test]
        fn no_bytes_make_it_panic(key: Vec<u8>, value: Vec<u8>) {
            let _ = parse_key(&key);
            let _ = decode_first(&key, &value);
            let _ = assemble(&[(key.into(), value.into())]);
        }
    }
}
