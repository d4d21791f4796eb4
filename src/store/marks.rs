//! The high-water marks: how far each room had come when they were last saved.
//!
//! sled takes damage in its log for a torn end and silently drops all that follows. This small
//! file beside the database lets the next opening notice it. It also keeps the boot count, so
//! that numbers are not used twice even if sled falls back to an older state. It is a witness
//! only: without it, or with a damaged one, the store opens all the same.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Its name beside the database.
const NAME: &str = "db.marks";

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marks {
    /// The store they belong to.
    pub(super) log: String,
    /// Its boot count.
    pub(super) boot: u32,
    /// The rooms that have messages.
    pub(super) rooms: BTreeMap<String, Mark>,
}

/// How far a room had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Its newest message.
    pub(super) last: u64,
    /// Its floor.
    pub(super) floor: u64,
}

impl Marks {
    /// Reads the file: a checksum on the first line, JSON on the second.
    pub(super) fn load(folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(folder.join(NAME)).ok()?;
        let (crc, json) = text.split_once('\n')?;
        if u32::from_str_radix(crc, 16).ok()? != crc32fast::hash(json.as_bytes()) {
            return None;
        }
        serde_json::from_str(json).ok()
    }

    /// Writes the file aside, makes it durable and puts it in the place of the old one.
    pub(super) fn save(&self, folder: &Path) -> io::Result<()> {
        let json = serde_json::to_string(self)?;
        let aside = folder.join("db.marks.new");
        let mut file = File::create(&aside)?;
        write!(file, "{:08x}\n{json}", crc32fast::hash(json.as_bytes()))?;
        file.sync_all()?;
        fs::rename(aside, folder.join(NAME))?;
        File::open(folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_back_and_damaged_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Marks::load(folder.path()), None);
        let rooms = [(
            "a \"room\"\n".to_owned(),
            Mark {
                last: 1 << 52,
                floor: 7,
            },
        )]
        .into();
        let marks = Marks {
            log: "0f".to_owned(),
            boot: 3,
            rooms,
        };
        marks.save(folder.path()).unwrap();
        marks.save(folder.path()).unwrap();
        assert_eq!(Marks::load(folder.path()), Some(marks));

        let path = folder.path().join(NAME);
        let mut bytes = fs::read(&path).unwrap();
        bytes[20] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(Marks::load(folder.path()), None);
    }
}
