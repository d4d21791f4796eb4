//! The portal: what each system hears on the plain port, before and after its phone opened the page.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use common::{Answer, Client, PORTAL as NAME, TestServer};
use hyper::{Method, Request, StatusCode};
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};

/// The board: a gateway with the portal on, and the folder in which it is told of leases.
struct Board {
    server: TestServer,
    told: TempDir,
}

/// A phone, by its address; all of 127/8 is this machine.
struct Phone<'a> {
    board: &'a Board,
    address: IpAddr,
}

/// Later than any test runs.
const LATER: &str = "9999999999";

impl Board {
    async fn start() -> Self {
        let told = tempfile::tempdir().unwrap();
        let server = TestServer::with_portal(told.path(), |_| {}).await;
        Self { server, told }
    }

    /// The phone with the address 127.0.0.`last`.
    fn phone(&self, last: u8) -> Phone<'_> {
        let address = Ipv4Addr::new(127, 0, 0, last).into();
        let board = self;
        Phone { board, address }
    }

    /// dnsmasq's file, anew.
    fn leases(&self, lines: &[(&str, &str, &Phone<'_>)]) {
        let line = |(ends, mac, phone): &(&str, &str, &Phone<'_>)| {
            format!("{ends} {mac} {} phone 01:{mac}\n", phone.address)
        };
        let text: String = lines.iter().map(line).collect();
        fs::write(self.told.path().join("leases"), text).unwrap();
    }

    fn sheet(&self) -> String {
        format!("http://{NAME}:{}/portal", self.server.plain().port())
    }
}

impl Phone<'_> {
    async fn connect(&self, to: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(self.address, 0)).unwrap();
        socket.connect(to).await.unwrap()
    }

    async fn says(&self, method: Method, url: &str) -> Answer {
        let (host, path) = url.split_once('/').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("/{path}"))
            .header("host", host);
        let stream = self.connect(self.board.server.plain()).await;
        Client::over(stream).await.send(request, Bytes::new()).await
    }

    async fn probes(&self, url: &str) -> Answer {
        self.says(Method::GET, url).await
    }

    /// A request over TLS.
    async fn opens(&self, host: &str) -> Answer {
        let server = &self.board.server;
        let stream = self.connect(server.addresses.main).await;
        let stream = server.handshake_over(stream).await;
        let request = Request::get("/").header("host", host);
        Client::over(stream).await.send(request, Bytes::new()).await
    }

    async fn opens_the_page(&self) {
        let port = self.board.server.addresses.main.port();
        let answer = self.opens(&format!("{NAME}:{port}")).await;
        assert_ne!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    }

    async fn is_led_to_the_sheet(&self) -> bool {
        let answer = self.probes("captive.apple.com/hotspot-detect.html").await;
        let led = answer.status == StatusCode::FOUND;
        assert_eq!(led, answer.header("location") == self.board.sheet());
        assert_eq!(led, !answer.text().contains("<TITLE>Success</TITLE>"));
        led
    }
}

/// Each system's probes, and the status, type and content that it takes for the Internet.
const PROBES: &[(&str, u16, &str, &str)] = &[
    (
        "captive.apple.com/hotspot-detect.html",
        200,
        "text/html",
        APPLE,
    ),
    ("captive.apple.com/", 200, "text/html", APPLE),
    (
        "www.apple.com/library/test/success.html",
        200,
        "text/html",
        APPLE,
    ),
    ("www.thinkdifferent.us/a1/b2.html", 200, "text/html", APPLE),
    ("connectivitycheck.gstatic.com/generate_204", 204, "", ""),
    ("www.google.com/gen_204", 204, "", ""),
    ("play.googleapis.com/generate_204", 204, "", ""),
    ("connectivitycheck.android.com/generate_204", 204, "", ""),
    ("connectivity.samsung.com.cn/generate_204", 204, "", ""),
    ("clients3.google.com/generate_204?x=1", 204, "", ""),
    ("www.gstatic.com/generate_204", 204, "", ""),
    (
        "connectivitycheck.platform.hicloud.com/generate_204",
        204,
        "",
        "",
    ),
    ("connect.rom.miui.com/generate_204", 204, "", ""),
    (
        "edge-http.microsoft.com/captiveportal/generate_204",
        204,
        "",
        "",
    ),
    (
        "www.msftconnecttest.com/connecttest.txt",
        200,
        "text/plain",
        "Microsoft Connect Test",
    ),
    (
        "ipv6.msftconnecttest.com/connecttest.txt",
        200,
        "text/plain",
        "Microsoft Connect Test",
    ),
    (
        "www.msftncsi.com/ncsi.txt",
        200,
        "text/plain",
        "Microsoft NCSI",
    ),
    (
        "detectportal.firefox.com/success.txt?ipv4",
        200,
        "text/plain",
        "success\n",
    ),
    (
        "detectportal.firefox.com/canonical.html",
        200,
        "text/html",
        "<meta http-equiv=\"refresh\" content=\"0;url=https://support.mozilla.org/kb/captive-portal\"/>",
    ),
    (
        "nmcheck.gnome.org/check_network_status.txt",
        200,
        "text/plain",
        "NetworkManager is online\n",
    ),
    (
        "network-test.debian.org/nm",
        200,
        "text/plain",
        "NetworkManager is online\n",
    ),
    ("networkcheck.kde.org/", 200, "text/plain", "OK\n"),
    (
        "fedoraproject.org/static/hotspot.txt",
        200,
        "text/plain",
        "OK",
    ),
];

