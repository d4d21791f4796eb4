//! What lies in the data folder, and what comes from the operator.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use madang::config::{self, TlsMode};

use crate::board::{Board, open, openssl_verify};

#[test]
fn keys_are_readable_by_their_owner_only() {
    let board = Board::new();
    let mode = |file| fs::metadata(board.path(file)).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(""), mode("ca.key"), mode("leaf.pem"), mode("ca.pem")),
        (0o700, 0o600, 0o600, 0o644)
    );
}

#[test]
fn ca_and_leaf_are_the_same_after_a_restart() {
    let board = Board::new();
    let before = [
        fs::read(board.path("ca.pem")).unwrap(),
        fs::read(board.path("leaf.pem")).unwrap(),
    ];
    let again = open(board.temp.path(), &config::Tls::default()).unwrap();
    assert_eq!(again.trust(), board.tls.trust());
    let after = [
        fs::read(board.path("ca.pem")).unwrap(),
        fs::read(board.path("leaf.pem")).unwrap(),
    ];
    assert_eq!(before, after);
}

#[test]
fn a_damaged_ca_is_an_error_and_not_replaced() {
    let board = Board::new();
    for file in ["ca.pem", "ca.key"] {
        let whole = fs::read(board.path(file)).unwrap();
        fs::write(board.path(file), "damaged").unwrap();
        let error = format!(
            "{:#}",
            open(board.temp.path(), &config::Tls::default()).unwrap_err()
        );
        assert!(
            error.contains("is damaged") && error.contains("--renew"),
            "{error}"
        );
        assert_eq!(fs::read(board.path(file)).unwrap(), b"damaged");
        fs::write(board.path(file), whole).unwrap();
    }
    fs::write(board.path("leaf.pem"), "damaged").unwrap();
    open(board.temp.path(), &config::Tls::default()).unwrap();
    assert_eq!(
        openssl_verify(&board.path("ca.pem"), &board.path("leaf.pem"), "localhost"),
        Ok(())
    );
}

#[test]
fn a_certificate_of_ones_own_is_served_and_a_wrong_one_is_explained() {
    let temp = tempfile::tempdir().unwrap();
    let (one, other) = (Board::new(), Board::new());
    let leaf = |board: &Board| fs::read_to_string(board.path("leaf.pem")).unwrap();
    let own = temp.path().join("own.pem");
    fs::write(&own, leaf(&one)).unwrap();
    let files = |certificate: &Path, key: &Path| config::Tls {
        mode: TlsMode::Files,
        certificate: Some(certificate.into()),
        key: Some(key.into()),
        names: Vec::new(),
    };
    let tls = open(temp.path(), &files(&own, &own)).unwrap();
    assert!(tls.speaks_for("localhost") && tls.trust().is_none());

    let says = |settings: &config::Tls, part: &str| {
        let error = format!("{:#}", open(temp.path(), settings).unwrap_err());
        assert!(
            error.contains(part) && error.contains("tls."),
            "{part:?} is not in: {error}"
        );
    };
    let file = |content: &str| {
        let path = tempfile::NamedTempFile::new_in(temp.path())
            .unwrap()
            .keep()
            .unwrap()
            .1;
        fs::write(&path, content).unwrap();
        path
    };
    let nowhere = temp.path().join("nowhere.pem");
    says(&files(&nowhere, &own), "tls.certificate");
    says(&files(&own, &nowhere), "cannot be read");
    says(&files(&own, &other.path("leaf.pem")), "does not belong");
    says(&files(&file("nothing"), &own), "no certificate in it");
    says(&files(&own, &file("nothing")), "no key in it");
    says(
        &files(
            &own,
            &file(
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
            ),
        ),
        "passphrase",
    );
    says(
        &files(&one.path("ca.pem"), &one.path("ca.key")),
        "names no host",
    );

    // A renewed one is taken up, a broken one is not.
    fs::write(&own, leaf(&other)).unwrap();
    assert!(tls.refresh().unwrap());
    fs::write(&own, "broken").unwrap();
    tls.refresh().unwrap_err();
    assert!(tls.speaks_for("localhost"));
}
