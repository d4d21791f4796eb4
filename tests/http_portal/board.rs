//! A board with the portal on, and the phones that come to it.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use hyper::{Method, Request, StatusCode};
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};

use crate::common::{Answer, Client, PORTAL as NAME, TestServer};

/// The board: a gateway with the portal on, and the folder in which it is told of leases.
pub(crate) struct Board {
    pub(crate) server: TestServer,
    told: TempDir,
}

/// A phone, by its address; all of 127/8 is this machine.
pub(crate) struct Phone<'a> {
    board: &'a Board,
    address: IpAddr,
}

/// Later than any test runs.
pub(crate) const LATER: &str = "9999999999";

impl Board {
    pub(crate) async fn start() -> Self {
        let told = tempfile::tempdir().unwrap();
        let server = TestServer::with_portal(told.path(), |_| {}).await;
        Self { server, told }
    }

    /// The phone with the address 127.0.0.`last`.
    pub(crate) fn phone(&self, last: u8) -> Phone<'_> {
        let address = Ipv4Addr::new(127, 0, 0, last).into();
        let board = self;
        Phone { board, address }
    }

    /// dnsmasq's file, anew.
    pub(crate) fn leases(&self, lines: &[(&str, &str, &Phone<'_>)]) {
        let line = |(ends, mac, phone): &(&str, &str, &Phone<'_>)| {
            format!("{ends} {mac} {} phone 01:{mac}\n", phone.address)
        };
        let text: String = lines.iter().map(line).collect();
        fs::write(self.told.path().join("leases"), text).unwrap();
    }

    /// The sheet, by the name that the Wi-Fi's DNS knows.
    pub(crate) fn sheet(&self) -> String {
        format!("http://{NAME}:{}/portal", self.server.plain().port())
    }

    /// The sheet, by the board's address: for whoever has no lease, and thus perhaps another DNS.
    pub(crate) fn sheet_by_address(&self) -> String {
        format!("http://{}/portal", self.server.plain())
    }
}

impl Phone<'_> {
    pub(crate) async fn connect(&self, to: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(self.address, 0)).unwrap();
        socket.connect(to).await.unwrap()
    }

    pub(crate) async fn says(&self, method: Method, url: &str) -> Answer {
        let (host, path) = url.split_once('/').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("/{path}"))
            .header("host", host);
        let stream = self.connect(self.board.server.plain()).await;
        Client::over(stream).await.send(request, Bytes::new()).await
    }

    pub(crate) async fn probes(&self, url: &str) -> Answer {
        self.says(Method::GET, url).await
    }

    /// A request over TLS.
    pub(crate) async fn opens(&self, host: &str) -> Answer {
        let server = &self.board.server;
        let stream = self.connect(server.addresses.main).await;
        let stream = server.handshake_over(stream).await;
        let request = Request::get("/").header("host", host);
        Client::over(stream).await.send(request, Bytes::new()).await
    }

    pub(crate) async fn opens_the_page(&self) {
        let port = self.board.server.addresses.main.port();
        let answer = self.opens(&format!("{NAME}:{port}")).await;
        assert_ne!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    }

    pub(crate) async fn is_led_to_the_sheet(&self) -> bool {
        let answer = self.probes("captive.apple.com/hotspot-detect.html").await;
        let led = answer.status == StatusCode::FOUND;
        let sheets = [self.board.sheet(), self.board.sheet_by_address()];
        assert_eq!(led, sheets.contains(&answer.header("location").to_owned()));
        assert_eq!(led, !answer.text().contains("<TITLE>Success</TITLE>"));
        led
    }
}
