//! The configuration: its layers, and what is said about a wrong one.

mod layers;
mod problems;

use std::ffi::OsString;

use madang::config::{Config, Flags, Problems};

struct Given {
    file: &'static str,
    environment: &'static [(&'static str, &'static str)],
    flags: Flags,
}

const NOTHING: Given = Given {
    file: "",
    environment: &[],
    flags: Flags {
        config: None,
        data: None,
        listen: None,
        listen_plain: None,
        tls: None,
    },
};

fn load(given: &Given) -> Result<Config, Problems> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madang.toml");
    std::fs::write(&path, given.file).unwrap();
    let flags = Flags {
        config: Some(path),
        ..given.flags.clone()
    };
    let environment = given.environment.iter();
    Config::load(
        &flags,
        environment.map(|(name, value)| (OsString::from(name), OsString::from(value))),
    )
}

fn file(file: &'static str) -> Result<Config, Problems> {
    load(&Given { file, ..NOTHING })
}

fn environment(environment: &'static [(&'static str, &'static str)]) -> Result<Config, Problems> {
    load(&Given {
        environment,
        ..NOTHING
    })
}

/// The one sentence that is said.
#[track_caller]
fn problem(loaded: Result<Config, Problems>) -> String {
    let problems = loaded.unwrap_err();
    assert_eq!(problems.sentences().len(), 1, "{problems}");
    problems.to_string()
}

#[track_caller]
fn says(loaded: Result<Config, Problems>, parts: &[&str]) {
    let problem = problem(loaded);
    for part in parts {
        assert!(problem.contains(part), "{part:?} is not in: {problem}");
    }
}
