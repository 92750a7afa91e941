//! Exports: that each format says truly where every field goes, that the programs which read it accept it, and that it tells
//! nothing that it must not.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "exports/checkers.rs"]
mod checkers;
#[path = "exports/command.rs"]
mod command;
#[path = "exports/places.rs"]
mod places;

use support::{Desk, Sandbox};

/// The formats of files that one program reads whole, and the folders.
const FORMATS: &[&str] = &[
    "stix",
    "misp",
    "navigator",
    "csv",
    "timesketch",
    "iris-csv",
    "iris",
    "kanvas",
    "aurora",
    "veris",
    "case-uco",
    "blocklist",
    "openioc",
];

/// A repository with the case that has every key of the format.
fn every_key() -> Desk {
    let sandbox = Sandbox::new();
    let top = sandbox.path("case");
    support::copy(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/v1"), &top);
    sandbox.git(&top, &["init", "-q", "-b", "main"]).ok();
    let desk = Desk { sandbox, top };
    desk.commit("Every key");
    desk
}
