//! Every mistake has its answer, in both languages, with its line; and the box comes up.

use super::house::House;

/// The one problem of these settings: its English and its Korean.
#[track_caller]
pub(crate) fn only_problem(house: &House) -> (String, String) {
    let notices = house.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    let (english, korean) = notices[0].clone();
    assert!(
        korean.chars().any(|c| ('가'..='힣').contains(&c)),
        "{korean}"
    );
    (english, korean)
}

#[track_caller]
pub(crate) fn says(settings: &str, parts: &[&str]) -> House {
    let house = House::with(settings);
    let (english, _) = only_problem(&house);
    for part in parts {
        assert!(english.contains(part), "{part:?} is not in: {english}");
    }
    house
}

/// The Wi-Fi is up with what the box chose itself.
#[track_caller]
pub(crate) fn has_defaults(house: &House) {
    assert!(house.hostapd("wpa_passphrase").unwrap().len() == 19);
    assert!(["1", "6", "11"].contains(&house.hostapd("channel").unwrap().as_str()));
    assert!(
        house
            .run_file("hostapd.conf")
            .contains(&format!("ssid2={}", hex("madang-")))
    );
}

fn hex(text: &str) -> String {
    let digits = text.bytes().map(|byte| format!("{byte:02x}"));
    digits.collect::<Vec<_>>().concat()
}

#[test]
fn no_file_and_an_empty_one_are_no_mistake() {
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    house.set_up();
    assert_eq!(house.notices(), []);
    has_defaults(&house);
    assert_eq!(House::with("").notices(), []);
}

#[test]
fn windows_line_ends_and_every_unicode_of_notepad_are_understood() {
    let text = "wifi-name = 마당\r\nchannel = 11\r\n";
    let wide: Vec<u8> = std::iter::once('\u{FEFF}')
        .chain(text.chars())
        .flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec())
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [text.as_bytes(), format!("\u{FEFF}{text}").as_bytes(), &wide] {
        let house = House::with(bytes);
        assert_eq!(house.notices(), []);
        assert_eq!(house.hostapd("ssid2").unwrap(), hex("마당"));
        assert_eq!(house.hostapd("channel").unwrap(), "11");
    }
}

#[test]
fn letters_in_another_encoding_are_told_how_to_be_saved() {
    let house = House::with(b"# \xC1\xA6\xB8\xF1\ntitle = \xB8\xB6\xB4\xE7\n".as_slice());
    assert!(
        only_problem(&house)
            .0
            .contains("line 2: title holds letters that cannot be read (save the file as UTF-8)")
    );
    assert_eq!(house.gateway("MADANG_TITLE"), "madang");
}

#[test]
fn a_bad_country_gets_what_is_permitted_everywhere() {
    for bad in ["Korea", "XX", "K", "00", "ÄÖ"] {
        let house = says(
            &format!("country = {bad}\n"),
            &["line 1", "is not a country", "channels 1 to 11"],
        );
        assert_eq!(house.hostapd("country_code"), None);
        has_defaults(&house);
    }
    says("country = UK", &["did you mean GB?"]);
    assert_eq!(
        House::with("country = kr").hostapd("country_code").unwrap(),
        "KR"
    );
}

#[test]
fn a_channel_that_the_country_has_not_becomes_the_nearest_one() {
    let house = says(
        "country = US\nchannel = 13",
        &[
            "line 2",
            "channel 13 is not permitted in US",
            "channel 11 is used",
        ],
    );
    assert_eq!(house.hostapd("channel").unwrap(), "11");
    assert_eq!(House::with("country = KR\nchannel = 13").notices(), []);
    let house = says(
        "channel = 12",
        &[
            "not permitted everywhere, and no country is set",
            "channel 11",
        ],
    );
    assert_eq!(house.hostapd("channel").unwrap(), "11");
    let house = says("country = DE\nchannel = 100", &["radar"]);
    assert_eq!(house.hostapd("channel").unwrap(), "48");
    assert_eq!(house.hostapd("hw_mode").unwrap(), "a");
    for bad in ["six", "0", "-1", "7.5", "35", "9999999999"] {
        has_defaults(&says(
            &format!("channel = {bad}"),
            &["is not the number of a Wi-Fi channel"],
        ));
    }
}

