//! The keys by which an owner who logs in knows this box again.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::Command;

/// Has OpenSSH make a host key, on the first boot on which somebody may log in. The folder comes
/// into being by one rename, with the whole key in it.
pub(super) fn host_keys(data: &Path) -> io::Result<()> {
    let (folder, aside) = (data.join("ssh"), data.join("ssh.new"));
    if folder.is_dir() {
        return Ok(());
    }
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::create_dir(&aside)?;
    let key = aside.join("ssh_host_ed25519_key");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "madang", "-f"])
        .arg(&key)
        .status()?;
    if !made.success() {
        return Err(io::Error::other(format!("ssh-keygen: {made}")));
    }
    for file in [key.clone(), key.with_extension("pub"), aside.clone()] {
        File::open(file)?.sync_all()?;
    }
    fs::rename(aside, folder)?;
    File::open(data)?.sync_all()
}
