//! A plan as JSON, for scripts. docs/notices.md describes it.

use super::apply::Applied;
use super::ledger::Parcel;
use super::{Notice, Plan, Withheld};
use crate::report::marking_words;
use serde_json::{Value, json};

/// The whole plan.
pub fn write(plan: &Plan) -> Value {
    json!({
        "case": plan.case,
        "before": plan.before,
        "after": plan.after,
        "notices": plan.notices.iter().map(notice).collect::<Value>(),
        "withheld": plan.withheld.iter().map(withheld).collect::<Value>(),
    })
}

/// One notice, with all that it says.
pub fn notice(notice: &Notice) -> Value {
    let message = &notice.message;
    let facts = message.facts.iter().map(|(name, value)| json!({ "name": name, "value": value }));
    json!({
        "key": notice.key.to_string(),
        "route": notice.route.as_str(),
        "channel": notice.channel.as_str(),
        "audience": notice.audience,
        "occasion": notice.occasion.word(),
        "about": notice.about,
        "status": notice.status,
        "open": notice.is_open,
        "marking": marking_words(notice.marking),
        "title": message.title,
        "subject": message.subject,
        "lead": message.lead,
        "facts": facts.collect::<Value>(),
        "text": message.text,
        "origin": message.origin,
    })
}

/// What was done with a plan.
pub fn applied(applied: &Applied) -> Value {
    json!({
        "begins": applied.begins,
        "planned": applied.planned,
        "sent": applied.sent.iter().map(parcel).collect::<Value>(),
        "pending": applied.pending.iter().map(parcel).collect::<Value>(),
        "withheld": applied.withheld.iter().map(withheld).collect::<Value>(),
    })
}

fn parcel(parcel: &Parcel) -> Value {
    let mut value = notice(&parcel.notice);
    let receipt = parcel.receipt.as_ref();
    value["receipt"] =
        receipt.map(|one| json!({ "at": one.at.to_string(), "to": one.to, "answer": one.answer })).into();
    value["attempts"] = parcel.attempts.into();
    value["failed"] = parcel.failures.last().map(|failed| failed.why.clone()).into();
    value["next"] = parcel.next().filter(|_| receipt.is_none()).map(|next| next.to_string()).into();
    value
}

fn withheld(withheld: &Withheld) -> Value {
    json!({
        "route": withheld.route.as_str(),
        "audience": withheld.audience,
        "occasion": withheld.occasion.word(),
        "about": withheld.about,
        "reasons": withheld.reasons,
    })
}
