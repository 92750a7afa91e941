//! Places in a file: what stands there, and where a text stands.

use super::text::{Quote, comparable, decode, is_text, readings};
use super::{MAX_CITED_BYTES, bytes, json, lines, record, row};
use crate::evidence::gzip;
use crate::values::Selector;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What stands at a place, in every form that may be quoted.
#[derive(Clone, Debug)]
pub enum Texts<'t> {
    Forms(Vec<Cow<'t, str>>),
    /// A record of an event log, as its fields and as XML.
    Record {
        fields: String,
        xml: &'t str,
    },
    /// Bytes, which may be quoted as a text or in hexadecimal.
    Bytes(&'t [u8]),
}

impl<'t> Texts<'t> {
    pub fn one(text: &'t str) -> Self {
        Texts::Forms(vec![text.into()])
    }

    pub fn several(forms: Vec<Cow<'t, str>>) -> Self {
        Texts::Forms(forms)
    }

    pub fn of_bytes(bytes: &'t [u8]) -> Self {
        Texts::Bytes(bytes)
    }

    /// The form to show to people.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Texts::Forms(forms) => forms.first().map_or("".into(), |form| form.as_ref().into()),
            Texts::Record { fields, .. } => fields.into(),
            Texts::Bytes(bytes) => {
                let is_plain = |text: &String| !text.contains(|c: char| c == '\u{fffd}' || c.is_control() && c != '\n');
                let [utf8, wide, _] = readings(bytes);
                let text =
                    Some(utf8).filter(is_plain).or_else(|| Some(wide).filter(is_plain).filter(|text| is_likely(text)));
                text.unwrap_or_else(|| hexadecimal(bytes)).into()
            }
        }
    }

    /// What tells it apart, to be shown in a message.
    pub fn brief(&self) -> Cow<'_, str> {
        match self {
            Texts::Record { fields, .. } => record::brief(fields).into(),
            _ => self.shown(),
        }
    }

    /// The forms made ready to be compared with quotes.
    pub fn comparable(&self) -> Comparable<'t> {
        match self {
            Texts::Record { fields, xml } => {
                Comparable { forms: vec![comparable(fields), comparable(xml)], bytes: None }
            }
            Texts::Forms(forms) => {
                Comparable { forms: forms.iter().map(|form| comparable(form)).collect(), bytes: None }
            }
            Texts::Bytes(bytes) => {
                Comparable { forms: readings(bytes).iter().map(|form| comparable(form)).collect(), bytes: Some(*bytes) }
            }
        }
    }
}

/// Whether what was read as UTF-16 is a text of one script with its signs, and not bytes of something else.
fn is_likely(text: &str) -> bool {
    let ascii = text.chars().filter(char::is_ascii).count();
    ascii * 2 >= text.chars().count()
}

/// Bytes as `hex: 4d 5a`, at most 64 of them.
fn hexadecimal(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(64).map(|byte| format!("{byte:02x}")).collect();
    format!("hex: {}{}", shown.join(" "), if bytes.len() > 64 { " …" } else { "" })
}

/// What stands at a place, ready to be compared with quotes.
pub struct Comparable<'t> {
    forms: Vec<String>,
    bytes: Option<&'t [u8]>,
}

impl Comparable<'_> {
    pub fn hold(&self, quote: &Quote) -> bool {
        self.forms.iter().any(|form| quote.is_in_comparable(form))
            || self.bytes.is_some_and(|bytes| quote.is_in_hexadecimal(bytes))
    }

    /// How many bytes are compared for one quote.
    pub fn length(&self) -> u64 {
        self.forms.iter().map(|form| form.len() as u64).sum()
    }
}

/// Why nothing stands at a place: one clause for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss(pub String);

impl Miss {
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// A place that holds a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub at: Selector,
    /// What stands there.
    pub text: String,
}

impl Hit {
    pub fn new(at: Selector, text: &str) -> Self {
        Self { at, text: text.to_owned() }
    }
}

/// What kind of places a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    EventLog,
    Table,
    Json,
    Text,
    Binary,
}

impl Form {
    /// By the first bytes of the content, then by the name.
    pub fn of(name: &str, content: &[u8]) -> Self {
        let ends = |ends: &[&str]| {
            name.rsplit_once('.').is_some_and(|(_, end)| ends.iter().any(|known| end.eq_ignore_ascii_case(known)))
        };
        if content.starts_with(record::MAGIC) {
            Form::EventLog
        } else if !is_text(content) {
            Form::Binary
        } else if ends(&["json", "jsonl", "ndjson"]) {
            Form::Json
        } else if ends(&["csv", "tsv"]) {
            Form::Table
        } else {
            Form::Text
        }
    }
}

/// A file that is read for citations. Of one that was packed alone (gzip), every place is one of what was packed, but for bytes, which are
/// those of the file itself.
pub struct Source<'c> {
    content: &'c [u8],
    /// What was packed, or the same.
    inner: Cow<'c, [u8]>,
    form: Form,
    /// The whole text; empty where the file is none.
    text: Cow<'c, str>,
}

impl<'c> Source<'c> {
    pub fn of(name: &str, content: &'c [u8]) -> Self {
        let (name, inner) = match gzip::unpacked(content, MAX_CITED_BYTES) {
            Some(unpacked) => (name.strip_suffix(".gz").unwrap_or(name), Cow::Owned(unpacked)),
            None => (name, Cow::Borrowed(content)),
        };
        let form = Form::of(name, &inner);
        let text = match (form, &inner) {
            (Form::EventLog | Form::Binary, _) => Cow::Borrowed(""),
            (_, Cow::Borrowed(content)) => decode(content),
            (_, Cow::Owned(unpacked)) => Cow::Owned(decode(unpacked).into_owned()),
        };
        Self { content, inner, form, text }
    }

