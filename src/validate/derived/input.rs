//! A tool's output was made from other bytes than those that are registered of its input.
//!
//! ## What it checks
//! That each digest of `[[derived_from.seen]]` is that of the list with which the input is registered, and that what was
//! seen is among the `inputs`.
//!
//! ## Why
//! What a tool makes proves something only of the bytes that it read. Where these are not the registered ones, nobody can
//! make it again and compare.
//!
//! ## Fails
//! ```toml
//! [derived_from]
//! inputs = ["x-7q2k9dm4"]
//!
//! [[derived_from.seen]]
//! item = "x-7q2k9dm4"
//! digest = "sha256:5fec…"   # evidence/x-7q2k9dm4.toml says list = "e3b0…"
//! ```
//!
//! ## Passes
//! ```toml
//! [[derived_from.seen]]
//! item = "x-7q2k9dm4"
//! digest = "sha256:e3b0…"   # evidence/x-7q2k9dm4.toml says list = "e3b0…"
//! ```
//!
//! ## How to fix
//! Run the tool again on what is registered, with `casebook evidence run`. If the digest is a slip and the record is not
//! committed yet, correct it.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Derivation, Entry, Seen};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("derived-input");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Evidence(item) = &entry.body else { return };
    let Some(derivation) = &item.derived_from else { return };
    for (index, seen) in derivation.seen.iter().enumerate() {
        found.extend(judge(context, entry, derivation, index, seen));
    }
}

fn judge(
    context: &Context<'_>,
    entry: &Entry,
    derivation: &Derivation,
    index: usize,
    seen: &Seen,
) -> Option<Diagnostic> {
    let input = seen.item;
    let at = |key: &str| Place::value(&entry.path, Route::key("derived_from").then("seen").at(index).then(key));
    if !derivation.inputs.0.contains(&input) {
        let message = format!("the tool saw `{}`, which is none of its inputs", input.0);
        return Some(
            Diagnostic::error(CODE, at("item"), message)
                .related(Place::value(&entry.path, Route::key("derived_from").then("inputs")), "the inputs")
                .help(format!("add `{}` to `inputs`, or remove this digest", input.0)),
        );
    }
    // What is not there, or cannot be read, is reported by others.
    let registered = context.case.get(input.0)?;
    let Body::Evidence(record) = &registered.body else { return None };
    let again = "run the tool again on what is registered: `casebook evidence run`; a slip in a record that is not \
                 committed yet can be corrected";
    match record.list {
        Some(list) if list == seen.digest.0 => None,
        Some(list) => {
            let message = format!(
                "the tool saw `{}` with the digest {}, which is registered with {list}",
                input.0, seen.digest.0
            );
            let registered = Place::value(&registered.path, Route::key("list"));
            Some(Diagnostic::error(CODE, at("digest"), message).related(registered, "registered here").help(again))
        }
        None => {
            let message = format!("the tool saw a digest of `{}`, which has no files", input.0);
            let registered = Place::value(&registered.path, Route::key("storage"));
            Some(
                Diagnostic::error(CODE, at("digest"), message)
                    .related(registered, "it is a physical exhibit")
                    .help(again),
            )
        }
    }
}