const APPLE: &str = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n";

#[tokio::test]
async fn every_probe_leads_to_the_sheet_until_the_page_was_opened_and_then_finds_the_internet() {
    let board = Board::start().await;
    let (phone, other) = (board.phone(2), board.phone(3));
    for (url, ..) in PROBES {
        let answer = phone.probes(url).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{url}");
        assert_eq!(answer.header("location"), board.sheet(), "{url}");
        assert_eq!(answer.header("cache-control"), "no-store", "{url}");
    }
    phone.opens_the_page().await;
    for (url, status, kind, body) in PROBES {
        let answer = phone.probes(url).await;
        assert_eq!(answer.status, *status, "{url}");
        assert_eq!(answer.header("content-type"), *kind, "{url}");
        assert_eq!(answer.text(), *body, "{url}");
        assert_eq!(answer.header("location"), "", "{url}");
        assert_eq!(answer.header("cache-control"), "no-store", "{url}");

        let head = phone.says(Method::HEAD, url).await;
        assert_eq!((head.status, head.text()), (answer.status, ""), "{url}");
    }
    assert!(other.is_led_to_the_sheet().await);
}

#[tokio::test]
async fn a_kindle_finds_its_number() {
    let board = Board::start().await;
    let phone = board.phone(2);
    let url = "spectrum.s3.amazonaws.com/kindle-wifi/wifistub.html";
    assert_eq!(phone.probes(url).await.status, StatusCode::FOUND);
    phone.opens_the_page().await;
    let page = phone.probes(url).await;
    assert!(page.text().contains("81ce4465-7167-4dcb-835b-dcc9e44c112a"));
}

#[tokio::test]
async fn a_site_that_is_not_here_leads_to_the_sheet_always() {
    let board = Board::start().await;
    let phone = board.phone(2);
    for _ in 0..2 {
        for url in [
            "example.com/",
            "www.msftconnecttest.com/redirect",
            "a.b/c?d=e",
        ] {
            let answer = phone.probes(url).await;
            assert_eq!(answer.status, StatusCode::FOUND, "{url}");
            assert_eq!(answer.header("location"), board.sheet(), "{url}");
        }
        let posted = phone.says(Method::POST, "example.com/").await;
        assert_eq!(posted.status, StatusCode::MISDIRECTED_REQUEST);
        phone.opens_the_page().await;
    }
}

