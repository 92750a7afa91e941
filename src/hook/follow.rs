//! The hooks that follow a commit, merge or checkout: whether the reports are to be rendered now.

use super::HookName;
use crate::git::{Replay, Repo};

/// Whether a hook should render. While Git makes several commits in one command, only the last one is worth it:
/// post-rewrite follows a rebase, and nothing follows the last pick or patch.
pub fn should_render(name: HookName, arguments: &[&str], repository: &Repo) -> bool {
    match name {
        // The third argument is 1 for a branch and 0 for single files.
        HookName::PostCheckout => arguments.get(2) == Some(&"1") && !has_more_to_do(repository),
        HookName::PostRewrite if arguments.first() == Some(&"rebase") => true,
        HookName::PostCommit | HookName::PostMerge | HookName::PostRewrite | HookName::PostApplypatch => {
            !matches!(repository.replay(), Some(Replay::Rebase { .. })) && !has_more_to_do(repository)
        }
        _ => false,
    }
}

fn has_more_to_do(repository: &Repo) -> bool {
    let replay = repository.replay();
    matches!(replay, Some(Replay::Rebase { left } | Replay::Mail { left } | Replay::Picks { left }) if left > 0)
}
