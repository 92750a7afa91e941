//! `casebook demo`: a complete case of a real intrusion, built before one's eyes.

use super::{Failure, Outcome, Surroundings};
use crate::demo::{self, Told};
use crate::diagnostic::render::printable;
use crate::values::wording::counted;
use clap::Args;
use std::path::PathBuf;

/// Build a complete case from real evidence of an intruded domain controller, then its report.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook demo                 into the folder `casebook-demo`
  casebook demo /tmp/tryout

The evidence is from \"The Case of the Stolen Szechuan Sauce\" by James Smith (dfirmadness.com), published in the DFIR \
Artifact Museum under the MIT licence. People, actions and decisions are invented.")]
pub struct Arguments {
    /// The folder to make.
    #[arg(default_value = "casebook-demo")]
    path: PathBuf,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let folder = surroundings.folder.join(&arguments.path);
    crate::disk::make_new_folder(&folder).map_err(|error| {
        Failure::new(format!("cannot make the folder `{}`: {error}", arguments.path.display()))
            .help("give another path: `casebook demo PATH`")
    })?;
    let binary = surroundings.program()?;
    demo::play(&folder, &binary, &mut print).map_err(|error| {
        Failure::new(error.to_string()).help("`casebook doctor` says what is wrong with an installation")
    })?;
    let case = arguments.path.join(demo::CASE);
    let bold = anstyle::Style::new().bold();
    outln!("\n{bold}The report{bold:#}: {}", case.join("reports/index.html").display());
    outln!("{bold}As text{bold:#}:    {}", case.join("reports/report.md").display());
    outln!("{bold}The case{bold:#}:   cd {} && git log", case.display());
    Ok(Outcome::Sound)
}

fn print(told: Told<'_>) {
    let bold = anstyle::Style::new().bold();
    let dim = anstyle::Style::new().dimmed();
    match told {
        Told::Said(text) => outln!("\n{bold}{text}{bold:#}"),
        Told::Wrote { files, what } => {
            outln!("{dim}# {} written: {what}{dim:#}", counted(files, "file"));
        }
        Told::Runs { by, command } => {
            let name = by.name.split(' ').next().unwrap_or(by.name).to_lowercase();
            outln!("{dim}{name}${dim:#} {command}");
        }
        Told::Printed(text) => out!("{}", printable(&text)),
    }
}
