//! Rules for names that others define: techniques and tactics of MITRE ATT&CK, vulnerabilities.

pub mod cve_year;
pub mod retired_technique;
pub mod tactic;
pub mod unknown_technique;

use super::{Check, Rule};
use crate::diagnostic::Page;

pub const RULES: &[Rule] = &[
    Rule {
        page: Page::of("unknown-technique", include_str!("unknown_technique.rs")),
        check: Check::Datum(unknown_technique::check),
    },
    Rule {
        page: Page::of("retired-technique", include_str!("retired_technique.rs")),
        check: Check::Datum(retired_technique::check),
    },
    Rule { page: Page::of("tactic-of-technique", include_str!("tactic.rs")), check: Check::Entry(tactic::check) },
    Rule { page: Page::of("cve-year", include_str!("cve_year.rs")), check: Check::Entry(cve_year::check) },
];
