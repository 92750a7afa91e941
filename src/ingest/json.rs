//! JSON as tools write it: one object on each line, or a list of objects. Objects are read one after the other; numbers keep
//! their digits.

use super::format::{Hear, MAX_ROW_BYTES};
use super::row::{Refused, Row};
use crate::values::Selector;
use serde::de::{SeqAccess, Visitor};
use serde_json::{Deserializer, Value};
use std::fmt;
use std::io::{self, BufRead, Read};

/// Calls `hear` with what `row` makes of each object.
pub fn each(
    source: &mut dyn BufRead,
    row: &mut dyn FnMut(&Value) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    match first_byte(source)? {
        Some(b'[') => list(source, row, hear),
        _ => lines(source, row, hear),
    }
}

/// The first byte that is neither blank nor part of a byte order mark.
fn first_byte(source: &mut dyn BufRead) -> io::Result<Option<u8>> {
    loop {
        let buffer = source.fill_buf()?;
        if buffer.is_empty() {
            return Ok(None);
        }
        let blank = |byte: &u8| byte.is_ascii_whitespace() || [0xef, 0xbb, 0xbf].contains(byte);
        match buffer.iter().position(|byte| !blank(byte)) {
            Some(0) => return Ok(Some(buffer[0])),
            Some(at) => source.consume(at),
            None => {
                let length = buffer.len();
                source.consume(length);
            }
        }
    }
}

fn lines(
    source: &mut dyn BufRead,
    row: &mut dyn FnMut(&Value) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = (&mut *source).take(MAX_ROW_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        if length > MAX_ROW_BYTES {
            skip_line(source)?;
            if !hear(Err(Refused { line: number, why: format!("the line is longer than {} MiB", MAX_ROW_BYTES >> 20) }))
            {
                break;
            }
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let read = serde_json::from_slice(&line).map_err(|error| format!("it is no JSON: {}", without_place(&error)));
        let read = read.and_then(|value| row(&value)).map(|row| placed(row, Some(number), String::new()));
        if !hear(read.map_err(|why| Refused { line: number, why })) {
            break;
        }
    }
    Ok(())
}

fn placed(row: Row, line: Option<u64>, pointer: String) -> Row {
    Row { place: Some(Selector::Json { line, pointer }), ..row }
}

/// Reads on to the end of a line without keeping it.
pub fn skip_line(source: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = source.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (length, is_end) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        source.consume(length);
        if is_end {
            return Ok(());
        }
    }
}

/// What is wrong with a text, without the line and column in it that serde_json counts.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

fn list(
    source: &mut dyn BufRead,
    row: &mut dyn FnMut(&Value) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    let mut reading = Deserializer::from_reader(&mut *source);
    let mut ended = false;
    let walk = List { row, hear, ended: &mut ended };
    let read = serde::Deserializer::deserialize_seq(&mut reading, walk);
    match read {
        Err(error) if error.is_io() => Err(error.into()),
        // Whoever hears has enough, which is no error of the file.
        Err(_) if ended => Ok(()),
        Err(error) => {
            let line = error.line() as u64;
            hear(Err(Refused { line, why: format!("the list is broken here: {}", without_place(&error)) }));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Walks a list value by value, so that no more than one of them is held.
struct List<'l, 'h> {
    row: &'l mut dyn FnMut(&Value) -> Result<Row, String>,
    hear: &'l mut Hear<'h>,
    ended: &'l mut bool,
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(value) = values.next_element::<Value>()? {
            let read = (self.row)(&value).map(|row| placed(row, None, format!("/{index}")));
            index += 1;
            // Where an object of a list begins, serde_json does not tell.
            let heard = (self.hear)(read.map_err(|why| Refused { line: 0, why: format!("object {index}: {why}") }));
            if !heard {
                *self.ended = true;
                return Err(serde::de::Error::custom("enough"));
            }
        }
        Ok(())
    }
}

/// The text of a value: a string as it is, everything else as JSON.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The text at a pointer, where there is one that says something.
pub fn at(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).map(text).filter(|text| !text.trim().is_empty() && text != "-")
}

/// Every single value below a value, by its keys with a dot between, in the order of the file.
pub fn fields(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    flatten(value, &mut String::new(), &mut found);
    found
}

fn flatten(value: &Value, name: &mut String, found: &mut Vec<(String, String)>) {
    let length = name.len();
    let mut below = |key: &str, value: &Value, found: &mut Vec<(String, String)>| {
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(key);
        flatten(value, name, found);
        name.truncate(length);
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| below(key, value, found)),
        Value::Array(list) if list.iter().any(|value| value.is_object() || value.is_array()) => {
            list.iter().enumerate().for_each(|(index, value)| below(&index.to_string(), value, found));
        }
        Value::Array(list) => found.push((name.clone(), list.iter().map(text).collect::<Vec<_>>().join(", "))),
        single => found.push((name.clone(), text(single))),
    }
}
