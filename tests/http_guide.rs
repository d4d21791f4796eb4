//! The pages that guide a person to the chat, and what makes a phone trust it.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::io::Write as _;
use std::process::{Command, Stdio};

use bytes::Bytes;
use common::{Answer, Client, PORTAL as NAME, TestServer};
use hyper::Request;
use tokio::net::TcpStream;

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Mobile/15E148";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
const ANDROID: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 8; wv) AppleWebKit/537.36";

async fn board() -> TestServer {
    TestServer::with(|config| {
        config.title = "사랑 <방> & co".into();
        config.portal.enabled = true;
        config.tls.names.push(NAME.to_owned());
    })
    .await
}

async fn plain(server: &TestServer, path: &str, language: &str, agent: &str) -> Answer {
    let stream = TcpStream::connect(server.plain()).await.unwrap();
    let request = Request::get(path)
        .header("host", NAME)
        .header("accept-language", language)
        .header("user-agent", agent);
    Client::over(stream).await.send(request, Bytes::new()).await
}

#[tokio::test]
async fn the_sheet_speaks_the_phones_language_and_names_the_address_and_the_words() {
    let server = board().await;
    let page = format!("https://{NAME}:{}", server.addresses.main.port());
    let ca = server.folder.path().join("data");
    let ca = madang::tls::ca::Authority::open(&madang::folder::Folder::open(&ca).unwrap());
    let ca = ca.unwrap().unwrap();
    for (language, says) in [("ko-KR,ko;q=0.9", "이 와이파이"), ("en", "this Wi-Fi")] {
        let sheet = plain(&server, "/portal", language, IPHONE).await;
        let text = sheet.text();
        let code = &language[..2];
        assert!(text.contains(&format!("<html lang=\"{code}\">")), "{text}");
        for part in [
            says,
            &page,
            ca.words(),
            ca.fingerprint(),
            ca.name(),
            "<svg role=\"img\"",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        // What an owner writes stays text.
        assert!(text.contains("사랑 &#60;방&#62; &#38; co") && !text.contains("<방>"));
        assert!(!text.contains("<script"), "it works without a script");
    }
}

#[tokio::test]
async fn only_a_sheet_that_can_hand_on_to_a_browser_has_a_link_to_the_chat() {
    let server = board().await;
    let page = format!("https://{NAME}:{}/\"", server.addresses.main.port());
    let link = format!("href=\"{page}");
    for (agent, has) in [(IPHONE, false), (SAFARI, true), (ANDROID, true), ("", true)] {
        let sheet = plain(&server, "/portal", "en", agent).await;
        assert_eq!(sheet.text().contains(&link), has, "{agent}");
        assert!(
            sheet
                .text()
                .contains("<form method=\"post\" action=\"/portal\">")
        );
    }
}

#[tokio::test]
async fn both_languages_have_the_same_parts() {
    let server = board().await;
    for path in ["/portal", "/trust"] {
        for agent in [IPHONE, ANDROID, "Windows", ""] {
            let korean = plain(&server, path, "ko", agent).await;
            let english = plain(&server, path, "en", agent).await;
            assert_eq!(
                parts(korean.text()),
                parts(english.text()),
                "{path} {agent}"
            );
        }
    }
}

/// The tags without those of mere emphasis, which sentences place as they like.
fn parts(html: &str) -> Vec<&str> {
    let tags = html
        .split('<')
        .skip(1)
        .filter_map(|tag| tag.split_once('>'));
    let tags = tags.map(|(tag, _)| tag);
    tags.filter(|tag| !tag.ends_with("em") && !tag.ends_with("strong") && !tag.starts_with("html"))
        .collect()
}

#[tokio::test]
async fn trust_tells_on_the_plain_port_that_nothing_is_encrypted_and_shows_the_way_up() {
    let server = board().await;
    let up = format!(
        "href=\"https://{NAME}:{}/trust\"",
        server.addresses.main.port()
    );
    let plain = plain(&server, "/trust", "en", "").await;
    assert!(plain.text().contains("no rung yet") && plain.text().contains(&up));
    assert!(!plain.text().contains("<script"));

    let secure = server.get("/trust").await;
    assert!(secure.text().contains("rung 1 at least") && !secure.text().contains("no rung yet"));
    assert!(secure.text().contains("<script src=\"/trust.js\""));
    let script = server.get("/trust.js").await;
    assert_eq!(
        script.header("content-type"),
        "text/javascript; charset=utf-8"
    );
}

#[tokio::test]
async fn trust_looks_for_the_same_gateway_under_another_name_of_its_certificate() {
    let told = tempfile::tempdir().unwrap();
    let server = TestServer::with_portal(told.path(), |_| {}).await;
    let ask = |host: &str| {
        let host = format!("{host}:{}", server.addresses.main.port());
        server.send(Request::get("/trust").header("host", host))
    };
    // On the cable nobody finds the name: what does not come need not be distrusted.
    let page = ask("127.0.0.1").await;
    assert!(page.text().contains("rung 1 at least"));
    assert!(!page.text().contains("data-elsewhere"));
    let lease = "0 aa:bb:cc:00:00:01 127.0.0.1 phone *\n";
    std::fs::write(told.path().join("leases"), lease).unwrap();

    let port = server.addresses.main.port();
    for (host, other) in [("localhost", "127.0.0.1"), ("127.0.0.1", NAME)] {
        let page = ask(host).await;
        let origin = format!("https://{other}:{port}");
        let asks = format!("data-elsewhere=\"{origin}\"");
        assert!(page.text().contains(&asks), "{host}");
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains(&format!("img-src data: {origin};")),
            "{policy}"
        );

        let request = Request::get("/trust.svg").header("host", format!("{other}:{port}"));
        let image = server.send(request).await;
        assert_eq!(image.header("content-type"), "image/svg+xml");
        assert_eq!(image.header("cross-origin-resource-policy"), "cross-origin");
    }
}

