//! Custody events: every hand that an evidence item went through.

use super::record::record;
use super::{CustodyId, Custom, EvidenceId, Own};
use crate::values::digest::NamedDigest;
use crate::values::vocabulary::{CustodyAction, Storage};
use crate::values::{Handle, Line, Moment};

record! {
    /// A custody event: what was done with an evidence item, by whom, when and why. It is written once.
    Custody("custody") {
        /// Its id; the file has the same name.
        id: Own<CustodyId>,
        /// The evidence item.
        item: EvidenceId,
        /// When.
        at: Moment,
        /// Who did it: a handle of team.toml.
        by: Handle,
        /// What was done.
        action: CustodyAction,
        /// Who, or which place, had it before.
        from: Option<Line>,
        /// Who, or which place, had it after; of a copy or an export, who got that.
        to: Option<Line>,
        /// Why.
        reason: Option<Line>,
        /// The digest of the item's list, as it was seen then.
        digest: Option<NamedDigest>,
        /// Where its bytes live from then on, if they were moved.
        storage: Option<Storage>,
        /// The custody event that this one corrects.
        supersedes: Option<CustodyId>,
        /// When this record was written down.
        recorded: Option<Moment>,
        /// Who wrote it down, if not who did it.
        recorded_by: Option<Handle>,
        /// The team's own fields, as policy.toml declares them.
        custom: Custom,
    }
}
