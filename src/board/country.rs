//! Which Wi-Fi channels a country permits: read from the kernel's own regulatory database.
//!
//! The format is that of `regulatory.db(5)`, version 20: numbers are big-endian, pointers count in
//! units of four bytes. The file is ours and signed, but a card can be damaged: whatever does not
//! fit is a country that is not known.

use std::path::Path;

/// The database; an empty one knows the world's rules only.
#[derive(Default)]
pub struct Regulations(Vec<u8>);

/// What a country says of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A Wi-Fi may be opened on it.
    Permitted,
    /// Only by a radio that looks out for radar.
    Radar,
    /// Not at all.
    Forbidden,
}

/// One rule: a range of frequencies in kHz, and what may be done there.
struct Rule {
    start: u32,
    end: u32,
    flags: u8,
}

/// Whether that is the number of a channel that a Pi could use.
pub fn is_channel(channel: u8) -> bool {
    centre_khz(channel).is_some()
}

/// Whether a channel lies at 5 GHz.
pub fn is_five_ghz(channel: u8) -> bool {
    channel > 14
}

impl Regulations {
    /// Reads the database; without one only the world's rules are known.
    pub fn open(path: &Path) -> Self {
        Self(std::fs::read(path).unwrap_or_default())
    }

    /// Whether the country is in the database. Without a database any two letters may be one.
    pub fn know(&self, country: &str) -> bool {
        let letters = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
        letters && (self.0.is_empty() || self.rules(country).is_some())
    }

    /// What a country says of a channel; `00` is the world.
    pub fn verdict(&self, country: &str, channel: u8) -> Verdict {
        let Some(centre) = centre_khz(channel) else {
            return Verdict::Forbidden;
        };
        let Some(rules) = self.rules(country) else {
            return match channel {
                1..=11 => Verdict::Permitted,
                _ => Verdict::Forbidden,
            };
        };
        let (low, high) = (centre - HALF_WIDTH_KHZ, centre + HALF_WIDTH_KHZ);
        let rule = rules
            .iter()
            .find(|rule| rule.start <= low && high <= rule.end);
        match rule.map(|rule| rule.flags) {
            None => Verdict::Forbidden,
            Some(flags) if flags & (NO_OFDM | NO_IR) != 0 => Verdict::Forbidden,
            Some(flags) if flags & DFS != 0 => Verdict::Radar,
            Some(_) => Verdict::Permitted,
        }
    }

    /// The permitted channel of the same band that is nearest to one; 6 if there is none.
    pub fn nearest(&self, country: &str, wanted: u8) -> u8 {
        let permitted = (1..=u8::MAX).filter(|channel| {
            is_five_ghz(*channel) == is_five_ghz(wanted)
                && self.verdict(country, *channel) == Verdict::Permitted
        });
        // At 5 GHz every phone knows the lowest four; of the highest many look at none.
        permitted
            .min_by_key(|channel| (*channel > 48, channel.abs_diff(wanted)))
            .unwrap_or(6)
    }

    fn rules(&self, country: &str) -> Option<Vec<Rule>> {
        if self.bytes(0)? != *MAGIC || self.bytes(4)? != VERSION {
            return None;
        }
        let entries = (8..self.0.len())
            .step_by(4)
            .map_while(|at| self.bytes::<4>(at));
        let entry = entries
            .take_while(|[_, _, high, low]| (*high, *low) != (0, 0))
            .find(|entry| entry[..2] == *country.as_bytes())?;
        let collection = pointer([entry[2], entry[3]]);
        let [length, count] = self.bytes(collection)?;
        let pointers = collection + usize::from(length).next_multiple_of(2);
        (0..usize::from(count))
            .map(|index| self.rule(pointer(self.bytes(pointers + 2 * index)?)))
            .collect()
    }

    fn rule(&self, at: usize) -> Option<Rule> {
        let [_, flags] = self.bytes(at)?;
        Some(Rule {
            flags,
            start: u32::from_be_bytes(self.bytes(at + 4)?),
            end: u32::from_be_bytes(self.bytes(at + 8)?),
        })
    }

    fn bytes<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at + N)?.try_into().ok()
    }
}

fn pointer(bytes: [u8; 2]) -> usize {
    usize::from(u16::from_be_bytes(bytes)) << 2
}

/// IEEE 802.11, annex E: where the channels of 20 MHz lie.
fn centre_khz(channel: u8) -> Option<u32> {
    let number = u32::from(channel);
    match channel {
        1..=13 => Some((2_407 + 5 * number) * 1_000),
        36..=64 | 100..=144 if channel.is_multiple_of(4) => Some((5_000 + 5 * number) * 1_000),
        149..=165 if channel % 4 == 1 => Some((5_000 + 5 * number) * 1_000),
        _ => None,
    }
}

const HALF_WIDTH_KHZ: u32 = 10_000;

const MAGIC: &[u8; 4] = b"RGDB";
const VERSION: [u8; 4] = 20_u32.to_be_bytes();

/// Neither 802.11g nor later: only channel 14, in Japan.
const NO_OFDM: u8 = 1 << 0;
/// Dynamic frequency selection: radar goes first.
const DFS: u8 = 1 << 2;
/// No initiating radiation: join, never open.
const NO_IR: u8 = 1 << 3;

#[cfg(test)]
mod tests {
    use super::*;

    /// One country, XX, with one rule for 2,402 to 2,482 MHz.
    fn small() -> Vec<u8> {
        let mut file = [MAGIC.as_slice(), &VERSION, b"XX\0\x04", &[0; 4]].concat();
        file.extend([3, 1, 0, 0, 0, 6, 0, 0]);
        file.extend([16, 0, 0, 0]);
        file.extend(2_402_000_u32.to_be_bytes());
        file.extend(2_482_000_u32.to_be_bytes());
        file
    }

    #[test]
    fn a_channel_is_permitted_where_a_rule_has_room_for_all_of_it() {
        let rules = Regulations(small());
        assert!(rules.know("XX") && !rules.know("XY") && !rules.know("xx"));
        for channel in 1..=13 {
            assert_eq!(
                rules.verdict("XX", channel),
                Verdict::Permitted,
                "{channel}"
            );
        }
        assert_eq!(rules.verdict("XX", 36), Verdict::Forbidden);
        assert_eq!(rules.nearest("XX", 36), 6);
    }

    #[test]
    fn without_a_database_the_world_has_eleven_channels() {
        let none = Regulations::default();
        assert!(none.know("KR") && !none.know("Korea"));
        assert_eq!(none.verdict("00", 11), Verdict::Permitted);
        assert_eq!(none.verdict("KR", 13), Verdict::Forbidden);
        assert_eq!(none.nearest("00", 13), 11);
    }

    #[test]
    fn a_database_that_was_damaged_anywhere_panics_nowhere() {
        let whole = small();
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7F, 0xFF] {
                let mut file = whole.clone();
                file[at] = byte;
                file.truncate(whole.len() - at % 5);
                let rules = Regulations(file);
                let _ = (
                    rules.know("XX"),
                    rules.verdict("XX", 6),
                    rules.nearest("XX", 1),
                );
            }
        }
    }
}
