//! Results of osquery (<https://osquery.readthedocs.io/en/stable/deployment/logging/>): differential, event and snapshot results as
//! JSON lines. `unixTime` is when the result was logged.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, NoInstant, Told};
use super::super::json;
use super::super::row::{Row, Timed};
use serde_json::Value;
use std::io::{self, BufRead};

pub const FORMAT: Format =
    Format { name: "osquery", what: "results of osquery: JSON lines", detect, cut: cut::json_lines, read };

fn detect(head: &Head<'_>) -> bool {
    let first = head.first_line();
    first.starts_with('{') && ["\"hostIdentifier\"", "\"unixTime\"", "\"name\""].iter().all(|key| first.contains(key))
}

fn read(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    json::each(source, &mut |value| row(value), hear)
}

fn row(value: &Value) -> Result<Row, String> {
    let name = json::at(value, "/name").ok_or("it has no `name`")?;
    let column = |names: &[&str]| names.iter().find_map(|name| json::at(value, &format!("/columns/{name}")));
    let time = |means: &str, pointer: &str| {
        let at = instant::read(&json::at(value, pointer).unwrap_or_default(), Form::Seconds, &Told::default());
        (at != Err(NoInstant::Absent)).then(|| Timed { means: means.to_owned(), at })
    };
    let action = json::at(value, "/action").map(|action| format!(" {action}")).unwrap_or_default();
    let said = column(&["path", "cmdline", "name", "command", "message", "target_path"])
        .map(|said| format!(": {said}"))
        .unwrap_or_default();
    Ok(Row {
        times: [time("time", "/columns/time"), time("unixTime", "/unixTime")].into_iter().flatten().collect(),
        message: format!("{name}{action}{said}"),
        host: json::at(value, "/hostIdentifier"),
        account: column(&["username", "user"]),
        source: column(&["local_address"]),
        destination: column(&["remote_address"]),
        fields: json::fields(value),
        ..Row::default()
    })
}
