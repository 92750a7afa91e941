//! The gate of a report: what its finished bytes must not hold, looked for in those bytes and not in what made them, so that a
//! mistake anywhere on the way is found. A report that does not pass is not written.

mod canon;
mod markup;
mod page;
mod secrets;

use crate::model::{Case, Datum, Entry, Field, Told};
use crate::report::audience::Profile;
use crate::report::{Dialect, RenderedFile};
use crate::review::{Standing, State};
use crate::values::reference::mentions;
use crate::values::vocabulary::{LeastStanding, ReportSection};
use crate::values::{EntryId, Kind, Trail};
use rayon::prelude::*;
pub use secrets::Secrets;
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

/// What is shown each value of a record.
type Visitor<'v> = dyn FnMut(Trail<'_>, Datum<'_>) + 'v;

/// Everything that speaks against a report.
pub struct Examined<'e> {
    /// The whole case.
    pub case: &'e Case,
    /// What of it the report was made from.
    pub told: &'e Told,
    pub profile: &'e Profile,
    pub standings: &'e BTreeMap<EntryId, Standing>,
}

impl<'e> Examined<'e> {
    /// What speaks against the finished files; nothing does where the list is empty.
    pub fn refusals(&self, files: &[RenderedFile]) -> Vec<Refusal> {
        let mut refusals = self.unsigned();
        if !self.profile.is_internal() {
            refusals.extend(self.retired_claims());
        }
        let secrets = Secrets::of(self);
        refusals.par_extend(files.par_iter().flat_map_iter(|file| {
            let (found, stray) = rayon::join(|| secrets.found_in(file), || stray(file));
            found.into_iter().chain(stray)
        }));
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

    /// Prose of what is told that speaks of what holds no longer, or of what there is not.
    fn retired_claims(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for id in self.told.case.entries.keys() {
            let Some(entry) = self.case.get(*id).filter(|entry| !super::naming::is_retired(entry)) else { continue };
            let help = format!("write what holds now: `casebook show {id}`");
            self.claims_of(&|visitor| entry.visit(visitor), Some(*id), &format!("of {id}"), &help, &mut refusals);
        }
        if let (Some(record), Some(_)) = (&self.case.record, &self.told.case.record) {
            let help = "write what holds now: `casebook show case`";
            let visit = |visitor: &mut Visitor<'_>| record.value.visit(Trail::Root, visitor);
            self.claims_of(&visit, None, "of the case", help, &mut refusals);
        }
        if self.profile.has(ReportSection::Notes) && !self.told.case.notes.is_empty() {
            for note in &self.case.notes {
                let said = self.claims(&note.text);
                refusals.extend(said.map(|what| {
                    Refusal::new(None, format!("`{}` speaks of {what}", note.path), "write what holds now in that note")
                }));
            }
        }
        refusals
    }

    /// What the prose of one record says of what does not hold.
    fn claims_of(
        &self,
        visit: &dyn Fn(&mut Visitor<'_>),
        entry: Option<EntryId>,
        of: &str,
        help: &str,
        refusals: &mut Vec<Refusal>,
    ) {
        visit(&mut |trail, datum| {
            let Datum::Markdown(text) = datum else { return };
            let route = trail.to_route();
            let said = self.claims(text.as_str());
            refusals.extend(said.map(|what| Refusal::new(entry, format!("`{route}` {of} speaks of {what}"), help)));
        });
    }

    /// What a text speaks of that is withdrawn, superseded or refuted, or is no entry of this case.
    fn claims(&self, text: &str) -> impl Iterator<Item = String> {
        mentions(text).into_iter().filter_map(|mention| mention.id()).filter_map(|id| match self.retired(id) {
            Some(cited) => Some(format!("{id} “{}”, which is {}", cited.title(), cited.status())),
            None if self.case.get(id).is_none() && !self.case.unreadable.contains_key(&id) => {
                Some(format!("{id}, and there is no such entry"))
            }
            None => None,
        })
    }

    fn retired(&self, id: EntryId) -> Option<&Entry> {
        self.case.get(id).filter(|entry| super::naming::is_retired(entry))
    }
}

/// What is in a file as markup, and must not be there.
pub fn stray(file: &RenderedFile) -> Vec<Refusal> {
    match file.dialect {
        Dialect::Html => page::stray(file),
        Dialect::Docx => markup::stray(&file.content),
        Dialect::Markdown if file.is_templated => page::stray_in_markdown(file),
        Dialect::Markdown | Dialect::Json => Vec::new(),
        #[cfg(feature = "pdf")]
        Dialect::Pdf => Vec::new(),
    }
}
