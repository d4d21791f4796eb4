//! Opens the database whatever state a power cut, a kill or a failing card left it in.
//!
//! 1. As it is. A lock, a full disk or missing rights are the caller's business.
//! 2. Damaged: without a `snap.*.generating`, which a kill during an opening leaves behind and on
//!    which sled fails for ever.
//! 3. Still damaged: without any `snap.*`; sled makes them again from its log.
//! 4. Still damaged: set aside as `db.corrupt-TIME`, and a new one begun.
//!
//! Nothing is deleted before the first try has had sled's lock, so a second process never harms
//! the first. What is read at the opening is read inside the fence, as sled panics on damage.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sled::{Config, Db, Mode};

use super::boot::{BOOT_KEY, Boot, LAST_BOOT};
use super::error::fenced;
use super::marks::Marks;
use super::report::Finding;
use super::room::{ENTRIES, Entry, Loaded, Room};
use super::{StoreError, ballast, times};

/// The database's folder inside the store's folder.
const DB: &str = "db";
/// sled's cache. With the segments below it holds some 24 MB of memory at 200,000 messages.
const CACHE_BYTES: u64 = 2 << 20;
/// Fixed for the life of a database.
const SEGMENT_BYTES: usize = 128 << 10;
/// How often sled's own thread cleans up.
const TIDY_MS: u64 = 1_000;
/// How long the lock is waited for: sled's threads let go of it a little after the handle was
/// dropped, and a gateway that is being replaced needs a moment to end.
const LET_GO: Duration = Duration::from_secs(3);

/// An open database and what is in it.
pub(super) struct Opening {
    pub(super) db: Db,
    pub(super) boot: Boot,
    pub(super) rooms: Vec<Room>,
    pub(super) report: Vec<Finding>,
}

/// What to do about the boot count.
#[derive(Clone, Copy)]
pub(super) enum Count {
    /// A start of the gateway: one more.
    Grow,
    /// The same run goes on, with numbers under this record: a new store must take its count.
    Keep(Boot),
}

/// Opens the database of a folder, with all the tries.
pub(super) fn open(folder: &Path, count: Count) -> Result<Opening, StoreError> {
    make_folder(folder)?;
    let db = folder.join(DB);
    let mut why = match roomy(folder, count) {
        Err(StoreError::Corrupt(why)) => why,
        result => return result,
    };
    for (suffix, worth_telling) in [(".generating", false), ("", true)] {
        if !remove_snapshots(&db, suffix)? {
            continue;
        }
        match roomy(folder, count) {
            Ok(mut opening) => {
                if worth_telling {
                    opening.report.push(Finding::Repaired { why });
                }
                return Ok(opening);
            }
            Err(StoreError::Corrupt(next)) => why = next,
            // A try that panicked may have left a thread with the lock: the folder moves away.
            Err(StoreError::Locked) => {}
            Err(other) => return Err(other),
        }
    }
    begin_anew(folder, count, why)
}

/// Sets the database aside and begins a new one.
pub(super) fn begin_anew(folder: &Path, count: Count, why: String) -> Result<Opening, StoreError> {
    let to = set_aside(folder)?;
    let mut opening = roomy(folder, count)?;
    opening.report.push(Finding::SetAside { to, why });
    Ok(opening)
}

/// One try; on a full disk a second one without the ballast.
fn roomy(folder: &Path, count: Count) -> Result<Opening, StoreError> {
    match patient(folder, count) {
        Err(StoreError::Full) if ballast::free(folder)? => patient(folder, count),
        result => result,
    }
}

fn patient(folder: &Path, count: Count) -> Result<Opening, StoreError> {
    let start = Instant::now();
    loop {
        match fenced(|| attempt(folder, count)) {
            Err(StoreError::Locked) if start.elapsed() < LET_GO => {
                std::thread::sleep(Duration::from_millis(20));
            }
            result => return result,
        }
    }
}

fn attempt(folder: &Path, count: Count) -> Result<Opening, StoreError> {
    let path = folder.join(DB);
    let is_new = !path.join("db").exists();
    let db = Config::new()
        .path(&path)
        .cache_capacity(CACHE_BYTES)
        .segment_size(SEGMENT_BYTES)
        .mode(Mode::LowSpace)
        .flush_every_ms(Some(TIDY_MS))
        .open()?;
    // sled never syncs these: a power cut could leave a database without its configuration.
    for made in [
        path.join("db"),
        path.join("conf"),
        path.clone(),
        folder.to_owned(),
    ] {
        File::open(made)?.sync_all()?;
    }
    let marks = if is_new { None } else { Marks::load(folder) };
    let mut boot = read_boot(&db, marks.as_ref())?;
    let left = boot.count;
    // The file tells of this store only if it bears its name.
    let marks = marks.filter(|marks| marks.log == boot.log.to_string());
    match count {
        Count::Grow => {
            boot.count = boot.count.max(marks.as_ref().map_or(0, |marks| marks.boot)) + 1;
        }
        Count::Keep(before) => boot.count = boot.count.max(before.count),
    }
    if boot.count > LAST_BOOT {
        return Err(StoreError::Corrupt(
            "it was opened as often as it can be".into(),
        ));
    }
    let mut found = read_rooms(&db)?;
    let report = compare(&db, &boot, &mut found, marks.as_ref())?;
    for key in found.iter().flat_map(|found| &found.torn) {
        db.remove(key)?;
    }
    for found in &found {
        times::heal(&db, &found.room, found.upto, &found.starts)?;
    }
    let mut rooms: Vec<_> = found.into_iter().map(|found| found.room).collect();
    times::distrust(&db, &mut rooms, left)?;
    let next = rooms.iter().map(|room| room.number + 1).max().unwrap_or(1);
    boot.next_room = boot.next_room.max(next);
    db.insert(BOOT_KEY, boot.encode())?;
    times::keep(&db, boot.count)?;
    db.flush()?;
    Ok(Opening {
        db,
        boot,
        rooms,
        report,
    })
}

