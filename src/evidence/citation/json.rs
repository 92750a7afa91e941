//! Values of a JSON document, or of one line of JSON lines, by their pointer (RFC 6901).
//!
//! A value is quoted as it stands in the file or as compact JSON, a string as its text. Numbers are never read as numbers,
//! so that none loses a digit.

use super::lines::Lines;
use super::place::{Hit, Miss, Texts};
use super::text::Quote;
use crate::values::Selector;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Deeper nesting is not read.
const MAX_DEPTH: usize = 256;

/// Longer objects and lists are not looked through as a whole, only value by value: 1 MiB.
const MAX_WHOLE: usize = 1 << 20;

/// Longer documents are not searched for what is near to a pointer that leads nowhere: 8 MiB.
const MAX_HINT: usize = 8 << 20;

/// How many places that are not there get a word on what is near.
const MAX_HINTS: usize = 20;

/// Calls `hear` with the values at the wanted places, and gives those that are not there.
pub fn read(
    lines: &Lines<'_>,
    text: &str,
    places: &[&Selector],
    hear: &mut dyn FnMut(&Selector, &Texts<'_>),
) -> BTreeMap<Selector, Miss> {
    let mut wanted: BTreeMap<Option<u64>, Wanted<'_>> = BTreeMap::new();
    for place in places.iter().copied() {
        if let Selector::Json { line, pointer } = place {
            wanted.entry(*line).or_default().entry(canonical(pointer)).or_default().push(place);
        }
    }
    let mut missing = BTreeMap::new();
    for (line, wanted) in wanted {
        let document = line.map_or(Ok(text), |line| lines.get(line, line));
        let heard = match &document {
            Ok(document) => read_document(document, line, &wanted, hear),
            Err(miss) => Err(miss.clone()),
        };
        let document = document.unwrap_or_default();
        for (pointer, places) in wanted {
            let miss = match &heard {
                Err(miss) => miss.clone(),
                Ok(heard) if heard.contains(pointer.as_str()) => continue,
                // To tell more of each would take long where a hostile case has many.
                Ok(_) if missing.len() >= MAX_HINTS => Miss::new("nothing is there"),
                Ok(_) => Miss::new(nearest(document, &pointer)),
            };
            missing.extend(places.into_iter().map(|place| (place.clone(), miss.clone())));
        }
    }
    missing
}

/// Places by their pointers.
type Wanted<'s> = BTreeMap<String, Vec<&'s Selector>>;

/// Calls `hear` with the wanted values of a document, and gives the pointers of those that are there.
fn read_document(
    document: &str,
    line: Option<u64>,
    wanted: &Wanted<'_>,
    hear: &mut dyn FnMut(&Selector, &Texts<'_>),
) -> Result<BTreeSet<String>, Miss> {
    let mut heard = BTreeSet::new();
    let walked = walk(document, &mut |value| {
        if let Some(places) = wanted.get(value.pointer) {
            places.iter().for_each(|place| hear(place, &value.texts()));
            heard.insert(value.pointer.to_owned());
        }
        true
    });
    walked.map(|()| heard).map_err(|why| {
        Miss::new(match line {
            Some(line) => format!("line {line} is no JSON: {why}"),
            None => format!("the file is no JSON document: {why}"),
        })
    })
}

/// Calls `hear` with what does not stand in a text as it is and may be quoted, until it says no: every document as compact
/// JSON, and the text of every string that is written with escapes.
pub fn each_text(text: &str, hear: &mut dyn FnMut(&str) -> bool) {
    let mut goes_on = true;
    documents(text, &mut |_, document| {
        if validate(document).is_err() {
            return true;
        }
        goes_on = hear(&compact(document));
        // What is nested too deep was looked through as a text.
        let _ = walk(document, &mut |value| {
            if value.raw.starts_with('"') && value.raw.contains('\\') {
                goes_on = hear(&string(value.raw));
            }
            goes_on
        });
        goes_on
    });
}

/// The single values that hold a text; where none does, the innermost lists and objects that do.
pub fn find(text: &str, quote: &Quote, limit: usize) -> Vec<Hit> {
    let single = search(text, limit, &mut |value, _| value.is_single && value.texts().comparable().hold(quote));
    if !single.is_empty() {
        return single;
    }
    search(text, limit, &mut |value, has_inner| {
        !value.is_single && !has_inner && value.raw.len() <= MAX_WHOLE && value.texts().comparable().hold(quote)
    })
}

/// The places of the values that are chosen; `choose` hears whether a value has one that was chosen inside.
fn search(text: &str, limit: usize, choose: &mut dyn FnMut(&Found<'_, '_>, bool) -> bool) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    // Where the values begin that were chosen last, by the bytes of the document: those inside come first.
    documents(text, &mut |line, document| {
        let mut begins: Vec<usize> = Vec::new();
        let _ = walk(document, &mut |value| {
            let has_inner = begins.last().is_some_and(|begin| *begin >= value.start);
            // A document as a whole has no pointer that a citation could name.
            let can_be_named = line.is_some() || !value.pointer.is_empty();
            if can_be_named && choose(value, has_inner) {
                begins.push(value.start);
                let at = Selector::Json { line, pointer: value.pointer.to_owned() };
                hits.push(Hit::new(at, &value.texts().shown()));
            }
            hits.len() < limit
        });
        hits.len() < limit
    });
    hits
}

/// The document, or else each line that is one.
fn documents(text: &str, hear: &mut dyn FnMut(Option<u64>, &str) -> bool) {
    if validate(text).is_ok() {
        hear(None, text);
        return;
    }
    for (number, line) in Lines::of(text).iter() {
        if !line.trim().is_empty() && !hear(Some(number), line) {
            return;
        }
    }
}

fn validate(document: &str) -> Result<(), String> {
    serde_json::from_str::<IgnoredAny>(document).map(|_| ()).map_err(|error| error.to_string())
}

/// A value where it stands.
struct Found<'d, 'p> {
    pointer: &'p str,
    /// As it is written.
    raw: &'d str,
    /// The byte of the document at which it begins.
    start: usize,
    is_single: bool,
}

impl<'d> Found<'d, '_> {
    fn texts(&self) -> Texts<'d> {
        if self.raw.starts_with('"') {
            return Texts::several(vec![string(self.raw)]);
        }
        let mut forms: Vec<Cow<'d, str>> = vec![compact(self.raw).into()];
        if forms[0] != self.raw {
            forms.push(self.raw.into());
        }
        Texts::several(forms)
    }
}

