//! DFIR-IRIS: the tables of its case pages and the JSON of a whole case.
//!
//! Categories of events are tactics of ATT&CK, whose actor is taken for the attacker; `Legitimate` is a user's doing and
//! `Remediation` a responder's. Assets keep their kind where their type names it. What casebook exported itself, known by a tag
//! `casebook:ID`, comes back under its own id and with what its description says at the end, `Verdict: malicious`. Findings come
//! back as drafts: nobody of this case has confirmed them.

pub mod case;
pub mod tables;

use super::entries::{self, Observed, identity, mark, settle};
use super::fields::Fields;
use super::prose::{self, Prose};
use super::references::{self, listed};
use super::words;
use crate::import::{Made, Making, Outcome};
use crate::ingest::instant::NoInstant;
use crate::values::vocabulary::{AssetKind, IndicatorType, Marking, Tactic};
use crate::values::{EntryId, Kind, When};

/// What both forms say of an event.
struct Event {
    key: String,
    when: Result<When, NoInstant>,
    title: Option<String>,
    category: Option<String>,
    content: String,
    raw: Option<String>,
    source: Option<String>,
    assets: Vec<EntryId>,
    indicators: Vec<EntryId>,
    tags: words::Tags,
}

impl Event {
    /// What stands in columns of the same names.
    fn of(key: String, when: Result<When, NoInstant>, fields: &mut Fields, making: &mut Making<'_>) -> Self {
        let tags = fields.text("event_tags").unwrap_or_default();
        Self {
            key,
            when,
            title: fields.text("event_title"),
            category: None,
            content: String::new(),
            raw: fields.text("event_raw"),
            source: fields.text("event_source"),
            assets: Vec::new(),
            indicators: Vec::new(),
            tags: words::tags(tags.split([',', '|']), making),
        }
    }
}

/// The facts that casebook writes at the end of the description of an event.
const EVENT_FACTS: [&str; 8] = ["Time", "Actor", "Tactic", "Techniques", "From", "To", "Account", "Direction"];

const FINDING_FACTS: [&str; 9] =
    ["Time", "Finding", "Authors", "Severity", "Confidence", "Because", "Techniques", "Vulnerabilities", "CVSS"];

fn event(making: &mut Making<'_>, fields: &Fields, event: Event) -> Option<EntryId> {
    let when = match &event.when {
        Ok(when) => when.clone(),
        Err(why) => {
            fields.count(making, Outcome::Refused(why.to_string()));
            return None;
        }
    };
    let id = match event.tags.id.map(EntryId::kind) {
        Some(Kind::Finding) => identity(making, Kind::Finding, &event.key, event.tags.id),
        _ => identity(making, Kind::Event, &event.key, event.tags.id),
    };
    let mut entry = Made::new(id);
    entry.line("title", event.title.as_deref().unwrap_or("(no title)")).set("tags", &event.tags.own);
    mark(&mut entry, making, event.tags.marking);
    let is_own = event.tags.id == Some(id);
    let (content, cited) = match is_own {
        true => (event.content.clone(), prose::citations(event.raw.as_deref().unwrap_or_default(), making)),
        false => (event.content.clone(), (event.raw.clone().unwrap_or_default(), Vec::new())),
    };
    let (raw, citations) = cited;
    if id.kind() == Kind::Finding {
        finding(making, &mut entry, &event, Some(when), &content);
    } else if is_own {
        own_event(making, &mut entry, &event, when, &content);
    } else {
        foreign_event(&mut entry, &event, &when, &content, &raw);
    }
    citations.into_iter().for_each(|cited| cited.put(&mut entry));
    settle(making, fields, entry).then_some(id)
}

fn own_event(making: &Making<'_>, entry: &mut Made, event: &Event, when: When, content: &str) {
    let (description, facts) = prose::facts(content, &EVENT_FACTS);
    let get = |name: &str| facts.get(name).map(String::as_str);
    let asset = |name: &str| {
        let named = get(name).and_then(|title| making.names.asset(title));
        get(name).and(named.or_else(|| event.assets.first().copied()))
    };
    entry
        .when("time", &prose::recalled(when, get("Time")))
        .word("actor", get("Actor").unwrap_or("unknown"))
        .maybe("tactic", get("Tactic"))
        .set("techniques", get("Techniques").map(words::techniques).unwrap_or_default())
        .maybe("source", asset("From"))
        .maybe("destination", asset("To"))
        .line("account", get("Account").unwrap_or_default())
        .maybe("direction", get("Direction"))
        .set("indicators", &event.indicators)
        .markdown("description", &description);
}

