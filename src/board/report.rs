//! `madang-report.txt`: what the box made of `madang.txt`, for the owner who puts the card into a
//! computer.
//!
//! The partition is mounted for reading; it is opened for writing only where the report has changed,
//! and only for that moment; not while `madang-update`, which has opened it too, works there.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::mount::{MountFlags, mount_remount};

use super::outlook::Outlook;
use super::place::Place;
use super::plan::Network;
use super::sign;
use crate::folder::{Access, Folder};

/// Brings the report up to date.
pub fn write(place: &Place, outlook: &Outlook) -> io::Result<()> {
    let (boot, text) = (place.boot(), text(outlook));
    if fs::read(boot.join(REPORT)).is_ok_and(|before| before == text.as_bytes()) {
        return Ok(());
    }
    let lock = File::create(place.at(UPDATE))?;
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        // The box is started again after it, and the report written then.
        return Ok(());
    }
    match put(&boot, &text) {
        Err(error) if error.kind() == ErrorKind::ReadOnlyFilesystem => {
            remount(&boot, MountFlags::empty())?;
            let written = put(&boot, &text);
            remount(&boot, MountFlags::RDONLY)?;
            written
        }
        done => done,
    }
}

/// The report: with the line ends that every computer's editor knows.
pub fn text(outlook: &Outlook) -> String {
    let plan = &outlook.plan;
    let mut lines = vec![
        format!("madang {}", env!("CARGO_PKG_VERSION")),
        String::new(),
    ];
    let mut say = |label: &str, value: &str| lines.push(format!("{label}: {value}"));
    match &plan.network {
        Network::Own(own) => {
            let country = plan.country.as_deref().unwrap_or("-");
            say("Wi-Fi", &own.name);
            let open = "(none: everybody can join / 없음, 누구나 접속)";
            say(
                "Passphrase / 암호",
                own.passphrase.as_deref().unwrap_or(open),
            );
            say("Channel / 채널", &format!("{} ({country})", own.channel));
        }
        Network::Join(name, _) => say("Joins / 접속할 Wi-Fi", name),
        Network::Wired => say("Wi-Fi", "off"),
    }
    say("Page / 페이지", &sign::page(plan));
    for page in sign::pages_besides(plan) {
        say("    or / 또는", &page);
    }
    if let Some(ca) = &outlook.authority {
        say("CA fingerprint / 인증서 지문 (SHA-256)", ca.fingerprint());
        say("    in words / 낱말로", ca.words());
    }
    say("Title / 제목", &plan.title);
    if !plan.rooms.is_empty() {
        say("First rooms / 처음 방", &plan.rooms.join(", "));
    }
    let code = match (outlook.made_code(), &plan.code) {
        (Some(made), _) => made,
        (None, Some(_)) => "yes / 있음",
        (None, None) => "no / 없음",
    };
    say("Entry code / 입장 코드", code);
    say("Time zone / 시간대", &plan.time_zone);
    say("SSH keys / SSH 키", &plan.ssh_keys.len().to_string());
    lines.push(String::new());
    if outlook.problems.is_empty() {
        lines.push("Nothing is wrong. / 잘못된 것이 없습니다.".to_owned());
    } else {
        lines.push("What is wrong / 고칠 것".to_owned());
    }
    for problem in outlook.problems.iter().take(MOST_PROBLEMS) {
        lines.push(format!("- {}", problem.english()));
        lines.push(format!("  {}", problem.korean()));
    }
    lines.join("\r\n") + "\r\n"
}

/// Written aside, synced and renamed, as far as FAT keeps that.
fn put(boot: &Path, text: &str) -> io::Result<()> {
    Folder::existing(boot).write(REPORT, text.as_bytes(), Access::Owner)
}

fn remount(boot: &Path, access: MountFlags) -> io::Result<()> {
    let flags = access | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    mount_remount(boot, flags, c"").map_err(|error| match error {
        Errno::INVAL => io::Error::other("no partition is mounted there"),
        error => error.into(),
    })
}

/// The lock that `madang-update` holds.
const UPDATE: &str = "/run/madang-update.lock";

const REPORT: &str = "madang-report.txt";

/// A file of nonsense has a mistake in each line: the first ones say enough.
const MOST_PROBLEMS: usize = 50;
