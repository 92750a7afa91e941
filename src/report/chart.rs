//! The picture of the timeline as numbers: lanes of marks over an axis whose long silences are cut short.

use super::clock;
use super::naming::Names;
use crate::model::{Body, Case, Event};
use crate::values::vocabulary::{Actor, Milestone, Tactic};
use crate::values::wording::capital;
use crate::values::{EntryId, Kind};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Width of the whole picture; all lengths are in units of its view box.
pub const WIDTH: i64 = 960;
/// Where the lanes begin: left of it stand their names.
pub const LEFT: i64 = 158;
const RIGHT: i64 = WIDTH - 22;
/// The height of a row of marks.
pub const ROW: i64 = 22;
/// The space between two marks, and the space that a cut takes.
const APART: i64 = 21;
const CUT: i64 = 40;
/// With more events than this, marks that stand together become one.
const MANY: usize = 150;
/// The most rows that a lane has; further marks overlap in the last.
const MAX_ROWS: usize = 6;

pub struct Chart<'c> {
    pub lanes: Vec<Lane>,
    pub marks: Vec<Mark<'c>>,
    pub ticks: Vec<Tick>,
    /// Where the axis is cut.
    pub cuts: Vec<i64>,
    pub flags: Vec<Flag>,
    /// Where the lanes begin and end from above.
    pub top: i64,
    pub bottom: i64,
    /// What the picture shows, in a sentence.
    pub description: String,
}

pub struct Lane {
    pub name: String,
    pub y: i64,
    pub height: i64,
}

/// One event, or several that stand together.
pub struct Mark<'c> {
    pub x: i64,
    /// How long a range of time is; 0 for a moment.
    pub width: i64,
    pub y: i64,
    pub actor: Actor,
    /// The event, where it is one.
    pub entry: Option<EntryId>,
    /// The number of the event, or how many there are.
    pub number: usize,
    pub title: std::borrow::Cow<'c, str>,
    pub time: String,
}

pub struct Tick {
    pub x: i64,
    pub time: String,
    /// The day, where it is not that of the tick before.
    pub day: Option<String>,
}

/// A milestone.
pub struct Flag {
    pub x: i64,
    pub y: i64,
    pub name: String,
    /// Whether its name stands left of it, since there is no room on the right.
    pub leftward: bool,
}

impl<'c> Chart<'c> {
    /// The picture of a case's events; `None` where there are too few to see anything.
    pub fn of(case: &'c Case, names: &Names<'c>) -> Option<Self> {
        let events: Vec<(usize, &'c Event)> = names
            .live(Kind::Event)
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| match &entry.body {
                Body::Event(event) => Some((index + 1, event.as_ref())),
                _ => None,
            })
            .collect();
        if events.len() < 2 {
            return None;
        }
        let milestones = milestones(case);
        let axis = Axis::over(&events, &milestones);
        let flags = flags(&milestones, &axis);
        let top = 8 + flags.iter().map(|flag| flag.y).max().unwrap_or(0);
        let (lanes, marks) = lanes(&events, &axis, top);
        let bottom = lanes.last().map_or(top, |lane| lane.y + lane.height);
        let (first, last) = (&events[0].1.time, &events[events.len() - 1].1.time);
        let description = format!(
            "{} events from {} to {} UTC, by tactic or actor; time runs from left to right{}.",
            events.len(),
            clock::to_the_minute(first.earliest()),
            clock::to_the_minute(last.latest()),
            if axis.cuts().is_empty() { "" } else { ", with long silences cut" },
        );
        Some(Self { lanes, marks, ticks: axis.ticks(), cuts: axis.cuts(), flags, top, bottom, description })
    }

    /// The height of the whole picture.
    pub fn height(&self) -> i64 {
        self.bottom + 46
    }
}

fn milestones(case: &Case) -> Vec<(Milestone, Timestamp)> {
    let milestones = case.record.as_ref().and_then(|record| record.value.milestones.as_ref());
    let all = milestones.into_iter().flat_map(|milestones| milestones.in_order());
    all.filter_map(|(milestone, when)| Some((milestone, when?.earliest()))).collect()
}

/// A part of the axis without a cut: two times in milliseconds and where they are.
struct Stretch {
    from: i64,
    to: i64,
    left: i64,
    right: i64,
}

