//! Guarantee 2 under kills: SIGKILL at any moment, also while opening, loses nothing that was
//! acknowledged, and no number is used twice.

#[path = "powercut/check.rs"]
mod check;
#[path = "powercut/sample.rs"]
mod sample;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use check::{Said, check, writer};
use sample::Random;

const KEEP: u64 = 150;
const GROUP: u64 = 12;

#[test]
fn kills_at_random_moments_lose_nothing_acknowledged() {
    let writer = writer();
    let folder = tempfile::tempdir().unwrap();
    let mut said = Said::default();
    let mut random = Random::new(41);
    let mut killed_opening = 0;
    for cycle in 0..36 {
        let mut child = Command::new(&writer)
            .arg(folder.path())
            .args(["3", "1000000", &GROUP.to_string(), &KEEP.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let early = random.below(3) == 0;
        if !early {
            // Past the opening; the moments below then fall into the writing.
            let mut line = String::new();
            lines.read_line(&mut line).unwrap();
            said.hear(line.trim_end());
        }
        // The random moment itself, not a wait for something.
        let span = if early { 30_000 } else { 250_000 };
        std::thread::sleep(Duration::from_micros(random.below(span)));
        child.kill().unwrap();
        child.wait().unwrap();
        let boot = said.boot;
        for line in lines.split(b'\n').map(Result::unwrap) {
            said.hear(std::str::from_utf8(&line).unwrap());
        }
        killed_opening += usize::from(early && said.boot == boot);
        // Every other time another kill follows without a check in between.
        if cycle % 2 == 0
            && let Err(problem) = check(folder.path(), &said, KEEP, GROUP)
        {
            panic!("after cycle {cycle}: {problem}");
        }
    }
    let acked: usize = said
        .acked
        .values()
        .map(std::collections::BTreeSet::len)
        .sum();
    println!("36 kills, {killed_opening} of them while opening; {acked} messages acknowledged");
    assert!(acked > 100, "the kills left time to write: {acked}");
}
