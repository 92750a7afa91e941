//! `casebook completions`: completions for a shell.

use super::{Cli, Failure, Outcome};
use clap::{Args, CommandFactory};

/// Print completions for a shell.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook completions bash > ~/.local/share/bash-completion/completions/casebook
  casebook completions fish > ~/.config/fish/completions/casebook.fish")]
pub struct Arguments {
    shell: clap_complete::Shell,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "casebook", &mut text);
    out!("{}", String::from_utf8_lossy(&text));
    Ok(Outcome::Sound)
}
