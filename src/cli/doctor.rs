//! `casebook doctor`: what is wrong with this installation, and what to type.

use super::{Failure, Format, Outcome, Surroundings, style};
use crate::diagnostic::render::printable;
use crate::hook::doctor::{self, Examination, Health, Patient};
use clap::Args;
use serde_json::json;

/// Find out what is wrong with this installation, and what to type to mend it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook doctor
  casebook doctor --format json

Exit codes: 0 nothing to mend (notes allowed), 1 something to mend.")]
pub struct Arguments {
    /// How to print what is found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let patient = Patient {
        folder: surroundings.folder.clone(),
        program: surroundings.program().ok(),
        name: set("GIT_AUTHOR_NAME"),
        email: set("GIT_AUTHOR_EMAIL"),
    };
    let found = doctor::examine(&patient);
    let ill = found.iter().filter(|examination| examination.health == Health::Ill).count();
    match arguments.format {
        Format::Text => {
            found.iter().for_each(print);
            match ill {
                0 => outln!("Nothing to mend."),
                1 => outln!("1 thing to mend."),
                ill => outln!("{ill} things to mend."),
            }
        }
        Format::Json => {
            let list: Vec<_> = found
                .iter()
                .map(|one| json!({ "about": one.about, "health": one.health.word(), "says": one.says, "mend": one.mend }))
                .collect();
            outln!("{:#}", json!({ "examinations": list, "well": ill == 0 }));
        }
    }
    Ok(if ill == 0 { Outcome::Sound } else { Outcome::Problems })
}

fn print(examination: &Examination) {
    let style = match examination.health {
        Health::Well => style::GOOD,
        Health::Note => style::WARN,
        Health::Ill => style::BAD,
    };
    let word = examination.health.word();
    outln!("{style}{word:6}{style:#} {:13} {}", examination.about, printable(&examination.says));
    if let Some(mend) = &examination.mend {
        outln!("{:6} {:13} {}", "", "", printable(mend));
    }
}
