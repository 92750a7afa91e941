//! For random edits on two sides, the merge is what both edits together say: computed here a second time, in another way.

use super::{Desk, FINDING};
use casebook::model::schema;
use casebook::scaffold::format;
use casebook::scaffold::merge::{Labels, Merge, Versions, blocks, merge};
use casebook::values::TreePath;
use std::collections::{BTreeMap, BTreeSet};

/// A finding as this test knows it: scalars, sets, citations, and two tables of the team's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Record {
    scalars: BTreeMap<&'static str, String>,
    sets: BTreeMap<&'static str, BTreeSet<String>>,
    citations: Vec<String>,
    custom: BTreeMap<String, u64>,
    comments: BTreeMap<&'static str, String>,
}

const SCALARS: &[(&str, &[&str])] = &[
    ("title", &["\"One\"", "\"Two\"", "\"Three = 3\"", "'<<<<<<< x'"]),
    ("severity", &["\"low\"", "\"high\"", "\"critical\""]),
    ("confidence", &["\"low\"", "\"high\""]),
    ("reason", &["\"a\"", "\"b # no comment\"", "\"c\""]),
    ("observed", &["2026-03-01T10:15:00Z", "{ from = 2026-03-01T10:15:00Z, to = 2026-03-01T11:15:00Z }"]),
    ("summary", &["\"S\"", "\"\"\"\nseverity = \"low\"\n[evidence]\n\"\"\"", "'''\nid = 1\n'''"]),
    ("analysis", &["\"A\"", "\"\"\"\ntwo\nlines\"\"\"", "\"=======\""]),
];
const SETS: &[&str] = &["authors", "techniques", "tags"];
const ITEMS: &[&str] = &["alpha", "beta", "gamma", "delta", "epsilon"];

/// SplitMix64: every seed is another history.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    fn of<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }
}

impl Record {
    fn new(random: &mut Random) -> Self {
        let mut record = Self::default();
        record.scalars.insert("title", "\"One\"".to_owned());
        for _ in 0..random.below(12) {
            record.edit(random);
        }
        record
    }

    fn edit(&mut self, random: &mut Random) {
        match random.below(10) {
            0..=3 => {
                let (key, values) = random.of(SCALARS);
                self.scalars.insert(key, (*random.of(values)).to_owned());
            }
            4 => {
                let (key, _) = random.of(&SCALARS[1..]);
                self.scalars.remove(key);
            }
            5 | 6 => {
                let set = self.sets.entry(SETS[random.below(SETS.len())]).or_default();
                let item = (*random.of(ITEMS)).to_owned();
                if !set.remove(&item) {
                    set.insert(item);
                }
            }
            7 => {
                let at = random.below(self.citations.len() + 1);
                let new = format!("q{}", random.below(40));
                if random.below(3) == 0 && at < self.citations.len() {
                    self.citations.remove(at);
                } else if !self.citations.contains(&new) {
                    self.citations.insert(at, new);
                }
            }
            8 => {
                let key = format!("own{}", random.below(3));
                match random.below(4) {
                    0 => self.custom.remove(&key),
                    value => self.custom.insert(key, value as u64),
                };
            }
            _ => {
                let (key, _) = random.of(SCALARS);
                self.comments.insert(key, format!("# note {}", random.below(3)));
            }
        }
    }

    /// Its text, in an order of keys that differs from seed to seed.
    fn text(&self, random: &mut Random) -> String {
        let comment = |key: &str| self.comments.get(key).map(|comment| format!("{comment}\n")).unwrap_or_default();
        let mut lines: Vec<String> =
            self.scalars.iter().map(|(key, value)| format!("{}{key} = {value}\n", comment(key))).collect();
        for (key, set) in self.sets.iter().filter(|(_, set)| !set.is_empty()) {
            let items: Vec<String> = set.iter().rev().map(|item| format!("\"{item}\"")).collect();
            lines.push(format!("{key} = [{}]\n", items.join(", ")));
        }
        if random.below(2) == 0 {
            lines.reverse();
        }
        let mut text = format!("id = \"f-7q2k9dm4\"\n{}", lines.concat());
        for citation in &self.citations {
            text.push_str(&format!("\n[[evidence]]\nitem = \"x-7q2k9dm4\"\nquote = \"{citation}\"\n"));
        }
        if !self.custom.is_empty() {
            text.push_str("\n[custom]\n");
            self.custom.iter().for_each(|(key, value)| text.push_str(&format!("{key} = {value}\n")));
        }
        text
    }
}

