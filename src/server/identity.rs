//! Who this gateway is, as the web floor asks: `web` and `tls` do not know each other.

use std::sync::{Arc, PoisonError, RwLock};

use crate::config::Config;
use crate::tls::Tls;
use crate::tls::names::Names;
use crate::web::{Ca, Identity};

/// The certificate's names as they are now, and those of the configuration.
pub(super) struct Own {
    tls: Option<Arc<Tls>>,
    configured: RwLock<Names>,
}

impl Own {
    pub(super) fn new(config: &Config, tls: Option<Arc<Tls>>) -> Self {
        Self {
            tls,
            configured: RwLock::new(Names::now(&config.tls.names)),
        }
    }

    /// From now on the configuration has these names.
    pub(super) fn renew(&self, names: &[String]) {
        let mut configured = self
            .configured
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *configured = Names::now(names);
    }
}

impl Identity for Own {
    fn goes_by(&self, host: &str) -> bool {
        let configured = self
            .configured
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        configured.hold_for(host) || self.certified(host)
    }

    fn certified(&self, host: &str) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.speaks_for(host))
    }

    fn ca(&self) -> Option<Ca> {
        let trust = self.tls.as_ref()?.trust()?;
        Some(Ca {
            pem: trust.pem,
            name: trust.name,
            fingerprint: trust.fingerprint,
            words: trust.words,
        })
    }
}
