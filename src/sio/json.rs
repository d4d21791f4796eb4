//! What is checked of a payload before anything believes it: how deep it is nested, where the
//! elements of its array are, and that its placeholders name attachments that exist.
//!
//! The order matters: the depth is bounded first, by a scan that keeps nothing, so that neither
//! a parser nor a reader of raw values meets a payload that could exhaust its stack.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Whether arrays and objects are nested at most `limit` deep. Says nothing of the syntax.
pub(super) fn is_nested_within(json: &str, limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > limit {
                    return false;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

/// Where the elements of a JSON array are, as ranges of `text`, of which `array` is a part.
/// `None` if `array` is not exactly one syntactically whole JSON array.
pub(super) fn elements(text: &str, array: Range<usize>) -> Option<Vec<Range<u32>>> {
    struct Elements(usize);

    impl<'de> Visitor<'de> for Elements {
        type Value = Vec<Range<u32>>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an array")
        }

        fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Self::Value, S::Error> {
            let mut ranges = Vec::new();
            while let Some(element) = seq.next_element::<&'de RawValue>()? {
                let start = element.get().as_ptr().addr() - self.0;
                let end = start + element.get().len();
                let narrow = |at| u32::try_from(at).map_err(|_| S::Error::custom("too long"));
                ranges.push(narrow(start)?..narrow(end)?);
            }
            Ok(ranges)
        }
    }

    let mut json = serde_json::Deserializer::from_str(text.get(array)?);
    let ranges = json.deserialize_seq(Elements(text.as_ptr().addr())).ok()?;
    json.end().ok()?;
    Some(ranges)
}

/// Whether every placeholder in `json` (§ Format: "JSON-stringified payload without binary") names
/// one of that many attachments.
pub(super) fn are_placeholders_within(json: &str, attachments: usize) -> bool {
    let mut reader = serde_json::Deserializer::from_str(json);
    Placeholders { attachments }
        .deserialize(&mut reader)
        .is_ok()
        && reader.end().is_ok()
}

/// Walks a whole value and keeps nothing of it.
#[derive(Clone, Copy)]
struct Placeholders {
    attachments: usize,
}

/// What the object around a value has to know of it.
#[derive(PartialEq)]
enum Seen {
    True,
    Number(u64),
    Other,
}

impl<'de> DeserializeSeed<'de> for Placeholders {
    type Value = Seen;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Seen, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Placeholders {
    type Value = Seen;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Seen, E> {
        Ok(if value { Seen::True } else { Seen::Other })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Seen, E> {
        Ok(Seen::Number(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Seen, E> {
        Ok(Seen::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Seen, E> {
        Ok(Seen::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Seen, E> {
        Ok(Seen::Other)
    }

    fn visit_unit<E>(self) -> Result<Seen, E> {
        Ok(Seen::Other)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Seen, S::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(Seen::Other)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Seen, M::Error> {
        // As in JavaScript, the last of several equal keys counts.
        let (mut mark, mut number) = (Seen::Other, Seen::Other);
        while let Some(key) = map.next_key()? {
            let value = map.next_value_seed(self)?;
            match key {
                Key::Mark => mark = value,
                Key::Number => number = value,
                Key::Other => {}
            }
        }
        let holds = match (mark, number) {
            (Seen::True, Seen::Number(number)) => {
                usize::try_from(number).is_ok_and(|number| number < self.attachments)
            }
            (Seen::True, _) => false,
            _ => true,
        };
        if holds {
            Ok(Seen::Other)
        } else {
            Err(M::Error::custom("placeholder of no attachment"))
        }
    }
}

enum Key {
    Mark,
    Number,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(match name {
                    "_placeholder" => Key::Mark,
                    "num" => Key::Number,
                    _ => Key::Other,
                })
            }
        }

        deserializer.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_counts_only_brackets_outside_strings() {
        assert!(is_nested_within(r#"["[[[[",{"a\"{{{":[]}]"#, 3));
        assert!(!is_nested_within(r#"["[[[[",{"a\"{{{":[]}]"#, 2));
        assert!(is_nested_within("[[],[],[]]", 2));
        assert!(!is_nested_within(&"[".repeat(1_000_000), 64));
    }

    #[test]
    fn elements_are_found_between_blanks_and_nothing_else_passes() {
        let text = r#"2 [ "a,b" , {"c":[1,2]} ,3 ]"#;
        let found: Vec<_> = elements(text, 1..text.len())
            .unwrap()
            .into_iter()
            .map(|range| &text[range.start as usize..range.end as usize])
            .collect();
        assert_eq!(found, [r#""a,b""#, r#"{"c":[1,2]}"#, "3"]);
        for broken in [
            "",
            "{}",
            "[",
            "[1,]",
            "[1 2]",
            "[1]]",
            "[1] x",
            "[nul]",
            r#"["\x"]"#,
            "[\"\n\"]",
        ] {
            assert_eq!(elements(broken, 0..broken.len()), None, "{broken}");
        }
    }

    #[test]
    fn placeholders_must_name_an_attachment_wherever_they_are() {
        let holds = are_placeholders_within;
        assert!(holds(
            r#"["x",{"a":[{"_placeholder":true,"num":1}]},{"num":0,"_placeholder":true}]"#,
            2
        ));
        assert!(holds(
            r#"[{"_placeholder":false,"num":9},{"_placeholder":1},{"num":7}]"#,
            0
        ));
        for bad in [
            "2",
            "-1",
            "0.5",
            "1e0",
            "\"0\"",
            "null",
            "18446744073709551616",
        ] {
            assert!(
                !holds(&format!(r#"[[{{"_placeholder":true,"num":{bad}}}]]"#), 2),
                "{bad}"
            );
        }
        assert!(!holds(r#"[{"_placeholder":true}]"#, 2));
        assert!(
            !holds(r#"[{"_placeholder":true,"num":0,"num":5}]"#, 2),
            "the last of equal keys counts"
        );
        assert!(
            !holds(r#"[{"\u005fplaceholder":true,"num":5}]"#, 2),
            "an escaped key is the same key"
        );
        assert!(!holds(
            r#"[{"_placeholder":true,"num":{"_placeholder":true,"num":0}}]"#,
            2
        ));
    }
}
