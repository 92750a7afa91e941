//! Telling: what of a case may be told to others, by its marking and by where each entry stands. Reports and exports for
//! others are made from the case that is left, so that none of them has to think of what it must not say.

use super::{Body, Case, Datum, Entry};
use crate::values::EntryId;
use crate::values::vocabulary::{FindingStatus, Marking};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The highest marking.
    pub ceiling: Marking,
    /// Whether findings that are drafts are told.
    pub drafts: bool,
    /// Whether entries that are withdrawn, superseded or refuted are told.
    pub retired: bool,
}

impl Telling {
    /// What stands, up to a marking: no drafts, nothing that is withdrawn, superseded or refuted.
    pub fn standing(ceiling: Marking) -> Self {
        Self { ceiling, drafts: false, retired: false }
    }

    /// Everything, up to a marking.
    pub fn everything(ceiling: Marking) -> Self {
        Self { ceiling, drafts: true, retired: true }
    }
}

/// A case as it may be told.
#[derive(Clone, Debug)]
pub struct Told {
    /// What may be told. No reference and no `[[…]]` in it names an entry that is left out. Where case.toml is marked higher
    /// than allowed, it is not there, nor are the roster, the policy and the notes, which have its marking; every entry then
    /// has a marking of its own.
    pub case: Case,
    /// The number or name of the case, which is told whatever its marking; empty where case.toml cannot be read.
    pub case_id: String,
    /// The highest marking of what is told.
    pub marking: Marking,
    /// The entries that are left out, and why.
    pub left_out: BTreeMap<EntryId, LeftOut>,
    /// The marking of case.toml, where it is higher than allowed.
    pub withheld: Option<Marking>,
}

/// Why an entry is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// It is marked higher than allowed.
    Above(Marking),
    /// It is withdrawn, superseded or refuted.
    Retired,
    Draft,
    /// It is nothing without an entry that is left out.
    Bereft,
    /// Its file cannot be read, so nobody knows its marking.
    Unreadable,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeftOut::Above(marking) => write!(f, "marked {marking}"),
            LeftOut::Retired => f.write_str("withdrawn, superseded or refuted"),
            LeftOut::Draft => f.write_str("drafts"),
            LeftOut::Bereft => f.write_str("about what is left out"),
            LeftOut::Unreadable => f.write_str("not readable"),
        }
    }
}

impl Told {
    /// How many entries are left out for each reason.
    pub fn reasons(&self) -> BTreeMap<LeftOut, usize> {
        let mut reasons = BTreeMap::new();
        for reason in self.left_out.values() {
            *reasons.entry(*reason).or_default() += 1;
        }
        reasons
    }

    /// Leaves only entries that are new or other than they were told before, and what these refer to.
    pub fn keep_new(&mut self, before: &Told) {
        let mut kept: BTreeSet<EntryId> = BTreeSet::new();
        let is_new = |(id, entry): &(&EntryId, &Entry)| before.case.get(**id) != Some(*entry);
        let mut left: Vec<EntryId> = self.case.entries.iter().filter(is_new).map(|(id, _)| *id).collect();
        while let Some(id) = left.pop() {
            let Some(entry) = self.case.get(id).filter(|_| kept.insert(id)) else { continue };
            entry.visit(&mut |_, datum| {
                if let Datum::Reference(other) = datum {
                    left.push(other);
                }
            });
        }
        self.case.entries.retain(|id, _| kept.contains(id));
        cut(&mut self.case.entries, &mut BTreeMap::new());
    }
}

impl Case {
    /// Why an entry by itself may not be told, if so; what it refers to is not looked at.
    pub fn kept_back(&self, entry: &Entry, telling: &Telling) -> Option<LeftOut> {
        reason(entry, self.marking(entry), telling)
    }

    /// The case as it may be told. A case whose own marking nobody can read counts as red.
    pub fn told(&self, telling: &Telling) -> Told {
        let own = self.own_marking();
        let withheld = (own > telling.ceiling).then_some(own);
        let mut left_out: BTreeMap<EntryId, LeftOut> =
            self.unreadable.keys().map(|id| (*id, LeftOut::Unreadable)).collect();
        let mut entries = BTreeMap::new();
        for (id, entry) in &self.entries {
            let marking = self.marking(entry);
            match reason(entry, marking, telling) {
                Some(reason) => {
                    left_out.insert(*id, reason);
                }
                None => {
                    let mut entry = entry.clone();
                    if withheld.is_some() {
                        entry.mark(marking);
                    }
                    entries.insert(*id, entry);
                }
            }
        }
        cut(&mut entries, &mut left_out);
        let case_id = self.record.as_ref().map(|record| record.value.id.to_string()).unwrap_or_default();
        let mut case = Case { entries, ..Case::default() };
        if withheld.is_none() {
            self.tell_itself(&mut case);
        }
        let highest = case.entries.values().map(|entry| case.marking(entry)).max();
        let own = case.record.as_ref().map(|record| record.value.tlp);
        let marking = highest.max(own).unwrap_or(telling.ceiling);
        Told { case, case_id, marking, left_out, withheld }
    }

