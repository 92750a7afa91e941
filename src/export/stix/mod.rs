//! STIX 2.1 (OASIS): a bundle with the case as an incident and a report, findings, events and decisions as notes, indicators
//! with their patterns, sightings on assets, techniques, vulnerabilities, actions as courses of action, and relationships.
//!
//! Ids follow from names: those of observables as the standard says, all others from the id of the case and of the entry. What
//! a later commit exports is a new version of the same object: created when the history began, modified at the commit.

mod observable;
mod pattern;

use super::format::{Export, File};
use super::source::{Source, citation, exact, json_text, remark, told_time, without_empty};
use crate::model::{Action, Asset, Citation, Decision, Entry, Event, Evidence, Finding, Indicator, Sighting};
use crate::values::vocabulary::{ActionStatus, AssetKind, Confidence, Marking, Verdict};
use crate::values::{EntryId, Tag, TechniqueId, When};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub fn export(source: &Source<'_>) -> Export {
    let mut bundle = Bundle { source, objects: BTreeMap::new(), refused: Vec::new() };
    bundle.case();
    let objects: Vec<Value> = bundle.objects.into_values().collect();
    let id = format!("bundle--{}", source.uuid(format!("bundle {} {}", source.commit, source.told.marking)));
    let document = json!({ "type": "bundle", "id": id, "objects": objects });
    Export { files: vec![File::new("case.stix.json", json_text(&document))], refused: bundle.refused }
}

struct Bundle<'s, 'c> {
    source: &'s Source<'c>,
    objects: BTreeMap<String, Value>,
    refused: Vec<(EntryId, String)>,
}

/// The marking definitions of TLP 2.0 that OASIS has published
/// (<https://github.com/oasis-open/cti-stix-common-objects/tree/main/extension-definition-specifications/tlp-2.0>).
fn definition(marking: Marking) -> (&'static str, &'static str, &'static str) {
    match marking {
        Marking::Clear => ("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR", "clear"),
        Marking::Green => ("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN", "green"),
        Marking::Amber => ("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER", "amber"),
        Marking::AmberStrict => {
            ("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT", "amber+strict")
        }
        Marking::Red => ("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED", "red"),
    }
}

/// The extension that these definitions need.
const TLP: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// Who has made the objects: one identity for all cases.
fn producer() -> String {
    format!("identity--{}", Source::common_uuid("casebook"))
}

/// A confidence on the scale of 0 to 100 (STIX 2.1, appendix A, None / Low / Med / High).
fn confidence(confidence: Confidence) -> u8 {
    match confidence {
        Confidence::Low => 15,
        Confidence::Moderate => 50,
        Confidence::High => 85,
    }
}

/// A timestamp with the milliseconds that the properties common to all objects have.
fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn tags(tags: &[Tag]) -> Vec<&str> {
    tags.iter().map(|tag| tag.as_str()).collect()
}

impl Bundle<'_, '_> {
    /// Puts an object with a version into the bundle and gives its id.
    fn object(&mut self, kind: &str, name: &str, marking: Marking, fields: Value) -> String {
        let id = format!("{kind}--{}", self.source.uuid(name));
        self.versioned(id, kind, marking, fields)
    }

    fn versioned(&mut self, id: String, kind: &str, marking: Marking, fields: Value) -> String {
        let marking = self.marking(marking);
        let mut object = json!({
            "type": kind,
            "spec_version": "2.1",
            "id": id,
            "created_by_ref": producer(),
            "created": stamp(self.source.began.min(self.source.at)),
            "modified": stamp(self.source.at),
            "object_marking_refs": [marking],
        });
        if kind == "identity" && id == producer() {
            object.as_object_mut().map(|object| object.remove("created_by_ref"));
        }
        if let (Value::Object(object), Value::Object(fields)) = (&mut object, without_empty(fields)) {
            object.extend(fields);
        }
        self.objects.insert(id.clone(), object);
        id
    }

