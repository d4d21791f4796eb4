//! The local CA: what a phone trusts once, so that the board may speak for itself and nobody else.
//!
//! It lies in `tls/ca.pem` and `tls/ca.key` of the data folder. Critical name constraints (RFC 5280
//! §4.2.1.10) bind it to the names that the board had when the CA was made, to private, loopback and
//! link-local addresses: with the key from a stolen card nobody can forge a certificate for anybody
//! else's site. The price: a name that comes later (the host is renamed, `tls.names` grows) is not
//! permitted. It is left out of the leaf with a warning until the operator makes a new CA with
//! `madang ca --renew`, which every phone then has to trust again. Adding to `tls.names` an address
//! that is not private permits that one address, in the same way.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, GeneralSubtree,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use x509_parser::extensions::ParsedExtension;
use x509_parser::parse_x509_certificate;

use super::names::Names;
use super::public::{Public, hex};
use crate::folder::{Access, Folder};

/// The local CA with its key.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    name: String,
    public: Public,
    key_identifier: Vec<u8>,
    not_after: i64,
}

impl Authority {
    /// The CA in the data folder, made if there is none. A damaged one is an error: phones trust
    /// it, so it is not for the gateway to replace it.
    pub fn open_or_make(folder: &Folder, fixed: &Names, now_ms: u64) -> anyhow::Result<Self> {
        match Self::open(folder)? {
            Some(authority) => Ok(authority),
            None => Self::make(folder, fixed, now_ms),
        }
    }

    /// The CA in the data folder, if there is one.
    pub fn open(folder: &Folder) -> anyhow::Result<Option<Self>> {
        let read = |file| {
            let read = folder.read(file);
            read.with_context(|| format!("{} cannot be read", folder.join(file).display()))
        };
        // The key is written first: one without its certificate has never been seen by anybody.
        let (Some(certificate), key) = (read(CERTIFICATE)?, read(KEY)?) else {
            return Ok(None);
        };
        let authority = key
            .context("its key is missing")
            .and_then(|key| parse(&certificate, &key));
        authority.map(Some).with_context(|| {
            format!(
                "the local CA in {} is damaged: bring it back from a backup, or make a new one with \
                 `madang ca --renew`, which every phone then has to trust again",
                folder.join(CERTIFICATE).display()
            )
        })
    }

    /// Makes a CA that is permitted `fixed` and all private addresses, and puts it into the data
    /// folder in place of any other.
    pub fn make(folder: &Folder, fixed: &Names, now_ms: u64) -> anyhow::Result<Self> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).context("no key for the CA")?;
        let key_pem = key.serialize_pem();
        let name = fixed.dns.iter().find(|name| *name != "localhost");
        let certificate = params(fixed, name.map_or("madang", String::as_str), &key, now_ms)
            .self_signed(&key)
            .context("no certificate for the CA")?;
        folder
            .write(KEY, key_pem.as_bytes(), Access::Owner)
            .and_then(|()| {
                folder.write(CERTIFICATE, certificate.pem().as_bytes(), Access::Everybody)
            })
            .with_context(|| {
                format!(
                    "the local CA cannot be put into {}",
                    folder.path().display()
                )
            })?;
        let authority = parse(certificate.pem().as_bytes(), key_pem.as_bytes())?;
        tracing::info!(fingerprint = authority.fingerprint(), "a local CA was made");
        Ok(authority)
    }

    /// The certificate, for phones to trust.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// SHA-256 of the certificate, as phones show it: `AB:CD:…`.
    pub fn fingerprint(&self) -> &str {
        self.public.fingerprint()
    }

    /// The fingerprint in twelve words ([`Public::words`]).
    pub fn words(&self) -> &str {
        self.public.words()
    }

    /// By what name a phone lists it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Divides names into those for which the CA may speak and the others.
    pub fn permitted(&self, wanted: Names) -> (Names, Names) {
        let (mut right, mut wrong) = (Names::default(), Names::default());
        for name in wanted.dns {
            let side = if self.public.permits(&name) {
                &mut right
            } else {
                &mut wrong
            };
            side.dns.insert(name);
        }
        for address in wanted.addresses {
            let permitted = self.public.constraints.permit_address(address);
            let side = if permitted { &mut right } else { &mut wrong };
            side.addresses.insert(address);
        }
        (right, wrong)
    }

    /// Seconds since 1970 until which it is valid.
    pub(super) fn not_after(&self) -> i64 {
        self.not_after
    }

    /// RFC 5280 §4.2.1.2: by this a leaf tells who signed it.
    pub(super) fn key_identifier(&self) -> &[u8] {
        &self.key_identifier
    }

    /// What signs leaves.
    pub(super) fn issuer(&self) -> &Issuer<'static, KeyPair> {
        &self.issuer
    }
}

