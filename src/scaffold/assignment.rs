//! Assignments as people type them: `status=confirmed`, `assets+=a-7q2`, `milestones.contained=2026-03-02T09:00:00Z`.

use super::format::Fields;
use crate::model::{Shape, leaf::WHEN_KEYS};
use crate::values::vocabulary::CustomType;
use crate::values::{EntryId, Malformed, Moment, Step, nearest};
use jiff::Timestamp;
use std::str::FromStr;
use toml_edit::{Array, ArrayOfTables, Datetime, InlineTable, Item, Table, TableLike, Value};

/// One change of one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    pub route: Vec<Step>,
    pub change: Change,
}

/// What is done with a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// `key=value`
    Set(String),
    /// `key+=item`
    Add(String),
    /// `key-=item`
    Remove(String),
    /// `key=`
    Unset,
}

/// What words mean that the record alone does not say.
pub struct Meaning<'a> {
    /// The entry that a text is short for.
    pub id: &'a dyn Fn(&str) -> Result<EntryId, Malformed>,
    /// The type of a team's own field, as policy.toml declares it.
    pub custom: &'a dyn Fn(&str) -> Option<CustomType>,
    /// What `now` stands for.
    pub now: Timestamp,
}

impl FromStr for Assignment {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let form = || {
            Malformed::new(format!("`{text}` is not an assignment"))
                .help("write `key=value`; `key+=item` and `key-=item` for lists; `key=` removes the key")
        };
        let (key, value) = text.split_once('=').ok_or_else(form)?;
        let (key, change) = if let Some(key) = key.strip_suffix('+') {
            (key, Change::Add(value.to_owned()))
        } else if let Some(key) = key.strip_suffix('-') {
            (key, Change::Remove(value.to_owned()))
        } else if value.is_empty() {
            (key, Change::Unset)
        } else {
            (key, Change::Set(value.to_owned()))
        };
        let route = steps(key.trim()).ok_or_else(form)?;
        if matches!(&change, Change::Add(item) | Change::Remove(item) if item.is_empty()) {
            return Err(form());
        }
        Ok(Self { route, change })
    }
}

/// `evidence[0].quote` as steps.
fn steps(key: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for piece in key.split('.') {
        let (name, indexes) = piece.split_once('[').map_or((piece, None), |(name, rest)| (name, Some(rest)));
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == ']') {
            return None;
        }
        steps.push(Step::Key(name.to_owned()));
        if let Some(indexes) = indexes {
            steps.push(Step::Index(indexes.strip_suffix(']')?.parse().ok()?));
        }
    }
    Some(steps)
}

impl Assignment {
    /// Makes the change in a table.
    pub fn apply(&self, table: &mut dyn TableLike, fields: Fields<'_>, meaning: &Meaning<'_>) -> Result<(), Malformed> {
        self.apply_at(&self.route, table, fields, meaning)
    }

    fn apply_at(
        &self,
        route: &[Step],
        table: &mut dyn TableLike,
        fields: Fields<'_>,
        meaning: &Meaning<'_>,
    ) -> Result<(), Malformed> {
        let Some((Step::Key(name), rest)) = route.split_first() else {
            return Err(Malformed::new("an index stands behind the name of a list").help("write `evidence[0].quote=…`"));
        };
        let shape = fields.shape(name);
        match rest {
            [] => self.change_key(name, table, shape, meaning),
            [Step::Index(index), rest @ ..] => {
                let item = table.get_mut(name).ok_or_else(|| absent(name, fields))?;
                self.apply_to_item(name, *index, rest, item, shape, meaning)
            }
            [Step::Key(_), ..] => {
                let inner = inner_table(name, table, shape, &self.change)?;
                if matches!(shape, Some(Shape::When)) && rest.len() == 1 {
                    return self.change_key(last_name(rest), inner, when_shape(last_name(rest)).as_ref(), meaning);
                }
                if matches!(shape, Some(Shape::Custom)) && rest.len() == 1 {
                    let own = (meaning.custom)(last_name(rest)).map(custom_shape);
                    return self.change_key(last_name(rest), inner, own.as_ref(), meaning);
                }
                self.apply_at(rest, inner, Fields::of(shape), meaning)
            }
        }
    }

