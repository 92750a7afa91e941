//! MISP: events as JSON, in an envelope of the API, of an export, or bare.
//!
//! Attributes whose type is one of an indicator are indicators; `to_ids` makes them suspicious, since a flag for sensors is no
//! verdict, and its absence says nothing. Composites are taken apart where a case has no type for both halves: `domain|ip` is a
//! domain and an address, `filename|md5` the digest, with the name in its description. `target-machine`, `target-user` and
//! `target-email` are assets. What is no value to look for (a size, a comment, a link) stands in the description of the other
//! attributes of its object, or in a note of the event. Event reports are notes; of
//! what casebook exported, findings (as drafts) and events come back. Threat level 1 is a high severity, 2 medium, 3 low.

use super::Neighbour;
use super::entries::{self, Observed, mark};
use super::fields::{Fields, document, each};
use super::misp_reports;
use super::prose::{self, Prose};
use super::words;
use crate::import::{Made, Making, Outcome};
use crate::ingest::instant::Form;
use crate::values::vocabulary::{AssetKind, IndicatorType};
use crate::values::{EntryId, Tag};
use serde_json::Value;
use std::collections::BTreeMap;

pub const FORMAT: Neighbour = Neighbour {
    name: "misp",
    what: "an event of MISP, or several: JSON",
    keeps: "attributes and those of objects as indicators or assets, with comments, tags, TLP, first and last seen; event reports as notes; of what casebook exported, findings as drafts and events; title, severity and TLP of the case to be set by hand",
    loses: "attached bytes, references between objects, proposals, distribution, who made it",
    detect: |head| {
        let text = head.text();
        let has = |keys: &[&str]| keys.iter().any(|key| text.contains(key));
        text.trim_start().starts_with(['{', '['])
            && !text.contains("\"spec_version\"")
            && (has(&["\"threat_level_id\"", "\"meta-category\"", "\"EventReport\""])
                || has(&["\"Attribute\""]) && has(&["\"to_ids\"", "\"category\""]))
    },
    read,
};

fn read(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let document = document(bytes)?;
    let mut events = Vec::new();
    find(&document, String::new(), &mut events);
    if events.is_empty() {
        return Err("it holds no event of MISP".to_owned());
    }
    for (pointer, event) in events {
        if let Ok(fields) = Fields::of_json(event, &pointer) {
            read_event(fields, &pointer, making);
        }
    }
    Ok(())
}

/// The events of a document, whatever they are wrapped in.
fn find<'v>(value: &'v Value, pointer: String, events: &mut Vec<(String, &'v Value)>) {
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(number, value)| find(value, format!("{pointer}/{number}"), events));
        }
        Value::Object(object) => match ["response", "Event"].iter().find_map(|name| Some((name, object.get(*name)?))) {
            Some((name, inner)) if inner.is_object() || inner.is_array() => {
                find(inner, format!("{pointer}/{name}"), events)
            }
            _ if ["info", "Attribute", "Object"].iter().any(|name| object.contains_key(*name)) => {
                events.push((pointer, value));
            }
            _ => {}
        },
        _ => {}
    }
}

fn read_event(mut event: Fields, pointer: &str, making: &mut Making<'_>) {
    let title = event.text("info").unwrap_or_else(|| "Event of MISP".to_owned());
    let tags = read_tags(&event.list("Tag"), making);
    let mut said = Prose::default();
    about(&mut event, &title, &tags, &mut said, making);
    let mut all = Vec::new();
    let attributes = event.list("Attribute");
    each(&attributes, &format!("{pointer}/Attribute"), making, &mut |number, fields, making| {
        all.push(Attribute::of(fields, format!("{pointer}/Attribute/{number}"), making));
    });
    let is_own = tags.own_id("case").is_some();
    let context = make_all(all, &Prose::default(), making);
    // What casebook lists so is named by its findings.
    let (named, mut context): (Vec<_>, Vec<_>) =
        context.into_iter().partition(|attribute| is_own && attribute.kind == "vulnerability");
    for attribute in named {
        attribute.fields.count(making, Outcome::Skipped("findings name it".to_owned()));
    }
    let mut lines: Vec<String> = context.iter().map(Attribute::line).collect();
    for (number, object) in event.list("Object").iter().enumerate() {
        let below = format!("{pointer}/Object/{number}");
        match Fields::of_json(object, &below) {
            Ok(fields) => read_object(fields, &below, &mut lines, &mut context, making),
            Err(why) => making.count(format!("json:{below}"), Outcome::Refused(why)),
        }
    }
    each(&event.list("EventReport"), &format!("{pointer}/EventReport"), making, &mut |_, fields, making| {
        report(fields, is_own, making)
    });
    let proposals = event.list("ShadowAttribute");
    each(&proposals, &format!("{pointer}/ShadowAttribute"), making, &mut |_, fields, making| {
        fields.count(making, Outcome::Skipped("a proposal that nobody has accepted".to_owned()));
    });
    event.pass(&[
        "id",
        "uuid",
        "org_id",
        "orgc_id",
        "timestamp",
        "publish_timestamp",
        "published",
        "attribute_count",
        "distribution",
        "sharing_group_id",
        "locked",
        "disable_correlation",
        "proposal_email_lock",
        "extends_uuid",
        "protected",
        "event_creator_email",
        "RelatedEvent",
        "CryptographicKey",
        "analysis",
        "Org",
        "Orgc",
        "SharingGroup",
    ]);
    event.lose_rest("event", making);
    if !lines.is_empty() || (!is_own && !said.text().is_empty()) {
        said.add(Some(lines.join("\n")));
        let outcome = entries::take_note(making, &title, &said);
        event.count(making, outcome.clone());
        context.iter().for_each(|attribute| attribute.fields.count(making, outcome.clone()));
    }
}

