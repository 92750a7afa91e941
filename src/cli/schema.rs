//! `casebook schema`: the JSON Schema of a kind of file.

use super::{Failure, Outcome};
use crate::model::schema;
use clap::Args;

/// Print the JSON Schema (draft 2020-12) of a kind of file, for editors and other tools.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook schema finding
  casebook schema case > schemas/case.json")]
pub struct Arguments {
    /// case, team, policy, or a kind of entry: finding, event, indicator, asset, action, decision, evidence, custody; or release.
    kind: String,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let table = schema::table(&arguments.kind).ok_or_else(|| {
        Failure::new(format!("there is no schema `{}`", arguments.kind))
            .help(format!("the schemas are {}", schema::names().join(", ")))
    })?;
    outln!("{:#}", schema::json_schema(&table));
    Ok(Outcome::Sound)
}
