//! An entry of any kind: what all kinds have in common.

use super::{
    Action, Asset, Citation, Custody, Custom, Datum, Decision, Event, Evidence, Field, Finding, Indicator, Reader,
    Record, TableShape,
};
use crate::values::vocabulary::{ActionStatus, DecisionStatus, EntryStatus, FindingStatus, Marking};
use crate::values::{EntryId, Kind, Moment, Tag, Trail, TreePath};
use std::ops::Range;
use toml::de::DeTable;

/// An entry and the file that it was read from.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Entry {
    pub path: TreePath,
    pub body: Body,
}

macro_rules! bodies {
    ($($kind:ident),* $(,)?) => {
        /// What an entry says, by kind.
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum Body { $($kind(Box<$kind>)),* }

        impl Body {
            pub fn read(kind: Kind, table: &DeTable<'_>, span: Range<usize>, reader: &mut Reader) -> Option<Body> {
                match kind { $(Kind::$kind => $kind::read_table(table, span, reader).map(|body| Body::$kind(Box::new(body)))),* }
            }

            /// The shape of the entries of a kind.
            pub fn table(kind: Kind) -> TableShape {
                match kind { $(Kind::$kind => $kind::table()),* }
            }
        }

        impl Entry {
            pub fn id(&self) -> EntryId {
                match &self.body { $(Body::$kind(body) => body.id.0.0),* }
            }

            /// The team's own fields.
            pub fn custom(&self) -> &Custom {
                match &self.body { $(Body::$kind(body) => &body.custom),* }
            }

            /// Whether something is at a dotted route, such as `acquired.method`, and is not empty.
            pub fn holds(&self, route: &str) -> Option<bool> {
                match &self.body { $(Body::$kind(body) => body.holds(route)),* }
            }

            /// Takes out every reference to an entry that does not stay. False where the entry cannot be without one.
            pub fn cut(&mut self, stays: &dyn Fn(EntryId) -> bool) -> bool {
                match &mut self.body { $(Body::$kind(body) => body.cut(stays)),* }
            }

            /// Shows everything inside the entry to `visitor`.
            pub fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Trail<'_>, Datum<'a>)) {
                match &self.body { $(Body::$kind(body) => body.visit(Trail::Root, visitor)),* }
            }
        }
    };
}
bodies!(Finding, Event, Indicator, Asset, Action, Decision, Evidence, Custody);

impl Entry {
    pub fn kind(&self) -> Kind {
        self.id().kind()
    }

    /// What the entry is called: its title, name, value or question, or what was done with which item.
    pub fn title(&self) -> String {
        match &self.body {
            Body::Finding(finding) => finding.title.to_string(),
            Body::Event(event) => event.title.to_string(),
            Body::Indicator(indicator) => indicator.value.to_string(),
            Body::Asset(asset) => asset.name.to_string(),
            Body::Action(action) => action.title.to_string(),
            Body::Decision(decision) => decision.question.to_string(),
            Body::Evidence(item) => item.title.to_string(),
            Body::Custody(custody) => format!("{} {}", custody.item.0, custody.action),
        }
    }

    /// The word of the entry's status; `active` for kinds that have none.
    pub fn status(&self) -> &'static str {
        let active = |status: Option<EntryStatus>| status.unwrap_or(EntryStatus::Active).word();
        match &self.body {
            Body::Finding(finding) => finding.status.word(),
            Body::Event(event) => active(event.status),
            Body::Indicator(indicator) => active(indicator.status),
            Body::Asset(asset) => active(asset.status),
            Body::Action(action) => action.status.word(),
            Body::Decision(decision) => decision.status.word(),
            Body::Evidence(_) | Body::Custody(_) => EntryStatus::Active.word(),
        }
    }

    /// Whether it is withdrawn or superseded, and so counts no longer.
    pub fn is_retired(&self) -> bool {
        matches!(self.status(), "withdrawn" | "superseded")
    }

    /// The entry that took its place.
    pub fn superseded_by(&self) -> Option<EntryId> {
        match &self.body {
            Body::Finding(finding) => finding.superseded_by.map(|id| id.0),
            Body::Event(event) => event.superseded_by.map(|id| id.0),
            Body::Indicator(indicator) => indicator.superseded_by.map(|id| id.0),
            Body::Asset(asset) => asset.superseded_by.map(|id| id.0),
            Body::Action(action) => action.superseded_by.map(|id| id.0),
            Body::Decision(decision) => decision.superseded_by.map(|id| id.0),
            Body::Evidence(_) | Body::Custody(_) => None,
        }
    }

    /// Whether its status is `superseded`.
    pub fn is_superseded(&self) -> bool {
        self.status() == "superseded"
    }

    /// When it must be done or decided, where it says so.
    pub fn due(&self) -> Option<Moment> {
        match &self.body {
            Body::Action(action) => action.due,
            Body::Decision(decision) => decision.due,
            _ => None,
        }
    }

    /// Its own marking, where it has one.
    pub fn tlp(&self) -> Option<Marking> {
        match &self.body {
            Body::Finding(finding) => finding.tlp,
            Body::Event(event) => event.tlp,
            Body::Indicator(indicator) => indicator.tlp,
            Body::Asset(asset) => asset.tlp,
            Body::Action(action) => action.tlp,
            Body::Decision(decision) => decision.tlp,
            Body::Evidence(item) => item.tlp,
            Body::Custody(_) => None,
        }
    }

    /// Gives it a marking of its own; custody events have none.
    pub fn mark(&mut self, marking: Marking) {
        let tlp = match &mut self.body {
            Body::Finding(finding) => &mut finding.tlp,
            Body::Event(event) => &mut event.tlp,
            Body::Indicator(indicator) => &mut indicator.tlp,
            Body::Asset(asset) => &mut asset.tlp,
            Body::Action(action) => &mut action.tlp,
            Body::Decision(decision) => &mut decision.tlp,
            Body::Evidence(item) => &mut item.tlp,
            Body::Custody(_) => return,
        };
        *tlp = Some(marking);
    }

    /// The team's tags.
    pub fn tags(&self) -> &[Tag] {
        match &self.body {
            Body::Finding(finding) => &finding.tags,
            Body::Event(event) => &event.tags,
            Body::Indicator(indicator) => &indicator.tags,
            Body::Asset(asset) => &asset.tags,
            Body::Action(action) => &action.tags,
            Body::Decision(decision) => &decision.tags,
            Body::Evidence(item) => &item.tags,
            Body::Custody(_) => &[],
        }
    }

    /// Its citations of evidence.
    pub fn citations(&self) -> &[Citation] {
        match &self.body {
            Body::Finding(finding) => &finding.evidence,
            Body::Event(event) => &event.evidence,
            Body::Indicator(indicator) => &indicator.evidence,
            _ => &[],
        }
    }

    /// Whether somebody still has to do or decide something.
    pub fn is_open(&self) -> bool {
        match &self.body {
            Body::Action(action) => matches!(action.status, ActionStatus::Open | ActionStatus::InProgress),
            Body::Decision(decision) => decision.status == DecisionStatus::Open,
            Body::Finding(finding) => matches!(finding.status, FindingStatus::Draft | FindingStatus::Proposed),
            _ => false,
        }
    }
}
