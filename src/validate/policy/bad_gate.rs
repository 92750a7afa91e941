//! A gate of the policy names what does not exist.
//!
//! ## What it checks
//! The `kind`, the `status` and the fields to `require` of every `[[gates]]` in policy.toml. Fields inside tables are written with
//! dots (`acquired.method`), those of the team as `custom.NAME`.
//!
//! ## Why
//! A gate that names a field wrongly stops nobody, or everybody.
//!
//! ## Fails
//! ```toml
//! [[gates]]
//! kind = "findings"
//! status = ["confrimed"]
//! require = ["confidance"]
//! ```
//!
//! ## Passes
//! ```toml
//! [[gates]]
//! kind = "finding"
//! status = ["confirmed"]
//! require = ["confidence"]
//! ```
//!
//! ## How to fix
//! Correct the name: `casebook schema KIND` shows the fields of a kind.

use super::{kind_help, unknown_statuses};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Gate, Policy, TableShape};
use crate::validate::gates::{field, statuses, table};
use crate::validate::{Context, Found};
use crate::values::{Route, TreePath, nearest};

pub const CODE: Code = Code::new("bad-gate");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    for (index, gate) in policy.value.gates.iter().enumerate() {
        let route = Route::key("gates").at(index);
        match table(gate.kind.as_str()) {
            Some(table) => check_gate(gate, &table, &policy.value, &policy.path, &route, found),
            None => {
                let place = Place::value(&policy.path, route.then("kind"));
                let message = format!("`{}` is not a kind of record", gate.kind);
                found.push(Diagnostic::error(CODE, place, message).help(kind_help(gate.kind.as_str())));
            }
        }
    }
}

fn check_gate(gate: &Gate, table: &TableShape, policy: &Policy, path: &TreePath, route: &Route, found: &mut Found) {
    let kind = gate.kind.as_str();
    found.extend(unknown_statuses(CODE, kind, statuses(table), &gate.status, path, route));
    for (number, name) in gate.require.iter().enumerate() {
        let custom = name.as_str().strip_prefix("custom.");
        let declared =
            custom.is_some_and(|name| policy.custom.get(kind).is_some_and(|fields| fields.contains_key(name)));
        if declared || field(table, name.as_str()).is_some() {
            continue;
        }
        let place = Place::value(path, route.clone().then("require").at(number));
        let help = match (custom, nearest(name.as_str(), table.fields.iter().map(|field| field.name))) {
            (Some(name), _) => format!("declare it: `[custom.{kind}.{name}]`"),
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) => format!("`casebook schema {kind}` shows the fields"),
        };
        found.push(Diagnostic::error(CODE, place, format!("the kind `{kind}` has no field `{name}`")).help(help));
    }
}
