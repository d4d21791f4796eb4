//! What can go wrong, sorted by what the caller does about it; and the fence around sled's panics.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why the store did not do what it was asked. Each variant is a decision of the caller.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the store open: do not start a second gateway on the same folder.
    #[error("the history is in use by another process: is a gateway already running here?")]
    Locked,
    /// No room on the disk: refuse messages as not stored, call [`reopen`](super::Store::reopen)
    /// or write again later. What was acknowledged is there and can still be read.
    #[error("the disk is full: messages are relayed, but not stored")]
    Full,
    /// The folder may not be written to: run without a store and say so.
    #[error("the folder of the history cannot be written to: {0}")]
    ReadOnly(io::Error),
    /// What is on the disk cannot be read: [`reopen`](super::Store::reopen) repairs it, or sets
    /// it aside and begins anew.
    #[error("the history on the disk is damaged: {0}")]
    Corrupt(String),
    /// The disk failed otherwise: try [`reopen`](super::Store::reopen) later.
    #[error("the disk failed: {0}")]
    Io(io::Error),
    /// The store was closed after a failed write: [`reopen`](super::Store::reopen) heals it.
    #[error("the history is closed after a failed write")]
    Closed,
    /// A room's name or a message is longer than the store can hold: refuse that message.
    #[error("too long to be stored")]
    TooLong,
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Self::Full,
            Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Self::ReadOnly(error),
            _ => Self::Io(error),
        }
    }
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        match error {
            // sled gives its lock error no kind of its own.
            sled::Error::Io(error) if error.to_string().starts_with("could not acquire lock") => {
                Self::Locked
            }
            // A file that ends too early or holds what it cannot is damage, not a failing disk.
            sled::Error::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData
                ) =>
            {
                Self::Corrupt(error.to_string())
            }
            sled::Error::Io(error) => error.into(),
            other => Self::Corrupt(other.to_string()),
        }
    }
}

/// Runs something that calls sled. sled meets damage on the disk with panics: they end here.
pub(super) fn fenced<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("a panic without a message");
        Err(of_panic(text))
    })
}

/// sled also meets failing calls of the system with panics, which tell the number of the error:
/// those are no damage, and no reason to set anything aside.
fn of_panic(text: &str) -> StoreError {
    let number = text.split_once("Os { code: ").and_then(|(_, rest)| {
        let (number, _) = rest.split_once(',')?;
        number.parse().ok()
    });
    match number {
        Some(number) => io::Error::from_raw_os_error(number).into(),
        None => StoreError::Corrupt(text.lines().next().unwrap_or_default().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_of_the_disk_becomes_a_decision() {
        let error = |number| StoreError::from(io::Error::from_raw_os_error(number));
        assert!(matches!(error(libc::ENOSPC), StoreError::Full));
        assert!(matches!(error(libc::EDQUOT), StoreError::Full));
        assert!(matches!(error(libc::EFBIG), StoreError::Full));
        assert!(matches!(error(libc::EROFS), StoreError::ReadOnly(_)));
        assert!(matches!(error(libc::EACCES), StoreError::ReadOnly(_)));
        assert!(matches!(error(libc::EIO), StoreError::Io(_)));
    }

    #[test]
    fn a_panic_ends_at_the_fence() {
        let error = fenced::<()>(|| panic!("bad page {}", 7)).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(text) if text == "bad page 7"));
        let error = fenced::<()>(|| {
            let error = io::Error::from_raw_os_error(libc::ENOSPC);
            panic!("called `Result::unwrap()` on an `Err` value: {error:?}")
        });
        let error = error.unwrap_err();
        assert!(matches!(error, StoreError::Full));
    }
}
