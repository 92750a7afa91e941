//! Diagnostics as annotations of a GitHub workflow, which Forgejo and Gitea understand too, and as a job's summary.

use super::{count, printable, text};
use crate::diagnostic::{Diagnostic, Level, Sources};

/// A step shows this many annotations of each type and drops the rest without a word.
const SHOWN: usize = 10;

/// A summary above 1 MiB is dropped as a whole; this leaves room for those of other steps' text.
const SUMMARY_BYTES: usize = 900_000;

/// The text that people read in the log, in which no text of the case can act as a workflow command, then the
/// annotations: the first ten errors and warnings, and a notice that says how many more there are. `token` must be
/// random: it is what ends the part without commands.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], token: &str) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let log = text::render(sources, diagnostics, false, 120);
    let mut out = format!("::stop-commands::{token}\n{log}::{token}::\n");
    for level in [Level::Error, Level::Warning] {
        let of_level: Vec<&Diagnostic> = diagnostics.iter().filter(|diagnostic| diagnostic.level == level).collect();
        for diagnostic in of_level.iter().take(SHOWN) {
            out.push_str(&annotation(sources, diagnostic));
        }
        if of_level.len() > SHOWN {
            let more = of_level.len() - SHOWN;
            let message = format!("{more} more {level}{} in the log of this step", if more == 1 { "" } else { "s" });
            out.push_str(&format!("::notice title=casebook::{}\n", data(&message)));
        }
    }
    out
}

fn annotation(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let mut properties = format!("file={}", property(diagnostic.place.path.as_str()));
    if let Some(at) = sources.position(&diagnostic.place) {
        properties.push_str(&format!(",line={}", at.line));
        // Columns are only understood within one line.
        if at.line == at.end_line {
            properties.push_str(&format!(",col={},endColumn={}", at.column, at.end_column));
        } else {
            properties.push_str(&format!(",endLine={}", at.end_line));
        }
    }
    let help = diagnostic.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let message = data(&printable(&format!("{}{help}", diagnostic.message)));
    format!("::{} {properties},title={}::{message}\n", diagnostic.level, property(diagnostic.code.as_str()))
}

/// Escapes the message of a workflow command, as actions/toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The summary of a job, in Markdown: every diagnostic as a row, as many as fit.
pub fn summary(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = format!("### casebook check: {}\n", count(diagnostics));
    if diagnostics.is_empty() {
        return out;
    }
    out.push_str("\n| | where | what | what to do |\n|---|---|---|---|\n");
    for (number, diagnostic) in diagnostics.iter().enumerate() {
        let line = sources.position(&diagnostic.place).map(|at| format!(":{}", at.line)).unwrap_or_default();
        let row = format!(
            "| {} {} | {}{line} | {} | {} |\n",
            diagnostic.level,
            inert(diagnostic.code.as_str()),
            inert(diagnostic.place.path.as_str()),
            inert(&diagnostic.message),
            inert(diagnostic.help.as_deref().unwrap_or("")),
        );
        if out.len() + row.len() > SUMMARY_BYTES {
            out.push_str(&format!("\nand {} more, in the log of this step\n", diagnostics.len() - number));
            break;
        }
        out.push_str(&row);
    }
    out
}

/// Text in which nothing is Markdown, HTML, a mention or a link: each ASCII punctuation character as its number.
fn inert(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text).chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            '-' | ',' | '/' => out.push(c),
            c if c.is_ascii_punctuation() => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{render, summary};
    use crate::diagnostic::{Code, Diagnostic, Place, Sources};
    use crate::values::{Route, TreePath};

    fn hostile() -> (Sources, Diagnostic) {
        let path = TreePath::from("findings/f-7q2k9dm4.toml");
        let mut sources = Sources::default();
        sources.insert(path.clone(), "id = 1\ntitle = \"::error::x\\n\"\n".to_owned());
        let message = "`a\n::warning::100%, @team | <b> ![x](http://evil.example)` is wrong";
        (sources, Diagnostic::error(Code::new("bad-value"), Place::value(&path, Route::key("title")), message))
    }

    #[test]
    fn text_of_the_case_gives_no_commands() {
        let (sources, diagnostic) = hostile();
        let out = render(&sources, &[diagnostic.help("write it so")], "TOKEN");
        let (inside, after) = out.split_once("::TOKEN::\n").unwrap();
        assert!(inside.starts_with("::stop-commands::TOKEN\n"));
        assert_eq!(
            after,
            "::error file=findings/f-7q2k9dm4.toml,line=2,col=9,endColumn=23,title=bad-value::\
             `a%0A::warning::100%25, @team | <b> ![x](http://evil.example)` is wrong%0Ahelp: write it so\n"
        );
    }

    #[test]
    fn ten_of_each_type_and_a_notice_for_the_rest() {
        let (sources, diagnostic) = hostile();
        let out = render(&sources, &vec![diagnostic; 13], "TOKEN");
        let commands = out.split_once("::TOKEN::\n").unwrap().1;
        assert_eq!(commands.lines().filter(|line| line.starts_with("::error ")).count(), 10);
        assert!(commands.ends_with("::notice title=casebook::3 more errors in the log of this step\n"), "{commands}");
        assert_eq!(render(&sources, &[], "TOKEN"), "");
    }

    #[test]
    fn a_summary_holds_no_markup_of_the_case_and_stays_below_the_limit() {
        let (sources, diagnostic) = hostile();
        let out = summary(&sources, std::slice::from_ref(&diagnostic));
        let row = out.lines().last().unwrap();
        assert_eq!(row.matches('|').count(), 5, "{row}");
        for markup in ["@team", "<b>", "![", "http:", "`"] {
            assert!(!row.contains(markup), "{markup} in {row}");
        }
        let many = summary(&sources, &vec![diagnostic; 20_000]);
        assert!(many.len() < 1_000_000 && many.ends_with(" more, in the log of this step\n"));
    }
}
