//! CSV: a table for each kind of entry with a column for each declared field, and one for each list of tables in it, such as
//! the citations of findings. Nothing is lost but the order of keys and comments.
//!
//! RFC 4180, in UTF-8. A cell with several items has one a line. A cell that a spreadsheet would take for a formula, since it
//! begins with `=`, `+`, `-`, `@`, a tab or a carriage return, gets a `'` before it (OWASP, CSV Injection).

use super::format::{Export, File};
use super::loss::body_json;
use super::source::{Source, exact};
use crate::model::case::CaseRecord;
use crate::model::{Body, Case, Policy, Record, Shape, TableShape, Team};
use crate::values::{Kind, Moment, When};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A table: its name, its columns, its rows.
pub struct Table {
    pub name: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

/// A column: its heading, the way to its value, and what the value looks like.
struct Column {
    heading: String,
    route: Vec<&'static str>,
    cell: Cell,
}

enum Cell {
    Plain,
    Moment,
    /// The first moment of a time.
    From,
    /// The last one, where it is another.
    To,
    Precision,
    Skew,
    Original,
    /// A field that the team has declared.
    Custom(String),
    /// The number or id of the row of the table above.
    Owner,
    Marking,
    Map,
}

pub fn export(source: &Source<'_>) -> Export {
    let mut files: Vec<File> = tables(source.case()).iter().map(|table| File::new(&table.name, table.text())).collect();
    let notes = source.case().notes.iter().map(|note| vec![note.path.to_string(), note.text.clone()]);
    let about = source.origin().into_iter().map(|(name, value)| vec![name.to_owned(), value]);
    files.push(File::new("notes.csv", text(&["path", "text"], notes)));
    files.push(File::new("export.csv", text(&["what", "value"], about)));
    Export { files, refused: Vec::new() }
}

/// The tables of a case, in the order of docs/format.md.
pub fn tables(case: &Case) -> Vec<Table> {
    let mut tables = Vec::new();
    let one =
        |value: Option<Value>| value.into_iter().map(|value| (String::new(), String::new(), value)).collect::<Vec<_>>();
    let record = one(case.record.as_ref().map(|record| json!(record.value)));
    add(&mut tables, "case", &CaseRecord::table(), &record);
    add(&mut tables, "team", &Team::table(), &one(case.team.as_ref().map(|team| json!(team.value))));
    add(&mut tables, "policy", &Policy::table(), &one(case.policy.as_ref().map(|policy| json!(policy.value))));
    for kind in Kind::ALL {
        let entries = case.of_kind(kind);
        let rows: Vec<_> = entries
            .map(|entry| (entry.id().to_string(), case.marking(entry).word().to_owned(), body_json(entry)))
            .collect();
        add(&mut tables, kind.folder(), &Body::table(kind), &rows);
    }
    tables
}

/// Adds the table of records and those of the lists in them. Each record comes with the id of what it belongs to and its
/// marking, which are empty where it has none.
fn add(tables: &mut Vec<Table>, name: &str, shape: &TableShape, records: &[(String, String, Value)]) {
    let mut columns = Vec::new();
    let mut lists = Vec::new();
    columns_of(shape, &[], records, &mut columns, &mut lists);
    if records.iter().any(|(_, marking, _)| !marking.is_empty()) {
        columns.push(Column { heading: "marking".to_owned(), route: Vec::new(), cell: Cell::Marking });
    }
    let rows = records
        .iter()
        .map(|(owner, marking, record)| columns.iter().map(|column| column.of(owner, marking, record)).collect())
        .collect();
    tables.push(Table { name: format!("{name}.csv"), columns, rows });
    for (route, inner) in lists {
        let mut below = Vec::new();
        for (owner, _, record) in records {
            let items = at(record, &route).and_then(Value::as_array).cloned().unwrap_or_default();
            below.extend(items.into_iter().map(|item| (owner.clone(), String::new(), item)));
        }
        let name = format!("{name}-{}", route.join("-"));
        add_list(tables, &name, inner, &below);
    }
}

fn add_list(tables: &mut Vec<Table>, name: &str, shape: &TableShape, records: &[(String, String, Value)]) {
    let from = tables.len();
    add(tables, name, shape, records);
    let table = &mut tables[from];
    if records.iter().any(|(owner, _, _)| !owner.is_empty()) || table.rows.is_empty() {
        table.columns.insert(0, Column { heading: "of".to_owned(), route: Vec::new(), cell: Cell::Owner });
        for (row, (owner, _, _)) in table.rows.iter_mut().zip(records) {
            row.insert(0, owner.clone());
        }
    }
}

fn columns_of<'s>(
    shape: &'s TableShape,
    above: &[&'static str],
    records: &[(String, String, Value)],
    columns: &mut Vec<Column>,
    lists: &mut Vec<(Vec<&'static str>, &'s TableShape)>,
) {
    for field in &shape.fields {
        let route: Vec<&'static str> = above.iter().copied().chain([field.name]).collect();
        let heading = route.join(".");
        let mut push =
            |more: &str, cell| columns.push(Column { heading: format!("{heading}{more}"), route: route.clone(), cell });
        match &field.shape {
            Shape::Table(inner) => columns_of(inner, &route, records, columns, lists),
            Shape::List { item, .. } if matches!(**item, Shape::Table(_)) => {
                if let Shape::Table(inner) = &**item {
                    lists.push((route, inner));
                }
            }
            Shape::Moment => push("", Cell::Moment),
            Shape::When => {
                push("", Cell::From);
                push(".to", Cell::To);
                push(".precision", Cell::Precision);
                push(".skew", Cell::Skew);
                push(".original", Cell::Original);
            }
            Shape::Custom => {
                let values = records.iter().filter_map(|(_, _, record)| at(record, &route)?.as_object());
                let names: BTreeSet<&String> = values.flat_map(|fields| fields.keys()).collect();
                for name in names {
                    push(&format!(".{name}"), Cell::Custom(name.clone()));
                }
            }
            Shape::Map(_) => push("", Cell::Map),
            _ => push("", Cell::Plain),
        }
    }
}

fn at<'v>(record: &'v Value, route: &[&str]) -> Option<&'v Value> {
    route.iter().try_fold(record, |value, key| value.get(key))
}

