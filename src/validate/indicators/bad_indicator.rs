//! The value of an indicator does not have the form of its type.
//!
//! ## What it checks
//! IP addresses and networks, ports, domains, host names, URLs, e-mail addresses, digests, ssdeep hashes, registry keys, MAC
//! addresses, AS numbers and Bitcoin addresses. Names of files, services, mutexes and the like may be anything.
//!
//! ## Why
//! Whoever searches logs for a mistyped address finds nothing, and believes that nothing is there. Other tools refuse the
//! whole export.
//!
//! ## Fails
//! ```toml
//! type = "ip-dst"
//! value = "194.61.24.1020"
//! ```
//!
//! ## Passes
//! ```toml
//! type = "ip-dst"
//! value = "194.61.24.102"
//! ```
//!
//! ## How to fix
//! Copy the value from the evidence again, or correct `type`; the message shows what to write where that is clear.

use super::{standing, value_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Entry;
use crate::validate::{Context, Found};
use crate::values::{fang, observable};

pub const CODE: Code = Code::new("bad-indicator");

pub fn check(_: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Some(indicator) = standing(entry) else { return };
    let value = indicator.value.as_str();
    if let Err(malformed) = observable::check(indicator.r#type, value)
        && !fang::is_defanged(indicator.r#type, value)
    {
        found.push(Diagnostic::malformed(CODE, value_of(entry), malformed));
    }
}
