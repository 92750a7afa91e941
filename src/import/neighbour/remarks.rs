//! Remarks: what casebook writes into a column of notes of Aurora and Kanvas, line by line, and how it is read back from its end.

use super::prose;
use super::references::{self, listed};
use super::words;
use crate::import::{Made, Making};
use crate::values::vocabulary::Marking;
use crate::values::{EntryId, Handle, Kind, Tag, When};
use std::collections::BTreeSet;

/// What the last lines of a column of remarks say of the entry that casebook exported: its tags, its id and its marking.
pub struct Own {
    pub id: EntryId,
    pub marking: Option<Marking>,
    tags: BTreeSet<Tag>,
    /// The lines before that.
    pub lines: Vec<String>,
}

/// Reads remarks of an entry of this kind, as they are exported.
pub fn own(text: &str, kind: Kind) -> Option<Own> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // An indicator of Aurora has the assets that it was seen on behind that.
    let last = lines.pop()?;
    let (id, marking) = last.split_once(", TLP:")?;
    let id: EntryId = id.parse().ok()?;
    let tags = take_named(&mut lines, "tags").unwrap_or_default();
    let tags = tags.split(", ").filter_map(|tag| tag.parse().ok()).collect();
    (id.kind() == kind).then(|| Own { id, marking: words::marking(marking), tags, lines })
}

impl Own {
    /// Says what the last lines say.
    pub fn put(&self, entry: &mut Made, making: &Making<'_>) {
        super::entries::mark(entry, making, self.marking);
        entry.set("tags", &self.tags);
    }

    /// Says the same with the citations in the lines before; what is left of these.
    pub fn cite(&self, entry: &mut Made, making: &Making<'_>) -> Vec<String> {
        let (text, citations) = prose::citations(&self.lines.join("\n"), making);
        citations.into_iter().for_each(|cited| cited.put(entry));
        self.put(entry, making);
        text.lines().map(str::to_owned).collect()
    }
}

/// Says what remarks say of an event at a time.
pub fn event(entry: &mut Made, own: &Own, when: When, making: &Making<'_>) {
    let mut lines = own.cite(entry, making);
    let remark = take_remark(&mut lines);
    entry
        .when("time", &prose::recalled(when, remark.as_deref()))
        .set("indicators", take_listed(&mut lines, &references::indicators(&making.names)))
        .maybe("direction", take_named(&mut lines, "direction"))
        .line("account", &take_named(&mut lines, "account").unwrap_or_default())
        .set("techniques", take_techniques(&mut lines))
        .markdown("description", &lines.join("\n"));
}

/// Says what remarks say of a finding, which is a draft again.
pub fn finding(entry: &mut Made, own: &Own, observed: Option<When>, making: &Making<'_>) {
    let mut lines = own.cite(entry, making);
    let remark = take_remark(&mut lines);
    if let Some(when) = observed {
        entry.when("observed", &prose::recalled(when, remark.as_deref()));
    }
    let found = take_listed(&mut lines, &references::indicators(&making.names));
    let mut vulnerabilities = Vec::new();
    while lines.last().is_some_and(|line| line.starts_with("CVE-")) {
        vulnerabilities.extend(lines.pop());
    }
    entry
        .word("status", "draft")
        .set("indicators", found)
        .set("vulnerabilities", vulnerabilities)
        .set("techniques", take_techniques(&mut lines))
        .line("reason", &take_named(&mut lines, "because").unwrap_or_default())
        .maybe("confidence", take_named(&mut lines, "confidence"))
        .maybe("severity", take_named(&mut lines, "severity"));
    if !entry.has("authors") {
        entry.set("authors", take_people(&mut lines, making));
    }
    let kind = take_first(&mut lines);
    entry.word("type", kind.split_once(' ').map_or("observation", |(_, kind)| kind));
    entry.markdown("summary", &lines.join("\n"));
}

/// Says a decision of these lines; what was decided stands before why.
pub fn decided(entry: &mut Made, mut lines: Vec<String>) {
    let rationale = (lines.len() > 1).then(|| lines.pop()).flatten();
    entry.markdown("decision", &lines.join("\n")).markdown("rationale", rationale.as_deref().unwrap_or_default());
}

pub fn take_first(lines: &mut Vec<String>) -> String {
    if lines.is_empty() { String::new() } else { lines.remove(0) }
}

/// Takes lines like `name: value` off the end, for these names in this order.
pub fn take_named(lines: &mut Vec<String>, name: &str) -> Option<String> {
    let value = lines.last()?.strip_prefix(name)?.strip_prefix(": ")?.to_owned();
    lines.pop();
    Some(value)
}

/// Takes what casebook says of a time off the end.
fn take_remark(lines: &mut Vec<String>) -> Option<String> {
    let last = lines.last()?;
    let is_one = ["the source gave `", "its clock was "]
        .iter()
        .any(|start| last.starts_with(start) || last.contains(&format!("; {start}")))
        || prose::shown_time(last.split("; ").next().unwrap_or_default()).is_some();
    is_one.then(|| lines.pop()).flatten()
}

/// Takes a line off the end that lists nothing but what is known.
pub fn take_listed(lines: &mut Vec<String>, known: &dyn Fn(&str) -> Vec<EntryId>) -> Vec<EntryId> {
    let Some(last) = lines.last() else { return Vec::new() };
    let found = listed(last, ", ", known);
    if found.ids.is_empty() || !found.unknown.is_empty() {
        return Vec::new();
    }
    lines.pop();
    found.ids
}

/// Takes lines off the end that are a technique with its name.
fn take_techniques(lines: &mut Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(id) = lines.last().and_then(|line| line.split(' ').next())
        && words::techniques(id).iter().any(|known| known.as_str() == id)
    {
        found.push(id.to_owned());
        lines.pop();
    }
    found
}

/// Takes a line off the end that lists nothing but people of the roster.
fn take_people(lines: &mut Vec<String>, making: &Making<'_>) -> Vec<Handle> {
    let names = lines.last().map(|last| last.split(", ").map(|name| words::person(name, making)));
    let people: Option<Vec<Handle>> = names.and_then(Iterator::collect);
    people.inspect(|_| _ = lines.pop()).unwrap_or_default()
}

/// Takes a ticket off the end.
pub fn take_ticket(lines: &mut Vec<String>, entry: &mut Made) {
    let ticket = lines.last().and_then(|line| line.split_once(' ')).filter(|(system, key)| is_ticket(system, key));
    if let Some((system, key)) = ticket.map(|(system, key)| (system.to_owned(), key.to_owned())) {
        lines.pop();
        entry.inside("ticket", "system", system).inside("ticket", "key", key);
    }
}

fn is_ticket(system: &str, key: &str) -> bool {
    system.parse::<Handle>().is_ok() && !key.contains(' ') && key.contains(|c: char| c.is_ascii_digit())
}
