//! Two indicators hold the same value.
//!
//! ## What it checks
//! Indicators of the same type that still count, whatever the case of letters in a domain or the form of an IPv6 address.
//!
//! ## Why
//! Sightings and verdicts are parted between them: each shows half, and every export lists the value twice.
//!
//! ## Fails
//! ```toml
//! # indicators/i-7q2k9dm4.toml and indicators/i-00000000.toml both have
//! type = "domain"
//! value = "evil.com"
//! ```
//!
//! ## Passes
//! ```toml
//! # indicators/i-00000000.toml
//! type = "domain"
//! value = "evil.com"
//! status = "superseded"
//! superseded_by = "i-7q2k9dm4"
//! ```
//!
//! ## How to fix
//! Move what one of them says into the other, and give it `status = "superseded"` and `superseded_by`. If it was not committed
//! yet, delete its file.

use super::{standing, value_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Entry;
use crate::validate::{Context, Found};
use crate::values::observable;
use crate::values::vocabulary::IndicatorType;
use std::borrow::Cow;

pub const CODE: Code = Code::new("duplicate-indicator");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let mut values: Vec<(IndicatorType, Cow<'_, str>, &Entry)> = Vec::new();
    for (entry, indicator) in context.case.indicators() {
        if standing(entry).is_some() {
            let value = observable::normalised(indicator.r#type, indicator.value.as_str());
            values.push((indicator.r#type, value, entry));
        }
    }
    // Stable, so that the first of equal ones is that of the lowest id.
    values.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    for equal in values.chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1)) {
        let [(_, _, first), others @ ..] = equal else { continue };
        for (_, _, entry) in others {
            let help = format!(
                "join what they say, then type `casebook set {} status=superseded superseded_by={}`",
                entry.id(),
                first.id()
            );
            found.push(
                Diagnostic::warning(CODE, value_of(entry), format!("`{}` holds the same value", first.id()))
                    .related(value_of(first), "here")
                    .help(help),
            );
        }
    }
}
