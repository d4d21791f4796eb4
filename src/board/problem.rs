//! What is wrong, in the two languages of the page: with `madang.txt`, with the card, or around.
//!
//! A sentence says what was found and what happens instead; it never repeats a secret.

use std::io::ErrorKind;

use super::key::{CODE, Key};
use super::reason::{Reason, topic};

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
    /// A line that is not `key = value`, and whether it seems to be about the entry code.
    NoEquals(bool),
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
    /// The name of the host comes after the CA, which was made for the other one.
    HostName(String, String),
    /// The first partition could not be mounted: nobody knows whether there is a `madang.txt`.
    FirstPartitionLost,
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
    /// It did not come up three times; the flashed one runs.
    UpdateUnproven,
    /// The kept data were damaged, and are repaired.
    DataRepaired,
    /// They are damaged and could not be repaired, but can be used as they are.
    DataDamaged,
    /// The gateway's certificate authority was damaged, and is set aside.
    Authority,
    /// The card has less room than the box wants.
    CardSmall,
    /// Another Wi-Fi around has the same name.
    SameName(String),
    /// The radio would not open the Wi-Fi on that channel of that country; it is tried on the other one,
    /// without a country.
    Refused(u8, String, u8),
    /// The radio opens no Wi-Fi at all.
    NoWifi,
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

impl Wrong {
    /// Whether an entry code may have been wished for here that could not be understood: a mistake
    /// must not leave the door open.
    pub fn may_hide_a_code(&self) -> bool {
        match self {
            Self::Value(key, _) => key.name == CODE,
            Self::UnknownKey(_, nearest) => *nearest == Some(CODE),
            Self::NoEquals(about_code) => *about_code,
            Self::Unreadable(_) | Self::HugeFile | Self::FirstPartitionLost => true,
            _ => false,
        }
    }

    /// Whether any setting may have been meant here, and none was understood.
    pub fn may_hide_a_setting(&self) -> bool {
        matches!(self, Self::UnknownKey(..) | Self::NoEquals(_))
    }

    /// What a line that may hide a code has for consequence, in English and in Korean.
    fn door(&self) -> (&'static str, &'static str) {
        if self.may_hide_a_code() {
            UNLESS_SET
        } else {
            ("", "")
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
                format!("madang.txt cannot be read ({kind}): defaults are used, and {}.", OWN_CODE.0),
                format!("madang.txt를 읽을 수 없어({kind}) 기본값을 씁니다. {}", OWN_CODE.1),
            ),
            Self::HugeFile => (
                format!("madang.txt is larger than 64 KB and was not read: defaults are used, and {}.", OWN_CODE.0),
                format!("madang.txt가 64KB보다 커서 읽지 않고 기본값을 씁니다. {}", OWN_CODE.1),
            ),
            Self::NoEquals(_) => (
                format!("this line is not \"key = value\" and is ignored; begin it with # if it is a remark.{}", self.door().0),
                format!("\"이름 = 값\" 꼴이 아니어서 무시합니다. 메모라면 #으로 시작하세요.{}", self.door().1),
            ),
            Self::UnknownKey(key, nearest) => (
                format!("\"{key}\" is not a setting and is ignored{}{}", nearest.map_or(".".to_owned(), |it| format!("; did you mean \"{it}\"?")), self.door().0),
                format!("\"{key}\"{} 없는 설정이라 무시합니다.{}{}", topic(key), nearest.map_or(String::new(), |it| format!(" \"{it}\"인가요?")), self.door().1),
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
            Self::HostName(wished, kept) => (
                format!("host-name counts before the first start only: the box's certificate was made for {kept}.local, and cannot be for {wished}.local. The name stays {kept}."),
                format!("host-name은 처음 켜기 전에만 정할 수 있습니다. 인증서가 {kept}.local로 만들어져 {wished}.local은 쓸 수 없으므로 이름은 {kept} 그대로입니다."),
            ),
            Self::FirstPartitionLost => (
                "The card's first partition cannot be read, and what madang.txt says is not known: defaults are used, and the page asks for an entry code of the box's own, which the screen shows.".to_owned(),
                "카드의 첫 번째 파티션을 읽을 수 없어 madang.txt의 내용을 모릅니다. 기본값을 쓰고, 페이지는 보드가 만든 입장 코드를 묻습니다. 코드는 화면에 나옵니다.".to_owned(),
            ),
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
            Self::UpdateUnproven => (
                "The last update did not come up three times, and the system runs as it was flashed. Update again.".to_owned(),
                "마지막 업데이트가 세 번 켜지지 않아 처음 구운 시스템으로 켜졌습니다. 다시 업데이트하세요.".to_owned(),
            ),
            Self::DataRepaired => (
                "The data on the card were damaged and have been repaired; some of them may be missing.".to_owned(),
                "카드의 데이터가 손상되어 고쳤습니다. 일부가 없을 수 있습니다.".to_owned(),
            ),
            Self::DataDamaged => (
                "The data on the card are damaged and could not be repaired; they are used as they are. Save the rooms, and use another card.".to_owned(),
                "카드의 데이터가 손상되었는데 고치지 못해 그대로 씁니다. 대화방을 내보내 보관하고 다른 카드를 쓰세요.".to_owned(),
            ),
            Self::Authority => (
                "The box's certificate authority was damaged and has been set aside. A new one is made; phones have to trust the box anew.".to_owned(),
                "보드의 인증 기관이 손상되어 치워 두고 새로 만듭니다. 휴대전화에서 인증서를 다시 신뢰해야 합니다.".to_owned(),
            ),
            Self::CardSmall => (
                "The card is too small: there is little room for the history. Use one of at least 4 GB.".to_owned(),
                "카드가 너무 작아 대화를 보관할 자리가 적습니다. 4GB 이상의 카드를 쓰세요.".to_owned(),
            ),
            Self::Refused(channel, country, instead) => (
                format!("The radio did not open the Wi-Fi on channel {channel} ({country}): channel {instead} is used, as permitted everywhere. Set another channel or country."),
                format!("무선 장치가 채널 {channel}({country})에서 Wi-Fi를 열지 못해 어디서나 허용되는 채널 {instead}을(를) 씁니다. channel이나 country를 바꾸세요."),
            ),
            Self::NoWifi => (
                "The radio opens no Wi-Fi; the box goes on trying. A cable works meanwhile.".to_owned(),
                "무선 장치가 Wi-Fi를 열지 못합니다. 계속 시도하며, 그동안 유선은 쓸 수 있습니다.".to_owned(),
            ),
            Self::SameName(name) => (
                format!("Another Wi-Fi here is called \"{name}\" as well: phones may join the wrong one. Set another wifi-name."),
                format!("근처에 \"{name}\"이라는 Wi-Fi가 또 있어 휴대전화가 잘못 접속할 수 있습니다. wifi-name을 바꾸세요."),
            ),
        }
    }
}

/// What happens where the whole of `madang.txt` could not be read.
const OWN_CODE: (&str, &str) = (
    "the page asks for an entry code of the box's own, which madang-report.txt tells",
    "페이지는 보드가 만든 입장 코드를 묻습니다. 코드는 madang-report.txt에 있습니다.",
);

/// What happens where it is one line's fault: another may set a code.
const UNLESS_SET: (&str, &str) = (
    " Unless another line sets one, the page asks for an entry code of the box's own, which madang-report.txt tells.",
    " 다른 줄에서 code를 정하지 않았으면 페이지는 보드가 만든 입장 코드를 묻습니다. 코드는 madang-report.txt에 있습니다.",
);
