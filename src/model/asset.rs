//! Assets: what the organisation has, and what the incident did to it.

use super::record::record;
use super::{AssetId, Custom, Own, Set};
use crate::values::vocabulary::{AssetKind, Compromise, Containment, Criticality, EntryStatus, Marking};
use crate::values::{Handle, Line, Markdown, Moment, Tag};
use jiff::Timestamp;

record! {
    /// An asset: a host, an account, an application or data that the incident concerns.
    Asset("asset") {
        /// Its id; the file has the same name.
        id: Own<AssetId>,
        /// What people call it.
        name: Line,
        /// What kind of asset it is.
        kind: AssetKind,
        /// Whether it still counts; active where nothing is said.
        status: Option<EntryStatus>,
        /// The asset that takes its place, when it is superseded.
        superseded_by: Option<AssetId>,
        /// Host names, addresses, account names, serial numbers.
        identifiers: Set<Line>,
        /// Names that it had for a time only, such as an address that it was lent.
        known_as: Vec<KnownAs>,
        /// The team that owns it: a team of team.toml.
        owner: Option<Handle>,
        /// How much the organisation depends on it.
        criticality: Option<Criticality>,
        /// Whether it is in the attacker's hands.
        compromise: Option<Compromise>,
        /// What has been done to stop it from doing harm.
        containment: Option<Containment>,
        /// Its marking, where it is not the case's.
        tlp: Option<Marking>,
        /// The team's tags.
        tags: Set<Tag>,
        /// What it is for.
        description: Option<Markdown>,
        /// The team's own fields, as policy.toml declares them.
        custom: Custom,
    }
}

record! {
    /// A name that an asset had for a time.
    KnownAs("known_as") {
        /// The name: a host name, an address, an account name.
        name: Line,
        /// From when on; from ever where nothing is said.
        from: Option<Moment>,
        /// Until when, that moment not included; up to now where nothing is said.
        until: Option<Moment>,
    }
}

impl KnownAs {
    /// Whether it had the name at a moment.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| at >= from.timestamp()) && self.until.is_none_or(|until| at < until.timestamp())
    }
}
