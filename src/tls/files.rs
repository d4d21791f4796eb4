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

#[cfg(test)]
mod tests {
    use super::super::ca::Authority;
    use super::super::ciphers::provider;
    use super::super::leaf;
    use super::super::names::Names;
    use super::*;
    use crate::folder::Folder;

    #[test]
    fn a_certificate_out_of_its_time_is_served_with_a_warning() {
        const DAY_MS: u64 = 24 * 3_600 * 1_000;
        const T: u64 = 20_000 * DAY_MS;
        let temp = tempfile::tempdir().unwrap();
        let names = Names::fixed(&[]);
        let folder = Folder::open(temp.path()).unwrap();
        let authority = Authority::make(&folder, &names, T).unwrap();
        let pem = leaf::issue(&authority, &names, T).unwrap();
        let certificate = Certificate::read(&provider(), pem.as_bytes(), pem.as_bytes()).unwrap();

        let at = |ms, trusted| doubts(&certificate, Moment { ms, trusted });
        assert_eq!(at(T, true), "");
        assert!(at(T + 461 * DAY_MS, true).contains("has expired"));
        assert!(at(T + 455 * DAY_MS, true).contains("expires in 4 days"));
        assert!(at(T - 366 * DAY_MS, true).contains("not valid yet"));
        // A board that does not know the time does not complain about it.
        assert_eq!(at(T - 366 * DAY_MS, false), "");
    }
}
