//! Proof that two texts say the same: equal values, and every comment kept.

use super::read::Fields;
use crate::model::{Shape, TableShape};
use toml::{Table, Value};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// Whether the texts have the same values, sets compared as sets, and the same comments in some order.
pub fn says_the_same(before: &str, after: &str, table: &TableShape) -> bool {
    let values = |text: &str| -> Option<Value> {
        let table_of_file: Table = text.parse().ok()?;
        Some(normal(Value::Table(table_of_file), Some(&Shape::Table(table.clone()))))
    };
    values(before).is_some_and(|before| Some(before) == values(after)) && comments(before) == comments(after)
}

/// Every comment of a text, sorted.
pub fn comments(text: &str) -> Vec<&str> {
    let source = Source::new(text);
    let tokens = source.lex().filter(|token| token.kind() == TokenKind::Comment);
    let mut found: Vec<&str> = tokens.map(|token| text[token.span().start()..token.span().end()].trim_end()).collect();
    found.sort_unstable();
    found
}

/// A value with its sets sorted and without doubles, and its times with seconds.
fn normal(value: Value, shape: Option<&Shape>) -> Value {
    match (value, shape) {
        (Value::Table(table), shape) => {
            let fields = Fields::of(shape);
            Value::Table(
                table
                    .into_iter()
                    .map(|(key, value)| {
                        let value = normal(value, fields.shape(&key));
                        (key, value)
                    })
                    .collect(),
            )
        }
        (Value::Array(items), Some(Shape::List { item, sorted: true })) => {
            let mut items: Vec<Value> = items.into_iter().map(|value| normal(value, Some(item))).collect();
            items.sort_by_key(rank);
            items.dedup_by_key(|value| rank(value));
            Value::Array(items)
        }
        (Value::Array(items), shape) => {
            let item = match shape {
                Some(Shape::List { item, .. }) => Some(item.as_ref()),
                _ => None,
            };
            Value::Array(items.into_iter().map(|value| normal(value, item)).collect())
        }
        (Value::Datetime(mut time), _) => {
            if let Some(clock) = &mut time.time {
                clock.second = clock.second.or(Some(0));
            }
            Value::Datetime(time)
        }
        (other, _) => other,
    }
}

fn rank(value: &Value) -> (bool, String) {
    value.as_str().map_or_else(|| (false, value.to_string()), |text| (true, text.to_owned()))
}