/// Makes what is an entry, assets before the indicators that were seen on them, and gives what is context.
fn make_all(all: Vec<Attribute>, object: &Prose, making: &mut Making<'_>) -> Vec<Attribute> {
    let mut context = Vec::new();
    let (assets, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|attribute| matches!(attribute.thing(), Thing::Asset(_)));
    for attribute in assets.into_iter().chain(others) {
        context.extend(attribute.make(object, making));
    }
    context
}

/// What an event says as a whole.
fn about(event: &mut Fields, title: &str, tags: &Tags, said: &mut Prose, making: &mut Making<'_>) {
    making.tell("title", title);
    let severity = match event.text("threat_level_id").as_deref() {
        Some("1") => "high",
        Some("2") => "medium",
        Some("3") => "low",
        _ => "",
    };
    making.tell("severity", severity);
    if let Some(marking) = tags.read.marking {
        making.tell("tlp", marking.word());
    }
    said.fact("Date", event.text("date"));
    let names: Vec<&str> = tags.read.own.iter().map(Tag::as_str).collect();
    said.fact("Tags", Some(names.join(", "))).fact("Techniques", Some(tags.techniques.join(", ")));
    for galaxy in event.list("Galaxy") {
        let name = galaxy.get("name").and_then(Value::as_str).unwrap_or("Galaxy");
        let clusters = galaxy.get("GalaxyCluster").and_then(Value::as_array).into_iter().flatten();
        let values: Vec<&str> = clusters.filter_map(|cluster| cluster.get("value")?.as_str()).collect();
        said.fact(name, Some(values.join(", ")));
    }
}

/// Tags of MISP, with what casebook says in them.
#[derive(Default)]
struct Tags {
    read: words::Tags,
    techniques: Vec<String>,
    confidence: Option<&'static str>,
    /// Of `casebook:verdict="malicious"`: `verdict` is `malicious`.
    casebook: BTreeMap<String, String>,
}

impl Tags {
    fn own_id(&self, name: &str) -> Option<&str> {
        self.casebook.get(name).map(String::as_str)
    }
}

fn read_tags(list: &[Value], making: &mut Making<'_>) -> Tags {
    let mut tags = Tags::default();
    let mut others = Vec::new();
    for name in list.iter().filter_map(|tag| tag.get("name").unwrap_or(tag).as_str()) {
        let value = name.split_once("=\"").map(|(_, value)| value.trim_end_matches('"'));
        let predicate = name.split_once('=').map_or(name, |(predicate, _)| predicate);
        if let Some((key, value)) = predicate.strip_prefix("casebook:").zip(value) {
            tags.casebook.insert(key.to_owned(), value.to_owned());
        } else if predicate.starts_with("misp-galaxy:mitre-attack-pattern") {
            tags.techniques.extend(words::techniques(value.unwrap_or_default()).iter().map(ToString::to_string));
        } else if predicate.starts_with("estimative-language:confidence-in-analytic-judgment") {
            tags.confidence = match value {
                Some("low") => Some("low"),
                Some("moderate") => Some("moderate"),
                Some("high") => Some("high"),
                _ => None,
            };
        } else {
            others.push(name);
        }
    }
    tags.read = words::tags(others, making);
    tags
}

/// An attribute, by itself or of an object.
struct Attribute {
    fields: Fields,
    key: String,
    kind: String,
    value: String,
    comment: String,
    relation: Option<String>,
    to_ids: bool,
    is_deleted: bool,
    tags: Tags,
    sightings: Vec<Value>,
}

