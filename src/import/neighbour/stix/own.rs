//! What casebook itself wrote into a bundle, read back.

use super::super::entries::{self, identity, mark, settle};
use super::super::fields::Fields;
use super::super::prose;
use super::super::words;
use super::{Bundle, One};
use crate::import::{Made, Making, Outcome, made};
use crate::values::{EntryId, Kind, Moment};
use serde_json::Value;
use std::collections::BTreeMap;

/// Labels `name:value` of these names, and the others.
pub fn labels(labels: &[String], names: &[&str]) -> (BTreeMap<String, String>, Vec<String>) {
    let mut facts = BTreeMap::new();
    let mut others = Vec::new();
    for label in labels {
        match label.split_once(':').filter(|(name, _)| names.contains(name)) {
            Some((name, value)) => _ = facts.insert(name.to_owned(), value.to_owned()),
            None => others.push(label.clone()),
        }
    }
    (facts, others)
}

/// What references of a name say.
pub fn said(references: &[Value], name: &str) -> Vec<String> {
    let named = references.iter().filter(|one| one.get("source_name").and_then(Value::as_str) == Some(name));
    named.filter_map(|one| Some(one.get("description")?.as_str()?.to_owned())).collect()
}

/// Puts the citations that stand in references.
pub fn cite(references: &[Value], entry: &mut Made, making: &mut Making<'_>) {
    for text in said(references, "casebook evidence") {
        let (left, citations) = prose::citations(&text, making);
        if !left.is_empty() {
            making.lose("a citation of evidence that the case does not have");
        }
        citations.into_iter().for_each(|cited| cited.put(entry));
    }
}

/// What casebook says of an action in labels and references.
pub fn action(entry: &mut Made, facts: &BTreeMap<String, String>, references: &[Value], making: &Making<'_>) {
    let get = |name: &str| said(references, name).into_iter().next();
    let outcome = get("outcome");
    entry
        .word("phase", facts.get("phase").map_or("recommend", String::as_str))
        .maybe("priority", facts.get("priority"))
        .maybe("duty", get("duty"))
        .maybe("owner", get("owner").and_then(|name| words::group(&name, making)))
        .maybe("assignee", get("assignee").and_then(|name| words::person(&name, making)))
        .markdown("outcome", outcome.as_deref().unwrap_or_default());
    for (name, key) in [("due", "due"), ("done", "done_at")] {
        if let Some(at) = get(name).and_then(|text| text.parse::<Moment>().ok()) {
            entry.cell(key, made::moment_value(at));
        }
    }
    // What was superseded or withdrawn has no successor here.
    let status = facts.get("status").map_or("open", String::as_str);
    match status {
        "superseded" | "withdrawn" => {
            _ = entry.word("status", "declined").markdown("outcome", outcome.as_deref().unwrap_or(status))
        }
        status => _ = entry.word("status", status),
    }
    let ticket = references.iter().find(|one| {
        let name = one.get("source_name").and_then(Value::as_str);
        name != Some("casebook") && one.get("external_id").is_some()
    });
    if let Some(ticket) = ticket {
        for (key, name) in [("system", "source_name"), ("key", "external_id"), ("url", "description")] {
            if let Some(text) = ticket.get(name).and_then(Value::as_str) {
                entry.inside("ticket", key, text);
            }
        }
    }
}

impl Bundle {
    /// Reads a note that casebook wrote; whether it was one.
    pub(super) fn own_note(&mut self, one: &One, fields: &mut Fields, making: &mut Making<'_>) -> bool {
        let title = fields.text("abstract").unwrap_or_default();
        let content = fields.text("content").unwrap_or_default();
        let Some(id) = super::own_reference(&one.value).and_then(|id| id.parse::<EntryId>().ok()) else {
            return own_facts(&title, &content, fields, making);
        };
        if id.kind() == Kind::Evidence {
            let outcome =
                if making.is_known(id) { entries::in_case() } else { Outcome::Skipped(entries::NO_BYTES.to_owned()) };
            fields.count(making, outcome);
            return true;
        }
        let mut entry = Made::new(identity(making, id.kind(), &one.id, Some(id)));
        let references = fields.list("external_references");
        let labels = fields.texts("labels");
        let confidence = fields.text("confidence").and_then(|number| words::confidence(&number));
        let people: Vec<_> = fields.texts("authors").iter().filter_map(|name| words::person(name, making)).collect();
        mark(&mut entry, making, one.marking);
        let own = Own { title, content, references, labels, about: self.about(&one.value) };
        match id.kind() {
            Kind::Finding => {
                entry.set("authors", people).maybe("confidence", confidence);
                own.finding(&mut entry, self, making);
            }
            Kind::Event => {
                if !own.event(&mut entry, self, making) {
                    fields.count(making, Outcome::Refused("it gives no time".to_owned()));
                    return true;
                }
            }
            Kind::Decision => {
                entry.maybe("by", people.first());
                own.decision(&mut entry, self, making);
            }
            _ => return false,
        }
        fields.pass(&["object_refs"]);
        fields.lose_rest("note", making);
        let id = entry.id;
        if settle(making, fields, entry) || making.is_known(id) {
            self.made.entry(one.id.clone()).or_default().push(id);
        }
        true
    }

    /// The ids of the objects that a note is about, in their order.
    fn about(&self, value: &Value) -> Vec<String> {
        self.referred(value, "object_refs").map(|(id, _)| id.to_owned()).collect()
    }

