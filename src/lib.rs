//! casebook: incidents as code. One security incident is one Git repository.
//!
//! ```text
//!  disk ──┐                                                             ┌─ report ──┐
//!  git  ──┼─> Tree ─> load ─> Case ─> validate ─> evidence ─> check ──> ┼─ export ──┼─> diff ─> hook ─> demo ─> cli
//!  memory ┘  (trait)        (model)   (diagnostics)  ▲                  └─ scaffold ┘
//!                                                    │
//!  folders, Git LFS, S3 ────────> Store (trait) ─────┘
//! ```

pub mod values;

pub mod diagnostic;
pub mod signature;
pub mod tree;

pub mod exec;
pub mod model;
pub mod store;

pub mod disk;
pub mod template;
pub mod veris;

pub mod git;
pub mod load;
pub mod net;
pub mod validate;

pub mod evidence;
pub mod review;

pub mod history;

pub mod cache;
pub mod check;

pub mod export;
pub mod ingest;
pub mod report;
pub mod scaffold;

pub mod diff;
pub mod publish;
pub mod release;
pub mod serve;
pub mod timeline;

pub mod hook;
pub mod import;
pub mod notice;

pub mod demo;
pub mod monitor;

pub mod cli;
