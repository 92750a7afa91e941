//! Diagnostics: what the tool says of a case, as data. Renderers turn them into text, JSON, SARIF and annotations.

pub mod manual;
pub mod render;
pub mod sources;

use crate::values::{Malformed, Route, TreePath};
use std::borrow::Cow;
use std::fmt;

pub use manual::Page;
pub use sources::{Position, Sources};

/// The code of a diagnostic: a kebab-case slug, unique and never reused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
pub struct Code(Cow<'static, str>);

impl Code {
    pub const fn new(slug: &'static str) -> Self {
        Self(Cow::Borrowed(slug))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a diagnostic weighs: an error blocks a commit, a warning does not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Error,
    Warning,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Error => "error",
            Level::Warning => "warning",
        })
    }
}

/// Where in a file: all of it, bytes of it, the value at a route, or the key at a route.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
pub enum At {
    File,
    Bytes { start: usize, end: usize },
    Value(Route),
    Key(Route),
}

/// A place in a case repository.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
pub struct Place {
    pub path: TreePath,
    pub at: At,
}

impl Place {
    pub fn file(path: &TreePath) -> Self {
        Self { path: path.clone(), at: At::File }
    }

    pub fn bytes(path: &TreePath, range: std::ops::Range<usize>) -> Self {
        Self { path: path.clone(), at: At::Bytes { start: range.start, end: range.end } }
    }

    pub fn value(path: &TreePath, route: Route) -> Self {
        Self { path: path.clone(), at: At::Value(route) }
    }

    pub fn key(path: &TreePath, route: Route) -> Self {
        Self { path: path.clone(), at: At::Key(route) }
    }
}

/// Another place that explains a diagnostic, with what it has to do with it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
pub struct Related {
    pub place: Place,
    pub label: String,
}

/// One thing that is wrong with a case.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Diagnostic {
    pub code: Code,
    pub level: Level,
    pub place: Place,
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// A few words under the marked text.
    pub label: Option<String>,
    /// What to type or write next.
    pub help: Option<String>,
    pub related: Vec<Related>,
}

impl Diagnostic {
    pub fn error(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, level: Level::Error, place, message: message.into(), label: None, help: None, related: Vec::new() }
    }

    pub fn warning(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, place, message) }
    }

    /// An error about a text that does not have the form that it should have.
    pub fn malformed(code: Code, place: Place, malformed: Malformed) -> Self {
        Self { help: malformed.help, ..Self::error(code, place, malformed.message) }
    }

    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push(Related { place, label: label.into() });
        self
    }

    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// Sorts diagnostics by path, then place, then code, so that the same case gives the same list.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| (&a.place, &a.code, &a.message).cmp(&(&b.place, &b.code, &b.message)));
}
