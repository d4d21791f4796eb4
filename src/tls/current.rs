//! The certificate that is shown, and how it is changed under the feet of rustls.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::Trust;
use super::certificate::Certificate;

/// The certificate that is shown, changed while the gateway runs.
#[derive(Debug, Default)]
pub(super) struct Current(RwLock<Shown>);

/// A certificate and where it comes from.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// `None` only until the first one is ready.
    pub(super) certificate: Option<Arc<Certificate>>,
    /// The local CA that signed it.
    pub(super) trust: Option<Trust>,
}

impl Current {
    /// What is shown now.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Shown> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows another one; whether it is another one.
    pub(super) fn show(&self, next: Shown) -> bool {
        let mut shown = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let same = match (&shown.certificate, &next.certificate) {
            (Some(old), Some(new)) => old.is(new),
            _ => false,
        };
        *shown = next;
        !same
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.read().certificate.as_ref()?.served))
    }
}
