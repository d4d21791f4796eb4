//! The table of all keys of `madang.txt`: what each means, what it may be, and what happens instead.
//!
//! The example file is made of it ([`super::example`]). What one value alone cannot tell, such as
//! whether a channel is permitted in a country, is the [`super::plan`]'s affair.

use std::fmt;
use std::path::PathBuf;

use super::country::Regulations;
use super::reason::Reason;
use super::value;
use super::wishes::{Radio, Wishes};

/// One key. Texts are in English and in Korean.
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it is for, a line or two.
    pub meaning: (&'static str, &'static str),
    /// A value for the example file.
    pub example: &'static str,
    /// What happens instead of a value that will not do.
    pub instead: (&'static str, &'static str),
    /// Takes back what an earlier line said, whatever this one's value is worth; `None` if the key may
    /// be said more than once.
    pub clear: Option<fn(&mut Wishes)>,
    /// Takes the value, which is visible text, into the wishes.
    pub read: fn(&mut Wishes, &str, &World) -> Result<(), Reason>,
}

/// What the board knows of the world, by which values are judged.
pub struct World {
    /// What each country permits.
    pub regulations: Regulations,
    /// The folder of time zones.
    pub zones: PathBuf,
}

/// Every key, in the order of the example file.
pub const KEYS: &[Key] = &[
    Key {
        name: "wifi-name",
        meaning: (
            "The name of the Wi-Fi that the box opens, at most 32 bytes.",
            "보드가 여는 Wi-Fi의 이름, 32바이트까지(한글 약 10자).",
        ),
        example: "Courtyard",
        instead: ("the box's own name is used", "보드의 기본 이름을 씁니다."),
        clear: Some(|wishes| wishes.wifi_name = None),
        read: |wishes, text, _| put(&mut wishes.wifi_name, value::ssid(text)),
    },
    Key {
        name: PASSPHRASE,
        meaning: (
            "Its passphrase, 8 to 63 English letters, digits and signs. Without one the box makes one\nand writes it into madang-report.txt and onto the screen.",
            "그 암호, 영문자·숫자·기호 8~63자. 없으면 보드가 만들어 madang-report.txt와\n화면에 적어 줍니다.",
        ),
        example: "three warm stones",
        instead: ("the box has made one", "보드가 만든 암호를 씁니다."),
        clear: Some(|wishes| wishes.wifi_passphrase = None),
        read: |wishes, text, _| put(&mut wishes.wifi_passphrase, value::passphrase(text)),
    },
    Key {
        name: "wifi",
        meaning: (
            "What the box does with its Wi-Fi: own (with a passphrase), open (everybody can join and\nlisten in), off (Ethernet only).",
            "Wi-Fi를 어떻게 쓸지: own(암호 있음), open(누구나 접속), off(유선만).",
        ),
        example: "own",
        instead: (
            "a Wi-Fi with a passphrase is opened",
            "암호가 있는 Wi-Fi를 엽니다.",
        ),
        clear: Some(|wishes| wishes.wifi = None),
        read: |wishes, text, _| {
            let radio = match text.to_lowercase().as_str() {
                "own" | "on" => Ok(Radio::Own),
                "open" => Ok(Radio::Open),
                "off" => Ok(Radio::Off),
                _ => Err(Reason::Word(value::shortened(text), "own, open, off")),
            };
            put(&mut wishes.wifi, radio)
        },
    },
    Key {
        name: "country",
        meaning: (
            "The country in which the box stands, in two letters: it decides which channels are permitted.",
            "보드가 있는 나라의 두 글자 코드: 쓸 수 있는 채널이 달라집니다.",
        ),
        example: "KR",
        instead: (
            "only what is permitted everywhere is used (channels 1 to 11)",
            "어디서나 허용되는 것만 씁니다(채널 1~11).",
        ),
        clear: Some(|wishes| wishes.country = None),
        read: |wishes, text, world| put(&mut wishes.country, value::country(text, world)),
    },
    Key {
        name: "channel",
        meaning: (
            "The Wi-Fi channel. Without it the box takes 1, 6 or 11.",
            "Wi-Fi 채널. 없으면 1, 6, 11 가운데 하나를 씁니다.",
        ),
        example: "6",
        instead: ("the box's own choice is used", "보드가 고른 채널을 씁니다."),
        clear: Some(|wishes| wishes.channel = None),
        read: |wishes, text, _| {
            let channel = text
                .parse::<u8>()
                .ok()
                .filter(|it| super::country::is_channel(*it));
            put(
                &mut wishes.channel,
                channel.ok_or_else(|| Reason::NotAChannel(value::shortened(text))),
            )
        },
    },
    Key {
        name: "title",
        meaning: ("The title of the page.", "페이지의 제목."),
        example: "Village hall",
        instead: ("the title is \"madang\"", "제목은 \"madang\"입니다."),
        clear: Some(|wishes| wishes.title = None),
        read: |wishes, text, _| put(&mut wishes.title, value::within(text, 1, 64)),
    },
    Key {
        name: CODE,
        meaning: (
            "A code that everybody has to enter who opens the page, 4 to 64 characters.",
            "페이지를 여는 사람이 입력해야 하는 코드, 4~64자.",
        ),
        example: "open sesame",
        // A mistake must not leave the door open.
        instead: (
            "the box has made one, which madang-report.txt tells",
            "보드가 만든 코드를 씁니다. madang-report.txt에 있습니다.",
        ),
        clear: Some(|wishes| wishes.code = None),
        read: |wishes, text, _| put(&mut wishes.code, value::within(text, 4, 64)),
    },
    Key {
        name: "rooms",
        meaning: (
            "The first rooms, separated by commas. People can open others.",
            "처음부터 있는 방, 쉼표로 나눕니다. 방은 누구나 더 만들 수 있습니다.",
        ),
        example: "Square, Kitchen, 마당",
        instead: ("these rooms are not made", "그 방들은 만들지 않습니다."),
        clear: Some(|wishes| wishes.rooms.clear()),
        read: |wishes, text, _| {
            wishes.rooms = value::rooms(text)?;
            Ok(())
        },
    },
    Key {
        name: "time-zone",
        meaning: (
            "The time zone of the box's own log. Phones show their own time.",
            "보드 기록의 시간대. 휴대전화에는 각자의 시각이 보입니다.",
        ),
        example: "Asia/Seoul",
        instead: ("UTC is used", "UTC를 씁니다."),
        clear: Some(|wishes| wishes.time_zone = None),
        read: |wishes, text, world| put(&mut wishes.time_zone, value::zone(text, world)),
    },
    Key {
        name: "ssh-key",
        meaning: (
            "A public SSH key: its owner may log in as root. May be given several times. Without one\nnobody can log in.",
            "SSH 공개 키: 그 주인이 root로 로그인할 수 있습니다. 여러 줄을 쓸 수 있습니다.\n없으면 아무도 로그인할 수 없습니다.",
        ),
        example: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEzq1RstYYhBJcUgVMQy1LFfxQTJWbvlCzuKLcpR9Xr6 me@laptop",
        instead: ("this key lets nobody in", "이 키로는 로그인할 수 없습니다."),
        clear: None,
        read: |wishes, text, _| {
            let key = value::ssh_key(text)?;
            if wishes.ssh_keys.len() == MOST_KEYS {
                return Err(Reason::Many(MOST_KEYS, ("keys", "키가")));
            }
            wishes.ssh_keys.push(key);
            Ok(())
        },
    },
    Key {
        name: "host-name",
        meaning: (
            "The box's name in a network with others, where the page is NAME.local. Set it before the\nfirst start: the certificate is made for it.",
            "다른 네트워크에 연결할 때의 이름: 페이지 주소가 NAME.local이 됩니다.\n인증서에 들어가므로 처음 켜기 전에 정하세요.",
        ),
        example: "madang",
        instead: ("the name is madang", "이름은 madang입니다."),
        clear: Some(|wishes| wishes.host_name = None),
        read: |wishes, text, _| put(&mut wishes.host_name, value::host(text)),
    },
    Key {
        name: "join-wifi-name",
        meaning: (
            "A Wi-Fi that the box joins, instead of opening one.",
            "보드가 직접 열지 않고 접속할 Wi-Fi의 이름.",
        ),
        example: "Home",
        instead: ("the box opens its own Wi-Fi", "보드가 직접 Wi-Fi를 엽니다."),
        clear: Some(|wishes| wishes.join_name = None),
        read: |wishes, text, _| put(&mut wishes.join_name, value::ssid(text)),
    },
    Key {
        name: JOIN_PASSPHRASE,
        meaning: ("The passphrase of that Wi-Fi.", "그 Wi-Fi의 암호."),
        example: "the passphrase at home",
        instead: ("the box opens its own Wi-Fi", "보드가 직접 Wi-Fi를 엽니다."),
        clear: Some(|wishes| wishes.join_passphrase = None),
        read: |wishes, text, _| put(&mut wishes.join_passphrase, value::passphrase(text)),
    },
];

