//! A thousand attacks on the gate, each in a history that is honest otherwise, and a thousand histories of people who may do what
//! they do. By seed, and in process: the gate of the server hook over a bare repository. A sample of both goes through real pushes.
//!
//! `ATTACK_SEED=1234 cargo nextest run --test review campaign` repeats the one with that seed, as a failure prints it.

#[path = "campaign/attacks/mod.rs"]
mod attacks;
#[path = "campaign/honest.rs"]
mod honest;
#[path = "campaign/world.rs"]
mod world;

use super::chance::Random;
use super::support::Sandbox;
use attacks::{ATTACKS, Attack, Push};
use casebook::git::Oid;
use casebook::hook::receive::{Settings, Update};
use honest::Play;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use world::{MAIN, WORK, World};

/// What the server has before, and what is pushed to it.
struct Pushed {
    refs: Vec<(String, Oid)>,
    updates: Vec<Update>,
    /// What was done, for a failure to print.
    told: String,
    /// What must be said; nothing where all is well.
    must_say: Option<&'static str>,
}

fn play(world: &World, seed: u64) -> Play<'_> {
    world.restart_clock();
    Play { world, random: Random::new(seed), head: world.head().clone(), told: Vec::new() }
}

/// An attack of this number, between steps that may be.
fn attack(world: &World, seed: u64) -> Pushed {
    let mut play = play(world, seed);
    let number = seed as usize % ATTACKS.len();
    let (name, make) = ATTACKS[number];
    let steps = play.random.below(3);
    play.steps(steps);
    play.told.push(name);
    let before = play.head.clone();
    let Attack { must_say, push } =
        std::iter::repeat_with(|| make(&mut play)).take(50).flatten().next().unwrap_or_else(|| panic!("{name}"));
    let main = (MAIN.to_owned(), world.head().id);
    let new = Some(play.head.id);
    let (refs, updates) = match push {
        Push::These { mut refs, updates } => {
            refs.push(main);
            (refs, updates)
        }
        Push::Anywhere if play.random.below(3) == 0 => {
            // To a branch of one's own, that is new or has what came before.
            let old = (play.random.below(2) == 0).then_some(before.id);
            let refs = old.map(|old| (WORK.to_owned(), old)).into_iter().chain([main]).collect();
            (refs, vec![Update { name: WORK.to_owned(), old, new }])
        }
        _ => (vec![main], vec![Update { name: MAIN.to_owned(), old: Some(world.head().id), new }]),
    };
    Pushed { refs, updates, told: play.told.join(", "), must_say: Some(must_say) }
}

/// A history in which nobody does what they may not.
fn honest(world: &World, seed: u64) -> Pushed {
    let mut play = play(world, seed);
    let main = (MAIN.to_owned(), world.head().id);
    let update = |name: &str, old, new| Update { name: name.to_owned(), old, new };
    let way = play.random.below(8);
    let steps = 1 + play.random.below(3);
    play.steps(steps);
    let first = play.head.id;
    let (refs, updates) = match way {
        0 => (vec![main], vec![update(WORK, None, Some(first))]),
        1 => {
            // A branch of one's own is rewritten.
            play.head = world.head().clone();
            play.told.push("and then otherwise");
            play.steps(1);
            (vec![main, (WORK.to_owned(), first)], vec![update(WORK, Some(first), Some(play.head.id))])
        }
        2 => {
            let refs = vec![main, (WORK.to_owned(), first)];
            (refs, vec![update(WORK, Some(first), None), update("refs/tags/v1", None, Some(first))])
        }
        // What lies on a branch reaches the protected one.
        3 => {
            let refs = vec![main.clone(), (WORK.to_owned(), first)];
            (refs, vec![update(MAIN, Some(main.1), Some(first))])
        }
        4 => (vec![main], vec![update("refs/heads/release", None, Some(first))]),
        _ => (vec![main.clone()], vec![update(MAIN, Some(main.1), Some(first))]),
    };
    Pushed { refs, updates, told: play.told.join(", "), must_say: None }
}

/// What is wrong with what the gate says.
fn complaint(pushed: &Pushed, said: &[String]) -> Option<String> {
    match pushed.must_say {
        None if said.is_empty() => None,
        None => Some(format!("{}: refused: {said:#?}", pushed.told)),
        Some(_) if said.is_empty() => Some(format!("{}: taken", pushed.told)),
        Some(must_say) if said.iter().any(|said| said.contains(must_say)) => None,
        Some(must_say) => Some(format!("{}: not `{must_say}`, but {said:#?}", pushed.told)),
    }
}

fn judged(world: &World, pushed: &Pushed, settings: &Settings) -> Vec<String> {
    world.set_refs(&pushed.refs);
    world.judge(&pushed.updates, settings)
}

fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("ATTACK_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..count).collect(),
    }
}

/// The complaints of every seed, each with the variable that repeats it.
fn complaints(count: u64, judge: impl Fn(&World, u64) -> Option<String> + Sync) -> Vec<String> {
    let one = |world: &mut World, seed| judge(world, seed).map(|what| format!("ATTACK_SEED={seed}: {what}"));
    seeds(count).into_par_iter().map_init(World::new, one).flatten().collect()
}

fn run(count: u64, judge: impl Fn(&World, u64) -> Option<String> + Sync) {
    let complaints = complaints(count, judge);
    let shown = complaints.iter().take(12).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(complaints.is_empty(), "{} of {count}:\n{shown}", complaints.len());
}

#[test]
fn what_the_attacks_begin_with_is_taken_itself() {
    let world = World::new();
    world.set_refs(&[]);
    let update = Update { name: MAIN.to_owned(), old: None, new: Some(world.head().id) };
    assert_eq!(world.judge(&[update], &world.settings), Vec::<String>::new());
}

