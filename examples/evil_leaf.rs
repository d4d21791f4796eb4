//! What a thief would do with the key from a stolen card: sign a certificate for somebody else.
//!
//! `cargo run --example evil_leaf -- data/tls example.com > evil.pem` writes key and certificate.
//! The tests show that clients which trust the CA refuse it all the same.

use std::net::IpAddr;
use std::path::Path;

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, Issuer, KeyPair};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(name)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: evil_leaf FOLDER_OF_THE_CA NAME");
        std::process::exit(2);
    };
    print!("{}", forge(Path::new(&folder), &name));
}

/// A leaf for `name` (or address), signed with the key of the CA in `folder`; PEM, key first.
pub(crate) fn forge(folder: &Path, name: &str) -> String {
    let read = |file| std::fs::read_to_string(folder.join(file)).expect("the CA can be read");
    let ca_key = KeyPair::from_pem(&read("ca.key")).expect("the key of the CA");
    let issuer = Issuer::from_ca_cert_pem(&read("ca.pem"), ca_key).expect("the CA");

    let names = match name.parse::<IpAddr>() {
        Ok(address) => vec![address.to_string()],
        Err(_) => vec![name.to_owned()],
    };
    let mut params = CertificateParams::new(names).expect("a name");
    let (_, ca) = x509_parser::pem::parse_x509_pem(read("ca.pem").as_bytes()).expect("PEM");
    let begin = ca
        .parse_x509()
        .expect("the CA")
        .validity()
        .not_before
        .timestamp();
    params.not_before = rcgen::date_time_ymd(1970, 1, 1)
        + std::time::Duration::from_secs(begin.try_into().expect("after 1970"));
    // Two years: the CA began one before its time.
    params.not_after = params.not_before + std::time::Duration::from_secs(730 * 24 * 3_600);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;

    let key = KeyPair::generate().expect("a key");
    let leaf = params.signed_by(&key, &issuer).expect("a signature");
    format!("{}{}", key.serialize_pem(), leaf.pem())
}
