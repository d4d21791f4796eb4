//! A board's TLS in a folder of its own, and the clients that judge it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use madang::clock::Clock;
use madang::config;
use madang::folder::Folder;
use madang::tls::Tls;
use madang::tls::names::Names;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

pub(crate) struct Board {
    pub(crate) temp: tempfile::TempDir,
    pub(crate) tls: Tls,
}

impl Board {
    pub(crate) fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let tls = open(temp.path(), &config::Tls::default()).unwrap();
        Self { temp, tls }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.temp.path().join("tls").join(file)
    }
}

pub(crate) fn open(data: &Path, settings: &config::Tls) -> anyhow::Result<Tls> {
    let folder = Folder::open(data).unwrap();
    let clock = Arc::new(Clock::open(&folder));
    Ok(Tls::open(settings, &folder, &clock)?.unwrap())
}

/// `openssl verify` of a leaf for a name or an address: its complaint, if it has one.
pub(crate) fn openssl_verify(ca: &Path, leaf: &Path, name: &str) -> Result<(), String> {
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

pub(crate) fn client(
    ca: &Path,
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ClientConfig> {
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
pub(crate) async fn handshake(
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

pub(crate) fn host_name() -> String {
    let mut names = Names::fixed(&[]).dns.into_iter();
    let own = names.rfind(|name| name != "localhost");
    own.unwrap_or("localhost".to_owned())
}
