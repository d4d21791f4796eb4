//! A disk of the test's own that can be filled up and freed under a running gateway: a small file
//! system in a mount namespace that a process holds open. Where mounting is forbidden, a limit on
//! the size of files imitates it, which shows less.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::process::{self, Process};

pub(crate) enum Disk {
    /// Held by this process.
    Mounted(Child, PathBuf),
    /// Only imitated, in this folder.
    Limited(PathBuf),
}

impl Disk {
    /// On a file system of 40 MiB, if that can be had.
    pub(crate) fn new(folder: &Path) -> Self {
        let script = r#"mount -t tmpfs -o size=40m tmpfs "$0" && echo mounted && read -r _"#;
        let mut holder = Command::new("unshare")
            .args(["--mount", "sh", "-c", script])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = [0; 7];
        let told = holder.stdout.take().unwrap().read_exact(&mut said);
        if told.is_ok() && said == *b"mounted" {
            return Self::Mounted(holder, folder.to_owned());
        }
        holder.wait().unwrap();
        eprintln!("THIS MACHINE FORBIDS TO MOUNT: the full disk is only imitated");
        Self::Limited(folder.to_owned())
    }

    /// The binary with its data on this disk.
    pub(crate) fn madang(&self) -> Command {
        let binary = env!("CARGO_BIN_EXE_madang");
        match self {
            Self::Mounted(holder, folder) => {
                let mut command = Command::new("nsenter");
                let namespace = format!("--mount=/proc/{}/ns/mnt", holder.id());
                command.arg(namespace).arg(binary);
                process::into(command, &folder.join("data"))
            }
            Self::Limited(folder) => {
                let mut command = Command::new("sh");
                // The signal that comes with the error would end the program.
                command.args(["-c", r#"trap '' XFSZ; exec "$0""#, binary]);
                process::into(command, &folder.join("data"))
            }
        }
    }

    /// Takes all the room but about 1 MiB.
    pub(crate) fn fill(&self, gateway: &Process) {
        match self {
            Self::Mounted(..) => {
                let mut file = File::create(self.filler()).unwrap();
                while file.write_all(&[1; 4096]).is_ok() {}
                let length = file.metadata().unwrap().len();
                file.set_len(length.saturating_sub(1 << 20)).unwrap();
            }
            Self::Limited(folder) => limit(gateway, &(largest(folder) + (1 << 20)).to_string()),
        }
    }

    pub(crate) fn free(&self, gateway: &Process) {
        match self {
            Self::Mounted(..) => fs::remove_file(self.filler()).unwrap(),
            Self::Limited(_) => limit(gateway, "unlimited"),
        }
    }

    fn filler(&self) -> PathBuf {
        let Self::Mounted(holder, folder) = self else {
            panic!("nothing was mounted")
        };
        let root = PathBuf::from(format!("/proc/{}/root", holder.id()));
        root.join(folder.strip_prefix("/").unwrap()).join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Self::Mounted(holder, _) = self {
            let _ = holder.kill();
            let _ = holder.wait();
        }
    }
}

fn limit(gateway: &Process, bytes: &str) {
    let limited = Command::new("prlimit")
        .arg(format!("--fsize={bytes}:unlimited"))
        .args(["--pid", &gateway.id().to_string()])
        .status();
    assert!(limited.expect("prlimit is installed").success());
}

/// The size of the largest file.
fn largest(folder: &Path) -> u64 {
    let size = |entry: fs::DirEntry| match entry.metadata().unwrap() {
        metadata if metadata.is_dir() => largest(&entry.path()),
        metadata => metadata.len(),
    };
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| size(entry.unwrap())).max().unwrap_or(0)
}