fn foreign_event(entry: &mut Made, event: &Event, when: &When, content: &str, raw: &str) {
    let (tactic, actor) = category(event.category.as_deref().unwrap_or_default());
    let mut said = Prose::default();
    said.add(Some(content)).raw(Some(raw)).fact("Source", event.source.as_deref());
    if event.assets.len() > 1 {
        let all: Vec<String> = event.assets.iter().map(|id| format!("[[{id}]]")).collect();
        said.fact("Assets", Some(all.join(", ")));
    }
    entry
        .when("time", when)
        .word("actor", actor)
        .maybe("tactic", tactic)
        .set("techniques", words::techniques(&format!("{} {content}", event.title.as_deref().unwrap_or_default())))
        .maybe("destination", event.assets.first())
        .set("indicators", &event.indicators)
        .markdown("description", &said.text());
}

fn category(text: &str) -> (Option<Tactic>, &'static str) {
    match (words::tactic(text), text) {
        (Some(tactic), _) => (Some(tactic), "attacker"),
        (None, "Legitimate") => (None, "user"),
        (None, "Remediation") => (None, "responder"),
        _ => (None, "unknown"),
    }
}

fn finding(making: &Making<'_>, entry: &mut Made, event: &Event, when: Option<When>, content: &str) {
    let (summary, facts) = prose::facts(content, &FINDING_FACTS);
    let get = |name: &str| facts.get(name).map(String::as_str);
    let kind = get("Finding").and_then(|words| words.split_once(' ')).map(|(_, kind)| kind);
    entry
        .word("status", "draft")
        .word("type", kind.unwrap_or("observation"))
        .set("authors", get("Authors").unwrap_or_default().split(", ").filter_map(|name| words::person(name, making)))
        .maybe("severity", get("Severity"))
        .maybe("confidence", get("Confidence"))
        .line("reason", get("Because").unwrap_or_default())
        .set("techniques", get("Techniques").map(words::techniques).unwrap_or_default())
        .set("vulnerabilities", get("Vulnerabilities").unwrap_or_default().split(", "))
        .maybe("cvss", get("CVSS"))
        .set("assets", &event.assets)
        .set("indicators", &event.indicators)
        .markdown("summary", if summary.trim().is_empty() { event.title.as_deref().unwrap_or("…") } else { &summary });
    if let Some(when) = when {
        entry.when("observed", &prose::recalled(when, get("Time")));
    }
}

/// Makes a finding of a note that casebook wrote, since it has no time; whether it is one.
fn timeless(making: &mut Making<'_>, fields: &Fields, title: &str, text: &str) -> bool {
    let (text, facts) = prose::facts(text, &["Assets", "Indicators", "Tags"]);
    let get = |name: &str| facts.get(name).map_or("", String::as_str);
    if !get("Tags").contains("casebook:f-") {
        return false;
    }
    let tags = words::tags(get("Tags").split('|'), making);
    let Some(own) = tags.id.filter(|id| id.kind() == Kind::Finding) else { return false };
    let mut entry = Made::new(identity(making, Kind::Finding, &own.to_string(), Some(own)));
    let (content, citations) = prose::citations(&text, making);
    entry.line("title", title).set("tags", &tags.own);
    mark(&mut entry, making, tags.marking);
    let event = Event {
        key: String::new(),
        when: Err(NoInstant::Absent),
        title: Some(title.to_owned()),
        category: None,
        content: String::new(),
        raw: None,
        source: None,
        assets: listed(get("Assets"), ", ", &references::assets(&making.names)).ids,
        indicators: listed(get("Indicators"), ", ", &references::indicators(&making.names)).ids,
        tags,
    };
    finding(making, &mut entry, &event, None, &content);
    citations.into_iter().for_each(|cited| cited.put(&mut entry));
    settle(making, fields, entry);
    true
}

/// What both forms say of an indicator.
struct Ioc {
    key: String,
    value: String,
    kind: Option<String>,
    description: String,
    tags: words::Tags,
    marking: Option<Marking>,
}

