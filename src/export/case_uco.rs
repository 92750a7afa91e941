//! Items and custody as a graph of CASE/UCO (<https://caseontology.org>), which other forensic programs read.
//!
//! An item is a provenance record whose exhibit number is its id, over its files or its device. What was done with it are
//! investigative actions, each informed by the one before: the acquisition, the run of the tool that made it, and each custody
//! event. The ids of all nodes follow from the id of the case and what they stand for, so the same case gives the same graph.

use super::contents::{Contents, Item};
use crate::model::{Acquired, Case, Chain, Custody, Derivation, Entry};
use crate::values::vocabulary::Marking;
use crate::values::{EntryId, Kind, Moment, Sha256, When};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The graph of these items, as JSON-LD. Without the context, it says nothing that is not of the items themselves: neither the
/// title of the case nor the names of assets.
pub fn graph(case: &Case, contents: &Contents<'_, '_>, with_context: bool) -> String {
    let case_id = case.record.as_ref().map(|record| record.value.id.to_string()).unwrap_or_default();
    let mut graph = Graph::of(case, &case_id, with_context);
    let chains = case.chains();
    for item in &contents.items {
        let chain = chains.get(&item.id).cloned().unwrap_or_default();
        graph.item(item, &chain);
    }
    document(graph)
}

/// The text of a graph.
pub(super) fn document(graph: Graph<'_>) -> String {
    let document = json!({ "@context": context(), "@graph": graph.finish() });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn context() -> Value {
    let uco = |name: &str| format!("https://ontology.unifiedcyberontology.org/uco/{name}/");
    let mut context: Map<String, Value> = ["action", "core", "identity", "marking", "observable", "tool", "types"]
        .into_iter()
        .map(|name| (format!("uco-{name}"), json!(uco(name))))
        .collect();
    context.insert("case-investigation".to_owned(), json!("https://ontology.caseontology.org/case/investigation/"));
    context.insert("xsd".to_owned(), json!("http://www.w3.org/2001/XMLSchema#"));
    Value::Object(context)
}

/// The nodes so far, by their ids.
pub(super) struct Graph<'c> {
    case: &'c Case,
    case_id: String,
    with_context: bool,
    nodes: BTreeMap<String, Value>,
    /// What the investigation is made of.
    parts: BTreeSet<String>,
    authorities: BTreeSet<String>,
    /// Items that others were made from.
    inputs: BTreeSet<EntryId>,
}

impl<'c> Graph<'c> {
    pub(super) fn of(case: &'c Case, case_id: &str, with_context: bool) -> Self {
        let case_id = case_id.to_owned();
        let (nodes, parts) = (BTreeMap::new(), BTreeSet::new());
        Self { case, case_id, with_context, nodes, parts, authorities: BTreeSet::new(), inputs: BTreeSet::new() }
    }

    /// The id of what `name` stands for in this case.
    fn id(&self, kind: &str, name: &str) -> String {
        let digest = Sha256::of(format!("casebook\0{}\0{kind}\0{name}", self.case_id).as_bytes());
        let mut bytes: [u8; 16] = std::array::from_fn(|at| digest.0[at]);
        // In the layout of UUIDs that follow from a name (RFC 9562, version 5), which the validators of CASE ask for.
        bytes[6] = bytes[6] & 0x0f | 0x50;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let digits = hex::encode(bytes);
        let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
        format!("urn:uuid:{}", groups.join("-"))
    }

    /// Puts a node into the graph, unless it is there, and gives a reference to it.
    pub(super) fn node(&mut self, kind: &str, name: &str, class: &str, fields: Value) -> Value {
        let id = self.id(kind, name);
        let mut node = Map::new();
        node.insert("@id".to_owned(), json!(id));
        node.insert("@type".to_owned(), json!(class));
        if let Value::Object(fields) = fields {
            node.extend(fields.into_iter().filter(|(_, value)| !value.is_null() && *value != json!([])));
        }
        self.nodes.entry(id.clone()).or_insert(Value::Object(node));
        json!({ "@id": id })
    }

    /// Puts the node of an entry into the graph, in the place of what was known of it, as a part of the investigation.
    pub(super) fn entry(&mut self, entry: EntryId, class: &str, fields: Value) {
        let id = self.id(node_kind(entry), &entry.to_string());
        self.nodes.remove(&id);
        self.part(node_kind(entry), &entry.to_string(), class, fields);
    }

