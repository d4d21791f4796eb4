//! The administration token: what the operator reads on the board to prove that the board is his.

use std::fmt;
use std::io;
use std::path::PathBuf;

use subtle::ConstantTimeEq;

use crate::folder::{Access, Folder};

/// 128 random bits, in 32 hexadecimal digits. Its `Debug` does not show them.
#[derive(Clone)]
pub struct AdminToken(String);

impl AdminToken {
    /// The token in the data folder, made if there is none.
    pub fn open_or_make(folder: &Folder) -> io::Result<Self> {
        if let Some(token) = Self::open(folder)? {
            return Ok(token);
        }
        let mut bits = [0; 16];
        getrandom::fill(&mut bits)?;
        let token = Self(format!("{:032x}", u128::from_ne_bytes(bits)));
        folder.write(FILE, format!("{}\n", token.0).as_bytes(), Access::Owner)?;
        Ok(token)
    }

    /// The token in the data folder, if there is one. One that is too short to be safe is none.
    pub fn open(folder: &Folder) -> io::Result<Option<Self>> {
        let content = folder
            .read(FILE)?
            .and_then(|content| String::from_utf8(content).ok());
        let token = content.map(|content| content.trim().to_owned());
        Ok(token.filter(|token| token.len() >= DIGITS).map(Self))
    }

    /// Where it lies.
    pub fn path(folder: &Folder) -> PathBuf {
        folder.join(FILE)
    }

    /// The token itself: for the operator's eyes only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether somebody has it. How long that takes tells nothing about it.
    pub fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminToken(…)")
    }
}

const FILE: &str = "admin-token";

const DIGITS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_only_the_right_one_is_right() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::open(temp.path()).unwrap();
        assert!(AdminToken::open(&folder).unwrap().is_none());
        let token = AdminToken::open_or_make(&folder).unwrap();
        assert_eq!(token.reveal().len(), DIGITS);
        let again = AdminToken::open_or_make(&folder).unwrap();
        assert!(again.is(token.reveal()));
        assert!(!again.is("") && !again.is(&token.reveal()[1..]) && !again.is(&"0".repeat(DIGITS)));
        assert!(!format!("{token:?}").contains(token.reveal()));
    }

    #[test]
    fn an_empty_file_does_not_open_the_door() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::open(temp.path()).unwrap();
        folder.write(FILE, b"\n", Access::Owner).unwrap();
        assert!(AdminToken::open(&folder).unwrap().is_none());
        assert!(!AdminToken::open_or_make(&folder).unwrap().is(""));
    }
}
