//! QR codes of characters, for a terminal or the board's own screen.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// The lines of the code, black on white whatever the colours of the terminal are; none if the
/// text is too long for a code.
pub fn lines(text: &str) -> Vec<String> {
    let Ok(code) = QrCode::new(text) else {
        return Vec::new();
    };
    let drawn = code.render::<Dense1x2>().quiet_zone(true).build();
    drawn
        .lines()
        .map(|line| format!("\u{1b}[30;107m{line}\u{1b}[0m"))
        .collect()
}

/// How many columns one line of [`lines`] takes, without what colours it.
pub fn width(lines: &[String]) -> usize {
    let blocks = |line: &String| line.chars().filter(|c| " ▀▄█".contains(*c)).count();
    lines.first().map_or(0, blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_as_wide_as_the_code_and_half_as_many_as_its_columns() {
        let lines = lines("https://madang.home.arpa/");
        let blocks = |line: &str| line.chars().filter(|c| " ▀▄█".contains(*c)).count();
        assert!(lines.iter().all(|line| blocks(line) == width(&lines)));
        assert_eq!(lines.len(), width(&lines).div_ceil(2));
        assert!(super::lines(&"x".repeat(8_000)).is_empty());
    }
}