    /// A reference to the node of an entry.
    pub(super) fn reference(&self, entry: EntryId) -> Value {
        json!({ "@id": self.id(node_kind(entry), &entry.to_string()) })
    }

    /// The same for what the investigation itself is made of.
    fn part(&mut self, kind: &str, name: &str, class: &str, fields: Value) -> Value {
        self.parts.insert(self.id(kind, name));
        self.node(kind, name, class, fields)
    }

    pub(super) fn item(&mut self, item: &Item<'_, '_>, chain: &Chain<'_>) {
        let id = item.id.to_string();
        let things = if item.list.is_some() { self.files(item) } else { vec![self.device(item)] };
        let marking = self.case.get(item.id).map(|entry| self.case.marking(entry)).map(|marking| self.marking(marking));
        let derived = item.record.derived_from.as_ref();
        let inputs: Vec<Value> = derived.map(|derived| self.inputs(derived)).unwrap_or_default();
        let record = self.part(
            "item",
            &id,
            "case-investigation:ProvenanceRecord",
            json!({
                "uco-core:name": item.record.title.as_str(),
                "uco-core:description": item.record.description.as_ref().map(|text| text.as_str()),
                "uco-core:tag": [item.record.kind.word()],
                "uco-core:objectMarking": marking,
                "case-investigation:exhibitNumber": id,
                "case-investigation:wasDerivedFrom": inputs,
                "uco-core:object": things,
            }),
        );
        let mut before = self.acquisition(item, &record, &things);
        if let Some(derivation) = derived {
            before = self.derivation(item.id, derivation, &record, &inputs, before);
        }
        for (entry, event) in chain {
            before = self.event(entry, event, &record, before);
        }
    }

    fn files(&mut self, item: &Item<'_, '_>) -> Vec<Value> {
        let inside = format!("evidence/{}/", item.id);
        let originals: BTreeMap<&str, &str> =
            item.record.renamed.iter().map(|renamed| (renamed.path.as_str(), renamed.original.as_str())).collect();
        let mut things = Vec::new();
        for file in &item.files {
            let path = file.line.path.as_str();
            let own = path.strip_prefix(&inside).unwrap_or(path);
            let own = originals.get(own).copied().unwrap_or(own);
            let size = file.bytes.size();
            let hash = self.node(
                "hash",
                path,
                "uco-types:Hash",
                json!({
                    "uco-types:hashMethod": "SHA256",
                    "uco-types:hashValue": { "@type": "xsd:hexBinary", "@value": file.line.digest.to_string() },
                }),
            );
            let stored = self.node(
                "content",
                path,
                "uco-observable:ContentDataFacet",
                json!({ "uco-observable:hash": hash, "uco-observable:sizeInBytes": size }),
            );
            let named = self.node(
                "name",
                path,
                "uco-observable:FileFacet",
                json!({
                    "uco-observable:fileName": own.rsplit('/').next(),
                    "uco-observable:filePath": own,
                    "uco-observable:sizeInBytes": size,
                }),
            );
            things.push(self.part(
                "file",
                path,
                "uco-observable:File",
                json!({ "uco-core:hasFacet": [named, stored] }),
            ));
        }
        things
    }

    /// The thing that a physical exhibit is.
    fn device(&mut self, item: &Item<'_, '_>) -> Value {
        let id = item.id.to_string();
        let serial =
            item.record.source.as_ref().and_then(|source| source.serial.as_ref()).map(|serial| serial.as_str());
        let facet = self.node(
            "device facet",
            &id,
            "uco-observable:DeviceFacet",
            json!({ "uco-observable:deviceType": item.record.kind.word(), "uco-observable:serialNumber": serial }),
        );
        let name = item.record.title.as_str();
        self.part(
            "device",
            &id,
            "uco-observable:Device",
            json!({ "uco-core:name": name, "uco-core:hasFacet": [facet] }),
        )
    }

