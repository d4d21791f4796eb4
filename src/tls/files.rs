//! A certificate of the operator's own, from two PEM files.

use std::path::Path;

use anyhow::Context;
use rustls::crypto::CryptoProvider;

use super::certificate::Certificate;
use crate::clock::Moment;
use crate::config;

/// Reads the two files.
pub(super) fn read(
    provider: &CryptoProvider,
    settings: &config::Tls,
) -> anyhow::Result<Certificate> {
    let (Some(chain), Some(key)) = (&settings.certificate, &settings.key) else {
        anyhow::bail!("tls.mode = \"files\" needs tls.certificate and tls.key");
    };
    let chain_pem = content("tls.certificate", chain)?;
    let key_pem = content("tls.key", key)?;
    Certificate::read(provider, &chain_pem, &key_pem).with_context(|| {
        format!(
            "tls.certificate {} with tls.key {}",
            chain.display(),
            key.display()
        )
    })
}

/// What the operator should know about it; empty if all is well.
pub(super) fn doubts(certificate: &Certificate, now: Moment) -> String {
    let seconds = i64::try_from(now.ms / 1_000).unwrap_or(i64::MAX);
    let days = (certificate.not_after - seconds) / DAY;
    if seconds > certificate.not_after {
        "the certificate has expired: browsers refuse it".to_owned()
    } else if now.trusted && seconds < certificate.not_before {
        "the certificate is not valid yet: browsers refuse it".to_owned()
    } else if days < 7 {
        format!("the certificate expires in {days} days")
    } else {
        String::new()
    }
}

const DAY: i64 = 24 * 3_600;

fn content(setting: &str, path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{setting} {} cannot be read", path.display()))
}
