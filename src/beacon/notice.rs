//! A sentence that everybody on the page should read.

use serde::{Deserialize, Serialize};

/// A notice, in English and, where somebody has written it, in Korean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// How much it matters.
    #[serde(default)]
    pub level: Level,
    /// The same in Korean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ko: Option<String>,
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something is not as it should be.
    Warning,
    /// Good to know.
    #[default]
    #[serde(other)]
    Info,
}

/// Reads `notices.json`: a list of at most [`MOST`], of which more are not told.
pub(super) fn parse(content: &[u8]) -> Result<Vec<Notice>, String> {
    let mut notices: Vec<Notice> =
        serde_json::from_slice(content).map_err(|error| error.to_string())?;
    notices.retain(|notice| !notice.text.trim().is_empty());
    notices.truncate(MOST);
    Ok(notices)
}

/// Notices of one file: what nobody would read is not sent to everybody.
pub const MOST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_read_with_or_without_korean_and_of_any_level() {
        let notices = parse(
            r#"[{"level":"warning","text":"One","ko":"하나"},{"text":"Two","level":"urgent","id":7},
                {"text":"  "}]"#
                .as_bytes(),
        )
        .unwrap();
        let notice = |text: &str, level, ko: Option<&str>| Notice {
            text: text.to_owned(),
            level,
            ko: ko.map(str::to_owned),
        };
        assert_eq!(
            notices,
            [
                notice("One", Level::Warning, Some("하나")),
                notice("Two", Level::Info, None)
            ]
        );
    }

    #[test]
    fn there_are_at_most_sixteen_and_nonsense_is_none() {
        let many = format!("[{}]", vec![r#"{"text":"a"}"#; 40].join(","));
        assert_eq!(parse(many.as_bytes()).unwrap().len(), MOST);
        for nonsense in ["", "{}", "[1]", r#"[{"level":"info"}]"#, "\u{feff}[]"] {
            assert!(parse(nonsense.as_bytes()).is_err(), "{nonsense}");
        }
    }
}