#[test]
fn a_band_that_the_radio_has_not_is_told() {
    let house = House::of("Raspberry Pi Zero 2 W Rev 1.0");
    house.write("boot/firmware/madang.txt", "country = KR\nchannel = 36");
    house.set_up();
    assert!(
        only_problem(&house)
            .0
            .contains("5 GHz, which this board's radio has not")
    );
    has_defaults(&house);
}

#[test]
fn a_passphrase_that_will_not_do_is_replaced_and_never_repeated() {
    for (bad, why) in [
        ("1234567", "fewer than 8 characters"),
        (&"x".repeat(64), "more than 63 characters"),
        ("우리마을의암호입니다", "English keyboard"),
        ("", "is empty"),
    ] {
        let house = says(
            &format!("wifi-passphrase = {bad}"),
            &["wifi-passphrase", why, "has made one"],
        );
        has_defaults(&house);
        let report = house.read("boot/firmware/madang-report.txt");
        assert!(
            bad.is_empty()
                || !report.contains(bad) && !format!("{:?}", house.notices()).contains(bad)
        );
    }
    let right = "a 'quoted\" pass=phrase # \\";
    assert_eq!(
        House::with(format!("wifi-passphrase = {right}"))
            .hostapd("wpa_passphrase")
            .unwrap(),
        right
    );
}

#[test]
fn an_emoji_name_works_if_it_fits() {
    let house = House::with("wifi-name = 🦊 마당");
    assert_eq!(house.notices(), []);
    assert_eq!(house.hostapd("ssid2").unwrap(), hex("🦊 마당"));
    let house = says(
        &format!("wifi-name = {}", "🦊".repeat(9)),
        &["36 bytes, more than the 32"],
    );
    has_defaults(&house);
}

#[test]
fn unknown_keys_are_told_the_nearest_right_one() {
    says(
        "wifi-pasphrase = secret secret",
        &[
            "line 1",
            "\"wifi-pasphrase\" is not a setting",
            "did you mean \"wifi-passphrase\"?",
        ],
    );
    says("ssid = x", &["\"ssid\" is not a setting and is ignored."]);
    says("just words", &["line 1", "not \"key = value\""]);
}

#[test]
fn of_a_key_that_is_there_twice_the_later_line_counts() {
    let house = says(
        "title = one\ntitle = two",
        &["line 2", "title was set in line 1 already"],
    );
    assert_eq!(house.gateway("MADANG_TITLE"), "two");
}

#[test]
fn a_later_line_that_will_not_do_does_not_leave_an_earlier_one_standing() {
    let house = House::with("title = one\ntitle =\nrooms = a\nrooms = ,\nwifi = open\nwifi = x");
    let notices = house.notices();
    assert_eq!(notices.len(), 6, "{notices:?}");
    assert_eq!(house.gateway("MADANG_TITLE"), "madang");
    assert_eq!(house.gateway("MADANG_ROOMS"), "(unset)");
    has_defaults(&house);
}

#[test]
fn a_key_beyond_the_last_that_is_taken_is_told() {
    let key = "ssh-key = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEzq1RstYYhBJcUgVMQy1LFfxQTJWbvlCzuKLcpR9Xr6 me\n";
    assert_eq!(House::with(key.repeat(16)).notices(), []);
    let house = says(
        &key.repeat(17),
        &["line 17: ssh-key makes more than 16 keys; this key lets nobody in"],
    );
    let keys = house.run_file("authorized_keys");
    assert_eq!(keys.lines().count(), 16);
}

