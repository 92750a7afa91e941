//! What can be wrong with sign-offs: each code in the file that reports it, with its manual page.

pub mod signoff_broken;
pub mod signoff_case;
pub mod signoff_forged;
pub mod signoff_key;
pub mod signoff_role;
pub mod signoff_signer;
pub mod unread_proposal;

use crate::diagnostic::{Code, Diagnostic, Page, Place};
use crate::values::TreePath;

/// The manual pages of these codes.
pub const PAGES: &[Page] = &[
    Page::fixed("signoff-broken", include_str!("signoff_broken.rs")),
    Page::fixed("signoff-case", include_str!("signoff_case.rs")),
    Page::fixed("signoff-forged", include_str!("signoff_forged.rs")),
    Page::fixed("signoff-key", include_str!("signoff_key.rs")),
    Page::fixed("signoff-role", include_str!("signoff_role.rs")),
    Page::fixed("signoff-signer", include_str!("signoff_signer.rs")),
    Page::fixed("unread-proposal", include_str!("unread_proposal.rs")),
];

/// A sign-off that does not count: an error where it is new, a warning where it was committed before.
fn uncounted(code: Code, path: &TreePath, message: String, is_new: bool) -> Diagnostic {
    let place = Place::file(path);
    if is_new { Diagnostic::error(code, place, message) } else { Diagnostic::warning(code, place, message) }
}
