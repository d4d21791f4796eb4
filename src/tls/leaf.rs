//! The leaf: the certificate that the board shows, signed by its local CA.
//!
//! It is issued anew, with a new key, when it no longer covers the names and addresses of the board,
//! when the CA is another one, or when T has moved so far that a third of it is used up. An address
//! that has gone stays in until then: an interface that comes and goes costs nothing.

use std::time::Duration;

use anyhow::Context;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType, date_time_ymd,
};

use super::ca::{Authority, BEFORE};
use super::certificate::Certificate;
use super::names::Names;

/// Issues a leaf for `names`, in PEM, key and certificate in one piece so that they cannot part.
pub(super) fn issue(authority: &Authority, names: &Names, now_ms: u64) -> anyhow::Result<String> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).context("no key for the leaf")?;
    let certificate = params(authority, names, now_ms)?
        .signed_by(&key, authority.issuer())
        .context("no certificate for the leaf")?;
    Ok(format!("{}{}", key.serialize_pem(), certificate.pem()))
}

/// Why a leaf has to be issued anew, `None` if it need not.
pub(super) fn fault(
    leaf: &Certificate,
    authority: &Authority,
    names: &Names,
    now_ms: u64,
) -> Option<&'static str> {
    let now = i64::try_from(now_ms / 1_000).unwrap_or(i64::MAX);
    let most = i64::try_from(LIFE.as_secs() / 3 * 2).unwrap_or(i64::MAX);
    if leaf.issuer.as_deref() != Some(authority.key_identifier()) {
        Some("the local CA is another one")
    } else if !leaf.names.include(names) {
        Some("the board has other names or addresses")
    } else if now < leaf.not_before {
        Some("it is not valid yet")
    } else if now >= leaf.not_before.saturating_add(most) {
        Some("two thirds of its time are used up")
    } else {
        None
    }
}

/// 825 days, the most that iOS takes; the last second belongs to it (RFC 5280 §4.1.2.5).
const LIFE: Duration = Duration::from_secs(825 * 24 * 3_600 - 1);

fn params(authority: &Authority, names: &Names, now_ms: u64) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::default();
    let epoch = date_time_ymd(1970, 1, 1);
    let begin = Duration::from_millis(now_ms).saturating_sub(BEFORE);
    let ca_ends = Duration::from_secs(u64::try_from(authority.not_after()).unwrap_or(0));
    params.not_before = epoch + begin;
    // Not beyond the CA's own end, unless that has passed: then phones refuse both alike.
    let end = begin + LIFE;
    params.not_after = epoch
        + if ca_ends > begin {
            end.min(ca_ends)
        } else {
            end
        };
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    for name in &names.dns {
        let name = name
            .as_str()
            .try_into()
            .with_context(|| format!("{name} is no DNS name"))?;
        params.subject_alt_names.push(SanType::DnsName(name));
    }
    let addresses = names.addresses.iter().copied().map(SanType::IpAddress);
    params.subject_alt_names.extend(addresses);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "madang");
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::super::ciphers::provider;
    use super::*;
    use crate::folder::Folder;

    const DAY_MS: u64 = 24 * 3_600 * 1_000;
    const T: u64 = 20_000 * DAY_MS;

    fn authority() -> Authority {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::open(temp.path()).unwrap();
        Authority::make(&folder, &Names::fixed(&[]), T).unwrap()
    }

    fn leaf(authority: &Authority, names: &Names) -> Certificate {
        let pem = issue(authority, names, T).unwrap();
        Certificate::read(&provider(), pem.as_bytes(), pem.as_bytes()).unwrap()
    }

    #[test]
    fn it_is_issued_anew_half_a_year_later_when_two_thirds_are_used_up() {
        let (authority, names) = (authority(), Names::fixed(&[]));
        let leaf = leaf(&authority, &names);
        let fault = |now| fault(&leaf, &authority, &names, now);
        assert_eq!(fault(T), None);
        assert_eq!(fault(T + 184 * DAY_MS), None);
        assert_eq!(
            fault(T + 185 * DAY_MS),
            Some("two thirds of its time are used up")
        );
        assert_eq!(fault(T - 366 * DAY_MS), Some("it is not valid yet"));
    }

    #[test]
    fn it_lives_825_days_from_a_year_before_t_and_not_beyond_the_ca() {
        let authority = authority();
        let leaf = leaf(&authority, &Names::fixed(&[]));
        let day = 24 * 3_600;
        assert_eq!(leaf.not_before, (20_000 - 365) * day);
        assert_eq!(leaf.not_after, (20_000 - 365 + 825) * day - 1);
        assert_eq!(authority.not_after(), (20_000 + 3_652) * day);

        let late = issue(&authority, &Names::fixed(&[]), T + 3_600 * DAY_MS).unwrap();
        let late = Certificate::read(&provider(), late.as_bytes(), late.as_bytes()).unwrap();
        assert_eq!(late.not_after, authority.not_after());
    }

    #[test]
    fn it_is_issued_anew_for_an_address_that_comes_but_not_for_one_that_goes() {
        let authority = authority();
        let home = Names::fixed(&[]);
        let mut away = home.clone();
        away.addresses.insert([10, 1, 2, 3].into());
        let fault = |has, wants| fault(&leaf(&authority, has), &authority, wants, T);
        assert_eq!(
            fault(&home, &away),
            Some("the board has other names or addresses")
        );
        assert_eq!(fault(&away, &home), None);
    }

    #[test]
    fn it_is_issued_anew_under_another_ca() {
        let names = Names::fixed(&[]);
        let leaf = leaf(&authority(), &names);
        assert_eq!(
            fault(&leaf, &authority(), &names, T),
            Some("the local CA is another one")
        );
    }
}
