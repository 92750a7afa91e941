//! The timeline of the attack and of the response: lanes of marks over an axis whose long silences are cut short.

use super::{Drawing, Figure, WIDTH};
use crate::model::{Action, Body, Case, Event};
use crate::report::clock;
use crate::report::naming::Names;
use crate::values::vocabulary::{ActionStatus, Actor, Milestone, Tactic};
use crate::values::wording::{capital, counted};
use crate::values::{EntryId, Kind};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Where the lanes begin: left of it stand their names.
pub const LEFT: i64 = 158;
const RIGHT: i64 = WIDTH - 28;
/// The height of a row of marks.
pub const ROW: i64 = 22;
/// How far apart marks stand, and the space that a cut takes.
const APART: i64 = 3;
const CUT: i64 = 40;
/// What the name of a day takes on the axis.
const DAY: i64 = 78;
/// What a time takes.
const TIME: i64 = 40;
/// With more events than this, marks that stand together become one.
const MANY: usize = 150;
/// The most rows that a lane has; further marks overlap in the last.
const MAX_ROWS: usize = 6;

pub struct Timeline<'c> {
    pub lanes: Vec<Lane>,
    pub marks: Vec<Mark<'c>>,
    pub ticks: Vec<Tick>,
    /// Where the axis is cut.
    pub cuts: Vec<i64>,
    pub flags: Vec<Flag>,
    /// Where the lanes begin and end from above.
    pub top: i64,
    pub bottom: i64,
}

pub struct Lane {
    pub name: String,
    pub y: i64,
    pub height: i64,
}

/// One event or action, or several events that stand together.
pub struct Mark<'c> {
    pub x: i64,
    /// How long its range of time is; 0 for a moment.
    pub width: i64,
    pub y: i64,
    pub shape: Shape,
    pub actor: Actor,
    /// What it stands for, where that is one entry.
    pub entry: Option<EntryId>,
    /// The number of the event or action, or how many there are.
    pub number: usize,
    pub title: Cow<'c, str>,
    pub time: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An event at some moment of its range.
    Event,
    /// Events that take the whole range together.
    Several,
    /// An action that was done.
    Action,
}

impl Mark<'_> {
    /// Half the width of what its number stands in.
    pub fn half(&self) -> i64 {
        if self.number < 100 && self.shape != Shape::Several { ROW / 2 - 2 } else { ROW / 2 + 2 }
    }

    /// Whether its range is wide enough to be seen beside its number.
    pub fn has_bar(&self) -> bool {
        self.shape == Shape::Event && self.width > 2 * self.half() + 12
    }

    /// Where the middle of its number is: what happened at some moment of a range stands in the middle of it.
    pub fn middle(&self) -> i64 {
        if self.shape == Shape::Event { self.x + self.width / 2 } else { self.x }
    }

    fn left(&self) -> i64 {
        self.x.min(self.middle() - self.half())
    }

    fn right(&self) -> i64 {
        (self.x + self.width).max(self.middle() + self.half())
            + if self.shape == Shape::Several { self.half() } else { 0 }
    }
}

pub struct Tick {
    pub x: i64,
    pub time: String,
    /// Where the time stands.
    pub below: i64,
    /// The day and where it stands, where it is not that of the tick before.
    pub day: Option<(String, i64)>,
}

/// A milestone.
pub struct Flag {
    pub x: i64,
    pub y: i64,
    pub name: String,
    /// Whether its name stands left of it, since there is no room on the right.
    pub leftward: bool,
}

/// The picture of a case's events and of what was done; `None` where there are too few events to see anything.
pub fn of<'c>(case: &'c Case, names: &Names<'c>) -> Option<Figure<'c>> {
    let events: Vec<(usize, &'c Event)> = numbered(names, Kind::Event, |body| match body {
        Body::Event(event) => Some(&**event),
        _ => None,
    });
    if events.len() < 2 {
        return None;
    }
    let actions: Vec<(usize, &'c Action)> = numbered(names, Kind::Action, |body| match body {
        Body::Action(action) if action.status == ActionStatus::Done && action.done_at.is_some() => Some(&**action),
        _ => None,
    });
    let milestones = milestones(case);
    let axis = Axis::over(&events, &actions, &milestones);
    let flags = flags(&milestones, &axis);
    let top = 8 + flags.iter().map(|flag| flag.y).max().unwrap_or(0);
    let (lanes, marks) = lanes(&events, &actions, &axis, top);
    let bottom = lanes.last().map_or(top, |lane| lane.y + lane.height);
    let (first, last) = (&events[0].1.time, &events[events.len() - 1].1.time);
    let done =
        if actions.is_empty() { String::new() } else { format!(", and {} done", counted(actions.len(), "action")) };
    let says = format!(
        "{} from {} to {} UTC{done}.",
        counted(events.len(), "event"),
        clock::to_the_minute(first.earliest()),
        clock::to_the_minute(last.latest()),
    );
    let timeline = Timeline { lanes, marks, ticks: axis.ticks(), cuts: axis.cuts(), flags, top, bottom };
    Some(Figure {
        title: "Timeline of the incident",
        says,
        reading: "Time runs from left to right, with long silences cut. A disc has the number of an event below; a bar through \
                  it is the time in which it may have happened. A square is an action that was done. Where there are many, a \
                  mark with a × says how many events it stands for.",
        height: bottom + 46,
        drawing: Drawing::Timeline(timeline),
    })
}

