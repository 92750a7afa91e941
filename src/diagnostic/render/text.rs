//! Diagnostics for people: the message, the place with the text underlined, and what to type next.

use super::{printable, printable_line, visible};
use crate::diagnostic::{Diagnostic, Level, Place, Sources};
use annotate_snippets::{AnnotationKind, Group, Level as Look, Origin, Renderer, Snippet};

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

fn group<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Group<'a> {
    let look = match diagnostic.level {
        Level::Error => Look::ERROR,
        Level::Warning => Look::WARNING,
    };
    let title = look.primary_title(printable_line(&diagnostic.message)).id(diagnostic.code.as_str());
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
            let annotation = match label {
                Some(label) => kind.span(first_line_of(text, range)).label(printable_line(label)),
                None => kind.span(first_line_of(text, range)),
            };
            group.element(Snippet::source(visible(text)).path(path).annotation(annotation))
        }
        _ => group.element(Origin::path(path)),
    }
}

/// Cuts a range that spans lines to its first one: a table of many lines need not be shown whole.
fn first_line_of(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    match text[range.clone()].find('\n') {
        Some(length) => range.start..range.start + length,
        None => range,
    }
}
