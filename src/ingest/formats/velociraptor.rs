//! Results of Velociraptor (<https://docs.velociraptor.app>) as JSON lines: the rows of an artifact, whose columns its VQL names. A
//! file has this format where its first row has `_ts`, `Fqdn` or `_Source`, or columns that are named as VQL names them.

use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, NoInstant, Told};
use super::super::json;
use super::super::row::{Row, Timed};
use serde_json::Value;
use std::io::{self, BufRead};

pub const FORMAT: Format = Format { name: "velociraptor", what: "results of Velociraptor: JSON lines", detect, read };

/// Columns that say when something happened, the most telling first.
const TIMES: &[&str] = &[
    "Timestamp",
    "EventTime",
    "TimeCreated",
    "timestamp",
    "Created",
    "CreateTime",
    "StartTime",
    "LastRunTimes",
    "Mtime",
    "MTime",
    "ModTime",
    "LastModified",
    "Atime",
    "Ctime",
    "Btime",
    "CreatedTime",
    "_ts",
];

fn detect(head: &Head<'_>) -> bool {
    let first = head.first_line();
    let own = ["\"_ts\":", "\"_Source\":", "\"ClientId\":", "\"Fqdn\":", "\"FlowId\":"];
    let windows = ["\"Pid\":", "\"Ppid\":", "\"OSPath\":", "\"FullPath\":", "\"Authenticode\":", "\"CommandLine\":"];
    first.starts_with('{')
        && (own.iter().any(|key| first.contains(key))
            || windows.iter().filter(|key| first.contains(**key)).count() >= 2)
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    json::each(source, &mut |value| Ok(row(value, told)), hear)
}

fn row(value: &Value, told: &Told) -> Row {
    let get = |names: &[&str]| {
        names.iter().find_map(|name| value.get(name).map(json::text).filter(|text| !text.trim().is_empty()))
    };
    let times = TIMES.iter().filter_map(|name| {
        let raw = json::text(value.get(name)?);
        let form =
            if raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') { Form::Seconds } else { Form::Iso };
        let at = instant::read(&raw, form, told);
        (at != Err(NoInstant::Absent)).then(|| Timed { means: (*name).to_owned(), at })
    });
    let what = ["Message", "Name", "CommandLine", "FullPath", "OSPath", "Path", "Key", "Description"];
    let said: Vec<String> = what.iter().filter_map(|name| get(&[name])).take(2).collect();
    let source = get(&["_Source", "artifact"]).map(|source| format!("{source}: ")).unwrap_or_default();
    Row {
        times: times.collect(),
        message: format!("{source}{}", said.join(" ")).trim().to_owned(),
        host: get(&["Fqdn", "Hostname", "Computer", "ComputerName"]),
        account: get(&["Username", "User", "UserName"]),
        source: get(&["Laddr.IP", "SrcIP", "IpAddress"]).or_else(|| json::at(value, "/Laddr/IP")),
        destination: get(&["Raddr.IP", "DestIP"]).or_else(|| json::at(value, "/Raddr/IP")),
        fields: json::fields(value),
        ..Row::default()
    }
}
