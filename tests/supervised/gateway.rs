//! A gateway as a process, with a file of settings and a supervisor that listens.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// A limit for what must happen; nothing waits so long.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Gateway {
    pub(crate) folder: TempDir,
    pub(crate) address: SocketAddr,
    supervisor: UnixDatagram,
    child: Child,
    _out: BufReader<ChildStdout>,
}

impl Gateway {
    /// Starts with these settings (TOML) in a folder that `prepare` has been in.
    pub(crate) fn start(settings: &str, prepare: impl FnOnce(&TempDir)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        prepare(&folder);
        let supervisor = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        supervisor.set_read_timeout(Some(PATIENCE)).unwrap();
        write_settings(&folder, settings);
        let log = File::create(folder.path().join("log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_madang"))
            .args(["serve", "--config", "madang.toml"])
            .current_dir(folder.path())
            .env_clear()
            .env("NOTIFY_SOCKET", folder.path().join("notify"))
            .env("WATCHDOG_USEC", "600000")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        while !banner.contains("Ctrl-C") {
            let read = out.read_line(&mut banner).unwrap();
            assert_ne!(read, 0, "it ended after: {banner}");
        }
        let (_, port) = banner.split_once("https://localhost:").unwrap();
        let port = port.split('/').next().unwrap().parse().unwrap();
        Self {
            folder,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            supervisor,
            child,
            _out: out,
        }
    }

    /// What the supervisor hears next that has this line or begins a line so, with all its lines.
    pub(crate) fn tells(&self, line: &str) -> String {
        let mut bytes = [0; 4096];
        loop {
            let length = self.supervisor.recv(&mut bytes);
            let length = length.unwrap_or_else(|_| panic!("{line} is not told"));
            let told = String::from_utf8_lossy(&bytes[..length]).into_owned();
            if told.lines().any(|said| said.starts_with(line)) {
                return told;
            }
        }
    }

    /// Has other settings read, and waits until they have been.
    pub(crate) fn renew(&self, settings: &str) {
        write_settings(&self.folder, settings);
        self.signal(Signal::HUP);
        self.tells("RELOADING=1");
        self.tells("READY=1");
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap()
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Waits until it has ended; whether in order.
    pub(crate) fn ended(mut self) -> bool {
        self.child.wait().unwrap().success()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write_settings(folder: &TempDir, settings: &str) {
    let mut text = "listen = \"127.0.0.1:0\"\nlisten_plain = \"127.0.0.1:0\"\n".to_owned();
    writeln!(text, "{settings}").unwrap();
    fs::write(folder.path().join("madang.toml"), text).unwrap();
}
