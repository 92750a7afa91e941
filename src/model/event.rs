//! Events: what happened when, for the timeline.

use super::record::record;
use super::{AssetId, Citation, Custom, EventId, IndicatorId, Own, Set};
use crate::values::vocabulary::{Actor, Direction, EntryStatus, Marking, Tactic};
use crate::values::{Line, Markdown, Tag, TechniqueId, When};

record! {
    /// An event of the timeline: who did what, when, from where to where.
    Event("event") {
        /// Its id; the file has the same name.
        id: Own<EventId>,
        /// What happened, in one line.
        title: Line,
        /// When it happened.
        time: When,
        /// Who did it.
        actor: Actor,
        /// Whether it still counts; active where nothing is said.
        status: Option<EntryStatus>,
        /// The event that takes its place, when it is superseded.
        superseded_by: Option<EventId>,
        /// The ATT&CK tactic that it served.
        tactic: Option<Tactic>,
        /// ATT&CK techniques and sub-techniques.
        techniques: Set<TechniqueId>,
        /// The asset that it came from.
        source: Option<AssetId>,
        /// The asset that it went to, or happened on.
        destination: Option<AssetId>,
        /// The account that was used, as the evidence names it.
        account: Option<Line>,
        /// Which way it went, seen from the organisation.
        direction: Option<Direction>,
        /// Indicators that were seen in it.
        indicators: Set<IndicatorId>,
        /// Its marking, where it is not the case's.
        tlp: Option<Marking>,
        /// The team's tags.
        tags: Set<Tag>,
        /// More about it.
        description: Option<Markdown>,
        /// Places in the evidence that bear it out.
        evidence: Vec<Citation>,
        /// The team's own fields, as policy.toml declares them.
        custom: Custom,
    }
}
