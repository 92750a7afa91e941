//! The policy of a case: which rules hold, what a status requires, which duties run, which fields a team adds.

use super::field::{Datum, Field, Reader, Shape};
use super::leaf::Set;
use super::reading;
use super::record::record;
use crate::diagnostic::Code;
use crate::values::vocabulary::{
    CustomType, KnownAudience, LeastStanding, Level, Marking, Milestone, Naming, Occasion, ReportSection, Role,
    Severity, Wording,
};
use crate::values::{Handle, Line, Moment, Period, Span, TechniqueId, Trail, Zone};
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::DeValue;

record! {
    /// The policy: what the team asks of the case and of every change of it.
    Policy("policy") {
        /// Raised by one at every change.
        version: u64,
        /// Rules that this team raises, lowers or switches off: code = "error", "warning" or "off".
        rules: BTreeMap<String, Level>,
        /// What an entry must have, per kind and status.
        gates: Vec<Gate>,
        /// Who must sign off entries before they reach a protected branch.
        signoffs: Vec<SignoffRule>,
        /// Which status may follow which; any may where nothing is said of the one that it follows.
        transitions: Vec<Transition>,
        /// Legal and contractual clocks.
        duties: Vec<Duty>,
        /// Who is told of the case, and what must hold of what they are told.
        audiences: Vec<Audience>,
        /// Who hears of what, when it is committed or its time comes.
        routes: Vec<NoticeRoute>,
        /// What evidence may be kept in Git.
        evidence: Option<EvidencePolicy>,
        /// The team's own fields: `[custom.finding.room]`.
        custom: BTreeMap<String, BTreeMap<String, CustomField>>,
    }
}

record! {
    /// A gate: entries of a kind that have a status must have these fields.
    Gate("gate") {
        /// The kind of entry, or `case`.
        kind: Line,
        /// The statuses for which it holds; all of them where none is named.
        status: Set<Line>,
        /// The fields that must be there and not empty.
        require: Set<Line>,
        /// Why, shown to whom the gate stops.
        reason: Option<Line>,
    }
}

record! {
    /// A sign-off rule: entries of a kind reach a protected branch only with these approvals.
    SignoffRule("sign-off rule") {
        /// The kind of entry, or `case`, `team` or `policy` for the file of that name.
        kind: Line,
        /// The statuses for which it holds; all of them where none is named.
        status: Set<Line>,
        /// The severities for which it holds; all of them where none is named.
        severity: Set<Severity>,
        /// How many people must approve.
        approvals: u64,
        /// The roles whose approval counts; reviewer and lead where none is named.
        roles: Set<Role>,
        /// Whether an author must have signed, too.
        author: Option<bool>,
        /// Why, shown to whom the rule stops.
        reason: Option<Line>,
    }
}

record! {
    /// A transition: from this status, entries of a kind go on to these only.
    Transition("transition") {
        /// The kind of entry, or `case`.
        kind: Line,
        /// The status that they have.
        from: Line,
        /// The statuses that may follow; none where nothing may.
        to: Set<Line>,
        /// Why, shown to whom the rule stops.
        reason: Option<Line>,
    }
}

record! {
    /// A duty: something that law or contract asks for within a time of a milestone.
    Duty("duty") {
        /// The name that actions use.
        handle: Handle,
        /// What is to be done.
        name: Line,
        /// Where it is written, such as `GDPR Art. 33(1)`.
        law: Option<Line>,
        /// The milestone that its clock starts at. Without one, and without `after`, a decision starts it that names the duty.
        starts: Option<Milestone>,
        /// The duty that starts its clock once it is fulfilled.
        after: Option<Handle>,
        /// The time that it allows: `72h`, `1 month` or `4 business days`.
        within: Period,
        /// The zone by whose calendar months and business days are counted; UTC where nothing is said.
        zone: Option<Zone>,
        /// Who must be told.
        to: Option<Line>,
        /// What they ask for, one line for each.
        asks: Vec<Line>,
    }
}

