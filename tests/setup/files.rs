//! What is written for the other programs is judged by those programs.

use std::path::Path;
use std::process::Command;

use super::house::House;

#[test]
fn a_file_that_cannot_be_written_keeps_no_other_one_from_being() {
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    for name in ["gateway.env", "wpa_supplicant.conf"] {
        house.write(&format!("run/madang-board/{name}/in-the-way"), "");
    }
    let done = house.board(&["setup"], "");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success());
    for name in ["gateway.env: ", "wpa_supplicant.conf: "] {
        assert!(said.contains(name), "{said}");
    }
    assert!(house.run_file("nftables.conf").contains("policy drop"));
    assert!(house.hostapd("wpa_passphrase").is_some());
    assert_eq!(house.notices(), []);
    assert_eq!(house.run_file("leases"), "");
    assert!(house.path("boot/firmware/madang-report.txt").exists());
}

/// Every kind of setting at once, as odd as it may be.
const ODD: &str = "\
wifi-name = \"🦊 $(x) `y` \\ #\"
wifi-passphrase = \"p'\\\"$`; #=&\"
country = KR
channel = 13
title = \" It's \"the\" `$HOME` \\ 마당; # 🦊 \"
code = $(reboot) \"x\" 'y' \\
rooms = 마당, kitchen & co, \"quoted\"
time-zone = Asia/Seoul
host-name = Hall.local
ssh-key = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEzq1RstYYhBJcUgVMQy1LFfxQTJWbvlCzuKLcpR9Xr6 me
";

const MODES: [&str; 4] = ["", ODD, "wifi = open", "wifi = off"];

const JOINED: &str =
    "join-wifi-name = \"a\"b\\\"\njoin-wifi-passphrase = \"quo\"ted \\ pass\"\ncountry = KR";

/// The board has no table of protocols and services, by which nft would find names that it does not know.
const WITHOUT_NAMES: &str = "
    for table in /etc/protocols /etc/services; do
        [ ! -e $table ] || mount --bind /dev/null $table
    done
    exec nft --check --file \"$0\"";

