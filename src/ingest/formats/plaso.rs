//! Timelines of Plaso's `psort` (<https://plaso.readthedocs.io>): `dynamic`, `l2tcsv`, `tln`, `l2ttln` and `json_line`.
//! Its tables have no quotes: it writes a blank for each delimiter inside a cell
//! (<https://github.com/log2timeline/plaso/blob/main/plaso/output/shared_dsv.py>).

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Instant, NoInstant, Told};
use super::super::json;
use super::super::row::{Row, Timed};
use super::super::table::{self, Cells, Header, Lined};
use serde_json::Value;
use std::io::{self, BufRead};

pub const DYNAMIC: Format = Format {
    name: "plaso-dynamic",
    what: "a timeline of Plaso: dynamic",
    detect: is_dynamic,
    cut: cut::lined_table,
    read: read_dynamic,
};
pub const L2TCSV: Format = Format {
    name: "plaso-l2tcsv",
    what: "a timeline of log2timeline: l2tcsv",
    detect: is_l2tcsv,
    cut: cut::lined_table,
    read: read_l2tcsv,
};
pub const TLN: Format = Format {
    name: "tln",
    what: "a timeline in TLN form: tln, l2ttln",
    detect: is_tln,
    cut: cut::lined_table,
    read: read_tln,
};
pub const JSON_LINE: Format = Format {
    name: "plaso-json",
    what: "a timeline of Plaso: json_line",
    detect: is_json_line,
    cut: cut::json_lines,
    read: read_json_line,
};

fn is_dynamic(head: &Head<'_>) -> bool {
    Header::of_line(&head.first_line(), b',').has(&[
        "datetime",
        "timestamp_desc",
        "source",
        "source_long",
        "message",
        "parser",
    ])
}

fn read_dynamic(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let row = |cells: &Cells<'_>| Row {
        times: vec![Timed {
            means: cells.text("timestamp_desc").unwrap_or_default(),
            at: instant::read(cells.get("datetime").unwrap_or_default(), Form::Iso, told),
        }],
        message: cells.text("message").unwrap_or_default(),
        host: cells.text("hostname"),
        account: cells.text("username"),
        fields: cells.fields(),
        ..Row::default()
    };
    table::each_line(source, &Lined::plain(|_| b','), &mut |cells| Ok(row(cells)), hear)
}

fn is_l2tcsv(head: &Head<'_>) -> bool {
    Header::of_line(&head.first_line(), b',').has(&["date", "time", "timezone", "macb", "sourcetype", "desc"])
}

fn read_l2tcsv(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let row = |cells: &Cells<'_>| {
        let raw = [cells.get("date"), cells.get("time")].map(Option::unwrap_or_default).join(" ");
        let zone = cells.get("timezone").unwrap_or_default();
        Row {
            times: vec![Timed {
                means: cells.text("type").unwrap_or_default(),
                at: instant::read_in(&raw, Form::Pattern("%m/%d/%Y %H:%M:%S"), zone, told),
            }],
            message: cells.text("desc").or_else(|| cells.text("short")).unwrap_or_default(),
            host: cells.text("host"),
            account: cells.text("user"),
            fields: cells.fields(),
            ..Row::default()
        }
    };
    table::each_line(source, &Lined::plain(|_| b','), &mut |cells| Ok(row(cells)), hear)
}

fn is_tln(head: &Head<'_>) -> bool {
    Header::of_line(&head.first_line(), b'|').has(&["time", "source", "host", "user", "description"])
}

fn read_tln(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let row = |cells: &Cells<'_>| {
        let description = cells.text("description").unwrap_or_default();
        // Plaso writes `time; what it is the time of; message`.
        let mut parts = description.splitn(3, "; ").skip(1);
        let (means, message) = match (parts.next(), parts.next()) {
            (Some(means), Some(message)) => (means.to_owned(), message.to_owned()),
            _ => (String::new(), description.clone()),
        };
        let at = instant::read(cells.get("time").unwrap_or_default(), Form::Seconds, &Told::default());
        Row {
            times: vec![Timed { means, at }],
            message,
            host: cells.text("host"),
            account: cells.text("user"),
            fields: cells.fields(),
            ..Row::default()
        }
    };
    table::each_line(source, &Lined::plain(|_| b'|'), &mut |cells| Ok(row(cells)), hear)
}

fn is_json_line(head: &Head<'_>) -> bool {
    let first = head.first_line();
    first.starts_with('{') && first.contains("\"__container_type__\": \"event\"") && !first.starts_with("{\"event_0\"")
}

fn read_json_line(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let row = |value: &Value| Row {
        times: vec![Timed { means: json::at(value, "/timestamp_desc").unwrap_or_default(), at: of_event(value) }],
        message: json::at(value, "/message").unwrap_or_default(),
        host: json::at(value, "/hostname"),
        account: json::at(value, "/username"),
        fields: json::fields(value),
        ..Row::default()
    };
    json::each(source, &mut |value| Ok(row(value)), hear)
}

/// `timestamp` is in microseconds; times of a semantic kind, such as "Not set", have none.
fn of_event(value: &Value) -> Result<Instant, NoInstant> {
    if let Some(said) = json::at(value, "/date_time/string")
        .filter(|_| json::at(value, "/date_time/__class_name__").as_deref() == Some("SemanticTime"))
    {
        return instant::read(&said, Form::Iso, &Told::default());
    }
    instant::read(&json::at(value, "/timestamp").unwrap_or_default(), Form::Microseconds, &Told::default())
}