/// The entries of a kind that are wanted, with their numbers.
fn numbered<'c, T>(names: &Names<'c>, kind: Kind, of: impl Fn(&'c Body) -> Option<&'c T>) -> Vec<(usize, &'c T)> {
    let live = names.live(kind).iter().enumerate();
    live.filter_map(|(index, entry)| Some((index + 1, of(&entry.body)?))).collect()
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
    fn over(events: &[(usize, &Event)], actions: &[(usize, &Action)], milestones: &[(Milestone, Timestamp)]) -> Self {
        let mut times: Vec<i64> = milestones.iter().map(|(_, at)| at.as_millisecond()).collect();
        times.extend(actions.iter().filter_map(|(_, action)| done_at(action)));
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
                let below = x.min(WIDTH - DAY / 2);
                let named = date != day && below - day_at >= DAY;
                if named {
                    day = date.to_owned();
                    day_at = below;
                }
                let digits = if at.rem_euclid(60_000) == 0 { 5 } else { 8 };
                let time = if step >= 86_400_000 { "" } else { time.get(..digits).unwrap_or(time) };
                ticks.push(Tick {
                    x,
                    time: time.to_owned(),
                    below: x.min(WIDTH - TIME / 2),
                    day: named.then(|| (date.to_owned(), below)),
                });
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

/// When an action was done, in milliseconds.
fn done_at(action: &Action) -> Option<i64> {
    action.done_at.map(|at| at.timestamp().as_millisecond())
}

/// The lane of what the responders did: the last one.
const RESPONSE: (usize, &str) = (usize::MAX, "response");

/// The lane of an event: the response, its tactic, or else who acted. Lanes come in the order of the ATT&CK matrix.
fn lane_of(event: &Event) -> (usize, &'static str) {
    match (event.tactic, event.actor) {
        (_, Actor::Responder) => RESPONSE,
        (Some(tactic), _) => (tactic as usize, tactic.word()),
        (None, actor) => (Tactic::ALL.len() + actor as usize, actor.word()),
    }
}

fn lanes<'c>(
    events: &[(usize, &'c Event)],
    actions: &[(usize, &'c Action)],
    axis: &Axis,
    top: i64,
) -> (Vec<Lane>, Vec<Mark<'c>>) {
    let mut by_lane: BTreeMap<(usize, &str), Vec<Mark<'c>>> = BTreeMap::new();
    for (number, event) in events {
        by_lane.entry(lane_of(event)).or_default().push(mark(*number, event, axis));
    }
    for (number, action) in actions {
        by_lane.entry(RESPONSE).or_default().extend(action_mark(*number, action, axis));
    }
    let mut lanes = Vec::new();
    let mut marks = Vec::new();
    let mut y = top;
    for ((_, name), mut own) in by_lane {
        own.sort_by_key(Mark::left);
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
        shape: Shape::Event,
        actor: event.actor,
        entry: Some(event.id.0.0),
        number,
        title: event.title.as_str().into(),
        time: clock::when(&event.time),
    }
}

fn action_mark<'c>(number: usize, action: &'c Action, axis: &Axis) -> Option<Mark<'c>> {
    Some(Mark {
        x: axis.x(done_at(action)?),
        width: 0,
        y: 0,
        shape: Shape::Action,
        actor: Actor::Responder,
        entry: Some(action.id.0.0),
        number,
        title: action.title.as_str().into(),
        time: clock::moment(action.done_at?.timestamp()),
    })
}

/// Makes one mark of those events of a lane that stand together.
fn together(marks: Vec<Mark<'_>>) -> Vec<Mark<'_>> {
    let mut joined: Vec<Mark<'_>> = Vec::new();
    for mark in marks {
        let events = mark.shape != Shape::Action;
        match joined.last_mut() {
            Some(last)
                if events && last.shape != Shape::Action && last.actor == mark.actor && mark.left() < last.right() =>
            {
                last.number = if last.entry.take().is_some() { 2 } else { last.number + 1 };
                last.shape = Shape::Several;
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
        let row = free.iter().position(|from| *from <= mark.left()).unwrap_or_else(|| free.len().min(MAX_ROWS - 1));
        if row == free.len() {
            free.push(0);
        }
        free[row] = mark.right() + APART;
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
