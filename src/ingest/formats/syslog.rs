//! Lines of syslog as files have them, such as `auth.log`: the traditional form (RFC 3164), without year and zone, and the one
//! with a time of RFC 3339, as rsyslog and systemd write it.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Told};
use super::super::lines;
use super::super::row::{Row, Timed};
use regex::Regex;
use std::io::{self, BufRead};
use std::sync::LazyLock;

pub const FORMAT: Format =
    Format { name: "syslog", what: "lines of syslog, such as auth.log", detect, cut: cut::lines, read };

/// `<34>`, time, host, `tag[pid]:`, message.
static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:<\d{1,3}>)?(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))\s+(?P<host>\S+)\s+(?P<tag>[^\s:\[]+)(?:\[(?P<pid>[^\]]*)\])?:?\s?(?P<message>.*)$",
    )
    .ok()
});

/// What names an account in messages of sshd, sudo, su, PAM and logind.
static ACCOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:for (?:invalid user )?|user[ =]|session (?:opened|closed) for user |Invalid user )(?P<account>[\w.$@-]+)",
    )
    .ok()
});

static SOURCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:from |rhost=)(?P<source>\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]+)").ok()
});

fn captured(pattern: &LazyLock<Option<Regex>>, text: &str, name: &str) -> Option<String> {
    Some((**pattern).as_ref()?.captures(text)?.name(name)?.as_str().to_owned())
}

/// The first lines of a file, of which most must be lines of syslog: a file may begin in the midst of one.
const LOOKED_AT: usize = 10;

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    let first: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).collect();
    let known = first.iter().filter(|line| LINE.as_ref().is_some_and(|pattern| pattern.is_match(line))).count();
    known * 2 > first.len()
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    lines::each(source, &mut |line| Some(row(line, told)), hear)
}

fn row(line: &str, told: &Told) -> Result<Row, String> {
    let parts = LINE
        .as_ref()
        .and_then(|pattern| pattern.captures(line))
        .ok_or("it does not begin with a time, a host and a program")?;
    let get = |name: &str| parts.name(name).map(|part| part.as_str().to_owned()).unwrap_or_default();
    let (time, tag, message) = (get("time"), get("tag"), get("message"));
    let form = if time.starts_with(|c: char| c.is_ascii_digit()) { Form::Iso } else { Form::Syslog };
    let fields = ["time", "host", "tag", "pid", "message"].map(|name| (name.to_owned(), get(name)));
    Ok(Row {
        times: vec![Timed { means: "written".to_owned(), at: instant::read(&time, form, told) }],
        message: format!("{tag}: {message}"),
        host: Some(get("host")),
        account: captured(&ACCOUNT, &message, "account"),
        source: captured(&SOURCE, &message, "source"),
        fields: fields.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        ..Row::default()
    })
}
