//! JSON as tools write it: one object on each line, or a list of objects. Objects are read one after the other; numbers keep
//! their digits.

use super::format::Hear;
use super::lines;
use super::row::{Refused, Row};
use crate::values::Selector;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};
use std::fmt;
use std::io::{self, BufRead};

/// A row that an object holds: its pointer inside the object, and what is made of it.
pub type Inner = (String, Result<Row, String>);

/// Calls `hear` with what `row` makes of each object.
pub fn each(
    source: &mut dyn BufRead,
    row: &mut dyn FnMut(&Value) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    each_inner(source, &mut |value| vec![(String::new(), row(value))], hear)
}

/// The same where an object may hold several rows, or none.
pub fn each_inner(
    source: &mut dyn BufRead,
    rows: &mut dyn FnMut(&Value) -> Vec<Inner>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    match first_byte(source)? {
        Some(b'[') => document(source, None, rows, hear),
        _ => of_lines(source, rows, hear),
    }
}

/// The same with each object of the list that a member of the one object in a file is.
pub fn each_of_member(
    source: &mut dyn BufRead,
    member: &'static str,
    row: &mut dyn FnMut(&Value) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    first_byte(source)?;
    document(source, Some(member), &mut |value| vec![(String::new(), row(value))], hear)
}

/// Whether a file begins with an object whose first member has this name.
pub fn begins_with_member(source: &mut dyn BufRead, member: &str) -> io::Result<bool> {
    first_byte(source)?;
    let inside = source.fill_buf()?.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    Ok(inside.is_some_and(|inside| inside.starts_with(format!("\"{member}\"").as_bytes())))
}

/// The first byte that is not blank, where there is one in what is read at once. A byte order mark before it is taken out.
pub fn first_byte(source: &mut dyn BufRead) -> io::Result<Option<u8>> {
    if source.fill_buf()?.starts_with(MARK) {
        source.consume(MARK.len());
    }
    Ok(source.fill_buf()?.trim_ascii_start().first().copied())
}

const MARK: &[u8] = b"\xef\xbb\xbf";

fn of_lines(
    source: &mut dyn BufRead,
    rows: &mut dyn FnMut(&Value) -> Vec<Inner>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    lines::raw(source, &mut |number, line| {
        let value = line.and_then(|line| serde_json::from_slice(line).map_err(|error| no_json(&error)));
        made(value, rows).into_iter().all(|(pointer, read)| {
            let read = read.map(|row| placed(row, Some(number), pointer));
            hear(read.map_err(|why| Refused { line: number, why }))
        })
    })
}

/// The rows of an object, or why there are none.
fn made(value: Result<Value, String>, rows: &mut dyn FnMut(&Value) -> Vec<Inner>) -> Vec<Inner> {
    match value.and_then(|value| fits(&value).map(|()| value)) {
        Ok(value) => rows(&value),
        Err(why) => vec![(String::new(), Err(why))],
    }
}

fn placed(row: Row, line: Option<u64>, pointer: String) -> Row {
    Row { place: Some(Selector::Json { line, pointer }), ..row }
}

fn no_json(error: &serde_json::Error) -> String {
    format!("it is no JSON: {}", without_place(error))
}

/// What is wrong with a text, without the line and column in it that serde_json counts.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// The text of a member of the object that a row is, where no field has it since it holds more than a single value.
pub type Whole<'w> = dyn Fn(&str) -> Option<String> + 'w;

