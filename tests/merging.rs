//! Merging under real Git: two branches, the driver, what it leaves to people, and what stops what it cannot see.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "merging/driver.rs"]
mod driver;
#[path = "merging/property.rs"]
mod property;
#[path = "merging/resolving.rs"]
mod resolving;
#[path = "merging/scenarios.rs"]
mod scenarios;

use std::path::Path;
use support::{Desk, Ran};

pub const FINDING: &str = "findings/f-7q2k9dm4.toml";

/// What a finding says, with a key for every way of merging.
pub const TEXT: &str = "\
id = \"f-7q2k9dm4\"
title = \"The attacker logged on to mail01\"
status = \"proposed\"
type = \"observation\"
authors = [\"bob\"]
severity = \"high\"
techniques = [\"T1078\"]
assets = [\"a-7q2k9dm4\"]
indicators = [\"i-7q2k9dm4\"]
tags = [\"night\"]
summary = \"A logon from 194.61.24.102 at night.\"
";

impl Desk {
    /// A case as `casebook init` makes it: with its attributes, the hooks and the driver.
    fn ready() -> Self {
        Self::prepared(true)
    }

    /// The same without hooks and driver, as a forge or another clone has it.
    fn plain() -> Self {
        Self::prepared(false)
    }

    fn prepared(installed: bool) -> Self {
        Self::with(|desk| {
            let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("case-template/base/.gitattributes");
            desk.write(".gitattributes", std::fs::read(template).unwrap());
            desk.write(".gitignore", "/reports/\n");
            desk.write(FINDING, TEXT);
            if installed {
                desk.casebook(&["hook", "install"]).ok();
            }
        })
    }

    /// Two branches from here: `theirs` on a branch of that name, `ours` on main, which is checked out at the end.
    fn branch(&self, ours: impl FnOnce(&Self), theirs: impl FnOnce(&Self)) {
        self.git(&["switch", "-qc", "theirs"]).ok();
        theirs(self);
        self.commit_all("Their change");
        self.git(&["switch", "-q", "main"]).ok();
        ours(self);
        self.commit_all("Our change");
    }

    fn commit_all(&self, message: &str) {
        self.git(&["add", "-A"]).ok();
        self.git(&["commit", "-qnm", message]).ok();
    }

    /// Replaces a piece of a file that is there once.
    #[track_caller]
    fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
        self.write(name, text.replacen(from, to, 1));
    }

    fn merge(&self) -> Ran {
        self.git(&["merge", "--no-edit", "theirs"])
    }

    /// Whether a file is as `casebook fmt` writes it, and readable.
    #[track_caller]
    fn demand_canonical(&self, name: &str) {
        self.casebook(&["fmt", "--check", name]).ok();
    }

    /// Whether a commit or the index holds a text in a file.
    fn shows(&self, object: &str, text: &str) -> bool {
        self.git(&["show", object]).stdout.contains(text)
    }
}
