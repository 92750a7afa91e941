//! Access logs of web servers in the common and the combined log format
//! (<https://httpd.apache.org/docs/current/logs.html#accesslog>), as Apache and nginx write them.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Told};
use super::super::lines;
use super::super::row::{Row, Timed};
use regex::Regex;
use std::io::{self, BufRead};
use std::sync::LazyLock;

pub const FORMAT: Format =
    Format { name: "weblog", what: "an access log of a web server: common or combined", detect, cut: cut::lines, read };

/// An optional virtual host, the client, identity, user, time, request, status, size, and perhaps referrer and user agent. A
/// quote inside a quoted part is written as `\"`.
static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let quoted = r#""((?:[^"\\]|\\.)*)""#;
    Regex::new(&format!(
        r#"^(?:(?P<vhost>[^\s"]+) )?(?P<client>[0-9a-fA-F.:]+|[\w.-]+) (?P<ident>\S+) (?P<user>.+?) \[(?P<time>[^\]]+)\] {} (?P<status>\d{{3}}|-) (?P<size>\d+|-)(?: {} {})?(?P<rest>.*)$"#,
        quoted.replacen('(', "(?P<request>", 1),
        quoted.replacen('(', "(?P<referrer>", 1),
        quoted.replacen('(', "(?P<agent>", 1),
    ))
    .ok()
});

fn detect(head: &Head<'_>) -> bool {
    LINE.as_ref().is_some_and(|pattern| pattern.is_match(&head.first_line()))
}

fn read(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    lines::each(source, &mut |line| Some(row(line)), hear)
}

fn row(line: &str) -> Result<Row, String> {
    let parts = LINE.as_ref().and_then(|pattern| pattern.captures(line)).ok_or("it is no line of an access log")?;
    let get =
        |name: &str| parts.name(name).map(|part| part.as_str()).filter(|part| !part.trim().is_empty() && *part != "-");
    let names = ["vhost", "client", "ident", "user", "time", "request", "status", "size", "referrer", "agent", "rest"];
    let fields = names.iter().filter_map(|name| Some(((*name).to_owned(), get(name)?.trim().to_owned())));
    Ok(Row {
        times: vec![Timed {
            means: "requested".to_owned(),
            at: instant::read(get("time").unwrap_or_default(), Form::CommonLog, &Told::default()),
        }],
        message: format!("{} → {}", get("request").unwrap_or("(no request)"), get("status").unwrap_or("-")),
        host: get("vhost").map(str::to_owned),
        account: get("user").map(str::to_owned),
        source: get("client").map(str::to_owned),
        fields: fields.collect(),
        ..Row::default()
    })
}
