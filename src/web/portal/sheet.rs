//! The sheet that a phone shows when it joins.

use askama::Template;
use hyper::StatusCode;

use crate::web::reply::{self, Reply};

#[derive(Template)]
#[template(path = "sheet.html")]
struct Sheet<'a> {
    page: &'a str,
    stays: bool,
}

/// The sheet. `stays`: whether the phone keeps the Wi-Fi already.
pub(super) fn reply(page: &str, stays: bool) -> Reply {
    let sheet = Sheet { page, stays };
    match sheet.render() {
        Ok(html) => reply::bytes(StatusCode::OK, "text/html; charset=utf-8", html),
        Err(error) => reply::text(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}
