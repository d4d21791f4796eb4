//! Hands out the local CA's certificate, so that a phone can be made to trust this gateway.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::StatusCode;

use super::Gate;
use super::reply::{self, Reply};

impl Gate {
    /// The local CA's certificate under one of its paths: `/ca.crt` (DER, which phones offer to
    /// install) and `/ca.pem`. `None` for other paths, or if there is no local CA.
    pub fn handout(&self, path: &str) -> Option<Reply> {
        match path {
            "/ca.crt" => {
                let certificate = der(&self.identity.ca()?)?;
                Some(reply::bytes(
                    StatusCode::OK,
                    "application/x-x509-ca-cert",
                    certificate,
                ))
            }
            "/ca.pem" => Some(reply::bytes(
                StatusCode::OK,
                "application/x-pem-file",
                self.identity.ca()?,
            )),
            _ => None,
        }
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
