//! A box as a tree of folders.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use madang::clock::Clock;
use madang::folder::Folder;
use madang::tls::ca::Authority;
use madang::tls::names::Names;
use serde_json::Value;

/// The tree, with the regulatory database and the time zones of this machine.
pub(crate) struct House {
    pub(crate) root: tempfile::TempDir,
}

impl House {
    /// A box of that model, as it comes out of the initramfs.
    pub(crate) fn of(model: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in [
            "boot/firmware",
            "data",
            "run",
            "etc",
            "proc/device-tree",
            "usr/share",
            "lib/firmware",
        ] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        symlink(
            "/usr/share/zoneinfo",
            root.path().join("usr/share/zoneinfo"),
        )
        .unwrap();
        let database = "lib/firmware/regulatory.db";
        fs::copy(format!("/{database}"), root.path().join(database)).unwrap();
        fs::write(
            root.path().join("proc/device-tree/model"),
            format!("{model}\0"),
        )
        .unwrap();
        Self { root }
    }

    /// A Pi 4 with that `madang.txt`, set up.
    pub(crate) fn with(settings: impl AsRef<[u8]>) -> Self {
        let house = Self::of("Raspberry Pi 4 Model B Rev 1.4");
        house.write("boot/firmware/madang.txt", settings);
        house.set_up();
        house
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), content).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// A file that is written at each boot.
    pub(crate) fn run_file(&self, name: &str) -> String {
        self.read(&format!("run/madang-board/{name}"))
    }

    pub(crate) fn set_up(&self) {
        let done = self.board(&["setup"], "");
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    /// `madang board …` on this tree.
    pub(crate) fn board(&self, words: &[&str], input: &str) -> Output {
        self.write("input", input);
        Command::new(env!("CARGO_BIN_EXE_madang"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .args(["board", "--root"])
            .arg(self.root.path())
            .args(words)
            .stdin(Stdio::from(fs::File::open(self.path("input")).unwrap()))
            .output()
            .unwrap()
    }

    /// What the gateway of a box of that name does first: its authority, made if there is none.
    pub(crate) fn gateway_starts(&self, host: &str) -> anyhow::Result<Authority> {
        let folder = Folder::open(&self.path(GATEWAY))?;
        let names = Names {
            dns: [
                host.to_owned(),
                format!("{host}.local"),
                format!("{host}-2.local"),
            ]
            .into(),
            ..Names::default()
        };
        Authority::open_or_make(&folder, &names, Clock::open(&folder).now_ms())
    }

    /// The notices in English and in Korean.
    pub(crate) fn notices(&self) -> Vec<(String, String)> {
        let notices: Value = serde_json::from_str(&self.run_file("notices.json")).unwrap();
        let text = |notice: &Value, key| notice[key].as_str().unwrap().to_owned();
        notices
            .as_array()
            .unwrap()
            .iter()
            .map(|notice| (text(notice, "text"), text(notice, "ko")))
            .collect()
    }

    /// One line `name=value` of hostapd's configuration.
    pub(crate) fn hostapd(&self, name: &str) -> Option<String> {
        let file = self.run_file("hostapd.conf");
        file.lines()
            .find_map(|line| line.strip_prefix(&format!("{name}=")).map(str::to_owned))
    }

    /// A setting of the gateway, as a shell reads the environment file.
    pub(crate) fn gateway(&self, name: &str) -> String {
        let script = format!(". \"$0\"; printf %s \"${{{name}-(unset)}}\"");
        let file = self.path("run/madang-board/gateway.env");
        let said = Command::new("sh")
            .arg("-c")
            .arg(script)
            .arg(file)
            .output()
            .unwrap();
        String::from_utf8(said.stdout).unwrap()
    }
}

/// The data folder of the gateway.
pub(crate) const GATEWAY: &str = "data/private/madang";