#[test]
fn a_key_out_of_a_text_processor_is_one_that_sshd_understands() {
    let key = "AAAAC3NzaC1lZDI1NTE5AAAAIEzq1RstYYhBJcUgVMQy1LFfxQTJWbvlCzuKLcpR9Xr6";
    let house = House::with(format!("ssh-key = ssh-ed25519\u{a0}{key}\u{3000}me\n"));
    assert_eq!(house.notices(), []);
    let keys = house.run_file("authorized_keys");
    assert_eq!(keys, format!("ssh-ed25519 {key} me\n"));
}

#[test]
fn what_unicode_calls_no_character_is_told_for_the_gateway_would_not_start_with_it() {
    for c in ['\u{FFFE}', '\u{FDD0}', '\u{1FFFF}'] {
        says(
            &format!("title = a{c}b"),
            &["title holds letters that cannot be read"],
        );
    }
}

#[test]
fn every_other_setting_that_will_not_do_is_told_with_what_happens_instead() {
    says(
        "wifi = maybe",
        &[
            "\"maybe\" is not one of own, open, off",
            "with a passphrase is opened",
        ],
    );
    says(
        &format!("title = {}", "x".repeat(65)),
        &["more than 64", "the title is \"madang\""],
    );
    says(&format!("rooms = {}", "x".repeat(65)), &["more than 64"]);
    says("rooms = ,", &["is empty"]);
    let many = (0..33).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    says(&format!("rooms = {many}"), &["more than 32 rooms"]);
    says(
        "time-zone = Asia/Seul",
        &["did you mean Asia/Seoul?", "UTC is used"],
    );
    says("time-zone = ../../etc/passwd", &["is not a time zone"]);
    says(
        "ssh-key = ssh-ed25519 AAAA",
        &["not the public half of an SSH key"],
    );
    // The end of it is missing.
    says(
        "ssh-key = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEzq1RstYYhBJcUgVMQy1LFfxQTJWbvlCzuKLcpR",
        &["not the public half"],
    );
    says(
        "ssh-key = command=\"x\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEzq1RstYYhBJcUgVMQy1LFfxQTJWbvlCzuKLcpR9Xr6",
        &["not the public half"],
    );
    says("host-name = my box", &["letters, digits and hyphens"]);
    says(
        "join-wifi-passphrase = long enough",
        &["counts for nothing: look at join-wifi-name"],
    );
    says(
        "wifi = open\nwifi-passphrase = long enough",
        &["wifi-passphrase counts for nothing: look at wifi."],
    );
    let house = says(
        "join-wifi-name = Home\njoin-wifi-passphrase = short",
        &["the box opens its own Wi-Fi"],
    );
    has_defaults(&house);
}

#[test]
fn a_huge_file_a_folder_and_noise_leave_a_box_with_defaults() {
    has_defaults(&says(&"title = x\n".repeat(7_000), &["larger than 64 KB"]));
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    std::fs::create_dir(house.path("boot/firmware/madang.txt")).unwrap();
    house.set_up();
    assert!(only_problem(&house).0.contains("madang.txt cannot be read"));
    has_defaults(&house);
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(60_000)
    .collect();
    let house = House::with(noise);
    assert_eq!(house.notices().len(), 16, "more than that nobody reads");
    assert!(house.read("boot/firmware/madang-report.txt").len() < 64 << 10);
    has_defaults(&house);
}

#[test]
fn what_the_initramfs_had_to_do_is_told_and_a_card_that_takes_nothing_is() {
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    house.write(
        "run/madang-board/initramfs-report",
        "data-set-aside The data partition\ncard-small Chats have 3 MB.\nsomething-else x\n\
         update-unproven The last update\n",
    );
    house.set_up();
    let notices = house.notices();
    assert!(
        notices[0].0.contains("set aside as partition 4") && notices[1].0.contains("too small")
    );
    assert!(notices[2].0.contains("did not come up"));
    assert_eq!(notices.len(), 3);
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    house.write("data/board", "not a folder");
    house.set_up();
    assert!(
        only_problem(&house)
            .0
            .contains("cannot be written to the card")
    );
    has_defaults(&house);
}
