//! An entry would reach a protected branch without the sign-offs that the policy asks for.
//!
//! ## What it checks
//! On the server, and by `casebook check --range A..B --protected`, for every entry that is changed on a protected branch: that it
//! has the approvals that `[[signoffs]]` of policy.toml asks for its kind, status and severity, over exactly its bytes, by different
//! people in the named roles, none of them an author; that an author has signed where that is asked; and that nobody has rejected it.
//!
//! ## Why
//! What is on the protected branch is told to others. Two people stand for it: one who wrote it, and one who has read it.
//!
//! ## Fails
//! ```text
//! $ git push
//! remote: error[signoff-missing]: `f-7q2k9dm4` needs 1 approval by reviewer or lead, and has none
//! ```
//!
//! ## Passes
//! ```text
//! $ casebook sign f-7q2k9dm4 && git add signoffs && git commit -m "Sign off f-7q2k9dm4" && git push
//! ```
//!
//! ## How to fix
//! Push to a branch of your own, and ask a reviewer to read it there: `casebook pr` shows what is to be read, `casebook sign ID` signs
//! it. An edit after that makes the sign-off stale.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::review::{Item, Standing, Voice};

pub const CODE: Code = Code::new("signoff-missing");

pub fn found(item: &Item, standing: &Standing) -> Diagnostic {
    let wanted = &standing.requirement;
    let roles: Vec<&str> = wanted.roles.iter().map(|role| role.word()).collect();
    let path = item.path();
    let names = |voices: &[Voice]| voices.iter().map(|voice| format!("`{}`", voice.by)).collect::<Vec<_>>().join(", ");
    let mut message = match (standing.rejections.is_empty(), standing.approvals.len() as u64 >= wanted.approvals) {
        (false, _) => format!("`{item}` was rejected by {}", names(&standing.rejections)),
        (true, false) => {
            let plural = if wanted.approvals == 1 { "approval" } else { "approvals" };
            let has = match standing.approvals.len() {
                0 => "none".to_owned(),
                some => some.to_string(),
            };
            format!("`{item}` needs {} {plural} by {}, and has {has}", wanted.approvals, roles.join(" or "))
        }
        (true, true) => format!("`{item}` needs the signature of an author, and has none"),
    };
    let why_not = [
        (&standing.stale, "was changed since it was signed by"),
        (&standing.own, "was approved by its own author"),
        (&standing.other_roles, "was approved in another role by"),
    ];
    for (voices, words) in why_not.into_iter().filter(|(voices, _)| !voices.is_empty()) {
        message.push_str(&format!("; it {words} {}", names(voices)));
    }
    let help = match wanted.author && standing.authors.is_empty() {
        true => format!(
            "an author types `casebook sign {item} --as author`, a reviewer `casebook sign {item}`; then commit signoffs and push"
        ),
        false => {
            format!(
                "push it to a branch of its own, where somebody else reads it (`casebook pr`), signs it (`casebook sign {item}`), and commits and pushes `signoffs`"
            )
        }
    };
    let reason = wanted.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    Diagnostic::error(CODE, Place::file(&path), format!("{message}{reason}")).help(help)
}
