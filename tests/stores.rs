//! Homes of evidence bytes: one contract, held by every implementation, and what is special to each.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "stores/contract.rs"]
mod contract;
#[path = "stores/folder.rs"]
mod folder;
#[path = "stores/git.rs"]
mod git;
#[path = "stores/s3.rs"]
mod s3;
#[path = "stores/server.rs"]
mod server;
