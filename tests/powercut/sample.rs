//! Messages whose content follows from their room and seq, so that whoever finds one again can
//! tell whether it is whole. Shared by `examples/store_writer.rs` and the tests that run it.

/// A small random generator (xorshift): the same numbers on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        random.number();
        random
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`, which must not be 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        (self.number() >> 11) % end
    }
}

/// The body of a message: mostly 100 bytes, some of 12 KB, a few of 64 KiB.
pub(crate) fn body(room: u64, seq: u64) -> Vec<u8> {
    let mut random = Random::new(room << 56 ^ seq);
    let length = match random.below(100) {
        0..=79 => 1 + random.below(200),
        80..=94 => 12_000 + random.below(500),
        _ => 65_000 + random.below(1_000),
    };
    let mut body: Vec<u8> = std::iter::repeat_with(|| random.number().to_le_bytes())
        .take(
            usize::try_from(length)
                .expect("lengths are small")
                .div_ceil(8),
        )
        .flatten()
        .collect();
    body.truncate(usize::try_from(length).expect("lengths are small"));
    body
}

/// When a message was posted: five minutes after the one before it, or with the next run back to
/// the morning. Many quarters of an hour begin, and no day is too old to be kept.
pub(crate) fn at(seq: u64) -> u64 {
    (seq >> 33) * 3_600_000 + (seq & 0xfff) * 300_000
}

/// The name of a room.
pub(crate) fn room(number: u64) -> String {
    format!("방 {number}")
}
