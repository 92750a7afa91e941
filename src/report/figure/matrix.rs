//! What was seen of MITRE ATT&CK: the tactics in the order of its matrix, and below each the techniques that events and findings
//! name, with the highest confidence of these findings.

use super::{Drawing, Figure, MARGIN, WIDTH};
use crate::model::Body;
use crate::report::naming::Names;
use crate::values::vocabulary::{Confidence, FindingType, Tactic};
use crate::values::wording::{capital, counted};
use crate::values::{EntryId, Kind, attack};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The most columns that stand side by side; further ones stand below.
const ABREAST: usize = 6;
/// The most techniques of a tactic that are drawn.
const CELLS: usize = 6;

const GAP: i64 = 8;
pub const CELL: i64 = 66;
/// What the name of a tactic takes.
const HEADING: i64 = 24;

pub struct Matrix<'c> {
    pub width: i64,
    pub headings: Vec<Heading>,
    pub cells: Vec<Cell<'c>>,
}

/// The name of a column, and what stands at its end where there is more.
pub struct Heading {
    pub x: i64,
    pub y: i64,
    pub name: String,
    /// How many techniques are not drawn, and where that is said.
    pub further: Option<(usize, i64)>,
}

pub struct Cell<'c> {
    pub x: i64,
    pub y: i64,
    pub technique: &'c str,
    pub name: &'static str,
    pub certainty: Certainty,
    /// The finding that is surest of it, or else the first event.
    pub entry: EntryId,
    /// How often it was seen, such as `1 finding, 2 events`.
    pub seen: String,
}

/// How sure it is that a technique was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Only events name it.
    Events,
    /// The findings that name it say nothing of their confidence.
    NotSaid,
    Finding(Confidence),
}

impl Certainty {
    pub fn words(self) -> String {
        match self {
            Certainty::Events => "in events only".to_owned(),
            Certainty::NotSaid => "without confidence".to_owned(),
            Certainty::Finding(confidence) => format!("{confidence} confidence"),
        }
    }

    /// How many of three bars stand for it.
    pub fn bars(self) -> usize {
        match self {
            Certainty::Events | Certainty::NotSaid => 0,
            Certainty::Finding(confidence) => confidence as usize + 1,
        }
    }
}

/// What is known of a technique.
struct Seen {
    tactics: BTreeSet<Tactic>,
    events: usize,
    findings: usize,
    certainty: Certainty,
    entry: EntryId,
}

/// The picture of the techniques; `None` where nothing names one.
pub fn of<'c>(names: &Names<'c>) -> Option<Figure<'c>> {
    let seen = seen(names);
    if seen.is_empty() {
        return None;
    }
    let mut columns: BTreeMap<usize, Vec<(&'c str, &Seen)>> = BTreeMap::new();
    for (technique, seen) in &seen {
        for column in columns_of(technique, seen) {
            columns.entry(column).or_default().push((technique, seen));
        }
    }
    for column in columns.values_mut() {
        column.sort_by_key(|(technique, seen)| (Reverse(seen.certainty), Reverse(seen.events), *technique));
    }
    let says = format!("{}: {}.", counted(seen.len(), "technique"), parts(&seen));
    let (matrix, height) = laid_out(&columns);
    Some(Figure {
        title: "What was seen of ATT&CK",
        says,
        reading: "A column is a tactic, in the order of the matrix. A cell has the highest confidence of the findings that name \
                  the technique, in bars and in words; the surest stand first.",
        height,
        drawing: Drawing::Matrix(matrix),
    })
}

