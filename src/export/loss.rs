//! The loss report: what of a case found no place in a format. Each format says of every declared field where it goes; a test
//! changes every field and looks whether the export changes with it.

use super::format::{Export, Format};
use super::source::Source;
use crate::diagnostic::render::printable;
use crate::model::case::CaseRecord;
use crate::model::{Body, Case, Entry, Policy, Record, Shape, TableShape, Team};
use crate::values::wording::counted;
use crate::values::{EntryId, Kind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many entries are named as examples.
const EXAMPLES: usize = 3;

/// A field of a record and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The record, such as `finding`.
    pub record: &'static str,
    /// The way to the field in it, such as `source.asset`.
    pub route: String,
    /// Where it goes; `None` where it has no place.
    pub place: Option<&'static str>,
}

/// Every field of a case, and where the format puts it. A field that the format says nothing of is an error.
pub fn placed(format: Format) -> Result<Vec<Placed>, String> {
    let lines: Vec<(&str, &str)> = format.places().lines().filter_map(|line| line.split_once("  ")).collect();
    let mut unused: Vec<&str> = lines.iter().map(|(route, _)| *route).collect();
    let mut all = Vec::new();
    for (record, route) in fields() {
        let whole = format!("{record}.{route}");
        let line = lines.iter().find(|(pattern, _)| stands_for(pattern, &whole));
        let Some((pattern, place)) = line else { return Err(format!("nothing is said of `{whole}`")) };
        unused.retain(|other| other != pattern);
        let place = place.trim();
        all.push(Placed { record, route, place: (place != "-").then_some(place) });
    }
    match unused.first() {
        Some(line) => Err(format!("`{line}` stands for no field")),
        None => Ok(all),
    }
}

/// Whether a line of a format's places, such as `finding.title`, `decision.*` or `*`, stands for a field.
fn stands_for(pattern: &str, field: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => field.starts_with(start),
        None => pattern == field,
    }
}

/// Every field of every record, in the order of docs/format.md.
pub fn fields() -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let mut add = |record: &'static str, table: &TableShape| {
        let mut routes = Vec::new();
        inside("", table, &mut routes);
        all.extend(routes.into_iter().map(|route| (record, route)));
    };
    add("case", &CaseRecord::table());
    add("team", &Team::table());
    add("policy", &Policy::table());
    for kind in Kind::ALL {
        add(kind.noun(), &Body::table(kind));
    }
    all.push(("note", "text".to_owned()));
    // The number of the format of repositories says nothing of the incident.
    all.retain(|(record, route)| (*record, route.as_str()) != ("case", "format"));
    all
}

fn inside(above: &str, table: &TableShape, routes: &mut Vec<String>) {
    for field in &table.fields {
        let route = format!("{above}{}", field.name);
        match below(&field.shape) {
            Some(table) => inside(&format!("{route}."), table, routes),
            None => routes.push(route),
        }
    }
}

/// The table that a field holds, or that each of its items is.
pub fn below(shape: &Shape) -> Option<&TableShape> {
    match shape {
        Shape::Table(table) => Some(table),
        Shape::List { item, .. } => below(item),
        _ => None,
    }
}

/// Fields of the entries that are told, without a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    pub record: &'static str,
    pub route: String,
    /// How many records have it.
    pub count: usize,
    /// Some of the entries that have it.
    pub examples: Vec<EntryId>,
}

/// What a case loses in a format.
pub struct Loss {
    pub fields: Vec<Lost>,
}

pub fn loss(format: Format, case: &Case) -> Loss {
    let mut by_record: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for field in placed(format).unwrap_or_default().into_iter().filter(|field| field.place.is_none()) {
        by_record.entry(field.record).or_default().push(field.route);
    }
    let mut fields = Vec::new();
    for (record, routes) in by_record {
        let bodies = bodies(case, record);
        for route in routes {
            let holding: Vec<Option<EntryId>> =
                bodies.iter().filter(|(_, body)| holds(body, &route)).map(|(id, _)| *id).collect();
            if !holding.is_empty() {
                let examples = holding.iter().flatten().take(EXAMPLES).copied().collect();
                fields.push(Lost { record, route, count: holding.len(), examples });
            }
        }
    }
    Loss { fields }
}

/// The records of a name, as JSON.
fn bodies(case: &Case, record: &str) -> Vec<(Option<EntryId>, Value)> {
    let one = |value: Option<Value>| value.into_iter().map(|value| (None, value)).collect();
    match record {
        "case" => one(case.record.as_ref().map(|record| json!(record.value))),
        "team" => one(case.team.as_ref().map(|team| json!(team.value))),
        "policy" => one(case.policy.as_ref().map(|policy| json!(policy.value))),
        "note" => case.notes.iter().map(|note| (None, json!({ "text": note.text }))).collect(),
        kind => {
            let kind = Kind::ALL.into_iter().find(|known| known.noun() == kind);
            let entries = kind.into_iter().flat_map(|kind| case.of_kind(kind));
            entries.map(|entry| (Some(entry.id()), body_json(entry))).collect()
        }
    }
}

