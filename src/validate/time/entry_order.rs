//! Two times of one entry are in an order that cannot be.
//!
//! ## What it checks
//! That an indicator was not last seen before it was first seen, and that a tool did not end before it was started. Only
//! what is impossible whatever the exact times were is reported.
//!
//! ## Why
//! The two were exchanged, or one of them was read in another zone.
//!
//! ## Fails
//! ```toml
//! first_seen = 2026-03-02T09:00:00Z
//! last_seen = 2026-03-01T09:00:00Z
//! ```
//!
//! ## Passes
//! ```toml
//! first_seen = 2026-03-01T09:00:00Z
//! last_seen = 2026-03-02T09:00:00Z
//! ```
//!
//! ## How to fix
//! Exchange the two, or correct the one that is wrong; mind the offsets.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("entry-order");

pub fn check(_: &Context<'_>, entry: &Entry, found: &mut Found) {
    match &entry.body {
        Body::Indicator(indicator) => {
            if let (Some(first), Some(last)) = (&indicator.first_seen, &indicator.last_seen)
                && last.latest() < first.earliest()
            {
                let what = "it was last seen before it was first seen";
                found.push(report(entry, Route::key("last_seen"), Route::key("first_seen"), what));
            }
        }
        Body::Evidence(item) => {
            let tool = item.derived_from.as_ref();
            if let Some((started, ended)) = tool.and_then(|tool| tool.started.zip(tool.ended))
                && ended < started
            {
                let inside = |name: &str| Route::key("derived_from").then(name);
                found.push(report(entry, inside("ended"), inside("started"), "the tool ended before it was started"));
            }
        }
        _ => {}
    }
}

fn report(entry: &Entry, later: Route, earlier: Route, what: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::value(&entry.path, later), what)
        .related(Place::value(&entry.path, earlier), "this is later")
        .help("exchange the two, or correct the one that is wrong; mind the offsets")
}
