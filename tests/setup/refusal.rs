//! A radio that does not do what the country permits.

use super::bad_input::only_problem;
use super::house::House;

fn ended(house: &House, seconds: &str) {
    let done = house.board(&["wifi-ended", seconds], "");
    assert!(done.status.success());
}

fn refuse(house: &House) {
    ended(house, "2");
}

#[test]
fn a_wi_fi_that_the_radio_does_not_open_is_tried_as_every_radio_can() {
    let house = House::with("country = KR\nchannel = 149\nwifi-passphrase = three warm stones");
    refuse(&house);
    refuse(&house);
    assert_eq!(house.hostapd("channel").unwrap(), "149", "it may be slow");
    assert_eq!(house.notices(), []);
    refuse(&house);
    let channel = house.hostapd("channel").unwrap();
    assert!(["1", "6", "11"].contains(&channel.as_str()));
    assert_eq!(house.hostapd("country_code"), None);
    assert_eq!(house.hostapd("hw_mode").unwrap(), "g");
    assert_eq!(
        house.hostapd("wpa_passphrase").unwrap(),
        "three warm stones"
    );
    let told = format!("channel 149 (KR): channel {channel} is used");
    assert!(only_problem(&house).0.contains(&told));

    assert!(house.board(&["report"], "").status.success());
    let report = house.read("boot/firmware/madang-report.txt");
    assert!(report.contains(&format!("Channel / 채널: {channel} (-)")) && report.contains(&told));
    // A box that is set up once more in the same boot has not forgotten it.
    house.set_up();
    assert_eq!(house.hostapd("channel").unwrap(), channel);
}

#[test]
fn a_radio_that_opens_nothing_at_all_is_told() {
    let house = House::with("");
    let before = house.run_file("hostapd.conf");
    (0..3).for_each(|_| refuse(&house));
    assert!(only_problem(&house).0.contains("opens no Wi-Fi"));
    assert_eq!(house.run_file("hostapd.conf"), before);

    let house = House::with("country = KR");
    (0..5).for_each(|_| refuse(&house));
    assert!(only_problem(&house).0.contains("is used"), "it may yet");
    refuse(&house);
    assert!(only_problem(&house).0.contains("opens no Wi-Fi"));
}

#[test]
fn a_wi_fi_that_was_open_has_not_been_refused() {
    let house = House::with("country = KR\nchannel = 13");
    for _ in 0..3 {
        refuse(&house);
        refuse(&house);
        ended(&house, "3600");
    }
    assert_eq!(house.notices(), []);
    assert_eq!(house.hostapd("channel").unwrap(), "13");
    // What it has given way in stays so, though that was open.
    (0..3).for_each(|_| refuse(&house));
    ended(&house, "3600");
    house.set_up();
    assert!(only_problem(&house).0.contains("is used"));
}

#[test]
fn without_a_wi_fi_of_its_own_there_is_nothing_to_refuse() {
    let house = House::with("wifi = off");
    (0..3).for_each(|_| refuse(&house));
    assert_eq!(house.notices(), []);
    assert!(!house.path("run/madang-board/hostapd.conf").exists());
}
