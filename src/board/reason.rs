//! Why a value of `madang.txt` will not do, in the two languages of the page.

/// Why a value will not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// There is none.
    Empty,
    /// It holds letters that cannot be shown, or that were not saved as UTF-8.
    Letters,
    /// So many bytes, more than the 32 of a Wi-Fi's name.
    NameBytes(usize),
    /// Fewer characters than that.
    Short(usize),
    /// More characters than that.
    Long(usize),
    /// Other letters than those of an English keyboard.
    Ascii,
    /// Not a country of two letters, and perhaps the one that was meant.
    Country(String, Option<&'static str>),
    /// Not a channel.
    NotAChannel(String),
    /// Not permitted in that country.
    Forbidden(String),
    /// Only with radar detection, which this radio has not.
    Radar(String),
    /// The radio has not the band.
    Band,
    /// No time zone of that name, and perhaps the one that was meant.
    Zone(String, Option<String>),
    /// Not the public half of an SSH key.
    SshKey,
    /// Not a name for a host.
    Host(String),
    /// More than that of something: what it is in English and in Korean.
    Many(usize, (&'static str, &'static str)),
    /// Not one of these words.
    Word(String, &'static str),
}

impl Reason {
    /// What follows the key: a half sentence in English, a sentence in Korean.
    pub(super) fn said(&self) -> (String, String) {
        let text = |english: &str, korean: &str| (english.to_owned(), korean.to_owned());
        match self {
            Self::Empty => text("is empty", "값이 비어 있습니다."),
            Self::Letters => text(
                "holds letters that cannot be read (save the file as UTF-8)",
                "읽을 수 없는 글자가 있습니다(파일을 UTF-8로 저장하세요).",
            ),
            Self::NameBytes(bytes) => (
                format!(
                    "has {bytes} bytes, more than the 32 of a Wi-Fi's name (a Korean letter takes 3, an emoji 4 or more)"
                ),
                format!(
                    "{bytes}바이트로, Wi-Fi 이름의 한도 32바이트를 넘습니다(한글 한 자 3바이트, 이모지 4바이트 이상)."
                ),
            ),
            Self::Short(least) => (
                format!("has fewer than {least} characters"),
                format!("{least}자보다 짧습니다."),
            ),
            Self::Long(most) => (
                format!("has more than {most} characters"),
                format!("{most}자를 넘습니다."),
            ),
            Self::Many(most, what) => (
                format!("makes more than {most} {}", what.0),
                format!("{} {most}개를 넘습니다.", what.1),
            ),
            Self::Ascii => text(
                "may hold only the letters, digits and signs of an English keyboard",
                "영문 자판의 글자, 숫자, 기호만 쓸 수 있습니다.",
            ),
            Self::Country(found, meant) => (
                format!(
                    "\"{found}\" is not a country of two letters such as KR or DE{}",
                    meant.map_or(String::new(), |it| format!(" (did you mean {it}?)"))
                ),
                format!(
                    "\"{found}\"{} KR, DE 같은 두 글자 국가 코드가 아닙니다{}.",
                    topic(found),
                    meant.map_or(String::new(), |it| format!("({it}인가요?)"))
                ),
            ),
            Self::NotAChannel(found) => (
                format!("\"{found}\" is not the number of a Wi-Fi channel such as 1, 6 or 11"),
                format!(
                    "\"{found}\"{} 1, 6, 11 같은 Wi-Fi 채널 번호가 아닙니다.",
                    topic(found)
                ),
            ),
            Self::Forbidden(country) => match country.as_str() {
                "00" => text(
                    "is not permitted everywhere, and no country is set",
                    "어디서나 허용되는 채널이 아닌데 country가 없습니다.",
                ),
                country => (
                    format!("is not permitted in {country}"),
                    format!("{country}에서 허용되지 않습니다."),
                ),
            },
            Self::Radar(country) => (
                format!(
                    "is permitted in {country} only to radios that look out for radar, which this one does not"
                ),
                format!("{country}에서는 레이더를 피하는 장치만 쓸 수 있는 채널입니다."),
            ),
            Self::Band => text(
                "lies at 5 GHz, which this board's radio has not",
                "5GHz 채널인데 이 보드는 2.4GHz만 됩니다.",
            ),
            Self::Zone(found, meant) => (
                format!(
                    "\"{found}\" is not a time zone such as Asia/Seoul{}",
                    meant
                        .as_ref()
                        .map_or(String::new(), |it| format!(" (did you mean {it}?)"))
                ),
                format!(
                    "\"{found}\"{} Asia/Seoul 같은 시간대가 아닙니다{}.",
                    topic(found),
                    meant
                        .as_ref()
                        .map_or(String::new(), |it| format!("({it}인가요?)"))
                ),
            ),
            Self::SshKey => text(
                "is not the public half of an SSH key (one line that begins with ssh-ed25519, ssh-rsa or ecdsa-sha2-…)",
                "SSH 공개 키가 아닙니다(ssh-ed25519, ssh-rsa, ecdsa-sha2-…로 시작하는 한 줄).",
            ),
            Self::Host(found) => (
                format!("\"{found}\" is not a name of letters, digits and hyphens"),
                format!("\"{found}\"에는 영문자, 숫자, 붙임표만 쓸 수 있습니다."),
            ),
            Self::Word(found, words) => (
                format!("\"{found}\" is not one of {words}"),
                format!(
                    "\"{found}\"{} {words} 가운데 하나가 아닙니다.",
                    topic(found)
                ),
            ),
        }
    }
}

/// The Korean particle that fits the last sound of a word in Hangul; both where it is another script.
pub(super) fn topic(word: &str) -> &'static str {
    match word.chars().next_back() {
        Some(last @ '가'..='힣') if (u32::from(last) - u32::from('가')).is_multiple_of(28) => {
            "는"
        }
        Some('가'..='힣') => "은",
        _ => "은(는)",
    }
}
