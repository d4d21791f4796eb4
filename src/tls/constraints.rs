//! Name constraints of a CA (RFC 5280 §4.2.1.10), as they are read back from it.
//!
//! Clients enforce them; the gateway reads them so that it does not issue what clients refuse.

use std::net::IpAddr;

use anyhow::Context;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, GeneralSubtree};

/// For what a CA may speak.
#[derive(Debug, Default)]
pub(super) struct Constraints {
    permitted: Subtrees,
    excluded: Subtrees,
}

#[derive(Debug, Default)]
struct Subtrees {
    names: Vec<String>,
    /// Address and mask, one after the other.
    networks: Vec<Vec<u8>>,
}

impl Constraints {
    /// The constraints of a CA. One without any may speak for everybody, and is none of ours.
    pub(super) fn of(certificate: &X509Certificate) -> anyhow::Result<Self> {
        let extension = certificate
            .name_constraints()?
            .context("it has no name constraints")?;
        Ok(Self {
            permitted: Subtrees::of(extension.value.permitted_subtrees.as_deref()),
            excluded: Subtrees::of(extension.value.excluded_subtrees.as_deref()),
        })
    }

    /// The names that are permitted.
    pub(super) fn names(&self) -> &[String] {
        &self.permitted.names
    }

    pub(super) fn permit_name(&self, name: &str) -> bool {
        self.permitted.have_name(name) && !self.excluded.have_name(name)
    }

    pub(super) fn permit_address(&self, address: IpAddr) -> bool {
        self.permitted.have_address(address) && !self.excluded.have_address(address)
    }
}

impl Subtrees {
    fn of(subtrees: Option<&[GeneralSubtree]>) -> Self {
        let mut all = Self::default();
        for subtree in subtrees.unwrap_or_default() {
            match &subtree.base {
                GeneralName::DNSName(name) => all.names.push(name.to_ascii_lowercase()),
                GeneralName::IPAddress(network) => all.networks.push(network.to_vec()),
                _ => {}
            }
        }
        all
    }

    /// The name itself and all below it; with a dot in front, only those below it.
    fn have_name(&self, name: &str) -> bool {
        self.names.iter().any(|base| {
            name.strip_suffix(base.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.') || base.starts_with('.'))
        })
    }

    fn have_address(&self, address: IpAddr) -> bool {
        let bytes = match address {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        self.networks.iter().any(|network| {
            let (base, mask) = network.split_at(network.len() / 2);
            let mut bits = bytes.iter().zip(base).zip(mask);
            base.len() == bytes.len() && bits.all(|((byte, base), mask)| byte & mask == base & mask)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_has_what_is_below_it_and_a_dot_takes_the_base_itself_out() {
        let names = |name: &str| Subtrees {
            names: vec![name.to_owned()],
            networks: Vec::new(),
        };
        let base = names("chat");
        assert!(base.have_name("chat") && base.have_name("a.chat") && !base.have_name("snapchat"));
        let below = names(".chat");
        assert!(!below.have_name("chat") && below.have_name("a.chat") && !below.have_name("achat"));
    }

    #[test]
    fn an_address_is_compared_under_the_mask_and_only_with_its_own_kind() {
        let networks = Subtrees {
            names: Vec::new(),
            networks: vec![vec![172, 16, 0, 0, 255, 240, 0, 0]],
        };
        let have = |text: &str| networks.have_address(text.parse().unwrap());
        assert!(have("172.16.0.1") && have("172.31.255.255"));
        assert!(!have("172.32.0.1") && !have("ac10::"));
    }
}
