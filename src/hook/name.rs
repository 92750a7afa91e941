//! The hooks of Git that casebook answers.

use std::fmt;
use std::str::FromStr;

/// A hook of Git, by the name of its file (githooks(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HookName {
    PreCommit,
    PreMergeCommit,
    PrepareCommitMsg,
    CommitMsg,
    PostCommit,
    PostMerge,
    PostCheckout,
    PostRewrite,
    PostApplypatch,
    PrePush,
    PreReceive,
    PostReceive,
}

impl HookName {
    /// The hooks of a clone, in which people work.
    pub const CLONE: [HookName; 10] = [
        HookName::PreCommit,
        HookName::PreMergeCommit,
        HookName::PrepareCommitMsg,
        HookName::CommitMsg,
        HookName::PostCommit,
        HookName::PostMerge,
        HookName::PostCheckout,
        HookName::PostRewrite,
        HookName::PostApplypatch,
        HookName::PrePush,
    ];

    /// The hooks of a server's repository, to which people push.
    pub const SERVER: [HookName; 2] = [HookName::PreReceive, HookName::PostReceive];

    /// Every hook that casebook answers.
    pub fn all() -> impl Iterator<Item = HookName> {
        Self::CLONE.into_iter().chain(Self::SERVER)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            HookName::PreCommit => "pre-commit",
            HookName::PreMergeCommit => "pre-merge-commit",
            HookName::PrepareCommitMsg => "prepare-commit-msg",
            HookName::CommitMsg => "commit-msg",
            HookName::PostCommit => "post-commit",
            HookName::PostMerge => "post-merge",
            HookName::PostCheckout => "post-checkout",
            HookName::PostRewrite => "post-rewrite",
            HookName::PostApplypatch => "post-applypatch",
            HookName::PrePush => "pre-push",
            HookName::PreReceive => "pre-receive",
            HookName::PostReceive => "post-receive",
        }
    }

    /// Whether it may refuse a commit.
    pub fn is_gate(self) -> bool {
        matches!(self, HookName::PreCommit | HookName::PreMergeCommit | HookName::PrePush | HookName::PreReceive)
    }

    /// Whether Git runs it when everything is done, so that it can only follow, never fail the command.
    pub fn comes_after(self) -> bool {
        self.as_str().starts_with("post-")
    }
}

impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for HookName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        HookName::all().find(|name| name.as_str() == text).ok_or_else(|| {
            let names: Vec<&str> = HookName::all().map(HookName::as_str).collect();
            format!("casebook answers no hook `{text}`; it answers {}", names.join(", "))
        })
    }
}