/// The values of a text, with sets as sets.
fn values(text: &str) -> toml::Table {
    let mut table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    for key in SETS {
        if table.get(*key).and_then(toml::Value::as_array).is_some_and(Vec::is_empty) {
            table.remove(*key);
        }
        if let Some(items) = table.get_mut(*key).and_then(toml::Value::as_array_mut) {
            items.sort_by_key(ToString::to_string);
        }
    }
    table
}

/// What three values of a key come to: the one to take, or nothing where both sides changed it differently.
fn met<T: PartialEq + Clone>(base: Option<&T>, ours: Option<&T>, theirs: Option<&T>) -> Result<Option<T>, ()> {
    match () {
        () if ours == theirs || base == theirs => Ok(ours.cloned()),
        () if base == ours => Ok(theirs.cloned()),
        () => Err(()),
    }
}

/// The merge by the rules, and the keys that are in conflict.
fn expected(base: &Record, ours: &Record, theirs: &Record) -> (Record, BTreeSet<String>) {
    let mut merged = Record::default();
    let mut conflicts = BTreeSet::new();
    for (key, _) in SCALARS {
        let value = |record: &Record| {
            record
                .scalars
                .get(key)
                .map(|text| text.parse::<toml::Value>().map_or(text.clone(), |value| value.to_string()))
        };
        match met(value(base).as_ref(), value(ours).as_ref(), value(theirs).as_ref()) {
            Ok(Some(_)) => {
                let text = met(base.scalars.get(key), ours.scalars.get(key), theirs.scalars.get(key)).unwrap();
                merged.scalars.insert(key, text.unwrap());
            }
            Ok(None) => {}
            Err(()) => {
                conflicts.insert((*key).to_owned());
            }
        }
        // A comment belongs to its key: who removes a key that the other commented on removes what the other changed.
        let whole =
            |record: &Record| record.scalars.get(key).map(|value| (value.clone(), record.comments.get(key).cloned()));
        let (was, is, other) = (whole(base), whole(ours), whole(theirs));
        if is.is_some() != other.is_some() && met(was.as_ref(), is.as_ref(), other.as_ref()).is_err() {
            conflicts.insert((*key).to_owned());
        }
    }
    for key in SETS {
        let set = |record: &Record| record.sets.get(key).cloned().unwrap_or_default();
        let (base, ours, theirs) = (set(base), set(ours), set(theirs));
        let all: BTreeSet<String> = ours.union(&theirs).cloned().collect();
        let kept =
            all.into_iter().filter(|item| (ours.contains(item) && theirs.contains(item)) || !base.contains(item));
        merged.sets.insert(key, kept.collect());
    }
    for key in (0..3).map(|number| format!("own{number}")) {
        match met(base.custom.get(&key), ours.custom.get(&key), theirs.custom.get(&key)) {
            Ok(value) => merged.custom.extend(value.map(|value| (key, value))),
            Err(()) => {
                conflicts.insert(format!("custom.{key}"));
            }
        }
    }
    (merged, conflicts)
}

fn path() -> TreePath {
    TreePath::from(FINDING)
}

/// The text with one side taken for every conflict.
fn taken(merged: &Merge, ours: bool) -> String {
    let mut text = merged.text(&Labels::default());
    for block in blocks(&text).into_iter().rev() {
        text.replace_range(block.range, if ours { &block.ours } else { &block.theirs });
    }
    text
}

