//! `casebook merge-driver`: what Git calls to merge one file.

use super::{Failure, Outcome, Surroundings};
use crate::diagnostic::render::printable_line;
use crate::hook::merge::{Driven, Request, drive};
use clap::Args;
use std::path::PathBuf;

/// Merge three versions of a file key by key. Git calls this; `casebook hook install` sets it up.
#[derive(Args)]
#[command(after_help = "\
The merged file takes the place of OURS. What is no record of a case is merged line by line, as Git does it.

Examples:
  git config merge.casebook.driver                     what Git calls here
  casebook merge-driver base.toml ours.toml theirs.toml findings/f-7q2k9dm4.toml

Exit codes: 0 merged, 1 conflicts are left, 2 could not run.")]
pub struct Arguments {
    /// The file with what both sides come from; empty where there is nothing.
    ancestor: PathBuf,
    /// The file with our version, which the merged one replaces.
    ours: PathBuf,
    /// The file with their version.
    theirs: PathBuf,
    /// The path in the case.
    path: String,

    /// How long the marks of a conflict are.
    #[arg(long, value_name = "N", default_value = "7", value_parser = clap::value_parser!(u16).range(1..=1000))]
    marker_size: u16,

    /// What the version that both come from is called.
    #[arg(long, value_name = "TEXT", default_value = "base", allow_hyphen_values = true)]
    ancestor_label: String,

    /// What our version is called.
    #[arg(long, value_name = "TEXT", default_value = "ours", allow_hyphen_values = true)]
    ours_label: String,

    /// What their version is called.
    #[arg(long, value_name = "TEXT", default_value = "theirs", allow_hyphen_values = true)]
    theirs_label: String,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let file = |path: &PathBuf| surroundings.folder.join(path);
    let request = Request {
        ancestor: file(&arguments.ancestor),
        ours: file(&arguments.ours),
        theirs: file(&arguments.theirs),
        path: arguments.path.clone(),
        size: usize::from(arguments.marker_size),
        ancestor_label: label(&arguments.ancestor_label, "base"),
        ours_label: label(&arguments.ours_label, "ours"),
        theirs_label: label(&arguments.theirs_label, "theirs"),
    };
    let driven = drive(&request)?;
    if let Some(line) = line(&arguments.path, &driven) {
        errln!("{}", printable_line(&format!("casebook: {line}")));
    }
    Ok(if driven.is_clean() { Outcome::Sound } else { Outcome::Problems })
}

/// A label as Git gives it; a Git that does not know labels leaves `%X` as it is.
fn label(given: &str, otherwise: &str) -> String {
    let is_given = !given.is_empty() && !matches!(given, "%S" | "%X" | "%Y");
    if is_given { given } else { otherwise }.to_owned()
}

/// What there is to say of it, in one line.
fn line(path: &str, driven: &Driven) -> Option<String> {
    let next = format!("`casebook resolve {path}` shows what to choose from");
    match driven {
        Driven::Merged => None,
        Driven::Conflicts { keys, raised } => {
            let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            let raised = raised.map(|number| format!("; both sides changed this file: its `version` becomes {number}"));
            Some(format!("{path}: both sides changed {}{}; {next}", keys.join(", "), raised.unwrap_or_default()))
        }
        Driven::Kept(reason) => Some(format!("{path}: not merged: {reason}; {next}")),
        Driven::Mistaken { side, id } => {
            Some(format!("{path}: not merged: {side} is the entry `{id}`, which Git took for this one; {next}"))
        }
        Driven::ByLine { reason, .. } => Some(format!("{path}: merged line by line: {reason}")),
    }
}
