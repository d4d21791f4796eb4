//! The data folder: everything that lasts lies in it, and what it keeps survives a pulled plug.
//!
//! Small files only (clock, keys, certificates, tokens); the history is the store's own affair.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The data folder of one gateway. Cloning it costs a path.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The owner only (0600): keys and tokens.
    Owner,
    /// Everybody whom the folder lets in (0644).
    Everybody,
}

/// Why a folder cannot serve as data folder. Each is one sentence for the person who set it.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It is not there and cannot be made.
    #[error("the data folder {0} cannot be made ({1}): choose another with --data")]
    Make(PathBuf, #[source] io::Error),
    /// There is something else of that name.
    #[error("the data folder {0} is not a folder: choose another with --data")]
    NotAFolder(PathBuf),
    /// We may not write to it.
    #[error(
        "no permission to write to the data folder {0} ({1}): \
         give it to the user who runs madang, or choose another with --data"
    )]
    Permission(PathBuf, #[source] io::Error),
}

impl Folder {
    /// Opens the folder and makes it (0700, with its parents) if it is missing.
    ///
    /// A folder without permission is refused. One on a card that is full or read-only is not:
    /// the gateway relays without storing, and says so.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        if let Err(error) = make_private(path) {
            return Err(if path.exists() && !path.is_dir() {
                FolderError::NotAFolder(path.to_owned())
            } else {
                FolderError::Make(path.to_owned(), error)
            });
        }
        let folder = Self {
            path: path.to_owned(),
        };
        let probe = path.join(".probe");
        match File::create(&probe).and_then(|_| fs::remove_file(&probe)) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                Err(FolderError::Permission(path.to_owned(), error))
            }
            Err(error) => {
                tracing::warn!(%error, folder = %path.display(), "the data folder cannot be written to");
                Ok(folder)
            }
            Ok(()) => Ok(folder),
        }
    }

    /// A folder that is there, without a look whether it can be written to: one that is not ours.
    pub fn existing(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a file of it is.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The content of a file, `None` if there is none.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.join(name)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts a file in place, wholly or not at all: written aside, synced, renamed, folder synced.
    /// `name` may lie in one folder further down, which is made (0700) if it is missing.
    pub fn write(&self, name: &str, content: &[u8], access: Access) -> io::Result<()> {
        let target = self.join(name);
        let parent = target.parent().unwrap_or(&self.path);
        if parent != self.path && !parent.is_dir() {
            make_private(parent)?;
            File::open(&self.path)?.sync_all()?;
        }
        // Never write a secret into a file that somebody else made and may read.
        let aside = format!("{name}.new");
        self.remove(&aside)?;
        let aside = self.join(&aside);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(access.mode())
            .open(&aside)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&aside, &target)?;
        File::open(parent)?.sync_all()
    }

    /// Takes a file away, if there is one.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Access {
    /// The mode of a new file.
    fn mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Everybody => 0o644,
        }
    }
}

/// Makes a folder that only its owner may enter. One that is there keeps the mode it has.
fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_readable_by_its_owner_only_even_over_a_file_that_was_not() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::open(&temp.path().join("data")).unwrap();
        fs::create_dir(folder.join("tls")).unwrap();
        fs::write(folder.join("tls/ca.key.new"), "left over").unwrap();
        folder
            .write("tls/ca.key", b"secret", Access::Owner)
            .unwrap();
        folder.write("clock", b"1", Access::Everybody).unwrap();

        let mode = |name: &str| {
            fs::metadata(folder.join(name))
                .unwrap()
                .permissions()
                .mode()
                & 0o777
        };
        assert_eq!(mode("tls/ca.key"), 0o600);
        assert_eq!(mode(""), 0o700);
        assert_eq!(folder.read("tls/ca.key").unwrap().unwrap(), b"secret");
        assert_eq!(folder.read("nothing").unwrap(), None);
        assert!(!folder.join("tls/ca.key.new").exists());
    }

    #[test]
    fn a_folder_below_a_file_is_refused_in_one_sentence() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("file");
        fs::write(&file, "").unwrap();
        let below = Folder::open(&file.join("data")).unwrap_err().to_string();
        assert!(
            below.contains("cannot be made") && below.contains("--data"),
            "{below}"
        );
        let itself = Folder::open(&file).unwrap_err().to_string();
        assert!(itself.contains("is not a folder"), "{itself}");
    }
}
