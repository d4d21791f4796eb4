//! What `/healthz` says of the card under the data folder, on whatever this test runs.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::ground::{gateway, health};

#[tokio::test]
async fn what_is_written_to_the_card_is_measured_told_and_kept_at_the_end() {
    let server = gateway().await;
    let device = server.folder.path().metadata().unwrap().dev();
    let number = format!("{}:{}", libc::major(device), libc::minor(device));
    let disk = PathBuf::from("/sys/dev/block").join(number);
    let card = health(&server).await["card"].clone();
    let folder = server.shutdown().await;
    let kept = folder.path().join("data/card");
    if !disk.exists() {
        assert_eq!(card, Value::Null, "in memory, or on several disks");
        assert!(!kept.exists());
        return;
    }
    assert!(
        disk.canonicalize()
            .unwrap()
            .iter()
            .any(|part| part == card["device"].as_str().unwrap())
    );
    assert!(card["capacity"].as_u64().unwrap() > 0, "{card}");
    assert!(card["own_bytes"].is_u64(), "{card}");
    assert_eq!(
        card["bytes_per_day"],
        Value::Null,
        "not after the first minutes"
    );
    let line = std::fs::read_to_string(kept).unwrap();
    assert_eq!(line.split_whitespace().count(), 4, "{line}");
}
