//! What the findings rest on: exhibits on the left, findings on the right, and a line for each that cites one.

use super::graph::{Arrow, Graph};
use super::{Drawing, Figure, Look, MARGIN, Node, WIDTH};
use crate::model::{Body, Case, Finding};
use crate::report::naming::Names;
use crate::values::vocabulary::FindingStatus;
use crate::values::wording::counted;
use crate::values::{EntryId, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// The most findings or exhibits, and the most lines, that can be told apart.
const ROWS: usize = 16;
const LINES: usize = 48;

const HEIGHT: i64 = 40;
const PITCH: i64 = 48;
const EXHIBIT: i64 = 350;
const FINDING: i64 = 440;

/// The findings and the exhibits that they cite.
struct Cited<'c> {
    findings: Vec<(EntryId, &'c Finding)>,
    /// The exhibits, in the order in which the findings cite them.
    exhibits: Vec<EntryId>,
    /// How many places of an exhibit a finding cites.
    places: BTreeMap<(EntryId, EntryId), usize>,
}

/// What the findings rest on: a picture, or the sentence that stands where it could not be read.
pub enum Proof<'c> {
    Drawn(Box<Figure<'c>>),
    Said(String),
}

/// `None` where there is one finding with one exhibit, or no citation at all.
pub fn of<'c>(case: &'c Case, names: &Names<'c>) -> Option<Proof<'c>> {
    let cited = Cited::of(names);
    let rows = cited.findings.len().max(cited.exhibits.len());
    if cited.places.is_empty() || rows < 2 {
        return None;
    }
    if rows > ROWS || cited.places.len() > LINES {
        return Some(Proof::Said(format!("{} Each finding lists what it cites.", cited.says(names))));
    }
    Some(Proof::Drawn(Box::new(Figure {
        title: "What the findings rest on",
        says: cited.says(names),
        reading: "Exhibits stand on the left and findings on the right; a line leads from an exhibit to each finding that cites it.",
        height: rows as i64 * PITCH + 2 * MARGIN - (PITCH - HEIGHT),
        drawing: Drawing::Graph(cited.laid_out(case, names)),
    })))
}

impl<'c> Cited<'c> {
    fn of(names: &Names<'c>) -> Self {
        let mut cited = Self { findings: Vec::new(), exhibits: Vec::new(), places: BTreeMap::new() };
        let mut known = BTreeSet::new();
        for entry in names.live(Kind::Finding) {
            let Body::Finding(finding) = &entry.body else { continue };
            cited.findings.push((entry.id(), finding));
            for citation in finding.evidence.iter().filter(|citation| names.get(citation.item.0).is_some()) {
                let item = citation.item.0;
                if known.insert(item) {
                    cited.exhibits.push(item);
                }
                *cited.places.entry((item, entry.id())).or_default() += 1;
            }
        }
        cited
    }

    /// `7 findings cite 24 places in 4 exhibits. 1 cites none. No finding cites 2 further exhibits.`
    fn says(&self, names: &Names<'c>) -> String {
        let cite = |count| if count == 1 { "cites" } else { "cite" };
        let bare = self.findings.iter().filter(|(_, finding)| finding.evidence.is_empty()).count();
        let citing = self.findings.len() - bare;
        let places: usize = self.places.values().sum();
        let mut says = format!(
            "{} {} {} in {}.",
            counted(citing, "finding"),
            cite(citing),
            counted(places, "place"),
            counted(self.exhibits.len(), "exhibit"),
        );
        if bare > 0 {
            says.push_str(&format!(" {bare} {} none.", cite(bare)));
        }
        let others = names.live(Kind::Evidence).len().saturating_sub(self.exhibits.len());
        if others > 0 {
            says.push_str(&format!(" No finding cites {}.", counted(others, "further exhibit")));
        }
        says
    }

    fn laid_out(&self, case: &'c Case, names: &Names<'c>) -> Graph<'c> {
        let rows = self.findings.len().max(self.exhibits.len());
        let right = WIDTH - MARGIN - FINDING;
        let y = |index: usize, of: usize| MARGIN + index as i64 * PITCH + (rows - of) as i64 * PITCH / 2;
        let mut at: BTreeMap<EntryId, i64> = BTreeMap::new();
        let mut nodes = Vec::new();
        for (index, id) in self.exhibits.iter().enumerate() {
            let y = y(index, self.exhibits.len());
            at.insert(*id, y + HEIGHT / 2);
            nodes.push(node(names, *id, (MARGIN, y), EXHIBIT, exhibit_note(case, *id), Look::Plain));
        }
        for (index, (id, finding)) in self.findings.iter().enumerate() {
            let y = y(index, self.findings.len());
            at.insert(*id, y + HEIGHT / 2);
            nodes.push(node(names, *id, (right, y), FINDING, finding_note(finding), look(finding)));
        }
        let arrow = |((item, finding), places): (&(EntryId, EntryId), &usize)| {
            let (start, end) = ((MARGIN + EXHIBIT, at[item]), (right, at[finding]));
            let middle = (start.0 + end.0) / 2;
            let label = |id| names.get(id).map_or("", |name| name.label.as_str());
            Arrow {
                curve: [start, (middle, start.1), (middle, end.1), end],
                number: None,
                title: format!("{} cites {} of {}", label(*finding), counted(*places, "place"), label(*item)),
                has_head: false,
            }
        };
        Graph { arrows: self.places.iter().map(arrow).collect(), nodes }
    }
}

fn node<'c>(names: &Names<'c>, id: EntryId, (x, y): (i64, i64), width: i64, note: String, look: Look) -> Node<'c> {
    let name = names.get(id).map(|name| format!("{}: {}", name.label, name.title)).unwrap_or_default();
    Node { x, y, width, height: HEIGHT, entry: Some(id), name: name.into(), note, look }
}

fn exhibit_note(case: &Case, id: EntryId) -> String {
    match case.get(id).map(|entry| &entry.body) {
        Some(Body::Evidence(item)) if item.derived_from.is_some() => format!("{}, derived", item.kind.word()),
        Some(Body::Evidence(item)) => item.kind.word().to_owned(),
        _ => String::new(),
    }
    .replace('-', " ")
}

fn finding_note(finding: &Finding) -> String {
    let mut words = vec![finding.status.word().to_owned()];
    words.extend(finding.confidence.map(|confidence| format!("{confidence} confidence")));
    words.push(match finding.evidence.len() {
        0 => "cites no evidence".to_owned(),
        places => counted(places, "place"),
    });
    words.join(", ")
}

fn look(finding: &Finding) -> Look {
    match finding.status {
        _ if finding.evidence.is_empty() => Look::Bad,
        FindingStatus::Confirmed => Look::Good,
        FindingStatus::Proposed => Look::Watch,
        _ => Look::Plain,
    }
}
