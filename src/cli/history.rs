//! `madang history`: the stored messages of a room, for a person or a script.
//!
//! It opens the store itself, and only one process can: the gateway must not be running.

use std::io::{self, Write};

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::{existing_folder, log};
use crate::config::Config;
use crate::store::{Bound, Record, Store, StoreError};

/// Which messages, and in what form.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Name of the room
    room: String,
    /// At most so many messages: the newest, or with --after the oldest after it
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Only messages after this seq
    #[arg(long, value_name = "SEQ")]
    after: Option<u64>,
    /// One JSON object a line, as it was stored
    #[arg(long)]
    json: bool,
}

/// Prints the messages, oldest first.
pub(super) fn run(config: &Config, options: &Options) -> anyhow::Result<()> {
    log::start_quiet();
    let folder = existing_folder(config)?;
    ensure!(
        folder.join("db").is_dir(),
        "there is no history in {}: nobody has written anything yet",
        folder.path().display()
    );
    let opened = Store::open(folder.path(), &config.history).map_err(|error| match error {
        StoreError::Locked => anyhow::anyhow!(
            "the history in {} is in use: end the gateway that runs there first",
            folder.path().display()
        ),
        error => error.into(),
    })?;
    for finding in &opened.report {
        eprintln!("madang: {finding}");
    }
    let room: String = options.room.nfc().collect();
    let printed = print(&opened.store, &room, options);
    opened.store.close();
    printed
}

fn print(store: &Store, room: &str, options: &Options) -> anyhow::Result<()> {
    if store.room(room).is_none() {
        let known: Vec<_> = store
            .rooms()
            .iter()
            .map(|info| info.name.to_string())
            .collect();
        ensure!(
            !known.is_empty(),
            "there is no room {room:?}, and no other has a history"
        );
        anyhow::bail!(
            "there is no room {room:?}; these have a history: {}",
            known.join(", ")
        );
    }
    let mut out = io::stdout().lock();
    let mut left = options.limit;
    let mut from = options.after.map_or(Bound::Before(u64::MAX), Bound::After);
    let mut newest_first = Vec::new();
    while left > 0 {
        let page = store.page(room, from, left.min(PAGE_MESSAGES), PAGE_BYTES)?;
        left = left.saturating_sub(page.records.len());
        if page.damaged {
            eprintln!("madang: the disk has damaged some messages here: they are left out");
        }
        let more = page.more;
        match from {
            Bound::After(_) => {
                from = Bound::After(page.records.last().map_or(u64::MAX, |record| record.seq));
                write(&mut out, &page.records, options.json)?;
            }
            Bound::Before(_) => {
                from = Bound::Before(page.records.first().map_or(0, |record| record.seq));
                newest_first.push(page.records);
            }
        }
        if !more {
            break;
        }
    }
    for records in newest_first.iter().rev() {
        write(&mut out, records, options.json)?;
    }
    Ok(out.flush()?)
}

/// Few enough that a page is a short walk in the store.
const PAGE_MESSAGES: usize = 100;
const PAGE_BYTES: usize = 1 << 20;

fn write(out: &mut impl Write, records: &[Record], json: bool) -> anyhow::Result<()> {
    for record in records {
        if json {
            out.write_all(&record.body)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", line(record)?)?;
        }
    }
    Ok(())
}

/// A message in a line for people: `seq  name: text`, with data as JSON.
fn line(record: &Record) -> anyhow::Result<String> {
    let seq = record.seq;
    let message: Value = serde_json::from_slice(&record.body)
        .with_context(|| format!("the message {seq} is not JSON; try --json"))?;
    let name = message["from"]["name"].as_str().unwrap_or("?");
    let what = match (&message["text"], &message["data"]) {
        (Value::String(text), _) => printable(text),
        (_, data) => printable(&data.to_string()),
    };
    Ok(format!("{seq}  {}: {what}", printable(name)))
}

/// What others wrote must not move the cursor of the operator's terminal.
fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect()
            } else {
                vec![c]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_message_moves_the_cursor_of_the_terminal() {
        let record = Record {
            seq: 1,
            at: None,
            body: "{\"from\":{\"name\":\"a\u{9b}2J\"},\"data\":\"\u{9b}2J\u{7f}\"}".into(),
        };
        let line = line(&record).unwrap();
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}
