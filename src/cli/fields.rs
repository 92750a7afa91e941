//! The fields of a file for reading: in the order of their declaration, with titles beside ids, times in UTC, Markdown
//! wrapped.

use super::list::named;
use super::table::one_line;
use super::{markdown, style};
use crate::diff::value::{Value, plain};
use crate::model::{Case, Field, Reader, Shape, TableShape};
use crate::values::wording::capital;
use crate::values::{TreePath, When};
use toml::de::{DeTable, DeValue};

/// Renders the fields of a TOML text that its shape knows, without those named in `hidden`.
pub fn render(case: &Case, shape: &TableShape, text: &str, width: usize, hidden: &[&str]) -> String {
    let (table, _) = DeTable::parse_recoverable(text);
    let mut page = Page { case, width, out: String::new() };
    page.table(shape, table.get_ref(), 0, hidden);
    page.out
}

struct Page<'c> {
    case: &'c Case,
    width: usize,
    out: String,
}

impl Page<'_> {
    /// The short fields first, aligned; then those that need lines of their own.
    fn table(&mut self, shape: &TableShape, table: &DeTable<'_>, indent: usize, hidden: &[&str]) {
        let fields: Vec<_> = shape
            .fields
            .iter()
            .filter(|field| !hidden.contains(&field.name))
            .filter_map(|field| table.get(field.name).map(|value| (field.name, &field.shape, value)))
            .collect();
        let (short, long): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(_, shape, _)| is_short(shape));
        let widest = short.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
        for (name, shape, value) in short {
            self.short(name, shape, value, indent, widest);
        }
        for (name, shape, value) in long {
            self.long(name, shape, value, indent);
        }
    }

    fn short(&mut self, name: &str, shape: &Shape, value: &Value<'_>, indent: usize, widest: usize) {
        let dim = style::DIM;
        let label = format!("{}{dim}{:widest$}{dim:#}  ", " ".repeat(indent), label(name));
        let hanging = " ".repeat(indent + widest + 2);
        let lines = match (shape, value.get_ref()) {
            (Shape::List { item, .. }, DeValue::Array(items)) if is_reference(item) => {
                items.iter().map(|value| self.value(item, value)).collect()
            }
            (Shape::List { item, .. }, DeValue::Array(items)) => {
                vec![items.iter().map(|value| self.value(item, value)).collect::<Vec<_>>().join(", ")]
            }
            _ => vec![self.value(shape, value)],
        };
        for (number, line) in lines.iter().enumerate() {
            let first = if number == 0 { &label } else { &hanging };
            let options = textwrap::Options::new(self.width).initial_indent(first).subsequent_indent(&hanging);
            self.out.push_str(&textwrap::fill(line, options));
            self.out.push('\n');
        }
    }

    fn long(&mut self, name: &str, shape: &Shape, value: &Value<'_>, indent: usize) {
        let bold = style::BOLD;
        let pad = " ".repeat(indent);
        let gap = if self.out.is_empty() { "" } else { "\n" };
        self.out.push_str(&format!("{gap}{pad}{bold}{}{bold:#}\n", capital(&label(name))));
        match (shape, value.get_ref()) {
            (Shape::Markdown, DeValue::String(text)) => self.prose(text, indent + 2),
            (Shape::Table(inner), DeValue::Table(table)) => self.table(inner, table, indent + 2, &[]),
            (Shape::List { item, .. }, DeValue::Array(items)) => {
                let margin = items.len().to_string().len() + 2;
                for (number, value) in items.iter().enumerate() {
                    self.item(item, value, indent + 2, number + 1, margin);
                }
            }
            (Shape::Map(inner), DeValue::Table(table)) => {
                for (key, value) in table {
                    self.named(key.get_ref(), inner, value, indent + 2);
                }
            }
            (Shape::Custom, DeValue::Table(table)) => {
                for (key, value) in table {
                    self.named(key.get_ref(), &Shape::Text, value, indent + 2);
                }
            }
            _ => self.out.push_str(&format!("{pad}  {}\n", one_line(&plain(shape, value)))),
        }
    }

    fn item(&mut self, shape: &Shape, value: &Value<'_>, indent: usize, number: usize, margin: usize) {
        let Shape::Table(inner) = shape else {
            self.out.push_str(&format!("{}- {}\n", " ".repeat(indent), self.value(shape, value)));
            return;
        };
        match value.get_ref() {
            DeValue::Table(table) => {
                let before = self.out.len();
                self.table(inner, table, indent + margin, &[]);
                // The number stands in the margin of the item's first line.
                let mark = format!("{:margin$}", format!("{number}."));
                let place = before + indent..before + indent + margin;
                if self.out.get(place.clone()).is_some_and(|gap| gap.trim().is_empty()) {
                    self.out.replace_range(place, &mark);
                }
            }
            _ => self.out.push_str(&format!("{}{}\n", " ".repeat(indent), one_line(&plain(shape, value)))),
        }
    }

    fn named(&mut self, key: &str, shape: &Shape, value: &Value<'_>, indent: usize) {
        let key = one_line(key);
        if is_short(shape) {
            self.short(&key, shape, value, indent, key.chars().count());
        } else {
            self.long(&key, shape, value, indent);
        }
    }

    fn prose(&mut self, text: &str, indent: usize) {
        let wrapped = markdown::render(text, self.width.saturating_sub(indent));
        self.out.push_str(&textwrap::indent(&wrapped, &" ".repeat(indent)));
    }

    /// One value on one line.
    fn value(&self, shape: &Shape, value: &Value<'_>) -> String {
        let plain = || one_line(&plain(shape, value));
        match (shape, value.get_ref()) {
            (Shape::When, _) => match When::read(value, &mut Reader::new(TreePath::root())) {
                Some(when) => with_original(&when),
                None => plain(),
            },
            (Shape::Reference(_), DeValue::String(text)) => match text.parse() {
                Ok(id) => one_line(&named(self.case, id)),
                Err(_) => plain(),
            },
            (Shape::Word { .. }, DeValue::String(text)) => {
                let style = style::of_word(text);
                format!("{style}{}{style:#}", one_line(text))
            }
            _ => plain(),
        }
    }
}

/// A time with what its source said, where that is kept.
fn with_original(when: &When) -> String {
    let skew = when.skew.map(|skew| format!(", corrected by {skew}")).unwrap_or_default();
    match &when.original {
        Some(original) => format!("{when}{skew} (“{}”)", one_line(original)),
        None => format!("{when}{skew}"),
    }
}

fn is_short(shape: &Shape) -> bool {
    match shape {
        Shape::Markdown | Shape::Table(_) | Shape::Map(_) | Shape::Custom => false,
        Shape::List { item, .. } => is_short(item),
        _ => true,
    }
}

fn is_reference(shape: &Shape) -> bool {
    matches!(shape, Shape::Reference(_))
}

fn label(name: &str) -> String {
    name.replace('_', " ")
}
