//! TheHive 4 and 5: a case with its observables, tasks and procedures, as the API gives them.
//!
//! An observable that is flagged as an IOC is suspicious, since a flag is no verdict. The marking 3 is red in version 4 and
//! amber+strict in version 5: it is taken for red. Severity 1 is low, 4 critical. Procedures are events of the attacker.

use super::Neighbour;
use super::entries::{self, Observed, mark, settle};
use super::fields::{Fields, document, each};
use super::prose::Prose;
use super::words;
use crate::import::{Made, Making, Outcome, made};
use crate::ingest::instant::Form;
use crate::values::time::Known;
use crate::values::vocabulary::{IndicatorType, Marking};
use crate::values::{Kind, When};
use serde_json::Value;

pub const FORMAT: Neighbour = Neighbour {
    name: "thehive",
    what: "a case of TheHive 4 or 5: JSON of its API, with observables, tasks and procedures",
    keeps: "observables, tasks, procedures; title, severity, TLP, summary and dates of the case to be set by hand",
    loses: "attached bytes, PAP, reports of analysers, custom fields",
    detect: |head| {
        let text = head.text();
        let has = |keys: &[&str]| keys.iter().any(|key| text.contains(key));
        let types = [
            "\"Case\"",
            "\"case\"",
            "\"Observable\"",
            "\"case_artifact\"",
            "\"Task\"",
            "\"case_task\"",
            "\"Procedure\"",
        ];
        text.trim_start().starts_with(['{', '['])
            && (has(&["\"_type\""]) && has(&types) || has(&["\"dataType\""]) && has(&["\"tlp\"", "\"sighted\""]))
    },
    read,
};

fn read(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let document = document(bytes)?;
    let list = match &document {
        Value::Array(list) => list.clone(),
        _ => return read_any(&document, "", making),
    };
    each(&list, "", making, &mut |number, fields, making| typed(&format!("/{number}"), fields, &list[number], making));
    Ok(())
}