/// The same as [`each`] for rows that are made of the fields of an object, which need no value between.
pub fn each_fields(
    source: &mut dyn BufRead,
    row: &mut dyn FnMut(Fields, &Whole<'_>) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    let of = |value: &Value, name: &str| value.get(name).map(text);
    if first_byte(source)? == Some(b'[') {
        let rows = &mut |value: &Value| vec![(String::new(), row(fields(value), &|name| of(value, name)))];
        return document(source, None, rows, hear);
    }
    lines::raw(source, &mut |number, line| {
        let read = line.and_then(|line| {
            row(fields_of(line)?, &|name| serde_json::from_slice(line).ok().and_then(|value| of(&value, name)))
        });
        let read = read.map(|row| placed(row, Some(number), String::new()));
        hear(read.map_err(|why| Refused { line: number, why }))
    })
}

/// Reads a list, or that in a member of an object. What stands behind it is told: a second list has no place that a pointer
/// could name.
fn document(
    source: &mut dyn BufRead,
    member: Option<&'static str>,
    rows: &mut dyn FnMut(&Value) -> Vec<Inner>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    let mut reading = Deserializer::from_reader(&mut *source);
    let mut ended = false;
    let list = List { rows, hear: &mut *hear, prefix: String::new(), ended: &mut ended };
    let read = match member {
        None => serde::Deserializer::deserialize_seq(&mut reading, list),
        Some(name) => {
            let list = List { prefix: format!("/{name}"), ..list };
            serde::Deserializer::deserialize_map(&mut reading, Member { name, list: Some(list) })
        }
    };
    match read {
        Err(error) if error.is_io() => return Err(error.into()),
        // Whoever hears has enough, which is no error of the file.
        Err(_) if ended => {}
        Err(error) => {
            let line = error.line() as u64;
            hear(Err(Refused { line, why: format!("the list is broken here: {}", without_place(&error)) }));
        }
        Ok(()) => {
            if has_more(source)? {
                let why = "what stands behind the first list is not read: give each list a file of its own";
                hear(Err(Refused { line: 0, why: why.to_owned() }));
            }
        }
    }
    Ok(())
}

/// Whether anything but blanks is left.
fn has_more(source: &mut dyn BufRead) -> io::Result<bool> {
    loop {
        let buffer = source.fill_buf()?;
        let (length, is_blank) = (buffer.len(), buffer.trim_ascii_start().is_empty());
        if length == 0 || !is_blank {
            return Ok(length > 0);
        }
        source.consume(length);
    }
}

/// Walks a list value by value, so that no more than one of them is held.
struct List<'l, 'h> {
    rows: &'l mut dyn FnMut(&Value) -> Vec<Inner>,
    hear: &'l mut Hear<'h>,
    /// The pointer of the list.
    prefix: String,
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
            let place = format!("{}/{index}", self.prefix);
            index += 1;
            let heard = made(Ok(value), self.rows).into_iter().all(|(pointer, read)| {
                let read = read.map(|row| placed(row, None, format!("{place}{pointer}")));
                // Where an object of a list begins, serde_json does not tell.
                (self.hear)(read.map_err(|why| Refused { line: 0, why: format!("object {index}: {why}") }))
            });
            if !heard {
                *self.ended = true;
                return Err(serde::de::Error::custom("enough"));
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reading: D) -> Result<(), D::Error> {
        reading.deserialize_seq(self)
    }
}

/// Walks an object to the list in one of its members, which is there once.
struct Member<'l, 'h> {
    name: &'static str,
    list: Option<List<'l, 'h>>,
}

impl<'de> Visitor<'de> for Member<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.name)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            if name != self.name {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            let list = self.list.take().ok_or_else(|| serde::de::Error::custom(format!("a second `{name}`")))?;
            members.next_value_seed(list)?;
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

/// The text at a pointer, where there is one that says something. Its names have no `~`, so that none is unescaped, which
/// [`Value::pointer`] does with each.
pub fn at(value: &Value, pointer: &str) -> Option<String> {
    let found = pointer.split('/').skip(1).try_fold(value, |value, name| match value {
        Value::Array(list) => list.get(name.parse::<usize>().ok()?),
        object => object.get(name),
    });
    found.map(text).filter(|text| says(text))
}

/// The text of a field. Of fields with one name the last one counts.
pub fn field<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().rev().find(|(field, _)| field == name).map(|(_, text)| text.as_str())
}

/// The same, where it says something.
pub fn said(fields: &[(String, String)], name: &str) -> Option<String> {
    field(fields, name).filter(|text| says(text)).map(str::to_owned)
}

/// Whether a text is more than a sign that there is none.
fn says(text: &str) -> bool {
    !text.trim().is_empty() && text != "-"
}

/// The most that the fields of a row may come to: 32 MiB. Each of them has the whole of its name, so that a short text can come to
/// very many bytes.
const MAX_FIELDS_BYTES: usize = 32 << 20;

/// Whether the fields of a value are few enough to be held.
pub fn fits(value: &Value) -> Result<(), String> {
    let mut left = MAX_FIELDS_BYTES;
    take(value, 0, &mut left).ok_or_else(too_many)
}

fn too_many() -> String {
    format!("its fields with their names come to more than {} MiB", MAX_FIELDS_BYTES >> 20)
}

/// Takes what a value below a name of some length comes to from what is left.
fn take(value: &Value, name: usize, left: &mut usize) -> Option<()> {
    *left = left.checked_sub(name)?;
    match value {
        Value::Object(object) => {
            object.iter().try_for_each(|(key, value)| take(value, name + key.len() + LEAF_BYTES, left))
        }
        Value::Array(list) => {
            // Only in a list of more than single values does each have a name.
            let is_named = list.iter().any(|value| value.is_object() || value.is_array());
            let name = if is_named { name + INDEX_BYTES + LEAF_BYTES } else { ", ".len() };
            list.iter().try_for_each(|value| take(value, name, left))
        }
        Value::String(text) => left.checked_sub(text.len()).map(|rest| *left = rest),
        _ => Some(()),
    }
}

