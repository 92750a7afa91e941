//! The trait that every value of an entry has: how it is read, what its schema is, what is found inside it.

use super::reading;
use super::record::TableShape;
use crate::diagnostic::Diagnostic;
use crate::values::{EntryId, Kind, Markdown, Moment, Trail, TreePath, When};
use toml::Spanned;
use toml::de::DeValue;

/// Collects everything that is wrong with one file while it is read.
pub struct Reader {
    pub path: TreePath,
    pub found: Vec<Diagnostic>,
    /// The references that were read, with their bytes: they are judged also where the entry as a whole cannot be read.
    pub references: Vec<(EntryId, std::ops::Range<usize>)>,
}

impl Reader {
    pub fn new(path: TreePath) -> Self {
        Self { path, found: Vec::new(), references: Vec::new() }
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// The text of a string value; reports a wrong type otherwise.
    pub fn string<'v>(&mut self, value: &'v Spanned<DeValue<'_>>, expected: &str) -> Option<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.as_ref()),
            other => {
                self.report(reading::wrong_type::found(&self.path, value.span(), expected, other));
                None
            }
        }
    }
}

/// A value that a TOML file can hold.
pub trait Field: Sized {
    /// What the value looks like, for schemas, documentation and the canonical form.
    fn shape() -> Shape;

    /// Reads the value, or reports why it cannot be read.
    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self>;

    /// What stands for the value when its key is absent; `None` where the key is required.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether something is at a dotted route inside the value, and is not empty; the empty route is the value itself.
    /// `None` where there can be nothing at that route.
    fn holds(&self, route: &str) -> Option<bool> {
        route.is_empty().then_some(true)
    }

    /// Shows what is inside the value to `visitor`, with the way to it.
    fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
        let _ = (trail, visitor);
    }

    /// Takes out every reference to an entry that does not stay. False where the value itself cannot be without one.
    fn cut(&mut self, stays: &dyn Fn(EntryId) -> bool) -> bool {
        let _ = stays;
        true
    }
}

/// Something inside an entry that rules, search and reports look at whatever the entry's kind is.
#[derive(Clone, Copy, Debug)]
pub enum Datum<'a> {
    /// A text: a line, a tag, a handle, a quote.
    Text(&'a str),
    /// A person or team of team.toml.
    Handle(&'a str),
    Markdown(&'a Markdown),
    Reference(EntryId),
    When(&'a When),
    Moment(Moment),
    Technique(&'a str),
}

/// What a value looks like.
#[derive(Clone, Debug)]
pub enum Shape {
    Text,
    Markdown,
    Integer,
    Boolean,
    Moment,
    /// A moment, or an inline table with `at` and `precision`, or `from` and `to`.
    When,
    /// An id of an entry of this kind.
    Reference(Kind),
    /// The entry's own id.
    Id(Kind),
    Word {
        what: &'static str,
        words: &'static [&'static str],
    },
    /// A text of a certain form: what it is called, its regular expression, an example.
    Form {
        what: &'static str,
        pattern: &'static str,
        example: &'static str,
    },
    /// A list; a sorted one is a set, whose order says nothing.
    List {
        item: Box<Shape>,
        sorted: bool,
    },
    Table(TableShape),
    /// A table whose keys the author chooses.
    Map(Box<Shape>),
    /// A team's own fields, declared in policy.toml.
    Custom,
}

impl<T: Field> Field for Option<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        T::read(value, reader).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn holds(&self, route: &str) -> Option<bool> {
        self.as_ref().map_or(Some(false), |value| value.holds(route))
    }

    fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
        if let Some(value) = self {
            value.visit(trail, visitor);
        }
    }

    fn cut(&mut self, stays: &dyn Fn(EntryId) -> bool) -> bool {
        if !self.as_mut().is_none_or(|value| value.cut(stays)) {
            *self = None;
        }
        true
    }
}

impl<T: Field> Field for Vec<T> {
    fn shape() -> Shape {
        Shape::List { item: Box::new(T::shape()), sorted: false }
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        let DeValue::Array(items) = value.get_ref() else {
            reader.report(reading::wrong_type::found(&reader.path, value.span(), "a list", value.get_ref()));
            return None;
        };
        let read: Vec<Option<T>> = items.iter().map(|item| T::read(item, reader)).collect();
        read.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }

    fn holds(&self, route: &str) -> Option<bool> {
        route.is_empty().then_some(!self.is_empty())
    }

    fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
        for (index, item) in self.iter().enumerate() {
            item.visit(Trail::Index(&trail, index), visitor);
        }
    }

    fn cut(&mut self, stays: &dyn Fn(EntryId) -> bool) -> bool {
        self.retain_mut(|item| item.cut(stays));
        true
    }
}
