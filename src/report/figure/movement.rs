//! How the attacker moved: the assets, in columns by how many hops it took to reach them, and these hops, numbered in the order in
//! which they were first taken.

use super::graph::{Arrow, Graph};
use super::{Drawing, Figure, Look, MARGIN, Node, WIDTH};
use crate::model::{Body, Case, Event};
use crate::report::naming::Names;
use crate::values::vocabulary::{Actor, Compromise};
use crate::values::wording::counted;
use crate::values::{EntryId, Kind};
use std::collections::BTreeMap;

/// The most columns, assets and hops that are drawn; with more hops, only those by which an asset was first reached are.
const COLUMNS: usize = 5;
const ASSETS: usize = 16;
const HOPS: usize = 20;

const HEIGHT: i64 = 44;
const PITCH: i64 = 62;

/// A step from one asset to another.
pub struct Hop<'c> {
    pub from: EntryId,
    pub to: EntryId,
    /// The event in which it was first taken.
    pub first: &'c Event,
    /// How many events took it.
    pub events: usize,
}

pub struct Movement<'c> {
    pub figure: Figure<'c>,
    /// The hops that are drawn, in the order of their numbers.
    pub hops: Vec<Hop<'c>>,
    /// How many are not.
    pub further: usize,
}

/// The picture of how the attacker moved; `None` where no event leads from one asset to another.
pub fn of<'c>(case: &'c Case, names: &Names<'c>) -> Option<Movement<'c>> {
    let all = hops(names);
    if all.is_empty() {
        return None;
    }
    let mut says = format!("{} between {}.", counted(all.len(), "hop"), counted(assets(&all), "asset"));
    let places = Places::of(&all);
    let left_out = assets(&all) - places.column.len();
    if left_out > 0 {
        says.push_str(&format!(" The {} that came last or took most hops are not drawn.", counted(left_out, "asset")));
    }
    let count = all.len();
    let mut hops: Vec<Hop<'c>> = all.into_iter().filter(|hop| places.have(hop)).collect();
    if hops.len() > HOPS {
        hops.retain(|hop| places.first_reached(hop));
        says.push_str(" Each asset is drawn with the hop by which it was first reached.");
    }
    let further = count - hops.len();
    let graph = laid_out(case, names, &places, &hops);
    let height = graph.nodes.iter().map(|node| node.y + node.height).max().unwrap_or(0) + MARGIN;
    let figure = Figure {
        title: "How the attacker moved",
        says,
        reading: "Assets stand in columns by the hops that it took to reach them; the numbers are those of the table below, \
                  in the order of time.",
        height,
        drawing: Drawing::Graph(graph),
    };
    Some(Movement { figure, hops, further })
}

/// Every hop that the attack took, in the order in which each was first taken.
fn hops<'c>(names: &Names<'c>) -> Vec<Hop<'c>> {
    let mut hops: Vec<Hop<'c>> = Vec::new();
    let mut known: BTreeMap<(EntryId, EntryId), usize> = BTreeMap::new();
    let events = names.live(Kind::Event).iter().filter_map(|entry| match &entry.body {
        Body::Event(event) if is_of_the_attack(event) => Some(event),
        _ => None,
    });
    for event in events {
        let (Some(from), Some(to)) = (event.source, event.destination) else { continue };
        let (from, to) = (from.0, to.0);
        if from == to || names.get(from).is_none() || names.get(to).is_none() {
            continue;
        }
        let at = *known.entry((from, to)).or_insert(hops.len());
        match hops.get_mut(at) {
            Some(hop) => hop.events += 1,
            None => hops.push(Hop { from, to, first: event, events: 1 }),
        }
    }
    hops
}

/// Whether the attacker did it, or it served the attack.
fn is_of_the_attack(event: &Event) -> bool {
    match event.actor {
        Actor::Attacker => true,
        Actor::Responder => false,
        Actor::System | Actor::User | Actor::Unknown => event.tactic.is_some(),
    }
}

