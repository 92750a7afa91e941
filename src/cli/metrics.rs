//! `casebook metrics`: cases in numbers, for monitoring.

use super::{Failure, Outcome, Surroundings, open};
use crate::diagnostic::render::count;
use crate::disk::{file, folder, write};
use crate::git::Repo;
use crate::hook::doctor::{self, Patient};
use crate::hook::is_case;
use crate::hook::receive::Settings;
use crate::monitor::{self, Sample, openmetrics};
use crate::notice::ledger::Ledger;
use crate::report::Source;
use clap::Args;
use std::path::{Path, PathBuf};

/// Print cases in numbers as OpenMetrics: overdue actions, legal clocks, missing sign-offs, damaged evidence, notices that wait, and the
/// health of the installation.
///
/// Of each repository the last commit of its protected branch is measured, or HEAD. No text of a case is in a label: only its number,
/// words of the vocabularies, ids and handles. Let a timer write it where the node exporter of Prometheus looks for text files.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook metrics                             the case of this folder
  casebook metrics --below /srv/git            every case of a server
  casebook metrics --below /srv/git --output /var/lib/node_exporter/casebook.prom

Exit codes: 0 measured, 1 a repository could not be measured, 2 none could.")]
pub struct Arguments {
    /// The repositories; the one of this folder where none is named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Every repository that lies in this folder.
    #[arg(long, value_name = "FOLDER")]
    below: Option<PathBuf>,

    /// Write it to a file, whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let mut paths: Vec<PathBuf> = arguments.paths.iter().map(|path| surroundings.folder.join(path)).collect();
    if let Some(folder) = &arguments.below {
        let folder = file::resolved(&surroundings.folder.join(folder));
        let names =
            folder::names(&folder)?.ok_or_else(|| Failure::new(format!("`{}` is no folder", folder.display())))?;
        paths.extend(names.into_iter().map(|name| folder.join(name)).filter(|path| file::is_real_folder(path)));
        paths.sort();
    } else if paths.is_empty() {
        paths.push(surroundings.folder.clone());
    }
    let (mut samples, mut failed) = (Vec::new(), 0);
    let measured = paths.len();
    for path in &paths {
        match measure(path, arguments.below.is_some(), surroundings) {
            // Two series of the same name and labels would spoil the whole file.
            Ok(found) if found.iter().any(|sample| samples.contains(sample)) => {
                failed += 1;
                errln!("casebook: {}: its case was measured already, in another repository", path.display());
            }
            Ok(found) => samples.extend(found),
            Err(failure) => {
                failed += 1;
                errln!("casebook: {}: {}", path.display(), failure.message);
            }
        }
    }
    if failed == measured {
        return Err(Failure::new("there is no case that could be measured"));
    }
    let text = openmetrics::write(&samples);
    match &arguments.output {
        Some(file) => write::whole(&surroundings.folder.join(file), text.as_bytes(), false)?,
        None => out!("{text}"),
    }
    Ok(if failed == 0 { Outcome::Sound } else { Outcome::Problems })
}

/// Measures the repository of a path; one that was only listed must lie there, and not around it.
fn measure(path: &Path, is_listed: bool, surroundings: &Surroundings) -> Result<Vec<Sample>, Failure> {
    let repository = Repo::discover(path)?;
    if is_listed && !repository.git_dir().starts_with(path) {
        return Err(Failure::new("there is no repository in it"));
    }
    let settings = Settings::of(&repository).map_err(Failure::new)?;
    let protected = settings.protected.iter().find_map(|reference| repository.tip(reference).ok().flatten());
    let tip = protected.map_or_else(|| repository.resolve("HEAD"), Ok)?;
    let tree = repository.tree(tip.tree);
    if !is_case(&tree) {
        return Err(Failure::new("there is no case in it"));
    }
    let verdict = open::judge(&repository, &tree, &[], surroundings.now)?;
    let source = Source::of(&tree, verdict.case.clone(), count(&verdict.diagnostics))?;
    let patient = Patient { folder: path.to_owned(), program: surroundings.program().ok(), name: None, email: None };
    let mut samples = monitor::of_case(&verdict, &source.standings, surroundings.now);
    samples.extend(monitor::of_ledger(&verdict.case, &Ledger::open(&repository)?)?);
    samples.extend(monitor::of_repository(&verdict.case, &doctor::examine(&patient)));
    Ok(samples)
}
