//! `casebook explain`: the manual page of a code.

use super::{Failure, Outcome};
use crate::check;
use crate::values::nearest;
use clap::Args;

/// Explain a code: what it checks, why, what fails, what passes, how to fix it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook explain dangling-reference
  casebook explain                       every code with its first sentence")]
pub struct Arguments {
    /// The code that a message shows in brackets.
    code: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let pages = check::pages();
    match &arguments.code {
        None => {
            let width = pages.iter().map(|page| page.code.len()).max().unwrap_or(0);
            for page in &pages {
                anstream::println!("{:width$}  {}", page.code, page.summary());
            }
        }
        Some(code) => match pages.iter().find(|page| page.code == code) {
            Some(page) => anstream::print!("{}", page.markdown()),
            None => {
                let failure = Failure::new(format!("there is no code `{code}`"));
                return Err(match nearest(code, pages.iter().map(|page| page.code)) {
                    Some(near) => failure.help(format!("did you mean `casebook explain {near}`?")),
                    None => failure.help("`casebook explain` lists every code"),
                });
            }
        },
    }
    Ok(Outcome::Sound)
}