fn assets(hops: &[Hop<'_>]) -> usize {
    let ends = hops.iter().flat_map(|hop| [hop.from, hop.to]);
    ends.collect::<std::collections::BTreeSet<_>>().len()
}

/// Where assets stand, for as many as are drawn.
#[derive(Default)]
struct Places {
    column: BTreeMap<EntryId, usize>,
    /// From where each was first reached.
    parent: BTreeMap<EntryId, EntryId>,
    /// The assets in the order in which they came into it.
    order: Vec<EntryId>,
}

impl Places {
    fn of(hops: &[Hop<'_>]) -> Self {
        let mut places = Self::default();
        for hop in hops {
            let column = places.column.get(&hop.from).copied().unwrap_or(0);
            let fresh = [hop.from, hop.to].iter().filter(|end| !places.column.contains_key(end)).count();
            let is_reached = places.column.contains_key(&hop.to);
            if places.order.len() + fresh > ASSETS || (!is_reached && column + 1 >= COLUMNS) {
                continue;
            }
            places.put(hop.from, column);
            if !is_reached {
                places.put(hop.to, column + 1);
                places.parent.insert(hop.to, hop.from);
            }
        }
        places
    }

    fn put(&mut self, asset: EntryId, column: usize) {
        if self.column.insert(asset, column).is_none() {
            self.order.push(asset);
        }
    }

    fn have(&self, hop: &Hop<'_>) -> bool {
        self.column.contains_key(&hop.from) && self.column.contains_key(&hop.to)
    }

    fn first_reached(&self, hop: &Hop<'_>) -> bool {
        self.parent.get(&hop.to) == Some(&hop.from)
    }

    /// The columns, each from above to below: first what was reached from what stands highest, then by time.
    fn columns(&self) -> Vec<Vec<EntryId>> {
        let count = self.column.values().max().map_or(0, |last| last + 1);
        let mut columns: Vec<Vec<EntryId>> = Vec::new();
        for index in 0..count {
            let mut own: Vec<EntryId> = self.order.iter().copied().filter(|id| self.column[id] == index).collect();
            if let Some(before) = columns.last() {
                own.sort_by_key(|id| before.iter().position(|parent| self.parent.get(id) == Some(parent)));
            }
            columns.push(own);
        }
        columns
    }
}

fn laid_out<'c>(case: &'c Case, names: &Names<'c>, places: &Places, hops: &[Hop<'c>]) -> Graph<'c> {
    let columns = places.columns();
    let count = columns.len() as i64;
    let gap = if count > 3 { 72 } else { 140 };
    let width = ((WIDTH - 2 * MARGIN - gap * (count - 1)) / count).min(230);
    let left = (WIDTH - width * count - gap * (count - 1)) / 2;
    let tallest = columns.iter().map(Vec::len).max().unwrap_or(0) as i64;
    let mut nodes = Vec::new();
    let mut at: BTreeMap<EntryId, (usize, i64, i64)> = BTreeMap::new();
    for (index, column) in columns.iter().enumerate() {
        let x = left + index as i64 * (width + gap);
        let top = MARGIN + 4 + (tallest - column.len() as i64) * PITCH / 2;
        for (row, id) in column.iter().enumerate() {
            let y = top + row as i64 * PITCH;
            at.insert(*id, (index, x, y + HEIGHT / 2));
            nodes.push(node(case, names, *id, x, y, width));
        }
    }
    let arrow = |hop: &Hop<'c>| {
        let (from, to) = (at[&hop.from], at[&hop.to]);
        Arrow {
            curve: curve(from, to, width, gap, columns.len()),
            number: None,
            title: format!("{} by {}", route(names, hop), counted(hop.events, "event")),
            has_head: true,
        }
    };
    let mut graph = Graph { arrows: hops.iter().map(arrow).collect(), nodes };
    graph.number();
    graph
}

fn route(names: &Names<'_>, hop: &Hop<'_>) -> String {
    let name = |id| names.get(id).map_or("", |name| &*name.title);
    format!("{} → {}", name(hop.from), name(hop.to))
}

/// Forwards it leaves on the right and arrives on the left, backwards the other way round and a little lower; within a column
/// it goes around on the side where there is room.
fn curve(from: (usize, i64, i64), to: (usize, i64, i64), width: i64, gap: i64, columns: usize) -> [(i64, i64); 4] {
    let ((column, x, y), (target, to_x, to_y)) = (from, to);
    if column < target {
        let (start, end) = ((x + width, y - 6), (to_x, to_y - 6));
        let half = (end.0 - start.0) / 2;
        [start, (start.0 + half, start.1), (end.0 - half, end.1), end]
    } else if column > target {
        let (start, end) = ((x, y + 8), (to_x + width, to_y + 8));
        let half = (start.0 - end.0) / 2;
        [start, (start.0 - half, start.1), (end.0 + half, end.1), end]
    } else {
        let (side, out) = if column + 1 == columns { (0, -gap * 3 / 5) } else { (width, gap * 3 / 5) };
        let (start, end) = ((x + side, y), (to_x + side, to_y));
        [start, (start.0 + out, start.1), (end.0 + out, end.1), end]
    }
}

fn node<'c>(case: &'c Case, names: &Names<'c>, id: EntryId, x: i64, y: i64, width: i64) -> Node<'c> {
    let asset = case.get(id).and_then(|entry| match &entry.body {
        Body::Asset(asset) => Some(asset),
        _ => None,
    });
    let compromise = asset.and_then(|asset| asset.compromise);
    let look = match compromise {
        Some(Compromise::Compromised) => Look::Bad,
        Some(Compromise::Suspected) => Look::Watch,
        Some(Compromise::Cleared) => Look::Good,
        _ => Look::Plain,
    };
    let words = [asset.map(|asset| asset.kind.word().replace('-', " ")), compromise.map(|word| word.word().to_owned())];
    Node {
        x,
        y,
        width,
        height: HEIGHT,
        entry: Some(id),
        name: names.get(id).map_or("".into(), |name| name.title.clone()),
        note: words.into_iter().flatten().collect::<Vec<_>>().join(", "),
        look,
    }
}
