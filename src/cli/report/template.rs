//! `casebook report template`: begins a template of one's own.

use super::super::{Failure, Outcome, Surroundings};
use super::{Reading, unknown};
use crate::disk::{DiskTree, file};
use crate::report::audience;
use crate::template::{FOLDER, Templates};
use crate::values::vocabulary::ReportSection;
use crate::values::{TreePath, nearest};
use clap::Args;

/// Begin a template of a report or of a section, from an example that works.
///
/// It is written into the folder `templates` of the case, and never over one that is there. docs/templates.md says what
/// templates may use.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook report template executive           templates/executive.html.jinja
  casebook report template legal --format md   templates/legal.md.jinja
  casebook report template --section needs     templates/sections/needs.md.jinja

Exit codes: 0 written, 2 could not run.")]
pub struct Arguments {
    /// For whose report.
    #[arg(value_name = "AUDIENCE", required_unless_present = "section")]
    audience: Option<String>,

    /// For this section of all reports that have it.
    #[arg(long, value_name = "SECTION", conflicts_with_all = ["audience", "format"])]
    section: Option<String>,

    /// What it makes.
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Html,
    Md,
}

const PAGE: &str = include_str!("example.html.jinja");
const MARKDOWN: &str = include_str!("example.md.jinja");
const SECTION: &str = include_str!("example.section.md.jinja");

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let (name, is_section, example) = match (&arguments.section, &arguments.audience, arguments.format) {
        (Some(section), ..) => (known_section(section)?, true, SECTION),
        (None, audience, format) => {
            let name = known_audience(audience.as_deref().unwrap_or_default(), surroundings)?;
            (name, false, if format == Format::Html { PAGE } else { MARKDOWN })
        }
    };
    let place = Templates::place(&name, is_section, arguments.format == Format::Html);
    let path = TreePath::from(format!("{FOLDER}/{place}"));
    let case = DiskTree::new(&surroundings.case_folder()?);
    if file::is_there(&case.locate(&path)) {
        return Err(Failure::new(format!("`{path}` is there already")).help("change that one, or remove it first"));
    }
    case.write(&path, example.as_bytes(), false)
        .map_err(|error| Failure::new(format!("cannot write `{path}`: {error}")).help("may you write there?"))?;
    outln!("{path}");
    outln!("next: change it, then `git add {path} && git commit -m \"A template\" && casebook report`");
    Ok(Outcome::Sound)
}

fn known_section(word: &str) -> Result<String, Failure> {
    let words: Vec<&str> = ReportSection::ALL.iter().map(|section| section.word()).collect();
    if words.contains(&word) {
        return Ok(word.to_owned());
    }
    let failure = Failure::new(format!("no report has a section `{word}`"));
    Err(match nearest(word, words.iter().copied()) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help(format!("the sections are {}", words.join(", "))),
    })
}

fn known_audience(handle: &str, surroundings: &Surroundings) -> Result<String, Failure> {
    let case = Reading::of("HEAD", surroundings)?.case()?;
    match audience::profile(&case, handle) {
        Some(profile) => Ok(profile.handle),
        None => Err(unknown(&case, handle)),
    }
}
