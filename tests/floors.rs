//! The floors of the house (ARCHITECTURE.md): imports go downwards only.
//!
//! Reads the source as text: whatever follows `crate::` (or a `super::` that leaves the module) in
//! a file of one floor must be a floor that it may see.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and the modules that it may see.
const FLOORS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "board", "server", "tls", "store", "clock", "token", "folder", "network", "qr",
            "config", "metrics",
        ],
    ),
    ("board", &["tls", "folder", "qr"]),
    (
        "server",
        &[
            "web", "tls", "doors", "chat", "sio", "store", "eio", "clock", "token", "folder",
            "network", "line", "config", "metrics", "beacon", "card",
        ],
    ),
    (
        "web",
        &[
            "doors", "chat", "sio", "eio", "clock", "token", "folder", "network", "config",
            "metrics", "beacon", "card",
        ],
    ),
    ("tls", &["clock", "folder", "network", "config", "metrics"]),
    (
        "doors",
        &[
            "chat", "sio", "eio", "clock", "network", "config", "metrics", "beacon",
        ],
    ),
    (
        "chat",
        &["store", "clock", "network", "config", "metrics", "beacon"],
    ),
    ("sio", &["eio", "network", "config", "metrics"]),
    ("store", &["network", "config", "metrics"]),
    ("eio", &["network", "line", "config", "metrics"]),
    ("clock", &["folder", "network"]),
    ("card", &["folder"]),
    ("token", &["folder"]),
    ("folder", &[]),
    ("network", &[]),
    ("line", &[]),
    ("qr", &[]),
    ("config", &[]),
    ("metrics", &[]),
    ("beacon", &[]),
];

#[test]
fn imports_go_downwards_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files_below(&source) {
        let module = module_path(file.strip_prefix(&source).unwrap());
        let Some(floor) = module.first() else {
            continue;
        };
        seen += 1;
        for import in imports(&fs::read_to_string(&file).unwrap(), module.len()) {
            if !may_see(floor, &import) {
                wrong.push(format!("{}: {floor} must not see {import}", file.display()));
            }
        }
    }
    assert!(seen > 3, "the source was not found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_floor() {
    let map = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for line in map.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let module = line.trim_end_matches(';');
        assert!(row(module).is_some(), "give `{module}` a place in FLOORS");
    }
}

#[test]
fn the_floors_have_no_stairs_upwards() {
    for (at, (module, sees)) in FLOORS.iter().enumerate() {
        for lower in *sees {
            let place = FLOORS.iter().position(|(name, _)| name == lower).unwrap();
            assert!(place > at, "{module} stands below {lower}");
        }
    }
}

#[test]
fn a_wrong_import_is_found_in_every_spelling() {
    let found = |source, depth| imports(source, depth).into_iter().collect::<Vec<_>>();
    assert_eq!(found("use crate::chat::Room;", 2), ["chat"]);
    assert_eq!(
        found("use crate::{eio::{self, Peer}, store};", 2),
        ["eio", "store"]
    );
    assert_eq!(found("fn f() -> crate::web::Reply {}", 2), ["web"]);
    assert_eq!(found("use super::super::doors::x;", 2), ["doors"]);
    assert_eq!(found("use super::tls;", 1), ["tls"]);
    assert_eq!(found("use madang::server::Gateway;", 1), ["server"]);
    assert_eq!(found("// use crate::chat;\nuse super::frame;", 2), [""; 0]);
    assert!(!may_see("chat", "sio") && !may_see("sio", "chat") && !may_see("web", "tls"));
    assert!(may_see("doors", "chat") && may_see("chat", "chat"));
}

fn row(module: &str) -> Option<&'static [&'static str]> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, sees)| *sees)
}

fn may_see(floor: &str, import: &str) -> bool {
    floor == import || row(floor).is_some_and(|sees| sees.contains(&import))
}

/// The names right below the crate's root that a file mentions by path; `depth` is that of the
/// file's module.
fn imports(source: &str, depth: usize) -> BTreeSet<String> {
    let code: Vec<&str> = source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let code = code.join("\n");
    let mut found = after(&code, "crate::");
    found.extend(after(&code, "madang::"));
    // In a module inside the file the same chain stays in the file: only a floor's name counts.
    let up = after(&code, &"super::".repeat(depth));
    found.extend(up.into_iter().filter(|name| row(name).is_some()));
    found
}

/// The modules named after each `root`, one or a group in braces.
fn after(code: &str, root: &str) -> BTreeSet<String> {
    let starts = code.match_indices(root).filter(|(at, _)| {
        !code[..*at].ends_with(|c: char| c.is_alphanumeric() || "_$:".contains(c))
    });
    let mut found = BTreeSet::new();
    for (at, _) in starts {
        let rest = &code[at + root.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_members(group)),
            None => found.extend(identifier(rest)),
        }
    }
    found
}

/// `{a::{b, c}, d}` names `a` and `d`.
fn group_members(group: &str) -> Vec<String> {
    let mut members = Vec::new();
    let mut depth = 0_usize;
    let mut expected = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expected = true,
            c if expected && !c.is_whitespace() => {
                members.extend(identifier(&group[at..]));
                expected = false;
            }
            _ => {}
        }
    }
    members
}

/// A module's name: what is no type, macro or glob.
fn identifier(text: &str) -> Option<String> {
    let end = text
        .find(|c: char| !(c.is_ascii_lowercase() || c == '_'))
        .unwrap_or(text.len());
    let rest = &text[end..];
    (end > 0 && !rest.starts_with('!')).then(|| text[..end].to_owned())
}

/// `web/gate.rs` is `web`, `gate`; the root has no path, `main.rs` counts as a module.
fn module_path(file: &Path) -> Vec<String> {
    let parts = file.with_extension("");
    let parts = parts.iter().map(|part| part.to_str().unwrap().to_owned());
    parts
        .filter(|part| part != "mod" && part != "lib")
        .collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.append(&mut files_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
