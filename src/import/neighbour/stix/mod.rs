//! STIX 2.0 and 2.1: bundles, and lists of objects as TAXII gives them.
//!
//! Indicators whose pattern asks for equality are the values that it names; others keep their pattern as their value, of the
//! type `other`, or of yara, sigma and snort. What they are said to indicate is the verdict: malicious activity is malicious,
//! anomalous activity suspicious, benign benign. Observables are indicators of which nothing is known; when they were observed is
//! when they were seen. Identities of the class `system` are assets. Courses of action are recommendations. Notes and reports
//! are notes. Malware, tools, actors, campaigns and the like, and how they relate, are told in one note, since a case has no entries for
//! them. Of an ATT&CK Flow, actions with a time are events, those without one are findings to be confirmed, and assets are assets.

mod flow;
mod observable;
mod own;
mod pattern;

use self::observable::OBSERVABLES;
use super::Neighbour;
use super::entries::{self, Fill, Observed, mark, settle};
use super::fields::{Fields, document};
use super::prose::{self, Prose};
use super::words;
use crate::import::{Made, Making, Outcome};
use crate::ingest::format::Head;
use crate::ingest::instant::Form;
use crate::ingest::json::text;
use crate::values::vocabulary::{AssetKind, IndicatorType, Marking};
use crate::values::{EntryId, Kind, When};
use serde_json::Value;
use std::collections::BTreeMap;

pub const FLOW: Neighbour = Neighbour {
    name: "attack-flow",
    what: "an ATT&CK Flow 2: a bundle of STIX with attack-actions",
    keeps: "actions with a time as events, those without one as draft findings, assets; conditions and the order of actions as a note; and everything of STIX",
    loses: "the layout of the picture",
    detect: |head| is_bundle(head) && ["\"attack-flow\"", FLOW_EXTENSION].iter().any(|mark| head.text().contains(mark)),
    read,
};

pub const FORMAT: Neighbour = Neighbour {
    name: "stix",
    what: "a bundle of STIX 2.0 or 2.1",
    keeps: "indicators, observables, sightings on systems, courses of action, notes, reports, TLP, confidence, labels; actors, malware, tools, campaigns and relationships as one note",
    loses: "granular markings, statements of markings, custom properties",
    detect: is_bundle,
    read,
};

/// The definition of the extension that an ATT&CK Flow needs.
const FLOW_EXTENSION: &str = "fb9c968a-745b-4ade-9b25-c324172197f4";

fn is_bundle(head: &Head<'_>) -> bool {
    let text = head.text();
    text.trim_start().starts_with('{')
        && text.contains("\"objects\"")
        && (text.contains("\"bundle\"") || text.contains("\"spec_version\"") || text.contains("--"))
        && text.contains("\"type\"")
}

/// An object with its place.
struct Object {
    pointer: String,
    value: Value,
}

/// The most sightings that one object makes: of each of its indicators on each of its systems.
const MAX_SIGHTINGS: usize = 1000;

/// Objects that are read with those that name them, and say nothing by themselves.
const JOINED: &str = "read with what it joins or marks";

/// A bundle in the reading.
struct Bundle {
    objects: Vec<Object>,
    /// Where the object of an id stands; one without an id has its place as one.
    by_id: BTreeMap<String, usize>,
    markings: BTreeMap<String, Marking>,
    /// The entries that objects have become.
    made: BTreeMap<String, Vec<EntryId>>,
    /// Whether casebook wrote it.
    is_own: bool,
    /// The ids of what objects are related to.
    targets: BTreeMap<String, Vec<String>>,
    /// What the note of the bundle says of objects and of how they relate, and the records that stand in it.
    said: Vec<String>,
    related: Vec<String>,
    told: Vec<Fields>,
}

fn read(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let document = document(bytes)?;
    let list = document.get("objects").and_then(Value::as_array).ok_or("it has no list of objects")?;
    let mut bundle = Bundle::of(list, making);
    for pass in PASSES {
        for at in 0..bundle.objects.len() {
            let kind = bundle.kind(at).to_owned();
            if pass.contains(&kind.as_str())
                || (pass.is_empty() && !PASSES.iter().any(|pass| pass.contains(&kind.as_str())))
            {
                bundle.object(at, &kind, making);
            }
        }
    }
    bundle.note(making);
    Ok(())
}