/// A list or an object that is being walked through.
struct Level {
    start: usize,
    /// How long its own pointer is.
    pointer: usize,
    /// The index of the next item; `None` in an object.
    index: Option<u64>,
    /// Whether the next string is the name of a field.
    is_name_next: bool,
}

/// Calls `hear` with every value of a document, those inside another before it, until it says no.
fn walk<'d>(document: &'d str, hear: &mut dyn FnMut(&Found<'d, '_>) -> bool) -> Result<(), String> {
    validate(document)?;
    let bytes = document.as_bytes();
    let mut pointer = String::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at = match byte {
            b'"' => end_of_string(bytes, at),
            b'{' | b'[' | b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => at + 1,
            _ => end_of_word(bytes, at),
        };
        match byte {
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => {}
            b'}' | b']' => {
                let Some(level) = levels.pop() else { return Ok(()) };
                pointer.truncate(level.pointer);
                let raw = &document[level.start..at];
                if !hear(&Found { pointer: &pointer, raw, start: level.start, is_single: false }) {
                    return Ok(());
                }
            }
            b'"' if levels.last().is_some_and(|level| level.is_name_next) => {
                let Some(level) = levels.last_mut() else { return Ok(()) };
                level.is_name_next = false;
                pointer.truncate(level.pointer);
                pointer.push('/');
                pointer.push_str(&escaped(&string(&document[start..at])));
            }
            _ => {
                step(levels.last_mut(), &mut pointer);
                if matches!(byte, b'{' | b'[') {
                    if levels.len() == MAX_DEPTH {
                        return Err(format!("it is nested more than {MAX_DEPTH} deep"));
                    }
                    let is_object = *byte == b'{';
                    let index = (!is_object).then_some(0);
                    levels.push(Level { start, pointer: pointer.len(), index, is_name_next: is_object });
                } else if !hear(&Found { pointer: &pointer, raw: &document[start..at], start, is_single: true }) {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// Goes to the next value of a list, or makes ready for the next name in an object.
fn step(level: Option<&mut Level>, pointer: &mut String) {
    let Some(level) = level else { return };
    match &mut level.index {
        Some(index) => {
            pointer.truncate(level.pointer);
            pointer.push_str(&format!("/{index}"));
            *index += 1;
        }
        None => level.is_name_next = true,
    }
}

/// Where a string ends that begins here.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_word(bytes: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
    start + bytes[start..].iter().position(ends).unwrap_or(bytes.len() - start)
}

/// The text of a string as it is written; without its quotes where it stands for no text, as half of a surrogate pair does.
fn string(raw: &str) -> Cow<'_, str> {
    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw);
    if !inner.contains('\\') {
        return inner.into();
    }
    serde_json::from_str::<String>(raw).map_or(inner.into(), Cow::Owned)
}

/// JSON without the white space between its signs.
fn compact(raw: &str) -> String {
    let mut made = String::with_capacity(raw.len());
    let (bytes, mut at) = (raw.as_bytes(), 0);
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at = match byte {
            b'"' => end_of_string(bytes, at),
            b' ' | b'\t' | b'\n' | b'\r' | b'{' | b'[' | b'}' | b']' | b',' | b':' => at + 1,
            _ => end_of_word(bytes, at),
        };
        if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            made.push_str(&raw[start..at]);
        }
    }
    made
}

