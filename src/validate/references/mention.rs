//! A text mentions an entry that does not exist.
//!
//! ## What it checks
//! Every `[[…]]` in the Markdown of entries and in the notes, but for code. What begins like an id must be one, whole, of
//! an entry that exists; anything else between `[[` and `]]` is only warned of.
//!
//! ## Why
//! A report makes a link of each mention, with the title of the entry; a broken one leaves the reader with a riddle.
//!
//! ## Fails
//! ```markdown
//! The logon of [[f-7q2k]] came first.
//! ```
//!
//! ## Passes
//! ```markdown
//! The logon of [[f-7q2k9dm4]] came first. In the shell, `[[ -f x ]]` is no mention.
//! ```
//!
//! ## How to fix
//! Write the whole id: `casebook list` shows those that exist. Put brackets that are no mention between backticks.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Case, Datum};
use crate::validate::{Context, Found};
use crate::values::reference::{Mention, mentions};
use crate::values::{EntryId, Kind};
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::ops::Range;

pub const CODE: Code = Code::new("broken-mention");

/// How many broken mentions of one text are looked into: more than are shown of a file.
const MANY: usize = 100;

pub fn check(context: &Context<'_>, found: &mut Found) {
    let case = context.case;
    for entry in case.entries.values() {
        entry.visit(&mut |trail, datum| {
            let Datum::Markdown(text) = datum else { return };
            for broken in broken(case, text.as_str()) {
                let place = Place::value(&entry.path, trail.to_route());
                found.push(broken.report(place, line_in(text.as_str(), &broken.mention)));
            }
        });
    }
    for note in &case.notes {
        for broken in broken(case, &note.text) {
            found.push(broken.report(Place::bytes(&note.path, broken.mention.range.clone()), None));
        }
    }
}

/// A mention of nothing.
struct Broken<'t> {
    mention: Mention<'t>,
    is_error: bool,
    what: String,
    help: String,
}

impl Broken<'_> {
    fn report(&self, place: Place, line: Option<usize>) -> Diagnostic {
        let message = match line {
            Some(line) => format!("{}, in line {line} of this text", self.what),
            None => self.what.clone(),
        };
        match self.is_error {
            true => Diagnostic::error(CODE, place, message),
            false => Diagnostic::warning(CODE, place, message),
        }
        .help(self.help.clone())
    }
}

/// The broken mentions of a text.
fn broken<'t>(case: &Case, text: &'t str) -> Vec<Broken<'t>> {
    if !text.contains("[[") {
        return Vec::new();
    }
    let mut code = None;
    let mut found = Vec::new();
    for mention in mentions(text) {
        let id = mention.id();
        if id.is_some_and(|id| case.entries.contains_key(&id) || case.unreadable.contains_key(&id)) {
            continue;
        }
        // `[[1]](https://…)` is a link whose text has brackets.
        if text[mention.range.end..].starts_with('(') {
            continue;
        }
        let code = code.get_or_insert_with(|| code_in(text));
        if code.iter().any(|range: &Range<usize>| range.contains(&mention.range.start)) {
            continue;
        }
        found.push(judge(case, mention));
        if found.len() == MANY {
            break;
        }
    }
    found
}

fn judge<'t>(case: &Case, mention: Mention<'t>) -> Broken<'t> {
    let inside = mention.inside.trim();
    let name = inside.to_lowercase();
    let kind = name.split_once('-').and_then(|(letter, _)| Kind::ALL.into_iter().find(|kind| is_letter(*kind, letter)));
    let Some(kind) = kind else {
        let what = format!("`[[{inside}]]` mentions no entry");
        let help = "write the id of an entry, such as `[[f-7q2k9dm4]]`, or put the brackets between backticks";
        return Broken { mention, is_error: false, what, help: help.to_owned() };
    };
    let near = name.parse().ok().and_then(|id| case.one_slip_from(id));
    let help = match (case.starting_with(&name).as_slice(), near) {
        ([only], _) => format!("write `[[{only}]]`"),
        (_, Some(near)) => format!("did you mean `[[{near}]]`?"),
        _ => format!("`casebook list {kind}` shows the ids that exist"),
    };
    let what = match (mention.id(), name.parse::<EntryId>()) {
        (Some(id), _) => format!("there is no {kind} `{id}`"),
        (None, Ok(id)) => format!("`{inside}` is not how the id `{id}` is written"),
        (None, Err(_)) => format!("`{inside}` is not the whole id of an entry"),
    };
    Broken { mention, is_error: true, what, help }
}

fn is_letter(kind: Kind, text: &str) -> bool {
    let mut buffer = [0; 4];
    text == &*kind.letter().encode_utf8(&mut buffer)
}

/// The ranges of code in Markdown, where brackets mean themselves.
fn code_in(text: &str) -> Vec<Range<usize>> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
        .into_offset_iter()
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))))
        .map(|(_, range)| range)
        .collect()
}

/// The line of a text of several lines that a mention is in, from 1.
fn line_in(text: &str, mention: &Mention<'_>) -> Option<usize> {
    let lines = |text: &str| text.matches('\n').count() + 1;
    (lines(text.trim_end()) > 1).then(|| lines(&text[..mention.range.start]))
}