    /// Changes a row of a list of tables, or an item of a list of texts.
    fn apply_to_item(
        &self,
        name: &str,
        index: usize,
        rest: &[Step],
        item: &mut Item,
        shape: Option<&Shape>,
        meaning: &Meaning<'_>,
    ) -> Result<(), Malformed> {
        let inner = match shape {
            Some(Shape::List { item, .. }) => Some(item.as_ref()),
            _ => None,
        };
        let length = item.as_array().map(Array::len).or(item.as_array_of_tables().map(ArrayOfTables::len));
        let Some(length) = length else {
            return Err(Malformed::new(format!("`{name}` is not a list")).help(format!("write `{name}=…`")));
        };
        if index >= length {
            return Err(Malformed::new(format!("`{name}` has no item {index}: it has {length}, counted from 0"))
                .help(format!("`{name}+=…` adds one")));
        }
        if rest.is_empty() {
            return match (&self.change, item) {
                (Change::Unset, Item::ArrayOfTables(rows)) => {
                    rows.remove(index);
                    Ok(())
                }
                (Change::Unset, Item::Value(Value::Array(items))) => {
                    items.remove(index);
                    Ok(())
                }
                (Change::Set(text), Item::Value(Value::Array(items))) => {
                    items.replace(index, value(text, inner, meaning)?);
                    Ok(())
                }
                _ => Err(Malformed::new(format!("`{name}[{index}]` is a table"))
                    .help("name a key of it, such as `evidence[0].quote=…`")),
            };
        }
        match item {
            Item::ArrayOfTables(rows) => {
                let row = rows.get_mut(index).expect("the index was checked");
                self.apply_at(rest, row, Fields::of(inner), meaning)
            }
            Item::Value(Value::Array(items)) => match items.get_mut(index) {
                Some(Value::InlineTable(row)) => self.apply_at(rest, row, Fields::of(inner), meaning),
                _ => Err(Malformed::new(format!("`{name}[{index}]` is not a table"))
                    .help(format!("write `{name}[{index}]=…`"))),
            },
            _ => Ok(()),
        }
    }

    fn change_key(
        &self,
        name: &str,
        table: &mut dyn TableLike,
        shape: Option<&Shape>,
        meaning: &Meaning<'_>,
    ) -> Result<(), Malformed> {
        match &self.change {
            Change::Set(text) => set(name, table, value(text, shape, meaning)?),
            Change::Add(text) => add(name, text, table, shape, meaning)?,
            Change::Remove(text) => remove(name, text, table, shape, meaning)?,
            Change::Unset => {
                if table.remove(name).is_none() {
                    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
                    return Err(Malformed::new(format!("there is no `{name}` to remove"))
                        .help(format!("the keys are {}", names.join(", "))));
                }
            }
        }
        Ok(())
    }
}

fn last_name(route: &[Step]) -> &str {
    match route {
        [.., Step::Key(name)] => name,
        _ => "",
    }
}

fn absent(name: &str, fields: Fields<'_>) -> Malformed {
    let near = match fields {
        Fields::Record(fields) => nearest(name, fields.iter().map(|field| field.name)),
        _ => None,
    };
    let absent = Malformed::new(format!("there is no `{name}`"));
    match near {
        Some(near) if near != name => absent.help(format!("did you mean `{near}`?")),
        _ => absent.help(format!("`{name}+=…` adds an item")),
    }
}

/// The table at a key, made where it is not there.
fn inner_table<'t>(
    name: &str,
    table: &'t mut dyn TableLike,
    shape: Option<&Shape>,
    change: &Change,
) -> Result<&'t mut dyn TableLike, Malformed> {
    let can_be_table = matches!(shape, None | Some(Shape::Table(_) | Shape::Map(_) | Shape::Custom | Shape::When));
    let is_list = matches!(shape, Some(Shape::List { .. }));
    if !table.contains_key(name) && can_be_table && matches!(change, Change::Set(_) | Change::Add(_)) {
        let made = match shape {
            Some(Shape::When) => Item::Value(Value::InlineTable(InlineTable::new())),
            _ => Item::Table(Table::new()),
        };
        table.insert(name, made);
    }
    let wrong = Malformed::new(format!("`{name}` is not a table with keys of its own")).help(if is_list {
        format!("name an item of the list, such as `{name}[0].…=…`, or add one: `{name}+={{ … }}`")
    } else {
        format!("write `{name}=…`")
    });
    table.get_mut(name).and_then(Item::as_table_like_mut).ok_or(wrong)
}

