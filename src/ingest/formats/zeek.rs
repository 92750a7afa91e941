//! Logs of Zeek (<https://docs.zeek.org/en/master/log-formats.html>): its own tab-separated form with `#fields`, which may change
//! within a file, and JSON lines with `_path` or `ts`.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Told};
use super::super::json;
use super::super::lines;
use super::super::row::{Row, Timed};
use serde_json::Value;
use std::io::{self, BufRead};

pub const TSV: Format =
    Format { name: "zeek", what: "a log of Zeek", detect: is_tsv, cut: cut::nowhere, read: read_tsv };
pub const JSON: Format = Format {
    name: "zeek-json",
    what: "a log of Zeek as JSON lines",
    detect: is_json,
    cut: cut::json_lines,
    read: read_json,
};

fn is_tsv(head: &Head<'_>) -> bool {
    let text = head.text();
    text.starts_with("#separator") || (text.starts_with('#') && text.contains("\n#fields\t"))
}

/// What the lines with `#` say.
#[derive(Default)]
struct Heading {
    path: String,
    fields: Vec<String>,
    unset: String,
    empty: String,
}

fn read_tsv(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let mut heading = Heading { unset: "-".to_owned(), empty: "(empty)".to_owned(), ..Heading::default() };
    lines::each(
        source,
        &mut |line| {
            if let Some(said) = line.strip_prefix('#') {
                heading.take(said);
                return None;
            }
            Some(heading.row(line))
        },
        hear,
    )
}

impl Heading {
    fn take(&mut self, said: &str) {
        let mut parts = said.split('\t');
        let name = parts.next().unwrap_or_default();
        let mut rest = parts.map(str::to_owned);
        match name {
            "fields" => self.fields = rest.collect(),
            "path" => self.path = rest.next().unwrap_or_default(),
            "unset_field" => self.unset = rest.next().unwrap_or_default(),
            "empty_field" => self.empty = rest.next().unwrap_or_default(),
            _ => {}
        }
    }

    fn row(&self, line: &str) -> Result<Row, String> {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() != self.fields.len() {
            return Err(format!("it has {} fields where `#fields` names {}", cells.len(), self.fields.len()));
        }
        let fields: Vec<(String, String)> = self
            .fields
            .iter()
            .zip(cells)
            .filter(|(_, cell)| *cell != self.unset && *cell != self.empty)
            .map(|(name, cell)| (name.clone(), unescaped(cell)))
            .collect();
        Ok(of_fields(&self.path, fields, Form::Seconds))
    }
}

/// Bytes that Zeek writes as `\x09`.
fn unescaped(cell: &str) -> String {
    if !cell.contains("\\x") {
        return cell.to_owned();
    }
    let mut out = Vec::with_capacity(cell.len());
    let mut rest = cell.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = rest.strip_prefix(b"\\x").and_then(|hexed| hex::decode(hexed.get(..2)?).ok());
        match byte {
            Some(byte) => {
                out.extend(byte);
                rest = &rest[4..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn of_fields(path: &str, fields: Vec<(String, String)>, form: Form) -> Row {
    let get = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    let at = instant::read(&get("ts").unwrap_or_default(), form, &Told::default());
    Row {
        times: vec![Timed { means: "ts".to_owned(), at }],
        message: message(path, &get),
        host: get("@system"),
        account: ["username", "user", "client", "cookie"].into_iter().find_map(get),
        source: ["id.orig_h", "src", "tx_hosts"].into_iter().find_map(get),
        destination: ["id.resp_h", "dst", "rx_hosts"].into_iter().find_map(get),
        fields,
        ..Row::default()
    }
}

/// What happened, from the fields that say most.
fn message(path: &str, get: &dyn Fn(&str) -> Option<String>) -> String {
    let what = [
        "note",
        "msg",
        "query",
        "uri",
        "host",
        "server_name",
        "name",
        "operation",
        "filename",
        "path",
        "service",
        "proto",
    ];
    let said: Vec<String> = what.into_iter().filter_map(get).take(3).collect();
    let ends = match (get("id.orig_h"), get("id.resp_h")) {
        (Some(from), Some(to)) => {
            let port = get("id.resp_p").map(|port| format!(":{port}")).unwrap_or_default();
            format!(" {from} → {to}{port}")
        }
        _ => String::new(),
    };
    let path = if path.is_empty() { "zeek" } else { path };
    format!("{path}{ends} {}", said.join(" ")).trim_end().to_owned()
}

fn is_json(head: &Head<'_>) -> bool {
    let first = head.first_line();
    let names =
        ["\"uid\":", "\"_path\":", "\"id.orig_h\":", "\"_write_ts\":", "\"ts_delta\":", "\"fuid\":", "\"@stream\":"];
    first.starts_with('{') && first.contains("\"ts\":") && names.iter().any(|name| first.contains(name))
}

fn read_json(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let row = |value: &Value| {
        let fields = json::fields(value);
        let path = json::at(value, "/_path").or_else(|| json::at(value, "/@stream")).unwrap_or_default();
        // `LogAscii::json_timestamps` is seconds, ISO 8601, or milliseconds.
        let form = match value.get("ts") {
            Some(Value::String(_)) => Form::IsoUtc,
            Some(Value::Number(number)) if number.as_f64().is_some_and(|ts| ts > 100_000_000_000.0) => {
                Form::Milliseconds
            }
            _ => Form::Seconds,
        };
        Ok(of_fields(&path, fields, form))
    };
    json::each(source, &mut |value| row(value), hear)
}
