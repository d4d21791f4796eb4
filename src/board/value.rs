//! What one value of `madang.txt` may be, and why another will not do.

use super::key::World;
use super::reason::Reason;

/// What was found, as far as it is worth repeating.
pub(super) fn shortened(found: &str) -> String {
    let clean = found.chars().filter(|c| !c.is_control());
    let (start, rest): (Vec<_>, Vec<_>) = clean.enumerate().partition(|(at, _)| *at < 40);
    let mut text: String = start.into_iter().map(|(_, c)| c).collect();
    if !rest.is_empty() {
        text.push('…');
    }
    text
}

/// What can be read and is there. Unicode has code points that are no characters, for which systemd
/// refuses all of the gateway's settings.
pub(super) fn visible(value: &str) -> Result<&str, Reason> {
    if value.trim().is_empty() {
        return Err(Reason::Empty);
    }
    let character =
        |c: char| !('\u{FDD0}'..='\u{FDEF}').contains(&c) && u32::from(c) & 0xFFFE != 0xFFFE;
    let readable = |c: char| !c.is_control() && c != '\u{FFFD}' && character(c);
    value
        .chars()
        .all(readable)
        .then_some(value)
        .ok_or(Reason::Letters)
}

/// A Wi-Fi's name: any letters, in 32 bytes.
pub(super) fn ssid(value: &str) -> Result<String, Reason> {
    match value.len() {
        0..=32 => Ok(value.to_owned()),
        bytes => Err(Reason::NameBytes(bytes)),
    }
}

/// IEEE 802.11 takes 8 to 63 characters of printable ASCII.
pub(super) fn passphrase(value: &str) -> Result<String, Reason> {
    if !value.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
        return Err(Reason::Ascii);
    }
    within(value, 8, 63)
}

/// A text of so many characters.
pub(super) fn within(value: &str, least: usize, most: usize) -> Result<String, Reason> {
    let chars = value.chars().count();
    match chars {
        _ if chars < least => Err(Reason::Short(least)),
        _ if chars > most => Err(Reason::Long(most)),
        _ => Ok(value.to_owned()),
    }
}

/// A country that the regulatory database knows, in capitals.
pub(super) fn country(value: &str, world: &World) -> Result<String, Reason> {
    let code = value.to_uppercase();
    match code.as_str() {
        // What people write who mean the United Kingdom.
        "UK" => Err(Reason::Country(code, Some("GB"))),
        code if code != "00" && world.regulations.know(code) => Ok(code.to_owned()),
        _ => Err(Reason::Country(shortened(value), None)),
    }
}

/// Names between commas, those of a Korean or Chinese keyboard as well.
pub(super) fn rooms(value: &str) -> Result<Vec<String>, Reason> {
    let names = value
        .split([',', '，', '、'])
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let mut rooms = Vec::new();
    for name in names {
        let name = within(name, 1, 64)?;
        if !rooms.contains(&name) {
            rooms.push(name);
        }
    }
    match rooms.len() {
        0 => Err(Reason::Empty),
        1..=MOST_ROOMS => Ok(rooms),
        _ => Err(Reason::Many(MOST_ROOMS, ("rooms", "방이"))),
    }
}

/// A time zone that is there.
pub(super) fn zone(value: &str, world: &World) -> Result<String, Reason> {
    let harmless = value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
    if harmless && !value.starts_with('/') && world.zones.join(value).is_file() {
        return Ok(value.to_owned());
    }
    let table = std::fs::read_to_string(world.zones.join("tzdata.zi")).unwrap_or_default();
    let zones: Vec<&str> = zones(&table).collect();
    let meant = near(value, zones.iter().copied()).map(str::to_owned);
    Err(Reason::Zone(shortened(value), meant))
}

/// The names in the table of zones: `Z NAME …` and `L TARGET NAME`.
fn zones(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter_map(|line| {
        let mut words = line.split(' ');
        match words.next() {
            Some("Z") => words.next(),
            Some("L") => words.nth(1),
            _ => None,
        }
    })
}

/// A line as OpenSSH writes it into `….pub`: without options, which could run commands.
pub(super) fn ssh_key(value: &str) -> Result<String, Reason> {
    use base64::Engine as _;
    let mut words = value.split_whitespace();
    let (Some(kind), Some(key)) = (words.next(), words.next()) else {
        return Err(Reason::SshKey);
    };
    let known = ["ssh-ed25519", "ssh-rsa", "sk-ssh-ed25519@openssh.com"].contains(&kind)
        || kind.starts_with("ecdsa-sha2-nistp")
        || kind == "sk-ecdsa-sha2-nistp256@openssh.com";
    // The key begins with the length of its kind, and its kind.
    let blob = base64::engine::general_purpose::STANDARD
        .decode(key)
        .unwrap_or_default();
    let named = u32::try_from(kind.len())
        .is_ok_and(|length| blob.starts_with(&[&length.to_be_bytes(), kind.as_bytes()].concat()));
    let whole = blob.len() >= kind.len() + 32 && is_of_fields(&blob);
    // sshd separates by plain spaces only: a text processor may have put others between.
    (known && named && whole)
        .then(|| value.split_whitespace().collect::<Vec<_>>().join(" "))
        .ok_or(Reason::SshKey)
}

/// RFC 4253 §6.6: a key is fields, each behind its length, and nothing else.
fn is_of_fields(mut blob: &[u8]) -> bool {
    while let Some((length, rest)) = blob.split_first_chunk() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let Some(rest) = rest.get(length..) else {
            return false;
        };
        blob = rest;
    }
    blob.is_empty()
}

/// A name for a host, with or without `.local`.
pub(super) fn host(value: &str) -> Result<String, Reason> {
    let name = value.to_lowercase();
    let name = name.strip_suffix(".local").unwrap_or(&name);
    let letters = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let right = letters && !name.starts_with('-') && !name.ends_with('-') && name != "localhost";
    if !right || name.is_empty() || name.len() > MOST_HOST {
        return Err(Reason::Host(shortened(value)));
    }
    Ok(name.to_owned())
}

/// The nearest of some words by Jaro and Winkler, if it is near.
pub(super) fn near<'a>(found: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    words
        .map(|word| (strsim::jaro_winkler(&found, &word.to_lowercase()), word))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, word)| word)
}

/// Leaves place for the `-2` that a second box of that name gets.
const MOST_HOST: usize = 60;

/// As many rooms as a list of rooms shows well.
const MOST_ROOMS: usize = 32;
