//! The slips of the hand behind syntax errors, so that a message can say what to write.

use std::ops::Range;

/// What happened, what to write, and the place that the error contradicts, where there is one.
pub struct Slip {
    pub message: String,
    pub help: String,
    pub first: Option<Range<usize>>,
}

/// The slip behind an error that the parser reports as `message` at `span`.
pub fn behind(text: &str, span: &Range<usize>, message: &str) -> Slip {
    let line = line_of(text, span.start);
    let parsed = message.split(", expected").next().unwrap_or(message);
    if parsed == "duplicate key" {
        return twice(text, span, &line);
    }
    let (message, help) = typographic(&text[line.clone()])
        .or_else(|| value(text, span, &line, parsed))
        .or_else(|| structure(text, span, &line, parsed))
        .unwrap_or_else(|| (parsed.to_owned(), "`casebook explain syntax` shows the form".to_owned()));
    Slip { message, help, first: None }
}

/// The line that holds a byte, without its line end.
pub fn line_of(text: &str, at: usize) -> Range<usize> {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    start..end
}

fn owned(message: &str, help: impl Into<String>) -> Option<(String, String)> {
    Some((message.to_owned(), help.into()))
}

/// Quotes that a word processor made.
fn typographic(line: &str) -> Option<(String, String)> {
    const QUOTES: [char; 7] = ['“', '”', '„', '‘', '’', '«', '»'];
    let (_, value) = line.split_once('=')?;
    if !value.trim_start().starts_with(QUOTES) {
        return None;
    }
    let bare = value.trim().trim_matches(QUOTES);
    owned("these quotes are for print, not for TOML", format!("write `\"{bare}\"`"))
}

/// Slips in the value of a key.
fn value(text: &str, span: &Range<usize>, line: &Range<usize>, message: &str) -> Option<(String, String)> {
    match message {
        "invalid basic string" | "invalid multi-line basic string" if is_control(text, span.start) => owned(
            "a control character stands in this text",
            "remove it, or write its escape, such as `\\u0007`, if the evidence has it",
        ),
        "invalid basic string" => owned(
            "the quote of this text is not closed",
            "end the text with `\"`; text of several lines stands between `\"\"\"` and `\"\"\"`",
        ),
        "invalid multi-line basic string" => owned("the text is not closed", "end it with `\"\"\"`"),
        "invalid literal string" => owned("the quote of this text is not closed", "end the text with `'`"),
        "invalid multi-line literal string" => owned("the text is not closed", "end it with `'''`"),
        message if message.contains("unicode value") || message.contains("escape") => owned(
            "a backslash begins an escape, and this one is not known",
            "put the text between single quotes, `'C:\\Windows'`, or write two backslashes for one",
        ),
        message if message.starts_with("invalid date") || message.starts_with("invalid time") => {
            owned(message, "write it as `2026-03-01T10:15:00Z`")
        }
        "unexpected leading zero" => owned("a number starts with a zero", "remove the zero, or put it in quotes"),
        "string values must be quoted" | "invalid boolean" => bare(text, span, line),
        message if message.starts_with("invalid float") || message.starts_with("invalid integer") => {
            bare(text, span, line)
        }
        _ => None,
    }
}

fn is_control(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(|c| c.is_control() && c != '\n' && c != '\r')
}

/// A value without quotes.
fn bare(text: &str, span: &Range<usize>, line: &Range<usize>) -> Option<(String, String)> {
    let written = written_value(text, span, line);
    match written.to_ascii_lowercase().as_str() {
        "" => owned("the key has no value", "write one after `=`, or remove the line"),
        "null" | "none" | "nil" | "undefined" => owned("TOML has no word for nothing", "remove the line"),
        "true" | "yes" | "on" => owned("this is no truth value", "write `true`"),
        "false" | "no" | "off" => owned("this is no truth value", "write `false`"),
        _ => owned("a text stands in quotes", format!("write `\"{}\"`", written.replace('"', "\\\""))),
    }
}

