//! Writes the manual pages of the command line into a folder: `madang.1` and one for each command.
//!
//! They are made from the definition by which the program reads its command line. `scripts/deb.sh`
//! puts them into the package; the program itself carries nothing of it.

use std::path::PathBuf;
use std::{env, fs};

fn main() -> anyhow::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| anyhow::anyhow!("which folder?"))?;
    fs::create_dir_all(&folder)?;
    clap_mangen::generate_to(madang::cli::definition(), folder)?;
    Ok(())
}
