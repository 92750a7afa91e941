//! Processes that are killed, at seeded points of everything that changes what is kept: the old state or the new one is
//! there, whole, and the next command leaves nothing behind.
//!
//! `DAMAGE_SEED=1234` takes other points than usual, and `DAMAGE_POINTS=all` takes every point.

use super::random::Random;
use super::traced::{self, Point};
use super::workshop::{ACTS, Act, Copied, State, Workshop};
use rayon::prelude::*;
use std::path::PathBuf;

/// Points of each command.
const EACH: usize = 14;

/// How many processes must have been killed.
const AT_LEAST: usize = 200;

/// A command with its case, and what that is before and after it.
struct Prepared<'a> {
    act: &'a Act,
    workshop: Workshop,
    before: State,
    /// What is wrong with it before.
    complaint: Option<String>,
    after: State,
    homes: State,
    points: Vec<Point>,
}

impl<'a> Prepared<'a> {
    fn of(act: &'a Act, strace: &PathBuf, random: &mut Random) -> Option<Self> {
        let workshop = act.workshop()?;
        let copied = workshop.copied();
        let before = copied.case();
        let points = traced::points(strace, &copied, &act.arguments());
        let (after, homes) = (copied.case(), copied.homes());
        // The same command draws the same ids, so there is one new state and no other.
        let again = workshop.copied();
        let complaint = again.unsound();
        again.run(&act.arguments()).ok();
        let differs = [difference(&again.case(), &after), difference(&again.homes(), &homes)].concat();
        assert_eq!((differs.as_str(), copied.unsound()), ("", None), "{}", act.name);
        let points = traced::some(points, EACH, random);
        Some(Self { act, workshop, before, complaint, after, homes, points })
    }

    /// Kills the command there, and says what is wrong with what is left; `None` where it was not killed.
    fn kill(&self, strace: &PathBuf, point: &Point) -> Option<Result<(), String>> {
        let copied = self.workshop.copied();
        let killed = traced::kill(strace, &copied, point, &self.act.arguments())?;
        let judged = self.next_command(&copied).and_then(|is_new| {
            let said_done = killed.stdout.contains(self.act.done);
            if said_done {
                ensure(is_new, || "what said that it was done is not there".to_owned())?;
                let lost = gone(&self.homes, &copied.homes());
                ensure(lost.is_empty(), || format!("said that it was done, without {lost}"))?;
            }
            self.once_more(&copied, is_new)
        });
        Some(judged.map_err(|what| format!("{}, killed at {} {}: {what}", self.act.name, point.call, point.number)))
    }

    /// Any command finishes it or takes it back: tells whether it is finished.
    fn next_command(&self, copied: &Copied) -> Result<bool, String> {
        ensure_none(copied.wrong_objects())?;
        let listed = copied.desk.json(&["evidence", "list"]);
        let now = copied.case();
        let is_new = now == self.after;
        ensure(is_new || now == self.before, || {
            let (before, after) = (difference(&now, &self.before), difference(&now, &self.after));
            format!("it is neither the old case: {before}, nor the new one: {after}")
        })?;
        ensure_none(copied.wrongly_excluded(&listed))?;
        let complaint = copied.unsound();
        ensure(complaint == if is_new { None } else { self.complaint.clone() }, || complaint.unwrap_or_default())?;
        Ok(is_new)
    }

    /// Typed once more, it is done, and nothing else is there.
    fn once_more(&self, copied: &Copied, is_new: bool) -> Result<(), String> {
        let again = copied.run(&self.act.arguments());
        let ends_as = if is_new && self.before != self.after { self.act.again } else { 0 };
        ensure(again.code == ends_as, || again.text())?;
        ensure_none(copied.wrong_objects())?;
        let differs = [difference(&copied.case(), &self.after), difference(&copied.homes(), &self.homes)].concat();
        ensure(differs.is_empty(), || format!("once more: {differs}"))
    }
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn ensure_none(wrong: Option<String>) -> Result<(), String> {
    wrong.map_or(Ok(()), Err)
}

/// What is in the one and not in the other.
fn gone(all: &State, of: &State) -> String {
    let gone: Vec<&str> =
        all.iter().filter(|(path, bytes)| of.get(*path) != Some(*bytes)).map(|it| it.0.as_str()).collect();
    gone.join(", ")
}

/// How a state is another one than it should be.
fn difference(now: &State, wanted: &State) -> String {
    let (lost, new) = (gone(wanted, now), gone(now, wanted));
    if now == wanted { String::new() } else { format!("lost: {lost}; too much: {new}") }
}

#[test]
fn a_kill_at_any_point_leaves_the_old_state_or_the_new_one() {
    let Some(strace) = traced::strace() else { return };
    let seed = std::env::var("DAMAGE_SEED").map_or(1, |seed| seed.parse().unwrap());
    let two_wide = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let kills = two_wide.install(|| {
        let prepare = |(at, act): (usize, &'static Act)| Prepared::of(act, &strace, &mut Random::new(seed + at as u64));
        let prepared: Vec<Prepared<'_>> = ACTS.par_iter().enumerate().filter_map(prepare).collect();
        let points = prepared.par_iter().flat_map(|it| it.points.par_iter().map(move |point| (it, point)));
        let killed = points.map(|(it, point)| {
            // Several threads share the files, and none of them may come to a number that one came to before.
            let mut numbers = (1..=point.number).rev();
            numbers.find_map(|number| it.kill(&strace, &Point { number, ..point.clone() }))
        });
        killed.collect::<Vec<Option<Result<(), String>>>>()
    });
    let missed = kills.iter().filter(|kill| kill.is_none()).count();
    let kills: Vec<Result<(), String>> = kills.into_iter().flatten().collect();
    let wrong: Vec<&String> = kills.iter().filter_map(|kill| kill.as_ref().err()).collect();
    eprintln!("{} processes killed, {missed} ended before", kills.len());
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), kills.len());
    assert!(kills.len() >= AT_LEAST, "only {} processes were killed", kills.len());
    // What threads do in each other's way, such as removing a folder that is not empty yet, need not happen again.
    assert!(missed * 20 <= kills.len(), "{missed} of the points were not reached");
}
