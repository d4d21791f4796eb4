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
