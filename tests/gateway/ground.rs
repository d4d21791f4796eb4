//! The gateways that the tests stand on, and what `/healthz` says of them.

use std::time::Duration;

use madang::config::Config;
use serde_json::Value;

use crate::client::PATIENCE;
use crate::common::TestServer;

/// A gateway in this process, without TLS, that writes at once and has no rates.
pub(crate) async fn gateway() -> TestServer {
    gateway_with(|_| {}).await
}

/// The same with some settings changed.
pub(crate) async fn gateway_with(change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::without_tls(|config| {
        unhurried(config);
        change(config);
    })
    .await
}

/// A gateway whose room 부엌 asks for the key 열쇠.
pub(crate) async fn gateway_with_a_lock() -> TestServer {
    gateway_with(|config| {
        let key = ("부엌".to_owned(), "열쇠".to_owned());
        config.access.keys.extend([key]);
    })
    .await
}

/// Rates are out of the way unless a test sets them.
pub(crate) fn unhurried(config: &mut Config) {
    config.limits.messages_per_second = 1_000_000;
    config.limits.message_burst = 1_000_000;
    config.history.group_ms = 1;
}

pub(crate) async fn health(server: &TestServer) -> Value {
    server.get("/healthz").await.json()
}

/// Waits until `/healthz` says what is expected.
pub(crate) async fn healthy(server: &TestServer, what: &str, is_it: impl Fn(&Value) -> bool) {
    let wait = async {
        while !is_it(&health(server).await) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    assert!(waited.is_ok(), "{what}: {}", health(server).await);
}