/// `5 with high confidence, 2 in events only`.
fn parts(seen: &BTreeMap<&str, Seen>) -> String {
    let mut counts: BTreeMap<Reverse<Certainty>, usize> = BTreeMap::new();
    for seen in seen.values() {
        *counts.entry(Reverse(seen.certainty)).or_default() += 1;
    }
    let part = |(certainty, count): (&Reverse<Certainty>, &usize)| match certainty.0 {
        Certainty::Finding(confidence) => format!("{count} with {confidence} confidence"),
        other => format!("{count} {}", other.words()),
    };
    counts.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn seen<'c>(names: &Names<'c>) -> BTreeMap<&'c str, Seen> {
    let mut all: BTreeMap<&'c str, Seen> = BTreeMap::new();
    for entry in names.live(Kind::Event) {
        let Body::Event(event) = &entry.body else { continue };
        for technique in event.techniques.iter() {
            let seen = all.entry(technique.as_str()).or_insert_with(|| Seen::by(entry.id()));
            seen.events += 1;
            seen.tactics.extend(event.tactic);
        }
    }
    for entry in names.live(Kind::Finding) {
        let Body::Finding(finding) = &entry.body else { continue };
        // What a finding rules out was not seen.
        if finding.r#type == FindingType::Exclusion {
            continue;
        }
        let certainty = finding.confidence.map_or(Certainty::NotSaid, Certainty::Finding);
        for technique in finding.techniques.iter() {
            let seen = all.entry(technique.as_str()).or_insert_with(|| Seen::by(entry.id()));
            seen.findings += 1;
            if certainty > seen.certainty {
                (seen.certainty, seen.entry) = (certainty, entry.id());
            }
        }
    }
    all
}

impl Seen {
    fn by(entry: EntryId) -> Self {
        Self { tactics: BTreeSet::new(), events: 0, findings: 0, certainty: Certainty::Events, entry }
    }

    fn words(&self) -> String {
        let counts = [(self.findings, "finding"), (self.events, "event")];
        let words = counts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| counted(*count, noun));
        words.collect::<Vec<_>>().join(", ")
    }
}

/// The tactics that events say it served; where none does, the only one that it can serve, or else the last column.
fn columns_of(technique: &str, seen: &Seen) -> Vec<usize> {
    if !seen.tactics.is_empty() {
        return seen.tactics.iter().map(|tactic| *tactic as usize).collect();
    }
    match attack::technique(technique).map(|known| known.tactics.as_slice()) {
        Some([only]) => vec![*only as usize],
        _ => vec![Tactic::ALL.len()],
    }
}

fn heading(column: usize) -> String {
    Tactic::ALL.get(column).map_or("Tactic not said".to_owned(), |tactic| capital(&tactic.word().replace('-', " ")))
}

fn laid_out<'c>(columns: &BTreeMap<usize, Vec<(&'c str, &Seen)>>) -> (Matrix<'c>, i64) {
    let abreast = columns.len().clamp(4, ABREAST) as i64;
    let width = (WIDTH - 2 * MARGIN - GAP * (abreast - 1)) / abreast;
    let mut matrix = Matrix { width, headings: Vec::new(), cells: Vec::new() };
    let (mut top, mut bottom) = (MARGIN, MARGIN);
    for (index, (column, techniques)) in columns.iter().enumerate() {
        let across = index as i64 % abreast;
        if across == 0 && index > 0 {
            top = bottom + 2 * GAP;
        }
        let x = MARGIN + across * (width + GAP);
        let first = top + HEADING;
        // One that would stand alone below the last is drawn rather than counted.
        let drawn = if techniques.len() <= CELLS + 1 { techniques.len() } else { CELLS };
        for (row, (technique, seen)) in techniques[..drawn].iter().enumerate() {
            matrix.cells.push(Cell {
                x,
                y: first + row as i64 * (CELL + GAP),
                technique,
                name: attack::technique(technique).map_or("not a technique of ATT&CK", |known| known.name),
                certainty: seen.certainty,
                entry: seen.entry,
                seen: seen.words(),
            });
        }
        let end = first + drawn as i64 * (CELL + GAP);
        let further = techniques.len() - drawn;
        let further = (further > 0).then_some((further, end + 10));
        matrix.headings.push(Heading { x, y: top + 14, name: heading(*column), further });
        bottom = bottom.max(end + if further.is_some() { 16 } else { 0 });
    }
    (matrix, bottom)
}
