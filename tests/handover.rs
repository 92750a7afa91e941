//! What leaves a case and what comes to it from outside: bags, graphs, and time stamps, under the programs that others
//! would check them with.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "handover/authority.rs"]
mod authority;
#[path = "handover/bag.rs"]
mod bag;
#[path = "handover/graph.rs"]
mod graph;
#[path = "handover/witness.rs"]
mod witness;

use std::fs;
use std::path::Path;
use support::Desk;

/// The sound case with a finding that cites its item, committed.
fn cited() -> Desk {
    Desk::with(|desk| {
        desk.change(".gitattributes", |bytes| bytes.extend(b"timestamps/** -text\n"));
        desk.change("findings/f-7q2k9dm4.toml", |bytes| {
            bytes.extend(b"\n[[evidence]]\nitem = \"x-7q2k9dm4\"\npath = \"auth.log\"\n");
        });
    })
}

fn change_file(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut content = fs::read(path).unwrap();
    change(&mut content);
    fs::write(path, content).unwrap();
}
