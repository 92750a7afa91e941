//! An indicator is an address or a name that points to nobody on the internet.
//!
//! ## What it checks
//! Private, loopback, link-local, documentation, multicast and other reserved addresses (RFC 1918, 6890, 6598, 5737, 3849, 4193
//! and others), and names that are reserved (RFC 2606, 6761, 6762, 8375), in addresses, domains, URLs and e-mail addresses. An
//! indicator with the verdict `benign` may be one.
//!
//! ## Why
//! Another organisation that blocks `10.0.0.5` blocks a machine of its own. What is meant is most often an asset of this case.
//!
//! ## Fails
//! ```toml
//! type = "ip-src"
//! value = "10.42.85.10"
//! verdict = "malicious"
//! ```
//!
//! ## Passes
//! ```toml
//! type = "ip-src"
//! value = "194.61.24.102"
//! verdict = "malicious"
//! ```
//!
//! ## How to fix
//! Describe a machine of one's own as an asset: `casebook new asset`, with the address in `identifiers`. If the value is only
//! there to be recognised, set `verdict = "benign"`.

use super::{suspected, value_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Entry;
use crate::validate::{Context, Found};
use crate::values::{host, observable};

pub const CODE: Code = Code::new("reserved-address");

pub fn check(_: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Some(indicator) = suspected(entry) else { return };
    let Some(host) = observable::host(indicator.r#type, indicator.value.as_str()) else { return };
    let why = match host.parse() {
        Ok(address) => host::reserved_address(address),
        Err(_) => host::reserved_name(host),
    };
    if let Some(why) = why {
        found.push(
            Diagnostic::warning(CODE, value_of(entry), format!("`{host}` is {why}"))
                .help("describe a machine of your own with `casebook new asset`, or set `verdict = \"benign\"`"),
        );
    }
}