/// A name as a step of a pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A pointer with every step escaped in one way.
fn canonical(pointer: &str) -> String {
    let step = |step: &str| escaped(&step.replace("~1", "/").replace("~0", "~"));
    pointer.split('/').map(step).collect::<Vec<_>>().join("/")
}

/// How far a pointer leads, and what is there.
fn nearest(document: &str, pointer: &str) -> String {
    let value = if document.len() > MAX_HINT { None } else { serde_json::from_str::<Value>(document).ok() };
    let Some(value) = value else { return "nothing is there".to_owned() };
    let mut reached = "";
    let mut there = &value;
    for (at, _) in pointer.match_indices('/').skip(1).chain([(pointer.len(), "")]) {
        match value.pointer(&pointer[..at]) {
            Some(inner) => (reached, there) = (&pointer[..at], inner),
            None => break,
        }
    }
    let what = match there {
        Value::Object(fields) => {
            format!("has the fields {}", fields.keys().take(12).map(String::as_str).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("has {} items, counted from 0", items.len()),
        _ => "is a single value".to_owned(),
    };
    let whose = if reached.is_empty() { "the document".to_owned() } else { format!("`{reached}`") };
    format!("nothing is there: {whose} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pointers(document: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        walk(document, &mut |value| {
            found.push((value.pointer.to_owned(), value.texts().shown().into_owned()));
            true
        })
        .unwrap();
        found
    }

    #[test]
    fn every_value_has_its_pointer() {
        let document = r#" {"a/b": [1.10, "x\u0041", {}], "~": null, "": [[]], "big": 12345678901234567890123} "#;
        let expected = [
            ("/a~1b/0", "1.10"),
            ("/a~1b/1", "xA"),
            ("/a~1b/2", "{}"),
            ("/a~1b", r#"[1.10,"x\u0041",{}]"#),
            ("/~0", "null"),
            ("//0", "[]"),
            ("/", "[[]]"),
            ("/big", "12345678901234567890123"),
        ];
        let found = pointers(document);
        assert_eq!(found[..8], expected.map(|(pointer, text)| (pointer.to_owned(), text.to_owned())));
        assert_eq!(found[8].0, "");
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
            "[a-z~/\"\\\\é\n ]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z~/\"é ]{0,3}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn pointers_lead_where_serde_json_finds_the_same(value in value(), is_pretty: bool) {
            let text = if is_pretty { format!("{value:#}") } else { value.to_string() };
            for (pointer, shown) in pointers(&text) {
                let there = value.pointer(&pointer).unwrap();
                prop_assert_eq!(there.as_str().map_or_else(|| there.to_string(), str::to_owned), shown);
            }
        }

        #[test]
        fn any_text_is_walked_through_without_panic(text in "[\\[\\]{}\":,\\\\ 0-9a-z]{0,40}") {
            let _ = walk(&text, &mut |value| { value.texts(); true });
            compact(&text);
            nearest(&text, "/a/0");
        }
    }
}