#[test]
fn a_thousand_attacks_are_each_refused_for_what_they_are() {
    run(1_000, |world, seed| {
        let pushed = attack(world, seed);
        complaint(&pushed, &judged(world, &pushed, &world.settings))
    });
}

#[test]
fn a_thousand_honest_histories_are_taken() {
    let told = Mutex::new(String::new());
    run(1_000, |world, seed| {
        let pushed = honest(world, seed);
        *told.lock().unwrap() += &format!("{}, ", pushed.told);
        complaint(&pushed, &judged(world, &pushed, &world.settings))
    });
    let told = told.into_inner().unwrap();
    for (name, _) in honest::STEPS {
        let often = told.matches(&format!("{name}, ")).count();
        assert!(often >= 20 || std::env::var_os("ATTACK_SEED").is_some(), "{often} times only: {name}");
    }
}

/// A gate that does not see one kind of attack, each in its turn, and one that refuses what is honest.
#[test]
fn a_gate_with_a_hole_is_noticed_and_the_seed_is_told() {
    let count = ATTACKS.len() as u64;
    let open = complaints(count, |world, seed| {
        let pushed = attack(world, seed);
        let mut said = judged(world, &pushed, &world.settings);
        said.retain(|said| !said.contains(pushed.must_say.unwrap()));
        complaint(&pushed, &said)
    });
    assert_eq!(open.len() as u64, if std::env::var_os("ATTACK_SEED").is_some() { 1 } else { count }, "{open:#?}");
    assert!(open.iter().all(|what| what.starts_with("ATTACK_SEED=")));
    // Without a protected branch nobody asks for sign-offs.
    let unprotected = complaints(count, |world, seed| {
        let pushed = attack(world, seed);
        let settings = Settings { protected: BTreeSet::new(), ..world.settings.clone() };
        complaint(&pushed, &judged(world, &pushed, &settings))
    });
    assert!(unprotected.iter().any(|what| what.ends_with(": taken")), "{unprotected:#?}");
    let narrow = complaints(50, |world, seed| {
        let pushed = honest(world, seed);
        complaint(&pushed, &judged(world, &pushed, &Settings { max_commits: 0, ..world.settings.clone() }))
    });
    assert!(narrow.len() > 20, "{}", narrow.len());
}

/// A bare repository with the hooks of a server, which has what the world's server is to have.
fn server(sandbox: &Sandbox, world: &World, refs: &[(String, Oid)]) -> PathBuf {
    let folder = sandbox.path("server.git");
    let _ = std::fs::remove_dir_all(&folder);
    let path = folder.to_str().unwrap();
    sandbox.git(world.git.path(), &["init", "-q", "--bare", "-b", "main", path]).ok();
    for name in ["main", "release"] {
        sandbox.git(&folder, &["config", "--add", "casebook.protected", name]).ok();
    }
    let refs: Vec<String> = refs.iter().map(|(name, id)| format!("{id}:{name}")).collect();
    let refs: Vec<&str> = refs.iter().map(String::as_str).collect();
    sandbox.git(world.git.path(), &[&["push", "-q", path], &refs[..]].concat()).ok();
    sandbox.casebook(&folder, &["hook", "install", "--server"]).ok();
    folder
}

fn objects(server: &Path) -> BTreeSet<PathBuf> {
    let files = walkdir::WalkDir::new(server.join("objects")).into_iter().flatten();
    files.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path()).collect()
}

/// Pushes with Git to a server with our hook. Gives what is said; nothing of what is refused may stay there.
fn push(sandbox: &Sandbox, world: &World, pushed: &Pushed) -> Vec<String> {
    let server = server(sandbox, world, &pushed.refs);
    let state = || (objects(&server), sandbox.git(&server, &["for-each-ref"]).ok().stdout);
    let before = state();
    let updates = pushed.updates.iter().map(|update| {
        let new = update.new.map(|new| new.to_string()).unwrap_or_default();
        format!("+{new}:{}", update.name).replace("+:", ":")
    });
    let updates: Vec<String> = updates.collect();
    let updates: Vec<&str> = updates.iter().map(String::as_str).collect();
    let arguments = [&["push", server.to_str().unwrap()], &updates[..]].concat();
    let ran = sandbox.git(world.git.path(), &arguments);
    if ran.code == 0 {
        return Vec::new();
    }
    assert!(ran.stderr.contains("pre-receive hook declined"), "{}", ran.stderr);
    assert_eq!(state(), before, "something of a refused push stayed: {}", pushed.told);
    let lines = ran.stderr.lines().filter_map(|line| line.strip_prefix("remote:"));
    vec![lines.map(str::trim).collect::<Vec<_>>().join(" ")]
}

#[test]
fn a_sample_of_both_goes_through_real_pushes() {
    let of_attack = |seed: u64| (seed, true);
    let sample: Vec<(u64, bool)> =
        (0..ATTACKS.len() as u64).step_by(3).map(of_attack).chain((0..18).map(|seed| (seed, false))).collect();
    let lane = || (World::new(), Sandbox::new());
    let one = |(world, sandbox): &mut (World, Sandbox), (seed, is_attack): (u64, bool)| {
        let pushed = if is_attack { attack(world, seed) } else { honest(world, seed) };
        complaint(&pushed, &push(sandbox, world, &pushed)).map(|what| format!("ATTACK_SEED={seed}: {what}"))
    };
    let complaints: Vec<String> = sample.into_par_iter().map_init(lane, one).flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}