/// Which objects are read before which: what others refer to comes first. The empty one is for all others.
const PASSES: &[&[&str]] = &[
    &["marking-definition", "extension-definition", "language-content"],
    &["identity", "attack-asset"],
    &["indicator"],
    OBSERVABLES,
    &["observed-data", "sighting"],
    &["course-of-action"],
    &["attack-action"],
    &["note"],
    &[],
    &["relationship"],
];

impl Bundle {
    fn of(list: &[Value], making: &mut Making<'_>) -> Self {
        let mut bundle = Self {
            objects: Vec::new(),
            by_id: BTreeMap::new(),
            markings: BTreeMap::new(),
            made: BTreeMap::new(),
            is_own: false,
            targets: BTreeMap::new(),
            said: Vec::new(),
            related: Vec::new(),
            told: Vec::new(),
        };
        let modified = |value: &Value| value.get("modified").map(text).unwrap_or_default();
        let mut latest: BTreeMap<&str, String> = BTreeMap::new();
        for value in list {
            if let Some(id) = id_of(value) {
                let known = latest.entry(id).or_default();
                *known = modified(value).max(std::mem::take(known));
            }
        }
        for (number, value) in list.iter().enumerate() {
            let pointer = format!("/objects/{number}");
            let id = id_of(value);
            let is_older = id.is_some_and(|id| latest.get(id) != Some(&modified(value)));
            let id = id.unwrap_or(&pointer);
            if !value.is_object() {
                making.count(format!("json:{pointer}"), Outcome::Refused("it is no object".to_owned()));
            } else if is_older || bundle.by_id.contains_key(id) {
                making.count(
                    format!("json:{pointer}"),
                    Outcome::Skipped("an older version of an object, or the same again".to_owned()),
                );
            } else if value.get("revoked") == Some(&Value::Bool(true)) {
                making.count(format!("json:{pointer}"), Outcome::Skipped("revoked there".to_owned()));
            } else {
                bundle.is_own |=
                    value.get("type").and_then(Value::as_str) == Some("incident") && own_reference(value).is_some();
                let end = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
                if let (Some(from), Some(to)) = (end("source_ref"), end("target_ref")) {
                    bundle.targets.entry(from).or_default().push(to);
                }
                bundle.by_id.insert(id.to_owned(), bundle.objects.len());
                bundle.objects.push(Object { pointer, value: value.clone() });
            }
        }
        bundle
    }

    fn kind(&self, at: usize) -> &str {
        self.objects[at].value.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    fn get(&self, id: &str) -> Option<&Value> {
        self.by_id.get(id).map(|at| &self.objects[*at].value)
    }

    /// The objects that an object refers to in a list.
    fn referred<'b>(&'b self, value: &'b Value, key: &str) -> impl Iterator<Item = (&'b str, &'b Value)> {
        let ids = value.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        ids.filter_map(|id| Some((id, self.get(id)?)))
    }

    /// The entries of the objects of a list that are of a kind.
    fn entries(&self, ids: &[String], kind: Kind) -> Vec<EntryId> {
        let all = ids.iter().filter_map(|id| self.made.get(id)).flatten().copied();
        all.filter(|id| id.kind() == kind).collect()
    }

    fn object(&mut self, at: usize, kind: &str, making: &mut Making<'_>) {
        let Object { pointer, value } = &self.objects[at];
        let id = id_of(value).unwrap_or(pointer).to_owned();
        let value = value.clone();
        let Ok(mut fields) = Fields::of_json(&value, pointer) else { return };
        let marking = self.marking(&mut fields, making);
        fields.pass(&[
            "type",
            "spec_version",
            "id",
            "created",
            "modified",
            "created_by_ref",
            "lang",
            "extensions",
            "revoked",
            "defanged",
        ]);
        let one = One { id, value, marking };
        match kind {
            "marking-definition" => self.definition(&one, fields, making),
            "indicator" => self.indicator(&one, fields, making),
            "observed-data" => self.observed(&one, fields, making),
            "sighting" => self.sighting(fields, making),
            "identity" => self.identity(&one, fields, making),
            "course-of-action" => self.action(&one, fields, making),
            "note" => self.any_note(&one, fields, making),
            "incident" => self.incident(&one, fields, making),
            "attack-action" => self.attack_action(&one, fields, making),
            "attack-asset" => self.attack_asset(&one, fields, making),
            "extension-definition" | "language-content" => fields.count(making, Outcome::Skipped(JOINED.to_owned())),
            kind if OBSERVABLES.contains(&kind) => self.observable(kind, &one, fields, making),
            kind => self.context(kind, &one, fields, making),
        }
    }

