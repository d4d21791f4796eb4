//! What is wrong, in the two languages of the page: with `madang.txt`, with the card, or around.
//!
//! A sentence says what was found and what happens instead; it never repeats a secret.

use std::io::ErrorKind;

use super::key::Key;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of `madang.txt`, if it is one line's fault.
    pub line: Option<usize>,
    /// What it is.
    pub wrong: Wrong,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// `madang.txt` is there and cannot be read.
    Unreadable(ErrorKind),
    /// `madang.txt` is longer than an owner writes.
    HugeFile,
    /// A line without an equals sign.
    NoEquals,
    /// A key that is not in the table, and the nearest one that is.
    UnknownKey(String, Option<&'static str>),
    /// A key that was set before, in that line.
    Twice(&'static str, usize),
    /// A value that will not do.
    Value(&'static Key, Reason),
    /// A key that counts for nothing, because of what another one says or does not say.
    Vain(&'static str, &'static str),
    /// The channel cannot be had here; another one is used.
    Channel(u8, Reason, u8),
    /// `/data` cannot be written to.
    Data(ErrorKind),
    /// The kept data were beyond repair, and are set aside.
    DataSetAside,
    /// They were beyond repair, and there was no room to set them aside.
    DataLost,
    /// There is no partition to keep anything on.
    DataInMemory,
    /// The system of the last update cannot be used; the flashed one runs.
    UpdateUnusable,
    /// The kept data were damaged, and are repaired.
    DataRepaired,
    /// They are damaged and could not be repaired, but can be used as they are.
    DataDamaged,
    /// The card has less room than the box wants.
    CardSmall,
    /// Another Wi-Fi around has the same name.
    SameName(String),
}

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

impl Wrong {
    /// As the fault of one line.
    pub fn at(self, line: usize) -> Problem {
        Problem {
            line: Some(line),
            wrong: self,
        }
    }

    /// As nobody's fault, or the whole file's.
    pub fn everywhere(self) -> Problem {
        Problem {
            line: None,
            wrong: self,
        }
    }
}

impl Problem {
    /// The sentence in English.
    pub fn english(&self) -> String {
        let place = self.line.map(|line| format!("madang.txt, line {line}: "));
        place.unwrap_or_default() + &self.wrong.said().0
    }

    /// The sentence in Korean.
    pub fn korean(&self) -> String {
        let place = self.line.map(|line| format!("madang.txt {line}번째 줄: "));
        place.unwrap_or_default() + &self.wrong.said().1
    }
}

impl Wrong {
    /// The sentence in English and in Korean.
    fn said(&self) -> (String, String) {
        match self {
            Self::Unreadable(kind) => (
                format!("madang.txt cannot be read ({kind}): all defaults are used."),
                format!("madang.txt를 읽을 수 없어({kind}) 모두 기본값을 씁니다."),
            ),
            Self::HugeFile => (
                "madang.txt is larger than 64 KB: it was not read, and all defaults are used.".to_owned(),
                "madang.txt가 64KB보다 커서 읽지 않았습니다. 모두 기본값을 씁니다.".to_owned(),
            ),
            Self::NoEquals => (
                "this line is not \"key = value\" and is ignored; begin it with # if it is a remark.".to_owned(),
                "\"이름 = 값\" 꼴이 아니어서 무시합니다. 메모라면 #으로 시작하세요.".to_owned(),
            ),
            Self::UnknownKey(key, nearest) => (
                format!("\"{key}\" is not a setting and is ignored{}", nearest.map_or(".".to_owned(), |it| format!("; did you mean \"{it}\"?"))),
                format!("\"{key}\"{} 없는 설정이라 무시합니다.{}", topic(key), nearest.map_or(String::new(), |it| format!(" \"{it}\"인가요?"))),
            ),
            Self::Twice(key, first) => (
                format!("{key} was set in line {first} already; this line counts."),
                format!("{key}{} {first}번째 줄에도 있습니다. 이 줄의 값을 씁니다.", topic(key)),
            ),
            Self::Value(key, reason) => {
                let (english, korean) = reason.said();
                (
                    format!("{} {english}; {}.", key.name, key.instead.0),
                    format!("{}: {korean} {}", key.name, key.instead.1),
                )
            }
            Self::Vain(key, other) => (
                format!("{key} counts for nothing: look at {other}."),
                format!("{other} 때문에 {key} 설정은 쓰이지 않습니다."),
            ),
            Self::Channel(channel, reason, instead) => {
                let (english, korean) = reason.said();
                (
                    format!("channel {channel} {english}; channel {instead} is used."),
                    format!("채널 {channel}: {korean} 채널 {instead}을(를) 씁니다."),
                )
            }
            Self::Data(kind) => (
                format!("What the box keeps cannot be written to the card ({kind}): name and passphrase change at each start. Use another card."),
                format!("카드에 저장할 수 없어({kind}) 켤 때마다 이름과 암호가 바뀝니다. 다른 카드를 쓰세요."),
            ),
            Self::DataSetAside => (
                "The data on the card were damaged beyond repair. They were set aside as partition 4, and the box began anew; phones have to trust it again.".to_owned(),
                "카드의 데이터가 고칠 수 없게 손상되어 4번 파티션으로 치워 두고 새로 시작했습니다. 휴대전화에서 인증서를 다시 신뢰해야 합니다.".to_owned(),
            ),
            Self::DataLost => (
                "The data on the card were damaged beyond repair, and there was no room to set them aside: the box began anew, and phones have to trust it again.".to_owned(),
                "카드의 데이터가 고칠 수 없게 손상되었고 치워 둘 자리도 없어 새로 시작했습니다. 휴대전화에서 인증서를 다시 신뢰해야 합니다.".to_owned(),
            ),
            Self::DataInMemory => (
                "The card has no partition that data can be kept on: everything is lost when the power goes. Use another card.".to_owned(),
                "카드에 데이터를 보관할 파티션이 없어 전원이 꺼지면 모두 사라집니다. 다른 카드를 쓰세요.".to_owned(),
            ),
            Self::UpdateUnusable => (
                "The last update cannot be used, and the system runs as it was flashed. Update again.".to_owned(),
                "마지막 업데이트를 쓸 수 없어 처음 구운 시스템으로 켜졌습니다. 다시 업데이트하세요.".to_owned(),
            ),
            Self::DataRepaired => (
                "The data on the card were damaged and have been repaired; the newest of them may be missing.".to_owned(),
                "카드의 데이터가 손상되어 고쳤습니다. 최근 것이 일부 없을 수 있습니다.".to_owned(),
            ),
            Self::DataDamaged => (
                "The data on the card are damaged and could not be repaired; they are used as they are. Save the rooms, and use another card.".to_owned(),
                "카드의 데이터가 손상되었는데 고치지 못해 그대로 씁니다. 대화방을 내보내 보관하고 다른 카드를 쓰세요.".to_owned(),
            ),
            Self::CardSmall => (
                "The card is too small: there is little room for the history. Use one of at least 4 GB.".to_owned(),
                "카드가 너무 작아 대화를 보관할 자리가 적습니다. 4GB 이상의 카드를 쓰세요.".to_owned(),
            ),
            Self::SameName(name) => (
                format!("Another Wi-Fi here is called \"{name}\" as well: phones may join the wrong one. Set another wifi-name."),
                format!("근처에 \"{name}\"이라는 Wi-Fi가 또 있어 휴대전화가 잘못 접속할 수 있습니다. wifi-name을 바꾸세요."),
            ),
        }
    }
}

impl Reason {
    /// What follows the key: a half sentence in English, a sentence in Korean.
    fn said(&self) -> (String, String) {
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
fn topic(word: &str) -> &'static str {
    match word.chars().next_back() {
        Some(last @ '가'..='힣') if (u32::from(last) - u32::from('가')).is_multiple_of(28) => {
            "는"
        }
        Some('가'..='힣') => "은",
        _ => "은(는)",
    }
}
