//! A disk with a cache: it takes the records of a program and says what may be left of its files
//! when the power goes.
//!
//! Stricter than ext4: a file's data is durable by a sync of the file only, its name by a sync of
//! its folder only. What no sync has covered is lost, kept, or kept in part: any of its 4 KiB
//! pages, in any order, single ones torn at a sector. Names come back in order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::record::{Event, Kind};
use crate::sample::Random;

const PAGE: u64 = 4096;
const SECTOR: u64 = 512;

/// What a cut leaves of that which was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cut {
    /// Nothing.
    Nothing,
    /// Everything.
    All,
    /// Of each file, what was written up to some moment.
    Beginning,
    /// Any pages.
    Pages,
    /// Any pages, some of them torn.
    Torn,
}

impl Cut {
    pub(crate) const ALL: [Self; 5] = [
        Self::Nothing,
        Self::All,
        Self::Beginning,
        Self::Pages,
        Self::Torn,
    ];
}

#[derive(Clone)]
enum Op {
    Write { offset: u64, data: Vec<u8> },
    Resize(u64),
}

#[derive(Default)]
struct File {
    durable: Vec<u8>,
    /// Not yet synced, with the moment of each.
    pending: Vec<(u64, Op)>,
}

enum Name {
    Made(PathBuf, usize),
    Moved(PathBuf, PathBuf),
    Removed(PathBuf),
}

/// The disk.
pub(crate) struct Disk {
    /// Whether an fdatasync, which is what the barrier makes of each flush, counts.
    barrier: bool,
    files: Vec<File>,
    /// Open files by their number in the records.
    open: BTreeMap<u32, usize>,
    now: BTreeMap<PathBuf, usize>,
    durable: BTreeMap<PathBuf, usize>,
    pending: Vec<Name>,
    syncs: BTreeMap<u64, u64>,
    moment: u64,
}

impl Disk {
    pub(crate) fn new(barrier: bool) -> Self {
        Self {
            barrier,
            files: Vec::new(),
            open: BTreeMap::new(),
            now: BTreeMap::new(),
            durable: BTreeMap::new(),
            pending: Vec::new(),
            syncs: BTreeMap::new(),
            moment: 0,
        }
    }

    /// Takes one record.
    pub(crate) fn apply(&mut self, event: &Event<'_>) {
        self.moment += 1;
        match event.kind {
            Kind::Open => self.open(event.path(), event.file, event.offset == 1),
            Kind::Write => {
                let op = Op::Write {
                    offset: event.offset,
                    data: event.data.to_vec(),
                };
                self.pend(event.file, op);
            }
            Kind::Resize => self.pend(event.file, Op::Resize(event.offset)),
            Kind::SyncBegun => {
                self.syncs.insert(event.offset, self.moment);
            }
            Kind::Fsync => self.sync(event),
            Kind::Fdatasync if self.barrier => self.sync(event),
            Kind::Fdatasync | Kind::Printed => {}
            Kind::FolderSynced => self.sync_names(&event.path()),
            Kind::Rename => {
                let (from, to) = event.paths();
                rename(&mut self.now, &from, &to);
                self.pending.push(Name::Moved(from, to));
            }
            Kind::Remove => {
                self.now.remove(&event.path());
                self.pending.push(Name::Removed(event.path()));
            }
        }
    }

    /// A new process: it opens its files anew.
    pub(crate) fn restart(&mut self) {
        self.open.clear();
        self.syncs.clear();
    }

    fn pend(&mut self, number: u32, op: Op) {
        self.files[self.open[&number]]
            .pending
            .push((self.moment, op));
    }

    fn open(&mut self, path: PathBuf, number: u32, emptied: bool) {
        let index = *self.now.entry(path.clone()).or_insert_with(|| {
            self.files.push(File::default());
            self.pending.push(Name::Made(path, self.files.len() - 1));
            self.files.len() - 1
        });
        if emptied {
            self.files[index].pending.push((self.moment, Op::Resize(0)));
        }
        self.open.insert(number, index);
    }

