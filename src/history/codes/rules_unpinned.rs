//! The first roster is not the one that is known from outside.
//!
//! ## What it checks
//! That the first team.toml of the history that names a lead with a key has the SHA-256 digest that `casebook.trust` in Git's
//! configuration says, on the server or in the clone. A server where nothing is pinned believes the history that its protected branch
//! has already: another one that is pushed beside it begins with the same roster or is refused.
//!
//! ## Why
//! Every later roster is agreed to by the one before it. Only the first has nobody before it: whoever can push a case with a
//! history of their own making could begin with a roster of their own.
//!
//! ## Fails
//! ```text
//! $ git config casebook.trust
//! 96c789abc207c034f09cf6cf11faae2017d6c08fc497c9614f9635a6c275d3b7     the case begins with another team.toml
//! ```
//!
//! ## Passes
//! ```text
//! $ sha256sum team.toml        # of the commit with the first lead
//! 96c789abc207c034f09cf6cf11faae2017d6c08fc497c9614f9635a6c275d3b7  team.toml
//! ```
//!
//! ## How to fix
//! Ask the lead for the digest of the roster that the case began with. If this is another case, pin its own:
//! `git config casebook.trust DIGEST`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Sha256, TreePath};

pub const CODE: Code = Code::new("rules-unpinned");

pub fn found(path: &TreePath, pinned: Sha256, own: Sha256) -> Diagnostic {
    let message = format!("the first roster with a lead is {own}, and {pinned} is trusted");
    Diagnostic::error(CODE, Place::file(path), message)
        .help("ask the lead for the digest of the first roster; whoever runs this repository pins it: `git config casebook.trust DIGEST`")
}