impl Attribute {
    fn of(mut fields: Fields, place: String, making: &mut Making<'_>) -> Self {
        let tags = read_tags(&fields.list("Tag"), making);
        let key = fields.text("uuid").unwrap_or(place);
        Self {
            key: format!("attribute/{key}"),
            kind: fields.text("type").unwrap_or_default(),
            value: fields.text("value").unwrap_or_default(),
            comment: fields.text("comment").unwrap_or_default(),
            relation: fields.text("object_relation"),
            to_ids: fields.flag("to_ids"),
            is_deleted: fields.flag("deleted"),
            sightings: fields.list("Sighting"),
            tags,
            fields,
        }
    }

    /// What kind of thing it is here.
    fn thing(&self) -> Thing {
        match (self.tags.own_id("asset"), self.tags.own_id("verdict")) {
            (Some(kind), _) => kind.parse().map_or(Thing::Context, Thing::Asset),
            (None, Some(_)) => {
                self.kind.parse().map_or(Thing::Context, |kind| Thing::Values(vec![(kind, self.value.clone())]))
            }
            (None, None) => thing(&self.kind, &self.value, self.to_ids),
        }
    }

    /// Makes what it is; what stands elsewhere, and is not counted yet, is given back.
    fn make(mut self, object: &Prose, making: &mut Making<'_>) -> Option<Self> {
        self.fields.pass(&[
            "id",
            "event_id",
            "object_id",
            "category",
            "timestamp",
            "distribution",
            "sharing_group_id",
            "disable_correlation",
            "Galaxy",
            "Event",
            "SharingGroup",
            "RelatedAttribute",
            "warnings",
            "validationIssue",
            "event_uuid",
        ]);
        let seen = [("first_seen", self.seen("first_seen", making)), ("last_seen", self.seen("last_seen", making))];
        self.fields.lose_rest("attribute", making);
        if self.is_deleted {
            self.fields.count(making, Outcome::Skipped("deleted there".to_owned()));
            return None;
        }
        match self.thing() {
            Thing::Context if self.value.is_empty() => {
                self.fields.count(making, Outcome::Refused("it has no value".to_owned()));
                None
            }
            Thing::Context => Some(self),
            Thing::Asset(kind) => {
                self.asset(kind, making);
                None
            }
            Thing::Values(values) => {
                self.indicators(&values, &seen, object, making);
                None
            }
        }
    }

    fn seen(&mut self, name: &str, making: &mut Making<'_>) -> Option<crate::values::When> {
        let text = self.fields.text(name)?;
        let when = words::when(&text, Form::Iso, making).or_else(|_| words::when(&text, Form::Microseconds, making));
        if when.is_err() {
            making.lose(&format!("attribute: {name} that is no time"));
        }
        when.ok()
    }

    /// It as a line of a list.
    fn line(&self) -> String {
        let name = self.relation.as_deref().unwrap_or(&self.kind);
        let comment = if self.comment.is_empty() { String::new() } else { format!(" ({})", self.comment) };
        match self.value.contains('\n') {
            true => format!("\n{name}{comment}:\n\n{}\n", prose::fenced(&self.value)),
            false => format!("- {name}: {}{comment}", self.value),
        }
    }

    fn own(&self) -> Option<EntryId> {
        self.tags.own_id("id")?.parse().ok()
    }

    fn asset(&self, kind: AssetKind, making: &mut Making<'_>) {
        let tags = &self.tags;
        entries::asset(making, &self.fields, &self.key, self.own(), (&self.value, kind), &mut |entry, making| {
            mark(entry, making, tags.read.marking);
            entry.set("tags", &tags.read.own);
            for key in ["compromise", "containment", "criticality"] {
                entry.maybe(key, tags.own_id(key));
            }
            let mut lines: Vec<&str> = self.comment.lines().collect();
            if self.own() == Some(entry.id) {
                // Identifiers stand behind the description and the owner, one a line.
                let mut identifiers = Vec::new();
                while lines.last().is_some_and(|line| !line.contains(' ')) {
                    identifiers.extend(lines.pop());
                }
                let owner = lines.last().and_then(|line| line.strip_prefix("owner: "));
                if let Some(owner) = owner {
                    entry.maybe("owner", words::group(owner, making));
                    lines.pop();
                }
                entry.set("identifiers", identifiers);
            }
            entry.markdown("description", &lines.join("\n"));
        });
    }

