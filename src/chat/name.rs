//! Names of rooms and persons: normalised, visible, bounded.

use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::refusal::Refusal;
use crate::store::NAME_BYTES;

/// A room's name: NFC, visible, 1 to `limits.room_name_chars` characters, and no more bytes than
/// the store takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomName(Arc<str>);

/// A person's name: NFC, visible, 1 to `limits.name_chars` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(Arc<str>);

impl RoomName {
    /// Normalises what a peer sent.
    pub fn parse(raw: &str, max_chars: usize) -> Result<Self, Refusal> {
        let name = visible(raw, "the room's name (characters)", max_chars)?;
        if name.len() > NAME_BYTES {
            return Err(Refusal::TooLong {
                what: "the room's name (bytes)",
                limit: NAME_BYTES,
            });
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PersonName {
    /// Normalises what a peer sent.
    pub fn parse(raw: &str, max_chars: usize) -> Result<Self, Refusal> {
        visible(raw, "the name (characters)", max_chars).map(|name| Self(name.into()))
    }

    /// The name of those who gave none. It is the one name that several may bear.
    pub fn anonymous() -> Self {
        Self(ANONYMOUS.into())
    }

    /// Whether this is the name of those who gave none.
    pub fn is_anonymous(&self) -> bool {
        &*self.0 == ANONYMOUS
    }

    /// What two names that a reader cannot tell apart have in common: case- and lookalike-folded.
    pub fn folded(&self) -> String {
        let lower: String = self.0.nfkc().flat_map(char::to_lowercase).collect();
        unicode_security::skeleton(&lower).collect()
    }

    /// This name with a number behind it, shortened where the limit asks for it.
    #[must_use]
    pub fn numbered(&self, number: usize, max_chars: usize) -> Self {
        let suffix = format!(" {number}");
        let room = max_chars.saturating_sub(suffix.chars().count()).max(1);
        let base: String = self.0.graphemes(true).take(room).collect();
        Self(format!("{}{suffix}", base.trim_end()).into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// NFC, without control and direction characters, blanks folded to one space, at least one
/// character that leaves ink, at most `max_chars` grapheme clusters.
fn visible(raw: &str, what: &'static str, max_chars: usize) -> Result<String, Refusal> {
    let too_long = || Refusal::TooLong {
        what,
        limit: max_chars,
    };
    if raw.len() > max_chars.saturating_mul(BYTES_PER_CHARACTER) {
        return Err(too_long());
    }
    // Tabs and line ends are blanks before they are controls. What is hidden goes first of all: it
    // must not keep apart what belongs together.
    let spaced: String = raw
        .chars()
        .filter(|&c| is_blank(c) || !is_hidden(c))
        .nfc()
        .map(|c| if is_blank(c) { ' ' } else { c })
        .collect();
    let words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).collect();
    let name = words.join(" ");
    // A mark in front of all would stand on what is written before the name.
    let name = name.trim_start_matches(|c| is_combining_mark(c) || c == ' ');
    if !name.chars().any(leaves_ink) {
        return Err(Refusal::BadRequest(
            "a name needs at least one visible character".to_owned(),
        ));
    }
    if name.graphemes(true).count() > max_chars || tallest(name) > MARKS_PER_CHARACTER {
        return Err(too_long());
    }
    Ok(name.to_owned())
}

/// Spaces of every kind, and letters that are drawn as nothing.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}' | '\u{180e}'
        )
}

/// Characters that change how a line is drawn without being seen: controls, direction overrides,
/// zero-width spaces, what only musicians, shorthand and Mongolian need. The joiners, selectors and
/// tags stay: emoji and several scripts are written with them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e001f}' | '\u{e0080}'..='\u{e00ff}'
            | '\u{e01f0}'..='\u{e0fff}')
}

fn leaves_ink(c: char) -> bool {
    !c.is_whitespace()
        && !is_combining_mark(c)
        && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The longest run of combining marks on one character.
fn tallest(name: &str) -> usize {
    name.graphemes(true)
        .map(|cluster| cluster.chars().filter(|&c| is_combining_mark(c)).count())
        .max()
        .unwrap_or(0)
}

/// The name of those who gave none, as in the classic tutorial.
const ANONYMOUS: &str = "Anon";
/// A family emoji with skin tones is about 41 bytes; more is no name.
const BYTES_PER_CHARACTER: usize = 64;
/// Vietnamese needs two, Hebrew with points and accents four.
const MARKS_PER_CHARACTER: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn room(raw: &str) -> Result<String, Refusal> {
        RoomName::parse(raw, 64).map(|name| name.to_string())
    }

    #[test]
    fn korean_emoji_and_accents_are_kept_and_composed() {
        assert_eq!(room("마당").unwrap(), "마당");
        assert_eq!(
            room("\u{1106}\u{1161}\u{1103}\u{1161}\u{11bc}").unwrap(),
            "마당"
        );
        assert_eq!(room("👩‍👩‍👧‍👦 café").unwrap(), "👩‍👩‍👧‍👦 café");
    }

    #[test]
    fn blanks_are_folded_and_hidden_characters_dropped() {
        assert_eq!(room("  a \t\u{3164} b\u{202e}\u{200b} ").unwrap(), "a b");
    }

    #[test]
    fn what_is_dropped_joins_nothing_that_looks_like_another_name() {
        assert_eq!(room("a \u{200b} b").unwrap(), "a b");
        assert_eq!(room("e\u{200b}\u{301}").unwrap(), "é");
        assert_eq!(room("\u{200b} a \u{202e}").unwrap(), "a");
    }

    proptest::proptest! {
        #[test]
        fn a_name_is_its_own_name(
            raw in "[a é가각\u{1100}\u{1161}\u{11a8}\u{301}\u{323}\u{200b}\u{200d}\u{202e}\u{3164}\u{a0}\u{2126}👩\u{1f3fd}\u{fe0f}]{0,12}"
        ) {
            if let Ok(name) = room(&raw) {
                proptest::prop_assert_eq!(room(&name), Ok(name.clone()), "{:?} of {:?}", name, raw);
            }
        }
    }

    #[test]
    fn no_direction_control_and_nothing_invisible_is_left_in_a_name() {
        let hidden = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\
                      \u{2068}\u{2069}\u{200b}\u{2060}\u{feff}\u{ad}\u{34f}\u{17b4}\u{180b}\u{180f}\u{fff9}\
                      \u{1d159}\u{1d173}\u{1bca0}\u{e0001}\u{e01f0}\u{0}\u{7f}\u{85}";
        for c in hidden.chars() {
            let found = room(&format!("a{c}b{c}"));
            let blank = c.is_whitespace();
            assert_eq!(
                found.as_deref(),
                Ok(if blank { "a b" } else { "ab" }),
                "{c:?}"
            );
            assert!(room(&c.to_string()).is_err(), "{c:?} alone");
        }
        assert_eq!(room("\u{202e}nimda\u{2066}").unwrap(), "nimda");
    }

    #[test]
    fn a_mark_in_front_stands_on_nothing_and_goes() {
        assert_eq!(room("\u{301}\u{301} \u{20dd}a").unwrap(), "a");
        assert_eq!(room("a \u{301}").unwrap(), "a \u{301}");
    }

    #[test]
    fn names_that_differ_by_what_nobody_sees_fold_together() {
        let fold = |raw: &str| PersonName::parse(raw, 32).unwrap().folded();
        for raw in [
            "Pa\u{200d}ul",
            "Paul\u{200c}",
            "Paul\u{fe0f}",
            "Paul\u{e0041}",
            "Paul\u{e0100}",
        ] {
            assert_eq!(fold(raw), fold("Paul"), "{raw:?}");
        }
    }

    #[test]
    fn a_name_without_ink_is_refused() {
        for raw in [
            "",
            " ",
            "\u{3164}",
            "\u{200d}\u{200d}",
            "\u{202e}",
            "\u{301}",
            "\u{301} \u{301}",
            "\u{fe0f}\u{e0041}",
        ] {
            assert!(matches!(room(raw), Err(Refusal::BadRequest(_))), "{raw:?}");
        }
    }

    #[test]
    fn length_counts_what_a_reader_sees() {
        let family = "👨‍👩‍👧‍👦";
        assert!(PersonName::parse(&family.repeat(32), 32).is_ok());
        assert!(matches!(
            PersonName::parse(&"가".repeat(33), 32),
            Err(Refusal::TooLong { .. })
        ));
        let tower = format!("a{}", "\u{301}".repeat(40));
        assert!(matches!(
            PersonName::parse(&tower, 32),
            Err(Refusal::TooLong { .. })
        ));
    }

    #[test]
    fn lookalikes_fold_together() {
        let fold = |raw: &str| PersonName::parse(raw, 32).unwrap().folded();
        assert_eq!(fold("Paul"), fold("PAUL"));
        assert_eq!(fold("paypal"), fold("pаypаl"), "with Cyrillic letters");
        assert_ne!(fold("철수"), fold("영희"));
    }

    #[test]
    fn a_numbered_name_stays_within_the_limit() {
        let name = PersonName::parse(&"가".repeat(32), 32)
            .unwrap()
            .numbered(12, 32);
        assert_eq!(name.as_str().chars().count(), 32);
        assert!(name.as_str().ends_with(" 12"));
    }
}
