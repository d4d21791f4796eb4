//! A gateway of a test's own: in this process, on ports that were free, with its own data folder.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::http::request;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use madang::config::{Config, TlsMode};
use madang::server::{Addresses, Gateway, Inherited};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The name of the page in the board's own DNS, as it is without a setting.
pub const PORTAL: &str = "madang.home.arpa";

/// A gateway that stops, and whose data folder goes, when it is dropped.
pub struct TestServer {
    gateway: Gateway,
    pub addresses: Addresses,
    tls: Option<TlsConnector>,
    pub folder: TempDir,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl TestServer {
    /// As configured by default, with TLS by a local CA that the test's client trusts.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With some settings changed.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(tempfile::tempdir().unwrap(), change).await
    }

    /// On what an earlier gateway left in its folder.
    pub async fn on(folder: TempDir, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config(&folder);
        change(&mut config);
        let mode = config.tls.mode;
        // Whether this machine knows the time is no matter to a gateway that plays a board.
        let gateway = Gateway::start_under(folder.path(), Inherited::default(), config).unwrap();
        let addresses = gateway.addresses();
        let mut server = Self {
            gateway,
            addresses,
            tls: None,
            folder,
        };
        if mode == TlsMode::Auto {
            server.tls = Some(server.trusting().await);
        }
        server
    }

    /// Plain HTTP, as behind a reverse proxy.
    pub async fn without_tls(change: impl FnOnce(&mut Config)) -> Self {
        Self::with(|config| {
            config.tls.mode = TlsMode::Off;
            change(config);
        })
        .await
    }

    /// The portal is on, on a board that tells about itself in `told`.
    pub async fn with_portal(told: &Path, change: impl FnOnce(&mut Config)) -> Self {
        Self::with(|config| {
            config.portal.enabled = true;
            config.tls.names.push(PORTAL.to_owned());
            config.board.folder = Some(told.to_owned());
            change(config);
        })
        .await
    }

    /// `localhost:PORT`, as a browser writes it into `Host`.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.addresses.main.port())
    }

    pub fn plain(&self) -> SocketAddr {
        self.addresses.plain.expect("this gateway has a plain port")
    }

    /// A request on the port of the page and the chat, over TLS if it is on.
    pub async fn send(&self, request: request::Builder) -> Answer {
        self.connect().await.send(request, Bytes::new()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(path)).await
    }

    /// `GET path` with the right `Host`; can be changed before it is sent.
    pub fn request(&self, path: &str) -> request::Builder {
        Request::get(path).header("host", self.host())
    }

    /// A connection for several requests.
    pub async fn connect(&self) -> Client {
        if self.tls.is_some() {
            return Client::over(self.handshake().await).await;
        }
        Client::over(TcpStream::connect(self.addresses.main).await.unwrap()).await
    }

    /// A TLS connection on which nothing has been said.
    pub async fn handshake(&self) -> TlsStream<TcpStream> {
        let stream = TcpStream::connect(self.addresses.main).await.unwrap();
        self.handshake_over(stream).await
    }

    /// The same on a connection to the port of the page.
    pub async fn handshake_over(&self, stream: TcpStream) -> TlsStream<TcpStream> {
        let tls = self.tls.as_ref().expect("this gateway speaks TLS");
        let name = ServerName::try_from("localhost").unwrap();
        tls.connect(name, stream).await.unwrap()
    }

    pub async fn shutdown(self) -> TempDir {
        self.gateway.shutdown().await;
        self.folder
    }

    /// Gets the CA as a phone does: from the plain port.
    async fn trusting(&self) -> TlsConnector {
        let port = TcpStream::connect(self.plain()).await.unwrap();
        let request = Request::get("/ca.pem").header("host", self.plain().to_string());
        let pem = Client::over(port)
            .await
            .send(request, Bytes::new())
            .await
            .body;
        let mut roots = rustls::RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(&pem).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}

/// One HTTP connection.
pub struct Client(SendRequest<Full<Bytes>>);

impl Client {
    pub async fn over<S>(stream: S) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(async move { connection.await.ok() });
        Self(sender)
    }

    /// Whether the other side has closed it.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Whether there is an answer at all, or the connection has been closed.
    pub async fn answers(&mut self, request: request::Builder) -> bool {
        self.0
            .send_request(request.body(Full::default()).unwrap())
            .await
            .is_ok()
    }

    pub async fn send(&mut self, request: request::Builder, body: impl Into<Bytes>) -> Answer {
        let request = request.body(Full::new(body.into())).unwrap();
        let (parts, body) = self.0.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The header's value, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Settings for tests: ports that are free, a folder of their own.
pub fn config(folder: &TempDir) -> Config {
    Config {
        data: folder.path().join("data"),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        listen_plain: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        ..Config::default()
    }
}

/// Sends bytes as they are and reads until the other side closes.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    read_to_end(&mut stream).await
}

/// What comes until the other side closes; fails if it does not close.
pub async fn read_to_end(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = Vec::new();
    // A reset is an end, too.
    let _ = soon(stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Awaits what has to happen, and fails if it does not.
pub async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("this did not happen")
}
