//! Runs a program under `record.c`, and reads what was recorded.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Compiles the recorder into a folder.
pub(crate) fn compile(folder: &Path) -> PathBuf {
    let library = folder.join("record.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/powercut/record.c");
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-o"])
        .arg(&library)
        .args([source, "-ldl", "-lpthread"])
        .status()
        .expect("a C compiler is installed: Rust links with it");
    assert!(status.success(), "the recorder compiles");
    library
}

/// Runs a program to its end and returns what it did to the files of a folder.
pub(crate) fn record(library: &Path, folder: &Path, to: &Path, command: &mut Command) -> Vec<u8> {
    let _ = fs::remove_file(to);
    let ended = command
        .env("LD_PRELOAD", library)
        .env("RECORD_FOLDER", folder)
        .env("RECORD_TO", to)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .expect("the program runs");
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(
        !errors.contains("record:") && !errors.contains("Error"),
        "{errors}"
    );
    fs::read(to).expect("something was recorded")
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Write,
    Resize,
    SyncBegun,
    Fsync,
    Fdatasync,
    FolderSynced,
    Rename,
    Remove,
    Printed,
}

/// One record.
pub(crate) struct Event<'a> {
    pub(crate) kind: Kind,
    pub(crate) file: u32,
    pub(crate) offset: u64,
    pub(crate) data: &'a [u8],
}

impl Event<'_> {
    pub(crate) fn path(&self) -> PathBuf {
        OsStr::from_bytes(self.data).into()
    }

    /// Both paths of a renaming.
    pub(crate) fn paths(&self) -> (PathBuf, PathBuf) {
        let mut both = self.data.split(|&byte| byte == 0).map(OsStr::from_bytes);
        let mut next = || both.next().expect("a renaming has two paths").into();
        (next(), next())
    }
}

/// Reads all records.
pub(crate) fn events(mut records: &[u8]) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    while let Some((head, rest)) = records.split_first_chunk::<17>() {
        let kind = match head[0] {
            b'O' => Kind::Open,
            b'W' => Kind::Write,
            b'T' => Kind::Resize,
            b'B' => Kind::SyncBegun,
            b'S' => Kind::Fsync,
            b'F' => Kind::Fdatasync,
            b'D' => Kind::FolderSynced,
            b'R' => Kind::Rename,
            b'U' => Kind::Remove,
            b'A' => Kind::Printed,
            other => unreachable!("no record begins with {other}"),
        };
        let number = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
        let offset = u64::from_le_bytes(head[5..13].try_into().unwrap());
        let (data, rest) = rest.split_at(usize::try_from(number(13)).unwrap());
        events.push(Event {
            kind,
            file: number(1),
            offset,
            data,
        });
        records = rest;
    }
    events
}