    fn indicators(
        &self,
        values: &[(IndicatorType, String)],
        seen: &[(&str, Option<crate::values::When>)],
        object: &Prose,
        making: &mut Making<'_>,
    ) {
        let keys: Vec<String> =
            (0..values.len()).map(|at| if at == 0 { self.key.clone() } else { format!("{}/{at}", self.key) }).collect();
        let own = self.own();
        let all: Vec<Observed<'_>> =
            values.iter().zip(&keys).map(|((kind, value), key)| Observed { key, own, kind: *kind, value }).collect();
        entries::indicators(making, &self.fields, &all, &mut |entry, making| {
            mark(entry, making, self.tags.read.marking);
            entry.set("tags", &self.tags.read.own).maybe("confidence", self.tags.confidence);
            for (key, when) in seen {
                if let Some(when) = when {
                    entry.when(key, when);
                }
            }
            if own == Some(entry.id) {
                return self.put_own(entry, making);
            }
            let is_whole = entry.get("value") == Some(&self.value);
            let mut said = Prose::default();
            said.add(Some(&self.comment)).add(Some(object.text()));
            said.fact("Type", (entry.get("type") == Some("other") && self.kind != "other").then_some(&self.kind));
            said.fact(&self.kind, (!is_whole && values.len() == 1 && self.kind.contains('|')).then_some(&self.value));
            said.fact("Role", self.relation.as_deref());
            said.fact("Techniques", Some(self.tags.techniques.join(", ")));
            for (kind, name) in [("0", "Sightings"), ("1", "Seen as a false positive"), ("2", "Expirations")] {
                let count = self.sightings.iter().filter(|sighting| kind_of(sighting) == kind).count();
                said.fact(name, (count > 0).then(|| count.to_string()));
            }
            entry.word("verdict", if self.to_ids { "suspicious" } else { "unknown" });
            entry.markdown("description", &said.text());
        });
    }

    fn put_own(&self, entry: &mut Made, making: &Making<'_>) {
        let (text, citations) = prose::citations(&self.comment, making);
        entry.maybe("verdict", self.tags.own_id("verdict")).markdown("description", &text);
        citations.into_iter().for_each(|cited| cited.put(entry));
        for sighting in &self.sightings {
            let source = sighting.get("source").and_then(Value::as_str).unwrap_or_default();
            let (source, remark) =
                source.split_once(" (").map_or((source, None), |(source, remark)| (source, remark.strip_suffix(')')));
            let (name, count) = match source
                .rsplit_once(", ")
                .and_then(|(name, count)| Some((name, count.strip_suffix(" times")?.parse::<i64>().ok()?)))
            {
                Some((name, count)) => (name, Some(count)),
                None => (source, None),
            };
            let Some(asset) = making.names.asset(name) else { continue };
            let at = sighting.get("date_sighting").map(crate::ingest::json::text).unwrap_or_default();
            let mut cells = vec![("asset", asset.to_string().into())];
            if let Ok(when) = words::when(&at, Form::Seconds, making) {
                cells.push(("time", crate::import::made::when_value(&prose::recalled(when, remark))));
            }
            cells.extend(count.map(|count| ("count", count.into())));
            entry.row("sightings", cells);
        }
    }
}

fn kind_of(sighting: &Value) -> String {
    sighting.get("type").map(crate::ingest::json::text).unwrap_or_else(|| "0".to_owned())
}

/// What an attribute is in a case.
enum Thing {
    Values(Vec<(IndicatorType, String)>),
    Asset(AssetKind),
    /// No value to look for.
    Context,
}

/// Types of MISP that are no values to look for.
const CONTEXT: &[&str] = &[
    "comment",
    "text",
    "link",
    "datetime",
    "counter",
    "size-in-bytes",
    "boolean",
    "float",
    "integer",
    "mime-type",
    "attachment",
    "hex",
    "vulnerability",
    "weakness",
    "cpe",
    "port",
    "threat-actor",
    "campaign-name",
    "campaign-id",
    "malware-type",
    "target-org",
    "target-location",
    "target-external",
    "http-method",
    "email-body",
    "email-header",
    "email-mime-boundary",
    "email-thread-index",
    "whois-registrant-name",
    "whois-registrant-org",
    "whois-registrant-phone",
    "whois-registrar",
    "whois-creation-date",
    "phone-number",
    "first-name",
    "middle-name",
    "last-name",
    "full-name",
    "date-of-birth",
    "place-of-birth",
    "gender",
    "passport-number",
    "passport-country",
    "passport-expiration",
    "redress-number",
    "nationality",
    "visa-number",
    "issue-date-of-the-visa",
    "primary-residence",
    "country-of-residence",
    "special-service-request",
    "frequent-flyer-number",
    "travel-details",
    "payment-details",
    "place-port-of-original-embarkation",
    "place-port-of-clearance",
    "place-port-of-onward-foreign-destination",
    "passenger-name-record-locator-number",
    "identity-card-number",
    "uuid",
    "anonymised",
    "cortex",
];

