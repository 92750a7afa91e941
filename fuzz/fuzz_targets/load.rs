//! Gives arbitrary bytes to the readers of every kind of file, judges the case and shows what is found. Run it with
//! `cargo +nightly fuzz run load`; README.md says more.

#![no_main]

use casebook::check::{self, Memories, NoPaths};
use casebook::diagnostic::render;
use casebook::evidence::NoDigests;
use casebook::load::NoMemory;
use casebook::tree::MemoryTree;
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 14] = [
    "case.toml",
    "team.toml",
    "policy.toml",
    "findings/f-7q2k9dm4.toml",
    "events/e-7q2k9dm4.toml",
    "indicators/i-7q2k9dm4.toml",
    "assets/a-7q2k9dm4.toml",
    "actions/r-7q2k9dm4.toml",
    "decisions/d-7q2k9dm4.toml",
    "evidence/x-7q2k9dm4.toml",
    "evidence/x-7q2k9dm4.sha256",
    "custody/c-7q2k9dm4.toml",
    "notes/n.md",
    ".gitattributes",
];

fuzz_target!(|data: &[u8]| {
    let Some((which, content)) = data.split_first() else { return };
    let tree = MemoryTree::new().with(PATHS[usize::from(*which) % PATHS.len()], content);
    let mut memories = Memories { entries: &mut NoMemory, digests: &mut NoDigests, paths: &mut NoPaths };
    let now = jiff::Timestamp::constant(1_772_712_000, 0);
    let verdict = check::check(&tree, &[], &mut memories, now).expect("a tree in memory can be read");
    let sources = check::sources(&tree, &verdict.diagnostics);
    let few = &verdict.diagnostics[..verdict.diagnostics.len().min(20)];
    let _ = render::text::render(&sources, few, false, 140);
});
