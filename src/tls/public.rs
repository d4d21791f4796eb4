//! What everybody may see of the local CA: its certificate alone, without the key.

use anyhow::Context;
use bip39::Mnemonic;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::parse_x509_certificate;

use super::constraints::Constraints;

/// A CA by its certificate.
#[derive(Debug)]
pub struct Public {
    fingerprint: String,
    words: String,
    pub(super) constraints: Constraints,
}

impl Public {
    /// The CA of a PEM file.
    pub fn read(pem: &[u8]) -> anyhow::Result<Self> {
        let der = CertificateDer::from_pem_slice(pem).context("it is not PEM")?;
        let (_, x509) = parse_x509_certificate(&der).context("it is not a certificate")?;
        Self::of(&der, &x509)
    }

    /// The same, of a certificate that has been parsed.
    pub(super) fn of(der: &CertificateDer<'_>, x509: &X509Certificate<'_>) -> anyhow::Result<Self> {
        let digest = Sha256::digest(der);
        Ok(Self {
            fingerprint: hex(&digest, ":"),
            words: Mnemonic::from_entropy(&digest[..16])?.to_string(),
            constraints: Constraints::of(x509)?,
        })
    }

    /// SHA-256 of the certificate, as phones show it: `AB:CD:…`.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The fingerprint's first half in twelve words of BIP 39, for a person to compare: nobody can
    /// make another certificate that has the same (that would take 2^128 attempts). English, since
    /// phones of all languages in a room, and a console without fonts, have to say the same.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Whether it may speak for a name.
    pub fn permits(&self, name: &str) -> bool {
        self.constraints.permit_name(name)
    }

    /// The names that it was made for.
    pub fn names(&self) -> &[String] {
        self.constraints.names()
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8], between: &str) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect::<Vec<_>>()
        .join(between)
}
