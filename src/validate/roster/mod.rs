//! Rules for people: whoever a record names is in the roster, and the roster is sound.

pub mod duplicate_handle;
pub mod empty_roster;
pub mod malformed_key;
pub mod shared_key;
pub mod unknown_person;
pub mod unknown_team;

use super::{Check, Rule};
use crate::diagnostic::Page;
use crate::values::Trail;

pub const RULES: &[Rule] = &[
    Rule {
        page: Page::of("duplicate-handle", include_str!("duplicate_handle.rs")),
        check: Check::Case(duplicate_handle::check),
    },
    Rule { page: Page::of("empty-roster", include_str!("empty_roster.rs")), check: Check::Case(empty_roster::check) },
    Rule {
        page: Page::of("malformed-key", include_str!("malformed_key.rs")),
        check: Check::Case(malformed_key::check),
    },
    Rule { page: Page::of("shared-key", include_str!("shared_key.rs")), check: Check::Case(shared_key::check) },
    Rule {
        page: Page::of("unknown-person", include_str!("unknown_person.rs")),
        check: Check::Anywhere(unknown_person::check),
    },
    Rule {
        page: Page::of("unknown-team", include_str!("unknown_team.rs")),
        check: Check::Anywhere(unknown_team::check),
    },
];

/// Whom a handle names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Person,
    Team,
    /// An audience, a channel, a duty, a system outside, or the person or team that the record itself is.
    Other,
}

/// Whom the handle at a place names: the key says it.
fn named(trail: Trail<'_>) -> Named {
    match trail {
        Trail::Root => Named::Other,
        Trail::Index(before, _) => named(*before),
        Trail::Key(_, "owner" | "owners" | "team") => Named::Team,
        Trail::Key(_, "after" | "audience" | "channels" | "duties" | "duty" | "handle" | "system") => Named::Other,
        Trail::Key(..) => Named::Person,
    }
}
