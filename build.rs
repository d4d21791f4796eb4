//! Embeds the page and the Socket.IO client's bundle, and notes when and from what the binary was
//! built.
//!
//! It only takes what is there: `web/dist` (made by `make web`) and the bundle inside
//! `web/node_modules` (brought by `npm ci`). Without them the crate builds with a warning and the
//! gateway answers 503 with the way out. It never runs npm and never writes outside `OUT_DIR`.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");

    let mut table = Table::default();
    let page = embed_page(&root.join("web/dist"), &mut table)?;
    let bundle = embed_bundle(&root.join("web/node_modules"), &mut table)?;
    if !(page && bundle) {
        println!("cargo:warning=the page is not in this build: run `make web`, then build again");
    }
    table.write(page, bundle)?;

    println!("cargo:rustc-env=MADANG_BUILD_TIME={}", build_time()?);
    println!("cargo:rustc-env=MADANG_BUILD_COMMIT={}", commit(&root));
    Ok(())
}

/// Takes all of `web/dist`; `false` if the page has not been built.
///
/// A folder that does not exist yet is not watched: cargo would take it for changed in every build.
/// `make web` touches this file instead.
fn embed_page(dist: &Path, table: &mut Table) -> Result<bool> {
    if !dist.join("index.html").is_file() {
        return Ok(false);
    }
    println!("cargo:rerun-if-changed={}", dist.display());
    for file in files_below(dist)? {
        let name = file
            .strip_prefix(dist)?
            .to_str()
            .ok_or("a file name in web/dist is not UTF-8")?;
        let path = if name == "index.html" {
            String::new()
        } else {
            name.replace('\\', "/")
        };
        table.add(&format!("/{path}"), &fs::read(&file)?, is_hashed(&path))?;
    }
    Ok(true)
}

/// Takes the official client's browser bundle, as an official server hands it out.
fn embed_bundle(modules: &Path, table: &mut Table) -> Result<bool> {
    let dist = modules.join("socket.io-client/dist");
    if !dist.join("socket.io.js").is_file() {
        return Ok(false);
    }
    // npm gives unpacked files the date of their release; this one it writes at every install.
    println!(
        "cargo:rerun-if-changed={}",
        modules.join(".package-lock.json").display()
    );
    for name in ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js"] {
        for name in [name.to_owned(), format!("{name}.map")] {
            table.add(
                &format!("/socket.io/{name}"),
                &fs::read(dist.join(&name))?,
                false,
            )?;
        }
    }
    Ok(true)
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.append(&mut files_below(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// Whether the name carries a hash of the content, as Vite writes it: `assets/index-Dx3b_9aZ.js`.
fn is_hashed(path: &str) -> bool {
    let stem = path
        .strip_prefix("assets/")
        .and_then(|name| name.split('.').next());
    stem.and_then(|stem| stem.len().checked_sub(9).and_then(|at| stem.get(at..)))
        .is_some_and(|tail| {
            tail.starts_with('-')
                && tail
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        })
}

/// The generated source: one `Asset` a file, its bytes beside it in `OUT_DIR`.
#[derive(Default)]
struct Table {
    rows: Vec<(String, String)>,
}

impl Table {
    fn add(&mut self, path: &str, content: &[u8], hashed: bool) -> Result<()> {
        let (kind, compressible) = content_type(path);
        let number = self.rows.len();
        let store = |form: &str, bytes: &[u8]| -> Result<String> {
            fs::write(out_dir()?.join(format!("{number}.{form}")), bytes)?;
            Ok(format!(
                "include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{number}.{form}\"))"
            ))
        };
        // Worth its place only where it saves a tenth.
        let compressed = |form: &str, bytes: Vec<u8>| -> Result<String> {
            if bytes.len() + content.len() / 10 > content.len() {
                return Ok("None".to_owned());
            }
            Ok(format!("Some({})", store(form, &bytes)?))
        };
        let (br, gzip) = if compressible {
            (
                compressed("br", brotli(content)?)?,
                compressed("gzip", gzip(content)?)?,
            )
        } else {
            ("None".to_owned(), "None".to_owned())
        };
        // Who takes no compression gets the gzip form unpacked: the binary stays a megabyte smaller.
        let plain = if gzip == "None" {
            format!("Some({})", store("plain", content)?)
        } else {
            "None".to_owned()
        };
        let mut etag = String::new();
        for byte in &Sha256::digest(content)[..8] {
            write!(etag, "{byte:02x}")?;
        }
        let row = format!(
            "Asset {{ path: {path:?}, kind: {kind:?}, etag: {etag:?}, hashed: {hashed}, \
             plain: {plain}, br: {br}, gzip: {gzip} }}"
        );
        self.rows.push((path.to_owned(), row));
        Ok(())
    }

    fn write(mut self, page: bool, bundle: bool) -> Result<()> {
        self.rows.sort();
        let mut source = format!(
            "const PAGE_BUILT: bool = {page};\nconst BUNDLE_BUILT: bool = {bundle};\n\
             static ASSETS: &[Asset] = &[\n"
        );
        for (_, row) in &self.rows {
            writeln!(source, "    {row},")?;
        }
        source.push_str("];\n");
        Ok(fs::write(out_dir()?.join("assets.rs"), source)?)
    }
}

fn out_dir() -> Result<PathBuf> {
    Ok(PathBuf::from(env::var("OUT_DIR")?))
}

/// The content type by the file's extension, and whether such content gets smaller.
fn content_type(path: &str) -> (&'static str, bool) {
    let extension = if path == "/" {
        "html"
    } else {
        path.rsplit('.').next().unwrap_or_default()
    };
    match extension {
        "html" => ("text/html; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "json" | "map" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "svg" => ("image/svg+xml", true),
        "ico" => ("image/x-icon", true),
        "png" => ("image/png", false),
        "webp" => ("image/webp", false),
        "woff2" => ("font/woff2", false),
        _ => ("application/octet-stream", false),
    }
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    // The best quality takes seconds: only for what is shipped.
    let quality = if is_release() { 11 } else { 5 };
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, quality, 22);
    writer.write_all(content)?;
    drop(writer);
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

fn is_release() -> bool {
    env::var("PROFILE").is_ok_and(|profile| profile == "release")
}

/// Seconds since 1970 at which this binary was built, or `SOURCE_DATE_EPOCH` for repeatable builds.
/// The clock of a board without a battery is known to be later than this.
fn build_time() -> Result<u64> {
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    match env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => seconds.trim().parse().map_err(|_| {
            format!("SOURCE_DATE_EPOCH is not a number of seconds: {seconds:?}").into()
        }),
        Err(_) => Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs()),
    }
}

/// The commit for `/version`: `MADANG_BUILD_COMMIT` if set (a build without git), else git's; only in
/// release builds, so that a commit does not make every developer's next build start over.
fn commit(root: &Path) -> String {
    println!("cargo:rerun-if-env-changed=MADANG_BUILD_COMMIT");
    if let Ok(commit) = env::var("MADANG_BUILD_COMMIT") {
        return commit;
    }
    if !is_release() {
        return String::new();
    }
    let git = |arguments: &[&str]| -> Option<String> {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(root)
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    // Git appends to this log whenever HEAD moves.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        let log = root.join(log);
        if log.is_file() {
            println!("cargo:rerun-if-changed={}", log.display());
        }
    }
    git(&["rev-parse", "--short=12", "HEAD"]).unwrap_or_default()
}