    fn acquisition(&mut self, item: &Item<'_, '_>, record: &Value, things: &[Value]) -> Value {
        let id = item.id.to_string();
        let Acquired { at, by, method, tool, version, command, authority } = &item.record.acquired;
        let source = item.record.source.as_ref();
        let asset = source.and_then(|source| self.case.get(source.asset?.0)).map(|entry| (entry.id(), entry.title()));
        let object = asset.map(|(id, name)| self.asset(id, &name));
        let tool = tool.as_ref().map(|tool| self.tool(tool.as_str(), version.as_ref().map(|version| version.as_str())));
        let said = [
            ("method", method.as_ref().map(ToString::to_string)),
            ("command", command.as_ref().map(ToString::to_string)),
            ("location", source.and_then(|source| source.location.as_ref()).map(ToString::to_string)),
            ("serial number of the source", source.and_then(|source| source.serial.as_ref()).map(ToString::to_string)),
            ("clock skew of the source", source.and_then(|source| source.clock_skew).map(|skew| skew.to_string())),
            ("authority", authority.as_ref().map(ToString::to_string)),
        ];
        if let Some(authority) = authority {
            let fields = json!({ "case-investigation:authorizationIdentifier": authority.as_str() });
            self.part("authority", authority.as_str(), "case-investigation:Authorization", fields);
            self.authorities.insert(self.id("authority", authority.as_str()));
        }
        let arguments = self.arguments(&id, &said);
        let performer = self.person(by.as_str());
        let (start, end) = bounds(at);
        let results: Vec<&Value> = std::iter::once(record).chain(things).collect();
        self.part(
            "acquisition",
            &id,
            "case-investigation:InvestigativeAction",
            json!({
                "uco-core:name": format!("acquisition of {id}"),
                "uco-action:startTime": start,
                "uco-action:endTime": end,
                "uco-action:performer": performer,
                "uco-action:instrument": tool,
                "uco-action:object": object,
                "uco-action:result": results,
                "uco-core:hasFacet": arguments,
            }),
        )
    }

    fn inputs(&mut self, derivation: &Derivation) -> Vec<Value> {
        let inputs: Vec<EntryId> = derivation.inputs.0.iter().map(|input| input.0).collect();
        self.inputs.extend(&inputs);
        inputs.into_iter().map(|input| json!({ "@id": self.id("item", &input.to_string()) })).collect()
    }

    fn derivation(
        &mut self,
        item: EntryId,
        made: &Derivation,
        record: &Value,
        inputs: &[Value],
        before: Value,
    ) -> Value {
        let id = item.to_string();
        let tool = self.tool(made.tool.as_str(), made.version.as_ref().map(|version| version.as_str()));
        let seen: Vec<(String, Option<String>)> = made
            .seen
            .iter()
            .map(|seen| (format!("digest seen of {}", seen.item.0), Some(seen.digest.to_string())))
            .collect();
        let mut said = vec![
            ("command", made.command.as_ref().map(ToString::to_string)),
            ("exit status", made.exit_status.map(|status| status.to_string())),
        ];
        said.extend(seen.iter().map(|(name, digest)| (name.as_str(), digest.clone())));
        let arguments = self.arguments(&format!("{id} derivation"), &said);
        self.part(
            "derivation",
            &id,
            "case-investigation:InvestigativeAction",
            json!({
                "uco-core:name": format!("{} makes {id}", made.tool),
                "uco-action:startTime": made.started.map(time),
                "uco-action:endTime": made.ended.map(time),
                "uco-action:instrument": tool,
                "uco-action:object": inputs,
                "uco-action:result": record,
                "uco-core:hasFacet": arguments,
                "case-investigation:wasInformedBy": before,
            }),
        )
    }

    fn event(&mut self, entry: &Entry, event: &Custody, record: &Value, before: Value) -> Value {
        let id = entry.id().to_string();
        let said = [
            ("from", event.from.as_ref().map(ToString::to_string)),
            ("to", event.to.as_ref().map(ToString::to_string)),
            ("digest seen", event.digest.as_ref().map(ToString::to_string)),
            ("storage", event.storage.map(|storage| storage.word().to_owned())),
        ];
        let arguments = self.arguments(&id, &said);
        let performer = self.person(event.by.as_str());
        self.part(
            "custody",
            &id,
            "case-investigation:InvestigativeAction",
            json!({
                "uco-core:name": event.action.word(),
                "uco-core:description": event.reason.as_ref().map(|reason| reason.as_str()),
                "uco-core:objectCreatedTime": event.recorded.map(time),
                "uco-action:startTime": time(event.at),
                "uco-action:endTime": time(event.at),
                "uco-action:performer": performer,
                "uco-action:object": record,
                "uco-core:hasFacet": arguments,
                "case-investigation:wasInformedBy": before,
            }),
        )
    }

