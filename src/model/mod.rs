//! The model: what a case is made of. Each record is declared once; its reader, its JSON Schema, its documentation
//! and its canonical key order all follow from that declaration.

pub mod action;
pub mod asset;
pub mod case;
pub mod chain;
pub mod corrections;
pub mod custody;
pub mod decision;
pub mod entry;
pub mod event;
pub mod evidence;
pub mod field;
pub mod finding;
pub mod indicator;
pub mod leaf;
pub mod note;
pub mod policy;
pub mod reading;
pub mod record;
pub mod release;
pub mod schema;
pub mod team;
pub mod telling;

pub use action::Action;
pub use asset::{Asset, KnownAs};
pub use case::{Case, CaseRecord, Loaded, Milestones, Objective};
pub use chain::{Chain, Holding, Link};
pub use corrections::Corrections;
pub use custody::Custody;
pub use decision::Decision;
pub use entry::{Body, Entry};
pub use event::Event;
pub use evidence::{Acquired, Derivation, Evidence, Renamed, Seen, Source};
pub use field::{Datum, Field, Reader, Shape};
pub use finding::{Citation, Finding};
pub use indicator::{Indicator, Sighting};
pub use leaf::{
    ActionId, AssetId, CustodyId, DecisionId, EventId, EvidenceId, FindingId, IndicatorId, Own, Reference, Set,
};
pub use note::Note;
pub use policy::{
    Audience, Custom, CustomField, CustomValue, Duty, Gate, NoticeRoute, Policy, SignoffRule, Transition,
};
pub use record::{FieldShape, Record, TableShape};
pub use release::{Release, ReleasedFile};
pub use team::{Person, Team};
pub use telling::{LeftOut, Telling, Told};

/// The largest TOML or Markdown file that is read: 1 MiB. What is longer is evidence.
pub const MAX_TEXT_BYTES: u64 = 1 << 20;
