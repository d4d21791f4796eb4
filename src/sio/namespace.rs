//! The name of a namespace. The main one, `/`, costs no allocation: nearly all sockets are there.

use std::fmt;

/// Name of a namespace, with its leading slash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Namespace(Option<Box<str>>);

impl Namespace {
    /// The namespace of that name.
    pub fn new(name: &str) -> Self {
        Self((name != MAIN).then(|| name.into()))
    }

    /// The name, `/` for the main namespace.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or(MAIN)
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// § Format: "the namespace is only included if it is different from the main namespace".
pub(super) const MAIN: &str = "/";
