//! The attributes of the case let Git change the bytes of evidence.
//!
//! ## What it checks
//! That the top `.gitattributes` switches conversion off for everything in `evidence/` and `signoffs/`, and that no later
//! line switches it on again. With Git LFS, `filter=lfs` is accepted for evidence. A case with time stamps needs the same for
//! `timestamps/`.
//!
//! ## Why
//! Without these lines Git on another machine turns line ends round when evidence is added or checked out: the digest no
//! longer fits, and files with mixed line ends cannot be restored.
//!
//! ## Fails
//! ```text
//! * text=auto eol=lf
//! ```
//!
//! ## Passes
//! ```text
//! * text=auto eol=lf
//! evidence/** -text -diff -merge -filter -ident -working-tree-encoding
//! signoffs/** -text
//! timestamps/** -text
//! ```
//!
//! ## How to fix
//! Add the lines that the message shows at the end of `.gitattributes`.

use super::ATTRIBUTES;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::Found;
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("unsafe-attributes");

/// What a case needs: a folder, the attributes that must hold for all below it, and the line to write.
struct Needed {
    folder: &'static str,
    attributes: &'static [&'static str],
    line: &'static str,
}

const NEEDED: &[Needed] = &[
    Needed {
        folder: "evidence",
        attributes: &["text", "filter", "ident", "working-tree-encoding"],
        line: "evidence/** -text -diff -merge -filter -ident -working-tree-encoding",
    },
    Needed { folder: "signoffs", attributes: &["text"], line: "signoffs/** -text" },
];

/// What a case needs as soon as it has time stamps: cases that are older than these do not have the line.
const OF_TIMESTAMPS: Needed = Needed { folder: "timestamps", attributes: &["text"], line: "timestamps/** -text" };

/// Judges the text of the top `.gitattributes`; `None` where there is none.
pub fn check(text: Option<&str>, has_timestamps: bool, found: &mut Found) {
    let path = TreePath::from(ATTRIBUTES);
    let lines: Vec<Line<'_>> = text.map(lines).unwrap_or_default();
    for needed in NEEDED.iter().chain(has_timestamps.then_some(&OF_TIMESTAMPS)) {
        let own = lines.iter().position(|line| needed.is_met_by(line));
        let Some(own) = own else {
            let message = format!("`.gitattributes` does not keep Git from changing bytes in `{}/`", needed.folder);
            found.push(
                Diagnostic::error(CODE, Place::file(&path), message).help(format!("add the line `{}`", needed.line)),
            );
            continue;
        };
        for line in lines[own + 1..].iter().filter(|line| needed.is_undone_by(line)) {
            let message = format!("this line comes later and switches conversion on again for `{}/`", needed.folder);
            found.push(
                Diagnostic::error(CODE, Place::bytes(&path, line.range.clone()), message)
                    .related(Place::bytes(&path, lines[own].range.clone()), "it undoes this line")
                    .help(format!("move it above `{}`", needed.line)),
            );
        }
    }
}

/// A line of `.gitattributes`: its pattern and what it says of each attribute (gitattributes(5)).
struct Line<'t> {
    range: Range<usize>,
    pattern: &'t str,
    attributes: Vec<&'t str>,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let kept = line.trim();
        if !kept.is_empty() && !kept.starts_with('#') {
            let start = at + (line.len() - line.trim_start().len());
            let mut words = kept.split_ascii_whitespace();
            let pattern = words.next().unwrap_or("");
            lines.push(Line { range: start..start + kept.len(), pattern, attributes: words.collect() });
        }
        at += line.len();
    }
    lines
}

impl Needed {
    fn is_met_by(&self, line: &Line<'_>) -> bool {
        let everything = line.pattern.trim_start_matches('/').strip_prefix(self.folder) == Some("/**");
        everything && self.attributes.iter().all(|attribute| line.keeps_off(attribute)) && !self.is_undone_by(line)
    }

    /// Whether a line may reach the folder and switches one of the attributes on, or leaves it to other settings.
    fn is_undone_by(&self, line: &Line<'_>) -> bool {
        let switches = |said: &str| {
            let name = said.trim_start_matches('!').split('=').next().unwrap_or(said);
            !said.starts_with('-') && said != "filter=lfs" && self.attributes.contains(&name)
        };
        line.may_reach(self.folder) && line.attributes.iter().any(|said| switches(said))
    }
}

impl Line<'_> {
    fn keeps_off(&self, attribute: &str) -> bool {
        let off = |said: &&str| {
            said.strip_prefix('-') == Some(attribute)
                || (attribute == "text" && *said == "binary")
                || (attribute == "filter" && *said == "filter=lfs")
        };
        self.attributes.iter().any(off)
    }

    /// Whether the pattern can match something below a folder; in doubt it can.
    fn may_reach(&self, folder: &str) -> bool {
        let pattern = self.pattern.trim_matches('"').trim_start_matches('/');
        match pattern.split_once('/') {
            Some((first, rest)) if !rest.is_empty() => first == folder || first.contains(['*', '?', '[', '\\']),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    const EVIDENCE: &str = "evidence/** -text -diff -merge -filter -ident -working-tree-encoding\n";
    const SIGNOFFS: &str = "signoffs/** -text\n";

    fn problems(text: &str) -> usize {
        let mut found = Vec::new();
        check(Some(text), false, &mut found);
        found.len()
    }

    #[test]
    fn the_lines_of_a_new_case_are_safe() {
        assert_eq!(problems(&format!("* text=auto eol=lf\n*.toml text eol=lf\n{EVIDENCE}{SIGNOFFS}")), 0);
        let merging = "*.toml text eol=lf merge=casebook\n";
        assert_eq!(problems(&format!("{merging}{EVIDENCE}custody/** -merge\nsignoffs/** -text -merge\n")), 0);
        let lfs = "evidence/** filter=lfs diff=lfs merge=lfs -text -ident -working-tree-encoding\n";
        assert_eq!(problems(&format!("{lfs}{SIGNOFFS}*.toml eol=lf\nnotes/*.md text\n")), 0);
    }

    #[test]
    fn what_is_missing_or_undone_is_seen() {
        for (text, expected) in [
            (String::new(), 2),
            (EVIDENCE.to_owned(), 1),
            (format!("# {EVIDENCE}{SIGNOFFS}"), 1),
            (format!("evidence/** -text\n{SIGNOFFS}"), 1),
            (format!("{} text\n{SIGNOFFS}", EVIDENCE.trim_end()), 1),
            (format!("{EVIDENCE}{SIGNOFFS}* text=auto\n"), 2),
            (format!("{EVIDENCE}{SIGNOFFS}evidence/**/*.log text\n"), 1),
            (format!("{EVIDENCE}{SIGNOFFS}*.log !text\n"), 2),
            (format!("{EVIDENCE}{SIGNOFFS}\"evidence/a b\" filter=evil\n"), 1),
            (format!("{EVIDENCE}{SIGNOFFS}[attr]quiet text\n"), 2),
            (format!("{EVIDENCE}{SIGNOFFS}ev*/** ident\n"), 1),
        ] {
            assert_eq!(problems(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_case_with_time_stamps_needs_their_line_too() {
        let problems = |text: &str| {
            let mut found = Vec::new();
            check(Some(text), true, &mut found);
            found.len()
        };
        assert_eq!(problems(&format!("{EVIDENCE}{SIGNOFFS}")), 1);
        assert_eq!(problems(&format!("{EVIDENCE}{SIGNOFFS}timestamps/** -text\n")), 0);
    }
}
