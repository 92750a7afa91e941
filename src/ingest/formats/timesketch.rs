//! Timelines for Timesketch (<https://timesketch.org/guides/user/import-from-json-csv/>): CSV and JSON lines with `message`,
//! `timestamp_desc`, and `datetime` or `timestamp`. Its unit is told by its digits, as Timesketch does; `datetime` counts where
//! both are there.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Instant, NoInstant, Told};
use super::super::json::{self, Fields};
use super::super::row::{Row, Timed};
use super::super::table::{self, Cells, Header};
use std::io::{self, BufRead};

pub const FORMAT: Format = Format {
    name: "timesketch",
    what: "a timeline for Timesketch: CSV or JSON lines",
    detect,
    cut: cut::json_lines_or_table,
    read,
};

fn detect(head: &Head<'_>) -> bool {
    let first = head.first_line();
    if first.trim_start().starts_with('{') {
        let keys = ["\"message\"", "\"timestamp_desc\""];
        // An event of Plaso has the same members and more.
        return !first.contains("\"__container_type__\"")
            && keys.iter().all(|key| first.contains(key))
            && (first.contains("\"datetime\"") || first.contains("\"timestamp\""));
    }
    let header = Header::of_line(&first, b',');
    // A table of Plaso, in which a quote is a character as any other, has the same columns and more.
    let is_of_plaso = header.has(&["source_long", "parser"]);
    !is_of_plaso
        && header.has(&["message", "timestamp_desc"])
        && (header.has(&["datetime"]) || header.has(&["timestamp"]))
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let is_json = json::first_byte(source)? == Some(b'{');
    match is_json {
        true => json::each_fields(source, &mut |fields, whole| of_fields(fields, whole, told), hear),
        false => table::each(source, b',', &mut |cells| of_cells(cells, told), hear),
    }
}

fn of_cells(cells: &Cells<'_>, told: &Told) -> Result<Row, String> {
    row(&|name| cells.text(name), told).map(|row| Row { fields: cells.fields(), ..row })
}

fn of_fields(fields: Fields, whole: &json::Whole<'_>, told: &Told) -> Result<Row, String> {
    let get = |name: &str| match json::field(&fields, name) {
        Some(text) => Some(text.to_owned()).filter(|text| !text.trim().is_empty()),
        None if name == "message" => whole(name).filter(|text| !text.is_empty()),
        None => None,
    };
    row(&get, told).map(|row| Row { fields, ..row })
}

fn row(get: &dyn Fn(&str) -> Option<String>, told: &Told) -> Result<Row, String> {
    Ok(Row {
        times: vec![Timed { means: get("timestamp_desc").unwrap_or_default(), at: time(get, told) }],
        message: get("message").ok_or("it has no `message`")?,
        host: ["hostname", "computer_name", "host"].into_iter().find_map(get),
        account: ["username", "user"].into_iter().find_map(get),
        source: ["src_ip", "source_ip"].into_iter().find_map(get),
        destination: ["dst_ip", "dest_ip", "destination_ip"].into_iter().find_map(get),
        ..Row::default()
    })
}

fn time(get: &dyn Fn(&str) -> Option<String>, told: &Told) -> Result<Instant, NoInstant> {
    match (get("datetime"), get("timestamp")) {
        (Some(number), _) if number.trim().bytes().all(|byte| byte.is_ascii_digit()) => {
            instant::read(&number, Form::BySize, told)
        }
        (Some(text), _) => instant::read(&text, Form::Iso, told),
        (None, Some(number)) => instant::read(&number, Form::BySize, told),
        (None, None) => Err(NoInstant::Absent),
    }
}
