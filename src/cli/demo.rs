//! `casebook demo`: a complete case of a real incident, built before one's eyes.

use super::init::survey;
use super::{Failure, Outcome, Surroundings};
use crate::demo::{self, Told};
use crate::diagnostic::render::printable;
use crate::disk::file::resolved;
use crate::values::wording::counted;
use clap::Args;
use std::path::{Path, PathBuf};

/// Build a complete case of a real incident, then its report.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook demo                         into the folder `casebook-demo`
  casebook demo /tmp/tryout
  casebook demo --case pypi-phishing    another case, beside it

The evidence of the domain controller is from \"The Case of the Stolen Szechuan Sauce\" by James Smith (dfirmadness.com), \
published in the DFIR Artifact Museum under the MIT licence. Its people, actions and decisions are invented.

The case of PyPI is made of two reports that PyPI published under the Apache licence, version 2.0, and cites their lines. \
Nothing in it is invented; what in it is judgement, such as severities, its note says.")]
pub struct Arguments {
    /// The folder to make; `casebook-demo` where none is named, `casebook-demo-pypi-phishing` for that case.
    path: Option<PathBuf>,

    /// Which case to build.
    #[arg(long, value_name = "CASE", default_value = "domain-controller")]
    case: Case,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Case {
    /// An intruded domain controller, in September 2020.
    DomainController,
    /// The phishing of PyPI users, in July 2025, as PyPI reported it.
    PypiPhishing,
}

impl Case {
    /// The folder that is made where none is named: the cases lie side by side.
    fn folder(self) -> &'static Path {
        Path::new(match self {
            Case::DomainController => "casebook-demo",
            Case::PypiPhishing => "casebook-demo-pypi-phishing",
        })
    }
}

impl From<Case> for demo::Case {
    fn from(case: Case) -> Self {
        match case {
            Case::DomainController => demo::Case::DomainController,
            Case::PypiPhishing => demo::Case::PypiPhishing,
        }
    }
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let path = arguments.path.as_deref().unwrap_or(arguments.case.folder());
    let folder = surroundings.folder.join(path);
    survey(&resolved(&folder)).map_err(|failure| failure.help("give a path elsewhere: `casebook demo PATH`"))?;
    crate::disk::make_new_folder(&folder).map_err(|error| {
        Failure::new(format!("cannot make the folder `{}`: {error}", path.display()))
            .help("give another path: `casebook demo PATH`")
    })?;
    let binary = surroundings.program()?;
    demo::play(arguments.case.into(), &folder, &binary, &mut print).map_err(|error| {
        Failure::new(error.to_string()).help("`casebook doctor` says what is wrong with an installation")
    })?;
    let case = path.join(demo::FOLDER);
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
