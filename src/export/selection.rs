//! What of a case is handed over with evidence items: what was done with them, and who says what of them.

use crate::model::{Case, Datum};
use crate::values::vocabulary::Marking;
use crate::values::{EntryId, Kind};
use std::collections::BTreeSet;

/// The entries that leave the case, by what they are to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The evidence items that were asked for.
    pub items: BTreeSet<EntryId>,
    /// Every custody event of these, those that another one corrects too.
    pub custody: BTreeSet<EntryId>,
    /// Findings, events and indicators that cite the items.
    pub citing: BTreeSet<EntryId>,
    /// Assets and indicators that items or those entries name.
    pub named: BTreeSet<EntryId>,
    /// Whether `case.toml` is among it.
    pub with_case: bool,
}

impl Selection {
    /// What belongs to these items; with `evidence_only`, nothing that says what they mean.
    pub fn of(case: &Case, items: BTreeSet<EntryId>, evidence_only: bool) -> Self {
        let custody = case.custody().filter(|(_, event)| items.contains(&event.item.0));
        let custody = custody.map(|(entry, _)| entry.id()).collect();
        if evidence_only {
            return Self { items, custody, ..Self::default() };
        }
        let cites = |id: &EntryId| {
            let citations = case.get(*id).map(|entry| entry.citations()).unwrap_or_default();
            citations.iter().any(|citation| items.contains(&citation.item.0))
        };
        let citing: BTreeSet<EntryId> = case.entries.keys().copied().filter(cites).collect();
        let named = named(case, items.iter().chain(&citing));
        let named = named.difference(&citing).copied().collect();
        Self { items, custody, citing, named, with_case: true }
    }

    /// All entries, by id.
    pub fn entries(&self) -> BTreeSet<EntryId> {
        [&self.items, &self.custody, &self.citing, &self.named].into_iter().flatten().copied().collect()
    }

    /// What is handed over, each with its marking: files by their paths.
    pub fn markings(&self, case: &Case) -> Vec<(String, Marking)> {
        let record = case.record.as_ref().filter(|_| self.with_case);
        let own = record.map(|record| (record.path.to_string(), record.value.tlp));
        // A custody event has the marking of what it tells of.
        let marked = self.entries().into_iter().filter(|id| id.kind() != Kind::Custody);
        let entries = marked.filter_map(|id| Some((id.path().to_string(), case.marking(case.get(id)?))));
        own.into_iter().chain(entries).collect()
    }

    /// The highest marking of what is handed over.
    pub fn marking(&self, case: &Case) -> Marking {
        self.markings(case).into_iter().map(|(_, marking)| marking).max().unwrap_or(Marking::Red)
    }
}

/// The assets and indicators that entries name, and those that these name in turn.
fn named<'i>(case: &Case, entries: impl Iterator<Item = &'i EntryId>) -> BTreeSet<EntryId> {
    let mut found = BTreeSet::new();
    let mut left: Vec<EntryId> = entries.copied().collect();
    while let Some(id) = left.pop() {
        let Some(entry) = case.get(id) else { continue };
        entry.visit(&mut |_, datum| {
            if let Datum::Reference(other) = datum
                && matches!(other.kind(), Kind::Asset | Kind::Indicator)
                && case.get(other).is_some()
                && found.insert(other)
            {
                left.push(other);
            }
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{NoMemory, load};
    use crate::tree::MemoryTree;

    fn case() -> Case {
        let tree = MemoryTree::new()
            .with("case.toml", "format = 1\nid = \"1\"\ntitle = \"t\"\nseverity = \"high\"\ntlp = \"green\"\nstatus = \"open\"\n")
            .with("assets/a-00000001.toml", "id = \"a-00000001\"\nname = \"n\"\nkind = \"host\"\n")
            .with("assets/a-00000002.toml", "id = \"a-00000002\"\nname = \"n\"\nkind = \"host\"\n")
            .with("evidence/x-00000001.toml", item("x-00000001", ""))
            .with("evidence/x-00000002.toml", item("x-00000002", "tlp = \"red\"\n"))
            .with("indicators/i-00000001.toml", "id = \"i-00000001\"\ntype = \"domain\"\nvalue = \"e.example\"\nverdict = \"unknown\"\n[[sightings]]\nasset = \"a-00000002\"\n")
            .with("custody/c-00000001.toml", "id = \"c-00000001\"\nitem = \"x-00000001\"\nat = 2026-03-01T00:00:00Z\nby = \"bob\"\naction = \"collected\"\n")
            .with("findings/f-00000001.toml", "id = \"f-00000001\"\ntitle = \"t\"\nstatus = \"draft\"\ntype = \"observation\"\nindicators = [\"i-00000001\"]\nsummary = \"s\"\ntlp = \"amber\"\n[[evidence]]\nitem = \"x-00000001\"\n[[evidence]]\nitem = \"x-00000002\"\n")
            .with("findings/f-00000002.toml", "id = \"f-00000002\"\ntitle = \"t\"\nstatus = \"draft\"\ntype = \"observation\"\nsummary = \"s\"\n[[evidence]]\nitem = \"x-00000002\"\n");
        load(&tree, &mut NoMemory).unwrap().0
    }

    fn item(id: &str, more: &str) -> String {
        format!(
            "id = \"{id}\"\ntitle = \"t\"\nkind = \"log\"\nstorage = \"git\"\nfiles = 0\nbytes = 0\n{more}[source]\nasset = \"a-00000001\"\n[acquired]\nat = 2026-03-01T00:00:00Z\nby = \"bob\"\n"
        )
    }

    fn ids(texts: &[&str]) -> BTreeSet<EntryId> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn what_speaks_of_an_item_goes_with_it_and_nothing_else() {
        let case = case();
        let selection = Selection::of(&case, ids(&["x-00000001"]), false);
        assert_eq!(selection.custody, ids(&["c-00000001"]));
        assert_eq!(selection.citing, ids(&["f-00000001"]));
        assert_eq!(selection.named, ids(&["a-00000001", "a-00000002", "i-00000001"]));
        assert_eq!(selection.marking(&case), Marking::Amber);
        let bare = Selection::of(&case, ids(&["x-00000001"]), true);
        assert_eq!(bare.entries(), ids(&["x-00000001", "c-00000001"]));
        assert_eq!(bare.marking(&case), Marking::Green);
        assert_eq!(Selection::of(&case, ids(&["x-00000002"]), true).marking(&case), Marking::Red);
    }
}
