//! Any table with a header, of which whoever reads it says with `--columns` what its columns are. Commas, semicolons or tabs stand
//! between the cells, whichever the header has most of. Every time is in the zone that it says, that a column says, or that `--zone`
//! says. No file is taken for one by itself.

use super::super::columns::{ColumnMap, Given, Role};
use super::super::cut::Cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, NoInstant, Told};
use super::super::row::{Detection, Row, Timed};
use super::super::table::{self, Cells, Header};
use crate::evidence::citation::delimiter;
use std::io::{self, BufRead};

pub const FORMAT: Format = Format {
    name: "table",
    what: "any table, with `--columns time=When,message=What`",
    detect: |_| false,
    cut: |head| Cut::Table(delimiter(&head.first_line())),
    read,
};

/// The names of the columns of a file.
pub fn header(head: &Head<'_>) -> Header {
    let line = head.first_line();
    Header::of_line(&line, delimiter(&line))
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    // A header that is longer than what is read at once has its delimiter in it all the same.
    let beginning = String::from_utf8_lossy(source.fill_buf()?).into_owned();
    let none = ColumnMap { typed: String::new(), given: Vec::new() };
    let map = told.columns.as_ref().unwrap_or(&none);
    table::each(source, delimiter(&beginning), &mut |cells| row(cells, map, told), hear)
}

fn row(cells: &Cells<'_>, map: &ColumnMap, told: &Told) -> Result<Row, String> {
    if let Some(missing) = map.missing(cells.header()).first() {
        return Err(format!("the header has no column `{}`", missing.column));
    }
    let said = |given: &Given| {
        let places = given.places(cells.header()).unwrap_or_default();
        let texts: Vec<&str> = places.into_iter().filter_map(|place| cells.at(place)).collect();
        Some(texts.join(" ")).filter(|text| !text.is_empty())
    };
    let get = |role: Role| map.of(role).find_map(said);
    let zone = get(Role::Zone);
    let time = |given: &Given| {
        let raw = said(given)?;
        let at = match &zone {
            Some(zone) => instant::read_in(&raw, given.form(), zone, told),
            None => instant::read(&raw, given.form(), told),
        };
        (at != Err(NoInstant::Absent)).then(|| Timed { means: given.column.clone(), at })
    };
    let message: Vec<String> = map.of(Role::Message).filter_map(said).collect();
    let fields = cells.fields();
    let message = match message.is_empty() {
        true => fields.iter().take(4).map(|(name, cell)| format!("{name}: {cell}")).collect::<Vec<_>>().join("; "),
        false => message.join(" "),
    };
    let techniques = get(Role::Technique).unwrap_or_default();
    let is_part = |c: char| !c.is_ascii_alphanumeric() && c != '.';
    Ok(Row {
        times: map.of(Role::Time).filter_map(time).collect(),
        message,
        host: get(Role::Host),
        account: get(Role::Account),
        source: get(Role::Source),
        destination: get(Role::Destination),
        detection: get(Role::Rule).map(|rule| Detection {
            rule,
            id: None,
            severity: get(Role::Severity).and_then(|word| word.to_lowercase().parse().ok()),
        }),
        techniques: techniques.split(is_part).filter_map(|id| id.to_uppercase().parse().ok()).collect(),
        fields,
        ..Row::default()
    })
}
