//! The example `madang.txt`, made of the table of keys.

use super::key::KEYS;

/// The file as it lies on a new card: every key, none of them set.
pub fn file() -> String {
    let mut lines: Vec<String> = HEAD.lines().map(str::to_owned).collect();
    for key in KEYS {
        lines.push(String::new());
        let meaning = key.meaning.0.lines().chain(key.meaning.1.lines());
        lines.extend(meaning.map(|line| format!("# {line}")));
        lines.push(format!("#{} = {}", key.name, key.example));
    }
    lines.join("\n") + "\n"
}

const HEAD: &str = "\
# madang.txt: what this box shall be. Take the # away before a setting, write what you want, and
# save; it counts from the next start. Nothing has to be set. Mistakes are told in
# madang-report.txt beside this file, on the screen and on the page.
#
# 이 보드의 설정 파일입니다. 설정 앞의 #을 지우고 값을 적어 저장하면 다음에 켤 때부터 적용됩니다.
# 아무것도 적지 않아도 됩니다. 잘못 적은 것은 옆의 madang-report.txt와 화면, 페이지에 나옵니다.
";
