//! For whom the local CA speaks, and that clients hold it to that.

use std::fs;
use std::sync::Arc;

use madang::clock::Clock;
use madang::config;
use madang::folder::Folder;
use madang::tls::Tls;
use madang::tls::ca::Authority;
use madang::tls::names::Names;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version;

use crate::board::{Board, client, handshake, host_name, open, openssl_verify};
use crate::evil_leaf;

#[test]
fn openssl_accepts_the_leaf_for_the_names_and_addresses_of_the_board() {
    let board = Board::new();
    let host = host_name();
    for name in ["localhost", "127.0.0.1", "::1", &host] {
        assert_eq!(
            openssl_verify(&board.path("ca.pem"), &board.path("leaf.pem"), name),
            Ok(()),
            "{name}"
        );
        assert!(board.tls.speaks_for(name), "{name}");
    }
}

#[test]
fn a_phone_that_is_right_takes_the_leaf_however_far_others_have_moved_the_clock() {
    let temp = tempfile::tempdir().unwrap();
    let folder = Folder::open(temp.path()).unwrap();
    Clock::open(&folder).save().unwrap();
    // Nobody vouches for the system's clock: there is nothing under this root.
    let clock = Arc::new(Clock::open_on_board(&folder, temp.path()));
    let right = clock.now_ms();
    for last in 0..3 {
        let address = std::net::IpAddr::from([10, 42, 0, last]);
        clock.hear(address.into(), &[last], right + 4 * YEAR_MS);
    }
    assert!(clock.now_ms() >= right + 4 * YEAR_MS);
    let tls = Tls::open(&config::Tls::default(), &folder, &clock).unwrap();
    assert!(tls.is_some());
    let path = |file| temp.path().join("tls").join(file);
    assert_eq!(
        openssl_verify(&path("ca.pem"), &path("leaf.pem"), "localhost"),
        Ok(())
    );
}

const YEAR_MS: u64 = 365 * 24 * 3_600 * 1_000;

#[test]
fn the_words_are_the_first_half_of_the_fingerprint() {
    let board = Board::new();
    let trust = board.tls.trust().unwrap();
    let words: bip39::Mnemonic = trust.words.parse().unwrap();
    assert_eq!(words.word_count(), 12);
    let bytes = words.to_entropy();
    let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(&trust.fingerprint[..47], hex.join(":"));
}

#[test]
fn openssl_refuses_a_leaf_for_somebody_else_that_is_signed_with_the_key_of_the_ca() {
    let board = Board::new();
    let short = host_name().split('.').next().unwrap().to_owned();
    let below = format!("www.{short}");
    let evil = board.path("evil.pem");
    // To be fair: for the board itself the same forgery is taken.
    fs::write(&evil, evil_leaf::forge(&board.path(""), "localhost")).unwrap();
    assert_eq!(
        openssl_verify(&board.path("ca.pem"), &evil, "localhost"),
        Ok(())
    );
    for name in [
        "example.com",
        "www.localhost",
        &below,
        "192.0.2.1",
        "8.8.8.8",
        "2001:db8::1",
    ] {
        fs::write(&evil, evil_leaf::forge(&board.path(""), name)).unwrap();
        let complaint = openssl_verify(&board.path("ca.pem"), &evil, name).unwrap_err();
        assert!(
            complaint.contains("subtree violation"),
            "{name}: {complaint}"
        );
    }
}

#[tokio::test]
async fn rustls_refuses_it_as_well() {
    let board = Board::new();
    let below = format!("www.{}", host_name().split('.').next().unwrap());
    for (name, taken) in [
        ("localhost", true),
        ("example.com", false),
        ("8.8.8.8", false),
        (below.as_str(), false),
    ] {
        let pem = evil_leaf::forge(&board.path(""), name);
        let server =
            rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()],
                    PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap(),
                )
                .unwrap();
        let client = client(&board.path("ca.pem"), &[&version::TLS13]);
        match handshake(client, Arc::new(server), name).await {
            Ok(_) => assert!(taken, "{name} was taken"),
            Err(error) => assert!(
                !taken && error.to_string().contains("NameConstraintViolation"),
                "{name}: {error}"
            ),
        }
    }
}

#[test]
fn names_that_the_ca_may_not_speak_for_are_left_out_until_it_is_renewed() {
    let board = Board::new();
    let settings = config::Tls {
        names: vec!["later.example.org".into(), "192.0.2.77".into()],
        ..config::Tls::default()
    };
    let later = open(board.temp.path(), &settings).unwrap();
    assert!(!later.speaks_for("later.example.org") && !later.speaks_for("192.0.2.77"));
    assert!(later.speaks_for("localhost"));

    let folder = Folder::open(board.temp.path()).unwrap();
    let now = Clock::open(&folder).now_ms();
    Authority::make(&folder, &Names::fixed(&settings.names), now).unwrap();
    later.refresh().unwrap();
    for name in ["later.example.org", "192.0.2.77"] {
        assert!(later.speaks_for(name));
        assert_eq!(
            openssl_verify(&board.path("ca.pem"), &board.path("leaf.pem"), name),
            Ok(())
        );
    }
}
