//! Who holds which address at the moment: dnsmasq's file of leases.
//!
//! A lease lasts for as long as it was given for, by time that passes. dnsmasq goes by the system's
//! clock, and where that leaps, because a board has learnt the time, it takes all leases for over at
//! once, while the phones keep them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The file, and what stood in it when it was last read.
#[derive(Debug)]
pub(super) struct Leases {
    /// None where nobody gives out addresses.
    path: Option<PathBuf>,
    read: Mutex<Read>,
}

#[derive(Debug, Default)]
struct Read {
    /// Of the file as it was read; none if it may still be changing.
    stamp: Option<(SystemTime, u64)>,
    leases: HashMap<IpAddr, Lease>,
}

#[derive(Debug, PartialEq, Eq)]
struct Lease {
    /// The hardware's address.
    holder: String,
    /// Seconds since 1970, by the clock of the system, as dnsmasq reads it; 0 is never.
    ends: u64,
    /// When that is by time that passes, none if it is never: as it was when this was read first.
    until: Option<Instant>,
}

impl Leases {
    /// The leases in the folder in which the board tells about itself.
    pub(super) fn of(board: Option<&Path>) -> Self {
        Self {
            path: board.map(|folder| folder.join("leases")),
            read: Mutex::default(),
        }
    }

    /// Whose the address is; none if it was not leased, or its time is over.
    ///
    /// Asks the file system for the file's time, and reads it if that is another one: the file lies
    /// in memory, so neither waits for a card.
    pub(super) fn holder(&self, address: IpAddr) -> Option<String> {
        self.holder_at(address, Instant::now(), seconds_now())
    }

    /// The same at a moment that the system's clock calls `clock`.
    fn holder_at(&self, address: IpAddr, now: Instant, clock: u64) -> Option<String> {
        let path = self.path.as_deref()?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.renew(path, now, clock);
        let lease = read.leases.get(&address)?;
        let lasts = lease.until.is_none_or(|until| until > now);
        lasts.then(|| lease.holder.clone())
    }
}

impl Read {
    fn renew(&mut self, path: &Path, now: Instant, clock: u64) {
        let found = fs::metadata(path).and_then(|file| Ok((file.modified()?, file.len())));
        let Ok(stamp) = found else {
            *self = Self::default();
            return;
        };
        if self.stamp == Some(stamp) {
            return;
        }
        // Within the same tick of the clock it could change again and look the same.
        let age = stamp.0.elapsed().unwrap_or(SETTLED);
        let settled = age >= SETTLED;
        match text(path) {
            // dnsmasq empties the file and writes it anew: half of it is worth less than the last.
            Ok(text) if settled || text.ends_with('\n') => self.take(parse(&text), now, clock),
            _ => return,
        }
        self.stamp = settled.then_some(stamp);
    }

    /// Takes up what the file says now. Whose line is gone keeps the address until the lease is over or
    /// somebody else has it: such are at most as many as dnsmasq has addresses to give.
    fn take(&mut self, lines: HashMap<IpAddr, Line>, now: Instant, clock: u64) {
        self.leases
            .retain(|_, lease| lease.until.is_some_and(|until| until > now));
        for (address, Line { holder, ends }) in lines {
            let known = self.leases.get(&address);
            if known.is_some_and(|lease| lease.ends == ends && lease.holder == holder) {
                continue;
            }
            let left = Duration::from_secs(ends.saturating_sub(clock));
            let until = now.checked_add(left).filter(|_| ends != 0);
            let lease = Lease {
                holder,
                ends,
                until,
            };
            self.leases.insert(address, lease);
        }
    }
}

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What a line says of its address.
struct Line {
    holder: String,
    ends: u64,
}

/// `EXPIRY MAC IP NAME CLIENTID`, a line each; what is none is passed over.
fn parse(text: &str) -> HashMap<IpAddr, Line> {
    let lease = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let ends = words.next()?.parse().ok()?;
        let holder = words.next()?.to_ascii_lowercase();
        Some((words.next()?.parse().ok()?, Line { holder, ends }))
    };
    text.lines().filter_map(lease).collect()
}

fn seconds_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}

/// Two hundred leases with the longest names and client ids that phones could make up.
const MOST_BYTES: u64 = 256 << 10;