impl Column {
    fn of(&self, owner: &str, marking: &str, record: &Value) -> String {
        let value = at(record, &self.route).filter(|value| !value.is_null());
        let when = || value.and_then(|value| serde_json::from_value::<When>(value.clone()).ok());
        match &self.cell {
            Cell::Owner => owner.to_owned(),
            Cell::Marking => marking.to_owned(),
            Cell::Plain => value.map(plain).unwrap_or_default(),
            Cell::Map => value
                .filter(|value| value.as_object().is_some_and(|map| !map.is_empty()))
                .map(Value::to_string)
                .unwrap_or_default(),
            Cell::Moment => value.map(moment).unwrap_or_default(),
            Cell::From => when().map(|when| exact(when.earliest())).unwrap_or_default(),
            Cell::To => when()
                .filter(|when| when.earliest() != when.latest())
                .map(|when| exact(when.latest()))
                .unwrap_or_default(),
            Cell::Precision => when().and_then(|when| precision(&when)).unwrap_or_default(),
            Cell::Skew => when().and_then(|when| when.skew).map(|skew| skew.to_string()).unwrap_or_default(),
            Cell::Original => when().and_then(|when| when.original).unwrap_or_default(),
            Cell::Custom(name) => value.and_then(|value| value.get(name)).map(custom).unwrap_or_default(),
        }
    }
}

fn precision(when: &When) -> Option<String> {
    match when.known {
        crate::values::time::Known::Within(_, precision) => Some(precision.to_string()),
        _ => None,
    }
}

fn moment(value: &Value) -> String {
    serde_json::from_value::<Moment>(value.clone()).map(|moment| exact(moment.timestamp())).unwrap_or_default()
}

/// A value in one cell; the items of a list one a line.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// A value of a team's own field, which JSON names by its type.
fn custom(value: &Value) -> String {
    let inside = value.as_object().and_then(|fields| fields.iter().next());
    match inside {
        Some((kind, value)) if kind == "Time" => moment(value),
        Some((_, value)) => plain(value),
        None => String::new(),
    }
}

impl Table {
    fn text(&self) -> Vec<u8> {
        let headings: Vec<&str> = self.columns.iter().map(|column| column.heading.as_str()).collect();
        text(&headings, self.rows.iter().cloned())
    }
}

/// A table as CSV. No cell of it is a formula.
pub fn text(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    written(headings, rows, |cell| harmless(&cell))
}

/// The same for a program that takes every cell as it is.
pub fn raw(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    written(headings, rows, |cell| cell)
}

fn written(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>, cell: fn(String) -> String) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing into memory cannot fail, and every row has as many cells as there are headings.
    let _ = writer.write_record(headings);
    for row in rows {
        let _ = writer.write_record(row.into_iter().map(cell));
    }
    writer.into_inner().unwrap_or_default()
}

/// A text that no spreadsheet takes for a formula.
pub fn harmless(cell: &str) -> String {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{cell}"),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), expected);
        }
    }
}
