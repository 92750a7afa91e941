//! The reference pages of docs/, made from what the program itself knows: its commands and its codes.

use super::{Cli, explain};
use crate::check;
use crate::diagnostic::Page;
use clap::{Command, CommandFactory};

/// What stands at the top of every page that is made here.
const GENERATED: &str =
    "<!-- Made from the program by `UPDATE=1 cargo nextest run --test docs`; not edited by hand. -->\n";

/// docs/cli.md: every command with its help.
pub fn commands() -> String {
    let mut root = Cli::command().term_width(100);
    root.build();
    let mut out = format!(
        "{GENERATED}\n# The commands\n\nEvery command ends with 0 when all is sound, 1 when there are problems, and 2 when \
         it could not run.\n`--format json` is for scripts; the text for people may change.\n"
    );
    let mut list = String::new();
    describe(&mut root, &mut list, &mut out);
    out.replacen("change.\n", &format!("change.\n\n{list}"), 1)
}

fn describe(command: &mut Command, list: &mut String, out: &mut String) {
    let path = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    list.push_str(&format!("- [`{path}`](#{}): {about}\n", path.replace(' ', "-")));
    // Trailing spaces are of the layout, not of the text.
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    out.push_str(&format!("\n## {path}\n\n```text\n{}\n```\n", help.join("\n").trim_end()));
    for inner in command.get_subcommands_mut().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help") {
        describe(inner, list, out);
    }
}

/// docs/rules/README.md: every code with its first sentence, by family.
pub fn rules() -> String {
    let mut out = format!(
        "{GENERATED}\n# The codes\n\nWhat `casebook check` can report. `casebook explain CODE` shows the same pages on a \
         terminal.\n"
    );
    for (family, pages) in check::families() {
        out.push_str(&format!("\n## {family}\n\n"));
        for page in pages {
            let fixed = if page.fixed { " *(always an error)*" } else { "" };
            out.push_str(&format!("- [{0}]({0}.md): {1}{fixed}\n", page.code, page.summary()));
        }
    }
    out
}

/// docs/rules/CODE.md: the manual page of a code.
pub fn rule(page: &Page) -> String {
    format!("{GENERATED}\n{}\n{}\n", page.markdown().trim_end(), explain::standing(page))
}