    /// Puts what has the marking of case.toml into the case that is told.
    fn tell_itself(&self, told: &mut Case) {
        let stays = |id: EntryId| told.entries.contains_key(&id);
        let mut record = self.record.clone();
        if let Some(record) = &mut record {
            super::Field::cut(&mut record.value, &stays);
        }
        let mut notes = self.notes.clone();
        for note in &mut notes {
            note.text = crate::values::reference::without_mentions(&note.text, |id| !stays(id));
        }
        told.record = record;
        told.notes = notes;
        told.team = self.team.clone();
        told.policy = self.policy.clone();
        told.releases = self.releases.clone();
    }
}

fn reason(entry: &Entry, marking: Marking, telling: &Telling) -> Option<LeftOut> {
    let status = match &entry.body {
        Body::Finding(finding) => Some(finding.status),
        _ => None,
    };
    let is_retired = entry.is_retired() || status == Some(FindingStatus::Refuted);
    match () {
        () if marking > telling.ceiling => Some(LeftOut::Above(marking)),
        () if is_retired && !telling.retired => Some(LeftOut::Retired),
        () if status == Some(FindingStatus::Draft) && !telling.drafts => Some(LeftOut::Draft),
        () => None,
    }
}

/// Takes out every reference to what is not there, and what is nothing without one, until nothing changes any more.
fn cut(entries: &mut BTreeMap<EntryId, Entry>, left_out: &mut BTreeMap<EntryId, LeftOut>) {
    loop {
        let there: BTreeSet<EntryId> = entries.keys().copied().collect();
        entries.retain(|_, entry| entry.cut(&|id| there.contains(&id)));
        let bereft: Vec<EntryId> = there.into_iter().filter(|id| !entries.contains_key(id)).collect();
        if bereft.is_empty() {
            return;
        }
        left_out.extend(bereft.into_iter().map(|id| (id, LeftOut::Bereft)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{NoMemory, load};
    use crate::tree::MemoryTree;

    const RECORD: &str = "format = 1\nid = \"7\"\ntitle = \"Secret\"\nseverity = \"high\"\ntlp = \"amber\"\nstatus = \"open\"\nsummary = \"see [[f-00000001]] and [[f-00000002]]\"\n";

    fn finding(id: &str, status: &str, more: &str) -> String {
        format!(
            "id = \"{id}\"\ntitle = \"t\"\nstatus = \"{status}\"\ntype = \"observation\"\nsummary = \"after [[f-00000002]]\"\n{more}"
        )
    }

    fn case() -> Case {
        let item = |id: &str, tlp: &str| {
            format!(
                "id = \"{id}\"\ntitle = \"t\"\nkind = \"log\"\nstorage = \"git\"\nfiles = 0\nbytes = 0\n{tlp}[acquired]\nat = 2026-03-01T00:00:00Z\nby = \"bob\"\n"
            )
        };
        let custody = |id: &str, item: &str| {
            format!(
                "id = \"{id}\"\nitem = \"{item}\"\nat = 2026-03-01T00:00:00Z\nby = \"bob\"\naction = \"collected\"\n"
            )
        };
        let tree = MemoryTree::new()
            .with("case.toml", RECORD)
            .with("team.toml", "[[people]]\nhandle = \"bob\"\nname = \"Bob\"\n")
            .with("notes/a.md", "# Note\n[[f-00000001]] [[f-00000002]]\n")
            .with("evidence/x-00000001.toml", item("x-00000001", ""))
            .with("evidence/x-00000002.toml", item("x-00000002", "tlp = \"red\"\n"))
            .with("custody/c-00000001.toml", custody("c-00000001", "x-00000001"))
            .with("custody/c-00000002.toml", custody("c-00000002", "x-00000002"))
            .with("assets/a-00000001.toml", "id = \"a-00000001\"\nname = \"n\"\nkind = \"host\"\ntlp = \"red\"\n")
            .with("indicators/i-00000001.toml", "id = \"i-00000001\"\ntype = \"domain\"\nvalue = \"e.example\"\nverdict = \"malicious\"\ntlp = \"green\"\n[[sightings]]\nasset = \"a-00000001\"\n")
            .with("findings/f-00000001.toml", finding("f-00000001", "confirmed", "assets = [\"a-00000001\"]\nindicators = [\"i-00000001\"]\n[[evidence]]\nitem = \"x-00000001\"\n[[evidence]]\nitem = \"x-00000002\"\nquote = \"secret\"\n"))
            .with("findings/f-00000002.toml", finding("f-00000002", "confirmed", "tlp = \"red\"\n"))
            .with("findings/f-00000003.toml", finding("f-00000003", "draft", ""))
            .with("findings/f-00000004.toml", finding("f-00000004", "refuted", ""))
            .with("findings/f-00000005.toml", finding("f-00000005", "withdrawn", "tlp = \"red\"\n"))
            .with("findings/f-00000006.toml", "no toml at all");
        load(&tree, &mut NoMemory).unwrap().0
    }

    fn ids(told: &Told) -> Vec<String> {
        told.case.entries.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn only_what_may_be_told_is_left() {
        let told = case().told(&Telling::standing(Marking::Amber));
        assert_eq!(ids(&told), ["f-00000001", "i-00000001", "x-00000001", "c-00000001"]);
        let reason = |id: &str| told.left_out[&id.parse::<EntryId>().unwrap()];
        assert_eq!(reason("f-00000002"), LeftOut::Above(Marking::Red));
        assert_eq!(reason("f-00000003"), LeftOut::Draft);
        assert_eq!(reason("f-00000004"), LeftOut::Retired);
        assert_eq!(reason("f-00000005"), LeftOut::Above(Marking::Red));
        assert_eq!(reason("f-00000006"), LeftOut::Unreadable);
        assert_eq!(reason("c-00000002"), LeftOut::Above(Marking::Red));
        assert_eq!((told.marking, told.withheld), (Marking::Amber, None));
    }

    #[test]
    fn nothing_that_is_told_refers_to_what_is_not() {
        let told = case().told(&Telling::standing(Marking::Amber));
        for entry in told.case.entries.values() {
            entry.visit(&mut |_, datum| {
                if let Datum::Reference(id) = datum {
                    assert!(told.case.get(id).is_some(), "{} names {id}", entry.id());
                }
            });
        }
        let (_, finding) = told.case.findings().next().unwrap();
        assert_eq!(finding.summary.as_str(), "after (left out)");
        assert_eq!(finding.evidence.len(), 1);
        assert!(finding.assets.is_empty());
        assert!(told.case.indicators().next().unwrap().1.sightings.is_empty());
        let record = &told.case.record.as_ref().unwrap().value;
        assert_eq!(record.summary.as_ref().unwrap().as_str(), "see [[f-00000001]] and (left out)");
        assert_eq!(told.case.notes[0].text, "# Note\n[[f-00000001]] (left out)\n");
    }

    #[test]
    fn below_the_case_only_entries_with_a_marking_of_their_own_are_told() {
        let told = case().told(&Telling::everything(Marking::Green));
        assert_eq!(ids(&told), ["i-00000001"]);
        assert_eq!((told.marking, told.withheld), (Marking::Green, Some(Marking::Amber)));
        assert_eq!(told.case_id, "7");
        assert!(told.case.record.is_none() && told.case.team.is_none() && told.case.notes.is_empty());
        // Without case.toml, an entry would count as red, had it not kept its marking.
        let entry = told.case.entries.values().next().unwrap();
        assert_eq!(told.case.marking(entry), Marking::Green);
        assert!(case().told(&Telling::everything(Marking::Clear)).case.entries.is_empty());
    }

    #[test]
    fn up_to_red_everything_is_told() {
        let told = case().told(&Telling::everything(Marking::Red));
        assert_eq!(told.case.entries.len(), case().entries.len());
        assert_eq!(told.left_out.len(), 1);
        assert_eq!(told.case.entries, {
            let mut entries = case().entries;
            entries.retain(|_, entry| entry.cut(&|_| true));
            entries
        });
    }

    #[test]
    fn what_is_new_comes_with_what_it_refers_to() {
        let everything = || case().told(&Telling::everything(Marking::Red));
        let mut told = everything();
        told.keep_new(&everything());
        assert!(told.case.entries.is_empty());
        let mut before = everything();
        before.case.entries.remove(&"i-00000001".parse().unwrap());
        let mut told = everything();
        told.keep_new(&before);
        assert_eq!(ids(&told), ["i-00000001", "a-00000001"]);
    }

    #[test]
    fn a_case_that_cannot_be_read_counts_as_red() {
        let tree = MemoryTree::new()
            .with("case.toml", "broken")
            .with("assets/a-00000001.toml", "id = \"a-00000001\"\nname = \"n\"\nkind = \"host\"\n");
        let (case, _) = load(&tree, &mut NoMemory).unwrap();
        let told = case.told(&Telling::everything(Marking::AmberStrict));
        assert!(told.case.entries.is_empty());
        assert_eq!(told.withheld, Some(Marking::Red));
    }
}
