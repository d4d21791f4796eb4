//! `madang.txt` as text: whatever an editor has made of it, lines of `key = value`.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use super::key::{self, CODE};
use super::problem::{Problem, Wrong};

/// A file that is longer than this is not read: an owner writes a page at most.
pub const MOST_BYTES: u64 = 64 << 10;

/// One line that says something.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: usize,
    /// What is set: in lower case, with hyphens.
    pub key: String,
    /// To what: without spaces and quotation marks around it.
    pub value: String,
}

/// Reads the file. One that is missing says nothing, which is no mistake.
pub fn read(path: &Path, problems: &mut Vec<Problem>) -> Vec<Line> {
    let mut bytes = Vec::new();
    let file = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    match file {
        Err(error) if error.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            problems.push(Wrong::Unreadable(error.kind()).everywhere());
            return Vec::new();
        }
        Ok(_) if bytes.len() as u64 > MOST_BYTES => {
            problems.push(Wrong::HugeFile.everywhere());
            return Vec::new();
        }
        Ok(_) => {}
    }
    lines(&decode(&bytes), problems)
}

/// UTF-8 with or without a byte order mark, or what Windows calls Unicode. What is none of these
/// keeps its ASCII: the rest becomes U+FFFD, which no value may hold. So do lines that `PowerShell` has
/// put at the end of another encoding's file: two bytes a letter, without a mark.
fn decode(bytes: &[u8]) -> String {
    let units = |of: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| of([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    let mut text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, rest @ ..] => units(u16::from_le_bytes, rest),
        [0xFE, 0xFF, rest @ ..] => units(u16::from_be_bytes, rest),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.retain(|c| c != '\0');
    text
}

fn lines(text: &str, problems: &mut Vec<Problem>) -> Vec<Line> {
    let mut lines = Vec::new();
    // Ends of lines as Windows, Unix and very old Macs write them.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (index, line) in text.lines().enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // A Korean keyboard may give the wide one. With a colon before it all that follows may be secret.
        let halves = line.split_once(['=', '＝']);
        let Some((key, value)) = halves.filter(|(key, _)| !key.contains([':', '：'])) else {
            problems.push(Wrong::NoEquals(is_about_code(line)).at(number));
            continue;
        };
        lines.push(Line {
            number,
            key: spelled(key),
            value: unquoted(value.trim()).to_owned(),
        });
    }
    lines
}

/// A key as the table spells it, however wide its letters are.
fn spelled(key: &str) -> String {
    let key: String = key.trim().nfkc().collect();
    key.to_lowercase().replace(['_', ' '], "-")
}

/// Whether a line that is not `key = value` seems to set the entry code: `code secret`, `Cod: secret`.
fn is_about_code(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    let first = words.find(|word| !word.is_empty()).unwrap_or_default();
    let before_colon = line.split_once([':', '：']).map(|(key, _)| spelled(key));
    spelled(first) == CODE || before_colon.is_some_and(|key| key::nearest(&key) == Some(CODE))
}

/// Takes away one pair of quotation marks, straight ones or an editor's curly ones.
fn unquoted(value: &str) -> &str {
    [('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’')]
        .iter()
        .find_map(|(open, close)| value.strip_prefix(*open)?.strip_suffix(*close))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(usize, String, String)> {
        let mut problems = Vec::new();
        let lines = lines(text, &mut problems);
        assert!(problems.is_empty());
        lines
            .into_iter()
            .map(|line| (line.number, line.key, line.value))
            .collect()
    }

    #[test]
    fn a_line_is_understood_however_it_is_spelled() {
        for line in [
            "wifi-name=a b",
            "  WiFi-Name =  a b ",
            "wifi_name = \"a b\"",
            "Wifi name\t=\t'a b'",
            "WIFI-NAME ＝ “a b”",
        ] {
            assert_eq!(
                said(line),
                [(1, "wifi-name".to_owned(), "a b".to_owned())],
                "{line}"
            );
        }
        assert_eq!(said("# a = b\n\n   # c\n"), []);
        assert_eq!(said("a = b = #c")[0].2, "b = #c");
        assert_eq!(said("a = \" b \"")[0].2, " b ");
        assert_eq!(said("a = \"")[0].2, "\"");
    }

    #[test]
    fn every_editor_s_line_ends_and_encodings_are_read() {
        let text = "# 주석\r\ntitle = 마당\r\nchannel = 6\r\n";
        let mut little = vec![0xFF, 0xFE];
        little.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut big = vec![0xFE, 0xFF];
        big.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let wanted = said("\ntitle = 마당\nchannel = 6");
        for bytes in [
            text.as_bytes(),
            &little,
            &big,
            &marked,
            text.replace("\r\n", "\r").as_bytes(),
        ] {
            assert_eq!(said(&decode(bytes)), wanted);
        }
    }

    #[test]
    fn letters_of_another_encoding_cost_only_their_own_line() {
        let lines = said(&decode(b"title = \xB8\xB6\xB4\xE7\nchannel = 11"));
        assert!(lines[0].2.contains('\u{FFFD}'));
        assert_eq!(lines[1].2, "11");
    }
}