    fn marking(&mut self, marking: Marking) -> &'static str {
        let (id, name, level) = definition(marking);
        self.objects.entry(id.to_owned()).or_insert_with(|| {
            json!({
                "type": "marking-definition",
                "spec_version": "2.1",
                "id": id,
                "created": "2022-10-01T00:00:00.000Z",
                "name": name,
                "extensions": { TLP: { "extension_type": "property-extension", "tlp_2_0": level } },
            })
        });
        id
    }

    fn relationship(&mut self, from: &str, kind: &str, to: &str, marking: Marking) {
        let name = format!("{from} {kind} {to}");
        let fields = json!({ "relationship_type": kind, "source_ref": from, "target_ref": to });
        self.object("relationship", &name, marking, fields);
    }

    fn case(&mut self) {
        let source = self.source;
        let fields = json!({ "name": "casebook", "identity_class": "system", "description": "The program that wrote this bundle." });
        self.versioned(producer(), "identity", Marking::Clear, fields);
        let case = source.case();
        let marking = case.record.as_ref().map_or(source.told.marking, |record| record.value.tlp);
        let record = case.record.as_ref().map(|record| &record.value);
        let lead = record.and_then(|record| record.lead.as_ref());
        let labels: Vec<String> = record
            .map(|record| {
                let mut labels = vec![format!("severity:{}", record.severity), format!("status:{}", record.status)];
                labels.extend(record.category.map(|category| format!("category:{category}")));
                labels.extend(record.outcome.map(|outcome| format!("outcome:{outcome}")));
                labels
            })
            .unwrap_or_default();
        let number = json!([{ "source_name": "casebook", "external_id": source.told.case_id, "description": format!("commit {}", source.commit) }]);
        let incident = self.object(
            "incident",
            "case",
            marking,
            json!({
                "name": source.title(),
                "description": record.and_then(|record| record.summary.as_ref()).map(|text| text.as_str()),
                "labels": labels,
                "external_references": number,
            }),
        );
        self.milestones(&incident, marking);
        if let Some(lead) = lead {
            let fields = json!({ "name": source.name(lead), "identity_class": "individual", "roles": ["lead"] });
            let lead = self.object("identity", &format!("person {lead}"), marking, fields);
            self.relationship(&lead, "related-to", &incident, marking);
        }
        for (entry, asset) in case.assets() {
            self.asset(entry, asset);
        }
        for (entry, indicator) in case.indicators() {
            self.indicator(entry, indicator);
        }
        for (entry, action) in case.actions() {
            self.action(entry, action);
        }
        for (entry, finding) in case.findings() {
            self.finding(entry, finding, &incident);
        }
        for (entry, event) in case.events() {
            self.event(entry, event, &incident);
        }
        for (entry, decision) in case.decisions() {
            self.decision(entry, decision, &incident);
        }
        for (entry, item) in case.evidence() {
            self.evidence(entry, item, &incident);
        }
        for note in &case.notes {
            let fields = json!({ "abstract": note.title(), "content": note.text, "object_refs": [incident] });
            self.object("note", note.path.as_str(), marking, fields);
        }
        self.report(marking);
    }

    fn milestones(&mut self, incident: &str, marking: Marking) {
        let Some(record) = &self.source.case().record else { return };
        let mut said: Vec<String> = Vec::new();
        for (milestone, when) in record.value.milestones.iter().flat_map(|milestones| milestones.in_order()) {
            let Some(when) = when else { continue };
            said.push(format!("{milestone}: {}", told_time(when)));
        }
        if !said.is_empty() {
            let fields = json!({ "abstract": "Milestones", "content": said.join("\n"), "object_refs": [incident] });
            self.object("note", "milestones", marking, fields);
        }
        if let Some(lessons) = &record.value.lessons {
            let fields = json!({ "abstract": "Lessons", "content": lessons.as_str(), "object_refs": [incident] });
            self.object("note", "lessons", marking, fields);
        }
    }

    fn asset(&mut self, entry: &Entry, asset: &Asset) {
        let class = match asset.kind {
            AssetKind::Account | AssetKind::Mailbox => "unknown",
            AssetKind::Network | AssetKind::DataSet | AssetKind::Other => "unknown",
            _ => "system",
        };
        let mut labels: Vec<String> = vec![format!("kind:{}", asset.kind)];
        labels.extend(asset.compromise.map(|word| format!("compromise:{word}")));
        labels.extend(asset.containment.map(|word| format!("containment:{word}")));
        labels.extend(asset.criticality.map(|word| format!("criticality:{word}")));
        labels.extend(asset.tags.iter().map(ToString::to_string));
        let fields = json!({
            "name": asset.name.as_str(),
            "description": asset.description.as_ref().map(|text| text.as_str()),
            "identity_class": class,
            "labels": labels,
            "contact_information": asset.owner.as_ref().map(|owner| self.source.name(owner)),
            "external_references": self.references(entry, &[], asset.identifiers.iter().map(|name| ("identifier".to_owned(), name.to_string()))),
        });
        let marking = self.source.marking(entry.id());
        self.object("identity", &entry.id().to_string(), marking, fields);
    }

    /// References to the entry itself, to the evidence that it cites, and to more, each with the name of what it is.
    fn references(&self, entry: &Entry, citations: &[Citation], more: impl Iterator<Item = (String, String)>) -> Value {
        let mut all = vec![json!({ "source_name": "casebook", "external_id": entry.id().to_string() })];
        for cited in citations {
            all.push(json!({ "source_name": "casebook evidence", "external_id": cited.item.0.to_string(), "description": citation(cited) }));
        }
        all.extend(more.map(|(name, value)| json!({ "source_name": name, "description": value })));
        Value::Array(all)
    }

    /// The object of an entry; `None` where it has none.
    fn of(&self, kind: &str, id: EntryId) -> Option<String> {
        let id = format!("{kind}--{}", self.source.uuid(id));
        self.objects.contains_key(&id).then_some(id)
    }

    fn technique(&mut self, id: &TechniqueId) -> String {
        let number = id.as_str();
        let known = crate::values::attack::technique(number);
        let phases: Vec<Value> = known
            .iter()
            .flat_map(|known| &known.tactics)
            .map(|tactic| json!({ "kill_chain_name": "mitre-attack", "phase_name": tactic.word() }))
            .collect();
        let fields = json!({
            "name": known.map_or(number, |known| known.name),
            "kill_chain_phases": phases,
            "external_references": [{ "source_name": "mitre-attack", "external_id": number }],
        });
        let id = format!("attack-pattern--{}", Source::common_uuid(number));
        self.versioned(id, "attack-pattern", Marking::Clear, fields)
    }

    fn vulnerability(&mut self, cve: &str) -> String {
        let fields = json!({ "name": cve, "external_references": [{ "source_name": "cve", "external_id": cve }] });
        self.versioned(format!("vulnerability--{}", Source::common_uuid(cve)), "vulnerability", Marking::Clear, fields)
    }

    fn indicator(&mut self, entry: &Entry, indicator: &Indicator) {
        let Some((language, pattern)) = pattern::pattern(indicator.r#type, indicator.value.as_str()) else {
            self.refused.push((entry.id(), format!("STIX has no pattern for `{}`", indicator.r#type)));
            return;
        };
        let marking = self.source.marking(entry.id());
        let seen = indicator.first_seen.as_ref().map_or(self.source.began.min(self.source.at), When::earliest);
        let kind = match indicator.verdict {
            Verdict::Malicious => "malicious-activity",
            Verdict::Suspicious => "anomalous-activity",
            Verdict::Benign => "benign",
            Verdict::Unknown => "unknown",
        };
        let times = [("first seen", &indicator.first_seen), ("last seen", &indicator.last_seen)];
        let times = times.into_iter().filter_map(|(name, when)| Some((name.to_owned(), told_time(when.as_ref()?))));
        let mut labels = tags(&indicator.tags);
        labels.extend((indicator.never_defang == Some(true)).then_some("never-defang"));
        let fields = json!({
            "name": indicator.value.as_str(),
            "description": indicator.description.as_ref().map(|text| text.as_str()),
            "indicator_types": [kind],
            "pattern": pattern,
            "pattern_type": language,
            "valid_from": exact(seen),
            "confidence": indicator.confidence.map(confidence),
            "labels": labels,
            "external_references": self.references(entry, &indicator.evidence, times),
        });
        let id = self.object("indicator", &entry.id().to_string(), marking, fields);
        let observed = observable::observables(indicator.r#type, indicator.value.as_str());
        if observed.is_empty() {
            for (number, sighting) in indicator.sightings.iter().enumerate() {
                self.sighting(entry.id(), number, sighting, &id, None);
            }
            return;
        }
        let first = indicator.first_seen.as_ref().map_or(self.source.at, When::earliest);
        let last = indicator.last_seen.as_ref().map_or(first, When::latest).max(first);
        let data = self.observed(&entry.id().to_string(), &observed, (first, last), 1, marking);
        self.relationship(&id, "based-on", &data, marking);
        for (number, sighting) in indicator.sightings.iter().enumerate() {
            self.sighting(entry.id(), number, sighting, &id, Some(&observed));
        }
    }

    fn observed(
        &mut self,
        name: &str,
        observed: &[Map<String, Value>],
        (first, last): (Timestamp, Timestamp),
        count: u64,
        marking: Marking,
    ) -> String {
        let mut ids = Vec::new();
        for object in observed {
            let id = object["id"].as_str().unwrap_or_default().to_owned();
            let marked = self.marking(marking);
            let mut object = object.clone();
            object.insert("object_marking_refs".to_owned(), json!([marked]));
            // The same value may be told under several markings; the one that is told to fewest counts.
            match self.objects.get(&id).and_then(|known| known["object_marking_refs"][0].as_str()) {
                Some(known) if rank(known) >= rank(marked) => {}
                _ => {
                    self.objects.insert(id.clone(), Value::Object(object));
                }
            }
            ids.push(id);
        }
        let fields = json!({ "first_observed": exact(first), "last_observed": exact(last), "number_observed": count.clamp(1, 999_999_999), "object_refs": ids });
        self.object("observed-data", &format!("observed {name}"), marking, fields)
    }

    fn sighting(
        &mut self,
        of: EntryId,
        number: usize,
        sighting: &Sighting,
        indicator: &str,
        observed: Option<&[Map<String, Value>]>,
    ) {
        let marking = self.source.marking(of).max(self.source.marking(sighting.asset.0));
        let name = format!("{of} sighting {number}");
        let times = sighting.time.as_ref().map(|when| (when.earliest(), when.latest()));
        let count = sighting.count.unwrap_or(1).min(999_999_999);
        let data = match (observed, times) {
            (Some(observed), Some(times)) => Some(self.observed(&name, observed, times, count, marking)),
            _ => None,
        };
        let fields = json!({
            "sighting_of_ref": indicator,
            "where_sighted_refs": self.of("identity", sighting.asset.0).into_iter().collect::<Vec<_>>(),
            "observed_data_refs": data.into_iter().collect::<Vec<_>>(),
            "first_seen": times.map(|(first, _)| exact(first)),
            "last_seen": times.map(|(_, last)| exact(last)),
            "count": sighting.count.map(|count| count.min(999_999_999)),
            "description": sighting.time.as_ref().and_then(remark),
        });
        self.object("sighting", &name, marking, fields);
    }

    fn action(&mut self, entry: &Entry, action: &Action) {
        let source = self.source;
        let marking = source.marking(entry.id());
        let mut labels = vec![format!("phase:{}", action.phase), format!("status:{}", action.status)];
        labels.extend(action.priority.map(|priority| format!("priority:{priority}")));
        labels.extend(action.tags.iter().map(ToString::to_string));
        let said = [
            ("owner", action.owner.as_ref().map(|owner| source.name(owner).to_owned())),
            ("assignee", action.assignee.as_ref().map(|person| source.name(person).to_owned())),
            ("due", action.due.map(|due| exact(due.timestamp()))),
            ("done", action.done_at.map(|done| exact(done.timestamp()))),
            ("duty", action.duty.as_ref().map(ToString::to_string)),
            ("outcome", action.outcome.as_ref().map(ToString::to_string)),
        ];
        let said = said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let mut references = self.references(entry, &[], said);
        if let (Some(ticket), Value::Array(references)) = (&action.ticket, &mut references) {
            // In a property of its own, a URL would need a hash of what it leads to.
            let url = ticket.url.as_ref().map(|url| url.as_str());
            references.push(without_empty(json!({ "source_name": ticket.system.as_str(), "external_id": ticket.key.as_str(), "description": url })));
        }
        let fields = json!({
            "name": action.title.as_str(),
            "description": action.description.as_ref().map(|text| text.as_str()),
            "labels": labels,
            "external_references": references,
        });
        let id = self.object("course-of-action", &entry.id().to_string(), marking, fields);
        if action.status == ActionStatus::Declined {
            return;
        }
        for indicator in action
            .indicators
            .iter()
            .filter_map(|indicator| Some((indicator.0, self.of("indicator", indicator.0)?)))
            .collect::<Vec<_>>()
        {
            let marking = marking.max(source.marking(indicator.0));
            self.relationship(&id, "mitigates", &indicator.1, marking);
        }
        for asset in
            action.assets.iter().filter_map(|asset| Some((asset.0, self.of("identity", asset.0)?))).collect::<Vec<_>>()
        {
            let marking = marking.max(source.marking(asset.0));
            self.relationship(&id, "related-to", &asset.1, marking);
        }
    }

    fn finding(&mut self, entry: &Entry, finding: &Finding, incident: &str) {
        let source = self.source;
        let marking = source.marking(entry.id());
        let mut about = vec![incident.to_owned()];
        about.extend(finding.assets.iter().filter_map(|asset| self.of("identity", asset.0)));
        let indicators: Vec<(EntryId, String)> =
            finding.indicators.iter().filter_map(|id| Some((id.0, self.of("indicator", id.0)?))).collect();
        about.extend(indicators.iter().map(|(_, id)| id.clone()));
        about.extend(finding.recommendations.iter().filter_map(|id| self.of("course-of-action", id.0)));
        for id in finding.techniques.iter() {
            let pattern = self.technique(id);
            for (indicator, id) in &indicators {
                self.relationship(id, "indicates", &pattern, marking.max(source.marking(*indicator)));
            }
            about.push(pattern);
        }
        for cve in finding.vulnerabilities.iter() {
            about.push(self.vulnerability(cve.as_str()));
        }
        let mut labels = vec![format!("finding:{}", finding.r#type), format!("status:{}", finding.status)];
        labels.extend(finding.severity.map(|severity| format!("severity:{severity}")));
        labels.extend(finding.tags.iter().map(ToString::to_string));
        let said = [
            ("observed", finding.observed.as_ref().map(told_time)),
            ("reason of the confidence", finding.reason.as_ref().map(ToString::to_string)),
            ("cvss", finding.cvss.as_ref().map(ToString::to_string)),
        ];
        let said = said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let content = [Some(finding.summary.as_str()), finding.analysis.as_ref().map(|text| text.as_str())];
        let fields = json!({
            "abstract": finding.title.as_str(),
            "content": content.into_iter().flatten().collect::<Vec<_>>().join("\n\n"),
            "authors": source.names(&finding.authors),
            "confidence": finding.confidence.map(confidence),
            "labels": labels,
            "object_refs": unique(about),
            "external_references": self.references(entry, &finding.evidence, said),
        });
        self.object("note", &entry.id().to_string(), marking, fields);
    }

    fn event(&mut self, entry: &Entry, event: &Event, incident: &str) {
        let mut about = vec![incident.to_owned()];
        about.extend(
            [event.source, event.destination].into_iter().flatten().filter_map(|asset| self.of("identity", asset.0)),
        );
        about.extend(event.indicators.iter().filter_map(|id| self.of("indicator", id.0)));
        for id in event.techniques.iter() {
            about.push(self.technique(id));
        }
        let mut labels = vec!["event".to_owned(), format!("actor:{}", event.actor)];
        labels.extend(event.tactic.map(|tactic| format!("tactic:{tactic}")));
        labels.extend(event.direction.map(|direction| format!("direction:{direction}")));
        labels.extend(event.tags.iter().map(ToString::to_string));
        let said = [
            ("from", event.source.map(|id| self.source.titled(id.0))),
            ("to", event.destination.map(|id| self.source.titled(id.0))),
            ("account", event.account.as_ref().map(ToString::to_string)),
        ];
        let said = said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let content = event.description.as_ref().map(|text| format!("\n\n{text}")).unwrap_or_default();
        let fields = json!({
            "abstract": event.title.as_str(),
            "content": format!("{}{content}", told_time(&event.time)),
            "labels": labels,
            "object_refs": unique(about),
            "external_references": self.references(entry, &event.evidence, said),
        });
        let marking = self.source.line_marking(entry.id());
        self.object("note", &entry.id().to_string(), marking, fields);
    }

    fn decision(&mut self, entry: &Entry, decision: &Decision, incident: &str) {
        let source = self.source;
        let mut about = vec![incident.to_owned()];
        about.extend(decision.findings.iter().filter_map(|id| self.of("note", id.0)));
        about.extend(decision.assets.iter().filter_map(|id| self.of("identity", id.0)));
        let said = [decision.decision.as_ref(), decision.rationale.as_ref()].into_iter().flatten();
        let content: Vec<&str> = said.map(|text| text.as_str()).collect();
        let said = [
            ("decided", decision.at.map(|at| exact(at.timestamp()))),
            ("due", decision.due.map(|due| exact(due.timestamp()))),
            ("approved by", Some(source.names(&decision.approved_by).join(", ")).filter(|names| !names.is_empty())),
        ];
        let said = said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let alternatives = decision.alternatives.iter().map(|other| ("alternative".to_owned(), other.to_string()));
        let mut labels = vec!["decision".to_owned(), format!("status:{}", decision.status)];
        labels.extend(decision.tags.iter().map(ToString::to_string));
        let fields = json!({
            "abstract": decision.question.as_str(),
            "content": if content.is_empty() { "Not decided yet.".to_owned() } else { content.join("\n\n") },
            "authors": decision.by.as_ref().map(|by| vec![source.name(by)]),
            "labels": labels,
            "object_refs": unique(about),
            "external_references": self.references(entry, &[], said.chain(alternatives)),
        });
        let marking = source.marking(entry.id());
        self.object("note", &entry.id().to_string(), marking, fields);
    }

    fn evidence(&mut self, entry: &Entry, item: &Evidence, incident: &str) {
        let mut about = vec![incident.to_owned()];
        let asset = item.source.as_ref().and_then(|source| source.asset);
        about.extend(asset.and_then(|asset| self.of("identity", asset.0)));
        let mut labels = vec!["evidence".to_owned(), format!("kind:{}", item.kind)];
        labels.extend(item.tags.iter().map(ToString::to_string));
        let description = item.description.as_ref().map(|text| format!("\n\n{text}")).unwrap_or_default();
        let said = [
            ("acquired", Some(told_time(&item.acquired.at))),
            ("method", item.acquired.method.as_ref().map(ToString::to_string)),
            ("sha256 of its list of files", item.list.map(|digest| digest.to_string())),
        ];
        let said = said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let fields = json!({
            "abstract": item.title.as_str(),
            "content": format!("{} files of {} bytes{description}", item.files, item.bytes),
            "authors": [self.source.name(&item.acquired.by)],
            "labels": labels,
            "object_refs": about,
            "external_references": self.references(entry, &[], said),
        });
        let marking = self.source.marking(entry.id());
        self.object("note", &entry.id().to_string(), marking, fields);
    }

    /// The report that holds all of it.
    fn report(&mut self, marking: Marking) {
        let all: Vec<String> =
            self.objects.keys().filter(|id| !id.starts_with("marking-definition--")).cloned().collect();
        let fields = json!({
            "name": self.source.title(),
            "report_types": ["threat-report"],
            "published": stamp(self.source.at),
            "object_refs": all,
        });
        self.object("report", "report", marking.max(self.source.told.marking), fields);
    }
}

/// How few may be told what has this marking definition.
fn rank(id: &str) -> Option<Marking> {
    Marking::ALL.iter().copied().find(|marking| definition(*marking).0 == id)
}

/// The ids without doubles, in their order.
fn unique(ids: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    ids.into_iter().filter(|id| seen.insert(id.clone())).collect()
}
