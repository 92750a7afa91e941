//! `casebook explain`: the manual page of a code.

use super::{Failure, Outcome, markdown, style, terminal};
use crate::check;
use crate::diagnostic::Page;
use crate::values::nearest;
use clap::Args;

/// Explain a code: what it checks, why, what fails, what passes, how to fix it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook explain dangling-reference
  casebook explain                       every code with its first sentence
  casebook explain milestone-order --format md")]
pub struct Arguments {
    /// The code that a message shows in brackets.
    code: Option<String>,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Laid out for reading.
    Text,
    /// As Markdown.
    Md,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let pages = check::pages();
    match (&arguments.code, arguments.format) {
        (None, Format::Text) => out!("{}", overview(&pages)),
        (None, Format::Md) => out!("{}", super::manual::rules()),
        (Some(code), Format::Text) => {
            let page = find(&pages, code)?;
            out!("{}", markdown::render(&page.markdown(), terminal::prose_width()));
            outln!("\n{}", standing(page));
        }
        (Some(code), Format::Md) => out!("{}", find(&pages, code)?.markdown()),
    }
    Ok(Outcome::Sound)
}

/// The page of a code as people type or paste it: `error[dangling-reference]` is one, too.
fn find<'p>(pages: &'p [Page], typed: &str) -> Result<&'p Page, Failure> {
    let bare = typed.trim().trim_end_matches([']', ':']);
    let bare = bare.rsplit('[').next().unwrap_or(bare).to_lowercase().replace(['_', ' '], "-");
    pages.iter().find(|page| page.code == bare).ok_or_else(|| {
        let failure = Failure::new(format!("there is no code `{typed}`"));
        match nearest(&bare, pages.iter().map(|page| page.code)) {
            Some(near) => failure.help(format!("did you mean `casebook explain {near}`?")),
            None => failure.help("`casebook explain` lists every code"),
        }
    })
}

/// Every code with its first sentence, by family.
fn overview(pages: &[Page]) -> String {
    let (bold, name) = (style::BOLD, style::NAME);
    let width = pages.iter().map(|page| page.code.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (family, pages) in check::families() {
        let gap = if out.is_empty() { "" } else { "\n" };
        out.push_str(&format!("{gap}{bold}{family}{bold:#}\n"));
        for page in pages {
            let first = format!("  {name}{:width$}{name:#}  ", page.code);
            let hanging = " ".repeat(width + 4);
            let options = textwrap::Options::new(terminal::width()).initial_indent(&first).subsequent_indent(&hanging);
            out.push_str(&textwrap::fill(&page.summary(), options));
            out.push('\n');
        }
    }
    out
}

/// Whether a policy may change how a code weighs.
pub fn standing(page: &Page) -> String {
    match page.fixed {
        true => "No policy changes this one: without it a case is unreadable or unproven.".to_owned(),
        false => format!("A team's policy may change it, in policy.toml: `rules.{} = \"warning\"`.", page.code),
    }
}