/// Puts a value at a key, keeping the comment on its line.
fn set(name: &str, table: &mut dyn TableLike, new: Value) {
    match table.get_mut(name) {
        Some(Item::Value(old)) => {
            let beside = old.decor().suffix().cloned().unwrap_or_default();
            *old = new;
            old.decor_mut().set_suffix(beside);
        }
        _ => {
            table.insert(name, Item::Value(new));
        }
    }
}

fn list_shape<'s>(name: &str, shape: Option<&'s Shape>) -> Result<(&'s Shape, bool), Malformed> {
    match shape {
        Some(Shape::List { item, sorted }) => Ok((item, *sorted)),
        Some(_) => Err(Malformed::new(format!("`{name}` is not a list")).help(format!("write `{name}=…`"))),
        None => Err(Malformed::new(format!("there is no list `{name}`")).help("`casebook schema KIND` shows the keys")),
    }
}

fn add(
    name: &str,
    text: &str,
    table: &mut dyn TableLike,
    shape: Option<&Shape>,
    meaning: &Meaning<'_>,
) -> Result<(), Malformed> {
    let (item_shape, sorted) = list_shape(name, shape)?;
    let new = items(text, item_shape, meaning)?;
    let is_table = matches!(item_shape, Shape::Table(_));
    let list = table.entry(name).or_insert_with(|| match is_table {
        true => Item::ArrayOfTables(ArrayOfTables::new()),
        false => Item::Value(Value::Array(Array::new())),
    });
    for value in new {
        match (&mut *list, value) {
            (Item::ArrayOfTables(rows), Value::InlineTable(row)) => rows.push(row.into_table()),
            (Item::Value(Value::Array(items)), value) => {
                if !sorted || !items.iter().any(|item| same(item, &value)) {
                    items.push(value);
                }
            }
            _ => {
                return Err(Malformed::new(format!("`{text}` is not an item of `{name}`"))
                    .help(format!("write a table: `{name}+={{ … }}`")));
            }
        }
    }
    Ok(())
}

fn remove(
    name: &str,
    text: &str,
    table: &mut dyn TableLike,
    shape: Option<&Shape>,
    meaning: &Meaning<'_>,
) -> Result<(), Malformed> {
    let (item_shape, _) = list_shape(name, shape)?;
    if matches!(item_shape, Shape::Table(_)) {
        return Err(
            Malformed::new(format!("`{name}` is a list of tables")).help(format!("`{name}[0]=` removes the first"))
        );
    }
    for value in items(text, item_shape, meaning)? {
        let items = table.get_mut(name).and_then(Item::as_array_mut);
        let found = items.as_ref().and_then(|items| items.iter().position(|item| same(item, &value)));
        match (items, found) {
            (Some(items), Some(index)) => {
                items.remove(index);
            }
            (items, _) => {
                let there: Vec<String> = items.map_or(Vec::new(), |items| {
                    items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
                });
                let help =
                    if there.is_empty() { "it is empty".to_owned() } else { format!("it has {}", there.join(", ")) };
                let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                return Err(Malformed::new(format!("`{shown}` is not in `{name}`")).help(help));
            }
        }
    }
    Ok(())
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a == b,
        _ => a.to_string().trim() == b.to_string().trim(),
    }
}

/// The items that a text lists. Free text is one item: it may hold commas.
fn items(text: &str, shape: &Shape, meaning: &Meaning<'_>) -> Result<Vec<Value>, Malformed> {
    match shape {
        Shape::Text | Shape::Markdown | Shape::Table(_) => Ok(vec![value(text, Some(shape), meaning)?]),
        _ => {
            let pieces = text.split(',').map(str::trim).filter(|piece| !piece.is_empty());
            pieces.map(|piece| value(piece, Some(shape), meaning)).collect()
        }
    }
}

