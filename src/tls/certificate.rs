//! A certificate with its key, as it is served, and what is written in it.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::parse_x509_certificate;

use super::names::Names;

/// A certificate chain with the key of its first certificate.
#[derive(Debug)]
pub(super) struct Certificate {
    /// In the form in which rustls serves it.
    pub(super) served: Arc<CertifiedKey>,
    /// The names and addresses for which it speaks.
    pub(super) names: Names,
    /// Seconds since 1970 from which it is valid.
    pub(super) not_before: i64,
    /// Seconds since 1970 until which it is valid.
    pub(super) not_after: i64,
    /// The identifier of the key that signed it, if it tells.
    pub(super) issuer: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads a chain and a key from PEM; both may lie in one file. Each error is a sentence that
    /// goes on after the name of the file.
    pub(super) fn read(
        provider: &CryptoProvider,
        chain: &[u8],
        key: &[u8],
    ) -> anyhow::Result<Self> {
        let chain = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .context("the certificate is not PEM")?;
        let first = chain
            .first()
            .context("there is no certificate in it (BEGIN CERTIFICATE)")?;
        let (names, not_before, not_after, issuer) = {
            let (_, certificate) =
                parse_x509_certificate(first).context("the certificate is damaged")?;
            let validity = certificate.validity();
            (
                names(&certificate),
                validity.not_before.timestamp(),
                validity.not_after.timestamp(),
                signer(&certificate),
            )
        };
        ensure!(
            !names.is_empty(),
            "the certificate names no host (subject alternative name), so no browser takes it"
        );
        let key = match PrivateKeyDer::from_pem_slice(key) {
            Ok(key) => provider
                .key_provider
                .load_private_key(key)
                .context("the key is of no use")?,
            Err(PemError::NoItemsFound) if contains(key, b"BEGIN ENCRYPTED PRIVATE KEY") => {
                bail!("the key is locked with a passphrase: madang needs it without one")
            }
            Err(PemError::NoItemsFound) => bail!("there is no key in it (BEGIN PRIVATE KEY)"),
            Err(error) => return Err(error).context("the key is not PEM"),
        };
        let served = CertifiedKey::new(chain, key);
        served.keys_match().ok().context(
            "the key does not belong to the first certificate: the gateway's own has to come first",
        )?;
        Ok(Self {
            served: Arc::new(served),
            names,
            not_before,
            not_after,
            issuer,
        })
    }

    /// Whether it is the same as another, to the byte.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.served.cert == other.served.cert
    }
}

fn names(certificate: &X509Certificate) -> Names {
    let mut names = Names::default();
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return names;
    };
    for name in &extension.value.general_names {
        match name {
            GeneralName::DNSName(name) => drop(names.dns.insert(name.to_ascii_lowercase())),
            GeneralName::IPAddress(bytes) => {
                if let Ok(v4) = <[u8; 4]>::try_from(*bytes) {
                    names.addresses.insert(v4.into());
                } else if let Ok(v6) = <[u8; 16]>::try_from(*bytes) {
                    names.addresses.insert(v6.into());
                }
            }
            _ => {}
        }
    }
    names
}

/// RFC 5280 §4.2.1.1, the key identifier of the issuer.
fn signer(certificate: &X509Certificate) -> Option<Vec<u8>> {
    certificate
        .extensions()
        .iter()
        .find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                Some(id.key_identifier.as_ref()?.0.to_vec())
            }
            _ => None,
        })
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
