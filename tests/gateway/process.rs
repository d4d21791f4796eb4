//! The real binary as a process, which can be killed and started again on its port.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A gateway that has said that it runs. It is killed at the end, however that comes.
pub(crate) struct Process {
    child: Child,
    _out: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

/// The binary without TLS, its data in this folder, on a port that was free.
pub(crate) fn madang(folder: &Path) -> Command {
    into(Command::new(env!("CARGO_BIN_EXE_madang")), folder)
}

/// The settings of [`madang`] for a command that will run it.
pub(crate) fn into(mut command: Command, folder: &Path) -> Command {
    command
        .env("MADANG_DATA", folder)
        .env("MADANG_TLS_MODE", "off")
        .env("MADANG_LISTEN", "127.0.0.1:0")
        .env("MADANG_LIMITS_MESSAGES_PER_SECOND", "1000000")
        .env("MADANG_LIMITS_MESSAGE_BURST", "1000000");
    command
}

/// Of a new gateway the same port as of one that has ended.
pub(crate) fn at(mut command: Command, address: SocketAddr) -> Command {
    command.env("MADANG_LISTEN", address.to_string());
    command
}

impl Process {
    /// `log` is where its log goes.
    pub(crate) fn start(mut command: Command, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        while !banner.contains("Ctrl-C") {
            let read = out.read_line(&mut banner).unwrap();
            assert_ne!(read, 0, "it ended after: {banner}");
        }
        let port = banner
            .split("http://")
            .nth(1)
            .and_then(|url| url.split(['/', ' ', '\n']).next())
            .and_then(|host| host.rsplit(':').next())
            .and_then(|port| port.parse().ok())
            .unwrap_or_else(|| panic!("no port in: {banner}"));
        Self {
            child,
            _out: out,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The plug is pulled.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Waits for its end; how it ended, and how long that took.
    pub(crate) async fn ended(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, begun.elapsed());
            }
            assert!(begun.elapsed() < Duration::from_secs(15), "it does not end");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