/// The value as it was meant: the rest of the line after `=`, or the item of a list.
fn written_value<'t>(text: &'t str, span: &Range<usize>, line: &Range<usize>) -> &'t str {
    let (before, after) = (&text[line.start..span.start], &text[span.start..line.end]);
    let key_value = before.find('=').map(|at| line.start + at + 1);
    let value_start = key_value.map(|at| at + text[at..line.end].len() - text[at..line.end].trim_start().len());
    match value_start {
        Some(start) if !text[start..line.end].starts_with(['[', '{']) => {
            text[start..line.end].split(" #").next().unwrap_or("").trim()
        }
        _ => {
            let ends = [',', ']', '}', '#'];
            let start = before.rfind(['[', ',', '=', ' ']).map_or(line.start, |at| line.start + at + 1);
            let length = after.find(ends).unwrap_or(after.len());
            text[start..span.start + length].trim()
        }
    }
}

/// Slips between the values: keys, brackets, commas.
fn structure(text: &str, span: &Range<usize>, line: &Range<usize>, message: &str) -> Option<(String, String)> {
    let written = text[line.clone()].trim();
    match message {
        "key with no value" | "invalid unquoted key" => key(written),
        "unclosed table" | "unclosed array of tables" => owned("the name is not closed", "end it with its `]`"),
        "unclosed array" => owned("the list is not closed", "end it with `]`"),
        "unclosed inline table" => owned("the table is not closed", "end it with `}`"),
        "missing comma between array elements" => owned(
            "a comma is missing between two items of a list",
            "write `,` between them, or close the list with `]`",
        ),
        "missing comma between key-value pairs" => owned(
            "a comma is missing between two keys of a table",
            "write `,` between them, or close the table with `}`",
        ),
        "unexpected key or value" => after_value(text, span, line),
        "invalid key-value pair" if written.starts_with('{') => {
            owned("this is JSON", "`casebook new KIND` writes an entry in TOML for you to fill in")
        }
        message if message.starts_with("carriage return") => {
            owned("a line ends with a carriage return alone", "save the file with Unix line ends (LF)")
        }
        _ => None,
    }
}

fn key(written: &str) -> Option<(String, String)> {
    let name = written.split([':', '=', ' ']).next().unwrap_or("");
    let rest = written.get(name.len()..).unwrap_or("").trim_start();
    match rest.strip_prefix(':') {
        Some(value) if !name.is_empty() => {
            owned("a key and its value have `=` between them, not `:`", format!("write `{name} = {}`", value.trim()))
        }
        _ if rest.contains('=') && !rest.starts_with('=') => {
            owned("a key is one word", format!("write `{} = …`", joined(written)))
        }
        _ => owned("this line is no key with its value", "write `key = value`; a comment starts with `#`"),
    }
}

fn joined(written: &str) -> String {
    let words: Vec<&str> = written.split('=').next().unwrap_or("").split_whitespace().collect();
    words.join("_")
}

fn after_value(text: &str, span: &Range<usize>, line: &Range<usize>) -> Option<(String, String)> {
    let (before, after) = (&text[line.start..span.start], &text[span.start..line.end]);
    if after.trim_start().starts_with([',', ';']) {
        return owned("the line goes on after its value", "remove the comma: one line holds one key");
    }
    if before.ends_with(['"', '\'']) && !after.contains('=') {
        return owned(
            "a quote inside the text ends it",
            "write `\\\"` for the quote, or put the text between `\"\"\"` and `\"\"\"`",
        );
    }
    owned("the line goes on after its value", "put each key on a line of its own; a comment starts with `#`")
}

/// A key, or a table, that is there already.
fn twice(text: &str, span: &Range<usize>, line: &Range<usize>) -> Slip {
    let name = &text[span.clone()];
    let written = text[line.clone()].trim();
    let message = format!("`{}` stands here for the second time", name.escape_debug());
    let help = match written.starts_with('[') {
        true => format!("put the keys of both together under one `{written}`, or make a list of them: `[{written}]`"),
        false => "remove one of the two".to_owned(),
    };
    Slip { message, help, first: first_of(text, name, written, line.start) }
}

/// The key of the same name before `end` in the same table, or the header of the same table.
fn first_of(text: &str, name: &str, written: &str, end: usize) -> Option<Range<usize>> {
    let (mut at, mut first) = (0, None);
    for line in text[..end].split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let here = line.trim();
        if written.starts_with('[') {
            if here == written {
                first = Some(at + indent..at + indent + here.len());
            }
        } else if here.starts_with('[') {
            first = None;
        } else if first.is_none() && here.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('=')) {
            first = Some(at + indent..at + indent + name.len());
        }
        at += line.len();
    }
    first
}
