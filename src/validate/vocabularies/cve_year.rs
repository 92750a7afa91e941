//! A CVE identifier is of a year that has not come yet.
//!
//! ## What it checks
//! The year in the vulnerabilities of findings against the time of the check.
//!
//! ## Why
//! The year is part of the name: with a slip in it, the reader finds another vulnerability or none.
//!
//! ## Fails
//! ```toml
//! vulnerabilities = ["CVE-2062-1472"]
//! ```
//!
//! ## Passes
//! ```toml
//! vulnerabilities = ["CVE-2026-1472"]
//! ```
//!
//! ## How to fix
//! Correct the year.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::Route;
use jiff::tz::Offset;

pub const CODE: Code = Code::new("cve-year");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Finding(finding) = &entry.body else { return };
    for (index, cve) in finding.vulnerabilities.iter().enumerate() {
        let Some(year) = cve.as_str().split('-').nth(1).and_then(|year| year.parse::<i16>().ok()) else { continue };
        if year > Offset::UTC.to_datetime(context.now).year() {
            let place = Place::value(&entry.path, Route::key("vulnerabilities").at(index));
            found.push(
                Diagnostic::warning(CODE, place, format!("`{}` is of a year to come", cve.as_str()))
                    .help("correct the year, or look it up at https://www.cve.org/"),
            );
        }
    }
}
