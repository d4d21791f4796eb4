//! The notices that the page shows to the owner: all problems, in both languages.

use serde_json::{Value, json};

use super::problem::Problem;

/// More than that nobody reads; the report has all of them.
pub const MOST: usize = 16;

/// The file with the first of them, as the page takes it.
pub fn file(problems: &[Problem]) -> String {
    let notice = |problem: &Problem| {
        json!({
            "level": "warning",
            "text": problem.english(),
            "ko": problem.korean(),
        })
    };
    let notices: Value = problems.iter().take(MOST).map(notice).collect();
    notices.to_string()
}
