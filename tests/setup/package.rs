//! What the package madang-board brings for the settings is true.

use std::fs;
use std::path::Path;

use super::house::House;

fn package(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("image/board")
        .join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn a_gateway_without_its_settings_and_so_without_the_entry_code_does_not_start() {
    let unit = package("usr/lib/systemd/system/madang.service.d/board.conf");
    let settings = "EnvironmentFile=/run/madang-board/gateway.env";
    assert!(unit.lines().any(|line| line == settings), "{unit}");
    assert!(unit.contains("\nWants=madang-setup.service\n"), "{unit}");
}

#[test]
fn the_example_is_the_table_of_keys_and_right_when_all_of_it_is_set() {
    let example = package("usr/share/madang-board/madang.txt");
    let house = House::with(&example);
    assert_eq!(
        house.notices(),
        [],
        "it says nothing until a # is taken away"
    );
    let made = String::from_utf8(house.board(&["example"], "").stdout).unwrap();
    assert!(
        made == example,
        "madang board example > image/board/usr/share/madang-board/madang.txt"
    );
    let set: Vec<&str> = example
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .filter(|line| !line.starts_with(' ') && !line.is_empty())
        .collect();
    assert!(set.len() > 10);
    let manual = include_str!("../../docs/board.md");
    for key in set.iter().filter_map(|line| line.split(' ').next()) {
        assert!(
            manual.contains(&format!("\n| `{key}` | ")),
            "docs/board.md has no {key}"
        );
    }
    // Each alone: together the Wi-Fi to join leaves the others without effect.
    for line in set {
        let vain = line.starts_with("join-wifi-passphrase");
        assert_eq!(
            House::with(line).notices().len(),
            usize::from(vain),
            "{line}"
        );
    }
}
