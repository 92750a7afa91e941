//! Scaffolding: new cases from templates, new entries, edits of single keys, and the canonical form of files.

pub mod format;
