//! `systemd/madang.toml` is the manual of the settings: it has all of them, with their defaults and
//! the words of their documentation.

use std::fmt::Write as _;

use madang::config::live::LIVE;
use madang::config::{Config, Flags};

const MANUAL: &str = include_str!("../systemd/madang.toml");
const SOURCES: [&str; 2] = [
    include_str!("../src/config/mod.rs"),
    include_str!("../src/config/limits.rs"),
];

/// Loads the manual with the lines that begin with one of `marks` taken as settings.
fn load(marks: &[&str]) -> Config {
    let mut text = String::new();
    for line in MANUAL.lines() {
        let setting = marks.iter().find_map(|mark| line.strip_prefix(mark));
        let setting = setting.filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        writeln!(text, "{}", setting.unwrap_or(line)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madang.toml");
    std::fs::write(&path, text).unwrap();
    let flags = Flags {
        config: Some(path),
        tls: Some("auto".to_owned()),
        ..Flags::default()
    };
    Config::load(&flags, []).unwrap()
}

#[test]
fn it_changes_nothing_as_it_is() {
    assert_eq!(load(&[]), Config::default());
}

#[test]
fn the_values_in_it_are_the_defaults() {
    assert_eq!(load(&["#"]), Config::default());
}

#[test]
fn the_examples_in_it_are_right() {
    let config = load(&["##"]);
    assert!(config.access.code.is_some() && config.tls.certificate.is_some());
    assert_eq!(config.access.keys.len(), 1);
    assert_eq!(config.history.rooms["kitchen"].days, Some(7));
}

#[test]
fn it_has_every_setting_in_the_words_of_its_documentation() {
    let mut settings = 0;
    for source in SOURCES {
        let mut section = String::new();
        let mut words = String::new();
        for line in source.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("pub struct ") {
                section = match name.trim_end_matches(" {") {
                    "Config" => String::new(),
                    "RoomHistory" => "history.rooms".to_owned(),
                    other => other.to_lowercase(),
                };
                words.clear();
            } else if let Some(said) = line.strip_prefix("///") {
                writeln!(words, "#{said}").unwrap();
            } else if let Some((name, _)) = line
                .strip_prefix("pub ")
                .and_then(|rest| rest.split_once(": "))
            {
                let is_section = section.is_empty() && MANUAL.contains(&format!("\n[{name}]\n"));
                if !is_section {
                    let place = in_section(&section);
                    let said = |mark: String| place.contains(&format!("{words}{mark}"));
                    let of_a_room = if section == "history.rooms" {
                        "kitchen."
                    } else {
                        ""
                    };
                    assert!(
                        said(format!("#{name} = "))
                            || said(format!("##{of_a_room}{name} = "))
                            || said(format!("[{section}.{name}]\n")),
                        "not in the manual under [{section}]:\n{words}#{name} ="
                    );
                    settings += 1;
                }
                words.clear();
            }
        }
    }
    assert!(
        settings > 40,
        "only {settings} settings were found in the source"
    );
}

#[test]
fn its_head_lists_the_settings_that_change_without_a_restart() {
    let listed = MANUAL.lines().filter_map(|line| line.strip_prefix("#   "));
    let listed: Vec<_> = listed
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|key| !key.is_empty())
        .collect();
    assert_eq!(listed, LIVE);
}

/// The part of the manual that belongs to a section, its sub-sections included.
fn in_section(name: &str) -> &'static str {
    let from = if name.is_empty() {
        0
    } else {
        MANUAL.find(&format!("\n[{name}]\n")).unwrap()
    };
    let rest = &MANUAL[from..];
    let next = rest
        .match_indices("\n[")
        .map(|(at, _)| at)
        .find(|at| *at > 0 && !rest[*at..].starts_with(&format!("\n[{name}.")));
    &rest[..next.unwrap_or(rest.len())]
}
