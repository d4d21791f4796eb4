//! Who this gateway is, as the web floor asks: `web` and `tls` do not know each other.

use std::sync::Arc;

use crate::config::Config;
use crate::tls::Tls;
use crate::tls::names::Names;
use crate::web::Identity;

/// The certificate's names as they are now, and those of the configuration.
pub(super) struct Own {
    tls: Option<Arc<Tls>>,
    configured: Names,
}

impl Own {
    pub(super) fn new(config: &Config, tls: Option<Arc<Tls>>) -> Self {
        Self {
            tls,
            configured: Names::now(&config.tls.names),
        }
    }
}

impl Identity for Own {
    fn goes_by(&self, host: &str) -> bool {
        self.configured.hold_for(host) || self.tls.as_ref().is_some_and(|tls| tls.speaks_for(host))
    }

    fn ca(&self) -> Option<String> {
        Some(self.tls.as_ref()?.trust()?.pem)
    }
}
