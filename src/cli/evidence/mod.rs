//! `casebook evidence`: register, list and verify evidence, carry it between its homes, hand it over, and show its custody.

pub mod add;
mod attest;
mod carrying;
pub mod cited;
mod commits;
mod custody;
mod derived;
mod export;
mod fetch;
pub mod homes;
mod list;
mod materialise;
pub mod move_;
mod push;
mod rerun;
mod run;
pub mod verified;
mod verify;

use super::open::Open;
use super::{Failure, Outcome, Surroundings, terminal};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::ErrorKind;
use std::path::PathBuf;

/// Register, list and verify evidence; carry it between its homes; hand it over; show its chain of custody.
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(Box<add::Arguments>),
    List(list::Arguments),
    Verify(verify::Arguments),
    Attest(attest::Arguments),
    Push(push::Arguments),
    Fetch(fetch::Arguments),
    Materialise(materialise::Arguments),
    Move(move_::Arguments),
    Custody(custody::Arguments),
    Export(Box<export::Arguments>),
    Run(Box<run::Arguments>),
    Rerun(rerun::Arguments),
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::Add(arguments) => add::run(arguments, surroundings),
        Command::List(arguments) => list::run(arguments, surroundings),
        Command::Verify(arguments) => verify::run(arguments, surroundings),
        Command::Attest(arguments) => attest::run(arguments, surroundings),
        Command::Push(arguments) => push::run(arguments, surroundings),
        Command::Fetch(arguments) => fetch::run(arguments, surroundings),
        Command::Materialise(arguments) => materialise::run(arguments, surroundings),
        Command::Move(arguments) => move_::run(arguments, surroundings),
        Command::Custody(arguments) => custody::run(arguments, surroundings),
        Command::Export(arguments) => export::run(arguments, surroundings),
        Command::Run(arguments) => run::run(arguments, surroundings),
        Command::Rerun(arguments) => rerun::run(arguments, surroundings),
    }
}

/// Opens the case; a command that was killed is finished or taken back first.
pub fn open(surroundings: &Surroundings) -> Result<Open, Failure> {
    let open = Open::here(surroundings)?;
    crate::disk::intake::recover(&open.top, &gate(&open)).map_err(|error| {
        let help = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space on that disk, then type it again",
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                "may you write there? `ls -ld` on that folder shows who may; then type it again"
            }
            _ => "look into the folder `.casebook-adding` of this case, and move away what is in the way",
        };
        Failure::new(format!("what an interrupted command left could not be finished: {error}")).help(help)
    })?;
    carrying::show_to_git(&open)?;
    Ok(open)
}

/// The lock that keeps two commands from moving evidence into place at once.
pub fn gate(open: &Open) -> PathBuf {
    open.repository.git_dir().join("casebook").join("adding.lock")
}

/// A bar over the bytes that are hashed on a terminal, and nothing elsewhere. Where the total is 0 it only counts.
pub fn progress(total: u64) -> ProgressBar {
    bar("hashing", total)
}

/// The same for any work, named by a word of at most eight letters.
fn bar(word: &str, total: u64) -> ProgressBar {
    if !terminal::shows_progress() {
        return ProgressBar::hidden();
    }
    let (bar, look) = match total {
        0 => (ProgressBar::new_spinner(), "{bytes} ({bytes_per_sec})"),
        total => {
            (ProgressBar::new(total), "{bar:30} {percent}% {bytes} of {total_bytes} ({bytes_per_sec}, {eta} left)")
        }
    };
    let look = format!("{word} {look}");
    bar.set_style(ProgressStyle::with_template(&look).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
