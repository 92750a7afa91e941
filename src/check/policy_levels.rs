//! The policy's say over rules: it raises, lowers or switches them off, and is shown where it does.

use crate::diagnostic::{Diagnostic, Level, Page, Place};
use crate::model::Policy;
use crate::values::vocabulary::Level as PolicyLevel;
use crate::values::{Route, TreePath};

/// Gives each diagnostic the level that the policy sets for its code. What makes a case unreadable or unproven stays
/// an error whatever the policy says.
pub fn apply(found: Vec<Diagnostic>, policy: &Policy, path: Option<&TreePath>, pages: &[Page]) -> Vec<Diagnostic> {
    if policy.rules.is_empty() {
        return found;
    }
    let adjust = |diagnostic: Diagnostic| adjusted(diagnostic, policy, path, pages);
    found.into_iter().filter_map(adjust).collect()
}

fn adjusted(
    mut diagnostic: Diagnostic,
    policy: &Policy,
    path: Option<&TreePath>,
    pages: &[Page],
) -> Option<Diagnostic> {
    let fixed = pages.iter().any(|page| page.fixed && page.code == diagnostic.code.as_str());
    let level = match policy.level(&diagnostic.code) {
        Some(level) if !fixed => level,
        _ => return Some(diagnostic),
    };
    let new = match level {
        PolicyLevel::Off => return None,
        PolicyLevel::Warning => Level::Warning,
        PolicyLevel::Error => Level::Error,
    };
    if new != diagnostic.level {
        diagnostic.level = new;
        if let Some(path) = path {
            let route = Route::key("rules").then(diagnostic.code.as_str());
            diagnostic = diagnostic.related(Place::key(path, route), format!("the policy makes it {}", article(new)));
        }
    }
    Some(diagnostic)
}

fn article(level: Level) -> &'static str {
    match level {
        Level::Error => "an error",
        Level::Warning => "a warning",
    }
}
