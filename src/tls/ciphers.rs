//! Which ciphers, and in what order: by what the processor of the board has.
//!
//! A Raspberry Pi 4 or older has no AES instructions and encrypts `ChaCha20` several times faster
//! than AES; with the instructions it is the other way round. The board is what is short, not the
//! phone, so it is the gateway's order that counts.

use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::{cipher_suite as suite, default_provider};
use rustls::{CipherSuite, SupportedCipherSuite};

/// *ring* with the suites in the order for this processor.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites(has_aes()),
        ..default_provider()
    }
}

fn suites(aes: bool) -> Vec<SupportedCipherSuite> {
    let mut suites = vec![
        suite::TLS13_AES_128_GCM_SHA256,
        suite::TLS13_AES_256_GCM_SHA384,
        suite::TLS13_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];
    // Stable: among themselves they stay as above.
    suites.sort_by_key(|suite| is_chacha(suite) == aes);
    suites
}

fn is_chacha(suite: &SupportedCipherSuite) -> bool {
    matches!(
        suite.suite(),
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    )
}

/// Whether the processor does AES-GCM itself: AES and the multiplication for its checksum.
fn has_aes() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("aes")
        && std::arch::is_x86_feature_detected!("pclmulqdq");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("aes")
        && std::arch::is_aarch64_feature_detected!("pmull");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return false;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_aes_instructions_aes_goes_first_and_without_them_chacha() {
        let order = |aes| suites(aes).iter().map(is_chacha).collect::<Vec<_>>();
        assert_eq!(order(true), [vec![false; 6], vec![true; 3]].concat());
        assert_eq!(order(false), [vec![true; 3], vec![false; 6]].concat());
        assert_eq!(
            provider().cipher_suites.len(),
            default_provider().cipher_suites.len()
        );
    }
}
