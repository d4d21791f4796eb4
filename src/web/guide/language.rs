//! In which language a guide is read.

use hyper::header::{self, HeaderMap};

/// A language with texts of its own: a folder in `web/portal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Korean,
}

impl Language {
    const ALL: [Self; 2] = [Self::English, Self::Korean];

    /// Its code, as HTML has it (BCP 47).
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The one that the reader likes best (`Accept-Language`, RFC 9110 §12.5.4); English otherwise.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let wishes = headers.get_all(header::ACCEPT_LANGUAGE).iter();
        let wishes = wishes.filter_map(|value| value.to_str().ok());
        let mut best = (0.0, Self::English);
        for wish in wishes.flat_map(|value| value.split(',')) {
            let (range, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
            let weight = weight.trim().strip_prefix("q=").unwrap_or_default();
            let weight = weight.parse::<f32>().unwrap_or(0.0);
            let primary = range.trim().split('-').next().unwrap_or_default();
            let known = Self::ALL
                .into_iter()
                .find(|language| language.code().eq_ignore_ascii_case(primary));
            if let Some(language) = known
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_greatest_weight_is_taken() {
        for (header, language) in [
            ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", Language::Korean),
            ("KO", Language::Korean),
            ("de-DE,de;q=0.9,ko;q=0.3,en;q=0.2", Language::Korean),
            ("en-GB,ko;q=0.9", Language::English),
            ("ko;q=0.1,en;q=0.5", Language::English),
            ("ko;q=0", Language::English),
            ("kok", Language::English),
            ("fr", Language::English),
            ("*", Language::English),
            (";;,=q;ko;q=x", Language::English),
            ("", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, header.parse().unwrap());
            assert_eq!(Language::of(&headers), language, "{header}");
        }
        assert_eq!(Language::of(&HeaderMap::new()), Language::English);
    }
}
