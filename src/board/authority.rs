//! The gateway's certificate authority, looked after before the gateway runs.
//!
//! On a server a damaged authority is for the operator to bring back, and the gateway waits for that.
//! On a box nobody would ever come: what a pulled plug and the repair of the file system have left is
//! set aside, the gateway makes a new one, and the owner is told. Nothing is made here: what root makes
//! in the gateway's folder the gateway could not use.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::place::Place;
use crate::folder::{Access, Folder};
use crate::tls::LEAF;
use crate::tls::ca::Authority;

/// Sets a damaged authority aside, and leaves a mark for this boot, which tells of it.
pub(super) fn look_after(place: &Place) -> io::Result<()> {
    if !is_damaged(&Folder::existing(&place.gateway())) {
        return Ok(());
    }
    set_aside(&place.gateway())?;
    let run = Folder::open(&place.run()).map_err(io::Error::other)?;
    run.write(SET_ASIDE, b"", Access::Everybody)
}

/// Whether the gateway would not start with it, or would make another without a word. What could not
/// be read, for whatever reason, may be whole: that is no damage.
fn is_damaged(gateway: &Folder) -> bool {
    match Authority::open(gateway) {
        Ok(Some(_)) => false,
        // Only a whole authority issues a leaf. A key alone is a first start that was cut short.
        Ok(None) => gateway.join(LEAF).is_file(),
        Err(error) => !error.root_cause().is::<io::Error>(),
    }
}

/// The folder keeps its owner, so that the gateway may still read what is in it.
fn set_aside(gateway: &Path) -> io::Result<()> {
    fs::rename(gateway.join(FOLDER), free(gateway)?)?;
    File::open(gateway)?.sync_all()
}

/// The first free name. Of more damage than anybody looks at the last is given up, never the first:
/// that is the one which phones trusted for longest.
fn free(gateway: &Path) -> io::Result<PathBuf> {
    let names = (1..=MOST).map(|n| gateway.join(format!("{FOLDER}.damaged-{n}")));
    let mut last = PathBuf::new();
    for name in names {
        if fs::symlink_metadata(&name).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(name);
        }
        last = name;
    }
    fs::remove_dir_all(&last)?;
    Ok(last)
}

/// The folder of the gateway's certificates in its data folder.
const FOLDER: &str = "tls";

/// The mark of an authority that was set aside, in the folder of what is written at each boot.
pub(super) const SET_ASIDE: &str = "authority-set-aside";

/// A few kilobytes each.
const MOST: usize = 9;