struct Axis {
    stretches: Vec<Stretch>,
}

impl Axis {
    fn over(events: &[(usize, &Event)], milestones: &[(Milestone, Timestamp)]) -> Self {
        let mut times: Vec<i64> = milestones.iter().map(|(_, at)| at.as_millisecond()).collect();
        for (_, event) in events {
            times.extend([event.time.earliest().as_millisecond(), event.time.latest().as_millisecond()]);
        }
        times.sort_unstable();
        times.dedup();
        Self::laid_out(&cut(&times))
    }

    /// Gives every stretch its share of the width.
    fn laid_out(stretches: &[(i64, i64)]) -> Self {
        let gaps = CUT * (stretches.len() as i64 - 1);
        let least = 24;
        let free = (RIGHT - LEFT - gaps - least * stretches.len() as i64).max(0);
        let total = stretches.iter().map(|(from, to)| to - from).sum::<i64>().max(1);
        let mut left = LEFT + 12;
        let mut laid = Vec::new();
        for (from, to) in stretches {
            let share = i128::from(free) * i128::from(to - from) / i128::from(total);
            let right = left + least + i64::try_from(share).unwrap_or(0);
            laid.push(Stretch { from: *from, to: *to, left, right });
            left = right + CUT;
        }
        Self { stretches: laid }
    }

    fn x(&self, at: i64) -> i64 {
        let stretch = self.stretches.iter().find(|stretch| at <= stretch.to).or(self.stretches.last());
        let Some(stretch) = stretch else { return LEFT };
        let length = i128::from((stretch.to - stretch.from).max(1));
        let along = i128::from(stretch.right - stretch.left) * i128::from((at - stretch.from).max(0)) / length;
        stretch.left + i64::try_from(along).unwrap_or(0)
    }

    fn cuts(&self) -> Vec<i64> {
        self.stretches.windows(2).map(|pair| (pair[0].right + pair[1].left) / 2).collect()
    }

    fn ticks(&self) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        let (mut day, mut day_at) = (String::new(), i64::MIN / 2);
        for stretch in &self.stretches {
            let step = step(stretch);
            let first =
                stretch.from.div_euclid(step) * step + if stretch.from.rem_euclid(step) == 0 { 0 } else { step };
            let mut at = first;
            let mut found = Vec::new();
            while at <= stretch.to && found.len() < 20 {
                found.push(at);
                at += step;
            }
            if found.is_empty() {
                found.push(stretch.from);
            }
            for at in found {
                let x = self.x(at);
                if ticks.last().is_some_and(|before| x - before.x < 58) {
                    continue;
                }
                let text = clock::moment(Timestamp::from_millisecond(at).unwrap_or_default());
                let (date, time) = text.split_once(' ').unwrap_or((&text, ""));
                // The day stands below the first tick of it that has room.
                let named = date != day && x - day_at >= 76;
                if named {
                    day = date.to_owned();
                    day_at = x;
                }
                let digits = if at.rem_euclid(60_000) == 0 { 5 } else { 8 };
                let time = if step >= 86_400_000 { "" } else { time.get(..digits).unwrap_or(time) };
                ticks.push(Tick { x, time: time.to_owned(), day: named.then(|| date.to_owned()) });
            }
        }
        ticks
    }
}

/// Cuts the axis at silences that would take a quarter of it and are far longer than the others.
fn cut(times: &[i64]) -> Vec<(i64, i64)> {
    let mut stretches = vec![(times[0], times[times.len() - 1])];
    let gaps = times.len() as i64 - 1;
    while stretches.len() < 6 {
        let active: i64 = stretches.iter().map(|(from, to)| to - from).sum();
        let inside = |gap: &&[i64]| stretches.iter().any(|(from, to)| *from <= gap[0] && gap[1] <= *to);
        let Some(widest) = times.windows(2).filter(inside).max_by_key(|gap| (gap[1] - gap[0], -gap[0])) else { break };
        let width = widest[1] - widest[0];
        let others = (active - width) / (gaps - stretches.len() as i64).max(1);
        if width * 4 < active || width < others * 4 {
            break;
        }
        let at = stretches.iter().position(|(from, to)| *from <= widest[0] && widest[1] <= *to).unwrap_or(0);
        let (from, to) = stretches[at];
        stretches.splice(at..=at, [(from, widest[0]), (widest[1], to)]);
    }
    stretches
}

