//! A chain of custody does not begin with the item being collected or received.
//!
//! ## What it checks
//! That the first event of each chain, by time, is `collected` or `received`. Of several first events of the same moment
//! one is enough, since nobody knows their order.
//!
//! ## Why
//! Whatever happened to the item before its first event is not known. That is right for what was received from others, and
//! for what was collected; nothing else can come first.
//!
//! ## Fails
//! ```toml
//! # the first event of x-7q2k9dm4
//! action = "transferred"
//! ```
//!
//! ## Passes
//! ```toml
//! # the first event of x-7q2k9dm4
//! action = "collected"
//! ```
//!
//! ## How to fix
//! Write down how the item was collected or received, with its own time and the reason why it is written late. If the first
//! event has a wrong time, correct it.

use super::{at, correcting};
use crate::diagnostic::{Code, Diagnostic};
use crate::validate::{Context, Found};
use crate::values::vocabulary::CustodyAction;

pub const CODE: Code = Code::new("custody-start");

pub fn check(context: &Context<'_>, found: &mut Found) {
    for (item, chain) in context.case.chains() {
        let Some((entry, first)) = chain.first() else { continue };
        let mut together = chain.iter().take_while(|(_, event)| event.at == first.at);
        let is_start = |action| matches!(action, CustodyAction::Collected | CustodyAction::Received);
        if context.case.get(item).is_none() || together.any(|(_, event)| is_start(event.action)) {
            continue;
        }
        let message = format!("the chain of custody of `{item}` begins with `{}`", first.action);
        found.push(Diagnostic::error(CODE, at(entry, "action"), message).label("nothing says how it came here").help(
            format!(
                "write down how it came: `casebook evidence custody {item} add --action collected --at TIME --reason \
                 \"…\"`; or correct this one: `{}`",
                correcting(item, entry.id(), "--at TIME")
            ),
        ));
    }
}
