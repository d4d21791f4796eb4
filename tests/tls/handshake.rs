//! Handshakes with real clients.

use std::process::Stdio;
use std::sync::Arc;

use madang::clock::Clock;
use madang::folder::Folder;
use madang::tls::ca::Authority;
use madang::tls::names::Names;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, HandshakeKind, ProtocolVersion, RootCertStore, version};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::board::{Board, client, handshake};

#[tokio::test]
async fn rustls_connects_by_tls_1_2_and_1_3_and_speaks_http_1() {
    let board = Board::new();
    for (versions, spoken) in [
        (&version::TLS12, ProtocolVersion::TLSv1_2),
        (&version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        for name in ["localhost", "127.0.0.1", "::1"] {
            let client = client(&board.path("ca.pem"), &[versions]);
            let stream = handshake(client, board.tls.server_config(), name)
                .await
                .unwrap();
            let (_, connection) = stream.get_ref();
            assert_eq!(connection.protocol_version(), Some(spoken));
            assert_eq!(connection.alpn_protocol(), Some(&b"http/1.1"[..]));
        }
    }
}

#[tokio::test]
async fn the_board_chooses_the_cipher_whatever_the_phone_prefers() {
    let board = Board::new();
    let server = board.tls.server_config();
    let order = &server.crypto_provider().cipher_suites;
    let mut preferring_the_last = ring::default_provider();
    preferring_the_last.cipher_suites = order.iter().rev().copied().collect();
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(board.path("ca.pem")).unwrap())
        .unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(preferring_the_last))
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = handshake(Arc::new(client), Arc::clone(&server), "localhost")
        .await
        .unwrap();
    let chosen = stream.get_ref().1.negotiated_cipher_suite().unwrap();
    assert_eq!(chosen.suite(), order[0].suite());
}

#[tokio::test]
async fn a_phone_that_comes_back_has_a_shorter_handshake() {
    let board = Board::new();
    let client = client(&board.path("ca.pem"), &[&version::TLS12]);
    for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
        let stream = handshake(Arc::clone(&client), board.tls.server_config(), "localhost")
            .await
            .unwrap();
        assert_eq!(stream.get_ref().1.handshake_kind(), Some(kind));
    }
}

#[tokio::test]
async fn openssl_connects_by_tls_1_2_and_1_3() {
    let board = Board::new();
    for (flag, spoken) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = board.tls.server_config();
        let accepted = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = TlsAcceptor::from(server).accept(stream).await.unwrap();
            let _ = stream.read(&mut [0]).await;
        });
        let output = tokio::process::Command::new("openssl")
            .args([
                "s_client",
                flag,
                "-brief",
                "-verify_return_error",
                "-verify_hostname",
                "localhost",
            ])
            .args([
                "-servername",
                "localhost",
                "-alpn",
                "h2,http/1.1",
                "-connect",
                &address,
                "-CAfile",
            ])
            .arg(board.path("ca.pem"))
            .stdin(Stdio::null())
            .output()
            .await
            .expect("openssl is installed");
        accepted.await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.contains(spoken) && said.contains("Verification: OK"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_new_leaf_is_shown_without_a_restart_and_open_connections_stay() {
    let board = Board::new();
    let old = client(&board.path("ca.pem"), &[&version::TLS13]);
    let open = handshake(Arc::clone(&old), board.tls.server_config(), "localhost")
        .await
        .unwrap();
    assert!(!board.tls.refresh().unwrap(), "nothing is due");

    // What `madang ca --renew` does meanwhile.
    let folder = Folder::open(board.temp.path()).unwrap();
    let now = Clock::open(&folder).now_ms();
    let renewed = Authority::make(&folder, &Names::fixed(&[]), now).unwrap();
    assert!(board.tls.refresh().unwrap(), "the CA is another one");
    assert_eq!(
        board.tls.trust().unwrap().fingerprint,
        renewed.fingerprint()
    );

    let new = client(&board.path("ca.pem"), &[&version::TLS13]);
    handshake(new, board.tls.server_config(), "localhost")
        .await
        .unwrap();
    // A client of its own, which has no ticket from before.
    let mut stranger = (*old).clone();
    stranger.resumption = rustls::client::Resumption::disabled();
    handshake(Arc::new(stranger), board.tls.server_config(), "localhost")
        .await
        .unwrap_err();
    assert!(open.get_ref().1.peer_certificates().is_some());
}