fn read_any(value: &Value, pointer: &str, making: &mut Making<'_>) -> Result<(), String> {
    let mut all = Fields::of_json(value, pointer)?;
    if let Some(case) = all.value("case").filter(Value::is_object) {
        read_any(&case, &format!("{pointer}/case"), making)?;
    }
    for (names, read) in [
        (["observables", "artifacts"], observable as fn(&str, Fields, &mut Making<'_>)),
        (["tasks", "case_tasks"], task),
        (["procedures", "ttps"], procedure),
    ] {
        for name in names {
            let below = format!("{pointer}/{name}");
            each(&all.list(name), &below, making, &mut |number, fields, making| {
                read(&format!("{below}/{number}"), fields, making)
            });
        }
    }
    if value.get("title").is_some() || value.get("dataType").is_some() || value.get("patternId").is_some() {
        typed(pointer, all, value, making);
    } else {
        all.lose_rest("case", making);
    }
    Ok(())
}

/// A record by its type, or, where it says none, by its fields.
fn typed(place: &str, fields: Fields, value: &Value, making: &mut Making<'_>) {
    let kind = value.get("_type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "Observable" | "case_artifact" => observable(place, fields, making),
        "Task" | "case_task" => task(place, fields, making),
        "Procedure" => procedure(place, fields, making),
        "Case" | "case" => case(fields, making),
        _ if value.get("dataType").is_some() => observable(place, fields, making),
        _ if value.get("patternId").is_some() => procedure(place, fields, making),
        _ if value.get("severity").is_some() => case(fields, making),
        _ => task(place, fields, making),
    }
}

/// Fields of the tool's own bookkeeping.
const OWN: &[&str] = &[
    "_id",
    "id",
    "_type",
    "_createdBy",
    "_createdAt",
    "_updatedBy",
    "_updatedAt",
    "createdAt",
    "createdBy",
    "updatedAt",
    "updatedBy",
    "_parent",
    "_routing",
    "_version",
    "extraData",
    "flag",
    "number",
    "caseId",
    "ignoreSimilarity",
    "order",
    "stats",
    "userPermissions",
    "owner",
    "group",
];

fn marking(fields: &mut Fields) -> Option<Marking> {
    match fields.text("tlp")?.as_str() {
        "0" => Some(Marking::Clear),
        "1" => Some(Marking::Green),
        "2" => Some(Marking::Amber),
        "3" | "4" => Some(Marking::Red),
        _ => None,
    }
}

fn time(fields: &mut Fields, name: &str, making: &Making<'_>) -> Option<When> {
    words::when(&fields.text(name)?, Form::Milliseconds, making).ok()
}

fn case(mut fields: Fields, making: &mut Making<'_>) {
    for (key, name) in [("title", "title"), ("summary", "description"), ("lessons", "summary")] {
        making.tell(key, &fields.text(name).unwrap_or_default());
    }
    let severity = match fields.text("severity").as_deref() {
        Some("1") => "low",
        Some("2") => "medium",
        Some("3") => "high",
        Some("4") => "critical",
        _ => "",
    };
    making.tell("severity", severity);
    making.tell("tlp", marking(&mut fields).map_or("", |marking| marking.word()));
    for (key, name) in [("milestones.reported", "startDate"), ("milestones.closed", "endDate")] {
        if let Some(when) = time(&mut fields, name, making) {
            making.tell(key, made::when_value(&when).to_string().trim());
        }
    }
    fields.pass(OWN);
    fields.pass(&["status", "stage", "assignee"]);
    fields.lose_rest("case", making);
    fields.count(making, Outcome::Skipped("what it says of the case as a whole is to be set by hand".to_owned()));
}

fn observable(place: &str, mut fields: Fields, making: &mut Making<'_>) {
    let key = fields.first(&["_id", "id"]).unwrap_or_else(|| place.to_owned());
    let name = fields.text("dataType").unwrap_or_default();
    let marking = marking(&mut fields);
    let tags = fields.texts("tags");
    let tags = words::tags(tags.iter().map(String::as_str), making);
    let is_ioc = fields.flag("ioc");
    let mut values: Vec<(IndicatorType, String)> = Vec::new();
    let data = fields.text("data");
    let is_digest = words::plain(&name) == "hash";
    let kind = match &data {
        Some(data) if is_digest => words::digest_type(data),
        _ => words::indicator_type(&name),
    };
    values.extend(data.map(|data| (kind.unwrap_or(IndicatorType::Other), data)));
    let mut said = Prose::default();
    said.add(fields.text("message")).fact("Type", Some(&name).filter(|_| kind.is_none()));
    said.fact("Sighted", fields.flag("sighted").then_some("yes"));
    if let Some(Ok(mut attachment)) = fields.value("attachment").map(|value| Fields::of_json(&value, place)) {
        let hashes = attachment.texts("hashes");
        values.extend(hashes.into_iter().filter_map(|digest| Some((words::digest_type(&digest)?, digest))));
        said.fact("File", attachment.text("name")).fact("Size", attachment.text("size"));
        making.lose("observable: the bytes of attachments");
    }
    said.fact("Start", time(&mut fields, "startDate", making).map(|when| when.to_string()));
    fields.pass(OWN);
    fields.lose_rest("observable", making);
    let keys: Vec<String> = (0..values.len())
        .map(|at| if at == 0 { format!("observable/{key}") } else { format!("observable/{key}/{at}") })
        .collect();
    let all: Vec<Observed<'_>> = values
        .iter()
        .zip(&keys)
        .map(|((kind, value), key)| Observed { key, own: tags.id, kind: *kind, value })
        .collect();
    entries::indicators(making, &fields, &all, &mut |entry, making| {
        mark(entry, making, marking);
        entry.set("tags", &tags.own).word("verdict", if is_ioc { "suspicious" } else { "unknown" });
        entry.markdown("description", &said.text());
    });
}

fn task(place: &str, mut fields: Fields, making: &mut Making<'_>) {
    let key = fields.first(&["_id", "id"]).unwrap_or_else(|| place.to_owned());
    let mut entry = Made::new(making.id(Kind::Action, &format!("task/{key}")));
    let mut said = Prose::default();
    said.add(fields.text("description")).fact("Group", fields.text("group").filter(|group| group != "default"));
    entry.line("title", &fields.text("title").unwrap_or_default()).word("phase", "investigate");
    if let Some(When { known: Known::At(at), .. }) = time(&mut fields, "dueDate", making) {
        entry.cell("due", made::moment_value(at));
    }
    if let Some(name) = fields.text("assignee") {
        let person = words::person(&name, making);
        said.fact("Assignee", Some(&name).filter(|_| person.is_none()));
        entry.maybe("assignee", person);
    }
    let status = fields.text("status").unwrap_or_default();
    let closed = fields.text("endDate");
    entries::status(&mut entry, making, (&status, words::action_status(&status)), closed.as_deref(), &mut said);
    said.fact("Started", time(&mut fields, "startDate", making).map(|when| when.to_string()));
    entry.markdown("description", &said.text());
    fields.pass(OWN);
    fields.lose_rest("task", making);
    settle(making, &fields, entry);
}

fn procedure(place: &str, mut fields: Fields, making: &mut Making<'_>) {
    let key = fields.first(&["_id", "id"]).unwrap_or_else(|| place.to_owned());
    let text = fields.text("occurDate").unwrap_or_default();
    let when = match words::when(&text, Form::Milliseconds, making) {
        Ok(when) => when,
        Err(why) => return fields.count(making, Outcome::Refused(why.to_string())),
    };
    let pattern = fields.first(&["patternId", "pattern"]).unwrap_or_default();
    let name = fields.text("patternName");
    let tactic_name = fields.first(&["tactic", "tacticLabel"]);
    let tactic = tactic_name.as_deref().and_then(words::tactic);
    let techniques = words::techniques(&pattern);
    let known = techniques.first().and_then(|id| crate::values::attack::technique(id.as_str()));
    let title = name.or(known.map(|known| known.name.to_owned())).unwrap_or_else(|| format!("Procedure {pattern}"));
    let mut said = Prose::default();
    said.add(fields.text("description")).fact("Tactic", tactic_name.filter(|_| tactic.is_none()));
    said.fact("Pattern", Some(&pattern).filter(|_| techniques.is_empty()));
    let mut entry = Made::new(making.id(Kind::Event, &format!("procedure/{key}")));
    entry
        .line("title", &title)
        .when("time", &when)
        .word("actor", "attacker")
        .maybe("tactic", tactic)
        .set("techniques", techniques);
    entry.markdown("description", &said.text());
    fields.pass(OWN);
    fields.lose_rest("procedure", making);
    settle(making, &fields, entry);
}
