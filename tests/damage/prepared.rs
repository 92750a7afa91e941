//! A command with its case as it is before and after it, and the judgement of a case in which something went wrong on the way
//! from one to the other.

use super::workshop::{Act, Copied, State, Workshop};

/// A command with its case, and what that is before and after it.
pub struct Prepared {
    pub act: &'static Act,
    pub workshop: Workshop,
    pub before: State,
    /// What is wrong with it before.
    complaint: Option<String>,
    pub after: State,
    pub homes: State,
}

impl Prepared {
    /// Prepares a command, and has `first` run it once in a copy; `None` where a program that it needs is not installed.
    pub fn of<T>(act: &'static Act, first: impl FnOnce(&Copied) -> T) -> Option<(Self, T)> {
        let workshop = act.workshop()?;
        let copied = workshop.copied();
        let before = copied.case();
        let seen = first(&copied);
        let (after, homes) = (copied.case(), copied.homes());
        // The same command draws the same ids, so there is one new state and no other.
        let again = workshop.copied();
        let complaint = again.unsound();
        again.run(&act.arguments()).ok();
        let differs = [difference(&again.case(), &after), difference(&again.homes(), &homes)].concat();
        assert_eq!((differs.as_str(), copied.unsound()), ("", None), "{}", act.name);
        Some((Self { act, workshop, before, complaint, after, homes }, seen))
    }

    /// Any command finishes it or takes it back: tells whether it is finished.
    pub fn next_command(&self, copied: &Copied) -> Result<bool, String> {
        ensure_none(copied.wrong_objects())?;
        let listed = copied.desk.json(&["evidence", "list"]);
        let now = copied.case();
        let is_new = now == self.after;
        ensure(is_new || now == self.before, || {
            let (before, after) = (difference(&now, &self.before), difference(&now, &self.after));
            format!("it is neither the old case: {before}, nor the new one: {after}")
        })?;
        ensure_none(copied.wrongly_excluded(&listed))?;
        let complaint = copied.unsound();
        ensure(complaint == if is_new { None } else { self.complaint.clone() }, || complaint.unwrap_or_default())?;
        Ok(is_new)
    }

    /// Typed once more, it is done, and nothing else is there.
    pub fn once_more(&self, copied: &Copied, is_new: bool) -> Result<(), String> {
        let again = copied.run(&self.act.arguments());
        let ends_as = if is_new && self.before != self.after { self.act.again } else { 0 };
        ensure(again.code == ends_as, || again.text())?;
        ensure_none(copied.wrong_objects())?;
        let differs = [difference(&copied.case(), &self.after), difference(&copied.homes(), &self.homes)].concat();
        ensure(differs.is_empty(), || format!("once more: {differs}"))
    }
}

pub fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

pub fn ensure_none(wrong: Option<String>) -> Result<(), String> {
    wrong.map_or(Ok(()), Err)
}

/// What is in the one and not in the other.
pub fn gone(all: &State, of: &State) -> String {
    let gone: Vec<&str> =
        all.iter().filter(|(path, bytes)| of.get(*path) != Some(*bytes)).map(|it| it.0.as_str()).collect();
    gone.join(", ")
}

/// How a state is another one than it should be.
pub fn difference(now: &State, wanted: &State) -> String {
    let (lost, new) = (gone(wanted, now), gone(now, wanted));
    if now == wanted { String::new() } else { format!("lost: {lost}; too much: {new}") }
}