record! {
    /// An audience: people for whom a report is made.
    Audience("audience") {
        /// The name that commands and folders use.
        handle: Handle,
        /// What people call it.
        name: Option<Line>,
        /// The known audience whose report it has, but for what is said here; that of its own handle where there is one.
        like: Option<KnownAudience>,
        /// The strictest marking that it may be told; that of the audience that it is like, and else amber+strict.
        tlp: Option<Marking>,
        /// Where findings and decisions that it is told must stand at least; anywhere where nothing is said.
        standing: Option<LeastStanding>,
        /// The sections of its report, in their order.
        sections: Vec<ReportSection>,
        /// Whose words the report uses.
        wording: Option<Wording>,
        /// How it speaks of the people of the roster.
        people: Option<Naming>,
        /// How many entries a section that tells a story names at most.
        limit: Option<u64>,
        /// Whether findings that are drafts are told.
        drafts: Option<bool>,
        /// Whether indicators are shown as they are, not defanged.
        live: Option<bool>,
        /// The team whose open actions it is told of; those of all where nothing is said.
        team: Option<Handle>,
        /// The zone of its readers, of the IANA database; beside UTC.
        zone: Option<Zone>,
    }
}

record! {
    /// A route: what is told to whom as soon as it is so, and through which channels.
    NoticeRoute("route") {
        /// The name that notices and the ledger use.
        handle: Handle,
        /// The audience that hears of it: in its words, up to its marking, of what stands as it asks.
        audience: Handle,
        /// The channels that it goes through. Where each leads, whoever runs the server says, never the case.
        channels: Set<Handle>,
        /// The occasions on which they hear; `reached` where none is named.
        on: Set<Occasion>,
        /// The kind of entry, or `case`; any where nothing is said.
        kind: Set<Line>,
        /// The statuses that it is about; any that counts where none is named.
        status: Set<Line>,
        /// The severities that it is about; any where none is named.
        severity: Set<Severity>,
        /// ATT&CK techniques that a finding or an event names, with their sub-techniques.
        techniques: Set<TechniqueId>,
        /// The teams that own the action, or an asset that the entry concerns.
        owners: Set<Handle>,
        /// The duties that it is about; all where none is named.
        duties: Set<Handle>,
        /// The strictest marking that goes this way; that of the audience where nothing is said.
        tlp: Option<Marking>,
        /// How long before something is due they hear of it; 24 hours where nothing is said.
        ahead: Option<Span>,
        /// How long something may be overdue before they hear of it; no time where nothing is said.
        patience: Option<Span>,
    }
}

record! {
    /// What evidence may be kept in Git.
    EvidencePolicy("evidence policy") {
        /// The largest file, in bytes; 50 MiB where nothing is said.
        max_git_file_bytes: Option<u64>,
    }
}

record! {
    /// A field that a team adds to a kind of entry.
    CustomField("custom field") {
        /// Its type.
        r#type: CustomType,
        /// Whether every entry of the kind must have it.
        required: Option<bool>,
        /// The texts that it may hold; any where none is named.
        values: Set<Line>,
        /// What it is for.
        description: Option<Line>,
    }
}

impl Policy {
    /// The policy of a case that has none: every rule as it is, no gates, no duties.
    pub fn none() -> Self {
        Self {
            version: 0,
            rules: BTreeMap::new(),
            gates: Vec::new(),
            signoffs: Vec::new(),
            transitions: Vec::new(),
            duties: Vec::new(),
            audiences: Vec::new(),
            routes: Vec::new(),
            evidence: None,
            custom: BTreeMap::new(),
        }
    }

    /// How the policy changes a rule, if it does.
    pub fn level(&self, code: &Code) -> Option<Level> {
        self.rules.get(code.as_str()).copied()
    }

    pub fn audience(&self, handle: &str) -> Option<&Audience> {
        self.audiences.iter().find(|audience| audience.handle.as_str() == handle)
    }

