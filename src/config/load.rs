//! Reads the configuration from its layers: flags over environment over TOML over defaults.
//!
//! Every setting has one key. In the TOML file that is `text_chars` in the section `[limits]`; in
//! the environment it is `MADANG_LIMITS_TEXT_CHARS`: `MADANG_`, then the key in capitals with dots
//! as underscores. Lists are separated by commas there, room keys are `room=key,room=key`, and the
//! limits of single rooms (`history.rooms`) are an inline table of TOML.
//! `MADANG_CONFIG` names the TOML file, variables that begin with `MADANG_BUILD_` belong to the
//! build, and any other `MADANG_…` that is no setting is an error, as is an unknown key.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::de::DeTable;
use toml::{Spanned, Table, Value};

use super::setting::{SETTINGS, Setting, did_you_mean, is_section, nearest, sections};
use super::{Config, check};

/// What the command line says; the same words as in the TOML file, not yet looked at.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`: the TOML file. Without it (and without `MADANG_CONFIG`) none is read.
    pub config: Option<PathBuf>,
    /// `--data`: the data folder.
    pub data: Option<String>,
    /// `--listen`: the address of the page and the chat.
    pub listen: Option<String>,
    /// `--listen-plain`: the address of the plain port.
    pub listen_plain: Option<String>,
    /// `--tls`: where the certificate comes from.
    pub tls: Option<String>,
}

/// Everything that is wrong with a configuration, a sentence each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(Vec<String>);

impl Problems {
    /// The one thing that is wrong.
    pub(super) fn of(problem: impl fmt::Display) -> Self {
        Self(vec![problem.to_string()])
    }

    /// The sentences.
    pub fn sentences(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Problems {}

impl Config {
    /// Reads and checks all layers. `environment` is `std::env::vars_os()`, or a test's own.
    pub fn load(
        flags: &Flags,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Problems> {
        let mut layers = Layers::default();
        let variables: Vec<_> = environment.into_iter().collect();
        let named = || variables.iter().find(|(name, _)| name == CONFIG_VARIABLE);
        let file = flags
            .config
            .clone()
            .or_else(|| named().map(|(_, path)| path.into()));
        if let Some(file) = file {
            layers.file(&file);
        }
        for (name, value) in variables {
            layers.variable(&name, &value);
        }
        layers.flags(flags);
        layers.finish()
    }

    /// Checks what one setting alone cannot tell: that they go together.
    pub fn check(&self) -> Result<(), Problems> {
        match check::problems(self) {
            problems if problems.is_empty() => Ok(()),
            problems => Err(Problems(problems)),
        }
    }
}

/// What has been read so far; a later layer replaces what an earlier one said.
#[derive(Default)]
struct Layers {
    values: BTreeMap<&'static str, Value>,
    problems: Vec<String>,
}

impl Layers {
    fn file(&mut self, path: &Path) {
        let shown = path.display();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.problems
                    .push(format!("the configuration {shown} cannot be read: {error}"));
                return;
            }
        };
        let parsed = DeTable::parse(&text).and_then(|spans| Ok((spans, toml::from_str(&text)?)));
        match parsed {
            Ok((spans, values)) => {
                let file = File {
                    text: &text,
                    name: shown.to_string(),
                };
                self.section(&file, "", spans.get_ref(), &values);
            }
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(&text, span.start));
                let reason = error.message();
                self.problems
                    .push(format!("{shown}, line {line}: this is not TOML: {reason}"));
            }
        }
    }

    fn section(&mut self, file: &File, section: &str, spans: &DeTable, values: &Table) {
        for (name, span) in spans {
            let Some(value) = values.get(name.get_ref().as_ref()) else {
                continue;
            };
            let key = match section {
                "" => name.get_ref().to_string(),
                section => format!("{section}.{}", name.get_ref()),
            };
            let at = file.place(name);
            match (Setting::find(&key), value, span.get_ref().as_table()) {
                (Some(setting), value, _) => match setting.kind.check(value) {
                    Ok(()) => drop(self.values.insert(setting.key, value.clone())),
                    Err(reason) => self.problems.push(format!("{at}: {key} {reason}")),
                },
                (None, Value::Table(inner), Some(spans)) if is_section(&key) => {
                    self.section(file, &key, spans, inner);
                }
                (None, Value::Table(_), _) => {
                    let hint = did_you_mean(nearest(&key, sections()));
                    self.problems.push(format!(
                        "{at}: \"{key}\" is not a section of settings{hint}"
                    ));
                }
                (None, ..) if is_section(&key) => {
                    self.problems.push(format!(
                        "{at}: \"{key}\" is a section: write [{key}] and its settings below"
                    ));
                }
                (None, ..) => {
                    let hint =
                        did_you_mean(nearest(&key, SETTINGS.iter().map(|setting| setting.key)));
                    self.problems
                        .push(format!("{at}: \"{key}\" is not a setting{hint}"));
                }
            }
        }
    }

    fn variable(&mut self, name: &OsString, value: &OsString) {
        let Some(name) = name.to_str().filter(|name| name.starts_with("MADANG_")) else {
            return;
        };
        if name == CONFIG_VARIABLE || name.starts_with("MADANG_BUILD_") {
            return;
        }
        let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == name) else {
            let known: Vec<_> = SETTINGS.iter().map(Setting::variable).collect();
            let hint = did_you_mean(nearest(name, known.iter().map(String::as_str)));
            self.problems
                .push(format!("environment: {name} is not a setting{hint}"));
            return;
        };
        match value.to_str() {
            Some(value) => self.said(setting, &format!("environment: {name}"), value),
            None => self
                .problems
                .push(format!("environment: {name} is not UTF-8")),
        }
    }

    fn flags(&mut self, flags: &Flags) {
        for (flag, key, value) in [
            ("--data", "data", &flags.data),
            ("--listen", "listen", &flags.listen),
            ("--listen-plain", "listen_plain", &flags.listen_plain),
            ("--tls", "tls.mode", &flags.tls),
        ] {
            if let (Some(setting), Some(value)) = (Setting::find(key), value) {
                self.said(setting, flag, value);
            }
        }
    }

    fn said(&mut self, setting: &Setting, by: &str, value: &str) {
        match setting.kind.read(value) {
            Ok(value) => drop(self.values.insert(setting.key, value)),
            Err(reason) => self.problems.push(format!("{by} {reason}")),
        }
    }

    fn finish(self) -> Result<Config, Problems> {
        let mut problems = self.problems;
        let given = |key| self.values.contains_key(key);
        if !given("tls.mode") && (given("tls.certificate") || given("tls.key")) {
            problems.push(
                "a certificate is given but tls.mode is not: set it to \"files\" to use it"
                    .to_owned(),
            );
        }
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let mut all = Table::new();
        for (key, value) in self.values {
            match key.split_once('.') {
                None => drop(all.insert(key.to_owned(), value)),
                Some((section, name)) => {
                    let entry = all.entry(section).or_insert_with(|| Table::new().into());
                    if let Value::Table(section) = entry {
                        section.insert(name.to_owned(), value);
                    }
                }
            }
        }
        let mut config = Config::deserialize(all).map_err(Problems::of)?;
        check::normalise(&mut config);
        config.check()?;
        Ok(config)
    }
}

/// A TOML file, to say where in it something stands.
struct File<'a> {
    text: &'a str,
    name: String,
}

impl File<'_> {
    fn place<T>(&self, spanned: &Spanned<T>) -> String {
        format!(
            "{}, line {}",
            self.name,
            line_of(self.text, spanned.span().start)
        )
    }
}

const CONFIG_VARIABLE: &str = "MADANG_CONFIG";

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}
