//! The session id: the secret by which requests find their session. Never logged.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 128 random bits as 22 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sid([u8; Sid::LEN]);

impl Sid {
    const LEN: usize = 22;

    /// A new one, from the operating system's randomness.
    ///
    /// # Panics
    /// If the operating system has no randomness to give: no secret could be made at all.
    pub(super) fn random() -> Self {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).expect("the operating system hands out random bytes");
        let mut text = [0; Self::LEN];
        URL_SAFE_NO_PAD
            .encode_slice(bits, &mut text)
            .expect("22 characters hold 128 bits");
        Self(text)
    }

    /// What a client sent as `sid`; `None` if it cannot be one of ours.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text: [u8; Self::LEN] = text.as_bytes().try_into().ok()?;
        text.is_ascii().then_some(Self(text))
    }

    /// The characters that travel.
    pub fn as_str(&self) -> &str {
        // ASCII since it was made, so there is no other case.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Says nothing: a secret must not reach a log by accident.
impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sid(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Sid;

    #[test]
    fn two_sids_differ_and_survive_the_wire() {
        let (one, two) = (Sid::random(), Sid::random());
        assert_ne!(one, two);
        assert_eq!(Sid::parse(one.as_str()), Some(one));
    }

    #[test]
    fn debug_output_does_not_show_the_secret() {
        let sid = Sid::random();
        assert!(!format!("{sid:?}").contains(sid.as_str()));
    }

    #[test]
    fn strings_of_another_shape_are_no_sids() {
        for text in ["", "abc", "%00", "aaaaaaaaaaaaaaaaaaaaaaa", "ééééééééééé"] {
            assert_eq!(Sid::parse(text), None, "{text}");
        }
    }
}