    /// The highest marking of an object.
    fn marking(&self, fields: &mut Fields, making: &mut Making<'_>) -> Option<Marking> {
        let ids = fields.texts("object_marking_refs");
        let found = ids.iter().filter_map(|id| self.markings.get(id).copied().or_else(|| tlp_of(id))).max();
        if !fields.list("granular_markings").is_empty() {
            making.lose("granular_markings: the whole object has its own marking");
        }
        found
    }

    fn definition(&mut self, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        let said = [
            "/name",
            "/definition/tlp",
            "/extensions/extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d/tlp_2_0",
        ];
        let marking = said.iter().find_map(|pointer| words::marking(one.value.pointer(pointer)?.as_str()?));
        if let Some(marking) = marking.or_else(|| tlp_of(&one.id)) {
            self.markings.insert(one.id.clone(), marking);
            fields.pass(&["name", "definition", "definition_type"]);
        }
        fields.pass(&["definition_type"]);
        fields.lose_rest("marking-definition", making);
        fields.count(making, Outcome::Skipped(JOINED.to_owned()));
    }

    fn identity(&mut self, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        let own = one.own(Kind::Asset);
        let is_system = fields.text("identity_class").as_deref() == Some("system") && !is_producer(&one.value);
        if own.is_none() && !is_system {
            if self.is_own {
                return fields.count(making, Outcome::Skipped("people and programs that wrote the bundle".to_owned()));
            }
            return self.context("identity", one, fields, making);
        }
        let name = fields.text("name").unwrap_or_default();
        let labels = fields.texts("labels");
        let description = fields.text("description").unwrap_or_default();
        let owner = fields.text("contact_information");
        let references = fields.list("external_references");
        let (facts, tags) = own::labels(&labels, &["kind", "compromise", "containment", "criticality"]);
        let kind = facts.get("kind").and_then(|kind| kind.parse().ok()).unwrap_or(AssetKind::Host);
        fields.pass(&["roles", "sectors"]);
        fields.lose_rest("identity", making);
        let id = entries::asset(making, &fields, &one.id, own, (&name, kind), &mut |entry, making| {
            mark(entry, making, one.marking);
            entry.set("tags", words::tags(tags.iter().map(String::as_str), making).own);
            for key in ["compromise", "containment", "criticality"] {
                entry.maybe(key, facts.get(key));
            }
            entry.set("identifiers", own::said(&references, "identifier"));
            entry.maybe("owner", owner.as_deref().and_then(|owner| words::group(owner, making)));
            entry.markdown("description", &description);
        });
        self.made.entry(one.id.clone()).or_default().extend(id);
    }

