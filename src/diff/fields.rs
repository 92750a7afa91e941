//! The fields of two versions of a file, by the declared shape of its record.

use super::prose::{Hunk, hunks};
use super::value::{Said, Value, canonical, said};
use crate::model::{Shape, TableShape};
use crate::values::{EntryId, Route, reference};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use toml::de::{DeTable, DeValue};

/// What differs in one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Where it is in the new version; where it was in the old one, if it is gone.
    pub route: Route,
    /// What tells the element of a list that it is in from the others, such as a person's handle.
    pub of: Option<String>,
    pub change: Change,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// One value in place of another; at least one is there.
    Value { old: Option<Said>, new: Option<Said> },
    /// Elements of a list that came and went.
    Elements { added: Vec<Said>, removed: Vec<Said> },
    /// The lines of a long text, and the entries that it names now.
    Text { hunks: Vec<Hunk>, names: Vec<EntryId> },
}

impl FieldChange {
    /// The entries that it names.
    pub(super) fn references(&self) -> Vec<EntryId> {
        match &self.change {
            Change::Value { old, new } => old.iter().chain(new).filter_map(|said| said.reference).collect(),
            Change::Elements { added, removed } => {
                added.iter().chain(removed).filter_map(|said| said.reference).collect()
            }
            Change::Text { names, .. } => names.clone(),
        }
    }
}

/// What differs between two versions of a file; `None` where one of them is no TOML.
pub(super) fn between(shape: &TableShape, old: Option<&str>, new: Option<&str>) -> Option<Vec<FieldChange>> {
    let read = |text: Option<&'_ str>| -> bool { text.is_none_or(|text| DeTable::parse(text).is_ok()) };
    if !read(old) || !read(new) {
        return None;
    }
    let (old, new) = (DeTable::parse(old.unwrap_or("")).ok()?, DeTable::parse(new.unwrap_or("")).ok()?);
    let mut found = Found { changes: Vec::new() };
    found.table(shape, Some(old.get_ref()), Some(new.get_ref()), &Way::default());
    Some(found.changes)
}

/// The way to a value: its route, and what the list element on it is called.
#[derive(Clone, Default)]
struct Way {
    route: Route,
    of: Option<String>,
}

impl Way {
    fn then(&self, name: &str) -> Self {
        Self { route: self.route.clone().then(name), of: self.of.clone() }
    }
}

struct Found {
    changes: Vec<FieldChange>,
}

impl Found {
    fn push(&mut self, way: &Way, change: Change) {
        self.changes.push(FieldChange { route: way.route.clone(), of: way.of.clone(), change });
    }

    fn table(&mut self, shape: &TableShape, old: Option<&DeTable<'_>>, new: Option<&DeTable<'_>>, way: &Way) {
        for field in &shape.fields {
            let of = |table: Option<&'_ DeTable<'_>>| table.is_some_and(|table| table.get(field.name).is_some());
            if of(old) || of(new) {
                let (old, new) = (old.and_then(|old| old.get(field.name)), new.and_then(|new| new.get(field.name)));
                self.value(&field.shape, old, new, &way.then(field.name));
            }
        }
    }

    fn value(&mut self, shape: &Shape, old: Option<&Value<'_>>, new: Option<&Value<'_>>, way: &Way) {
        if let (Some(old), Some(new)) = (old, new)
            && canonical(old.get_ref()) == canonical(new.get_ref())
        {
            return;
        }
        match shape {
            Shape::Table(inner) => self.table(inner, table(old), table(new), way),
            Shape::List { item, .. } => self.list(item, items(old), items(new), way),
            Shape::Map(inner) => self.map(inner, old, new, way),
            Shape::Custom => self.map(&Shape::Text, old, new, way),
            Shape::Markdown => self.text(old, new, way),
            _ => {
                let (old, new) = (old.map(|value| said(shape, value)), new.map(|value| said(shape, value)));
                self.push(way, Change::Value { old, new });
            }
        }
    }

