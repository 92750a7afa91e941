//! Actions: what the response does, is asked to do, or must do by law.

use super::record::record;
use super::{ActionId, AssetId, Custom, FindingId, IndicatorId, Own, Set};
use crate::values::vocabulary::{ActionStatus, Marking, Phase, Priority};
use crate::values::{Handle, Line, Markdown, Moment, Tag};

record! {
    /// An action: a task of the response, a recommendation, or a legal duty.
    Action("action") {
        /// Its id; the file has the same name.
        id: Own<ActionId>,
        /// What is to be done, in one line.
        title: Line,
        /// What it is for.
        phase: Phase,
        /// Where it stands.
        status: ActionStatus,
        /// The team that does it: a team of team.toml.
        owner: Option<Handle>,
        /// The person who does it.
        assignee: Option<Handle>,
        /// How soon it is needed.
        priority: Option<Priority>,
        /// When it must be done.
        due: Option<Moment>,
        /// When it was done.
        done_at: Option<Moment>,
        /// The duty of policy.toml that it fulfils.
        duty: Option<Handle>,
        /// Findings that ask for it.
        findings: Set<FindingId>,
        /// Assets that it concerns.
        assets: Set<AssetId>,
        /// Indicators that it concerns.
        indicators: Set<IndicatorId>,
        /// Its marking, where it is not the case's.
        tlp: Option<Marking>,
        /// The team's tags.
        tags: Set<Tag>,
        /// The action that takes its place, when it is superseded.
        superseded_by: Option<ActionId>,
        /// How to do it, and how to see that it is done.
        description: Option<Markdown>,
        /// What came of it, or why it was declined.
        outcome: Option<Markdown>,
        /// The ticket that tracks it elsewhere.
        ticket: Option<Ticket>,
        /// The team's own fields, as policy.toml declares them.
        custom: Custom,
    }
}

record! {
    /// A ticket in another system.
    Ticket("ticket") {
        /// The system, such as jira.
        system: Handle,
        /// Its key there.
        key: Line,
        /// Where to open it.
        url: Option<Line>,
    }
}
