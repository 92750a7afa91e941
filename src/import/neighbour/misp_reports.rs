//! Event reports of MISP that casebook wrote: one for each finding, and the timeline with a section for each event.

use super::entries::{self, identity, mark, settle};
use super::fields::Fields;
use super::prose::{self, Cited};
use super::references::{self, listed};
use super::words;
use crate::import::{Made, Making};
use crate::values::{EntryId, Kind, When};
use std::collections::BTreeMap;

/// Makes entries of a report that is a finding or the timeline; whether it is one.
pub fn read(fields: &Fields, title: &str, content: &str, making: &mut Making<'_>) -> bool {
    let lines: Vec<&str> = content.lines().collect();
    if let Some(id) = number(&lines).filter(|id| id.kind() == Kind::Finding) {
        let finding = finding(id, title, Section::of(&lines, making), making);
        settle(making, fields, finding);
        return true;
    }
    let heads: Vec<usize> = (0..lines.len()).filter(|at| is_head(&lines[*at..])).collect();
    if title != "Timeline" || heads.first() != Some(&0) {
        return false;
    }
    let mut outcomes = Vec::new();
    for (at, head) in heads.iter().enumerate() {
        let end = heads.get(at + 1).copied().unwrap_or(lines.len());
        let lines = &lines[*head..end];
        if let Some(event) = event(lines, making) {
            outcomes.push(making.take(event, fields.at.clone()));
        }
    }
    entries::count_any(making, fields, outcomes);
    true
}

/// The number in the first fact.
fn number(lines: &[&str]) -> Option<EntryId> {
    lines.first()?.strip_prefix("- Number: ")?.parse().ok()
}

/// Whether the section of an event begins here.
fn is_head(lines: &[&str]) -> bool {
    let [head, "", rest @ ..] = lines else { return false };
    head.starts_with("## ") && number(rest).is_some_and(|id| id.kind() == Kind::Event)
}

/// Facts, prose, and citations.
struct Section {
    facts: BTreeMap<String, String>,
    text: String,
    citations: Vec<Cited>,
}

impl Section {
    fn of(lines: &[&str], making: &Making<'_>) -> Self {
        let fact = |line: &&str| {
            let (name, value) = line.strip_prefix("- ")?.split_once(": ")?;
            (name != "Evidence").then(|| (name.to_owned(), value.to_owned()))
        };
        let facts: Vec<(String, String)> = lines.iter().map_while(fact).collect();
        let rest: Vec<&str> =
            lines[facts.len()..].iter().map(|line| line.strip_prefix("- Evidence: ").unwrap_or(line)).collect();
        let (text, citations) = prose::citations(&rest.join("\n"), making);
        Self { facts: facts.into_iter().collect(), text, citations }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.facts.get(name).map(String::as_str)
    }

    fn list(&self, name: &str) -> Vec<&str> {
        self.get(name).unwrap_or_default().split(", ").collect()
    }

    fn when(&self, name: &str) -> Option<When> {
        prose::told_time(self.get(name)?)
    }

    fn assets(&self, name: &str, making: &Making<'_>) -> Vec<EntryId> {
        listed(self.get(name).unwrap_or_default(), ", ", &references::assets(&making.names)).ids
    }

    /// What findings and events both say.
    fn put(self, entry: &mut Made, text: &str, making: &Making<'_>) {
        let indicators = self.get("Indicators").unwrap_or_default().trim_matches('`').split("`, `");
        entry
            .set("indicators", indicators.flat_map(|value| making.names.indicators_of(value)))
            .set("techniques", self.get("Techniques").map(words::techniques).unwrap_or_default())
            .set("tags", self.list("Tags"))
            .markdown(text, &self.text);
        mark(entry, making, self.get("Marking").and_then(words::marking));
        self.citations.into_iter().for_each(|cited| cited.put(entry));
    }
}

fn finding(id: EntryId, title: &str, said: Section, making: &Making<'_>) -> Made {
    let mut entry = Made::new(identity(making, Kind::Finding, &id.to_string(), Some(id)));
    let titles = references::titles(making, Kind::Action);
    let actions = said.get("Recommendations").unwrap_or_default();
    let actions = listed(actions, ", ", &|title| titles.get(title).cloned().unwrap_or_default());
    entry
        .line("title", title)
        .word("status", "draft")
        .word("type", said.get("Type").unwrap_or("observation"))
        .set("authors", said.list("Authors").into_iter().filter_map(|name| words::person(name, making)))
        .maybe("severity", said.get("Severity"))
        .maybe("confidence", said.get("Confidence"))
        .line("reason", said.get("Because").unwrap_or_default())
        .set("vulnerabilities", said.list("Vulnerabilities"))
        .maybe("cvss", said.get("CVSS"))
        .set("assets", said.assets("Assets", making))
        .set("recommendations", actions.ids);
    if let Some(when) = said.when("Observed") {
        entry.when("observed", &when);
    }
    said.put(&mut entry, "summary", making);
    entry
}

/// The event of a section, where that gives a time.
fn event(lines: &[&str], making: &Making<'_>) -> Option<Made> {
    let [head, _, lines @ ..] = lines else { return None };
    let (id, said) = (number(lines)?, Section::of(lines, making));
    let mut entry = Made::new(identity(making, Kind::Event, &id.to_string(), Some(id)));
    entry
        .line("title", head.trim_start_matches("## "))
        .when("time", &said.when("Time")?)
        .word("actor", said.get("By").unwrap_or("unknown"))
        .maybe("tactic", said.get("Tactic"))
        .maybe("source", said.assets("From", making).first())
        .maybe("destination", said.assets("To", making).first())
        .line("account", said.get("Account").unwrap_or_default())
        .maybe("direction", said.get("Direction"));
    said.put(&mut entry, "description", making);
    Some(entry)
}