#[tokio::test]
async fn the_sheet_is_where_the_name_leads_until_its_button_was_pressed() {
    let board = Board::start().await;
    let phone = board.phone(2);
    let main = board.server.addresses.main.port();
    let led = phone.probes(&format!("{NAME}/")).await;
    assert_eq!(led.header("location"), board.sheet());
    let sheet = phone.probes(&format!("{NAME}/portal")).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert_eq!(sheet.header("content-type"), "text/html; charset=utf-8");
    assert!(sheet.text().contains(&format!("https://{NAME}:{main}/")));
    assert!(
        sheet
            .text()
            .contains("<form method=\"post\" action=\"/portal\">")
    );
    assert!(phone.is_led_to_the_sheet().await, "looking is not enough");

    let pressed = phone.says(Method::POST, &format!("{NAME}/portal")).await;
    assert_eq!(pressed.status, StatusCode::SEE_OTHER);
    assert_eq!(pressed.header("location"), "/portal");
    assert!(!phone.is_led_to_the_sheet().await);
    let page = phone.probes(&format!("{NAME}/")).await;
    assert_eq!(page.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(page.header("location"), format!("https://{NAME}:{main}/"));
    let sheet = phone.probes(&format!("{NAME}/portal")).await;
    assert!(!sheet.text().contains("<form"), "the button is done with");
    assert!(sheet.text().contains(&format!("https://{NAME}:{main}/")));
}

#[tokio::test]
async fn nobody_on_the_cable_is_led_to_a_name_that_only_the_wifi_knows() {
    let board = Board::start().await;
    let (cable, phone) = (board.phone(2), board.phone(3));
    board.leases(&[(LATER, "aa:bb:cc:00:00:01", &phone)]);
    let main = board.server.addresses.main.port();
    for host in ["127.0.0.1", "localhost"] {
        let led = cable.probes(&format!("{host}/")).await;
        assert_eq!(led.status, StatusCode::PERMANENT_REDIRECT, "{host}");
        assert_eq!(led.header("location"), format!("https://{host}:{main}/"));
        let led = phone.probes(&format!("{host}/")).await;
        assert_eq!(led.header("location"), board.sheet(), "{host}");
    }
    let led = cable.probes(&format!("{NAME}/")).await;
    assert_eq!(led.header("location"), board.sheet(), "it knows the name");
}

#[tokio::test]
async fn the_button_works_where_the_sheet_does_not_say_where_it_was_pressed() {
    let board = Board::start().await;
    let phone = board.phone(2);
    let request = Request::post("/portal")
        .header("host", NAME)
        .header("origin", "null");
    let stream = phone.connect(board.server.plain()).await;
    let answer = Client::over(stream).await.send(request, Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(!phone.is_led_to_the_sheet().await);
}

#[tokio::test]
async fn a_foreign_name_over_tls_is_refused_and_opens_nothing() {
    let board = Board::start().await;
    let phone = board.phone(2);
    let answer = phone.opens("www.google.com").await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(phone.is_led_to_the_sheet().await);
}

#[tokio::test]
async fn a_phone_is_remembered_until_its_lease_ends_or_another_gets_the_address() {
    let board = Board::start().await;
    let (phone, other) = (board.phone(2), board.phone(3));
    let (mine, foreign) = ("aa:bb:cc:00:00:01", "aa:bb:cc:00:00:02");
    board.leases(&[(LATER, mine, &phone), (LATER, foreign, &other)]);
    phone.opens_the_page().await;
    other.opens_the_page().await;
    assert!(!phone.is_led_to_the_sheet().await);

    // Longer, and in another order: still the same.
    board.leases(&[("0", foreign, &other), ("9999999998", mine, &phone)]);
    assert!(!phone.is_led_to_the_sheet().await);

    board.leases(&[
        (LATER, "aa:bb:cc:00:00:03", &phone),
        (LATER, foreign, &other),
    ]);
    assert!(phone.is_led_to_the_sheet().await, "another phone");
    assert!(!other.is_led_to_the_sheet().await);

    board.leases(&[("1", foreign, &other)]);
    assert!(other.is_led_to_the_sheet().await, "its lease has ended");
    board.leases(&[(LATER, foreign, &other)]);
    assert!(other.is_led_to_the_sheet().await, "it comes anew");
}

#[tokio::test]
async fn a_phone_with_a_fixed_address_is_remembered_until_somebody_gets_its_address() {
    let board = Board::start().await;
    let phone = board.phone(2);
    board.leases(&[(LATER, "aa:bb:cc:00:00:02", &board.phone(3))]);
    phone.opens_the_page().await;
    assert!(!phone.is_led_to_the_sheet().await);
    board.leases(&[(LATER, "aa:bb:cc:00:00:01", &phone)]);
    assert!(phone.is_led_to_the_sheet().await);
}

#[tokio::test]
async fn without_the_portal_a_probe_is_nobodys() {
    let server = TestServer::start().await;
    let request = Request::get("/generate_204").header("host", "connectivitycheck.gstatic.com");
    let stream = TcpStream::connect(server.plain()).await.unwrap();
    let answer = Client::over(stream).await.send(request, Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
}
