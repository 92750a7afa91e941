//! Processes that are killed, at seeded points of everything that changes what is kept: the old state or the new one is
//! there, whole, and the next command leaves nothing behind.
//!
//! `DAMAGE_SEED=1234` takes other points than usual, and `DAMAGE_POINTS=all` takes every point.

use super::prepared::{Prepared, ensure, gone};
use super::random::Random;
use super::traced::{self, CHANGING, Point};
use super::workshop::{ACTS, Act};
use rayon::prelude::*;
use std::path::PathBuf;

/// Points of each command.
const EACH: usize = 14;

/// How many processes must have been killed.
const AT_LEAST: usize = 200;

/// Kills the command there, and says what is wrong with what is left; `None` where it was not killed.
fn kill(it: &Prepared, strace: &PathBuf, point: &Point) -> Option<Result<(), String>> {
    let copied = it.workshop.copied();
    let killed = traced::kill(strace, &copied, point, &it.act.arguments())?;
    let judged = it.next_command(&copied).and_then(|is_new| {
        let said_done = killed.stdout.contains(it.act.done);
        if said_done {
            ensure(is_new, || "what said that it was done is not there".to_owned())?;
            let lost = gone(&it.homes, &copied.homes());
            ensure(lost.is_empty(), || format!("said that it was done, without {lost}"))?;
        }
        it.once_more(&copied, is_new)
    });
    Some(judged.map_err(|what| format!("{}, killed at {} {}: {what}", it.act.name, point.call, point.number)))
}

/// Every command, with some of its points before calls of these names.
pub fn prepared_with_points(strace: &PathBuf, calls: &str, each: usize) -> Vec<(Prepared, Vec<Point>)> {
    let seed = std::env::var("DAMAGE_SEED").map_or(1, |seed| seed.parse().unwrap());
    let prepare = |(at, act): (usize, &'static Act)| {
        let arguments = act.arguments();
        let (it, points) = Prepared::of(act, |copied| traced::points(strace, copied, calls, &arguments))?;
        Some((it, traced::some(points, each, &mut Random::new(seed + at as u64))))
    };
    ACTS.par_iter().enumerate().filter_map(prepare).collect()
}

/// Runs in two threads: the processes that they start need the other processors, too.
pub fn two_wide<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap().install(run)
}

#[test]
fn a_kill_at_any_point_leaves_the_old_state_or_the_new_one() {
    let Some(strace) = traced::strace() else { return };
    let (number, kills) = two_wide(|| {
        let prepared = prepared_with_points(&strace, CHANGING, EACH);
        let points = prepared.par_iter().flat_map(|(it, points)| points.par_iter().map(move |point| (it, point)));
        let killed = points.map(|(it, point)| {
            // Several threads share the files, and none of them may come to a number that one came to before.
            let mut numbers = (1..=point.number).rev();
            numbers.find_map(|number| kill(it, &strace, &Point { number, ..point.clone() }))
        });
        (prepared.len(), killed.collect::<Vec<Option<Result<(), String>>>>())
    });
    let missed = kills.iter().filter(|kill| kill.is_none()).count();
    let kills: Vec<Result<(), String>> = kills.into_iter().flatten().collect();
    let wrong: Vec<&String> = kills.iter().filter_map(|kill| kill.as_ref().err()).collect();
    eprintln!("{} processes killed, {missed} ended before", kills.len());
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), kills.len());
    // Some commands need Git LFS.
    assert!(kills.len() >= AT_LEAST || number < ACTS.len(), "only {} processes were killed", kills.len());
    // What threads do in each other's way, such as removing a folder that is not empty yet, need not happen again.
    assert!(missed * 20 <= kills.len(), "{missed} of the points were not reached");
}