/// What a command says, on both channels.
fn said(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

fn file(house: &House, name: &str) -> std::path::PathBuf {
    house.path("run/madang-board").join(name)
}

#[test]
fn the_gateway_takes_its_settings_and_they_are_what_was_wished() {
    for settings in MODES.iter().chain([&JOINED]) {
        let house = House::with(settings);
        let script = "set -a; . \"$0\"; exec \"$1\" check-config";
        let (right, text) = said(
            Command::new("sh")
                .args(["-c", script])
                .arg(file(&house, "gateway.env"))
                .arg(env!("CARGO_BIN_EXE_madang")),
        );
        assert!(right, "{text}");
    }
    let house = House::with(ODD);
    assert_eq!(house.notices(), []);
    assert_eq!(
        house.gateway("MADANG_TITLE"),
        " It's \"the\" `$HOME` \\ 마당; # 🦊 "
    );
    assert_eq!(
        house.gateway("MADANG_ACCESS_CODE"),
        "$(reboot) \"x\" 'y' \\"
    );
    assert_eq!(
        house.gateway("MADANG_ROOMS"),
        "마당,kitchen & co,\"quoted\""
    );
    assert_eq!(house.gateway("MADANG_PORTAL_ENABLED"), "true");
    assert!(
        house
            .gateway("MADANG_TLS_NAMES")
            .starts_with("10.42.0.1,madang.home.arpa,hall.local,hall-2.local")
    );
    for network in [JOINED, "wifi = off"] {
        let names = House::with(network).gateway("MADANG_TLS_NAMES");
        assert!(
            names.starts_with("10.42.0.1,madang.home.arpa,madang.local"),
            "the CA is made once: {names}"
        );
    }
    assert_eq!(house.read("etc/hostname"), "hall\n");
    let zone = std::fs::read_link(house.path("etc/localtime")).unwrap();
    assert_eq!(zone, Path::new("/usr/share/zoneinfo/Asia/Seoul"));
    assert_eq!(
        House::with(JOINED).gateway("MADANG_PORTAL_ENABLED"),
        "false"
    );
}

#[test]
fn hostapd_understands_every_line_and_lacks_only_the_radio() {
    for settings in &MODES[..3] {
        let house = House::with(settings);
        let (_, text) = said(
            Command::new("timeout")
                .args(["10", "hostapd"])
                .arg(file(&house, "hostapd.conf")),
        );
        assert!(
            !text.contains("Line ") && !text.contains("onfiguration file error"),
            "{text}"
        );
        assert!(
            text.contains("wlan0"),
            "it did not come as far as the radio: {text}"
        );
    }
    // The check itself: a line that is wrong is told.
    let house = House::with("");
    let wrong = house.run_file("hostapd.conf") + "nonsense=1\n";
    house.write("run/madang-board/hostapd.conf", wrong);
    let (_, text) = said(
        Command::new("timeout")
            .args(["10", "hostapd"])
            .arg(file(&house, "hostapd.conf")),
    );
    assert!(text.contains("Line "), "{text}");
}

#[test]
fn an_open_wi_fi_has_no_passphrase_and_no_wi_fi_no_hostapd() {
    let open = House::with("wifi = open");
    assert_eq!(open.hostapd("wpa"), None);
    assert_eq!(open.hostapd("wpa_passphrase"), None);
    for settings in ["wifi = off", JOINED] {
        let house = House::with(settings);
        for name in ["hostapd.conf", "dnsmasq.conf", "radio.json"] {
            assert!(!file(&house, name).exists(), "{name}");
        }
    }
}

#[test]
fn dnsmasq_and_nftables_take_theirs() {
    let house = House::with("");
    let (right, text) = said(Command::new("dnsmasq").arg("--test").arg(format!(
        "--conf-file={}",
        file(&house, "dnsmasq.conf").display()
    )));
    assert!(right, "{text}");
    for settings in MODES.iter().chain([&JOINED]) {
        let house = House::with(settings);
        let (right, text) = said(
            Command::new("unshare")
                .args([
                    "--map-root-user",
                    "--net",
                    "--mount",
                    "sh",
                    "-ec",
                    WITHOUT_NAMES,
                ])
                .arg(file(&house, "nftables.conf")),
        );
        assert!(right, "{text}");
        let ssh = house.run_file("nftables.conf").contains("443, 22");
        assert_eq!(ssh, settings.contains("ssh-key"));
    }
}

#[test]
fn wpa_supplicant_understands_a_wi_fi_to_join_whatever_its_name_is() {
    for settings in [JOINED, "join-wifi-name = 옆집"] {
        let house = House::with(settings);
        let (_, text) = said(
            Command::new("timeout")
                .args(["10", "wpa_supplicant", "-D", "wired", "-i", "none", "-c"])
                .arg(file(&house, "wpa_supplicant.conf")),
        );
        assert!(
            !text.contains("Line ") && !text.contains("Failed to read or parse"),
            "{text}"
        );
    }
}

#[test]
fn the_radio_tells_what_it_can_take_and_how_many_are_there() {
    let house = House::with("");
    assert_eq!(house.hostapd("max_num_sta").unwrap(), "7");
    assert!(house.board(&["phones", "3"], "").status.success());
    let radio: serde_json::Value = serde_json::from_str(&house.run_file("radio.json")).unwrap();
    assert_eq!(
        radio,
        serde_json::json!({ "chip": "BCM43455", "capacity": 7, "phones": 3 })
    );
    let unknown = House::of("linux,dummy-virt");
    unknown.set_up();
    assert_eq!(unknown.hostapd("max_num_sta"), None);
    let radio: serde_json::Value = serde_json::from_str(&unknown.run_file("radio.json")).unwrap();
    assert_eq!(
        radio,
        serde_json::json!({ "chip": null, "capacity": null, "phones": 0 })
    );
}