    /// What is said of an action in words.
    fn arguments(&mut self, of: &str, said: &[(&str, Option<String>)]) -> Vec<Value> {
        let mut arguments = Vec::new();
        for (name, value) in said {
            let Some(value) = value else { continue };
            let fields = json!({ "uco-action:argumentName": name, "uco-action:value": value });
            arguments.push(self.node("argument", &format!("{of}\0{name}"), "uco-action:ActionArgumentFacet", fields));
        }
        arguments
    }

    fn person(&mut self, handle: &str) -> Value {
        let people = self.case.team.as_ref().map(|team| team.value.people.as_slice()).unwrap_or_default();
        let person = people.iter().find(|person| person.handle.as_str() == handle);
        let name = person.map_or(handle, |person| person.name.as_str()).to_owned();
        self.part("person", handle, "uco-identity:Person", json!({ "uco-core:name": name }))
    }

    fn tool(&mut self, name: &str, version: Option<&str>) -> Value {
        let key = format!("{name}\0{}", version.unwrap_or_default());
        let fields = json!({ "uco-core:name": name, "uco-tool:version": version });
        self.part("tool", &key, "uco-tool:Tool", fields)
    }

    fn asset(&mut self, id: EntryId, name: &str) -> Value {
        let name = if self.with_context { name.to_owned() } else { id.to_string() };
        self.part("asset", &id.to_string(), "uco-observable:ObservableObject", json!({ "uco-core:name": name }))
    }

    pub(super) fn marking(&mut self, marking: Marking) -> Value {
        let words = format!("TLP:{}", marking.word().to_uppercase());
        let fields = json!({ "uco-marking:definitionType": "statement", "uco-marking:statement": words });
        let statement = self.node("marking statement", &words, "uco-marking:StatementMarking", fields);
        let fields = json!({ "uco-marking:definitionType": "statement", "uco-marking:definition": statement, "uco-core:name": words });
        self.node("marking", &words, "uco-marking:MarkingDefinition", fields)
    }

    fn finish(mut self) -> Vec<Value> {
        self.name_what_stays_behind();
        let parts: Vec<Value> = self.parts.iter().map(|id| json!({ "@id": id })).collect();
        let authorities: Vec<Value> = self.authorities.iter().map(|id| json!({ "@id": id })).collect();
        let title =
            self.case.record.as_ref().filter(|_| self.with_context).map(|record| record.value.title.to_string());
        let case_id = self.case_id.clone();
        let outside =
            json!({ "uco-core:definingContext": "the number of the case", "uco-core:externalIdentifier": case_id });
        let reference = self.node("case number", "", "uco-core:ExternalReference", outside);
        self.node(
            "case",
            "",
            "case-investigation:Investigation",
            json!({
                "uco-core:name": title.unwrap_or(case_id),
                "uco-core:externalReference": reference,
                "case-investigation:investigationForm": "incident",
                "case-investigation:relevantAuthorization": authorities,
                "uco-core:object": parts,
            }),
        );
        self.nodes.into_values().collect()
    }

    /// Gives the items that others were made from, and that are not handed over, a node with their number.
    fn name_what_stays_behind(&mut self) {
        for item in std::mem::take(&mut self.inputs) {
            let number = item.to_string();
            let fields = json!({ "case-investigation:exhibitNumber": number });
            self.part("item", &number, "case-investigation:ProvenanceRecord", fields);
        }
    }
}

/// What the node of an entry is called in its id.
fn node_kind(entry: EntryId) -> &'static str {
    if entry.kind() == Kind::Evidence { "item" } else { entry.kind().noun() }
}

pub(super) fn time(moment: Moment) -> Value {
    json!({ "@type": "xsd:dateTime", "@value": moment.to_toml() })
}

/// The first and the last moment that a time may mean.
fn bounds(when: &When) -> (Value, Value) {
    (time(Moment::utc(when.earliest())), time(Moment::utc(when.latest())))
}
