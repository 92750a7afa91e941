//! An entry in the making.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::render::printable;
use crate::model::EvidenceId;
use crate::scaffold::entry::written;
use crate::values::time::Known;
use crate::values::{EntryId, Kind, Moment, Selector, Sha256, When};
use std::fmt::Display;
use toml_edit::{Array, ArrayOfTables, Datetime, DocumentMut, InlineTable, Item, Table, Value, value};

/// The longest title or name that is made, in characters; what is longer is cut.
pub const MAX_LINE: usize = 200;

/// The id of the entry of a kind that a place of a file makes: the first 40 bits of a SHA-256 digest, so that the same place makes
/// the same entry again. `key` tells the entries of one file apart.
pub fn id(kind: Kind, file: Sha256, key: &str) -> EntryId {
    let digest = Sha256::of(format!("casebook import\n{file}\n{kind}\n{key}\n").as_bytes()).0;
    let bits = digest[..5].iter().fold(0, |bits, byte| (bits << 8) | u64::from(*byte));
    EntryId::from_bits(kind, bits)
}

/// An entry in the making. What cannot be said in its record is left out; whatever is malformed is found by [`Made::text`].
#[derive(Clone, Debug)]
pub struct Made {
    pub id: EntryId,
    document: DocumentMut,
}

impl Made {
    pub fn new(id: EntryId) -> Self {
        let mut document = DocumentMut::new();
        document["id"] = value(id.to_string());
        Self { id, document }
    }

    /// A text on one line, at most [`MAX_LINE`] characters of it. A blank one is left out.
    pub fn line(&mut self, key: &str, text: &str) -> &mut Self {
        let text = one_line(text);
        let cut = match text.char_indices().nth(MAX_LINE) {
            Some(_) => format!("{}…", text.chars().take(MAX_LINE - 1).collect::<String>().trim_end()),
            None => text,
        };
        self.word(key, cut)
    }

    /// A text as it is, such as the value of an indicator. An empty one is left out.
    pub fn word(&mut self, key: &str, word: impl Display) -> &mut Self {
        let word = word.to_string();
        if !word.is_empty() {
            self.document[key] = value(word);
        }
        self
    }

    /// A word that may be missing.
    pub fn maybe(&mut self, key: &str, word: Option<impl Display>) -> &mut Self {
        match word {
            Some(word) => self.word(key, word),
            None => self,
        }
    }

    /// A text of several lines. A blank one is left out.
    pub fn markdown(&mut self, key: &str, text: &str) -> &mut Self {
        self.word(key, printable(&text.replace("\r\n", "\n").replace('\r', "\n")).trim())
    }

    /// A list of words, each once. An empty one is left out.
    pub fn set(&mut self, key: &str, words: impl IntoIterator<Item = impl Display>) -> &mut Self {
        let words: std::collections::BTreeSet<String> =
            words.into_iter().map(|word| word.to_string()).filter(|word| !word.is_empty()).collect();
        if !words.is_empty() {
            self.document[key] = value(Array::from_iter(words));
        }
        self
    }

    pub fn number(&mut self, key: &str, number: i64) -> &mut Self {
        self.document[key] = value(number);
        self
    }

    pub fn flag(&mut self, key: &str, flag: bool) -> &mut Self {
        self.document[key] = value(flag);
        self
    }

    pub fn when(&mut self, key: &str, when: &When) -> &mut Self {
        self.document[key] = Item::Value(when_value(when));
        self
    }

    /// Adds a row to a list of tables.
    pub fn row(&mut self, key: &str, cells: impl IntoIterator<Item = (&'static str, Value)>) -> &mut Self {
        let row: Table = cells.into_iter().map(|(name, cell)| (name, value(cell))).collect();
        if self.document.get(key).is_none() {
            self.document[key] = Item::ArrayOfTables(ArrayOfTables::new());
        }
        if let Some(rows) = self.document[key].as_array_of_tables_mut() {
            rows.push(row);
        }
        self
    }

    /// Sets a value of another type.
    pub fn cell(&mut self, key: &str, cell: impl Into<Value>) -> &mut Self {
        self.document[key] = value(cell);
        self
    }

    /// Sets a key of a table.
    pub fn inside(&mut self, table: &str, key: &str, cell: impl Into<Value>) -> &mut Self {
        if self.document.get(table).is_none() {
            self.document[table] = Item::Table(Table::new());
        }
        self.document[table][key] = value(cell);
        self
    }

    /// Adds a citation.
    pub fn cite(&mut self, item: EvidenceId, path: Option<&str>, place: Option<&Selector>) -> &mut Self {
        let mut cells = vec![("item", Value::from(item.0.to_string()))];
        cells.extend(path.map(|path| ("path", Value::from(path))));
        cells.extend(place.map(|place| ("at", Value::from(place.to_string()))));
        self.row("evidence", cells)
    }

    /// Takes a text out.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        self.document.remove(key)?.as_str().map(str::to_owned)
    }

    pub fn has(&self, key: &str) -> bool {
        self.document.contains_key(key)
    }

    /// What a key holds, where it is a text.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.document.get(key)?.as_str()
    }

    /// Changes its texts of several lines; `None` leaves one as it is.
    pub fn change_markdown(&mut self, change: &dyn Fn(&str) -> Option<String>) -> bool {
        let mut is_changed = false;
        for key in ["summary", "analysis", "description", "outcome", "decision", "rationale"] {
            if let Some(changed) = self.get(key).and_then(change) {
                self.document[key] = value(changed);
                is_changed = true;
            }
        }
        is_changed
    }

    /// Its file in its canonical form, and everything that is wrong with it.
    pub fn text(&self) -> (String, Vec<Diagnostic>) {
        let edited = written(self.id, &self.document);
        (edited.text, edited.found)
    }
}

/// A text without what makes it more than one line, and with what deceives as its escapes.
pub fn one_line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A moment as the value of TOML.
pub fn moment_value(moment: Moment) -> Value {
    let text = moment.to_toml();
    match text.parse::<Datetime>() {
        Ok(datetime) => Value::from(datetime),
        Err(_) => Value::from(text),
    }
}

/// The same in the zone that it was written in.
fn written_value(moment: Moment) -> Value {
    moment.as_written().parse::<Datetime>().map_or_else(|_| moment_value(moment), Value::from)
}

/// A time as the value of TOML: a moment, or a table with what is known beside it.
pub fn when_value(when: &When) -> Value {
    if let (Known::At(at), None, None) = (when.known, when.skew, &when.original) {
        return moment_value(at);
    }
    let mut table = InlineTable::new();
    match when.known {
        Known::At(at) => _ = table.insert("at", moment_value(at)),
        Known::Between(from, to) => {
            table.insert("from", moment_value(from));
            table.insert("to", moment_value(to));
        }
        Known::Within(at, precision) => {
            // Which day it was depends on the zone that it was written in.
            table.insert("at", written_value(at));
            table.insert("precision", Value::from(precision.to_string()));
        }
    }
    if let Some(skew) = when.skew {
        table.insert("skew", Value::from(skew.to_string()));
    }
    if let Some(original) = &when.original {
        table.insert("original", Value::from(printable(&original.replace(['\n', '\r'], " "))));
    }
    Value::InlineTable(table)
}
