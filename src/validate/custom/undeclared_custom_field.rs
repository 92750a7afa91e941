//! A record has a field of the team that the policy does not declare.
//!
//! ## What it checks
//! Every key of the `[custom]` table of case.toml and of every entry, against `[custom.KIND.NAME]` of policy.toml.
//!
//! ## Why
//! A misspelt name would be a second field that no report shows and no gate sees.
//!
//! ## Fails
//! ```toml
//! # policy.toml declares [custom.finding.room]
//! [custom]
//! rom = "B-204"
//! ```
//!
//! ## Passes
//! ```toml
//! [custom]
//! room = "B-204"
//! ```
//!
//! ## How to fix
//! Correct the name, or declare the field in policy.toml.

use super::records;
use crate::diagnostic::{Code, Diagnostic};
use crate::validate::{Context, Found};
use crate::values::nearest;

pub const CODE: Code = Code::new("undeclared-custom-field");

pub fn check(context: &Context<'_>, found: &mut Found) {
    for record in records(context) {
        for (name, value) in &record.custom.0 {
            let declared = record.declared(context.policy);
            if declared.is_some_and(|fields| fields.contains_key(name)) {
                continue;
            }
            let names = declared.into_iter().flat_map(|fields| fields.keys().map(String::as_str));
            let kind = record.kind;
            let help = match nearest(name, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    format!("declare it in policy.toml: `[custom.{kind}.{name}]` with `type = \"{}\"`", value.type_of())
                }
            };
            let message = format!("the policy declares no field `{name}` for {kind} records");
            found.push(Diagnostic::error(CODE, record.key(name), message).help(help));
        }
    }
}
