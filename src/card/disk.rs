//! The block device under a folder, and what was written to it: `/sys/dev/block`.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A whole disk or card.
#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    /// Its name, such as `mmcblk0`.
    pub(super) name: String,
    /// Bytes that it holds.
    pub(super) capacity: u64,
}

impl Disk {
    /// The disk on which `path` lies, in `sys` (`/sys`). There is none under a file system in
    /// memory or one of several disks.
    pub(super) fn under(path: &Path, sys: &Path) -> Option<Self> {
        let device = fs::metadata(path).ok()?.dev();
        let number = format!("{}:{}", libc::major(device), libc::minor(device));
        Self::of(&sys.join("dev/block").join(number))
    }

    fn of(device: &Path) -> Option<Self> {
        let mut folder = device.canonicalize().ok()?;
        // A partition lies in the folder of its disk.
        if folder.join("partition").exists() {
            folder.pop();
        }
        let sectors: u64 = read(&folder.join("size"))?.trim().parse().ok()?;
        let name = folder.file_name()?.to_str()?.to_owned();
        let capacity = sectors.checked_mul(SECTOR)?;
        (capacity > 0).then_some(Self {
            folder,
            name,
            capacity,
        })
    }

    /// Bytes written to it since the machine started.
    pub(super) fn written(&self) -> Option<u64> {
        let stat = read(&self.folder.join("stat"))?;
        let sectors: u64 = stat.split_ascii_whitespace().nth(WRITTEN)?.parse().ok()?;
        sectors.checked_mul(SECTOR)
    }
}

/// Bytes that this process has had written since its start, if the kernel counts them.
pub(super) fn own_bytes() -> Option<u64> {
    let io = read(Path::new("/proc/self/io"))?;
    let mut lines = io.lines();
    let bytes = lines.find_map(|line| line.strip_prefix("write_bytes: "))?;
    bytes.parse().ok()
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// The seventh field of `stat` (Documentation/block/stat.rst).
const WRITTEN: usize = 6;
/// Sectors of `size` and `stat` have 512 bytes, whatever the disk's are.
const SECTOR: u64 = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_leads_to_the_whole_card() {
        let temp = tempfile::tempdir().unwrap();
        let card = temp.path().join("mmcblk0");
        fs::create_dir_all(card.join("mmcblk0p3")).unwrap();
        fs::write(card.join("mmcblk0p3/partition"), "3\n").unwrap();
        fs::write(card.join("size"), "62333952\n").unwrap();
        let stat = "     100   2  3000     4     500     6  70000     8   0  9  10\n";
        fs::write(card.join("stat"), stat).unwrap();
        let link = temp.path().join("179:3");
        std::os::unix::fs::symlink(card.join("mmcblk0p3"), &link).unwrap();
        let disk = Disk::of(&link).unwrap();
        assert_eq!(
            (disk.name.as_str(), disk.capacity),
            ("mmcblk0", 31_914_983_424)
        );
        assert_eq!(disk.written(), Some(70_000 * 512));
        fs::write(card.join("stat"), "damaged").unwrap();
        assert_eq!(disk.written(), None);
        assert!(Disk::of(&temp.path().join("0:31")).is_none(), "in memory");
    }

    #[test]
    fn the_disk_of_this_machine_counts_what_is_written() {
        let temp = tempfile::tempdir().unwrap();
        // In a container or in memory there may be none.
        if let Some(disk) = Disk::under(temp.path(), Path::new("/sys")) {
            assert!(disk.written().is_some(), "{disk:?}");
        }
        assert!(Disk::under(Path::new("/proc"), Path::new("/sys")).is_none());
        let before = own_bytes();
        let file = temp.path().join("file");
        fs::write(&file, vec![7; 1 << 20]).unwrap();
        fs::File::open(&file).unwrap().sync_all().unwrap();
        assert!(own_bytes() >= before);
    }
}