    /// Calls `hear` with what stands at each of the places, and twice where two things do, as where two records have the
    /// same number. The file is read once for all places of a kind. Gives the places that it does not have.
    pub fn read(
        &self,
        places: &BTreeSet<&Selector>,
        hear: &mut dyn FnMut(&Selector, &Texts<'_>),
    ) -> BTreeMap<Selector, Miss> {
        let mut missing = BTreeMap::new();
        let (mut records, mut rows, mut values) = (BTreeSet::new(), Vec::new(), Vec::new());
        let lines = lines::Lines::of(&self.text);
        for place in places.iter().copied() {
            if let Some(miss) = self.misfit(place) {
                missing.insert(place.clone(), miss);
                continue;
            }
            let read = match place {
                Selector::Lines(first, last) => lines::read(&lines, *first, *last),
                Selector::Bytes { offset, length } => bytes::read(self.content, *offset, *length),
                Selector::Record(id) => {
                    records.insert(*id);
                    continue;
                }
                Selector::Row(number) => {
                    rows.push(*number);
                    continue;
                }
                Selector::Json { .. } => {
                    values.push(place);
                    continue;
                }
            };
            match read {
                Ok(texts) => hear(place, &texts),
                Err(miss) => {
                    missing.insert(place.clone(), miss);
                }
            }
        }
        if !records.is_empty() {
            let hear = &mut |id, texts: &Texts<'_>| hear(&Selector::Record(id), texts);
            let misses = record::read(&self.inner, &records, hear).into_iter();
            missing.extend(misses.map(|(id, miss)| (Selector::Record(id), miss)));
        }
        if !rows.is_empty() {
            let hear = &mut |number, texts: &Texts<'_>| hear(&Selector::Row(number), texts);
            let misses = row::read(&self.text, &rows, hear).into_iter();
            missing.extend(misses.map(|(number, miss)| (Selector::Row(number), miss)));
        }
        if !values.is_empty() {
            missing.extend(json::read(&lines, &self.text, &values, hear));
        }
        missing
    }

    /// Why a place makes no sense in a file of this kind.
    fn misfit(&self, place: &Selector) -> Option<Miss> {
        let why = match (place, self.form) {
            (Selector::Bytes { .. }, _) | (Selector::Record(_), Form::EventLog) => return None,
            (Selector::Record(_), _) => "it is no event log (EVTX)",
            (_, Form::EventLog) => "it is an event log (EVTX), whose records are cited as `record:4211`",
            (_, Form::Binary) => "it is no text, so it is cited as `bytes:512+64`",
            _ => return None,
        };
        Some(Miss::new(why))
    }

    /// Which of the quotes stand anywhere in the file. `spend` hears how many bytes are compared, and says whether to go on.
    pub fn hold(&self, quotes: &[&Quote], spend: &mut dyn FnMut(u64) -> bool) -> Vec<bool> {
        let mut held = vec![false; quotes.len()];
        let mut look = |held: &mut Vec<bool>, texts: &Texts<'_>| {
            let left = held.iter().filter(|held| !**held).count() as u64;
            let made = texts.comparable();
            if left == 0 || !spend(made.length().saturating_mul(left)) {
                return false;
            }
            for (held, quote) in held.iter_mut().zip(quotes) {
                *held = *held || made.hold(quote);
            }
            true
        };
        match self.form {
            Form::EventLog => record::each(&self.inner, &mut |_, texts| look(&mut held, texts)),
            Form::Binary => {
                let bytes = self.content.len() as u64;
                for (held, quote) in held.iter_mut().zip(quotes).take_while(|_| spend(bytes)) {
                    *held = quote.is_in_bytes(self.content);
                }
            }
            Form::Text | Form::Table | Form::Json => {
                look(&mut held, &Texts::one(&self.text));
                match self.form {
                    Form::Table => row::each(&self.text, &mut |texts| look(&mut held, texts)),
                    Form::Json => json::each_text(&self.text, &mut |text| look(&mut held, &Texts::one(text))),
                    _ => {}
                }
            }
        }
        held
    }

    /// The first place of each of the quotes. An event log, which takes long to read, is read once for all of them.
    pub fn first(&self, quotes: &[&Quote]) -> Vec<Option<Selector>> {
        if self.form != Form::EventLog {
            return quotes.iter().map(|quote| self.find(quote, 1).into_iter().next().map(|hit| hit.at)).collect();
        }
        let mut places = vec![None; quotes.len()];
        if quotes.is_empty() {
            return places;
        }
        record::each(&self.inner, &mut |number, texts| {
            let made = texts.comparable();
            for (place, _) in places.iter_mut().zip(quotes).filter(|(place, quote)| place.is_none() && made.hold(quote))
            {
                *place = Some(Selector::Record(number));
            }
            places.contains(&None)
        });
        places
    }

    /// The places that hold a text, at most `limit`, in their order. What stands in no row or value stands in lines.
    pub fn find(&self, quote: &Quote, limit: usize) -> Vec<Hit> {
        let hits = match self.form {
            Form::EventLog => return record::find(&self.inner, quote, limit),
            Form::Binary => return bytes::find(self.content, quote, limit),
            Form::Table => row::find(&self.text, quote, limit),
            Form::Json => json::find(&self.text, quote, limit),
            Form::Text => Vec::new(),
        };
        if hits.is_empty() { lines::find(&self.text, quote, limit) } else { hits }
    }
}
