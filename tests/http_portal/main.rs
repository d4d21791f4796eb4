//! The portal: what each system hears on the plain port, before and after its phone opened the page.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "../common/mod.rs"]
mod common;

mod board;
mod probes;

use bytes::Bytes;
use hyper::{Method, Request, StatusCode};
use tokio::net::TcpStream;

use board::{Board, LATER};
use common::{Client, PORTAL as NAME, TestServer};
use probes::PROBES;

#[tokio::test]
async fn every_probe_leads_to_the_sheet_until_the_page_was_opened_and_then_finds_the_internet() {
    let board = Board::start().await;
    let (phone, other) = (board.phone(2), board.phone(3));
    board.leases(&[(LATER, "aa:bb:cc:00:00:01", &phone)]);
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
    board.leases(&[(LATER, "aa:bb:cc:00:00:01", &phone)]);
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

    // A name of the router's, which the certificate does not hold.
    let led = cable.probes("madang.lan/").await;
    assert_eq!(led.header("location"), board.sheet_by_address());
    let sheet = cable.probes("127.0.0.1/portal").await;
    let page = format!("https://127.0.0.1:{main}/");
    assert!(sheet.text().contains(&page));
    assert!(!sheet.text().contains(&format!("https://{NAME}")));
    let sheet = phone.probes("127.0.0.1/portal").await;
    assert!(sheet.text().contains(&format!("https://{NAME}:{main}/")));
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
