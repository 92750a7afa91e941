//! The work tree beside the commit: what is wrong in one of them only, and how it is mended.
//!
//! The bytes that count are those in Git. A work tree that differs is checked out differently, or was edited since; that is
//! no damage to the evidence, and is told apart from it.

use super::Examined;
use super::damage::{evidence_altered, evidence_missing, evidence_unlisted, object_altered, restore};
use crate::diagnostic::Diagnostic;
use crate::tree::Tree;
use std::collections::BTreeSet;

/// Says of each problem of the work tree and of the commit whether the other one has it, too. Both have the same homes beside
/// them, so what is wrong there is told of the commit alone.
pub fn tell_apart(commit: &dyn Tree, committed: &mut Examined, checked_out: &mut Examined) {
    let in_commit = marks(committed);
    let in_work_tree = marks(checked_out);
    let is_of_home = |diagnostic: &Diagnostic| diagnostic.code == object_altered::CODE;
    checked_out.diagnostics.retain(|diagnostic| !(is_of_home(diagnostic) && in_commit.contains(&mark(diagnostic))));
    for diagnostic in &mut checked_out.diagnostics {
        let path = &diagnostic.place.path;
        let is_only_here = !in_commit.contains(&mark(diagnostic)) && is_of_bytes(diagnostic);
        if !is_only_here || diagnostic.code == evidence_unlisted::CODE || commit.node(path).is_none() {
            continue;
        }
        if diagnostic.code == evidence_missing::CODE && commit.list(path).is_ok() {
            diagnostic.help =
                Some(format!("may you read it? `chmod -R u+rX {0}`, then look at `ls -la {0}`", path.quoted()));
            continue;
        }
        let was_converted = diagnostic.help.as_ref().is_some_and(|help| help.starts_with("only the line endings"));
        let why = if was_converted { "; its line endings were converted on checkout" } else { "" };
        diagnostic.help = Some(format!(
            "the commit holds the registered bytes, only the work tree differs{why}: `rm -f {} && {}` checks it out anew",
            path.quoted(),
            restore(path)
        ));
    }
    for diagnostic in &mut committed.diagnostics {
        let is_only_there = !in_work_tree.contains(&mark(diagnostic)) && is_of_bytes(diagnostic);
        if is_only_there && diagnostic.code != evidence_unlisted::CODE {
            diagnostic.help = Some(format!(
                "the work tree still has the registered bytes, Git has not: correct the attributes that made Git change \
                 them (`git check-attr -a {0}`), then `git add --renormalize {0}` and commit",
                diagnostic.place.path.quoted()
            ));
        }
    }
}

/// A problem by its code and file.
type Mark = (String, String);

fn marks(examined: &Examined) -> BTreeSet<Mark> {
    examined.diagnostics.iter().map(mark).collect()
}

fn mark(diagnostic: &Diagnostic) -> Mark {
    (diagnostic.code.to_string(), diagnostic.place.path.to_string())
}

fn is_of_bytes(diagnostic: &Diagnostic) -> bool {
    [evidence_altered::CODE, evidence_missing::CODE, evidence_unlisted::CODE].contains(&diagnostic.code)
}
