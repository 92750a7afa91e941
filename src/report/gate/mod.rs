//! The gate of a report: what its finished bytes must not hold, looked for in those bytes and not in what made them, so that a
//! mistake anywhere on the way is found. A report that does not pass is not written.

mod canon;
mod markup;
mod secrets;

use crate::model::{Case, Datum, Entry, Told};
use crate::report::audience::Profile;
use crate::report::{Dialect, RenderedFile};
use crate::review::{Standing, State};
use crate::values::reference::mentions;
use crate::values::vocabulary::LeastStanding;
use crate::values::{EntryId, Kind};
use std::collections::BTreeMap;

/// A reason for which a report is not written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The entry that must be changed or signed, where it is one.
    pub entry: Option<EntryId>,
    /// What is wrong.
    pub says: String,
    /// What to do or type next.
    pub help: String,
}

impl Refusal {
    fn new(entry: Option<EntryId>, says: impl Into<String>, help: impl Into<String>) -> Self {
        Self { entry, says: says.into(), help: help.into() }
    }
}

/// Everything that speaks against a report.
pub struct Examined<'e> {
    /// The whole case.
    pub case: &'e Case,
    /// What of it the report was made from.
    pub told: &'e Told,
    pub profile: &'e Profile,
    pub standings: &'e BTreeMap<EntryId, Standing>,
}

impl Examined<'_> {
    /// What speaks against the finished files; nothing does where the list is empty.
    pub fn refusals(&self, files: &[RenderedFile]) -> Vec<Refusal> {
        let mut refusals = self.unsigned();
        if !self.profile.is_internal() {
            refusals.extend(self.retired_claims());
        }
        let secrets = secrets::Secrets::of(self);
        for file in files {
            refusals.extend(secrets.found_in(file));
            if file.dialect == Dialect::Html {
                refusals.extend(markup::stray(&file.content));
            }
        }
        refusals.sort();
        refusals.dedup();
        refusals
    }

    /// Findings and decisions that do not stand where the audience asks.
    fn unsigned(&self) -> Vec<Refusal> {
        let Some(asked) = self.profile.standing else { return Vec::new() };
        let role = if asked == LeastStanding::Authored { "author" } else { "reviewer" };
        let told = [Kind::Finding, Kind::Decision].into_iter().flat_map(|kind| self.told.case.of_kind(kind));
        let told = told.filter(|entry| !super::naming::is_retired(entry));
        told.filter_map(|entry| {
            let state = self.standings.get(&entry.id()).map_or(State::Draft, |standing| standing.state);
            if state.reaches(asked) {
                return None;
            }
            let stands = state.word();
            let says = format!(
                "{} “{}” is {stands}; {} is told of what is {asked} only",
                entry.id(),
                entry.title(),
                self.profile.name
            );
            Some(Refusal::new(
                Some(entry.id()),
                says,
                format!("read and sign it: `casebook sign {} --as {role}`", entry.id()),
            ))
        })
        .collect()
    }

    /// Prose of what is told that speaks of what holds no longer.
    fn retired_claims(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for id in self.told.case.entries.keys() {
            let Some(entry) = self.case.get(*id).filter(|entry| !super::naming::is_retired(entry)) else { continue };
            entry.visit(&mut |route, datum| {
                let Datum::Markdown(text) = datum else { return };
                let retired = mentions(text.as_str()).into_iter().filter_map(|mention| self.retired(mention.id()?));
                refusals.extend(retired.map(|cited| {
                    let route = route.to_route();
                    let says = format!(
                        "`{route}` of {id} speaks of {} “{}”, which is {}",
                        cited.id(),
                        cited.title(),
                        cited.status()
                    );
                    Refusal::new(Some(*id), says, format!("write what holds now: `casebook show {id}`"))
                }));
            });
        }
        refusals
    }

    fn retired(&self, id: EntryId) -> Option<&Entry> {
        self.case.get(id).filter(|entry| super::naming::is_retired(entry))
    }
}
