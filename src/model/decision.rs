//! Decisions: what was decided, by whom, when and why.

use super::record::record;
use super::{AssetId, Custom, DecisionId, FindingId, Own, Set};
use crate::values::vocabulary::{DecisionStatus, Marking};
use crate::values::{Handle, Line, Markdown, Moment, Tag};

record! {
    /// A decision: taken, with its reasons, or still to take.
    Decision("decision") {
        /// Its id; the file has the same name.
        id: Own<DecisionId>,
        /// What is to be decided.
        question: Line,
        /// Where it stands.
        status: DecisionStatus,
        /// Who decided, or is to decide.
        by: Option<Handle>,
        /// When it was decided.
        at: Option<Moment>,
        /// When it must be decided.
        due: Option<Moment>,
        /// The duty of policy.toml whose clock it starts, once it is taken.
        duty: Option<Handle>,
        /// Who approved it.
        approved_by: Set<Handle>,
        /// Findings that it rests on.
        findings: Set<FindingId>,
        /// Assets that it concerns.
        assets: Set<AssetId>,
        /// Its marking, where it is not the case's.
        tlp: Option<Marking>,
        /// The team's tags.
        tags: Set<Tag>,
        /// The decision that takes its place, when it is superseded.
        superseded_by: Option<DecisionId>,
        /// What was decided.
        decision: Option<Markdown>,
        /// Why.
        rationale: Option<Markdown>,
        /// What else was considered.
        alternatives: Vec<Line>,
        /// The team's own fields, as policy.toml declares them.
        custom: Custom,
    }
}
