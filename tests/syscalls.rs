//! What the kernel sees of a flush: `fdatasync` each time and never `sync_file_range`, in a real
//! process. Without this, sled loses acknowledged messages when the plug is pulled, and a
//! refactoring or a linker could bring that about without a sign.
//!
//! `MADANG_WRITER=target/release/examples/store_writer` looks at the release build.

#[expect(dead_code, reason = "only the writer is run here")]
#[path = "powercut/check.rs"]
mod check;
#[path = "powercut/sample.rs"]
mod sample;

use std::process::Command;

const GROUPS: usize = 40;

#[test]
fn every_flush_is_an_fdatasync() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("strace");
    let traced = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=fdatasync,sync_file_range", "-o"])
        .arg(&log)
        .arg(check::writer())
        .arg(folder.path().join("store"))
        .args(["2", &GROUPS.to_string(), "5", "100", "close"])
        .output()
        .expect("strace is installed: `apt install strace` (make test does)");
    assert!(
        traced.status.success(),
        "{}",
        String::from_utf8_lossy(&traced.stderr)
    );
    let acks = String::from_utf8(traced.stdout)
        .unwrap()
        .matches("acked")
        .count();
    assert_eq!(acks, GROUPS);

    let log = std::fs::read_to_string(log).unwrap();
    // An interrupted line and its continuation are one call.
    let calls = |name: &str| {
        log.lines()
            .filter(|line| line.contains(&format!("{name}(")))
            .count()
    };
    assert_eq!(
        calls("sync_file_range"),
        0,
        "libc's function came through:\n{log}"
    );
    assert!(
        calls("fdatasync") >= GROUPS,
        "{} calls of fdatasync",
        calls("fdatasync")
    );
    assert!(
        !log.contains("EBADF") && !log.contains("= -1"),
        "a barrier failed:\n{log}"
    );
}