    fn sync(&mut self, event: &Event<'_>) {
        let begun = self
            .syncs
            .remove(&event.offset)
            .expect("a sync that ends has begun");
        let file = &mut self.files[self.open[&event.file]];
        let (covered, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut file.pending)
            .into_iter()
            .partition(|(at, _)| *at < begun);
        for (_, op) in covered {
            apply(&mut file.durable, &op);
        }
        file.pending = rest;
    }

    fn sync_names(&mut self, folder: &Path) {
        let (covered, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|name| match name {
                Name::Made(path, _) | Name::Removed(path) | Name::Moved(_, path) => {
                    path.parent() == Some(folder)
                }
            });
        for name in covered {
            name.apply(&mut self.durable);
        }
        self.pending = rest;
    }

    /// Writes what a cut at this moment leaves into a folder.
    pub(crate) fn cut(&self, from: &Path, to: &Path, cut: Cut, random: &mut Random) {
        let mut names = self.durable.clone();
        let kept = match cut {
            Cut::Nothing => 0,
            Cut::All => self.pending.len(),
            _ => index(random, self.pending.len() + 1),
        };
        for name in &self.pending[..kept] {
            name.apply(&mut names);
        }
        for (path, index) in names {
            let to = to.join(
                path.strip_prefix(from)
                    .expect("only files inside are recorded"),
            );
            fs::create_dir_all(to.parent().expect("files lie in folders")).unwrap();
            fs::write(to, self.files[index].after(cut, random)).unwrap();
        }
    }
}

impl File {
    fn after(&self, cut: Cut, random: &mut Random) -> Vec<u8> {
        let mut left = self.durable.clone();
        let kept = match cut {
            Cut::Nothing => 0,
            Cut::Beginning => index(random, self.pending.len() + 1),
            _ => self.pending.len(),
        };
        for (_, op) in &self.pending[..kept] {
            match op {
                Op::Write { offset, data } if matches!(cut, Cut::Pages | Cut::Torn) => {
                    pages(&mut left, *offset, data, cut == Cut::Torn, random);
                }
                Op::Resize(_) if matches!(cut, Cut::Pages | Cut::Torn) && random.below(2) == 0 => {}
                op => apply(&mut left, op),
            }
        }
        left
    }
}

impl Name {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Made(path, file) => {
                names.insert(path.clone(), *file);
            }
            Self::Moved(from, to) => rename(names, from, to),
            Self::Removed(path) => {
                names.remove(path);
            }
        }
    }
}

/// Renames a file, or a folder with all that is in it.
fn rename(names: &mut BTreeMap<PathBuf, usize>, from: &Path, to: &Path) {
    let moved: Vec<_> = names
        .keys()
        .filter(|path| path.starts_with(from))
        .cloned()
        .collect();
    for path in moved {
        let index = names.remove(&path).expect("it was just found");
        let rest = path.strip_prefix(from).expect("it begins so");
        let to = if rest.as_os_str().is_empty() {
            to.to_owned()
        } else {
            to.join(rest)
        };
        names.insert(to, index);
    }
}

fn apply(content: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write { offset, data } => put(content, *offset, data),
        Op::Resize(length) => content.resize(usize::try_from(*length).unwrap(), 0),
    }
}

fn put(content: &mut Vec<u8>, offset: u64, data: &[u8]) {
    let start = usize::try_from(offset).unwrap();
    if content.len() < start + data.len() {
        content.resize(start + data.len(), 0);
    }
    content[start..start + data.len()].copy_from_slice(data);
}

/// Writes only some pages of a piece of data.
fn pages(content: &mut Vec<u8>, offset: u64, data: &[u8], torn: bool, random: &mut Random) {
    let chance = random.below(101);
    let mut done = 0;
    while done < data.len() {
        let room = PAGE - (offset + done as u64) % PAGE;
        let mut end = data.len().min(done + usize::try_from(room).unwrap());
        let next = end;
        if random.below(100) < chance {
            if torn && random.below(10) == 0 {
                let sectors = random.below(PAGE / SECTOR) * SECTOR;
                end = end.min(done + usize::try_from(sectors).unwrap());
            }
            put(content, offset + done as u64, &data[done..end]);
        }
        done = next;
    }
}

fn index(random: &mut Random, end: usize) -> usize {
    usize::try_from(random.below(end as u64)).unwrap()
}
