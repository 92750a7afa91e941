//! The page around a preview, and the policies by which a browser keeps each of them from doing anything else.

use super::{Answer, Body, Status};
use crate::diagnostic::render::Count;
use crate::report::escape;
use std::sync::Arc;

/// What the page may do: run its own script, ask its own origin, and show the preview.
const OF_PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; \
                       img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                       require-trusted-types-for 'script'; trusted-types 'none'";

/// What the preview may do, which says the same of itself: look like something.
const OF_REPORT: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
                         frame-ancestors 'self'";

const HTML: &str = "text/html; charset=utf-8";

pub fn page(handles: &[&str], audience: &str, version: u64, problems: Count) -> Answer {
    let mut links = String::new();
    for handle in handles {
        let current = if *handle == audience { " aria-current=\"page\"" } else { "" };
        let handle = escaped(handle);
        links.push_str(&format!("<a href=\"../{handle}/\"{current}>{handle}</a>\n"));
    }
    let page = include_str!("page.html")
        .replace("{count}", &problems.to_string())
        .replace("{version}", &version.to_string())
        .replace("{audience}", &escaped(audience))
        .replace("{links}", &links);
    let headers = vec![("Content-Security-Policy", OF_PAGE), ("X-Frame-Options", "DENY")];
    answer(HTML, headers, page.into_bytes().into())
}

pub fn report(preview: Arc<[u8]>) -> Answer {
    answer(HTML, of_report(), preview)
}

/// That there is no preview, and why.
pub fn no_report(reason: &str) -> Answer {
    let page = include_str!("no_report.html").replace("{reason}", &escaped(reason));
    answer(HTML, of_report(), page.into_bytes().into())
}

fn of_report() -> Vec<(&'static str, &'static str)> {
    vec![("Content-Security-Policy", OF_REPORT), ("X-Frame-Options", "SAMEORIGIN")]
}

pub fn style() -> Answer {
    answer("text/css; charset=utf-8", Vec::new(), include_bytes!("page.css").as_slice().into())
}

pub fn script() -> Answer {
    answer("text/javascript; charset=utf-8", Vec::new(), include_bytes!("page.js").as_slice().into())
}

fn answer(content_type: &'static str, headers: Vec<(&'static str, &'static str)>, body: Arc<[u8]>) -> Answer {
    Answer { status: Status::Ok, content_type, headers, body: Body::Bytes(body) }
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    escape::html(&mut out, text);
    out
}
