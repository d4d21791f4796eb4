//! The local CA and what it signs, judged by clients: OpenSSL and rustls.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../examples/evil_leaf.rs"]
#[expect(dead_code, reason = "its main is for the command line")]
mod evil_leaf;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use madang::clock::Clock;
use madang::config::{self, TlsMode};
use madang::folder::Folder;
use madang::tls::Tls;
use madang::tls::ca::Authority;
use madang::tls::names::Names;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, HandshakeKind, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version,
};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

struct Board {
    temp: tempfile::TempDir,
    tls: Tls,
}

impl Board {
    fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let tls = open(temp.path(), &config::Tls::default()).unwrap();
        Self { temp, tls }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.temp.path().join("tls").join(file)
    }
}

fn open(data: &Path, settings: &config::Tls) -> anyhow::Result<Tls> {
    let folder = Folder::open(data).unwrap();
    let clock = Arc::new(Clock::open(&folder));
    Ok(Tls::open(settings, &folder, &clock)?.unwrap())
}

/// `openssl verify` of a leaf for a name or an address: its complaint, if it has one.
fn openssl_verify(ca: &Path, leaf: &Path, name: &str) -> Result<(), String> {
    let check = if name.parse::<std::net::IpAddr>().is_ok() {
        "-verify_ip"
    } else {
        "-verify_hostname"
    };
    let output = Command::new("openssl")
        .args([
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            check,
            name,
            "-CAfile",
        ])
        .args([ca, leaf])
        .output()
        .expect("openssl is installed");
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn client(ca: &Path, versions: &[&'static SupportedProtocolVersion]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(ca).unwrap())
        .unwrap();
    let mut client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(client)
}

/// One handshake between a client that trusts `ca` and a server with `config`.
async fn handshake(
    client: Arc<ClientConfig>,
    server: Arc<rustls::ServerConfig>,
    name: &str,
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        if let Ok(mut stream) = TlsAcceptor::from(server).accept(stream).await {
            let _ = stream.read(&mut [0]).await;
        }
    });
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(client).connect(name, stream).await
}

fn host_name() -> String {
    let mut names = Names::fixed(&[]).dns.into_iter();
    let own = names.rfind(|name| name != "localhost");
    own.unwrap_or("localhost".to_owned())
}

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