/// The TOML value that a text means for a shape. Where it has none, the text itself: reading the entry then says what
/// is wrong with it.
fn value(text: &str, shape: Option<&Shape>, meaning: &Meaning<'_>) -> Result<Value, Malformed> {
    let plain = || Value::from(text);
    Ok(match shape {
        Some(Shape::Integer) => text.parse::<i64>().map_or_else(|_| plain(), Value::from),
        Some(Shape::Boolean) => text.parse::<bool>().map_or_else(|_| plain(), Value::from),
        Some(Shape::Moment) => time(text, meaning.now).ok_or_else(|| no_time(text, ""))?,
        Some(Shape::When) => when(text, meaning.now).ok_or_else(|| no_time(text, ", `FROM..TO`"))?,
        Some(Shape::Reference(_)) => Value::from((meaning.id)(text)?.to_string()),
        Some(Shape::List { item, .. }) => match written(text) {
            Some(array @ Value::Array(_)) => resolved(array, shape, meaning)?,
            _ => Value::Array(items(text, item, meaning)?.into_iter().collect()),
        },
        Some(Shape::Table(_) | Shape::Map(_) | Shape::Custom) => match written(text) {
            Some(table @ Value::InlineTable(_)) => resolved(table, shape, meaning)?,
            _ => plain(),
        },
        Some(Shape::Text | Shape::Markdown | Shape::Word { .. } | Shape::Form { .. } | Shape::Id(_)) => plain(),
        None => time(text, meaning.now)
            .filter(|_| text != "now")
            .or_else(|| text.parse::<bool>().ok().map(Value::from))
            .or_else(|| text.parse::<i64>().ok().map(Value::from))
            .unwrap_or_else(plain),
    })
}

/// A value that is written as TOML.
fn written(text: &str) -> Option<Value> {
    text.trim_start().starts_with(['[', '{']).then(|| text.parse().ok()).flatten()
}

/// A value in which shortened ids are written out.
fn resolved(mut value: Value, shape: Option<&Shape>, meaning: &Meaning<'_>) -> Result<Value, Malformed> {
    match (&mut value, shape) {
        (Value::String(text), Some(Shape::Reference(_))) => {
            let id = (meaning.id)(text.value())?;
            return Ok(Value::from(id.to_string()));
        }
        (Value::Array(items), Some(Shape::List { item, .. })) => {
            for index in 0..items.len() {
                let inner = items.get(index).expect("an index of the list").clone();
                items.replace(index, resolved(inner, Some(item), meaning)?);
            }
        }
        (Value::InlineTable(table), shape) => {
            let fields = Fields::of(shape);
            for (name, inner) in table.iter_mut() {
                *inner = resolved(inner.clone(), fields.shape(name.get()), meaning)?;
            }
        }
        _ => {}
    }
    Ok(value)
}

fn no_time(text: &str, range: &str) -> Malformed {
    Malformed::new(format!("`{text}` is not a time"))
        .help(format!("write it as `2026-03-01T10:15:00Z` or `2026-03-01T11:15:00+01:00`{range}, or write `now`"))
}

/// A time: an RFC 3339 text, or `now`.
fn time(text: &str, now: Timestamp) -> Option<Value> {
    if text == "now" {
        let second = Timestamp::from_second(now.as_second()).unwrap_or(now);
        return Moment::utc(second).to_toml().parse::<Datetime>().ok().map(Value::from);
    }
    let mut time: Datetime = text.parse().ok()?;
    if let Some(clock) = &mut time.time {
        clock.second = clock.second.or(Some(0));
    }
    Some(Value::from(time))
}

/// A time, a range `FROM..TO`, or a table as TOML writes it.
fn when(text: &str, now: Timestamp) -> Option<Value> {
    if let Some((from, to)) = text.split_once("..") {
        let mut range = InlineTable::new();
        range.insert("from", time(from.trim(), now)?);
        range.insert("to", time(to.trim(), now)?);
        return Some(Value::InlineTable(range));
    }
    written(text).filter(Value::is_inline_table).or_else(|| time(text, now))
}

/// The shape of a key of a time that is written as a table.
fn when_shape(key: &str) -> Option<Shape> {
    match key {
        "at" | "from" | "to" => Some(Shape::Moment),
        key if WHEN_KEYS.contains(&key) => Some(Shape::Text),
        _ => None,
    }
}

fn custom_shape(declared: CustomType) -> Shape {
    match declared {
        CustomType::Text => Shape::Text,
        CustomType::Integer => Shape::Integer,
        CustomType::Boolean => Shape::Boolean,
        CustomType::Time => Shape::Moment,
        CustomType::List => {
            Shape::List { item: Box::new(Shape::Form { what: "text", pattern: "", example: "" }), sorted: false }
        }
    }
}
