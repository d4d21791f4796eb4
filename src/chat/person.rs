//! A person: whoever holds a token.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The secret by which the same phone is the same person again: 128 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 16]);

/// Who a person is to others: the first 96 bits of SHA-256 over the token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId([u8; 12]);

impl Token {
    /// A new one, from the operating system's random numbers.
    ///
    /// # Panics
    /// If the operating system has no random numbers to give.
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
        Self(bytes)
    }

    /// Reads what [`Token::reveal`] wrote; `None` if it is not a token.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The secret as text, for its holder only: 22 characters of URL-safe base64.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Whose token this is.
    pub fn person(&self) -> PersonId {
        let digest = Sha256::digest(self.0);
        let mut id = [0; 12];
        id.copy_from_slice(&digest[..12]);
        PersonId(id)
    }
}

impl PersonId {
    /// Reads what `Display` wrote; `None` if it is not an id.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The 96 bits.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_the_same_person() {
        let token = Token::random();
        let again = Token::parse(&token.reveal()).unwrap();
        assert_eq!(again.person(), token.person());
        assert_ne!(Token::random().person(), token.person());
        assert_eq!(
            PersonId::parse(&token.person().to_string()),
            Some(token.person())
        );
    }

    #[test]
    fn what_is_no_token_is_refused_and_no_secret_is_printed() {
        assert!(Token::parse("").is_none());
        assert!(Token::parse("short").is_none());
        assert!(Token::parse(&"A".repeat(23)).is_none());
        let token = Token::random();
        assert!(!format!("{token:?}").contains(&token.reveal()));
    }
}
