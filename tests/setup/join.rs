//! A Wi-Fi of others is joined only if it is surely the one that was meant.

use super::house::House;

fn joins(house: &House) -> bool {
    let joins = house.path("run/madang-board/wpa_supplicant.conf").exists();
    assert_ne!(joins, house.path("run/madang-board/hostapd.conf").exists());
    joins
}

#[test]
fn a_slip_in_its_passphrase_makes_no_open_wi_fi_of_it() {
    for slip in [
        "join-wifi-pasphrase = secret words",
        "join-wifi-passphrase: secret words",
        "join-wifi-passphrase: secret=words",
        "join-wifi-passphrase secret words",
        "join-wifi-passphrase = short",
        "wifi-passphrase = secret words",
        "password = secret words",
        "passcode: secret words",
        "join-wifi-key = secret words",
        "password secret words",
        "비밀번호 secret words",
    ] {
        let house = House::with(format!("join-wifi-name = Home\n{slip}"));
        assert!(!joins(&house), "{slip}");
        let told = format!("{:?}", house.notices());
        assert!(told.contains("join-wifi-passphrase"), "{slip}: {told}");
        assert!(
            !told.contains("secret") && !told.contains("words"),
            "{slip}"
        );
    }
}

#[test]
fn one_without_a_passphrase_is_an_open_one() {
    let house = House::with("# as a guest\njoin-wifi-name = Cafe\ntitle =\n");
    assert!(joins(&house));
    assert!(
        house
            .run_file("wpa_supplicant.conf")
            .contains("key_mgmt=NONE")
    );
}