/// After this long a file is not about to be changed once more unnoticed.
const SETTLED: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "10.42.0.50";

    fn holder(leases: &Leases) -> Option<String> {
        leases.holder(ADDRESS.parse().unwrap())
    }

    fn board() -> (tempfile::TempDir, Leases) {
        let folder = tempfile::tempdir().unwrap();
        let leases = Leases::of(Some(folder.path()));
        (folder, leases)
    }

    #[test]
    fn a_lease_counts_while_it_lasts_and_changes_are_seen_at_once() {
        let (folder, leases) = board();
        let write = |line: &str| fs::write(folder.path().join("leases"), line).unwrap();
        assert_eq!(holder(&leases), None);
        let later = seconds_now() + 3_600;
        write(&format!("{later} AA:BB:CC:00:00:01 {ADDRESS} phone *\n"));
        assert_eq!(holder(&leases).as_deref(), Some("aa:bb:cc:00:00:01"));
        write(&format!("{later} aa:bb:cc:00:00:02 {ADDRESS} phone *\n"));
        assert_eq!(holder(&leases).as_deref(), Some("aa:bb:cc:00:00:02"));
        write(&format!("1 aa:bb:cc:00:00:02 {ADDRESS} phone *\n"));
        assert_eq!(holder(&leases), None);
        write(&format!("0 aa:bb:cc:00:00:02 {ADDRESS} phone *\n"));
        assert!(holder(&leases).is_some());
        fs::remove_file(folder.path().join("leases")).unwrap();
        assert_eq!(holder(&leases), None);
    }

    #[test]
    fn a_clock_that_leaps_ends_no_lease() {
        let (folder, leases) = board();
        let write = |text: &str| fs::write(folder.path().join("leases"), text).unwrap();
        let (begin, clock) = (Instant::now(), 1_000_000);
        let hours = |hours: u64| begin + Duration::from_secs(hours * 3_600);
        let at = |now, clock| leases.holder_at(ADDRESS.parse().unwrap(), now, clock);
        write(&format!(
            "{} aa:bb:cc:00:00:01 {ADDRESS} phone *\n",
            clock + 7_200
        ));
        assert!(at(begin, clock).is_some());

        // The board learns the time, and dnsmasq takes the line out at once.
        let (leapt, phone) = (clock + 400_000_000, Some("aa:bb:cc:00:00:01".to_owned()));
        assert_eq!(at(hours(1), leapt), phone);
        write("\n");
        assert_eq!(at(hours(1), leapt), phone);
        assert_eq!(at(hours(2), leapt), None, "its time is over");

        let again = format!("{} aa:bb:cc:00:00:02 {ADDRESS} phone *\n", leapt + 7_200);
        write(&again);
        assert_eq!(at(hours(1), leapt).as_deref(), Some("aa:bb:cc:00:00:02"));
    }

    #[test]
    fn a_file_that_is_just_being_written_changes_nothing() {
        let (folder, leases) = board();
        let path = folder.path().join("leases");
        fs::write(&path, format!("0 aa:bb:cc:00:00:01 {ADDRESS} phone *\n")).unwrap();
        assert!(holder(&leases).is_some());
        for half in ["", "0 aa:bb:cc:00"] {
            fs::write(&path, half).unwrap();
            assert!(holder(&leases).is_some(), "{half:?}");
        }
        // What stays so is meant so.
        let old = SystemTime::now() - Duration::from_secs(60);
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(old)
            .unwrap();
        assert_eq!(holder(&leases), None);
    }

    #[test]
    fn nonsense_is_passed_over_and_a_huge_file_is_not_read_to_its_end() {
        let (folder, leases) = board();
        let mut bytes = b"\xff\n1\n1 2\nx y z\nduid 00:01\n".to_vec();
        bytes.extend(format!("0 aa {ADDRESS}\n").bytes());
        fs::write(folder.path().join("leases"), &bytes).unwrap();
        assert!(holder(&leases).is_some());

        let mut huge = vec![b'\n'; usize::try_from(MOST_BYTES).unwrap()];
        huge.extend(bytes);
        fs::write(folder.path().join("leases"), &huge).unwrap();
        assert_eq!(holder(&leases), None);
    }
}
