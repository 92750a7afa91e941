//! Scaffolding: new cases from templates, new entries, edits of single keys, and the canonical form of files.
//!
//! **Invariant:** nothing here touches a disk or a clock: texts go in, texts come out, and random bits are arguments.

pub mod assignment;
pub mod case;
pub mod edit;
pub mod entry;
pub mod format;
pub mod merge;
pub mod template;

pub use assignment::{Assignment, Meaning};
pub use case::{NewCase, Opener, new_case};
pub use edit::edit;
pub use entry::{Draft, new_entry};
pub use format::format;

/// Files of a case by their paths: texts only.
pub type Files = std::collections::BTreeMap<String, String>;
