//! Routes: the keys that lead to a value inside one TOML file, such as `evidence[2].quote`.

use std::fmt;

/// One step of a route.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// The keys from a file's root to a value; empty for the whole file.
/// Models carry no byte positions: a route becomes one only when a diagnostic is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Route(pub Vec<Step>);

impl Route {
    pub fn key(name: &str) -> Self {
        Self(vec![Step::Key(name.to_owned())])
    }

    pub fn then(mut self, name: &str) -> Self {
        self.0.push(Step::Key(name.to_owned()));
        self
    }

    pub fn at(mut self, index: usize) -> Self {
        self.0.push(Step::Index(index));
        self
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(name) if position == 0 => f.write_str(name)?,
                Step::Key(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A route under construction on the stack, so that walking an entry allocates nothing until something is reported.
#[derive(Clone, Copy)]
pub enum Trail<'t> {
    Root,
    Key(&'t Trail<'t>, &'t str),
    Index(&'t Trail<'t>, usize),
}

impl Trail<'_> {
    /// The name of the last key on the way, such as `tags` for an item of that list.
    pub fn last_key(&self) -> Option<&str> {
        match self {
            Trail::Root => None,
            Trail::Key(_, name) => Some(name),
            Trail::Index(before, _) => before.last_key(),
        }
    }

    pub fn to_route(self) -> Route {
        let mut steps = Vec::new();
        let mut at = &self;
        loop {
            match at {
                Trail::Root => break,
                Trail::Key(before, name) => {
                    steps.push(Step::Key((*name).to_owned()));
                    at = before;
                }
                Trail::Index(before, index) => {
                    steps.push(Step::Index(*index));
                    at = before;
                }
            }
        }
        steps.reverse();
        Route(steps)
    }
}