    fn text(&mut self, old: Option<&Value<'_>>, new: Option<&Value<'_>>, way: &Way) {
        let text = |value: Option<&Value<'_>>| match value.map(|value| value.get_ref()) {
            Some(DeValue::String(text)) => text.to_string(),
            _ => String::new(),
        };
        let (old, new) = (text(old), text(new));
        let names: BTreeSet<EntryId> = reference::mentions(&new).iter().filter_map(reference::Mention::id).collect();
        self.push(way, Change::Text { hunks: hunks(&old, &new), names: names.into_iter().collect() });
    }

    fn map(&mut self, inner: &Shape, old: Option<&Value<'_>>, new: Option<&Value<'_>>, way: &Way) {
        let (old, new) = (table(old), table(new));
        let keys = |table: Option<&DeTable<'_>>| -> Vec<String> {
            table.into_iter().flat_map(|table| table.keys()).map(|key| key.get_ref().to_string()).collect()
        };
        let all: BTreeSet<String> = keys(old).into_iter().chain(keys(new)).collect();
        for key in all {
            let (old, new) = (old.and_then(|old| old.get(key.as_str())), new.and_then(|new| new.get(key.as_str())));
            self.value(inner, old, new, &way.then(&key));
        }
    }

    /// Elements that are the same on both sides say nothing. Of the others, those with the same name are compared field by
    /// field: the name is the first field that every such element has, such as a handle or the item of a citation.
    fn list(&mut self, shape: &Shape, old: &[Value<'_>], new: &[Value<'_>], way: &Way) {
        let (went, came) = without_equal(old, new);
        let mut named: BTreeMap<Option<String>, VecDeque<usize>> = BTreeMap::new();
        for index in went {
            named.entry(name(shape, &old[index])).or_default().push_back(index);
        }
        let (mut added, mut pairs) = (Vec::new(), Vec::new());
        for index in came {
            let name = name(shape, &new[index]);
            let pair = name.as_ref().and_then(|_| named.get_mut(&name)?.pop_front());
            match pair {
                Some(other) => pairs.push((other, index, name)),
                None => added.push(said(shape, &new[index])),
            }
        }
        let mut left: Vec<usize> = named.into_values().flatten().collect();
        left.sort_unstable();
        let removed: Vec<Said> = left.into_iter().map(|index| said(shape, &old[index])).collect();
        if !added.is_empty() || !removed.is_empty() {
            self.push(way, Change::Elements { added, removed });
        } else if pairs.is_empty() {
            let all = |items: &[Value<'_>]| {
                let items: Vec<String> = items.iter().map(|item| said(shape, item).text).collect();
                Some(Said { text: items.join(", "), reference: None })
            };
            self.push(way, Change::Value { old: all(old), new: all(new) });
        }
        for (before, after, of) in pairs {
            let way = Way { route: way.route.clone().at(after), of };
            self.value(shape, Some(&old[before]), Some(&new[after]), &way);
        }
    }
}

/// The places of the elements that have no equal on the other side.
fn without_equal(old: &[Value<'_>], new: &[Value<'_>]) -> (Vec<usize>, Vec<usize>) {
    let mut known: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
    for (index, value) in old.iter().enumerate() {
        known.entry(canonical(value.get_ref())).or_default().push_back(index);
    }
    let mut is_new = |value: &Value<'_>| {
        known.get_mut(&canonical(value.get_ref())).is_none_or(|places| places.pop_front().is_none())
    };
    let came = new.iter().enumerate().filter(|(_, value)| is_new(value)).map(|(index, _)| index).collect();
    let mut went: Vec<usize> = known.into_values().flatten().collect();
    went.sort_unstable();
    (went, came)
}

/// What a table in a list is called.
fn name(shape: &Shape, value: &Value<'_>) -> Option<String> {
    let (Shape::Table(shape), DeValue::Table(table)) = (shape, value.get_ref()) else { return None };
    let field = shape.fields.iter().find(|field| field.required)?;
    Some(said(&field.shape, table.get(field.name)?).text)
}

fn table<'v, 'i>(value: Option<&'v Value<'i>>) -> Option<&'v DeTable<'i>> {
    match value?.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

fn items<'v, 'i>(value: Option<&'v Value<'i>>) -> &'v [Value<'i>] {
    match value.map(|value| value.get_ref()) {
        Some(DeValue::Array(items)) => items,
        _ => &[],
    }
}
