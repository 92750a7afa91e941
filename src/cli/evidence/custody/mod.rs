//! `casebook evidence custody`: the chain of custody of an item, and new events of it.

mod add;
mod show;
mod sight;

use super::super::{Failure, Format, Outcome, Surroundings, ids};
use super::open;
use crate::check::{self, policy_levels};
use crate::diagnostic::Diagnostic;
use crate::model::{Body, Case, Evidence};
use crate::validate::{self, Context};
use crate::values::EntryId;
use clap::{Args, Subcommand};
use jiff::Timestamp;

/// Show every hand that an item went through, or record what was done with it.
///
/// Custody events are written once. A mistake is corrected by a new event that names the old one.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence custody x-4n8
  casebook evidence custody x-4n8 show --format json
  casebook evidence custody x-4n8 add --action transferred --to \"State laboratory\" --reason \"examination\"
  casebook evidence custody x-4n8 add --corrects c-7q2 --to \"Carol Example\" --reason \"wrong name on the form\"

Exit codes: 0 unbroken, 1 problems with the chain, 2 could not look.")]
pub struct Arguments {
    /// The item; any unambiguous beginning of its id.
    id: String,

    /// How to print it.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    Show(show::Arguments),
    Add(Box<add::Arguments>),
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open(surroundings)?;
    let (case, _) = open.case()?;
    let id = ids::resolve(&case, &arguments.id)?;
    let Some(Body::Evidence(item)) = case.get(id).map(|entry| &entry.body) else {
        return Err(Failure::new(format!("`{id}` is not an evidence item that can be read"))
            .help("`casebook evidence list` shows them"));
    };
    let item: &Evidence = item;
    match &arguments.what {
        None | Some(What::Show(_)) => show::run(id, item, &case, &open, arguments.format, surroundings),
        Some(What::Add(new)) => add::run(new, id, item, &case, &open, arguments.format, surroundings),
    }
}

/// What the rules say of a case, at the levels of its policy.
fn judge(case: &Case, now: Timestamp) -> Vec<Diagnostic> {
    let path = case.policy.as_ref().map(|policy| &policy.path);
    let policy = case.policy_or_none();
    let pages = check::pages();
    let found = validate::validate(&Context { case, policy: &policy, now, pages: &pages });
    policy_levels::apply(found, &policy, path, &pages)
}

/// The name of a person with their handle, or the handle where the roster has no such person.
fn person(case: &Case, handle: &str) -> String {
    let people = case.team.as_ref().map(|team| team.value.people.as_slice()).unwrap_or_default();
    match people.iter().find(|person| person.handle.as_str() == handle) {
        Some(person) if person.name.as_str() != handle => format!("{} ({handle})", person.name),
        _ => handle.to_owned(),
    }
}

/// The command that shows the chain of an item.
fn showing(item: EntryId) -> String {
    format!("casebook evidence custody {item}")
}
