//! Indicators: observable values that point to the attacker.

use super::record::record;
use super::{AssetId, Citation, Custom, IndicatorId, Own, Set};
use crate::values::vocabulary::{Confidence, EntryStatus, IndicatorType, Marking, Verdict};
use crate::values::{Line, Markdown, Tag, When};

record! {
    /// An indicator: a value to look for. The file holds it live; each output decides whether to defang it.
    Indicator("indicator") {
        /// Its id; the file has the same name.
        id: Own<IndicatorId>,
        /// What kind of value it is: a MISP attribute type.
        r#type: IndicatorType,
        /// The value itself, live, not defanged.
        value: Line,
        /// What it is taken for.
        verdict: Verdict,
        /// How sure that is.
        confidence: Option<Confidence>,
        /// Whether it still counts; active where nothing is said.
        status: Option<EntryStatus>,
        /// The indicator that takes its place, when it is superseded.
        superseded_by: Option<IndicatorId>,
        /// When it was first seen.
        first_seen: Option<When>,
        /// When it was last seen.
        last_seen: Option<When>,
        /// Its marking, where it is not the case's.
        tlp: Option<Marking>,
        /// Whether reports show it as it is, such as the name of one's own host.
        never_defang: Option<bool>,
        /// The team's tags.
        tags: Set<Tag>,
        /// What it is and how it was used.
        description: Option<Markdown>,
        /// Where and when it was seen.
        sightings: Vec<Sighting>,
        /// Places in the evidence that bear it out.
        evidence: Vec<Citation>,
        /// The team's own fields, as policy.toml declares them.
        custom: Custom,
    }
}

record! {
    /// A sighting: the indicator was seen on an asset.
    Sighting("sighting") {
        /// The asset.
        asset: AssetId,
        /// When it was seen there.
        time: Option<When>,
        /// How often it was seen there.
        count: Option<u64>,
    }
}
