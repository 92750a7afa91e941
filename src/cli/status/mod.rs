//! `casebook status`: where the case stands, and what to do next.

mod page;
pub mod repository;
mod steps;
mod survey;

use super::open::Open;
use super::{Failure, Format, Outcome, Surroundings};
use clap::Args;
use survey::Survey;

/// Show where the case stands: what is open, overdue, invalid and stale, and what to do next.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook status
  casebook status --format json

Exit codes: 0 nothing is overdue or invalid, 1 something is, 2 could not tell.")]
pub struct Arguments {
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = Open::here(surroundings)?;
    let verdict = open.verdict(surroundings.now)?;
    let survey = Survey::of(&open, &verdict, surroundings.now)?;
    match arguments.format {
        Format::Text => out!("{}", page::text(&survey)),
        Format::Json => outln!("{:#}", page::json(&survey)),
    }
    Ok(if survey.is_well() { Outcome::Sound } else { Outcome::Problems })
}
