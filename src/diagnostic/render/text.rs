//! Diagnostics for people: the message, the place with the text underlined, and what to type next.

use super::{printable, printable_line, visible};
use crate::diagnostic::sources::line_of;
use crate::diagnostic::{Diagnostic, Level, Place, Sources};
use crate::values::TreePath;
use crate::values::wording::counted;
use annotate_snippets::{AnnotationKind, Group, Level as Look, Origin, Renderer, Snippet};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Renders diagnostics one after the other, each ending in a blank line. With `colour`, ANSI colours are used.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], colour: bool, width: usize) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.term_width(width);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(sources, diagnostic)]));
        out.push_str("\n\n");
    }
    out
}

/// How many diagnostics of one code are shown for one file before the rest are only counted.
const ALIKE_IN_FILE: usize = 5;
/// How many of one code are shown at all.
const ALIKE: usize = 20;

/// The same, but of many alike only the first few, with a line that says how to see the others.
pub fn brief(sources: &Sources, diagnostics: &[Diagnostic], colour: bool, width: usize) -> String {
    let mut shown_in: BTreeMap<(&TreePath, &str), usize> = BTreeMap::new();
    let mut shown_of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut hidden: BTreeMap<&str, (usize, BTreeSet<&TreePath>)> = BTreeMap::new();
    let mut out = String::new();
    for diagnostic in diagnostics {
        let (path, code) = (&diagnostic.place.path, diagnostic.code.as_str());
        let in_file = shown_in.entry((path, code)).or_insert(0);
        let of_code = shown_of.entry(code).or_insert(0);
        if *in_file < ALIKE_IN_FILE && *of_code < ALIKE {
            *in_file += 1;
            *of_code += 1;
            out.push_str(&render(sources, std::slice::from_ref(diagnostic), colour, width));
        } else {
            let (number, files) = hidden.entry(code).or_default();
            *number += 1;
            files.insert(path);
        }
    }
    for (code, (number, files)) in &hidden {
        let (place, command) = match files.iter().next() {
            Some(path) if files.len() == 1 => (printable_line(path.as_str()), printable_line(path.as_str())),
            _ => (format!("{} files", files.len()), ".".to_owned()),
        };
        out.push_str(&format!("and {number} more {code} in {place}: `casebook check {command}` shows them all\n"));
    }
    if !hidden.is_empty() {
        out.push('\n');
    }
    out
}

/// One line about all of them: `3 errors and 1 warning in 2 files`.
pub fn tally(diagnostics: &[Diagnostic]) -> String {
    let files: BTreeSet<&TreePath> = diagnostics.iter().map(|diagnostic| &diagnostic.place.path).collect();
    format!("{} in {}", super::count(diagnostics), counted(files.len(), "file"))
}

fn group<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Group<'a> {
    let look = match diagnostic.level {
        Level::Error => Look::ERROR,
        Level::Warning => Look::WARNING,
    };
    let title = look.primary_title(printable_line(&shortened(&diagnostic.message))).id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    group = mark(group, sources, &diagnostic.place, AnnotationKind::Primary, diagnostic.label.as_deref());
    for related in &diagnostic.related {
        group = mark(group, sources, &related.place, AnnotationKind::Context, Some(&related.label));
    }
    match &diagnostic.help {
        Some(help) => group.element(Look::HELP.message(printable(help))),
        None => group,
    }
}

fn mark<'a>(
    group: Group<'a>,
    sources: &'a Sources,
    place: &'a Place,
    kind: AnnotationKind,
    label: Option<&str>,
) -> Group<'a> {
    let path = printable_line(place.path.as_str());
    match (sources.text(&place.path), sources.range(place)) {
        (Some(text), Some(range)) => {
            let (line, number, range) = line_of(text, range);
            let annotation = match label {
                Some(label) => kind.span(range).label(printable_line(label)),
                None => kind.span(range),
            };
            group.element(Snippet::source(visible(line)).line_start(number).path(path).annotation(annotation))
        }
        _ => group.element(Origin::path(path)),
    }
}

/// A message in which what is quoted is not longer than a line: the snippet shows more of it.
fn shortened(message: &str) -> Cow<'_, str> {
    const LONGEST: usize = 100;
    if message.len() <= LONGEST {
        return Cow::Borrowed(message);
    }
    let shorten = |(number, piece): (usize, &str)| match piece.char_indices().nth(LONGEST) {
        Some((end, _)) if number % 2 == 1 => format!("{}…", &piece[..end]),
        _ => piece.to_owned(),
    };
    Cow::Owned(message.split('`').enumerate().map(shorten).collect::<Vec<_>>().join("`"))
}
