//! Hands out the local CA's certificate, so that a phone can be made to trust this gateway.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::StatusCode;

use super::Gate;
use super::profile;
use super::reply::{self, Reply};

/// The local CA, as a person gets to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ca {
    /// The certificate, PEM.
    pub pem: String,
    /// By what name a phone lists it.
    pub name: String,
    /// SHA-256 of the certificate: `AB:CD:…`.
    pub fingerprint: String,
    /// The same in words, for a person to compare.
    pub words: String,
}

impl Gate {
    /// The local CA's certificate under one of its paths: `/ca.crt` (DER, which phones offer to
    /// install), `/ca.pem`, and `/madang.mobileconfig`, which an iPhone wants. `None` for other
    /// paths, or if there is no local CA.
    pub fn handout(&self, path: &str) -> Option<Reply> {
        let (kind, body) = match path {
            "/ca.crt" => ("application/x-x509-ca-cert", der(&self.identity.ca()?.pem)?),
            "/ca.pem" => (
                "application/x-pem-file",
                self.identity.ca()?.pem.into_bytes(),
            ),
            "/madang.mobileconfig" => {
                let ca = self.identity.ca()?;
                (profile::KIND, profile::of(&ca, &der(&ca.pem)?)?)
            }
            _ => return None,
        };
        Some(reply::bytes(StatusCode::OK, kind, body))
    }
}

/// The bytes of a PEM file's one certificate.
fn der(pem: &str) -> Option<Vec<u8>> {
    let base64: String = pem
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('-'))
        .collect();
    BASE64_STANDARD.decode(base64).ok()
}