fn thing(kind: &str, value: &str, to_ids: bool) -> Thing {
    use IndicatorType as Type;
    let one = |kind: Type, value: &str| Thing::Values(vec![(kind, value.to_owned())]);
    let halves = value.split_once('|');
    match (kind, halves) {
        ("target-machine", _) => Thing::Asset(AssetKind::Host),
        ("target-user", _) => Thing::Asset(AssetKind::Account),
        ("target-email", _) => Thing::Asset(AssetKind::Mailbox),
        _ if value.contains('\n') => Thing::Context,
        ("text", _) if to_ids => one(Type::Other, value),
        (kind, _) if CONTEXT.contains(&kind) => Thing::Context,
        ("filename|sha256" | "ip-dst|port", _) => one(kind.parse().unwrap_or(Type::Other), value),
        ("domain|ip", Some((domain, address))) => {
            Thing::Values(vec![(Type::Domain, domain.to_owned()), (Type::IpDst, address.to_owned())])
        }
        ("ip-src|port", Some((address, _))) => one(Type::IpSrc, address),
        ("hostname|port", Some((host, _))) => one(Type::Hostname, host),
        ("regkey|value", Some((key, _))) => one(Type::Regkey, key),
        ("malware-sample", Some((_, digest))) => one(Type::Md5, digest),
        (kind, Some((_, digest))) if kind.starts_with("filename|") => {
            one(words::indicator_type(&kind["filename|".len()..]).unwrap_or(Type::Other), digest)
        }
        ("email-attachment", _) => one(Type::Filename, value),
        ("email-reply-to" | "dns-soa-email" | "whois-registrant-email", _) => one(Type::Email, value),
        ("suricata", _) => one(Type::Snort, value),
        (kind, _) => one(kind.parse().unwrap_or(Type::Other), value),
    }
}

/// What is no value to look for is said of the values of its object, or, where it has none, in the note of the event.
fn read_object(
    mut object: Fields,
    pointer: &str,
    lines: &mut Vec<String>,
    context: &mut Vec<Attribute>,
    making: &mut Making<'_>,
) {
    let name = object.text("name").unwrap_or_else(|| "object".to_owned());
    let comment = object.text("comment");
    let mut attributes = Vec::new();
    each(&object.list("Attribute"), &format!("{pointer}/Attribute"), making, &mut |number, fields, making| {
        attributes.push(Attribute::of(fields, format!("{pointer}/Attribute/{number}"), making));
    });
    let (about, values): (Vec<Attribute>, Vec<Attribute>) =
        attributes.into_iter().partition(|attribute| matches!(attribute.thing(), Thing::Context));
    let about = make_all(about, &Prose::default(), making);
    let own: Vec<String> = about.iter().map(Attribute::line).collect();
    let mut said = Prose::default();
    said.add(comment.as_ref()).add(Some(own.join("\n"))).fact("Object", Some(&name));
    let has_values = values.iter().any(|attribute| !attribute.is_deleted);
    let before = making.account.taken;
    make_all(values, &said, making);
    let is_taken = making.account.taken > before;
    object.pass(&[
        "id",
        "uuid",
        "event_id",
        "meta-category",
        "description",
        "template_uuid",
        "template_version",
        "timestamp",
        "distribution",
        "sharing_group_id",
        "deleted",
    ]);
    object.lose_rest("object", making);
    if has_values {
        let outcome = if is_taken { Outcome::Taken } else { entries::in_case() };
        about.iter().for_each(|attribute| attribute.fields.count(making, outcome.clone()));
    } else if !own.is_empty() {
        lines.push(comment.map_or(format!("\n{name}:\n"), |comment| format!("\n{name} ({comment}):\n")));
        lines.extend(own);
        context.extend(about);
    }
}

fn report(mut fields: Fields, is_own: bool, making: &mut Making<'_>) {
    let title = fields.text("name").unwrap_or_else(|| "Report".to_owned());
    let content = fields.text("content").unwrap_or_default();
    if fields.flag("deleted") {
        return fields.count(making, Outcome::Skipped("deleted there".to_owned()));
    }
    fields.pass(&["id", "uuid", "event_id", "distribution", "sharing_group_id", "timestamp"]);
    fields.lose_rest("report", making);
    if is_own && misp_reports::read(&fields, &title, &content, making) {
        return;
    }
    let mut said = Prose::default();
    said.add(Some(content));
    entries::note(making, &fields, &title, &said);
}