    fn indicator(&mut self, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        let pattern = fields.text("pattern").unwrap_or_default();
        let language = fields.text("pattern_type").unwrap_or_else(|| "stix".to_owned());
        let found = if language == "stix" { pattern::values(&pattern) } else { None };
        let is_whole = found.as_ref().is_some_and(|found| found.is_whole);
        let values = match found {
            Some(found) => found.values,
            None if pattern.contains('\n') => {
                return self.context("indicator", one, fields.with("pattern", &pattern), making);
            }
            None => {
                let kind = if language == "suricata" { Some(IndicatorType::Snort) } else { language.parse().ok() };
                vec![(kind.unwrap_or(IndicatorType::Other), pattern.clone())]
            }
        };
        let own = one.own(Kind::Indicator);
        let mut labels = fields.texts("labels");
        let mut types = fields.texts("indicator_types");
        // STIX 2.0 has them among the labels.
        labels.retain(|label| {
            verdict(label).is_none() || {
                types.push(label.clone());
                false
            }
        });
        let verdict = ["malicious", "suspicious", "benign"]
            .into_iter()
            .find(|worst| types.iter().any(|word| verdict(word) == Some(worst)))
            .unwrap_or_default();
        let never = labels.iter().any(|label| label == "never-defang");
        labels.retain(|label| label != "never-defang");
        let references = fields.list("external_references");
        let confidence = fields.text("confidence").and_then(|number| words::confidence(&number));
        let name = fields.text("name");
        let mut said = Prose::default();
        said.add(fields.text("description"));
        if own.is_none() {
            let only = values.len() == 1 && values.first().map(|(_, value)| value) == name.as_ref();
            said.fact("Name", name.as_ref().filter(|name| !only && **name != pattern));
            said.fact("Valid from", fields.text("valid_from")).fact("Valid until", fields.text("valid_until"));
            said.fact(
                "Types",
                Some(
                    types.iter().filter(|word| self::verdict(word) == Some("")).cloned().collect::<Vec<_>>().join(", "),
                ),
            );
            said.fact("Kill chain", Some(phases(&mut fields)));
            said.raw((!is_whole && values.first().is_some_and(|(_, value)| *value != pattern)).then_some(&pattern));
            link(&references, &mut said);
        }
        fields.pass(&["valid_from", "valid_until", "pattern_version", "kill_chain_phases"]);
        fields.lose_rest("indicator", making);
        let mut fill = |entry: &mut Made, making: &mut Making<'_>| {
            mark(entry, making, one.marking);
            entry.word("verdict", if verdict.is_empty() { "unknown" } else { verdict }).maybe("confidence", confidence);
            entry
                .set("tags", words::tags(labels.iter().map(String::as_str), making).own)
                .markdown("description", &said.text());
            if own == Some(entry.id) {
                for (name, key) in [("first seen", "first_seen"), ("last seen", "last_seen")] {
                    if let Some(when) = own::said(&references, name).first().and_then(|text| prose::told_time(text)) {
                        entry.when(key, &when);
                    }
                }
                if never {
                    entry.flag("never_defang", true);
                }
                own::cite(&references, entry, making);
            }
        };
        let ids = make(making, &fields, (&one.id, own), &values, &mut fill);
        self.made.entry(one.id.clone()).or_default().extend(ids);
    }

    fn sighting(&mut self, mut fields: Fields, making: &mut Making<'_>) {
        let of = fields.text("sighting_of_ref").unwrap_or_default();
        let places = fields.texts("where_sighted_refs");
        let assets = self.entries(&places, Kind::Asset);
        let remark = fields.text("description");
        let last = time(&mut fields, "last_seen", making);
        let when = time(&mut fields, "first_seen", making);
        // Only a remark of casebook says that first and last are one time that is not known exactly.
        let when = when.map(|when| if self.is_own { prose::recalled(when, remark.as_deref()) } else { when });
        let count = fields.text("count").and_then(|count| count.parse::<i64>().ok());
        fields.pass(&["observed_data_refs", "summary", "labels"]);
        fields.lose_rest("sighting", making);
        let ids = self.entries(std::slice::from_ref(&of), Kind::Indicator);
        let mut is_said = false;
        if ids.len().saturating_mul(assets.len()) > MAX_SIGHTINGS {
            making.lose(&format!("sighting: more than {MAX_SIGHTINGS} of indicators on systems at once"));
        }
        let pairs = ids.iter().flat_map(|id| assets.iter().map(move |asset| (id, asset)));
        for (id, asset) in pairs.take(MAX_SIGHTINGS) {
            let Some(entry) = making.made_mut(*id) else { continue };
            let mut cells = vec![("asset", asset.to_string().into())];
            cells.extend(when.as_ref().map(|when| ("time", crate::import::made::when_value(when))));
            cells.extend(count.map(|count| ("count", count.into())));
            entry.row("sightings", cells);
            is_said = true;
        }
        if is_said {
            return fields.count(making, Outcome::Taken);
        }
        if !ids.is_empty() && !assets.is_empty() {
            return fields.count(making, entries::in_case());
        }
        let name = |id: &String| self.name(id);
        let places: Vec<String> = places.iter().map(name).collect();
        let times: Vec<String> = [when, last].iter().flatten().map(ToString::to_string).collect();
        self.related.push(format!(
            "- sighting of {} at {} ({})",
            self.name(&of),
            places.join(", "),
            times.join(" to ")
        ));
        self.told.push(fields);
    }

    fn action(&mut self, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        let own = one.own(Kind::Action);
        let mut entry = Made::new(entries::identity(making, Kind::Action, &one.id, own));
        let references = fields.list("external_references");
        let labels = fields.texts("labels");
        let (facts, tags) = own::labels(&labels, &["phase", "status", "priority"]);
        let mut said = Prose::default();
        said.add(fields.text("description"));
        entry.line("title", &fields.text("name").unwrap_or_else(|| "(no title)".to_owned()));
        entry.set("tags", words::tags(tags.iter().map(String::as_str), making).own);
        mark(&mut entry, making, one.marking);
        if own == Some(entry.id) {
            let related = self.targets.get(&one.id).cloned().unwrap_or_default();
            own::action(&mut entry, &facts, &references, making);
            entry
                .set("assets", self.entries(&related, Kind::Asset))
                .set("indicators", self.entries(&related, Kind::Indicator));
        } else {
            link(&references, &mut said);
            entry.word("phase", "recommend").word("status", "open");
        }
        entry.markdown("description", &said.text());
        fields.lose_rest("course-of-action", making);
        let id = entry.id;
        if settle(making, &fields, entry) || making.is_known(id) {
            self.made.entry(one.id.clone()).or_default().push(id);
        }
    }

    fn any_note(&mut self, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        if self.is_own && self.own_note(one, &mut fields, making) {
            return;
        }
        let title = fields.text("abstract").unwrap_or_else(|| "Note".to_owned());
        let mut said = Prose::default();
        said.add(fields.text("content")).fact("Authors", Some(fields.texts("authors").join(", ")));
        if !self.is_own {
            let about: Vec<String> = self.referred(&one.value, "object_refs").map(|(id, _)| self.name(id)).collect();
            said.fact("About", Some(about.join(", ")));
        }
        fields.pass(&["object_refs", "labels", "confidence", "external_references"]);
        fields.lose_rest("note", making);
        entries::note(making, &fields, &title, &said);
    }

    fn incident(&mut self, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        for (key, name) in [("title", "name"), ("summary", "description")] {
            if let Some(text) = fields.text(name) {
                making.tell(key, &text);
            }
        }
        let labels = fields.texts("labels");
        let (facts, _) = own::labels(&labels, &["severity", "category", "outcome"]);
        facts.iter().for_each(|(key, value)| making.tell(key, value));
        if let Some(marking) = one.marking {
            making.tell("tlp", marking.word());
        }
        fields.pass(&["external_references"]);
        fields.lose_rest("incident", making);
        fields.count(making, Outcome::Skipped("what it says of the case as a whole is to be set by hand".to_owned()));
    }

    /// What is no entry: told in the note of the bundle.
    fn context(&mut self, kind: &str, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        if self.is_own {
            return fields.count(making, Outcome::Skipped(JOINED.to_owned()));
        }
        if kind == "relationship" {
            let (from, to) =
                (fields.text("source_ref").unwrap_or_default(), fields.text("target_ref").unwrap_or_default());
            let how = fields.text("relationship_type").unwrap_or_default().replace('-', " ");
            let description = fields.text("description").map(|text| format!(": {text}")).unwrap_or_default();
            self.related.push(format!("- {} {how} {}{description}", self.name(&from), self.name(&to)));
        } else {
            let name = self.name(&one.id);
            let mut said = Prose::default();
            said.add(fields.text("description"));
            fields.pass(&["name"]);
            for key in fields.rest() {
                let value = fields.value(&key).unwrap_or_default();
                if let Some(lines) = value.as_str().filter(|text| text.contains('\n')) {
                    said.raw(Some(lines));
                    continue;
                }
                said.fact(&key.replace('_', " "), Some(self.shown(&value)));
            }
            self.said.push(format!("## {}: {name}\n\n{}", kind.replace('-', " "), said.text()).trim_end().to_owned());
        }
        fields.lose_rest(kind, making);
        self.told.push(fields);
    }

    /// A value in one line, with the names of what it refers to.
    fn shown(&self, value: &Value) -> String {
        match value {
            Value::Array(list) => list.iter().map(|value| self.shown(value)).collect::<Vec<_>>().join(", "),
            Value::Object(object) => {
                let parts = object.iter().map(|(key, value)| format!("{key} {}", self.shown(value)));
                parts.collect::<Vec<_>>().join(" ")
            }
            Value::String(id) if self.by_id.contains_key(id) => self.name(id),
            single => crate::import::made::one_line(&text(single)),
        }
    }

    /// What people call an object.
    fn name(&self, id: &str) -> String {
        let Some(value) = self.get(id) else { return id.to_owned() };
        let said = ["name", "value", "key", "abstract", "opinion", "operator", "description"]
            .iter()
            .find_map(|key| value.get(*key)?.as_str());
        said.map_or_else(|| id.to_owned(), crate::import::made::one_line)
    }

    fn pointer(&self, id: &str) -> &str {
        self.by_id.get(id).map_or("", |at| &self.objects[*at].pointer)
    }

    fn note(self, making: &mut Making<'_>) {
        if self.told.is_empty() {
            return;
        }
        let named = ["report", "grouping", "campaign", "attack-flow", "intrusion-set"].iter().find_map(|kind| {
            let of_kind =
                self.objects.iter().find(|object| object.value.get("type").and_then(Value::as_str) == Some(*kind));
            of_kind?.value.get("name")?.as_str()
        });
        let title = named.unwrap_or("Bundle of STIX");
        let mut said = Prose::default();
        said.add(Some(self.said.join("\n\n")));
        if !self.related.is_empty() {
            said.add(Some(format!("## How they relate\n\n{}", self.related.join("\n"))));
        }
        let outcome = entries::take_note(making, title, &said);
        self.told.iter().for_each(|fields| fields.count(making, outcome.clone()));
    }
}

