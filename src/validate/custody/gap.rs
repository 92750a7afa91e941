//! An item is handed over by somebody who did not have it.
//!
//! ## What it checks
//! That `from` of `transferred`, `received` and `returned` is who, or which place, had the item by the events before: the
//! last `to`. Where one of the two is not stated nothing is said. Names are compared by their words, without case and
//! punctuation, and a handle of team.toml is the person with that name; `evidence room` and `Evidence room, shelf 3` are
//! the same. Whoever recorded the last hand-over, or has the item by it, may give it on under another name, and the two
//! records that giver and receiver make of one hand-over are one.
//!
//! ## Why
//! Between the two hands somebody had the item whom nobody wrote down. That gap is what the other side looks for.
//!
//! ## Fails
//! ```toml
//! # custody/c-7q2k9dm4.toml       # custody/c-8r3m0en5.toml, a day later
//! to = "Carol Example"            # from = "Dave Example"
//! ```
//!
//! ## Passes
//! ```toml
//! # custody/c-7q2k9dm4.toml       # custody/c-8r3m0en5.toml, a day later
//! to = "Carol Example"            # from = "Carol Example"
//! ```
//!
//! ## How to fix
//! Write down the hand-over that is missing, with its own time and the reason why it is written late; or correct the name.
//! The message has both commands.

use super::{at, correcting};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::chain::taker;
use crate::model::{Custody, Link, Person};
use crate::validate::{Context, Found};
use crate::values::vocabulary::CustodyAction;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

pub const CODE: Code = Code::new("custody-gap");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let people = context.case.team.as_ref().map(|team| team.value.people.as_slice()).unwrap_or_default();
    let names = Names { people };
    for chain in context.case.chains().values() {
        let mut last: Option<Hold<'_>> = None;
        for (index, link) in chain.iter().enumerate() {
            if let Some(hold) = &last
                && is_gap(&names, chain, index, hold)
            {
                report(*link, hold, found);
            }
            last = after(link, last);
        }
    }
}

/// Who has an item, and who they have it from.
struct Hold<'c> {
    by: &'c str,
    from: Option<&'c str>,
    link: Link<'c>,
}

/// Who has the item after an event.
fn after<'c>(link: &Link<'c>, last: Option<Hold<'c>>) -> Option<Hold<'c>> {
    let event = link.1;
    let from = event.from.as_ref().map(|from| from.as_str());
    match taker(event) {
        Some(by) => Some(Hold { by, from: from.or(last.map(|last| last.by)), link: *link }),
        // It went to somebody whom nobody wrote down.
        None if event.storage.is_none() && is_hand_over(event) => None,
        None => last,
    }
}

fn is_hand_over(event: &Custody) -> bool {
    matches!(event.action, CustodyAction::Transferred | CustodyAction::Received | CustodyAction::Returned)
}

fn is_gap(names: &Names<'_>, chain: &[Link<'_>], index: usize, hold: &Hold<'_>) -> bool {
    let event = chain[index].1;
    let Some(from) = event.from.as_ref().filter(|_| is_hand_over(event) && event.storage.is_none()) else {
        return false;
    };
    let from = from.as_str();
    let same = |a: &str, b: &str| names.are_same(a, b);
    // What happened at the same moment may have come before.
    let mut together = chain.iter().filter(|(_, other)| other.at == event.at).filter_map(|(_, other)| taker(other));
    if same(from, hold.by) || same(from, hold.link.1.by.as_str()) || together.any(|taker| same(from, taker)) {
        return false;
    }
    if event.action != CustodyAction::Received && same(event.by.as_str(), hold.by) {
        return false;
    }
    let is_the_other_record =
        taker(event).is_some_and(|taker| same(taker, hold.by)) && hold.from.is_none_or(|before| same(from, before));
    !is_the_other_record
}

fn report(link: Link<'_>, hold: &Hold<'_>, found: &mut Found) {
    let (entry, event) = link;
    let item = event.item.0;
    let message = format!("`{item}` is {} from somebody who did not have it", event.action);
    let (before, key) = (hold.link.0, if hold.link.1.to.is_some() { "to" } else { "by" });
    found.push(
        Diagnostic::error(CODE, at(entry, "from"), message)
            .related(at(before, key), format!("had it since {}", hold.link.1.at))
            .help(format!(
                "write down the hand-over between: `casebook evidence custody {item} add --action transferred --at TIME \
                 --from … --to … --reason \"…\"`; or correct the name: `{}`",
                correcting(item, entry.id(), "--from …")
            )),
    );
}

/// What people and places are called.
struct Names<'p> {
    people: &'p [Person],
}

impl Names<'_> {
    /// Whether two names may mean the same: all words of one are among those of the other.
    fn are_same(&self, a: &str, b: &str) -> bool {
        let (mine, theirs) = (words(a), words(b));
        mine.is_empty()
            || theirs.is_empty()
            || mine.is_subset(&self.with_other_names(&theirs))
            || theirs.is_subset(&self.with_other_names(&mine))
    }

    /// The words of a name with those of the other names of the people that it names.
    fn with_other_names(&self, words: &BTreeSet<String>) -> BTreeSet<String> {
        let mut all = words.clone();
        for person in self.people {
            let names = [
                Some(person.handle.as_str()),
                Some(person.name.as_str()),
                person.email.as_ref().map(|email| email.as_str()),
            ];
            let names: Vec<BTreeSet<String>> = names.into_iter().flatten().map(self::words).collect();
            if names.iter().any(|name| !name.is_empty() && name.is_subset(words)) {
                all.extend(names.into_iter().flatten());
            }
        }
        all
    }
}

/// The words of a text, in lower case and one Unicode form (NFKC).
fn words(text: &str) -> BTreeSet<String> {
    let plain: String = text.nfkc().flat_map(char::to_lowercase).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::model::{Person, Set};

    #[test]
    fn names_are_the_same_by_their_words() {
        let person = |handle: &str, name: &str| Person {
            handle: handle.parse().unwrap(),
            name: name.parse().unwrap(),
            roles: Set::default(),
            team: None,
            email: None,
            keys: Set::default(),
        };
        let people = [person("bob", "Bob Example"), person("ce", "Carol Example")];
        let names = Names { people: &people };
        for (a, b) in [
            ("bob", "Bob  EXAMPLE"),
            ("ce", "Carol Example"),
            ("Carol Example (lab)", "ce"),
            ("evidence room", "Evidence room, shelf 3"),
            ("Ａnnex ２", "annex 2"),
            ("–", "anything"),
        ] {
            assert!(names.are_same(a, b) && names.are_same(b, a), "{a} / {b}");
        }
        for (a, b) in [("bob", "carol"), ("locker 7", "locker 8"), ("Bob Example", "Carol Example"), ("bob", "ce")] {
            assert!(!names.are_same(a, b) && !names.are_same(b, a), "{a} / {b}");
        }
    }
}
