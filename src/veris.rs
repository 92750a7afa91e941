//! A case in the four questions of VERIS 1.3.4 (<https://verisframework.org>): whose action, which action, on which asset, with
//! which attribute lost. Where the case does not say what VERIS asks, the answer is [`UNKNOWN`].

use crate::model::{Case, CaseRecord, Milestones};
use crate::values::When;
use crate::values::vocabulary::{AssetKind, Category, Compromise, Milestone, Outcome, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// What VERIS calls what nobody knows.
pub const UNKNOWN: &str = "Unknown";

/// An incident as VERIS classifies it. Words are those of its enumerations.
#[derive(Debug, PartialEq, Eq)]
pub struct Classification<'c> {
    /// Whether it was a security incident.
    pub incident: &'static str,
    pub actor: Actor,
    /// What the actor did; none where it is not known.
    pub action: Option<Action>,
    /// The vulnerabilities that findings name, in order.
    pub vulnerabilities: BTreeSet<&'c str>,
    /// How many assets there are of each variety, without those that were cleared.
    pub assets: BTreeMap<&'static str, u64>,
    pub attribute: Option<Attribute>,
    /// From the first action of the attacker to its detection.
    pub discovery: Length,
    /// From its detection until it was contained.
    pub containment: Length,
    /// How bad it was.
    pub rating: &'static str,
}

/// Who did it, from the victim's point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    External,
    Internal,
    Unknown,
}

/// One of the kinds of action: `hacking` with its variety and its vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    pub kind: &'static str,
    pub variety: &'static str,
    pub vector: &'static str,
}

/// What was lost, and how far that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Confidentiality,
    /// Availability, and the way in which it was lost.
    Availability(&'static str),
}

/// A length of time in the largest unit that it has one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many of a unit, such as `Hours`.
    Known(i64, &'static str),
    /// It ended before it began, as far as anybody knows.
    None,
    Unknown,
}

impl<'c> Classification<'c> {
    pub fn of(case: &'c Case) -> Self {
        let record = case.record.as_ref().map(|record| &record.value);
        let category = record.and_then(|record| record.category).unwrap_or(Category::Undetermined);
        let findings = case.findings().filter(|(entry, _)| !entry.is_retired());
        let vulnerabilities: BTreeSet<&str> =
            findings.flat_map(|(_, finding)| finding.vulnerabilities.iter()).map(|cve| cve.as_str()).collect();
        let milestones = record.and_then(|record| record.milestones.as_ref());
        Self {
            incident: incident(record),
            actor: actor(category),
            action: action(category, !vulnerabilities.is_empty()),
            vulnerabilities,
            assets: assets(case),
            attribute: attribute(category),
            discovery: between(milestones, Milestone::Occurred, Milestone::Detected),
            containment: between(milestones, Milestone::Detected, Milestone::Contained),
            rating: rating(record.map(|record| record.severity)),
        }
    }
}

fn incident(record: Option<&CaseRecord>) -> &'static str {
    match record.and_then(|record| record.outcome) {
        Some(Outcome::TruePositive | Outcome::TruePositiveNoImpact) => "Confirmed",
        Some(Outcome::FalsePositive | Outcome::Benign) => "False positive",
        Some(Outcome::Duplicate | Outcome::Undetermined) | None => "Suspected",
    }
}

fn actor(category: Category) -> Actor {
    match category {
        Category::Insider => Actor::Internal,
        Category::Undetermined | Category::LostDevice | Category::Other => Actor::Unknown,
        _ => Actor::External,
    }
}

/// What the category says of the action; a vulnerability that was exploited says that it was hacking.
fn action(category: Category, exploited: bool) -> Option<Action> {
    let action = |kind, variety, vector| Some(Action { kind, variety, vector });
    match category {
        Category::Ransomware => action("malware", "Ransomware", UNKNOWN),
        Category::Malware => action("malware", UNKNOWN, UNKNOWN),
        Category::Phishing | Category::BusinessEmailCompromise => action("social", "Phishing", "Email"),
        Category::WebIntrusion => action("hacking", UNKNOWN, "Web application"),
        Category::AccountTakeover => action("hacking", "Use of stolen creds", UNKNOWN),
        Category::Intrusion => action("hacking", UNKNOWN, UNKNOWN),
        Category::SupplyChain => action("hacking", UNKNOWN, "Partner"),
        Category::DenialOfService => action("hacking", "DoS", UNKNOWN),
        Category::Insider => action("misuse", UNKNOWN, UNKNOWN),
        Category::LostDevice => action("error", "Loss", UNKNOWN),
        Category::Undetermined | Category::DataBreach | Category::Fraud | Category::Other if exploited => {
            action("hacking", "Exploit vuln", UNKNOWN)
        }
        Category::Undetermined | Category::DataBreach | Category::Fraud | Category::Other => None,
    }
}

fn assets(case: &Case) -> BTreeMap<&'static str, u64> {
    let mut amounts = BTreeMap::new();
    let concerned = |(entry, asset): &(&crate::model::Entry, &crate::model::Asset)| {
        !entry.is_retired() && asset.compromise != Some(Compromise::Cleared)
    };
    for (_, asset) in case.assets().filter(concerned) {
        let variety = match asset.kind {
            AssetKind::Server | AssetKind::Application | AssetKind::CloudResource => "S - Unknown",
            AssetKind::Mailbox => "S - Mail",
            AssetKind::Host | AssetKind::MobileDevice => "U - Unknown",
            AssetKind::NetworkDevice => "N - Router or switch",
            AssetKind::Network => "N - Unknown",
            AssetKind::Account | AssetKind::DataSet | AssetKind::Other => UNKNOWN,
        };
        *amounts.entry(variety).or_default() += 1;
    }
    amounts
}

fn attribute(category: Category) -> Option<Attribute> {
    match category {
        Category::DataBreach => Some(Attribute::Confidentiality),
        Category::Ransomware => Some(Attribute::Availability("Obscuration")),
        Category::DenialOfService => Some(Attribute::Availability("Degradation")),
        Category::LostDevice => Some(Attribute::Availability("Loss")),
        _ => None,
    }
}

fn between(milestones: Option<&Milestones>, from: Milestone, to: Milestone) -> Length {
    let at = |milestone| milestones.and_then(|milestones| milestones.get(milestone)).map(When::earliest);
    let (Some(from), Some(to)) = (at(from), at(to)) else { return Length::Unknown };
    let seconds = to.duration_since(from).as_secs();
    let units = [
        ("Years", 31_536_000),
        ("Months", 2_592_000),
        ("Weeks", 604_800),
        ("Days", 86_400),
        ("Hours", 3_600),
        ("Minutes", 60),
        ("Seconds", 1),
    ];
    match units.iter().find(|(_, length)| seconds >= *length) {
        Some((unit, length)) => Length::Known(seconds / length, unit),
        None => Length::None,
    }
}

fn rating(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Informational) => "Insignificant",
        Some(Severity::Low) => "Distracting",
        Some(Severity::Medium) => "Painful",
        Some(Severity::High) => "Damaging",
        Some(Severity::Critical) => "Catastrophic",
        None => UNKNOWN,
    }
}
