//! A file that only takes room, deleted when the disk is full: sled cannot even be opened, nor
//! the history be read, on a disk without any room left.
//!
//! Nothing is written to the store while there is no ballast, so the way back is never used up.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Its name beside the database.
pub(super) const NAME: &str = "db.ballast";
/// Its size: an opening writes a snapshot of some megabytes at most.
pub(super) const BYTES: u64 = 8 << 20;

/// Sees that the ballast is there, whole and durable.
pub(super) fn ensure(folder: &Path) -> io::Result<()> {
    let path = folder.join(NAME);
    if fs::metadata(&path).is_ok_and(|meta| meta.len() == BYTES) {
        return Ok(());
    }
    let made = make(&path);
    if made.is_err() {
        // What could be written of it takes room that others need more.
        free(folder)?;
    }
    made
}

fn make(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    // Noise: a file system that compresses would store zeroes in no room at all.
    let mut noise = vec![0; 1 << 20];
    getrandom::fill(&mut noise).map_err(io::Error::other)?;
    for _ in 0..BYTES >> 20 {
        file.write_all(&noise)?;
    }
    file.sync_all()
}

/// Gives its room back. True if there was one.
pub(super) fn free(folder: &Path) -> io::Result<bool> {
    match fs::remove_file(folder.join(NAME)) {
        Ok(()) => {
            // Journalling file systems reuse the room only after the removal is committed.
            File::open(folder)?.sync_all()?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