/// An object in the reading.
struct One {
    /// Its id, or its place in the document, where it has none.
    id: String,
    value: Value,
    marking: Option<Marking>,
}

impl One {
    /// The id under which casebook exported it, where that is of a kind.
    fn own(&self, kind: Kind) -> Option<EntryId> {
        own_reference(&self.value)?.parse().ok().filter(|id: &EntryId| id.kind() == kind)
    }
}

fn id_of(value: &Value) -> Option<&str> {
    value.get("id")?.as_str().filter(|id| !id.is_empty())
}

fn own_reference(value: &Value) -> Option<&str> {
    let references = value.get("external_references")?.as_array()?;
    let own =
        references.iter().find(|reference| reference.get("source_name").and_then(Value::as_str) == Some("casebook"))?;
    own.get("external_id")?.as_str()
}

fn is_producer(value: &Value) -> bool {
    value.get("created_by_ref").is_none() && value.get("name").and_then(Value::as_str) == Some("casebook")
}

/// Makes indicators of values, each under a key of its own.
fn make(
    making: &mut Making<'_>,
    fields: &Fields,
    (key, own): (&str, Option<EntryId>),
    values: &[(IndicatorType, String)],
    fill: &mut Fill<'_>,
) -> Vec<EntryId> {
    let keys: Vec<String> =
        (0..values.len()).map(|at| if at == 0 { key.to_owned() } else { format!("{key}/{at}") }).collect();
    let all: Vec<Observed<'_>> =
        values.iter().zip(&keys).map(|((kind, value), key)| Observed { key, own, kind: *kind, value }).collect();
    entries::indicators(making, fields, &all, fill)
}

