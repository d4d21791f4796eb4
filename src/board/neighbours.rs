//! Other Wi-Fis around, as `iw dev wlan0 scan` tells of them before ours is opened.

/// Whether one of them has our name.
pub fn have(scan: &str, name: &str) -> bool {
    let ours = escaped(name);
    scan.lines()
        .filter_map(|line| line.trim_start().strip_prefix("SSID: "))
        .any(|theirs| theirs == ours)
}

/// The name as `iw` prints it: what is no visible ASCII, a backslash, and a space at either end in
/// hexadecimal digits.
fn escaped(name: &str) -> String {
    let last = name.len().saturating_sub(1);
    let escape = |(at, byte): (usize, u8)| match byte {
        b' ' if at > 0 && at < last => " ".to_owned(),
        b'\\' => format!("\\x{byte:02x}"),
        byte if byte.is_ascii_graphic() => char::from(byte).to_string(),
        byte => format!("\\x{byte:02x}"),
    };
    name.bytes().enumerate().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_name_is_found_however_iw_writes_it() {
        let scan = "BSS 02:00:00:00:01:00(on wlan0)\n\tfreq: 2437\n\tSSID: Village hall\n\
                    BSS 02:00:00:00:02:00(on wlan0)\n\tSSID: \\xeb\\xa7\\x88\\xeb\\x8b\\xb9\n\tSSID: a\\x5cb\\x20\n";
        for ours in ["Village hall", "마당", "a\\b "] {
            assert!(have(scan, ours), "{ours}");
        }
        for other in ["Village", "village hall", "a\\b", ""] {
            assert!(!have(scan, other), "{other}");
        }
    }
}
