//! Figures for the manual: memory and opening time at 200,000 messages, and what reaches the disk
//! for each byte of message. Run with
//! `cargo test --release --test store_measure -- --ignored --nocapture`.

use std::fs;
use std::path::Path;
use std::time::Instant;

use madang::config::History;
use madang::store::{Bound, Change, Opened, Store};

const BODY: usize = 250;
/// Milliseconds between messages. In 40 rooms each message begins a quarter of an hour: the most that
/// the index by time can cost. `MADANG_APART=1` measures without it.
const APART: u64 = 30_000;

fn apart() -> u64 {
    std::env::var("MADANG_APART").map_or(APART, |text| text.parse().expect("a number"))
}

fn open(folder: &Path) -> Opened {
    Store::open(folder, &History::default()).expect("the store opens")
}

fn append(store: &Store, rooms: u64, from: u64, count: u64) {
    let body = vec![7; BODY];
    let names: Vec<_> = (from..from + count)
        .map(|seq| format!("room {}", seq.wrapping_mul(0x9e37) % rooms))
        .collect();
    let batch: Vec<_> = names
        .iter()
        .zip(from..)
        .map(|(room, seq)| Change::Append {
            room,
            seq,
            at: Some(seq * apart()),
            body: &body,
        })
        .collect();
    store.write(&batch).expect("the group is stored");
}

/// A figure of this process, from a file with lines of `name: figure`.
fn figure(file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(file).expect("Linux tells");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .expect("Linux tells");
    line.split_whitespace()
        .find_map(|word| word.parse().ok())
        .expect("a figure")
}

fn memory() -> u64 {
    figure("/proc/self/status", "VmRSS:") / 1024
}

#[test]
#[ignore = "a measurement"]
fn memory_and_opening_time_at_200_000_messages() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("{} MB before", memory());
    let store = open(folder.path()).store;
    let start = Instant::now();
    for group in 0..2_100 {
        append(&store, 40, 1 + group * 100, 100);
    }
    let file = fs::metadata(folder.path().join("db/db")).unwrap().len() >> 20;
    println!(
        "{} MB after 210,000 appended in {:.1?}, file {file} MB",
        memory(),
        start.elapsed()
    );
    let start = Instant::now();
    let (mut pages, mut messages) = (0, 0);
    for info in store.rooms() {
        let (mut before, mut more) = (u64::MAX, true);
        while more {
            let page = store
                .page(&info.name, Bound::Before(before), 50, 64 << 10)
                .unwrap();
            (before, more) = (page.records[0].seq, page.more);
            (pages, messages) = (pages + 1, messages + page.records.len());
        }
    }
    let each = start.elapsed() / pages;
    println!(
        "{} MB after {messages} read in {pages} pages, {each:.1?} each",
        memory()
    );
    let start = Instant::now();
    let rooms = store.rooms();
    let days: usize = rooms
        .iter()
        .map(|info| store.days(&info.name, 540, 400).unwrap().iter().count())
        .sum();
    let each = start.elapsed() / u32::try_from(rooms.len()).unwrap();
    println!(
        "{} MB after {days} days found, {each:.1?} each room",
        memory()
    );
    store.close();
    for how in ["after a clean end", "once more"] {
        let start = Instant::now();
        let store = open(folder.path()).store;
        println!("opened {how} in {:.1?}, {} MB", start.elapsed(), memory());
        store.close();
    }
}

#[test]
#[ignore = "a measurement"]
fn bytes_written_for_each_byte_of_message() {
    for group in [1, 10, 100] {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let store = open(folder.path()).store;
        let (before, start) = (figure("/proc/self/io", "write_bytes:"), Instant::now());
        let count = 2_000;
        for seq in (1..=count).step_by(usize::try_from(group).unwrap()) {
            append(&store, 4, seq, group);
        }
        let written = figure("/proc/self/io", "write_bytes:") - before;
        let payload = count * BODY as u64;
        println!(
            "{group} a group: {:.1} times the payload, {:.1?} a flush",
            f64::from(u32::try_from(written).unwrap()) / f64::from(u32::try_from(payload).unwrap()),
            start.elapsed() / u32::try_from(count / group).unwrap(),
        );
        store.close();
    }
}

#[test]
#[ignore = "a measurement"]
fn opening_time_with_many_rooms() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = open(folder.path()).store;
    for group in 0..410 {
        append(&store, 4_096, 1 + group * 100, 100);
    }
    println!("{} rooms, {} MB", store.rooms().len(), memory());
    store.close();
    let start = Instant::now();
    let store = open(folder.path()).store;
    println!("opened in {:.1?}, {} MB", start.elapsed(), memory());
    store.close();
}
