//! A new entry: its required fields filled, and the useful optional ones as commented examples.

use super::assignment::{Assignment, Change, Meaning};
use super::edit::{EditError, Edited};
use super::format::{self, Fields};
use crate::load;
use crate::model::{Body, FieldShape, Shape};
use crate::values::{EntryId, Kind, Malformed, Step, fang};
use toml_edit::{Array, Decor, DocumentMut, Item, Value, value};

/// What an entry is made from.
pub struct Draft<'a> {
    pub id: EntryId,
    /// The title of a finding, event or action, the name of an asset, the value of an indicator, the question of a
    /// decision.
    pub title: Option<&'a str>,
    /// Who writes it: a handle of team.toml.
    pub author: Option<&'a str>,
    pub assignments: &'a [Assignment],
}

/// The optional fields that a new entry shows as commented examples.
fn useful(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Finding => &[
            "confidence",
            "reason",
            "severity",
            "observed",
            "techniques",
            "assets",
            "indicators",
            "analysis",
            "evidence",
        ],
        Kind::Event => &["tactic", "techniques", "source", "destination", "account", "indicators", "evidence"],
        Kind::Indicator => &["confidence", "first_seen", "last_seen", "description", "sightings"],
        Kind::Asset => &["identifiers", "owner", "criticality", "compromise", "containment", "description"],
        Kind::Action => &["owner", "assignee", "priority", "due", "findings", "assets", "description"],
        Kind::Decision => &["by", "due", "findings", "decision", "rationale", "alternatives"],
        Kind::Evidence | Kind::Custody => &[],
    }
}

/// The field that the title of a new entry goes to.
pub fn title_field(kind: Kind) -> &'static str {
    match kind {
        Kind::Indicator => "value",
        Kind::Asset => "name",
        Kind::Decision => "question",
        _ => "title",
    }
}

/// The text of a new entry, with everything that is wrong with it.
pub fn new_entry(draft: &Draft<'_>, meaning: &Meaning<'_>) -> Result<Edited, EditError> {
    let kind = draft.id.kind();
    let table = Body::table(kind);
    let mut document = DocumentMut::new();
    document["id"] = value(draft.id.to_string());
    for (key, default) in defaults(draft) {
        document[key] = Item::Value(default);
    }
    for assignment in draft.assignments {
        // What is only a default here is not there to be removed or added to.
        if let ([Step::Key(name)], Change::Add(_)) = (assignment.route.as_slice(), &assignment.change)
            && !draft.assignments.iter().any(|other| other != assignment && other.route == assignment.route)
        {
            document.remove(name);
        }
        assignment.apply(document.as_table_mut(), Fields::Record(&table.fields), meaning)?;
    }
    if kind == Kind::Indicator {
        refuse_defanged(&document)?;
    }
    show_placeholders(&mut document, &table.fields, useful(kind));
    Ok(written(draft.id, &document))
}

/// The text of an entry that somebody filled in, in its canonical form, with everything that is wrong with it.
pub fn written(id: EntryId, document: &DocumentMut) -> Edited {
    let kind = id.kind();
    let text = format::print(&format!("#:schema ../schemas/{kind}.json\n"), document, &Body::table(kind));
    let found = load::examine(&id.path(), text.as_bytes());
    Edited { text, found }
}

/// Refuses an indicator whose value is defanged: it would find nothing in logs, and no commit would take it.
pub fn refuse_defanged(document: &DocumentMut) -> Result<(), Malformed> {
    let word = |key| document.get(key).and_then(Item::as_str);
    let (Some(value), Some(Ok(of_type))) = (word("value"), word("type").map(str::parse)) else { return Ok(()) };
    if !fang::is_defanged(of_type, value) {
        return Ok(());
    }
    Err(Malformed::new(format!("`{value}` is defanged; entries hold live values"))
        .help(format!("write `{}`; reports show it defanged", fang::refang(value))))
}