fn read_boot(db: &Db, marks: Option<&Marks>) -> Result<Boot, StoreError> {
    match db.get(BOOT_KEY)? {
        Some(value) => {
            Boot::decode(&value).ok_or_else(|| StoreError::Corrupt("its record is damaged".into()))
        }
        None if db.is_empty() && marks.is_none() => Ok(Boot::new()?),
        None => Err(StoreError::Corrupt("its beginning is missing".into())),
    }
}

fn read_rooms(db: &Db) -> Result<Vec<Loaded>, StoreError> {
    let read = |entry: sled::Result<(sled::IVec, sled::IVec)>| {
        let (key, value) = entry?;
        let entry = Entry::decode(&key, &value)
            .ok_or_else(|| StoreError::Corrupt("the entry of a room is damaged".into()))?;
        Room::load(db, entry)
    };
    db.scan_prefix(ENTRIES).map(read).collect()
}

/// Holds what is there against the marks; raises the floor over what is lost.
fn compare(
    db: &Db,
    boot: &Boot,
    rooms: &mut Vec<Loaded>,
    marks: Option<&Marks>,
) -> Result<Vec<Finding>, StoreError> {
    let nothing = BTreeMap::new();
    let marks = marks.map_or(&nothing, |marks| &marks.rooms);
    let known: HashSet<_> = rooms
        .iter()
        .map(|found| found.room.info.name.clone())
        .collect();
    let next = rooms
        .iter()
        .map(|found| found.room.number + 1)
        .max()
        .unwrap_or(1);
    // A room that was forgotten since has left its floor behind.
    let gone = marks
        .iter()
        .filter(|(name, mark)| !known.contains(name.as_str()) && mark.last > boot.forgotten);
    for ((name, mark), number) in gone.zip(next.max(boot.next_room)..) {
        let room = Room::new(number, name.as_str().into(), mark.floor);
        rooms.push(Loaded {
            room,
            newest: 0,
            upto: 0,
            starts: Vec::new(),
            torn: Vec::new(),
        });
    }
    let mut report = Vec::new();
    for Loaded {
        room,
        newest: after,
        ..
    } in rooms
    {
        let mark = marks.get(&*room.info.name);
        let upto = mark.map_or(0, |mark| mark.last).max(room.info.last);
        let after = *after;
        room.info.floor = room.info.floor.max(mark.map_or(0, |mark| mark.floor));
        if after.max(room.head) < upto {
            report.push(Finding::Lost {
                room: room.info.name.clone(),
                after,
                upto,
            });
            room.info.floor = room.info.floor.max(upto);
            room.info.last = after.max(room.head);
            room.recount(db)?;
            db.insert(Entry::key(room.number), room.entry().encode())?;
        }
    }
    Ok(report)
}

/// Makes the folder, and its name in its parent, durable.
fn make_folder(folder: &Path) -> io::Result<()> {
    if !folder.is_dir() {
        // What is said in the rooms is nobody else's business on this machine.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        if let Some(parent) = folder.canonicalize()?.parent() {
            File::open(parent)?.sync_all()?;
        }
    }
    Ok(())
}

/// Deletes sled's snapshots whose names end so. True if there was one.
fn remove_snapshots(db: &Path, suffix: &str) -> io::Result<bool> {
    let mut any = false;
    for file in fs::read_dir(db)? {
        let file = file?;
        let name = file.file_name();
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("snap.") && name.ends_with(suffix))
        {
            fs::remove_file(file.path())?;
            any = true;
        }
    }
    Ok(any)
}

/// Renames the database to a name that is not taken.
fn set_aside(folder: &Path) -> io::Result<PathBuf> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs());
    // A board without a clock may begin the same second twice.
    let mut names = (now..).map(|time| folder.join(format!("db.corrupt-{time}")));
    let to = names
        .find(|to| !to.exists())
        .expect("there are more numbers than files");
    fs::rename(folder.join(DB), &to)?;
    File::open(folder)?.sync_all()?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count_of(opening: &Opening) -> u32 {
        opening.boot.count
    }

    #[test]
    fn a_store_that_was_opened_as_often_as_it_can_be_makes_room_for_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let first = open(folder.path(), Count::Grow).unwrap();
        let last = Boot {
            count: LAST_BOOT - 1,
            ..first.boot
        };
        first.db.insert(BOOT_KEY, last.encode()).unwrap();
        drop(first);
        let second = open(folder.path(), Count::Grow).unwrap();
        assert_eq!((count_of(&second), second.boot.log), (LAST_BOOT, last.log));
        drop(second);
        let third = open(folder.path(), Count::Grow).unwrap();
        assert_eq!(count_of(&third), 1);
        assert_ne!(third.boot.log, last.log);
        assert!(matches!(
            third.report.as_slice(),
            [Finding::SetAside { .. }]
        ));
    }

    #[test]
    fn a_store_begun_anew_in_the_middle_of_a_run_goes_on_with_its_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let before = Boot {
            count: 5,
            ..Boot::new().unwrap()
        };
        let anew = open(folder.path(), Count::Keep(before)).unwrap();
        assert_eq!(count_of(&anew), 5);
        assert_ne!(anew.boot.log, before.log);
        drop(anew);
        assert_eq!(
            count_of(&open(folder.path(), Count::Keep(before)).unwrap()),
            5
        );
        assert_eq!(count_of(&open(folder.path(), Count::Grow).unwrap()), 6);
    }
}
