//! A domain ends in a top-level domain that does not exist.
//!
//! ## What it checks
//! The last part of domains, and of names in URLs and e-mail addresses, against the list of IANA. Host names may be those of an
//! internal network, and `.onion` is known.
//!
//! ## Why
//! It is a slip (`evil.con`), an internal name that tells others nothing, or a file name (`a.exe`) with the wrong type.
//!
//! ## Fails
//! ```toml
//! type = "domain"
//! value = "evil.con"
//! ```
//!
//! ## Passes
//! ```toml
//! type = "domain"
//! value = "evil.com"
//! ```
//!
//! ## How to fix
//! Correct the name, or its type: `hostname` for an internal one, `filename` for a file.

use super::{suspected, value_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Entry;
use crate::validate::{Context, Found};
use crate::values::vocabulary::IndicatorType;
use crate::values::{fang, host, observable};
use core::net::IpAddr;

pub const CODE: Code = Code::new("unknown-top-level");

pub fn check(_: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Some(indicator) = suspected(entry).filter(|indicator| indicator.r#type != IndicatorType::Hostname) else {
        return;
    };
    let value = indicator.value.as_str();
    let Some(name) = observable::host(indicator.r#type, value) else { return };
    let Some((_, last)) = name.rsplit_once('.') else { return };
    let known = host::has_known_top_level(name) || last.eq_ignore_ascii_case("onion");
    if known || name.parse::<IpAddr>().is_ok() || host::reserved_name(name).is_some() {
        return;
    }
    // What has no form at all is reported by the rules for it.
    if observable::check(indicator.r#type, value).is_err() || fang::is_defanged(indicator.r#type, value) {
        return;
    }
    found.push(
        Diagnostic::warning(CODE, value_of(entry), format!("there is no top-level domain `.{last}`"))
            .help("correct the name, or its type: `hostname` for an internal name, `filename` for a file"),
    );
}