/// The step between ticks in milliseconds: the smallest round one that leaves room for the labels.
fn step(stretch: &Stretch) -> i64 {
    const STEPS: [i64; 24] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800,
        604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
    ];
    let width = (stretch.right - stretch.left).max(1);
    let length = stretch.to - stretch.from;
    STEPS.iter().map(|step| step * 1_000).find(|step| length / step * 76 <= width).unwrap_or(315_360_000_000)
}

/// The lane of an event: its tactic, or else who acted. Lanes come in the order of the ATT&CK matrix.
fn lane_of(event: &Event) -> (usize, &'static str) {
    match (event.tactic, event.actor) {
        (Some(tactic), _) => (tactic as usize, tactic.word()),
        (None, actor) => (Tactic::ALL.len() + actor as usize, actor.word()),
    }
}

fn lanes<'c>(events: &[(usize, &'c Event)], axis: &Axis, top: i64) -> (Vec<Lane>, Vec<Mark<'c>>) {
    let mut by_lane: BTreeMap<(usize, &str), Vec<Mark<'c>>> = BTreeMap::new();
    for (number, event) in events {
        by_lane.entry(lane_of(event)).or_default().push(mark(*number, event, axis));
    }
    let mut lanes = Vec::new();
    let mut marks = Vec::new();
    let mut y = top;
    for ((_, name), mut own) in by_lane {
        if events.len() > MANY {
            own = together(own);
        }
        let rows = into_rows(&mut own, y);
        let height = rows as i64 * ROW + 10;
        lanes.push(Lane { name: capital(&name.replace('-', " ")), y, height });
        y += height;
        marks.extend(own);
    }
    (lanes, marks)
}

fn mark<'c>(number: usize, event: &'c Event, axis: &Axis) -> Mark<'c> {
    let x = axis.x(event.time.earliest().as_millisecond());
    Mark {
        x,
        width: axis.x(event.time.latest().as_millisecond()) - x,
        y: 0,
        actor: event.actor,
        entry: Some(event.id.0.0),
        number,
        title: event.title.as_str().into(),
        time: clock::when(&event.time),
    }
}

/// Makes one mark of those of a lane that stand together.
fn together(marks: Vec<Mark<'_>>) -> Vec<Mark<'_>> {
    let mut joined: Vec<Mark<'_>> = Vec::new();
    for mark in marks {
        match joined.last_mut() {
            Some(last) if last.actor == mark.actor && mark.x - last.x < APART => {
                last.number = if last.entry.take().is_some() { 2 } else { last.number + 1 };
                last.title = format!("{} events", last.number).into();
                last.width = last.width.max(mark.x + mark.width - last.x);
            }
            _ => joined.push(mark),
        }
    }
    joined
}

/// Puts marks that would cover each other into rows below each other, and says how many rows there are.
fn into_rows(marks: &mut [Mark<'_>], top: i64) -> usize {
    let mut free: Vec<i64> = Vec::new();
    for mark in marks {
        let row = free.iter().position(|from| *from <= mark.x).unwrap_or_else(|| free.len().min(MAX_ROWS - 1));
        if row == free.len() {
            free.push(0);
        }
        free[row] = mark.x + mark.width.max(0) + APART;
        mark.y = top + 5 + ROW / 2 + row as i64 * ROW;
    }
    free.len().max(1)
}

/// The milestones above the lanes, in rows where their names would meet.
fn flags(milestones: &[(Milestone, Timestamp)], axis: &Axis) -> Vec<Flag> {
    let mut free: Vec<i64> = Vec::new();
    let mut flags = Vec::new();
    for (milestone, at) in milestones {
        let x = axis.x(at.as_millisecond());
        let name = capital(milestone.word());
        let length = 14 + 7 * name.len() as i64;
        let leftward = x + length > WIDTH;
        let start = if leftward { x - length } else { x };
        let row = free.iter().position(|from| *from <= start).unwrap_or(free.len());
        if row == free.len() {
            free.push(0);
        }
        free[row] = start + length;
        flags.push(Flag { x, y: 16 + 15 * row as i64, name, leftward });
    }
    flags
}