fn defaults(draft: &Draft<'_>) -> Vec<(&'static str, Value)> {
    let kind = draft.id.kind();
    let mut values: Vec<(&'static str, Value)> = Vec::new();
    if let Some(title) = draft.title {
        values.push((title_field(kind), Value::from(title)));
        if kind == Kind::Indicator
            && let Some(known) = type_of_value(title)
        {
            values.push(("type", Value::from(known)));
        }
        if kind == Kind::Finding {
            values.push(("summary", Value::from(title)));
        }
    }
    let words: &[(&'static str, &str)] = match kind {
        Kind::Finding => &[("status", "draft"), ("type", "observation")],
        Kind::Event => &[("actor", "unknown")],
        Kind::Indicator => &[("verdict", "unknown")],
        Kind::Action => &[("phase", "investigate"), ("status", "open")],
        Kind::Decision => &[("status", "open")],
        Kind::Asset | Kind::Evidence | Kind::Custody => &[],
    };
    values.extend(words.iter().map(|(key, word)| (*key, Value::from(*word))));
    if kind == Kind::Finding
        && let Some(author) = draft.author
    {
        values.push(("authors", Value::Array(Array::from_iter([author]))));
    }
    values
}

/// The type of an indicator, where its form leaves no doubt.
fn type_of_value(text: &str) -> Option<&'static str> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.len() {
        32 if is_hex => Some("md5"),
        40 if is_hex => Some("sha1"),
        64 if is_hex => Some("sha256"),
        128 if is_hex => Some("sha512"),
        _ if text.starts_with("http://") || text.starts_with("https://") => Some("url"),
        _ => None,
    }
}

/// Writes the fields of these names that have no value as commented examples, above the next field that has one.
pub fn show_placeholders(document: &mut DocumentMut, fields: &[FieldShape], names: &[&str]) {
    let mut waiting = String::new();
    for field in fields {
        match document.as_table_mut().get_key_value_mut(field.name) {
            Some((mut key, Item::Value(_))) if !is_section(&field.shape) => {
                put_above(key.leaf_decor_mut(), &mut waiting, "");
            }
            Some((_, Item::Table(table))) => put_above(table.decor_mut(), &mut waiting, "\n"),
            Some((_, Item::ArrayOfTables(rows))) => {
                if let Some(first) = rows.get_mut(0) {
                    put_above(first.decor_mut(), &mut waiting, "\n");
                }
            }
            Some(_) => {}
            None if names.contains(&field.name) => {
                if is_section(&field.shape) {
                    waiting.push('\n');
                }
                for line in placeholder(field) {
                    waiting.push_str(&line);
                    waiting.push('\n');
                }
            }
            None => {}
        }
    }
    let trailing = document.trailing().as_str().unwrap_or("").to_owned();
    document.set_trailing(waiting + &trailing);
}

/// Puts what waits above what has this decor, before the comments that it has already.
fn put_above(decor: &mut Decor, waiting: &mut String, end: &str) {
    if !waiting.is_empty() {
        let own = decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or("");
        let text = format!("{waiting}{end}{own}");
        decor.set_prefix(text);
        waiting.clear();
    }
}

/// Whether a field is written as a table with a header.
fn is_section(shape: &Shape) -> bool {
    match shape {
        Shape::Table(_) | Shape::Map(_) | Shape::Custom => true,
        Shape::List { item, .. } => matches!(**item, Shape::Table(_)),
        _ => false,
    }
}

/// The commented lines that show how a field is written. Without its `#`, each is TOML.
pub fn placeholder(field: &FieldShape) -> Vec<String> {
    match &field.shape {
        Shape::List { item, .. } if matches!(**item, Shape::Table(_)) => {
            let Shape::Table(table) = &**item else { return Vec::new() };
            let mut lines = vec![format!("# [[{}]]  # {}", field.name, field.doc)];
            lines.extend(table.fields.iter().map(|field| format!("# {} = {}", field.name, example(&field.shape))));
            lines
        }
        shape => vec![format!("# {} = {}  # {}{}", field.name, example(shape), field.doc, choices(shape))],
    }
}

fn choices(shape: &Shape) -> String {
    match shape {
        Shape::Word { words, .. } if words.len() <= 7 => format!(" One of {}.", words.join(", ")),
        _ => String::new(),
    }
}

fn example(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::Markdown => "\"…\"".to_owned(),
        Shape::Integer => "1".to_owned(),
        Shape::Boolean => "true".to_owned(),
        Shape::Moment | Shape::When => "2026-03-01T10:15:00Z".to_owned(),
        Shape::Reference(kind) | Shape::Id(kind) => format!("\"{}-…\"", kind.letter()),
        Shape::Word { words, .. } => format!("\"{}\"", words[words.len() / 2]),
        Shape::Form { example, .. } => format!("\"{example}\""),
        Shape::List { item, .. } => format!("[{}]", example(item)),
        Shape::Table(_) | Shape::Map(_) | Shape::Custom => "{}".to_owned(),
    }
}
