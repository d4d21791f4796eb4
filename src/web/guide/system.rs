//! On which system a guide is read: its own steps are shown first.

use hyper::header::{self, HeaderMap};

/// What differs in how a sheet is left and a certificate is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    /// iOS and macOS.
    Apple,
    /// Its sheet hands on to a browser behind a warning.
    Android,
    Windows,
    Other,
}

/// Whether the reader is a sheet that can neither pass a warning nor hand on to a browser: Apple's,
/// which does not call itself Safari.
pub(super) fn is_closed(headers: &HeaderMap) -> bool {
    System::of(headers) == System::Apple && !agent(headers).contains("Safari/")
}

fn agent(headers: &HeaderMap) -> &str {
    let agent = headers.get(header::USER_AGENT);
    agent
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default()
}

impl System {
    /// By `User-Agent`, as far as it is true; nothing depends on it but what is shown first.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let agent = agent(headers);
        let says = |words: &[&str]| words.iter().any(|word| agent.contains(word));
        if says(&["Windows"]) {
            Self::Windows
        } else if says(&[
            "iPhone",
            "iPad",
            "iPod",
            "Macintosh",
            "CaptiveNetworkSupport",
        ]) {
            Self::Apple
        } else if says(&["Android"]) {
            Self::Android
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_known_by_its_agent() {
        for (agent, system) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
                System::Apple,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
                System::Apple,
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S911N; wv) AppleWebKit/537.36",
                System::Android,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
                System::Windows,
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36",
                System::Other,
            ),
            ("", System::Other),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, agent.parse().unwrap());
            assert_eq!(System::of(&headers), system, "{agent}");
        }
        assert_eq!(System::of(&HeaderMap::new()), System::Other);
    }
}
