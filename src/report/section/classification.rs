//! Classification: the incident in the words of VERIS, in which many organisations compare theirs.

use super::View;
use crate::report::outline::{Block, Fact, Section, code, fact, facts, join, small, text};
use crate::values::wording::{capital, counted};
use crate::veris::{Actor, Attribute, Classification, Length, UNKNOWN};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    view.case.record.as_ref()?;
    let found = Classification::of(view.case);
    let blocks = vec![Block::Facts(told(found))];
    Some(Section { anchor: "classification", title: "Classification (VERIS 1.3.4)", count: None, blocks })
}

fn told(found: Classification<'_>) -> Vec<Fact<'_>> {
    let mut told = vec![
        fact("Incident", text(found.incident)),
        fact("Actor", text(actor(found.actor))),
        fact("Action", text(found.action.map_or(UNKNOWN.to_owned(), |action| action_words(&action)))),
    ];
    if !found.vulnerabilities.is_empty() {
        let vulnerabilities = found.vulnerabilities.into_iter().map(code);
        told.push(facts("Vulnerabilities", join(vulnerabilities, ", ")));
    }
    told.extend([
        fact("Assets", text(assets(found.assets))),
        fact("Attribute", text(attribute(found.attribute))),
        fact("Time to discovery", length(found.discovery)),
        fact("Time to containment", length(found.containment)),
        fact("Impact", text(found.rating)),
    ]);
    told
}

fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::External => "External",
        Actor::Internal => "Internal",
        Actor::Unknown => UNKNOWN,
    }
}

/// `Hacking: Use of stolen creds, by Web application`, without what is not known.
fn action_words(action: &crate::veris::Action) -> String {
    let mut words = capital(action.kind);
    if action.variety != UNKNOWN {
        words += &format!(": {}", action.variety);
    }
    if action.vector != UNKNOWN {
        words += &format!(", by {}", action.vector);
    }
    words
}

/// `1 mail server, 2 user devices`.
fn assets(amounts: impl IntoIterator<Item = (&'static str, u64)>) -> String {
    let words = |(variety, amount): (&'static str, u64)| match variety {
        "S - Unknown" => counted(amount, "server"),
        "S - Mail" => counted(amount, "mail server"),
        "U - Unknown" => counted(amount, "user device"),
        "N - Router or switch" => counted(amount, "network device"),
        "N - Unknown" => counted(amount, "network"),
        _ => format!("{amount} of unknown variety"),
    };
    let words: Vec<String> = amounts.into_iter().map(words).collect();
    if words.is_empty() { UNKNOWN.to_owned() } else { words.join(", ") }
}

fn attribute(attribute: Option<Attribute>) -> String {
    match attribute {
        Some(Attribute::Confidentiality) => "Confidentiality".to_owned(),
        Some(Attribute::Availability(how)) => format!("Availability: {how}"),
        None => UNKNOWN.to_owned(),
    }
}

fn length<'c>(length: Length) -> crate::report::outline::Span<'c> {
    match length {
        Length::Known(value, unit) => text(counted(value, unit.to_lowercase().trim_end_matches('s'))),
        Length::None => small("none"),
        Length::Unknown => text(UNKNOWN),
    }
}