    pub fn duty(&self, handle: &str) -> Option<&Duty> {
        self.duties.iter().find(|duty| duty.handle.as_str() == handle)
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    fn shape() -> Shape {
        Shape::Map(Box::new(T::shape()))
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        let DeValue::Table(table) = value.get_ref() else {
            reader.report(reading::wrong_type::found(&reader.path, value.span(), "a table", value.get_ref()));
            return None;
        };
        let read: Vec<_> =
            table.iter().map(|(key, value)| (key.get_ref().to_string(), T::read(value, reader))).collect();
        read.into_iter().map(|(key, value)| Some((key, value?))).collect()
    }

    fn absent() -> Option<Self> {
        Some(BTreeMap::new())
    }

    fn holds(&self, route: &str) -> Option<bool> {
        Some(if route.is_empty() { !self.is_empty() } else { self.contains_key(route) })
    }
}

/// A value of a team's own field.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum CustomValue {
    Text(String),
    Integer(i64),
    Boolean(bool),
    Time(Moment),
    List(Vec<String>),
}

impl CustomValue {
    pub fn type_of(&self) -> CustomType {
        match self {
            CustomValue::Text(_) => CustomType::Text,
            CustomValue::Integer(_) => CustomType::Integer,
            CustomValue::Boolean(_) => CustomType::Boolean,
            CustomValue::Time(_) => CustomType::Time,
            CustomValue::List(_) => CustomType::List,
        }
    }
}

impl std::fmt::Display for CustomValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CustomValue::Text(text) => f.write_str(text),
            CustomValue::Integer(number) => write!(f, "{number}"),
            CustomValue::Boolean(boolean) => write!(f, "{boolean}"),
            CustomValue::Time(moment) => write!(f, "{moment}"),
            CustomValue::List(items) => f.write_str(&items.join(", ")),
        }
    }
}

/// A team's own fields of one entry.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Custom(pub BTreeMap<String, CustomValue>);

impl Field for Custom {
    fn shape() -> Shape {
        Shape::Custom
    }

    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<Self> {
        let DeValue::Table(table) = value.get_ref() else {
            reader.report(reading::wrong_type::found(&reader.path, value.span(), "a table", value.get_ref()));
            return None;
        };
        let read: Vec<_> =
            table.iter().map(|(key, value)| (key.get_ref().to_string(), read_custom(value, reader))).collect();
        read.into_iter().map(|(key, value)| Some((key, value?))).collect::<Option<_>>().map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn holds(&self, route: &str) -> Option<bool> {
        Some(if route.is_empty() { !self.0.is_empty() } else { self.0.contains_key(route) })
    }

    fn visit<'a>(&'a self, trail: Trail<'_>, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
        for (name, value) in &self.0 {
            let here = Trail::Key(&trail, name);
            match value {
                CustomValue::Text(text) => visitor(here, Datum::Text(text)),
                CustomValue::List(items) => {
                    for (index, item) in items.iter().enumerate() {
                        visitor(Trail::Index(&here, index), Datum::Text(item));
                    }
                }
                _ => {}
            }
        }
    }
}

fn read_custom(value: &Spanned<DeValue<'_>>, reader: &mut Reader) -> Option<CustomValue> {
    match value.get_ref() {
        DeValue::String(text) => Some(CustomValue::Text(text.to_string())),
        DeValue::Integer(_) => i64::read(value, reader).map(CustomValue::Integer),
        DeValue::Boolean(boolean) => Some(CustomValue::Boolean(*boolean)),
        DeValue::Datetime(_) => Moment::read(value, reader).map(CustomValue::Time),
        DeValue::Array(items) => {
            let texts: Vec<_> = items.iter().map(|item| reader.string(item, "a text").map(str::to_owned)).collect();
            texts.into_iter().collect::<Option<_>>().map(CustomValue::List)
        }
        other => {
            let expected = "a text, whole number, true or false, time, or list of texts";
            reader.report(reading::wrong_type::found(&reader.path, value.span(), expected, other));
            None
        }
    }
}
