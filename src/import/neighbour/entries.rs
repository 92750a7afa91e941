//! Entries of records: which id they have, when one that is known takes their place, and how they are counted.

use super::fields::Fields;
use super::prose::Prose;
use super::words;
use crate::import::{Made, Making, Outcome, made};
use crate::ingest::instant::Form;
use crate::values::time::Known;
use crate::values::vocabulary::{ActionStatus, AssetKind, IndicatorType, Marking};
use crate::values::{EntryId, Kind, Sha256, TreePath, When, fang, observable};

/// The id of the entry that a key makes: its own, where casebook exported it under one and nothing else of the file has that, or
/// else the one that follows from the key.
pub fn identity(making: &Making<'_>, kind: Kind, key: &str, own: Option<EntryId>) -> EntryId {
    match own {
        Some(own) if own.kind() == kind && making.made(own).is_none() => own,
        _ => making.id(kind, key),
    }
}

/// Takes an entry and counts its record; whether it is one now.
pub fn settle(making: &mut Making<'_>, fields: &Fields, entry: Made) -> bool {
    let outcome = making.take(entry, fields.at.clone());
    let is_taken = outcome == Outcome::Taken;
    fields.count(making, outcome);
    is_taken
}

/// The most reasons that name an entry; what more there are name none.
const MAX_NAMED: usize = 100;

/// What comes of a record whose entry the case has under another id.
pub fn known_as(making: &Making<'_>, what: &str, known: EntryId) -> Outcome {
    let reason = format!("{what} is in the case: {known}");
    let skipped = &making.account.skipped;
    let is_named = skipped.len() < MAX_NAMED || skipped.contains_key(&reason);
    Outcome::Skipped(if is_named { reason } else { format!("{what} is in the case") })
}

pub fn in_case() -> Outcome {
    Outcome::Skipped("in the case already".to_owned())
}

/// What an indicator is made of.
pub struct Observed<'o> {
    pub key: &'o str,
    pub own: Option<EntryId>,
    pub kind: IndicatorType,
    pub value: &'o str,
}

/// Says more in an entry.
pub type Fill<'f> = dyn FnMut(&mut Made, &mut Making<'_>) + 'f;

/// Makes an indicator of a record, unless the case has one of its type and value; the id that references to it go to.
pub fn indicator(making: &mut Making<'_>, fields: &Fields, of: &Observed<'_>, fill: &mut Fill<'_>) -> Option<EntryId> {
    indicators(making, fields, std::slice::from_ref(of), fill).into_iter().next()
}

/// Makes the indicators of a record that has several values, and counts it once: taken, where one of them was.
pub fn indicators(making: &mut Making<'_>, fields: &Fields, all: &[Observed<'_>], fill: &mut Fill<'_>) -> Vec<EntryId> {
    let mut ids = Vec::new();
    let mut outcomes = Vec::new();
    for of in all {
        let (id, outcome) = observed(making, fields, of, fill);
        ids.extend(id);
        if let (Outcome::Refused(why), true) = (&outcome, all.len() > 1) {
            making.remark(format!("{}: one of its values is left out: {why}", fields.place));
        }
        outcomes.push(outcome);
    }
    count_any(making, fields, outcomes);
    ids
}

/// Counts a record of which several entries are made once: taken, where one of them was.
pub fn count_any(making: &mut Making<'_>, fields: &Fields, outcomes: Vec<Outcome>) {
    let is_taken = outcomes.contains(&Outcome::Taken);
    let first = outcomes.into_iter().next().filter(|_| !is_taken);
    let none = if is_taken { Outcome::Taken } else { Outcome::Refused("it has no value".to_owned()) };
    fields.count(making, first.unwrap_or(none));
}

fn observed(
    making: &mut Making<'_>,
    fields: &Fields,
    of: &Observed<'_>,
    fill: &mut Fill<'_>,
) -> (Option<EntryId>, Outcome) {
    let written = of.value.trim();
    let live = if fang::is_defanged(of.kind, written) { fang::refang(written) } else { written.to_owned() };
    let id = identity(making, Kind::Indicator, of.key, of.own);
    if making.is_known(id) {
        return (Some(id), in_case());
    }
    if let Some(known) = making.names.indicator(of.kind, &live) {
        return (Some(known), known_as(making, "the same indicator", known));
    }
    if live.is_empty() {
        return (None, Outcome::Refused("it has no value".to_owned()));
    }
    if live.contains(['\n', '\r']) {
        return (None, Outcome::Refused("its value has more than one line".to_owned()));
    }
    if let Err(wrong) = observable::check(of.kind, &live) {
        return (None, Outcome::Refused(wrong.message));
    }
    let mut entry = Made::new(id);
    entry.word("type", of.kind).word("value", &live).word("verdict", "unknown");
    fill(&mut entry, making);
    let outcome = making.take(entry, fields.at.clone());
    if outcome != Outcome::Taken {
        return (None, outcome);
    }
    if live != written {
        making.remark("a value was defanged and is live now, as entries hold values");
    }
    making.names.add_indicator(of.kind, &live, id);
    (Some(id), outcome)
}

