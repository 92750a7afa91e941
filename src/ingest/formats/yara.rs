//! Matches of YARA (<https://yara.readthedocs.io/en/stable/commandline.html>): a line for each rule and file, with the tags (`-g`)
//! and the meta data (`-m`) of the rule where they were asked for, and below it the strings that matched (`-s`), which belong to
//! it. They give no times. Without strings, tags and meta data, a line is two words as in any text: such a file is read with
//! `--as yara`.

use super::super::cut;
use super::super::format::{Format, Head, Hear, MAX_ROW_BYTES};
use super::super::instant::Told;
use super::super::lines;
use super::super::row::{Detection, Refused, Row};
use crate::values::Selector;
use crate::values::vocabulary::Severity;
use regex::Regex;
use std::io::{self, BufRead};
use std::sync::LazyLock;

pub const FORMAT: Format =
    Format { name: "yara", what: "matches of YARA, with strings, tags or meta data", detect, cut: cut::nowhere, read };

/// `namespace:rule [tags] [meta="data"] file`.
static MATCH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"^(?P<rule>(?:[\w.]+:)?[A-Za-z_]\w*)(?P<lists>(?: \[(?:[^"\[\]]|"(?:[^"\\]|\\.)*")*\])*) (?P<file>.+)$"#,
    )
    .ok()
});

/// `0x1f:$name: what matched`, with its length (`-L`) or key (`-X`) between.
static STRING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^0x[0-9a-f]+:(?:\d+:)?(?:[^$\s]*:)?\$\w*: ").ok());

/// One of the meta data: `name="text"`, `name=7` or `name=true`.
static META: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?P<name>\w+) ?=(?:"(?P<text>(?:[^"\\]|\\.)*)"|(?P<word>[^,\]]*))"#).ok());

/// Lines of a file that are looked at: a warning may stand before the first match.
const LOOKED_AT: usize = 10;

fn is_string(line: &str) -> bool {
    STRING.as_ref().is_some_and(|pattern| pattern.is_match(line))
}

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    let first: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).collect();
    let Some(pattern) = MATCH.as_ref() else { return false };
    let lists = |line: &str| pattern.captures(line).map(|parts| parts["lists"].to_owned());
    first.iter().zip(first.iter().skip(1).chain([&""])).any(|(line, next)| {
        lists(line).is_some_and(|lists| is_string(next) || lists.ends_with("\"]") || lists.starts_with(" []"))
    })
}

/// A match that is being read, with its lines.
struct Open {
    row: Result<Row, String>,
    lines: (u64, u64),
    bytes: usize,
}

fn read(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let mut open: Option<Open> = None;
    let mut goes_on = true;
    lines::raw(source, &mut |number, line| {
        let text = line.map(|line| String::from_utf8_lossy(line).trim_end_matches(['\r', '\n']).to_owned());
        match (&mut open, &text) {
            (Some(open), Ok(text)) if is_string(text) => open.add(number, text),
            _ => {
                goes_on = open.take().is_none_or(|open| open.tell(hear));
                let row = text.and_then(|text| row(text.trim_start_matches('\u{feff}')));
                open = Some(Open { row, lines: (number, number), bytes: 0 });
            }
        }
        goes_on
    })?;
    if let Some(open) = open.filter(|_| goes_on) {
        open.tell(hear);
    }
    Ok(())
}

impl Open {
    /// Takes a string that matched.
    fn add(&mut self, number: u64, text: &str) {
        self.lines.1 = number;
        self.bytes += text.len();
        if self.bytes > MAX_ROW_BYTES {
            self.row = Err(format!("its strings come to more than {} MiB", MAX_ROW_BYTES >> 20));
        }
        if let Ok(row) = &mut self.row {
            let (place, said) = text.split_once(": ").unwrap_or((text, ""));
            row.fields.push((place.to_owned(), said.to_owned()));
        }
    }

    fn tell(self, hear: &mut Hear<'_>) -> bool {
        let (first, last) = self.lines;
        let placed = |row| Row { place: Some(Selector::Lines(first, last)), ..row };
        hear(self.row.map(placed).map_err(|why| Refused { line: first, why }))
    }
}

fn row(line: &str) -> Result<Row, String> {
    let parts = MATCH.as_ref().and_then(|pattern| pattern.captures(line)).filter(|_| !is_string(line));
    let parts = parts.ok_or("it is no rule with the name of a file")?;
    let (rule, file) = (parts["rule"].to_owned(), parts["file"].to_owned());
    let mut fields = vec![("rule".to_owned(), rule.clone()), ("file".to_owned(), file.clone())];
    let metas = META.as_ref().map(|pattern| pattern.captures_iter(&parts["lists"]));
    for meta in metas.into_iter().flatten() {
        let said = meta.name("text").or(meta.name("word")).map_or("", |said| said.as_str());
        fields.push((meta["name"].to_owned(), said.replace("\\\"", "\"").replace("\\'", "'")));
    }
    let severity =
        fields.iter().find(|(name, _)| name == "severity").and_then(|(_, said)| said.parse::<Severity>().ok());
    Ok(Row {
        message: format!("{rule} matches {file}"),
        detection: Some(Detection { rule, id: None, severity }),
        fields,
        ..Row::default()
    })
}
