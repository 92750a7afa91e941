//! Results of Volatility 3 (<https://volatility3.readthedocs.io>) with `-r json` or `-r jsonl`: the rows of a plugin, those of a tree
//! inside the ones above them. It reads times of memory as UTC and writes them with `+00:00`. A plugin without rows writes
//! nothing by which it could be known.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, NoInstant, Told};
use super::super::json::{self, Inner};
use super::super::row::{Row, Timed};
use serde_json::Value;
use std::io::{self, BufRead};

pub const FORMAT: Format = Format {
    name: "volatility",
    what: "results of Volatility 3: JSON or JSON lines",
    detect,
    cut: cut::json_lines,
    read,
};

/// Where the rows below a row stand.
const CHILDREN: &str = "__children";

/// Columns with times, of every plugin of version 2.28, the most telling first.
const TIMES: &[&str] = &[
    "CreateTime",
    "Create Time",
    "Created",
    "Created Date",
    "CREATION TIME",
    "Creation Time",
    "Start Time",
    "Time",
    "SystemTime",
    "Boot Time",
    "CommandTime",
    "LoadTime",
    "Last Run Time",
    "Last Successful Run Time",
    "Last Updated",
    "Last Write Time",
    "InstallTime",
    "Modified",
    "Modified Date",
    "ModificationTime",
    "LastModifyTime",
    "LastModifyTime2",
    "Updated",
    "Changed",
    "Changed Date",
    "ChangeTime",
    "Accessed",
    "Accessed Date",
    "AccessTime",
    "ExitTime",
    "CompileTime",
];

/// Columns that say what a row is about.
const SAYS: &[&str] = &[
    "Description",
    "ImageFileName",
    "Process",
    "Owner",
    "COMM",
    "Name",
    "FileName",
    "Filename",
    "Cmd",
    "Args",
    "Command",
    "Path",
    "Key",
    "State",
];

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    text.trim_start().starts_with(['[', '{']) && text.contains("\"__children\": [")
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let mut rows = |value: &Value| {
        let mut found = Vec::new();
        take(value, String::new(), told, &mut found);
        found
    };
    json::each_inner(source, &mut rows, hear)
}

/// Takes a row and those below it. serde_json reads nothing that is nested deeper than 128, so that this ends.
fn take(value: &Value, pointer: String, told: &Told, found: &mut Vec<Inner>) {
    let children = value.get(CHILDREN).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let below: Vec<String> = (0..children.len()).map(|index| format!("{pointer}/{CHILDREN}/{index}")).collect();
    found.push((pointer, row(value, told)));
    children.iter().zip(below).for_each(|(child, pointer)| take(child, pointer, told, found));
}

fn row(value: &Value, told: &Told) -> Result<Row, String> {
    let object = value.as_object().ok_or("it is no object")?;
    let get = |name: &str| object.get(name).map(json::text).filter(|text| !text.trim().is_empty());
    let time = |name: &&str| {
        let at = instant::read(&get(name)?, Form::IsoUtc, told);
        (at != Err(NoInstant::Absent)).then(|| Timed { means: (*name).to_owned(), at })
    };
    let times = TIMES.iter().filter_map(time).collect();
    let mut said: Vec<String> = SAYS.iter().filter_map(|name| get(name)).take(2).collect();
    said.extend(get("PID").map(|pid| format!("(PID {pid})")));
    let ends = [("LocalAddr", "LocalPort"), ("ForeignAddr", "ForeignPort")]
        .map(|(address, port)| Some((get(address)?, format!(":{}", get(port)?))));
    if let [Some((from, from_port)), Some((to, to_port))] = &ends {
        said.push(format!("{from}{from_port} → {to}{to_port}"));
    }
    let [source, destination] = ends.map(|end| end.map(|(address, _)| address).filter(|address| address != "*"));
    let own = object.iter().filter(|(name, value)| *name != CHILDREN && !value.is_null());
    Ok(Row {
        times,
        message: said.join(" "),
        account: ["User", "Username", "UserName"].iter().find_map(|name| get(name)),
        source,
        destination,
        fields: own.flat_map(|(name, value)| json::fields_below(name, value)).collect(),
        ..Row::default()
    })
}