/// What an entry says, as JSON: a key for each field.
pub fn body_json(entry: &Entry) -> Value {
    match &entry.body {
        Body::Finding(body) => json!(body),
        Body::Event(body) => json!(body),
        Body::Indicator(body) => json!(body),
        Body::Asset(body) => json!(body),
        Body::Action(body) => json!(body),
        Body::Decision(body) => json!(body),
        Body::Evidence(body) => json!(body),
        Body::Custody(body) => json!(body),
    }
}

fn holds(value: &Value, route: &str) -> bool {
    let (first, rest) = route.split_once('.').unwrap_or((route, ""));
    match value {
        Value::Array(items) => items.iter().any(|item| holds(item, route)),
        Value::Object(_) if !route.is_empty() => value.get(first).is_some_and(|inside| holds(inside, rest)),
        Value::Null => false,
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// The report as text, for people. It names so many of the entries that have no place, and counts the others.
pub fn text(format: Format, source: &Source<'_>, export: &Export, loss: &Loss, shown: usize) -> String {
    let mut text = format!("What an export as {} leaves out\n", format.word());
    for (name, value) in source.origin() {
        text.push_str(&format!("  {name:9} {value}\n"));
    }
    text.push('\n');
    if let Some(marking) = source.told.withheld {
        text.push_str(&format!("The case itself is marked {marking}: only its id is told of it.\n"));
    }
    for (reason, count) in source.told.reasons() {
        text.push_str(&format!("{} left out: {reason}\n", counted(count, "entry")));
    }
    for (id, why) in export.refused.iter().take(shown) {
        text.push_str(&format!("{id} has no place: {}\n", printable(why)));
    }
    if export.refused.len() > shown {
        text.push_str(&format!("{} more have no place\n", export.refused.len() - shown));
    }
    if loss.fields.is_empty() {
        text.push_str("Every field of what is told has its place.\n");
        return text;
    }
    text.push_str("Fields without a place, with how many records have them:\n");
    if shown < usize::MAX {
        text.push_str(&brief(format, loss));
        return text;
    }
    for lost in &loss.fields {
        let examples: Vec<String> = lost.examples.iter().map(ToString::to_string).collect();
        let such = if examples.is_empty() { String::new() } else { format!(", such as {}", examples.join(", ")) };
        text.push_str(&format!("  {}.{}: {}{such}\n", lost.record, lost.route, lost.count));
    }
    text
}

/// A line for each kind of record, and one for all those that have no place at all.
fn brief(format: Format, loss: &Loss) -> String {
    let placed = placed(format).unwrap_or_default();
    let has_place = |record: &str| placed.iter().any(|field| field.record == record && field.place.is_some());
    let mut by_record: BTreeMap<&str, Vec<&Lost>> = BTreeMap::new();
    for lost in &loss.fields {
        by_record.entry(lost.record).or_default().push(lost);
    }
    let (some, none): (Vec<_>, Vec<_>) = by_record.into_iter().partition(|(record, _)| has_place(record));
    let fields = |fields: &[&Lost]| {
        fields.iter().map(|lost| format!("{} {}", lost.route, lost.count)).collect::<Vec<_>>().join(", ")
    };
    let mut text: String = some.iter().map(|(record, lost)| format!("  {record}: {}\n", fields(lost))).collect();
    let most = |lost: &[&Lost]| lost.iter().map(|lost| lost.count).max().unwrap_or_default();
    let whole: Vec<String> = none.iter().map(|(record, lost)| format!("{record} {}", most(lost))).collect();
    if !whole.is_empty() {
        text.push_str(&format!("  everything of: {}\n", whole.join(", ")));
    }
    text
}

/// The same for programs.
pub fn json(source: &Source<'_>, export: &Export, loss: &Loss) -> Value {
    let left_out: BTreeMap<String, usize> =
        source.told.reasons().into_iter().map(|(reason, count)| (reason.to_string(), count)).collect();
    json!({
        "left_out": left_out,
        "case_withheld": source.told.withheld.is_some(),
        "refused": export.refused.iter().map(|(id, why)| json!({ "id": id.to_string(), "why": why })).collect::<Vec<_>>(),
        "fields": loss.fields.iter().map(|lost| json!({
            "field": format!("{}.{}", lost.record, lost.route),
            "count": lost.count,
            "examples": lost.examples.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}
