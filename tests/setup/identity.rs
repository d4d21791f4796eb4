//! What the first boot makes lasts; nothing of it is in what everybody may read.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::house::House;

#[test]
fn name_and_passphrase_of_the_first_boot_stay() {
    let house = House::with("");
    let first = (
        house.hostapd("ssid2"),
        house.hostapd("wpa_passphrase"),
        house.hostapd("channel"),
    );
    fs::remove_dir_all(house.path("run/madang-board")).unwrap();
    house.set_up();
    let second = (
        house.hostapd("ssid2"),
        house.hostapd("wpa_passphrase"),
        house.hostapd("channel"),
    );
    assert_eq!(first, second);
    assert_ne!(first.1, House::with("").hostapd("wpa_passphrase"));
}

#[test]
fn secrets_are_for_root_only_and_the_rest_for_everybody() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEzq1RstYYhBJcUgVMQy1LFfxQTJWbvlCzuKLcpR9Xr6 me";
    let house = House::with(format!(
        "code = sesame\nssh-key = {key}\njoin-wifi-name = Home"
    ));
    let mode = |path: &str| fs::metadata(house.path(path)).unwrap().permissions().mode() & 0o777;
    for secret in ["gateway.env", "wpa_supplicant.conf", "authorized_keys"] {
        assert_eq!(
            mode(&format!("run/madang-board/{secret}")),
            0o600,
            "{secret}"
        );
    }
    assert_eq!(mode("data/board/passphrase"), 0o600);
    assert_eq!(mode("data/board/ssh/ssh_host_ed25519_key"), 0o600);
    for open in ["", "nftables.conf", "notices.json", "leases"] {
        assert!(
            mode(&format!("run/madang-board/{open}")) & 0o044 == 0o044,
            "{open}"
        );
    }
    assert_eq!(mode("run/systemd/network/10-madang-wifi.network"), 0o644);
}

#[test]
fn on_a_card_that_takes_nothing_the_report_tells_the_passphrase_that_the_wi_fi_has() {
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    house.write("data/board", "not a folder");
    house.write("boot/firmware/madang.txt", "code = x");
    house.set_up();
    let secrets = [
        house.hostapd("wpa_passphrase").unwrap(),
        house.gateway("MADANG_ACCESS_CODE"),
    ];
    assert!(house.board(&["report"], "").status.success());
    let report = house.read("boot/firmware/madang-report.txt");
    for secret in &secrets {
        assert!(report.contains(secret), "{secret} is not in:\n{report}");
    }
    assert!(report.contains("cannot be written to the card"));
    for file in ["passphrase", "code"] {
        let file = house.path(&format!("run/madang-board/{file}"));
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn host_keys_are_made_only_for_an_owner_who_may_log_in_and_only_once() {
    assert!(!House::with("").path("data/board/ssh").exists());
    let key = "ssh-key = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEzq1RstYYhBJcUgVMQy1LFfxQTJWbvlCzuKLcpR9Xr6 me";
    let house = House::with(key);
    let made = house.read("data/board/ssh/ssh_host_ed25519_key");
    assert!(made.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----"));
    // A plug that was pulled in the middle left a part of one aside.
    house.write("data/board/ssh.new/ssh_host_ed25519_key", "half a ke");
    house.set_up();
    assert_eq!(house.read("data/board/ssh/ssh_host_ed25519_key"), made);
    fs::remove_dir_all(house.path("data/board/ssh")).unwrap();
    house.set_up();
    assert!(
        house
            .read("data/board/ssh/ssh_host_ed25519_key")
            .starts_with("-----BEGIN")
    );
}

#[test]
fn a_setting_that_is_taken_away_again_leaves_nothing_behind() {
    let house = House::with(
        "ssh-key = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEzq1RstYYhBJcUgVMQy1LFfxQTJWbvlCzuKLcpR9Xr6 me\njoin-wifi-name = Home",
    );
    house.write("boot/firmware/madang.txt", "");
    house.set_up();
    for file in ["authorized_keys", "wpa_supplicant.conf"] {
        assert!(
            !house.path(&format!("run/madang-board/{file}")).exists(),
            "{file}"
        );
    }
    assert!(house.path("run/madang-board/hostapd.conf").exists());
}
