//! Runs `examples/store_writer.rs` and holds a store against what it acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use madang::config::History;
use madang::store::{Bound, Change, Days, Store};

use crate::sample::{at, body, room};

/// The writer's program, built if need be. `MADANG_WRITER` names another one, such as the
/// release build.
pub(crate) fn writer() -> PathBuf {
    if let Some(path) = std::env::var_os("MADANG_WRITER") {
        return path.into();
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--example", "store_writer"]);
    // cargo's own variables about this test would make it build other crates anew.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG") || name.starts_with("CARGO_MANIFEST"))
        {
            cargo.env_remove(name);
        }
    }
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    assert!(
        cargo.status().expect("cargo runs").success(),
        "the example builds"
    );
    let test = std::env::current_exe().expect("this program has a path");
    let target = test
        .ancestors()
        .nth(2)
        .expect("tests lie in target/PROFILE/deps");
    target.join("examples/store_writer")
}

/// What a writer said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    /// The highest boot count.
    pub(crate) boot: u32,
    /// Acknowledged messages by room.
    pub(crate) acked: BTreeMap<u64, BTreeSet<u64>>,
}

impl Said {
    /// Takes in one whole line.
    pub(crate) fn hear(&mut self, line: &str) {
        if let Some(boot) = line.strip_prefix("opened ") {
            let boot = boot.parse().expect("a boot count");
            assert!(
                boot > self.boot,
                "the boot count grows: {boot} after {}",
                self.boot
            );
            self.boot = boot;
        }
        for word in line
            .strip_prefix("acked ")
            .into_iter()
            .flat_map(str::split_whitespace)
        {
            let (room, seq) = word.split_once(':').expect("ROOM:SEQ");
            let (room, seq) = (
                room.parse().expect("a number"),
                seq.parse().expect("a number"),
            );
            assert!(
                self.acked.entry(room).or_default().insert(seq),
                "{seq} was used twice"
            );
        }
    }
}

/// Opens the store and says what of `said` is not as it must be. `keep` and `group` are what the
/// writer was told.
pub(crate) fn check(folder: &Path, said: &Said, keep: u64, group: u64) -> Result<(), String> {
    let limits = History {
        messages_per_room: keep,
        ..History::default()
    };
    let opened = Store::open(folder, &limits).map_err(|error| format!("does not open: {error}"))?;
    // Cut while it was being made, an empty store may be set aside.
    if said.boot > 0 && !opened.report.is_empty() {
        return Err(format!("reports {:?}", opened.report));
    }
    if opened.boot <= said.boot {
        return Err(format!("boot {} is not above {}", opened.boot, said.boot));
    }
    for (&number, acked) in &said.acked {
        check_room(&opened.store, number, acked, keep, group)?;
    }
    // It must go on working.
    let seq = u64::from(opened.boot) << 33 | 1;
    opened
        .store
        .write(&[Change::Append {
            room: "after",
            seq,
            at: None,
            body: b"on",
        }])
        .map_err(|error| format!("cannot be written: {error}"))?;
    opened.store.close();
    Ok(())
}

fn check_room(
    store: &Store,
    number: u64,
    acked: &BTreeSet<u64>,
    keep: u64,
    group: u64,
) -> Result<(), String> {
    let name = room(number);
    let info = store.room(&name).ok_or_else(|| format!("{name} is gone"))?;
    let (mut there, mut bytes, mut after) = (BTreeSet::new(), 0, 0);
    let mut days = Days::new(0, usize::MAX);
    loop {
        let page = store
            .page(&name, Bound::After(after), 50, 1 << 20)
            .map_err(|error| format!("{name} cannot be read: {error}"))?;
        for record in &page.records {
            if record.body != body(number, record.seq) || record.at != Some(at(record.seq)) {
                return Err(format!("{name} {} is not what was written", record.seq));
            }
            there.insert(record.seq);
            days.add(record.seq, at(record.seq));
            bytes += record.body.len() as u64;
            after = record.seq;
        }
        if !page.more {
            break;
        }
    }
    let found = store
        .days(&name, 0, usize::MAX)
        .map_err(|error| format!("the days of {name} cannot be read: {error}"))?;
    if found != days {
        return Err(format!("{name} has the days {days:?}, not {found:?}"));
    }
    if (info.messages, info.bytes) != (there.len() as u64, bytes) {
        return Err(format!(
            "{name} has {} messages, {bytes} bytes: {info:?}",
            there.len()
        ));
    }
    if there.first().copied().unwrap_or_default() != info.first {
        return Err(format!("{name} begins with {:?}: {info:?}", there.first()));
    }
    let kept: Vec<_> = acked.iter().filter(|&&seq| seq > info.floor).collect();
    if let Some(lost) = kept.iter().find(|seq| !there.contains(seq)) {
        return Err(format!("{name} has lost {lost} ({info:?})"));
    }
    // Retention takes no more than its due. What it keeps may be of groups that were stored and
    // not acknowledged; each kill leaves one.
    if (there.len() as u64) + group < keep.min(acked.len() as u64) {
        return Err(format!(
            "{name} keeps {} of {}: {info:?}",
            there.len(),
            acked.len()
        ));
    }
    Ok(())
}
