//! A small file that somebody else writes, read again only when it has changed.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// A file, and what was last understood of it.
#[derive(Debug)]
pub struct Watched<T> {
    path: PathBuf,
    parse: fn(&[u8]) -> Result<T, String>,
    /// Of the file as it was read last; `None` where there was none.
    stamp: Option<Stamp>,
    /// What it says; without a file, nothing.
    pub value: T,
}

/// By what a file is known to be another: its inode, its time of change, its length.
type Stamp = (u64, i64, i64, u64);

impl<T: Default> Watched<T> {
    /// A file that has not been looked at. `parse` says in a few words what is wrong with it.
    pub fn new(path: PathBuf, parse: fn(&[u8]) -> Result<T, String>) -> Self {
        Self {
            path,
            parse,
            stamp: None,
            value: T::default(),
        }
    }

    /// Reads the file if it is another than last time. A damaged one is said once, and what it said
    /// before stays.
    pub fn look(&mut self) {
        let stamp = match fs::metadata(&self.path) {
            Ok(found) => Some(stamp(&found)),
            Err(_) => None,
        };
        if stamp == self.stamp {
            return;
        }
        self.stamp = stamp;
        if stamp.is_none() {
            self.value = T::default();
            return;
        }
        match self.read().map_err(|error| error.to_string()) {
            Ok(None) => self.value = T::default(),
            Ok(Some(content)) => match (self.parse)(&content) {
                Ok(value) => self.value = value,
                Err(why) => self.complain(&why),
            },
            Err(why) => self.complain(&why),
        }
    }

    fn complain(&self, why: &str) {
        tracing::warn!(file = %self.path.display(), why, "what the board tells is not understood");
    }

    /// The content; `None` if the file has gone meanwhile.
    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        // A pipe of that name would never end, or never begin.
        if !fs::metadata(&self.path).is_ok_and(|found| found.is_file()) {
            return Err(io::Error::other("it is not a file"));
        }
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let mut content = Vec::new();
        file.take(LARGEST as u64 + 1).read_to_end(&mut content)?;
        if content.len() > LARGEST {
            return Err(io::Error::other(format!(
                "it has more than {LARGEST} bytes"
            )));
        }
        Ok(Some(content))
    }
}

fn stamp(found: &Metadata) -> Stamp {
    (found.ino(), found.mtime(), found.mtime_nsec(), found.size())
}

/// Bytes that such a file may have.
pub const LARGEST: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(temp: &tempfile::TempDir) -> Watched<Option<String>> {
        Watched::new(temp.path().join("file"), |content| {
            let text = String::from_utf8(content.to_vec()).map_err(|error| error.to_string())?;
            Ok(Some(text))
        })
    }

    /// As it is written by others: aside, and put in place.
    fn put(temp: &tempfile::TempDir, content: &[u8]) {
        let aside = temp.path().join("aside");
        fs::write(&aside, content).unwrap();
        fs::rename(aside, temp.path().join("file")).unwrap();
    }

    #[test]
    fn a_file_is_read_when_it_comes_changes_and_goes() {
        let temp = tempfile::tempdir().unwrap();
        let mut file = watched(&temp);
        file.look();
        assert_eq!(file.value, None);
        for said in ["one", "two"] {
            put(&temp, said.as_bytes());
            file.look();
            assert_eq!(file.value.as_deref(), Some(said));
        }
        file.value = Some("kept".to_owned());
        file.look();
        assert_eq!(file.value.as_deref(), Some("kept"), "it is not read again");
        fs::remove_file(temp.path().join("file")).unwrap();
        file.look();
        assert_eq!(file.value, None);
    }

    #[test]
    fn what_is_damaged_too_long_or_no_file_leaves_what_was_said_before() {
        let temp = tempfile::tempdir().unwrap();
        let mut file = watched(&temp);
        put(&temp, "before".as_bytes());
        file.look();
        put(&temp, b"\xff");
        file.look();
        assert_eq!(file.value.as_deref(), Some("before"));
        put(&temp, &vec![b'a'; LARGEST + 1]);
        file.look();
        assert_eq!(file.value.as_deref(), Some("before"));
        put(&temp, &vec![b'a'; LARGEST]);
        file.look();
        assert_eq!(file.value.as_ref().map(String::len), Some(LARGEST));
        fs::remove_file(temp.path().join("file")).unwrap();
        fs::create_dir(temp.path().join("file")).unwrap();
        file.look();
        assert_eq!(file.value.as_ref().map(String::len), Some(LARGEST));
    }
}