    /// The numbers that others give the objects of a type, such as CVE.
    fn numbers(&self, about: &[String], kind: &str, source: &str) -> Vec<String> {
        let of_kind = about.iter().filter(|id| id.starts_with(kind)).filter_map(|id| self.get(id));
        let references = of_kind.filter_map(|value| value.get("external_references")?.as_array()).flatten();
        let named = references.filter(|one| one.get("source_name").and_then(Value::as_str) == Some(source));
        named.filter_map(|one| Some(one.get("external_id")?.as_str()?.to_owned())).collect()
    }
}

/// What casebook says of the case itself in notes without an id: it is to be set by hand.
fn own_facts(title: &str, content: &str, fields: &Fields, making: &mut Making<'_>) -> bool {
    match title {
        "Lessons" => making.tell("lessons", content),
        "Milestones" => {
            for (name, text) in content.lines().filter_map(|line| line.split_once(": ")) {
                if let Some(when) = prose::told_time(text) {
                    making.tell(&format!("milestones.{name}"), made::when_value(&when).to_string().trim());
                }
            }
        }
        // A note of the case: its text is taken as that of any other.
        _ => {
            let mut said = prose::Prose::default();
            said.add(Some(content));
            entries::note(making, fields, title, &said);
            return true;
        }
    }
    fields.count(making, Outcome::Skipped("what it says of the case as a whole is to be set by hand".to_owned()));
    true
}

/// A note of casebook in the reading.
struct Own {
    title: String,
    content: String,
    references: Vec<Value>,
    labels: Vec<String>,
    about: Vec<String>,
}

impl Own {
    fn get(&self, name: &str) -> Option<String> {
        said(&self.references, name).into_iter().next()
    }

    fn finding(&self, entry: &mut Made, bundle: &Bundle, making: &mut Making<'_>) {
        let (facts, tags) = labels(&self.labels, &["finding", "status", "severity"]);
        entry
            .line("title", &self.title)
            .word("status", "draft")
            .word("type", facts.get("finding").map_or("observation", String::as_str))
            .maybe("severity", facts.get("severity"))
            .line("reason", &self.get("reason of the confidence").unwrap_or_default())
            .maybe("cvss", self.get("cvss"))
            .set("techniques", bundle.numbers(&self.about, "attack-pattern", "mitre-attack"))
            .set("vulnerabilities", bundle.numbers(&self.about, "vulnerability", "cve"))
            .set("assets", bundle.entries(&self.about, Kind::Asset))
            .set("indicators", bundle.entries(&self.about, Kind::Indicator))
            .set("recommendations", bundle.entries(&self.about, Kind::Action))
            .set("tags", words::tags(tags.iter().map(String::as_str), making).own)
            .markdown("summary", &self.content);
        if let Some(when) = self.get("observed").and_then(|text| prose::told_time(&text)) {
            entry.when("observed", &when);
        }
        cite(&self.references, entry, making);
    }

    /// Whether it gives a time.
    fn event(&self, entry: &mut Made, bundle: &Bundle, making: &mut Making<'_>) -> bool {
        let (time, description) = self.content.split_once("\n\n").unwrap_or((&self.content, ""));
        let Some(when) = prose::told_time(time) else { return false };
        let (facts, tags) = labels(&self.labels, &["actor", "tactic", "direction"]);
        let tags: Vec<&str> = tags.iter().map(String::as_str).filter(|tag| *tag != "event").collect();
        let assets = bundle.entries(&self.about, Kind::Asset);
        let (from, to) = (self.get("from"), self.get("to"));
        entry
            .line("title", &self.title)
            .when("time", &when)
            .word("actor", facts.get("actor").map_or("unknown", String::as_str))
            .maybe("tactic", facts.get("tactic"))
            .maybe("direction", facts.get("direction"))
            .maybe("source", from.and(assets.first()))
            .maybe("destination", to.and(assets.last()))
            .line("account", &self.get("account").unwrap_or_default())
            .set("techniques", bundle.numbers(&self.about, "attack-pattern", "mitre-attack"))
            .set("indicators", bundle.entries(&self.about, Kind::Indicator))
            .set("tags", words::tags(tags, making).own)
            .markdown("description", description);
        cite(&self.references, entry, making);
        true
    }

    fn decision(&self, entry: &mut Made, bundle: &Bundle, making: &mut Making<'_>) {
        let (facts, tags) = labels(&self.labels, &["status"]);
        let tags: Vec<&str> = tags.iter().map(String::as_str).filter(|tag| *tag != "decision").collect();
        let status = facts.get("status").map_or("open", String::as_str);
        // What was decided stands before why.
        let (decision, rationale) = self.content.rsplit_once("\n\n").unwrap_or((&self.content, ""));
        entry
            .line("question", &self.title)
            .word("status", if status == "superseded" { "withdrawn" } else { status })
            .set("findings", bundle.entries(&self.about, Kind::Finding))
            .set("assets", bundle.entries(&self.about, Kind::Asset))
            .set("tags", words::tags(tags, making).own);
        let approved = self.get("approved by").unwrap_or_default();
        entry.set("approved_by", approved.split(", ").filter_map(|name| words::person(name, making)));
        for (name, key) in [("decided", "at"), ("due", "due")] {
            if let Some(at) = self.get(name).and_then(|text| text.parse::<Moment>().ok()) {
                entry.cell(key, made::moment_value(at));
            }
        }
        if self.content != "Not decided yet." {
            entry.markdown("decision", decision).markdown("rationale", rationale);
        }
        let alternatives = said(&self.references, "alternative");
        if !alternatives.is_empty() {
            entry.cell("alternatives", toml_edit::Array::from_iter(alternatives));
        }
    }
}
