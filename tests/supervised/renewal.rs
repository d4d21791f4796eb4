//! Settings and certificates that change under people who talk.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::client::{Client, page, shown};
use crate::gateway::Gateway;

/// Makes a certificate `NAME.pem` with its key `NAME.key`; the certificate as it is shown.
fn certificate(folder: &Path, name: &str) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = |end: &str| folder.join(format!("{name}.{end}"));
    fs::write(file("pem"), made.cert.pem()).unwrap();
    fs::write(file("key"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().to_vec()
}

fn tls(certificate: &str, key: &str) -> String {
    format!("[tls]\nmode = \"files\"\ncertificate = \"{certificate}.pem\"\nkey = \"{key}.key\"")
}

#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_is_shown_to_who_comes_and_who_is_there_stays() {
    let mut first = Vec::new();
    let gateway = Gateway::start(&tls("a", "a"), |folder| {
        first = certificate(folder.path(), "a");
    });
    gateway.tells("READY=1");
    let mut there = Client::enter(gateway.address, json!({ "name": "one" })).await;
    assert_eq!(shown(gateway.address).await, first);

    let second = certificate(gateway.folder.path(), "b");
    gateway.renew(&tls("b", "b"));
    assert_eq!(shown(gateway.address).await, second);
    assert!(there.is_in().await);

    // A key that belongs to another certificate, a file that is none, and one that is not there.
    fs::write(gateway.path("none.pem"), "none").unwrap();
    for (certificate, key) in [("b", "a"), ("none", "b"), ("absent", "b")] {
        gateway.renew(&tls(certificate, key));
        assert_eq!(shown(gateway.address).await, second);
    }
    assert!(there.is_in().await);
    let log = gateway.log();
    assert_eq!(
        log.matches("the certificate stays as it is").count(),
        3,
        "{log}"
    );
    assert!(log.contains("the key does not belong"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_code_and_title_are_for_who_comes_and_the_rest_waits_for_a_restart() {
    let gateway = Gateway::start("", |_| ());
    gateway.tells("READY=1");
    let mut there = Client::enter(gateway.address, json!({ "name": "one" })).await;
    assert_eq!(there.greeting["title"], "madang");

    gateway.renew("title = \"harbour\"\nack = \"relayed\"\n[access]\ncode = \"sesame\"");
    let refused = Client::enter(gateway.address, json!({ "name": "two" })).await;
    assert_eq!(refused.greeting["data"]["code"], "unauthorized");
    let auth = json!({ "name": "two", "code": "sesame" });
    let late = Client::enter(gateway.address, auth).await;
    assert_eq!(late.greeting["title"], "harbour");
    let guide = page(gateway.address, "/trust").await;
    assert!(guide.contains("<title>harbour</title>"), "{guide}");
    assert!(there.is_in().await, "who is in stays in");
    let log = gateway.log();
    assert!(log.contains("have changed: title, access.code"), "{log}");
    assert!(log.contains("wait for a restart: ack"), "{log}");
    assert!(!log.contains("sesame"), "no secret is logged");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_with_mistakes_change_nothing_and_all_mistakes_are_told() {
    let gateway = Gateway::start("title = \"harbour\"", |_| ());
    gateway.tells("READY=1");
    gateway.renew("title = \"market\"\ntitel = \"typo\"\n[limits]\ntext_chars = \"many\"");
    let late = Client::enter(gateway.address, json!({ "name": "one" })).await;
    assert_eq!(late.greeting["title"], "harbour");
    let log = gateway.log();
    for part in [
        "\"titel\" is not a setting",
        "limits.text_chars",
        "stay as they are",
    ] {
        assert!(log.contains(part), "{part:?} is not in: {log}");
    }

    gateway.renew("title = \"market\"\n[log]\nfilter = \"error\"");
    let late = Client::enter(gateway.address, json!({ "name": "two" })).await;
    assert_eq!(late.greeting["title"], "market");
    let told = gateway.log();
    gateway.renew("title = \"harbour\"\n[log]\nfilter = \"error\"");
    assert_eq!(gateway.log(), told, "errors only are logged by now");
}