/// Where the certificate lies in the data folder.
pub const CERTIFICATE: &str = "tls/ca.pem";
const KEY: &str = "tls/ca.key";

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Ten years from T: longer than the card lives.
const LIFE: Duration = Duration::from_secs(3_652 * DAY.as_secs());

/// How far before T certificates begin: for phones whose clock is behind, and for a board that was
/// ahead of them when it made this one.
pub(super) const BEFORE: Duration = Duration::from_secs(365 * DAY.as_secs());

fn params(fixed: &Names, host: &str, key: &KeyPair, now_ms: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    let begin = date_time_ymd(1970, 1, 1) + Duration::from_millis(now_ms).saturating_sub(BEFORE);
    params.not_before = begin;
    params.not_after = begin + BEFORE + LIFE;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(constraints(fixed));
    // Each CA has a name of its own: two of one name confuse the trust stores of browsers.
    let id = hex(&Sha256::digest(key.public_key_raw())[..4], "");
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "madang");
    params
        .distinguished_name
        .push(DnType::CommonName, format!("madang CA of {host} ({id})"));
    params
}

fn constraints(fixed: &Names) -> NameConstraints {
    let address = |address: IpAddr, prefix| {
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, prefix))
    };
    let names = fixed.dns.iter().cloned().map(GeneralSubtree::DnsName);
    let own = fixed
        .addresses
        .iter()
        .map(|&ip| address(ip, if ip.is_ipv4() { 32 } else { 128 }));
    let private = PRIVATE
        .iter()
        .map(|&(network, prefix)| address(network, prefix));
    // To permit `chat` permits every name that ends in `.chat`, and that is a top-level domain, as
    // are many good names for a board: what is below a name without a dot is excluded again.
    let short = fixed.dns.iter().filter(|name| !name.contains('.'));
    NameConstraints {
        permitted_subtrees: names.chain(own).chain(private).collect(),
        excluded_subtrees: short
            .map(|name| GeneralSubtree::DnsName(format!(".{name}")))
            .collect(),
    }
}

/// Networks in which an address belongs to nobody in particular: loopback, private (RFC 1918, RFC
/// 4193) and link-local.
const PRIVATE: [(IpAddr, u8); 8] = {
    use std::net::{Ipv4Addr, Ipv6Addr};
    const fn v4(a: u8, b: u8) -> IpAddr {
        IpAddr::V4(Ipv4Addr::new(a, b, 0, 0))
    }
    const fn v6(first: u16) -> IpAddr {
        IpAddr::V6(Ipv6Addr::new(first, 0, 0, 0, 0, 0, 0, 0))
    }
    [
        (v4(127, 0), 8),
        (v4(10, 0), 8),
        (v4(172, 16), 12),
        (v4(192, 168), 16),
        (v4(169, 254), 16),
        (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
        (v6(0xfc00), 7),
        (v6(0xfe80), 10),
    ]
};

fn parse(certificate: &[u8], key: &[u8]) -> anyhow::Result<Authority> {
    let key = KeyPair::from_pem(std::str::from_utf8(key)?).context("its key is of no use")?;
    let der = CertificateDer::from_pem_slice(certificate).context("it is not PEM")?;
    let (_, x509) = parse_x509_certificate(&der).context("it is not a certificate")?;
    if x509.public_key().subject_public_key.data.as_ref() != key.public_key_raw() {
        bail!("its key belongs to another certificate");
    }
    let identifier =
        x509.extensions()
            .iter()
            .find_map(|extension| match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
                _ => None,
            });
    let name = x509.subject().iter_common_name().next();
    Ok(Authority {
        pem: String::from_utf8(certificate.to_vec())?,
        name: name.context("it has no name")?.as_str()?.to_owned(),
        public: Public::of(&der, &x509)?,
        key_identifier: identifier.context("it has no key identifier")?,
        not_after: x509.validity().not_after.timestamp(),
        issuer: Issuer::from_ca_cert_der(&der, key).context("it is no CA")?,
    })
}
