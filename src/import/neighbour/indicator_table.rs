//! Indicators in any table.
//!
//! Which column is what must be said: `--columns value=IOC,type=Kind`, besides them verdict, tlp, tags, description, first_seen,
//! last_seen and confidence. Without it nothing is made, and what the columns look like is told. A type that no word names is told
//! from the form of the value, where one only has it; other values are of the type `other`.

use super::Neighbour;
use super::entries::{self, Observed, mark};
use super::prose::Prose;
use super::table::{Table, header};
use super::words;
use crate::import::Making;
use crate::ingest::columns::Role;
use crate::ingest::format::{self, Head};
use crate::ingest::instant::Form;
use crate::values::vocabulary::{IndicatorType, Verdict};

pub const FORMAT: Neighbour = Neighbour {
    name: "indicators",
    what: "a table of indicators with any header, of which `--columns value=IOC,type=Kind` says what is what",
    keeps: "the columns that are named; the others as text",
    loses: "nothing",
    detect: |head| {
        let columns = columns_of(head);
        columns.len() > 1 && guess(&columns).iter().any(|(role, _)| *role == "value") && format::detect(head).is_none()
    },
    read,
};

fn delimiter(line: &str) -> u8 {
    let count = |delimiter: &u8| line.bytes().filter(|byte| byte == delimiter).count();
    *[b',', b';', b'\t'].iter().max_by_key(|delimiter| (count(delimiter), **delimiter == b',')).unwrap_or(&b',')
}

fn columns_of(head: &Head<'_>) -> Vec<String> {
    let line = head.first_line();
    if line.starts_with(['{', '[', '<', '#']) { Vec::new() } else { header(&line, delimiter(&line)) }
}

/// What columns look like by their names.
fn guess(columns: &[String]) -> Vec<(&'static str, String)> {
    let names: [(&str, &[&str]); 9] = [
        ("value", &["value", "indicator", "ioc", "observable", "ioc value", "indicator value", "artifact", "data"]),
        ("type", &["type", "indicator type", "ioc type", "kind", "category", "data type", "indicatortype", "datatype"]),
        ("verdict", &["verdict"]),
        ("tlp", &["tlp", "marking"]),
        ("tags", &["tags", "tag", "labels"]),
        ("description", &["description", "comment", "notes", "note", "message", "context"]),
        ("first_seen", &["first seen", "firstseen"]),
        ("last_seen", &["last seen", "lastseen"]),
        ("confidence", &["confidence"]),
    ];
    let find = |of: &[&str]| of.iter().find_map(|name| columns.iter().find(|column| words::plain(column) == *name));
    names.into_iter().filter_map(|(role, of)| Some((role, find(of)?.clone()))).collect()
}

fn read(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let line = String::from_utf8_lossy(&bytes[..bytes.len().min(format::HEAD_BYTES)])
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    let table = Table::of(bytes, delimiter(&line), None)?;
    let named = |role: Role| {
        let given = making.told.columns.as_ref().and_then(|map| map.of(role).next());
        given.map(|given| given.column.trim().to_lowercase())
    };
    let Some(value) = named(Role::Value) else {
        let guessed: Vec<String> =
            guess(&table.columns).iter().map(|(role, column)| format!("{role}={column}")).collect();
        let looks = if guessed.is_empty() { "value=COLUMN".to_owned() } else { guessed.join(",") };
        let all = table.columns.join(", ");
        return Err(format!(
            "which of its columns is what was not said; it has {all}. If they are what they look like, say `--columns \"{looks}\"`"
        ));
    };
    let roles = [
        Role::Type,
        Role::Verdict,
        Role::Tlp,
        Role::Tags,
        Role::Description,
        Role::FirstSeen,
        Role::LastSeen,
        Role::Confidence,
    ];
    let [kind, verdict, tlp, tags, description, first, last, confidence] = roles.map(named);
    table.each(making, &mut |number, mut fields, making| {
        let mut take = |column: &Option<String>| column.as_ref().and_then(|column| fields.text(column));
        let value = take(&Some(value.clone())).unwrap_or_default();
        let (name, said_verdict, marking, tags) = (take(&kind), take(&verdict), take(&tlp), take(&tags));
        let (about, first, last, sure) = (take(&description), take(&first), take(&last), take(&confidence));
        let of_name = name.as_deref().and_then(words::indicator_type);
        let of_type = of_name.or_else(|| words::type_of_value(&value)).unwrap_or(IndicatorType::Other);
        let mut said = Prose::default();
        said.add(about).fact("Type", name.filter(|_| of_name.is_none()));
        let known: Option<Verdict> = said_verdict.as_deref().and_then(|text| words::plain(text).parse().ok());
        said.fact("Verdict", said_verdict.filter(|_| known.is_none()));
        let sure_word =
            sure.as_deref().and_then(|text| words::confidence(text).or_else(|| words::plain(text).parse().ok()));
        said.fact("Confidence", sure.filter(|_| sure_word.is_none()));
        let mut seen = Vec::new();
        for (name, key, text) in [("First seen", "first_seen", first), ("Last seen", "last_seen", last)] {
            let Some(text) = text else { continue };
            match words::when(&text, Form::Iso, making) {
                Ok(when) => seen.push((key, when)),
                Err(_) => _ = said.fact(name, Some(text)),
            }
        }
        for column in fields.rest() {
            said.fact(&column, fields.text(&column));
        }
        let marking = words::marking_in(marking, "TLP", making);
        let tags = words::tags(tags.as_deref().unwrap_or_default().split(['|', ',', ';']), making);
        let of = Observed { key: &format!("row/{number}"), own: tags.id, kind: of_type, value: &value };
        entries::indicator(making, &fields, &of, &mut |entry, making| {
            mark(entry, making, marking.or(tags.marking));
            entry.maybe("verdict", known).maybe("confidence", sure_word).set("tags", &tags.own);
            seen.iter().for_each(|(key, when)| _ = entry.when(key, when));
            entry.markdown("description", &said.text());
        });
    });
    Ok(())
}
