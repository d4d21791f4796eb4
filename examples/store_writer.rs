//! Writes to a store and says what it acknowledged: the program that the tests kill, trace and
//! pull the plug on.
//!
//! `store_writer FOLDER ROOMS GROUPS GROUP KEEP` opens the store in FOLDER and prints
//! `opened BOOT`, writes GROUPS groups of 1 to GROUP messages to ROOMS rooms of which each keeps
//! KEEP messages, and after each flush prints `acked ROOM:SEQ …`. It ends without closing the
//! store, as if killed, unless a sixth argument `close` is given.

#[path = "../tests/powercut/sample.rs"]
mod sample;

use std::io::Write;
use std::path::Path;

use madang::config::History;
use madang::store::{BOOT_BITS, Change, Opened, Store};
use sample::{Random, at, body, room};

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let [_, folder, rooms, groups, group, keep, how @ ..] = words.as_slice() else {
        anyhow::bail!("usage: store_writer FOLDER ROOMS GROUPS GROUP KEEP [close]");
    };
    let (rooms, groups, group) = (rooms.parse()?, groups.parse()?, group.parse()?);
    let limits = History {
        messages_per_room: keep.parse()?,
        ..History::default()
    };

    let Opened {
        store,
        boot,
        report,
        ..
    } = Store::open(Path::new(folder), &limits)?;
    for finding in report {
        eprintln!("{finding}");
    }
    say(&format!("opened {boot}\n"))?;

    let mut random = Random::new(u64::from(boot));
    let mut seq = u64::from(boot) << (53 - BOOT_BITS);
    for _ in 0..groups {
        let messages: Vec<(u64, u64)> = (0..=random.below(group))
            .map(|_| {
                seq += 1;
                (random.below(rooms), seq)
            })
            .collect();
        write(&store, &messages)?;
        let acked: Vec<_> = messages
            .iter()
            .map(|(room, seq)| format!("{room}:{seq}"))
            .collect();
        say(&format!("acked {}\n", acked.join(" ")))?;
    }
    if how.is_empty() {
        // As a kill would: no clean-up of any kind.
        std::process::abort();
    }
    store.close();
    Ok(())
}

fn write(store: &Store, messages: &[(u64, u64)]) -> anyhow::Result<()> {
    let owned: Vec<_> = messages
        .iter()
        .map(|&(number, seq)| (room(number), seq, body(number, seq)))
        .collect();
    let batch: Vec<_> = owned
        .iter()
        .map(|(room, seq, body)| Change::Append {
            room,
            seq: *seq,
            at: Some(at(*seq)),
            body,
        })
        .collect();
    Ok(store.write(&batch)?)
}

/// One line in one write: a reader never sees half of an acknowledgement.
fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.flush()
}
