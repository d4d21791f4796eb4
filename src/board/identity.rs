//! Who this box is: its id, and the passphrase and the entry code it made for itself, all from the
//! first boot.
//!
//! Each is one small file, which is there wholly or not at all whenever the plug is pulled; what is
//! missing or damaged is made anew.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::folder::{Access, Folder, FolderError};

/// The box's identity. It has no `Debug`: half of it is secret.
pub struct Identity {
    /// 32 hexadecimal digits: the system's machine id, as long as it has one.
    pub id: String,
    /// The passphrase of the box's Wi-Fi, for an owner who gave none.
    pub passphrase: String,
    /// The entry code of the page, for an owner whose own could not be understood.
    pub code: String,
}

impl Identity {
    /// The identity in the folder, made if there is none. A card that takes nothing gets a box with
    /// a new identity at each start, and the reason: until then all who ask find it in `memory`.
    pub fn open_or_make(
        folder: &Path,
        memory: &Path,
        machine_id: &Path,
    ) -> (Self, Option<ErrorKind>) {
        let mut failed = None;
        let mut kept = |file, right: fn(&str) -> bool, make: fn() -> String| {
            read(&folder.join(file), right).unwrap_or_else(|| {
                let before = read(&memory.join(file), right);
                let value = before.clone().unwrap_or_else(make);
                if let Err(error) = keep(folder, file, &value) {
                    failed = failed.or(Some(error));
                    if before.is_none() {
                        // Where even that fails there is no box at all.
                        let _ = keep(memory, file, &value);
                    }
                }
                value
            })
        };
        let identity = Self {
            id: read(machine_id, is_id).unwrap_or_else(|| kept("id", is_id, make_id)),
            passphrase: kept("passphrase", is_passphrase, make_passphrase),
            code: kept("code", is_passphrase, make_passphrase),
        };
        (identity, failed)
    }

    /// Four digits that tell this box from the next one.
    pub fn suffix(&self) -> &str {
        self.id.get(..4).unwrap_or_default()
    }

    /// A number below `count` that is always the same for this box.
    pub fn choose(&self, count: usize) -> usize {
        let digits = self.id.get(4..8).unwrap_or_default();
        usize::from_str_radix(digits, 16).unwrap_or_default() % count
    }
}

/// What the file holds, if it is right.
fn read(file: &Path, right: fn(&str) -> bool) -> Option<String> {
    let text = fs::read_to_string(file).ok()?.trim().to_owned();
    Some(text).filter(|text| right(text))
}

fn keep(folder: &Path, file: &str, value: &str) -> Result<(), ErrorKind> {
    let folder = Folder::open(folder).map_err(|error| match error {
        FolderError::Make(_, error) | FolderError::Permission(_, error) => error.kind(),
        FolderError::NotAFolder(_) => ErrorKind::NotADirectory,
    })?;
    let content = format!("{value}\n");
    folder
        .write(file, content.as_bytes(), Access::Owner)
        .map_err(|error| error.kind())
}

fn is_id(text: &str) -> bool {
    text.len() == 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Random, marked as such (RFC 9562, version 4), as systemd makes its own.
fn make_id() -> String {
    let mut bytes: [u8; 16] = random();
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn is_passphrase(text: &str) -> bool {
    text.len() == GROUPS * (GROUP + 1) - 1
        && text
            .bytes()
            .all(|byte| byte == b'-' || LETTERS.contains(&byte))
}

/// Four groups of four letters, 72 bits: to be read off a screen and typed on a phone.
fn make_passphrase() -> String {
    // A byte beyond the last whole round of the letters would favour the first of them.
    let fair = u8::try_from(256 / LETTERS.len() * LETTERS.len()).unwrap_or(u8::MAX);
    let mut letters = Vec::new();
    while letters.len() < GROUPS * GROUP {
        let bytes: [u8; 32] = random();
        let fair = bytes.iter().filter(|byte| **byte < fair);
        letters.extend(fair.map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])));
    }
    let groups = letters.chunks(GROUP).take(GROUPS);
    groups.map(String::from_iter).collect::<Vec<_>>().join("-")
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("Linux has randomness once it has started programs");
    bytes
}

/// Small letters, without those that look like a digit or one another.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz";

const GROUPS: usize = 4;

const GROUP: usize = 4;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn it_is_made_once_and_what_is_damaged_is_made_anew() {
        let temp = tempfile::tempdir().unwrap();
        let (folder, system) = (temp.path().join("board"), temp.path().join("machine-id"));
        let memory = temp.path().join("memory");
        let (first, failed) = Identity::open_or_make(&folder, &memory, &system);
        assert!(failed.is_none() && is_id(&first.id) && is_passphrase(&first.passphrase));
        let (again, _) = Identity::open_or_make(&folder, &memory, &system);
        assert!(again.id == first.id && again.passphrase == first.passphrase);
        fs::write(folder.join("id"), "").unwrap();
        let (other, _) = Identity::open_or_make(&folder, &memory, &system);
        assert!(is_id(&other.id) && other.id != first.id);
        assert_eq!(other.passphrase, first.passphrase);
        fs::write(&system, format!("{}\n", "0a".repeat(16))).unwrap();
        assert_eq!(
            Identity::open_or_make(&folder, &memory, &system).0.suffix(),
            "0a0a"
        );
    }

    #[test]
    fn a_card_that_takes_nothing_gives_an_identity_until_the_power_goes_and_the_reason() {
        let temp = tempfile::tempdir().unwrap();
        let (file, memory) = (temp.path().join("board"), temp.path().join("memory"));
        fs::write(&file, "").unwrap();
        let (identity, failed) = Identity::open_or_make(&file, &memory, &file);
        assert!(is_id(&identity.id) && is_passphrase(&identity.passphrase));
        let (again, failed_again) = Identity::open_or_make(&file, &memory, &file);
        assert!(again.id == identity.id && again.passphrase == identity.passphrase);
        assert_eq!([failed, failed_again], [Some(ErrorKind::NotADirectory); 2]);
        let (neither, failed) = Identity::open_or_make(&file, &file, &file);
        assert!(is_passphrase(&neither.passphrase) && failed.is_some());
        // A card that takes it after all gets what the phones know by now.
        fs::remove_file(&file).unwrap();
        let (kept, failed) = Identity::open_or_make(&file, &memory, &file);
        assert!(failed.is_none() && kept.passphrase == identity.passphrase);
        assert!(read(&file.join("passphrase"), is_passphrase) == Some(kept.passphrase));
    }

    #[test]
    fn passphrases_differ_and_use_every_letter() {
        let made: BTreeSet<String> = (0..100).map(|_| make_passphrase()).collect();
        assert_eq!(made.len(), 100);
        let letters: BTreeSet<u8> = made.iter().flat_map(|one| one.bytes()).collect();
        assert_eq!(letters.len(), LETTERS.len() + 1);
        assert!(made.iter().all(|one| is_passphrase(one)));
    }
}
