//! How many phones the Wi-Fi takes, and how many are on it.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::notice::{Level, Notice};

/// The board's radio, as it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Radio {
    /// The chip, for the operator.
    #[serde(default)]
    pub chip: Option<String>,
    /// Phones that it can take; unknown of chips that were never measured.
    #[serde(default)]
    pub capacity: Option<u32>,
    /// Phones that are on it.
    pub phones: u32,
}

/// Reads `radio.json`.
pub(super) fn parse(content: &[u8]) -> Result<Option<Radio>, String> {
    let radio = serde_json::from_slice(content).map_err(|error| error.to_string())?;
    Ok(Some(radio))
}

/// How full the Wi-Fi is. Whoever comes when it is full sees no page that could tell why: so it is
/// told before, as soon as there is room for one phone only. What is told goes up at once and comes
/// down only after a while, or phones that come and go would make it flap.
#[derive(Debug, Default)]
pub struct Crowding {
    told: Fullness,
    notice: Option<Notice>,
    /// Since when it has been less full than told.
    less_since: Option<Instant>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Fullness {
    #[default]
    Free,
    /// There is room for one more.
    Nearly,
    Full,
}

impl Crowding {
    /// What there is to say about it now, if anything.
    pub fn observe(&mut self, radio: Option<&Radio>, now: Instant) -> Option<Notice> {
        let (phones, capacity) = match radio {
            Some(radio) => (radio.phones, radio.capacity.unwrap_or(u32::MAX)),
            None => (0, u32::MAX),
        };
        let fullness = Fullness::of(phones, capacity);
        if fullness >= self.told {
            self.less_since = None;
        } else if now.duration_since(*self.less_since.get_or_insert(now)) < CALM {
            return self.notice.clone();
        }
        if fullness != self.told {
            self.told = fullness;
            self.less_since = None;
            self.notice = fullness.notice(phones, capacity);
            if let Some(notice) = &self.notice {
                tracing::warn!(phones, capacity, "{}", notice.text);
            } else {
                tracing::info!(phones, "the Wi-Fi has room for phones again");
            }
        }
        self.notice.clone()
    }
}

impl Fullness {
    fn of(phones: u32, capacity: u32) -> Self {
        if phones >= capacity {
            Self::Full
        } else if phones > 0 && phones == capacity - 1 {
            Self::Nearly
        } else {
            Self::Free
        }
    }

    fn notice(self, phones: u32, capacity: u32) -> Option<Notice> {
        let (text, ko) = match self {
            Self::Free => return None,
            Self::Nearly => (
                format!(
                    "This Wi-Fi takes {capacity} phones, {phones} are here: \
                     there is room for one more."
                ),
                format!(
                    "이 Wi-Fi에는 휴대폰이 {capacity}대까지 연결되며, 지금 {phones}대가 있습니다. \
                     한 대만 더 들어올 수 있습니다."
                ),
            ),
            Self::Full => (
                format!(
                    "This Wi-Fi takes {capacity} phones, {phones} are here: \
                     nobody else can join until somebody leaves it."
                ),
                format!(
                    "이 Wi-Fi에는 휴대폰이 {capacity}대까지 연결되며, 지금 {phones}대가 있습니다. \
                     누군가 Wi-Fi 연결을 끊어야 다른 사람이 들어올 수 있습니다."
                ),
            ),
        };
        Some(Notice {
            text,
            level: Level::Warning,
            ko: Some(ko),
        })
    }
}

/// How long it has to be less full until that is told.
const CALM: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    fn phones(phones: u32) -> Radio {
        Radio {
            chip: None,
            capacity: Some(10),
            phones,
        }
    }

    #[test]
    fn it_is_told_before_the_wifi_is_full_and_taken_back_after_a_minute_of_calm() {
        let (mut crowding, start) = (Crowding::default(), Instant::now());
        let mut at = |seconds: u64, radio: &Radio| {
            let notice = crowding.observe(Some(radio), start + Duration::from_secs(seconds));
            notice.map(|notice| notice.text)
        };
        assert_eq!(at(0, &phones(8)), None);
        let nearly = at(2, &phones(9)).unwrap();
        assert!(nearly.contains("takes 10 phones, 9 are here"), "{nearly}");
        let full = at(4, &phones(10)).unwrap();
        assert!(full.contains("nobody else"), "{full}");
        // One leaves and comes again and again: nothing changes.
        for second in (6..100).step_by(4) {
            assert_eq!(at(second, &phones(9)).as_ref(), Some(&full));
            assert_eq!(at(second + 2, &phones(10)).as_ref(), Some(&full));
        }
        assert_eq!(at(110, &phones(9)).as_ref(), Some(&full));
        assert_eq!(at(169, &phones(9)).as_ref(), Some(&full));
        assert_eq!(at(170, &phones(9)).as_ref(), Some(&nearly));
        assert_eq!(at(172, &phones(3)).as_ref(), Some(&nearly));
        assert_eq!(at(232, &phones(3)), None);
    }

    #[test]
    fn where_the_capacity_is_unknown_nothing_is_said_and_a_tiny_one_does_no_harm() {
        let mut crowding = Crowding::default();
        let unknown = parse(br#"{"chip":"rtl8188","capacity":null,"phones":40}"#).unwrap();
        assert_eq!(crowding.observe(unknown.as_ref(), Instant::now()), None);
        assert_eq!(crowding.observe(None, Instant::now()), None);
        for (capacity, phones, fullness) in [
            (0, 0, Fullness::Full),
            (1, 0, Fullness::Free),
            (1, 1, Fullness::Full),
            (2, 1, Fullness::Nearly),
            (2, 5, Fullness::Full),
        ] {
            assert_eq!(Fullness::of(phones, capacity), fullness);
        }
        assert!(parse(br#"{"phones":-1}"#).is_err());
    }
}