fn check(seed: u64) {
    let random = &mut Random(seed);
    let base = Record::new(random);
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    for _ in 0..random.below(6) {
        ours.edit(random);
    }
    for _ in 0..random.below(6) {
        theirs.edit(random);
    }
    let texts = [base.text(random), ours.text(random), theirs.text(random)];
    let shown = format!("seed {seed}\n{}\n====\n{}\n====\n{}", texts[0], texts[1], texts[2]);
    let merged = merge(&path(), Versions { base: Some(&texts[0]), ours: &texts[1], theirs: &texts[2] }).expect(&shown);
    let swapped = merge(&path(), Versions { base: Some(&texts[0]), ours: &texts[2], theirs: &texts[1] }).expect(&shown);

    // In either order the same, with the sides of the conflicts changed over.
    assert_eq!(taken(&merged, true), taken(&swapped, false), "{shown}");
    assert_eq!(taken(&merged, false), taken(&swapped, true), "{shown}");

    // A conflict where both changed the same key differently, and only there.
    let (wanted, mut conflicts) = expected(&base, &ours, &theirs);
    let found: BTreeSet<String> =
        merged.conflicts.iter().map(|conflict| conflict.key.split('#').next().unwrap().to_owned()).collect();
    if found.contains("evidence") {
        let gone = base.citations.iter().any(|one| !ours.citations.contains(one) && !theirs.citations.contains(one));
        assert!(gone || is_sorted_anew(&base, &ours) || is_sorted_anew(&base, &theirs), "{shown}");
        conflicts.insert("evidence".to_owned());
    }
    assert_eq!(found, conflicts, "{shown}\n{}", merged.text(&Labels::default()));

    // Whichever side is taken, it is canonical TOML without a double key, and every other key is what both edits say.
    let table = schema::table("finding").unwrap();
    for is_ours in [true, false] {
        let text = taken(&merged, is_ours);
        let text = if found.is_empty() { text } else { format(&text, &table).expect(&shown) };
        assert_eq!(format(&text, &table).as_deref(), Ok(text.as_str()), "{shown}");
        let is = values(&text);
        let side = if is_ours { &ours } else { &theirs };
        let mut whole = wanted.clone();
        for key in &conflicts {
            if let Some((name, value)) = side.scalars.get_key_value(key.as_str()) {
                whole.scalars.insert(name, value.clone());
            }
            if let Some(own) = key.strip_prefix("custom.") {
                whole.custom.extend(side.custom.get(own).map(|value| (own.to_owned(), *value)));
            }
        }
        let mut should = values(&whole.text(random));
        let mut is_without = is.clone();
        for table in [&mut should, &mut is_without] {
            table.remove("evidence");
            if table.get("custom").and_then(toml::Value::as_table).is_some_and(toml::Table::is_empty) {
                table.remove("custom");
            }
        }
        assert_eq!(is_without, should, "{shown}\n{text}");
        if !found.contains("evidence") {
            citations(&is, &base, &ours, &theirs, &shown);
        }
    }
}

/// Whether the citations that a side kept stand in another order.
fn is_sorted_anew(base: &Record, side: &Record) -> bool {
    let of = |record: &Record, other: &Record| -> Vec<String> {
        record.citations.iter().filter(|one| other.citations.contains(one)).cloned().collect()
    };
    of(base, side) != of(side, base)
}

/// Every citation that either side added is there once, and none that either removed.
fn citations(is: &toml::Table, base: &Record, ours: &Record, theirs: &Record, shown: &str) {
    let rows = is.get("evidence").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let mut found: Vec<String> = rows.iter().map(|row| row["quote"].as_str().unwrap().to_owned()).collect();
    let all: BTreeSet<String> = ours.citations.iter().chain(&theirs.citations).cloned().collect();
    let kept = |one: &String| {
        (ours.citations.contains(one) && theirs.citations.contains(one)) || !base.citations.contains(one)
    };
    found.sort();
    assert_eq!(found, all.into_iter().filter(kept).collect::<Vec<_>>(), "{shown}");
}

#[test]
fn a_merge_is_what_both_edits_say() {
    (0..600).for_each(check);
}

#[test]
fn git_gives_the_same_result_as_the_library() {
    let desk = Desk::ready();
    for seed in 1000..1012 {
        let random = &mut Random(seed);
        let base = Record::new(random);
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        (0..3).for_each(|_| ours.edit(random));
        (0..3).for_each(|_| theirs.edit(random));
        let texts = [base.text(random), ours.text(random), theirs.text(random)];
        if texts[1] == texts[2] || texts[0] == texts[1] || texts[0] == texts[2] {
            continue;
        }
        desk.write(FINDING, &texts[0]);
        desk.git(&["add", "-A"]).ok();
        desk.git(&["commit", "-qnm", "base", "--allow-empty"]).ok();
        desk.git(&["branch", "-f", "theirs"]).ok();
        desk.branch_again(&texts[1], &texts[2]);
        let merged = merge(&path(), Versions { base: Some(&texts[0]), ours: &texts[1], theirs: &texts[2] }).unwrap();
        let ran = desk.git(&["merge", "--no-verify", "--no-edit", "theirs"]);
        assert_eq!(ran.code, i32::from(!merged.conflicts.is_empty()), "{seed}: {}", ran.text());
        let labels = Labels { size: 7, ours: "HEAD", theirs: "theirs" };
        assert_eq!(desk.read(FINDING), merged.text(&labels), "{seed}");
        desk.git(&["reset", "-q", "--hard"]).ok();
    }
}

impl Desk {
    /// Our text on main and their text on the branch `theirs`, which is there.
    fn branch_again(&self, ours: &str, theirs: &str) {
        self.git(&["switch", "-q", "theirs"]).ok();
        self.write(FINDING, theirs);
        self.commit_all("Their text");
        self.git(&["switch", "-q", "main"]).ok();
        self.write(FINDING, ours);
        self.commit_all("Our text");
    }
}
