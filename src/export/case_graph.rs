//! The whole case as a graph of CASE/UCO: items of evidence and their custody as [`super::case_uco`] has them, and with them
//! assets, indicators, events, findings, decisions and actions. The files of items are in the graph of a handover alone.

use super::case_uco::{self, Graph};
use super::contents::Item;
use super::format::{Export, File};
use super::source::{Source, citations, technique};
use crate::model::{Entry, Evidence};
use crate::values::vocabulary::IndicatorType;
use crate::values::{EntryId, Moment, When};
use serde_json::{Value, json};

pub fn export(source: &Source<'_>) -> Export {
    let case = source.case();
    let mut told = Telling { source, graph: Graph::of(case, &source.told.case_id, true) };
    told.entries();
    File::new("case.jsonld", case_uco::document(told.graph)).into()
}

struct Telling<'s, 'c> {
    source: &'s Source<'c>,
    graph: Graph<'c>,
}

impl Telling<'_, '_> {
    fn entries(&mut self) {
        let case = self.source.case();
        let chains = case.chains();
        for (entry, item) in case.evidence() {
            let item = without_files(entry.id(), item);
            self.graph.item(&item, &chains.get(&entry.id()).cloned().unwrap_or_default());
        }
        for (entry, asset) in case.assets() {
            self.put(
                entry,
                "uco-observable:ObservableObject",
                json!({
                    "uco-core:name": asset.name.as_str(),
                    "uco-core:description": asset.description.as_ref().map(|text| text.as_str()),
                }),
                vec![
                    ("kind", Some(asset.kind.to_string())),
                    ("compromise", asset.compromise.map(|word| word.to_string())),
                    ("containment", asset.containment.map(|word| word.to_string())),
                    ("criticality", asset.criticality.map(|word| word.to_string())),
                    ("owner", asset.owner.as_ref().map(ToString::to_string)),
                ]
                .into_iter()
                .chain(asset.identifiers.iter().map(|name| ("identifier", Some(name.to_string()))))
                .collect(),
            );
        }
        for (entry, indicator) in case.indicators() {
            self.indicator(entry, indicator);
        }
        for (entry, event) in case.events() {
            let about = [event.source, event.destination]
                .into_iter()
                .flatten()
                .map(|id| id.0)
                .chain(event.indicators.iter().map(|id| id.0));
            let about = self.references(about);
            let (start, end) = bounds(&event.time);
            self.put(
                entry,
                "uco-core:Event",
                json!({
                    "uco-core:name": event.title.as_str(),
                    "uco-core:description": event.description.as_ref().map(|text| text.as_str()),
                    "uco-core:startTime": start,
                    "uco-core:endTime": end,
                    "uco-core:eventType": event.tactic.map(|tactic| tactic.word()),
                    "uco-core:eventContext": about,
                }),
                vec![
                    ("actor", Some(event.actor.to_string())),
                    ("account", event.account.as_ref().map(ToString::to_string)),
                    ("direction", event.direction.map(|word| word.to_string())),
                ]
                .into_iter()
                .chain(event.techniques.iter().map(|id| ("technique", Some(technique(id.as_str())))))
                .chain(citations(&event.evidence).into_iter().map(|cited| ("citation", Some(cited))))
                .collect(),
            );
        }
        for (entry, finding) in case.findings() {
            let about = finding
                .assets
                .iter()
                .map(|id| id.0)
                .chain(finding.indicators.iter().map(|id| id.0))
                .chain(finding.evidence.iter().map(|cited| cited.item.0));
            let about = self.references(about);
            let statement = [Some(finding.summary.as_str()), finding.analysis.as_ref().map(|text| text.as_str())];
            self.assertion(
                entry,
                finding.title.as_str(),
                statement.into_iter().flatten().collect(),
                about,
                vec![
                    ("status", Some(finding.status.to_string())),
                    ("type", Some(finding.r#type.to_string())),
                    ("confidence", finding.confidence.map(|word| word.to_string())),
                    ("reason", finding.reason.as_ref().map(ToString::to_string)),
                    ("severity", finding.severity.map(|word| word.to_string())),
                    ("observed", finding.observed.as_ref().map(ToString::to_string)),
                    ("cvss", finding.cvss.as_ref().map(ToString::to_string)),
                ]
                .into_iter()
                .chain(finding.authors.iter().map(|author| ("author", Some(self.source.name(author).to_owned()))))
                .chain(finding.techniques.iter().map(|id| ("technique", Some(technique(id.as_str())))))
                .chain(finding.vulnerabilities.iter().map(|cve| ("vulnerability", Some(cve.to_string()))))
                .collect(),
            );
        }
        for (entry, decision) in case.decisions() {
            let about =
                self.references(decision.findings.iter().map(|id| id.0).chain(decision.assets.iter().map(|id| id.0)));
            let statement = [decision.decision.as_ref(), decision.rationale.as_ref()];
            self.assertion(
                entry,
                decision.question.as_str(),
                statement.into_iter().flatten().map(|text| text.as_str()).collect(),
                about,
                vec![
                    ("status", Some(decision.status.to_string())),
                    ("by", decision.by.as_ref().map(|by| self.source.name(by).to_owned())),
                    ("at", decision.at.map(Moment::to_toml)),
                ],
            );
        }
        for (entry, action) in case.actions() {
            let about = self.references(
                action
                    .assets
                    .iter()
                    .map(|id| id.0)
                    .chain(action.findings.iter().map(|id| id.0))
                    .chain(action.indicators.iter().map(|id| id.0)),
            );
            self.put(
                entry,
                "case-investigation:InvestigativeAction",
                json!({
                    "uco-core:name": action.title.as_str(),
                    "uco-core:description": action.description.as_ref().map(|text| text.as_str()),
                    "uco-action:endTime": action.done_at.map(case_uco::time),
                    "uco-action:object": about,
                }),
                vec![
                    ("phase", Some(action.phase.to_string())),
                    ("status", Some(action.status.to_string())),
                    ("priority", action.priority.map(|word| word.to_string())),
                    ("owner", action.owner.as_ref().map(|owner| self.source.name(owner).to_owned())),
                    ("assignee", action.assignee.as_ref().map(|person| self.source.name(person).to_owned())),
                    ("due", action.due.map(Moment::to_toml)),
                    ("outcome", action.outcome.as_ref().map(ToString::to_string)),
                ],
            );
        }
    }

    fn assertion(
        &mut self,
        entry: &Entry,
        name: &str,
        statement: Vec<&str>,
        about: Vec<Value>,
        said: Vec<(&str, Option<String>)>,
    ) {
        let mut said = said;
        said.extend(citations(entry.citations()).into_iter().map(|cited| ("citation", Some(cited))));
        self.put(
            entry,
            "uco-core:Assertion",
            json!({
                "uco-core:name": name,
                "uco-core:statement": statement,
                "uco-core:object": about,
            }),
            said,
        );
    }

    fn indicator(&mut self, entry: &Entry, indicator: &crate::model::Indicator) {
        let value = indicator.value.as_str();
        let facet = facet(indicator.r#type, value)
            .map(|(class, fields)| self.graph.node("facet", &entry.id().to_string(), class, fields));
        let seen = indicator.sightings.iter().map(|sighting| {
            let time = sighting.time.as_ref().map(|when| format!(" {when}")).unwrap_or_default();
            let count = sighting.count.map(|count| format!(", {count} times")).unwrap_or_default();
            ("sighting", Some(format!("{}{time}{count}", self.source.titled(sighting.asset.0))))
        });
        let said: Vec<(&str, Option<String>)> = vec![
            ("type", Some(indicator.r#type.to_string())),
            ("value", Some(value.to_owned())),
            ("verdict", Some(indicator.verdict.to_string())),
            ("confidence", indicator.confidence.map(|word| word.to_string())),
            ("first seen", indicator.first_seen.as_ref().map(ToString::to_string)),
            ("last seen", indicator.last_seen.as_ref().map(ToString::to_string)),
        ]
        .into_iter()
        .chain(seen)
        .chain(citations(&indicator.evidence).into_iter().map(|cited| ("citation", Some(cited))))
        .collect();
        self.put(
            entry,
            "uco-observable:ObservableObject",
            json!({
                "uco-core:name": value,
                "uco-core:description": indicator.description.as_ref().map(|text| text.as_str()),
                "uco-core:hasFacet": facet.into_iter().collect::<Vec<_>>(),
            }),
            said,
        );
    }

    fn references(&mut self, ids: impl Iterator<Item = EntryId>) -> Vec<Value> {
        let ids: std::collections::BTreeSet<EntryId> = ids.collect();
        ids.into_iter().map(|id| self.graph.reference(id)).collect()
    }

    /// Puts the node of an entry into the graph, with its marking, its tags and what is said of it in words.
    fn put(&mut self, entry: &Entry, class: &str, fields: Value, said: Vec<(&str, Option<String>)>) {
        let id = entry.id();
        let marking = self.graph.marking(self.source.line_marking(id));
        let mut tags: Vec<String> = entry.tags().iter().map(ToString::to_string).collect();
        tags.extend(said.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?))));
        let number =
            json!({ "uco-core:definingContext": "the id of the entry", "uco-core:externalIdentifier": id.to_string() });
        let number = self.graph.node("number", &id.to_string(), "uco-core:ExternalReference", number);
        let mut fields = fields;
        fields["uco-core:tag"] = json!(tags);
        fields["uco-core:objectMarking"] = marking;
        fields["uco-core:externalReference"] = number;
        self.graph.entry(id, class, fields);
    }
}

/// An item of which only the record is told.
fn without_files(id: EntryId, record: &Evidence) -> Item<'_, 'static> {
    Item { id, record, list: record.list.map(|_| Vec::new()), files: Vec::new() }
}

fn bounds(when: &When) -> (Value, Value) {
    (case_uco::time(Moment::utc(when.earliest())), case_uco::time(Moment::utc(when.latest())))
}

/// The facet that UCO has for a value.
fn facet(kind: IndicatorType, value: &str) -> Option<(&'static str, Value)> {
    use IndicatorType as Type;
    Some(match kind {
        Type::IpSrc | Type::IpDst if value.contains(':') => {
            ("uco-observable:IPv6AddressFacet", json!({ "uco-observable:addressValue": value }))
        }
        Type::IpSrc | Type::IpDst => {
            ("uco-observable:IPv4AddressFacet", json!({ "uco-observable:addressValue": value }))
        }
        Type::Domain | Type::Hostname => ("uco-observable:DomainNameFacet", json!({ "uco-observable:value": value })),
        Type::Url => ("uco-observable:URLFacet", json!({ "uco-observable:fullValue": value })),
        Type::Email | Type::EmailSrc | Type::EmailDst => {
            ("uco-observable:EmailAddressFacet", json!({ "uco-observable:addressValue": value }))
        }
        Type::MacAddress => ("uco-observable:MACAddressFacet", json!({ "uco-observable:addressValue": value })),
        Type::Filename => ("uco-observable:FileFacet", json!({ "uco-observable:fileName": value })),
        Type::Regkey => ("uco-observable:WindowsRegistryKeyFacet", json!({ "uco-observable:key": value })),
        Type::Mutex => ("uco-observable:MutexFacet", json!({ "uco-observable:mutexName": value })),
        _ => return None,
    })
}
