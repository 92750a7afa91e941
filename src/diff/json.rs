//! A difference as JSON, for scripts. docs/forges.md describes it.

use super::prose::Hunk;
use super::{Change, Claim, Difference, EntryChange, FieldChange, RecordChange, Said, Seen};
use crate::diagnostic::{Diagnostic, Sources, render};
use crate::values::characters::deceit;
use crate::values::{EntryId, Moment, TreePath, When};
use serde_json::{Value, json};

/// A value as a text for a terminal or a file: what would steer a terminal or turn a line around is escaped.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    for c in format!("{value:#}").chars() {
        if deceit(c).is_some() {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// Everything that differs.
pub fn write(difference: &Difference) -> Value {
    let title = |id: &EntryId| difference.titles.get(id).cloned();
    let paths = |paths: &[TreePath]| paths.iter().map(TreePath::as_str).map(Value::from).collect::<Value>();
    let work = &difference.work;
    let when = |when: &Option<When>| when.as_ref().map(ToString::to_string);
    json!({
        "rules": difference.rules.iter().map(record).collect::<Value>(),
        "case": difference.case.as_ref().map(record),
        "entries": difference.entries.iter().map(entry).collect::<Value>(),
        "milestones": work.milestones.iter().map(|change| json!({
            "milestone": change.milestone.word(), "old": when(&change.old), "new": when(&change.new),
        })).collect::<Value>(),
        "duties": work.duties.iter().map(|change| json!({
            "handle": change.handle, "name": change.name,
            "old": change.old.map(|standing| standing.word()), "new": change.new.map(|standing| standing.word()),
            "until": change.end.map(|end| Moment::utc(end).to_toml()),
        })).collect::<Value>(),
        "actions": work.actions.iter().map(|change| json!({
            "id": change.id.to_string(), "title": title(&change.id), "news": change.news.word(),
            "due": change.due.map(|due| due.to_toml()),
        })).collect::<Value>(),
        "signoffs": { "added": paths(&difference.signoffs), "stale": difference.stale.iter().map(|stale| json!({
            "item": stale.item.to_string(), "signer": stale.signer, "why": stale.why,
        })).collect::<Value>() },
        "timestamps": { "added": paths(&difference.timestamps) },
        "to_sign": difference.to_sign.iter().map(|due| json!({
            "item": due.item.to_string(), "asked": due.is_asked, "standing": due.standing,
        })).collect::<Value>(),
        "files": difference.files.iter().map(|change| json!({
            "path": change.path.as_str(), "act": change.act.word(), "hunks": hunks(&change.hunks),
        })).collect::<Value>(),
        "problems": {
            "appeared": problems(&difference.problems.sources, &difference.problems.appeared),
            "vanished": problems(&Sources::default(), &difference.problems.vanished),
            "stayed": difference.problems.stayed,
        },
    })
}

fn problems(sources: &Sources, found: &[Diagnostic]) -> Value {
    render::json::render(sources, found)["diagnostics"].take()
}

fn record(change: &RecordChange) -> Value {
    let lines = if change.fields.is_some() { Value::Null } else { hunks(&change.hunks) };
    json!({
        "path": change.path.as_str(), "act": change.act.word(),
        "fields": change.fields.as_ref().map(|all| fields(all)), "hunks": lines,
    })
}

fn entry(change: &EntryChange) -> Value {
    json!({
        "id": change.id.to_string(),
        "kind": change.id.kind().noun(),
        "act": change.act.word(),
        "title": change.title,
        "status": { "old": change.status.0, "new": change.status.1 },
        "retired": change.is_retired,
        "fields": change.fields.as_ref().map(|all| fields(all)),
        "evidence": change.evidence.as_ref().map(|exhibit| json!({
            "files": exhibit.files, "bytes": exhibit.bytes, "home": exhibit.home,
            "list": exhibit.list.map(|list| list.to_string()),
        })),
    })
}

fn fields(changes: &[FieldChange]) -> Value {
    let one = |change: &FieldChange| {
        let mut value = json!({ "field": change.route.to_string(), "of": change.of });
        match &change.change {
            Change::Value { old, new } => {
                value["old"] = json!(old.as_ref().map(|old| &old.text));
                value["new"] = json!(new.as_ref().map(|new| &new.text));
            }
            Change::Elements { added, removed } => {
                let texts = |all: &[Said]| all.iter().map(|said| Value::from(said.text.clone())).collect::<Value>();
                value["added"] = texts(added);
                value["removed"] = texts(removed);
            }
            Change::Text { hunks: found, .. } => value["hunks"] = hunks(found),
        }
        value
    };
    changes.iter().map(one).collect()
}

fn hunks(hunks: &[Hunk]) -> Value {
    hunks.iter().map(|hunk| json!({ "removed": hunk.removed, "added": hunk.added })).collect()
}

/// What the new and changed claims cite.
pub fn claims(claims: &[Claim]) -> Value {
    let one = |claim: &Claim| {
        let (verdict, text, why) = match &claim.seen {
            Seen::Sound(text) => ("sound", text.clone(), None),
            Seen::Wrong(why) => ("wrong", None, Some(why.clone())),
            Seen::Unread(why) => ("not checked here", None, Some((*why).to_owned())),
            Seen::NoItem => ("wrong", None, Some("there is no such item".to_owned())),
        };
        json!({
            "entry": claim.entry.to_string(), "item": claim.item.to_string(), "title": claim.title,
            "path": claim.file, "at": claim.at, "quote": claim.quote,
            "verdict": verdict, "text": text, "why": why,
        })
    };
    claims.iter().map(one).collect()
}
