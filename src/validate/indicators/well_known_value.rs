//! An indicator is a value that is found everywhere.
//!
//! ## What it checks
//! Digests of empty files and of others that many systems have, and the addresses of well-known public DNS resolvers. The lists
//! are parts of the MISP warning lists (CC0). An indicator with the verdict `benign` may be one.
//!
//! ## Why
//! Whoever searches for it, or blocks it, finds every machine there is, or cuts off the names of all of them.
//!
//! ## Fails
//! ```toml
//! type = "md5"
//! value = "d41d8cd98f00b204e9800998ecf8427e"   # the digest of nothing
//! verdict = "malicious"
//! ```
//!
//! ## Passes
//! ```toml
//! type = "md5"
//! value = "eed41b4500e473f97c50c7385ef5e374"
//! verdict = "malicious"
//! ```
//!
//! ## How to fix
//! Look at where the value came from: a tool that could not read a file gives the digest of an empty one. Withdraw the
//! indicator with `status = "withdrawn"`, or set `verdict = "benign"`.

use super::{suspected, value_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Entry;
use crate::validate::{Context, Found};
use crate::values::observable;
use crate::values::vocabulary::IndicatorType as Type;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub const CODE: Code = Code::new("well-known-value");

/// What each well-known digest is of, by digest.
static DIGESTS: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| table(include_str!("common_hashes.txt")));

/// The operators of public resolvers, by address.
static RESOLVERS: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| table(include_str!("public_resolvers.txt")));

/// Lines of a value, a space and what it is; `#` starts a comment.
fn table(text: &'static str) -> BTreeMap<&'static str, &'static str> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect()
}

/// What everybody knows a value as, if so.
pub fn well_known(of_type: Type, value: &str) -> Option<String> {
    match of_type {
        Type::Md5 | Type::Sha1 | Type::Sha256 | Type::Sha512 | Type::Ssdeep => digest(value),
        Type::FilenameSha256 => value.rsplit_once('|').and_then(|(_, sha256)| digest(sha256)),
        Type::IpSrc | Type::IpDst | Type::IpDstPort | Type::Url => observable::host(of_type, value).and_then(resolver),
        _ => None,
    }
}

pub fn check(_: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Some(indicator) = suspected(entry) else { return };
    if let Some(what) = well_known(indicator.r#type, indicator.value.as_str()) {
        found.push(
            Diagnostic::warning(CODE, value_of(entry), format!("this is {what}"))
                .help("set `status = \"withdrawn\"`, or `verdict = \"benign\"` if it is only there to be recognised"),
        );
    }
}

fn digest(value: &str) -> Option<String> {
    DIGESTS.get(value).map(|what| format!("the digest of {what}"))
}

fn resolver(address: &str) -> Option<String> {
    RESOLVERS.get(address).map(|operator| format!("the public DNS resolver of {operator}"))
}
