//! The machine: cores, file limits, and what the kernel knows of a process.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The core of whatever is measured.
pub(crate) const SERVER_CORE: &str = "0";
/// The core of this program.
const CLIENT_CORE: &str = "1";

/// Pins this program to its core and lets it open as many files as it may.
pub(crate) fn prepare(pid: u32) -> Result<()> {
    let pid = pid.to_string();
    run("taskset", &["--cpu-list", "--pid", CLIENT_CORE, &pid])?;
    let hard = hard_limit()?;
    run(
        "prlimit",
        &["--pid", &pid, &format!("--nofile={hard}:{hard}")],
    )
}

/// A command that runs on the server's core, with as many files as this program may open.
pub(crate) fn pinned(program: &str) -> Command {
    let mut command = Command::new("taskset");
    command
        .args(["--cpu-list", SERVER_CORE, program])
        .env("TOKIO_WORKER_THREADS", "1");
    command
}

/// Machine, processor and kernel in a line.
pub(crate) fn describe() -> Result<String> {
    let processors = fs::read_to_string("/proc/cpuinfo")?;
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism()?;
    let read = |name: &str| fs::read_to_string(format!("/proc/sys/kernel/{name}"));
    Ok(format!(
        "madang {} on {}: {model}, {}, {cores} core for each side, Linux {}",
        env!("CARGO_PKG_VERSION"),
        read("hostname")?.trim(),
        std::env::consts::ARCH,
        read("osrelease")?.trim()
    ))
}

/// utime + stime of a process and all its threads, in microseconds.
pub(crate) fn cpu(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program is in parentheses and may hold anything; after it come the fields
    // from the third on (proc(5)).
    let (_, fields) = stat.rsplit_once(')').context("a stat line has a name")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks * 1e6 / TICKS_A_SECOND)
}

/// RSS and PSS of a process in KB.
pub(crate) fn memory(pid: u32) -> Result<(f64, f64)> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let kb = |key: &str| -> Result<f64> {
        let line = rollup
            .lines()
            .find(|line| line.starts_with(key))
            .context("no such line")?;
        Ok(line
            .split_whitespace()
            .nth(1)
            .context("no number")?
            .parse()?)
    };
    Ok((kb("Rss:")?, kb("Pss:")?))
}

fn hard_limit() -> Result<u64> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let hard = line
        .and_then(|line| line.split_whitespace().nth(4))
        .context("no limit of files")?;
    Ok(hard.parse().unwrap_or(1 << 20))
}

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .context(program.to_owned())?;
    ensure!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// `USER_HZ`, the same on every architecture that Linux has.
const TICKS_A_SECOND: f64 = 100.0;
