//! Guarantee 2 under power cuts: the plug is pulled a few hundred times, and nothing that was
//! acknowledged is missing.
//!
//! `examples/store_writer.rs` runs three times under a recorder that keeps every write and every
//! sync. The records are then played onto a simulated disk, which is stopped at many points and
//! left as a power cut could have left it (`disk.rs`); the store must open there, with everything
//! acknowledged up to that point. With the barrier left out of the simulation, losses must appear:
//! else this test could not fail. `MADANG_CUTS` and `MADANG_SEED` ask for more cuts and other ones.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends where its ground is missing"
)]

mod check;
mod disk;
mod record;
mod sample;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use check::{Said, check, writer};
use disk::{Cut, Disk};
use record::{Kind, compile, events};
use sample::Random;

const ROOMS: &str = "3";
const GROUPS: &str = "70";
const GROUP: u64 = 6;
const KEEP: u64 = 60;
const CUTS: u64 = 600;
const SEED: u64 = 1;
const CUTS_WITHOUT_BARRIER: u64 = 40;

/// A recorded life of a store: what three processes in a row did.
struct Life {
    folder: PathBuf,
    records: Vec<Vec<u8>>,
}

impl Life {
    fn record(scratch: &Path) -> Self {
        let folder = scratch.join("store");
        let (library, writer, to) = (compile(scratch), writer(), scratch.join("records"));
        let records = (0..3)
            .map(|_| {
                let mut command = Command::new(&writer);
                let (group, keep) = (GROUP.to_string(), KEEP.to_string());
                command.arg(&folder).args([ROOMS, GROUPS, &group, &keep]);
                record::record(&library, &folder, &to, &mut command)
            })
            .collect();
        Self { folder, records }
    }

    /// Cuts the power at random points and counts how it went.
    fn cut(&self, seed: u64, cuts: u64, barrier: bool) -> BTreeMap<(Cut, bool), u32> {
        let mut random = Random::new(seed);
        let lives: Vec<_> = self.records.iter().map(|records| events(records)).collect();
        let total = lives.iter().map(Vec::len).sum::<usize>() as u64;
        let mut points: Vec<_> = (0..cuts).map(|_| random.below(total)).collect();
        points.sort_unstable();
        let mut points = points.into_iter().peekable();

        let (mut disk, mut said, mut at) = (Disk::new(barrier), Said::default(), 0);
        let mut outcomes = BTreeMap::new();
        for events in &lives {
            disk.restart();
            for event in events {
                disk.apply(event);
                if event.kind == Kind::Printed {
                    said.hear(std::str::from_utf8(event.data).expect("text").trim_end());
                }
                while points.next_if_eq(&at).is_some() {
                    let cut = Cut::ALL[usize::try_from(random.below(5)).unwrap()];
                    let result = self.look(&disk, &said, cut, &mut random);
                    if let (Err(problem), true) = (&result, barrier) {
                        eprintln!("cut {cut:?} at record {at} of {total}, seed {seed}: {problem}");
                    }
                    *outcomes.entry((cut, result.is_ok())).or_default() += 1;
                }
                at += 1;
            }
        }
        outcomes
    }

    fn look(&self, disk: &Disk, said: &Said, cut: Cut, random: &mut Random) -> Result<(), String> {
        let image = scratch();
        disk.cut(&self.folder, image.path(), cut, random);
        check(image.path(), said, KEEP, GROUP)?;
        // What the opening has repaired must be as good: open once more.
        if random.below(3) == 0 {
            let again = Said {
                boot: said.boot + 1,
                acked: said.acked.clone(),
            };
            check(image.path(), &again, KEEP, GROUP)
                .map_err(|problem| format!("second opening: {problem}"))?;
        }
        Ok(())
    }
}

/// A folder in memory, where there is one: the simulated disk decides what is durable.
fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

fn count(outcomes: &BTreeMap<(Cut, bool), u32>, good: bool) -> u32 {
    outcomes
        .iter()
        .filter(|((_, ok), _)| *ok == good)
        .map(|(_, count)| count)
        .sum()
}

#[test]
fn a_pulled_plug_takes_nothing_that_was_acknowledged() {
    let place = scratch();
    let life = Life::record(place.path());
    let bytes: usize = life.records.iter().map(Vec::len).sum();
    let (cuts, seed) = (setting("MADANG_CUTS", CUTS), setting("MADANG_SEED", SEED));
    // Two halves, for two cores.
    let outcomes = std::thread::scope(|scope| {
        let life = &life;
        [2 * seed, 2 * seed + 1]
            .map(|seed| scope.spawn(move || life.cut(seed, cuts / 2, true)))
            .map(|half| half.join().expect("the check does not panic"))
    });
    let without = life.cut(seed, CUTS_WITHOUT_BARRIER, false);

    let failed: u32 = outcomes.iter().map(|half| count(half, false)).sum();
    println!("{bytes} bytes recorded; {cuts} cuts: {failed} failed; {outcomes:?}");
    println!(
        "without the barrier {CUTS_WITHOUT_BARRIER} cuts: {} failed",
        count(&without, false)
    );
    assert_eq!(failed, 0, "a power cut lost what was acknowledged");
    assert!(
        count(&without, false) > 0,
        "without the barrier nothing is lost: the test is blind"
    );
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}
