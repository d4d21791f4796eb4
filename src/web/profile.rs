//! The configuration profile by which iPhones and Macs take a certificate.

use askama::Template;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::ca::Ca;

/// Its content type: with any other a phone shows it as text.
pub(super) const KIND: &str = "application/x-apple-aspen-config";

#[derive(Template)]
#[template(path = "profile.xml")]
struct Profile<'a> {
    ca: &'a Ca,
    der: String,
    /// Of the profile.
    id: Uuid,
    /// Of the certificate in it.
    certificate_id: Uuid,
}

/// The profile of a CA; none if it cannot be written.
pub(super) fn of(ca: &Ca, der: &[u8]) -> Option<Vec<u8>> {
    let profile = Profile {
        ca,
        der: BASE64_STANDARD.encode(der),
        id: id(der, "profile"),
        certificate_id: id(der, "certificate"),
    };
    Some(profile.render().ok()?.into_bytes())
}

/// The same for the same certificate: a profile that is fetched again replaces the one before.
fn id(der: &[u8], part: &str) -> Uuid {
    let digest = Sha256::new()
        .chain_update(der)
        .chain_update(part)
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::new_v8(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_holds_stays_text_and_ids_stay_the_same() {
        let ca = Ca {
            pem: String::new(),
            name: "a <b> & \"c\"".to_owned(),
            fingerprint: String::new(),
            words: String::new(),
        };
        let text = |der: &[u8]| String::from_utf8(of(&ca, der).unwrap()).unwrap();
        let profile = text(b"one");
        assert!(!profile.contains("<b>") && profile.contains("a &#60;b&#62; &#38; &#34;c&#34;"));
        assert_eq!(profile, text(b"one"));
        assert_ne!(id(b"one", "profile"), id(b"two", "profile"));
        assert_ne!(id(b"one", "profile"), id(b"one", "certificate"));
    }
}