/// Makes an asset, unless the case has exactly one of its name and kind; the id that references to it go to.
pub fn asset(
    making: &mut Making<'_>,
    fields: &Fields,
    key: &str,
    own: Option<EntryId>,
    (name, kind): (&str, AssetKind),
    fill: &mut Fill<'_>,
) -> Option<EntryId> {
    let id = identity(making, Kind::Asset, key, own);
    if making.is_known(id) {
        fields.count(making, in_case());
        return Some(id);
    }
    let name = made::one_line(name);
    if name.is_empty() {
        fields.count(making, Outcome::Refused("it has no name".to_owned()));
        return None;
    }
    let named = making.names.assets(&name);
    let same: Vec<EntryId> = named.iter().copied().filter(|known| kind_of(making, *known) == Some(kind)).collect();
    match same[..] {
        [known] if own.is_none() => {
            fields.count(making, known_as(making, "the asset of this name", known));
            return Some(known);
        }
        [] if named.is_empty() => {}
        _ => making.remark(format!("`{name}` is the name of several assets: they were not merged")),
    }
    let mut entry = Made::new(id);
    entry.line("name", &name).word("kind", kind);
    fill(&mut entry, making);
    if !settle(making, fields, entry) {
        return None;
    }
    making.names.add_asset(&name, id);
    Some(id)
}

fn kind_of(making: &Making<'_>, id: EntryId) -> Option<AssetKind> {
    if let Some(made) = making.made(id) {
        return made.get("kind")?.parse().ok();
    }
    making.case.assets().find(|(entry, _)| entry.id() == id).map(|(_, asset)| asset.kind)
}

/// Marks an entry, where its marking is not that of the case.
pub fn mark(entry: &mut Made, making: &Making<'_>, marking: Option<Marking>) {
    entry.maybe("tlp", marking.filter(|marking| *marking != making.case.own_marking()));
}

/// Takes a text as a note, under a name that comes from its title, and counts its record.
pub fn note(making: &mut Making<'_>, fields: &Fields, title: &str, text: &Prose) {
    let outcome = take_note(making, title, text);
    fields.count(making, outcome);
}

/// The most notes of one title that are told apart by a number.
const MAX_NUMBERED: u32 = 20;

/// Takes a text as a note, unless the case has one that says the same.
pub fn take_note(making: &mut Making<'_>, title: &str, text: &Prose) -> Outcome {
    let title = made::one_line(title);
    let body = crate::diagnostic::render::printable(&text.text().replace("\r\n", "\n").replace('\r', "\n"));
    let has_heading = body.lines().any(|line| line.starts_with("# "));
    let heading = if has_heading { String::new() } else { format!("# {title}\n\n") };
    let text = format!("{heading}{}\n", body.trim());
    let name = slug(&title);
    let mut number = 1u32;
    loop {
        let path = match number {
            1 => format!("notes/{name}.md"),
            2..=MAX_NUMBERED => format!("notes/{name}-{number}.md"),
            // Of very many notes of one title, none is looked for among all the others.
            _ => format!("notes/{name}-{}.md", Sha256::of(text.as_bytes())),
        };
        let path = TreePath::from(path);
        let known = making.case.notes.iter().find(|note| note.path == path).map(|note| &note.text);
        match known.or_else(|| making.notes.get(&path)) {
            Some(same) if is_same_note(same, &text) => return in_case(),
            Some(_) if number > MAX_NUMBERED => return in_case(),
            Some(_) => number += 1,
            None => {
                making.notes.insert(path, text);
                return Outcome::Taken;
            }
        }
    }
}

/// Whether a note says the same as another; mentions of what does not exist were put between backticks.
fn is_same_note(one: &str, other: &str) -> bool {
    one.trim().replace('`', "") == other.trim().replace('`', "")
}

/// A name of a file that every disk takes.
fn slug(title: &str) -> String {
    let words: Vec<String> = title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let name: String = words.join("-").chars().take(60).collect();
    match name.trim_matches('-') {
        "" => "note".to_owned(),
        // Windows reserves names such as `con` and `nul`.
        short if short.len() < 5 => format!("note-{short}"),
        name => name.to_owned(),
    }
}

/// Why a list of evidence makes no items.
pub const NO_BYTES: &str =
    "evidence that is only named: an item has its bytes, so register them with `casebook evidence add`";

/// Says where an action stands. What is done says when: where the neighbour does not, the action is in progress, and its description
/// says what the neighbour has. What came of it is the neighbour's word for where it stands, unless it says more.
pub fn status(
    entry: &mut Made,
    making: &mut Making<'_>,
    (text, status): (&str, Option<ActionStatus>),
    closed: Option<&str>,
    more: &mut Prose,
) {
    let done = closed
        .map(|closed| words::when(closed, Form::BySize, making).or_else(|_| words::when(closed, Form::Iso, making)));
    match (status, done) {
        (Some(ActionStatus::Done), Some(Ok(When { known: Known::At(at), .. }))) => {
            entry.word("status", "done").cell("done_at", made::moment_value(at)).markdown("outcome", text);
        }
        (Some(ActionStatus::Done), _) => {
            entry.word("status", "in-progress");
            more.fact("Status", Some(text)).fact("Closed", closed);
            making.remark("an action that is done does not say when: it is in progress until `casebook set ID status=done done_at=…`");
        }
        (Some(ActionStatus::Declined), _) => {
            entry.word("status", "declined").markdown("outcome", text);
            more.fact("Closed", closed);
        }
        (Some(other), _) => {
            entry.word("status", other);
            more.fact("Closed", closed);
        }
        (None, _) => {
            entry.word("status", "open");
            more.fact("Status", Some(text)).fact("Closed", closed);
        }
    }
}