/// The known key that is nearest to an unknown one, if one is near at all. What the page and the
/// report call an entry code is near to `code`, though no speller would say so; the same with what
/// people call a passphrase.
pub fn nearest(found: &str) -> Option<&'static str> {
    let called = || {
        let (_, key) = CALLED.iter().find(|(word, _)| found.contains(word))?;
        Some(*key)
    };
    value::near(found, KEYS.iter().map(|key| key.name)).or_else(called)
}

/// Words that are no key, and the key that is meant by what has them in it.
const CALLED: &[(&str, &str)] = &[
    ("code", CODE),
    ("코드", CODE),
    ("pass", PASSPHRASE),
    ("암호", PASSPHRASE),
];

/// The entry code: the one key whose loss would open a door.
pub const CODE: &str = "code";

/// The key of the own Wi-Fi's passphrase.
pub const PASSPHRASE: &str = "wifi-passphrase";

/// The key of the passphrase of a Wi-Fi to join.
pub const JOIN_PASSPHRASE: &str = "join-wifi-passphrase";

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Key {}

fn put<T>(place: &mut Option<T>, value: Result<T, Reason>) -> Result<(), Reason> {
    *place = Some(value?);
    Ok(())
}

/// As many people as an owner hands the box to.
const MOST_KEYS: usize = 16;