fn ioc(making: &mut Making<'_>, fields: &Fields, ioc: &Ioc) -> Option<EntryId> {
    let name = ioc.kind.as_deref().unwrap_or("other");
    let kind = words::indicator_type(name).unwrap_or(IndicatorType::Other);
    let of = Observed { key: &ioc.key, own: ioc.tags.id, kind, value: &ioc.value };
    entries::indicator(making, fields, &of, &mut |entry, making| {
        mark(entry, making, ioc.marking.or(ioc.tags.marking));
        entry.set("tags", &ioc.tags.own);
        if ioc.tags.id == Some(entry.id) {
            let (said, facts) = prose::facts(&ioc.description, &["Verdict", "Confidence", "First seen", "Last seen"]);
            let (description, citations) = prose::citations(&said, making);
            entry.maybe("verdict", facts.get("Verdict")).maybe("confidence", facts.get("Confidence"));
            for (name, key) in [("First seen", "first_seen"), ("Last seen", "last_seen")] {
                if let Some(when) = facts.get(name).and_then(|text| prose::shown_time(text)) {
                    entry.when(key, &when);
                }
            }
            entry.markdown("description", &description);
            citations.into_iter().for_each(|cited| cited.put(entry));
        } else {
            let mut said = Prose::default();
            said.add(Some(&ioc.description));
            if kind == IndicatorType::Other && name != "other" {
                said.fact("Type", Some(name));
            }
            entry.markdown("description", &said.text());
        }
    })
}

/// What both forms say of an asset.
struct Asset {
    key: String,
    name: String,
    kind: Option<String>,
    description: String,
    address: Option<String>,
    domain: Option<String>,
    compromise: Option<&'static str>,
    tags: words::Tags,
    more: Prose,
}

const ASSET_FACTS: [&str; 6] = ["Kind", "Identifiers", "Owner", "Criticality", "Compromise", "Containment"];

fn asset(making: &mut Making<'_>, fields: &Fields, mut asset: Asset) -> Option<EntryId> {
    let kind_name = asset.kind.clone().unwrap_or_default();
    let own = asset.tags.id;
    let (own_description, facts) = prose::facts(&asset.description, &ASSET_FACTS);
    let own_kind = own.and_then(|_| facts.get("Kind")?.parse().ok());
    let kind = own_kind.or_else(|| words::asset_kind(&kind_name)).unwrap_or(AssetKind::Other);
    // casebook tells two of one name apart by the id.
    let name = match own {
        Some(own) => asset.name.strip_suffix(&format!(" ({own})")).unwrap_or(&asset.name).to_owned(),
        None => asset.name.clone(),
    };
    entries::asset(making, fields, &asset.key, own, (&name, kind), &mut |entry, making| {
        mark(entry, making, asset.tags.marking);
        entry.set("tags", &asset.tags.own);
        if own == Some(entry.id) {
            let get = |name: &str| facts.get(name).map(String::as_str);
            entry
                .set("identifiers", get("Identifiers").unwrap_or_default().split(", "))
                .maybe("owner", get("Owner").and_then(|name| words::group(name, making)))
                .maybe("criticality", get("Criticality"))
                .maybe("compromise", get("Compromise"))
                .maybe("containment", get("Containment"))
                .markdown("description", &own_description);
            return;
        }
        let said = &mut asset.more;
        said.add(Some(&asset.description)).fact("Domain", asset.domain.as_deref());
        // The operating system is in the type alone.
        said.fact("Type", (!kind_name.is_empty() && kind_name != kind.word()).then_some(&kind_name));
        let addresses = asset.address.as_deref().unwrap_or_default().split([',', ';', ' ', '\n']);
        entry
            .set("identifiers", addresses.map(str::trim))
            .maybe("compromise", asset.compromise)
            .markdown("description", &said.text());
    })
}

/// Names of assets and values of indicators in cells; what the case does not have goes into the text.
fn cell_references(
    making: &Making<'_>,
    assets: &str,
    indicators: (&str, &str),
    content: &mut String,
) -> (Vec<EntryId>, Vec<EntryId>) {
    let assets = listed(assets, ";", &references::assets(&making.names));
    let indicators = listed(indicators.0, indicators.1, &references::indicators(&making.names));
    for (name, unknown) in [("Assets", assets.unknown), ("Indicators", indicators.unknown)] {
        if !unknown.is_empty() {
            content.push_str(&format!("\n\n- {name}: {}", unknown.join(", ")));
        }
    }
    (assets.ids, indicators.ids)
}
