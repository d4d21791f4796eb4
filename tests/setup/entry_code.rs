//! No slip leaves the door open: where a code may have been meant, the page asks for one.

use madang::board::outlook::Outlook;
use madang::board::place::Place;
use madang::board::screen;

use super::bad_input::{has_defaults, only_problem, says};
use super::house::House;

#[test]
fn a_code_that_will_not_do_leaves_the_door_shut_by_one_of_the_boxs_own() {
    for (bad, why) in [("abc", "fewer than 4"), ("", "is empty")] {
        let house = says(
            &format!("wifi = open\ncode = {bad}"),
            &["line 2", why, "the box has made one"],
        );
        let code = house.gateway("MADANG_ACCESS_CODE");
        assert_eq!(code.len(), 19);
        let report = house.read("boot/firmware/madang-report.txt");
        assert!(report.contains(&format!("Entry code / 입장 코드: {code}\r\n")));
        assert!(!format!("{:?}", house.notices()).contains(&code));
        house.set_up();
        assert_eq!(house.gateway("MADANG_ACCESS_CODE"), code);
        assert_eq!(house.read("data/board/code").trim(), code);
    }
    assert_eq!(House::with("").gateway("MADANG_ACCESS_CODE"), "(unset)");
}

/// The page asks for a code that the box made; the problem, report and screen tell of it.
#[track_caller]
fn is_shut_by_a_code_of_its_own(house: &House) {
    let (english, korean) = only_problem(house);
    assert!(
        english.contains("the page asks for an entry code of the box's own"),
        "{english}"
    );
    assert!(korean.contains("보드가 만든 입장 코드"), "{korean}");
    let code = house.gateway("MADANG_ACCESS_CODE");
    assert_eq!(house.read("data/board/code").trim(), code);
    let report = house.read("boot/firmware/madang-report.txt");
    assert!(report.contains(&format!("Entry code / 입장 코드: {code}\r\n")));
    let outlook = Outlook::of(&Place::new(house.root.path()));
    let screen = screen::draw(&outlook, None, &[], 80, 25);
    assert!(
        screen.contains(&format!("Entry code   {code}\n")),
        "{screen}"
    );
}

#[test]
fn a_line_that_may_have_been_the_code_leaves_the_door_shut() {
    for line in [
        "cod = secret",
        "Codes = secret",
        "entry code = secret",
        "입장 코드 = secret",
        "code secret",
        "CODE\tsecret",
        "Code: secret",
        "cod: secret",
        "entry-code： secret",
        "code: my=secret",
        "code wifi: secret",
        "code-secret",
        "code",
    ] {
        let house = House::with(format!("wifi = open\n{line}\n"));
        is_shut_by_a_code_of_its_own(&house);
        assert!(!only_problem(&house).0.contains("secret"), "{line}");
    }
    for line in [
        "country code = KR",
        "codes of conduct",
        "come in: all",
        "ssid = x",
    ] {
        let house = House::with(line);
        assert!(!only_problem(&house).0.contains("entry code"), "{line}");
        assert_eq!(house.gateway("MADANG_ACCESS_CODE"), "(unset)", "{line}");
    }
}

#[test]
fn a_code_that_another_line_sets_counts_beside_a_line_that_may_have_been_one() {
    for settings in ["cod = other\ncode = sesame", "code = sesame\ncode other"] {
        let house = says(settings, &["Unless another line sets one"]);
        assert_eq!(house.gateway("MADANG_ACCESS_CODE"), "sesame");
    }
}

#[test]
fn a_code_that_powershell_or_a_wide_keyboard_wrote_is_understood() {
    let wide = "code = sesame\r\n".encode_utf16();
    let appended = b"title = Hall\r\n".iter().copied();
    let appended = appended.chain(wide.flat_map(u16::to_le_bytes));
    for settings in [appended.collect(), "ｃｏｄｅ＝sesame".as_bytes().to_vec()] {
        let house = House::with(settings);
        assert_eq!(house.notices(), []);
        assert_eq!(house.gateway("MADANG_ACCESS_CODE"), "sesame");
    }
}

#[test]
fn a_file_that_could_not_be_read_leaves_the_door_shut_and_a_missing_one_asks_nobody() {
    is_shut_by_a_code_of_its_own(&House::with("title = x\n".repeat(7_000)));
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    house.set_up();
    assert_eq!(house.gateway("MADANG_ACCESS_CODE"), "(unset)");
    std::fs::create_dir(house.path("boot/firmware/madang.txt")).unwrap();
    house.set_up();
    is_shut_by_a_code_of_its_own(&house);
}

#[test]
fn a_first_partition_that_was_not_mounted_leaves_the_door_shut() {
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    house.write(
        "run/madang-board/initramfs-report",
        "first-partition-lost The first partition cannot be mounted.\n",
    );
    house.set_up();
    is_shut_by_a_code_of_its_own(&house);
    assert!(
        only_problem(&house)
            .0
            .contains("first partition cannot be read")
    );
    has_defaults(&house);
}
