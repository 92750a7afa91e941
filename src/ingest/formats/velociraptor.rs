//! Results of Velociraptor (<https://docs.velociraptor.app>) as JSON lines or as a list: the rows of an artifact, whose columns its VQL
//! names. A file has this format where its first row has `_ts`, `Fqdn` or `_Source`, or columns that are named as VQL names them.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, NoInstant, Told};
use super::super::json;
use super::super::row::{Row, Timed};
use serde_json::Value;
use std::io::{self, BufRead};

pub const FORMAT: Format = Format {
    name: "velociraptor",
    what: "results of Velociraptor: JSON lines or a list",
    detect,
    cut: cut::json_lines,
    read,
};

/// Columns of its artifacts that say when something happened, the most telling first.
const TIMES: &[&str] = &[
    "Timestamp",
    "EventTime",
    "event_time",
    "TimeCreated",
    "/System/TimeCreated/SystemTime",
    "SystemTime",
    "timestamp",
    "LastRunTimes",
    "LastExecution",
    "visit_time",
    "last_visit_time",
    "login_time",
    "logout_time",
    "start_time",
    "StartTime",
    "EndTime",
    "Created",
    "CreateTime",
    "CreatedTime",
    "CreateDate",
    "CreationTime",
    "InsertDate",
    "LastAccess",
    "LastAccessed",
    "KeyMTime",
    "KeyLastWriteTimestamp",
    "WriteTime",
    "LastWriteTime",
    "Mtime",
    "MTime",
    "ModTime",
    "Modified",
    "ModificationTime",
    "LastModificationTime",
    "LastModified",
    "FileModifiedTime",
    "Atime",
    "ATime",
    "AccessTime",
    "AccessedTime",
    "Ctime",
    "CTime",
    "MFTModifiedTime",
    "Btime",
    "BTime",
    "Created0x10",
    "LastModified0x10",
    "LastRecordChange0x10",
    "LastAccess0x10",
    "Created0x30",
    "LastModified0x30",
    "LastRecordChange0x30",
    "LastAccess0x30",
    "LastLoginDate",
    "PasswordResetDate",
    "InstalledAt",
    "_ts",
];

/// Columns that VQL names so, of which a row without a column of the server has at least two.
const OWN: &[&str] = &[
    "Pid",
    "Ppid",
    "OSPath",
    "FullPath",
    "Authenticode",
    "CommandLine",
    "KeyMTime",
    "EntryPath",
    "EntryName",
    "LastRunTimes",
    "RunCount",
    "Mtime",
    "Atime",
    "Ctime",
    "Btime",
    "Created0x10",
    "Created0x30",
    "EventData",
    "EventTime",
    "Username",
];

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    let text = text.trim_start();
    let first = if text.starts_with('[') { text } else { text.lines().next().unwrap_or_default() };
    let has = |name: &&&str| first.contains(&format!("\"{name}\":"));
    let server = ["_ts", "_Source", "ClientId", "Fqdn", "FlowId"];
    first.starts_with(['{', '[']) && (server.iter().any(|name| has(&name)) || OWN.iter().filter(has).count() >= 2)
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    json::each(source, &mut |value| Ok(row(value, told)), hear)
}

fn row(value: &Value, told: &Told) -> Row {
    let get = |names: &[&str]| {
        names.iter().find_map(|name| value.get(name).map(json::text).filter(|text| !text.trim().is_empty()))
    };
    let at = |name: &'static str| if name.starts_with('/') { value.pointer(name) } else { value.get(name) };
    let time = |name: &'static str, raw: &str| {
        let form =
            if raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') { Form::Seconds } else { Form::Iso };
        let at = instant::read(raw, form, told);
        (at != Err(NoInstant::Absent)).then(|| Timed { means: name.trim_start_matches('/').replace('/', "."), at })
    };
    let times = TIMES.iter().flat_map(|name| {
        at(name).map(texts).unwrap_or_default().into_iter().filter_map(|raw| time(name, &raw)).collect::<Vec<_>>()
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

/// The texts of a time: several where it is a list, as the last runs of a program are.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(object) => object.get("Date").map(texts).unwrap_or_default(),
        single => vec![json::text(single)],
    }
}
