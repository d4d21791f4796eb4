//! The board's own radio, by the model that the device tree names.

use std::path::Path;

/// What a Pi's Wi-Fi chip can do as an access point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Radio {
    /// The chip's name.
    pub chip: &'static str,
    /// How many phones its firmware, as Debian ships it, takes at a time.
    pub capacity: u32,
    /// Whether it has the band at 5 GHz.
    pub five_ghz: bool,
}

/// Pi 3 B. Recent firmware takes 10: <https://github.com/iiab/iiab/issues/823>.
const BCM43430: Radio = Radio {
    chip: "BCM43430",
    capacity: 10,
    five_ghz: false,
};

/// Zero 2 W. Nobody has published a figure for it: that of the most sensitive chip is taken.
const BCM43436: Radio = Radio {
    chip: "BCM43436",
    capacity: 7,
    five_ghz: false,
};

/// Pi 3 A+, 3 B+, 4, 400, 5, 500 and their Compute Modules. The firmware halted when the eighth
/// phone came: <https://github.com/raspberrypi/firmware/issues/1403>; eight were seen by others:
/// <https://github.com/raspberrypi/linux/issues/3010>.
const BCM43455: Radio = Radio {
    chip: "BCM43455",
    capacity: 7,
    five_ghz: true,
};

/// The models by the beginning of their names, the longer ones first.
const MODELS: &[(&str, Radio)] = &[
    ("Raspberry Pi Zero 2", BCM43436),
    ("Raspberry Pi 3 Model B Plus", BCM43455),
    ("Raspberry Pi 3 Model A Plus", BCM43455),
    ("Raspberry Pi 3 Model B+", BCM43455),
    ("Raspberry Pi 3 Model A+", BCM43455),
    ("Raspberry Pi 3 Model B", BCM43430),
    ("Raspberry Pi 4", BCM43455),
    ("Raspberry Pi Compute Module 4", BCM43455),
    ("Raspberry Pi 5", BCM43455),
    ("Raspberry Pi Compute Module 5", BCM43455),
];

impl Radio {
    /// The radio of the board whose model stands in that file; of another board nothing is known.
    pub fn of(model: &Path) -> Option<Self> {
        let model = std::fs::read_to_string(model).ok()?;
        let row = MODELS.iter().find(|(start, _)| model.starts_with(start));
        row.map(|(_, radio)| *radio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_known_by_the_longest_name_that_fits() {
        let temp = tempfile::tempdir().unwrap();
        let of = |model: &str| {
            let file = temp.path().join("model");
            std::fs::write(&file, format!("{model}\0")).unwrap();
            Radio::of(&file).map(|radio| radio.chip)
        };
        assert_eq!(of("Raspberry Pi 3 Model B Rev 1.2"), Some("BCM43430"));
        assert_eq!(of("Raspberry Pi 3 Model B Plus Rev 1.3"), Some("BCM43455"));
        assert_eq!(of("Raspberry Pi 3 Model B+"), Some("BCM43455"));
        assert_eq!(of("Raspberry Pi 3 Model A+"), Some("BCM43455"));
        assert_eq!(of("Raspberry Pi Zero 2 W Rev 1.0"), Some("BCM43436"));
        assert_eq!(of("Raspberry Pi 400 Rev 1.0"), Some("BCM43455"));
        assert_eq!(of("Raspberry Pi 5 Model B Rev 1.0"), Some("BCM43455"));
        assert_eq!(of("linux,dummy-virt"), None);
        assert_eq!(Radio::of(&temp.path().join("none")), None);
    }
}
