//! Where everything of the box lies.

use std::path::{Path, PathBuf};

/// The tree of the box: `/` on a board, another folder for those who look at it from outside.
#[derive(Debug, Clone)]
pub struct Place {
    root: PathBuf,
}

impl Place {
    /// The tree below `root`.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// Whether this is the machine itself, whose name and clock may be set.
    pub fn is_this_machine(&self) -> bool {
        self.root == Path::new("/")
    }

    /// A path of the box's, which begins with `/`, as it is reached from here.
    pub fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// The partition that any computer can read, with `madang.txt` and the report.
    pub fn boot(&self) -> PathBuf {
        self.at("/boot/firmware")
    }

    /// What the box keeps of itself.
    pub fn data(&self) -> PathBuf {
        self.at("/data/board")
    }

    /// The gateway's data folder, as root sees it.
    pub fn gateway(&self) -> PathBuf {
        self.at("/data/private/madang")
    }

    /// What is written for the other programs at each boot.
    pub fn run(&self) -> PathBuf {
        self.at(RUN)
    }
}

/// The folder of what is written at each boot, on the box.
pub const RUN: &str = "/run/madang-board";