/// What a type of indicator says of it; empty where that is no verdict.
fn verdict(word: &str) -> Option<&'static str> {
    match word {
        "malicious-activity" => Some("malicious"),
        "anomalous-activity" => Some("suspicious"),
        "benign" => Some("benign"),
        "unknown" | "anonymization" | "attribution" | "compromised" => Some(""),
        _ => None,
    }
}

fn phases(fields: &mut Fields) -> String {
    let phases = fields.list("kill_chain_phases");
    let names = phases.iter().filter_map(|phase| phase.get("phase_name")?.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// References to elsewhere, as facts.
fn link(references: &[Value], said: &mut Prose) {
    for reference in references {
        let get = |key: &str| reference.get(key).and_then(Value::as_str);
        let parts: Vec<&str> = ["external_id", "url", "description"].iter().filter_map(|key| get(key)).collect();
        said.fact(get("source_name").unwrap_or("Reference"), Some(parts.join(" ")));
    }
}

fn time(fields: &mut Fields, name: &str, making: &mut Making<'_>) -> Option<When> {
    let text = fields.text(name)?;
    let when = words::when(&text, Form::Iso, making);
    if when.is_err() {
        making.lose(&format!("{name} that is no time"));
    }
    when.ok()
}

/// The markings that STIX and OASIS have published (STIX 2.1, section 7.2.1.4; TLP 2.0 as an extension).
fn tlp_of(id: &str) -> Option<Marking> {
    Some(match id.strip_prefix("marking-definition--")? {
        "613f2e26-407d-48c7-9eca-b8e91df99dc9" | "94868c89-83c2-464b-929b-a1a8aa3c8487" => Marking::Clear,
        "34098fce-860f-48ae-8e50-ebd3cc5e41da" | "bab4a63c-aed9-4cf5-a766-dfca5abac2bb" => Marking::Green,
        "f88d31f6-486f-44da-b317-01333bde0b82" | "55d920b0-5e8b-4f79-9ee9-91f868d9b421" => Marking::Amber,
        "939a9414-2ddd-4d32-a0cd-375ea402b003" => Marking::AmberStrict,
        "5e57c739-391a-4eb3-b6be-7d15ca92d5ed" | "e828b379-4e03-4974-9ac4-e53a884c97c1" => Marking::Red,
        _ => return None,
    })
}