/// Bytes of two texts that are held beside what they say.
const LEAF_BYTES: usize = 48;

/// Digits of the number of a value in a list, with the dot before it.
const INDEX_BYTES: usize = 9;

/// Single values by their keys with a dot between, in the order of the file.
pub type Fields = Vec<(String, String)>;

/// Every single value below a value.
pub fn fields(value: &Value) -> Fields {
    fields_below("", value)
}

/// The same of a text, without the value between. Of a key that is there twice there are two fields.
pub fn fields_of(text: &[u8]) -> Result<Fields, String> {
    let (mut name, mut found, mut left) = (String::new(), Vec::new(), MAX_FIELDS_BYTES);
    let mut reading = Deserializer::from_slice(text);
    let flat = Flat { name: &mut name, found: &mut found, left: &mut left };
    match flat.deserialize(&mut reading).and_then(|()| reading.end()) {
        Ok(()) => Ok(found),
        Err(error) if error.is_data() => Err(without_place(&error)),
        Err(error) => Err(no_json(&error)),
    }
}

/// Walks a value to the single values in it.
struct Flat<'f> {
    /// The name of the value.
    name: &'f mut String,
    found: &'f mut Fields,
    /// Bytes that the fields may still come to.
    left: &'f mut usize,
}

impl Flat<'_> {
    fn push<E: serde::de::Error>(self, text: String) -> Result<(), E> {
        let bytes = self.name.len() + LEAF_BYTES + text.len();
        *self.left = self.left.checked_sub(bytes).ok_or_else(|| E::custom(too_many()))?;
        self.found.push((self.name.clone(), text));
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Flat<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reading: D) -> Result<(), D::Error> {
        reading.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Flat<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.push(String::new())
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.push(value.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.push(value.to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.push(value.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.push(Value::from(value).to_string())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.push(text.to_owned())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            list.push(value);
        }
        let list = Value::Array(list);
        take(&list, self.name.len() + LEAF_BYTES, self.left).ok_or_else(|| serde::de::Error::custom(too_many()))?;
        flatten(&list, self.name, self.found);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let length = self.name.len();
        while members.next_key_seed(Key { name: self.name })?.is_some() {
            members.next_value_seed(Flat { name: self.name, found: self.found, left: self.left })?;
            self.name.truncate(length);
        }
        Ok(())
    }
}

/// Appends a key to the name of the object that it is in.
struct Key<'f> {
    name: &'f mut String,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reading: D) -> Result<(), D::Error> {
        reading.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<(), E> {
        below(self.name, key);
        Ok(())
    }
}

/// Makes the name of a value that of one below it.
fn below(name: &mut String, key: &str) {
    if !name.is_empty() {
        name.push('.');
    }
    name.push_str(key);
}

/// The same of a value that has a name itself.
pub fn fields_below(name: &str, value: &Value) -> Fields {
    let mut found = Vec::new();
    flatten(value, &mut name.to_owned(), &mut found);
    found
}

fn flatten(value: &Value, name: &mut String, found: &mut Vec<(String, String)>) {
    let length = name.len();
    let mut inner = |key: &str, value: &Value, found: &mut Fields| {
        below(name, key);
        flatten(value, name, found);
        name.truncate(length);
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| inner(key, value, found)),
        Value::Array(list) if list.iter().any(|value| value.is_object() || value.is_array()) => {
            list.iter().enumerate().for_each(|(index, value)| inner(&index.to_string(), value, found));
        }
        Value::Array(list) => found.push((name.clone(), list.iter().map(text).collect::<Vec<_>>().join(", "))),
        single => found.push((name.clone(), text(single))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_through_objects_and_lists() {
        let value: Value = serde_json::from_str(r#"{"a": [{"b": "x"}, 7], "0": "-", "c": null}"#).unwrap();
        let found = ["/a/0/b", "/a/1", "/a/2", "/a/b", "/0", "/c", "/d"].map(|pointer| at(&value, pointer));
        assert_eq!(found, [Some("x".to_owned()), Some("7".to_owned()), None, None, None, None, None]);
    }

    #[test]
    fn fields_are_the_same_with_and_without_a_value_between() {
        for text in [
            r#"{"a": {"b": [1, "x", null], "c": [{"d": true}, [2]]}, "e": -1.50, "f": {}, "g": [], "h": "\u00e9"}"#,
            "null",
            "[[]]",
            "18446744073709551615",
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(fields_of(text.as_bytes()).unwrap(), fields(&value), "{text}");
        }
        assert!(fields_of(b"{\"a\": 1} 2").unwrap_err().starts_with("it is no JSON"));
    }
}