#[tokio::test]
async fn what_a_guide_may_do_is_bound_on_both_ports() {
    let server = board().await;
    for guide in [
        plain(&server, "/portal", "en", "").await,
        plain(&server, "/trust", "en", "").await,
        server.get("/trust").await,
    ] {
        let policy = guide.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(guide.header("cache-control"), "no-store");
        assert_eq!(guide.header("x-content-type-options"), "nosniff");
        assert_eq!(guide.header("referrer-policy"), "same-origin");
    }
}

#[tokio::test]
async fn the_profile_is_a_property_list_that_holds_the_certificate() {
    let server = board().await;
    let profile = plain(&server, "/madang.mobileconfig", "en", IPHONE).await;
    assert_eq!(
        profile.header("content-type"),
        "application/x-apple-aspen-config"
    );
    let certificate = server.get("/ca.crt").await.body;
    assert_eq!(server.get("/madang.mobileconfig").await.body, profile.body);

    let read = "import plistlib, sys, uuid\n\
                p = plistlib.loads(sys.stdin.buffer.read())\n\
                assert p['PayloadType'] == 'Configuration' and p['PayloadVersion'] == 1\n\
                [c] = p['PayloadContent']\n\
                assert c['PayloadType'] == 'com.apple.security.root'\n\
                assert uuid.UUID(c['PayloadUUID']) != uuid.UUID(p['PayloadUUID'])\n\
                sys.stdout.buffer.write(c['PayloadContent'])";
    let mut python = Command::new("python3")
        .args(["-c", read])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    input.write_all(&profile.body).unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(output.stdout, certificate);
}

#[tokio::test]
async fn without_a_local_ca_there_is_nothing_to_install() {
    let server = TestServer::without_tls(|_| {}).await;
    assert_eq!(server.get("/madang.mobileconfig").await.status, 404);
    assert!(!server.get("/trust").await.text().contains("ca.crt"));
}
