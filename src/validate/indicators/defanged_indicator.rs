//! The value of an indicator is defanged.
//!
//! ## What it checks
//! `hxxp`, `[.]`, `(dot)`, `[at]`, `[:]` and the like in addresses, domains, URLs and e-mail addresses.
//!
//! ## Why
//! Entries hold live values, and every output decides whether to defang. A defanged value finds nothing in logs, and a report
//! would defang it twice.
//!
//! ## Fails
//! ```toml
//! type = "url"
//! value = "hxxp://evil[.]com/a.php"
//! ```
//!
//! ## Passes
//! ```toml
//! type = "url"
//! value = "http://evil.com/a.php"
//! ```
//!
//! ## How to fix
//! Write the live value, which the message shows. Nothing opens it: reports show it defanged.

use super::{standing, value_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Entry;
use crate::validate::{Context, Found};
use crate::values::fang;

pub const CODE: Code = Code::new("defanged-indicator");

pub fn check(_: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Some(indicator) = standing(entry) else { return };
    let value = indicator.value.as_str();
    if fang::is_defanged(indicator.r#type, value) {
        found.push(
            Diagnostic::error(CODE, value_of(entry), "this value is defanged; entries hold live values")
                .help(format!("write `value = {:?}`; reports show it defanged", fang::refang(value))),
        );
    }
}
