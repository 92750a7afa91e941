//! Ten thousand random damages by seed over a case with an item in each of three homes, and a thousand runs in which nothing
//! is wrong. All in one process: the trees of a case in memory, on a disk and in Git, and homes that are folders.
//!
//! `DAMAGE_SEED=1234 cargo nextest run --test damage random` repeats the one with that seed, as a failure prints it.

pub use super::chance::Random;
use super::random_case::{Item, Node, State, sound};
use super::random_lane::{Lane, Problem, Said};
use casebook::evidence::list::list_path;
use casebook::values::{Sha256, vocabulary::Storage};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Paths that must be named, each by a problem or among what is not checked.
type Named = Vec<String>;

/// One way to do damage: changes the case, and gives what must be named; `None` where it would change nothing.
type Damage = fn(&mut State, &Item, &mut Random) -> Option<Named>;

/// Every way, with its name.
const DAMAGES: &[(&str, Damage)] = &[
    ("a bit of a file flips", |state, item, random| on_bytes(state, item, random, flip)),
    ("a file is cut off", |state, item, random| on_bytes(state, item, random, cut)),
    ("a file is made longer", |state, item, random| on_bytes(state, item, random, grow)),
    ("a file gets other bytes of the same length", |state, item, random| on_bytes(state, item, random, scramble)),
    ("the line ends of a file are converted", |state, item, random| on_bytes(state, item, random, convert)),
    ("two files are swapped", swap),
    ("a file has the bytes of another", overwrite),
    ("a file is gone", |state, item, random| remove_bytes(state, item, random.below(item.files.len()))),
    ("all files are gone", |state, item, _| {
        (0..item.files.len())
            .map(|file| remove_bytes(state, item, file))
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat())
    }),
    ("a file is renamed", rename),
    ("a file is planted", plant),
    ("a link or a submodule stands in the place of a file", replace_by_node),
    ("a pointer is damaged", damage_pointer),
    ("a file is gone from the tree", remove_from_tree),
    ("the list is damaged", |state, item, random| on_text(state, &list(item), random)),
    ("a line of the list is gone", |state, item, random| {
        on_lines(state, item, random, |lines, at, _| {
            lines.remove(at);
        })
    }),
    ("a line of the list is there twice", |state, item, random| {
        on_lines(state, item, random, |lines, at, _| lines.insert(at, lines[at].clone()))
    }),
    ("two lines of the list are exchanged", |state, item, random| {
        on_lines(state, item, random, |lines, at, random| {
            let other = random.below(lines.len());
            lines.swap(at, other);
        })
    }),
    ("a line of the list leads elsewhere", |state, item, random| {
        on_lines(state, item, random, |lines, at, random| {
            let path = *random.pick(&["../../case.toml", "/etc/passwd", "x-00000000/a", "."]);
            lines[at] = format!("{}  {path}", &lines[at][..64]);
        })
    }),
    ("the record is damaged", |state, item, random| on_text(state, &record(item), random)),
    ("the record says something else", rewrite_record),
    ("a custody event is damaged", |state, item, random| on_text(state, &item.custody, random)),
    ("a custody event is back-dated", |state, item, _| {
        edit(state, &item.custody, |text| text.replacen("2026-03-01T11", "2026-02-28T11", 1))
    }),
    ("a list, a record or a custody event is gone", |state, item, random| {
        let path = random.pick(&[list(item), record(item), item.custody.clone()]).clone();
        state.tree.remove(&path).map(|_| vec![path])
    }),
    ("an item is registered anew with other bytes", register_anew),
    ("an item is said to have moved to where it is not", forge_move),
    ("everything of an item is gone", drop_item),
];

fn list(item: &Item) -> String {
    list_path(item.id).to_string()
}

fn record(item: &Item) -> String {
    item.id.path().to_string()
}

/// Changes the bytes of a file where they live.
fn on_bytes(
    state: &mut State,
    item: &Item,
    random: &mut Random,
    change: fn(&mut Vec<u8>, &mut Random),
) -> Option<Named> {
    let file = random.below(item.files.len());
    let before = state.bytes(item, file)?.clone();
    let mut after = before.clone();
    change(&mut after, random);
    if before == after {
        return None;
    }
    state.put(item, file, after);
    Some(vec![item.files[file].path.clone()])
}

fn flip(bytes: &mut Vec<u8>, random: &mut Random) {
    if !bytes.is_empty() {
        let at = random.below(bytes.len());
        bytes[at] ^= 1 << random.below(8);
    }
}

/// A number below an end, mostly a small one.
fn few(random: &mut Random, end: usize) -> usize {
    random.below(end) >> random.below(10)
}

fn cut(bytes: &mut Vec<u8>, random: &mut Random) {
    let lost = 1 + few(random, bytes.len().max(1));
    bytes.truncate(bytes.len().saturating_sub(lost));
}

fn grow(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=few(random, 600) {
        bytes.push(*random.pick(b"\0\n x\xff"));
    }
}

fn scramble(bytes: &mut Vec<u8>, random: &mut Random) {
    bytes.iter_mut().for_each(|byte| *byte = random.below(256) as u8);
}

fn convert(bytes: &mut Vec<u8>, _: &mut Random) {
    let text: Vec<u8> =
        bytes.iter().flat_map(|byte| if *byte == b'\n' { b"\r\n".to_vec() } else { vec![*byte] }).collect();
    *bytes = text;
}

fn two(item: &Item, random: &mut Random) -> (usize, usize) {
    (random.below(item.files.len()), random.below(item.files.len()))
}

fn swap(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    let (a, b) = two(item, random);
    let (first, second) = (state.bytes(item, a)?.clone(), state.bytes(item, b)?.clone());
    if first == second {
        return None;
    }
    state.put(item, a, second);
    state.put(item, b, first);
    Some(vec![item.files[a].path.clone(), item.files[b].path.clone()])
}

fn overwrite(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    let (a, b) = two(item, random);
    let other = state.bytes(item, b)?.clone();
    if *state.bytes(item, a)? == other {
        return None;
    }
    state.put(item, a, other);
    Some(vec![item.files[a].path.clone()])
}

fn remove_bytes(state: &mut State, item: &Item, file: usize) -> Option<Named> {
    state.take(item, file)?;
    Some(vec![item.files[file].path.clone()])
}

fn rename(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    let file = random.below(item.files.len());
    let bytes = state.take(item, file)?;
    let path = &item.files[file].path;
    if item.home != Storage::Git {
        state.objects(item)?.insert(Sha256::of(b"another name").to_string(), bytes);
        return Some(vec![path.clone()]);
    }
    let new = format!("{path}.{}", random.below(9));
    state.tree.insert(new.clone(), Node::File(bytes));
    Some(vec![path.clone(), new])
}

fn plant(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    let path =
        format!("evidence/{}/{}", item.id, random.pick(&["planted.log", "deep/er/planted", ".hidden", "Thumbs.db"]));
    state.tree.insert(path.clone(), Node::File(vec![random.below(256) as u8]));
    Some(vec![path])
}

fn replace_by_node(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    let path = &random.pick(&item.files).path;
    state.tree.get(path)?;
    state.tree.insert(path.clone(), random.pick(&[Node::Link, Node::Module]).clone());
    Some(vec![path.clone()])
}

fn damage_pointer(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    if item.home != Storage::Lfs {
        return None;
    }
    let path = &random.pick(&item.files).path;
    let Some(Node::File(text)) = state.tree.get_mut(path) else { return None };
    let before = text.clone();
    match random.below(5) {
        0 => flip(text, random),
        1 => cut(text, random),
        2 => grow(text, random),
        3 => *text = super::random_case::pointer(b"other"),
        _ => *text = String::from_utf8_lossy(text).replacen("size ", "size 1", 1).into_bytes(),
    }
    (*text != before).then(|| vec![path.clone()])
}

fn remove_from_tree(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    let path = random.pick(&item.files).path.clone();
    state.tree.remove(&path).map(|_| vec![path])
}

fn on_text(state: &mut State, path: &str, random: &mut Random) -> Option<Named> {
    let Some(Node::File(text)) = state.tree.get_mut(path) else { return None };
    let before = text.clone();
    random.pick(&[flip, cut, grow, scramble, convert])(text, random);
    (*text != before).then(|| vec![path.to_owned()])
}

fn on_lines(
    state: &mut State,
    item: &Item,
    random: &mut Random,
    change: fn(&mut Vec<String>, usize, &mut Random),
) -> Option<Named> {
    let path = list(item);
    edit(state, &path, |text| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = random.below(lines.len());
        change(&mut lines, at, random);
        lines.iter().map(|line| format!("{line}\n")).collect()
    })
}

/// Changes a text; gives its path where it is another one then.
fn edit(state: &mut State, path: &str, change: impl FnOnce(&str) -> String) -> Option<Named> {
    let Some(Node::File(text)) = state.tree.get_mut(path) else { return None };
    let after = change(std::str::from_utf8(text).ok()?).into_bytes();
    if *text == after {
        return None;
    }
    *text = after;
    Some(vec![path.to_owned()])
}

fn rewrite_record(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    let changes: &[(&str, &str)] = &[
        ("files = ", "files = 1"),
        ("bytes = ", "bytes = 1"),
        ("list = \"", "list = \"0"),
        ("storage = \"git\"", "storage = \"store\""),
        ("storage = \"", "storage = \"none\" #"),
        ("id = \"x-", "id = \"x-0"),
        ("by = \"bob\"", "by = \"alice\""),
        ("title = \"", "title = \"Not "),
        ("\n[acquired]", "\n[[renamed]]\npath = \"a\"\noriginal = \"b\"\n[acquired]"),
    ];
    let (from, to) = *random.pick(changes);
    edit(state, &record(item), |text| text.replacen(from, to, 1))
}

fn register_anew(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    let file = random.below(item.files.len());
    let before = state.bytes(item, file)?.clone();
    let mut after = before.clone();
    grow(&mut after, random);
    // The new bytes are where they belong: only what was registered tells.
    match item.home {
        Storage::Git => state.put(item, file, after.clone()),
        _ => {
            state.objects(item)?.insert(Sha256::of(&after).to_string(), after.clone());
        }
    }
    if item.home == Storage::Lfs {
        state.tree.insert(item.files[file].path.clone(), Node::File(super::random_case::pointer(&after)));
    }
    let digest = |bytes: &[u8]| Sha256::of(bytes).to_string();
    let old_list = state.text(&list(item))?;
    edit(state, &list(item), |text| text.replace(&digest(&before), &digest(&after)))?;
    let new_list = state.text(&list(item))?;
    let mut named = vec![list(item), record(item)];
    let paths = if random.below(2) == 0 { vec![record(item)] } else { vec![record(item), item.custody.clone()] };
    for path in paths {
        edit(state, &path, |text| text.replace(&digest(old_list.as_bytes()), &digest(new_list.as_bytes())))?;
        named.push(path);
    }
    Some(named)
}

fn forge_move(state: &mut State, item: &Item, random: &mut Random) -> Option<Named> {
    if item.home != Storage::Git {
        return None;
    }
    let to = *random.pick(&["store", "lfs"]);
    let event = format!(
        "id = \"c-0f0f0f0f\"\nitem = \"{}\"\nat = 2026-03-04T09:00:00Z\nby = \"bob\"\naction = \"transferred\"\nstorage = \"{to}\"\nto = \"there\"\nreason = \"none\"\n",
        item.id
    );
    state.tree.insert("custody/c-0f0f0f0f.toml".to_owned(), Node::File(event.into_bytes()));
    let paths: Named = item.files.iter().map(|file| file.path.clone()).collect();
    paths.iter().for_each(|path| drop(state.tree.remove(path)));
    Some(paths)
}

fn drop_item(state: &mut State, item: &Item, _: &mut Random) -> Option<Named> {
    let folder = format!("evidence/{}/", item.id);
    state.tree.retain(|path, _| !path.starts_with(&folder));
    let paths = vec![list(item), record(item), item.custody.clone()];
    paths.iter().for_each(|path| drop(state.tree.remove(path)));
    Some(paths)
}

/// One or two items with damage: what was done, the items, and what must be named.
fn tamper(state: &mut State, items: &[Item], random: &mut Random) -> (String, Vec<String>, Named) {
    let (mut what, mut touched, mut named) = (Vec::new(), Vec::new(), Vec::new());
    let first = random.below(items.len());
    let others: &[usize] = if random.below(4) == 0 { &[first, (first + 1) % items.len()] } else { &[first] };
    for at in others {
        let item = &items[*at];
        // Not everything can be done to every item.
        let (name, paths) = std::iter::repeat_with(|| {
            let (name, damage) = random.pick(DAMAGES);
            let mut changed = state.clone();
            let paths = damage(&mut changed, item, random)?;
            *state = changed;
            Some((*name, paths))
        })
        .flatten()
        .next()
        .unwrap();
        what.push(format!("{name} ({} in {})", item.id, item.home.word()));
        touched.push(item.id.to_string());
        named.extend(paths);
    }
    (what.join(", "), touched, named)
}

/// What is wrong with what is said of a damaged case.
fn complaint(said: &Said, items: &[Item], touched: &[String], named: &Named) -> Option<String> {
    if said.problems.iter().all(|problem| !problem.is_error) && said.unchecked.is_empty() {
        return Some("nothing is found".to_owned());
    }
    let lost: Vec<&String> = named.iter().filter(|path| !said.names(path)).collect();
    if !lost.is_empty() {
        return Some(format!("not named: {lost:?}"));
    }
    let mut about: BTreeSet<&str> = touched.iter().map(String::as_str).collect();
    about.extend(items.iter().filter(|item| touched.contains(&item.id.to_string())).map(|item| item.custody.as_str()));
    let false_alarms: Vec<_> = said.problems.iter().filter(|problem| !problem.is_about(&about)).collect();
    if !false_alarms.is_empty() {
        return Some(format!("said of what is sound: {false_alarms:#?}"));
    }
    let is_touched = |path: &&String| !touched.iter().any(|item| path.contains(item.as_str()));
    let unread: Vec<&String> = said.unchecked.iter().filter(is_touched).collect();
    (!unread.is_empty()).then(|| format!("not checked, though it is there: {unread:?}"))
}

fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("DAMAGE_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..count).collect(),
    }
}

/// Runs every seed on a lane of its thread; fails with the first few complaints.
fn run(count: u64, judge: impl Fn(&mut Lane, u64) -> Option<String> + Sync) {
    let (state, _) = sound();
    let complaints: Vec<String> = seeds(count)
        .into_par_iter()
        .map_init(
            || Lane::new(&state),
            |lane, seed| judge(lane, seed).map(|what| format!("DAMAGE_SEED={seed}: {what}")),
        )
        .flatten()
        .collect();
    let shown = complaints.iter().take(12).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(complaints.is_empty(), "{} of {count}:\n{shown}", complaints.len());
}

#[test]
fn ten_thousand_damages_are_all_found_and_named() {
    let (state, items) = sound();
    run(10_000, |lane, seed| {
        let mut random = Random::new(seed);
        let mut damaged = state.clone();
        let (what, touched, named) = tamper(&mut damaged, &items, &mut random);
        let said = lane.judge(&damaged, &mut random);
        complaint(&said, &items, &touched, &named).map(|why| format!("{what}, in {}: {why}", said.place))
    });
}

/// The judgement above can fail: a verifier that misses one damaged path, or all of them, or finds fault with what is sound,
/// does not get through it.
#[test]
fn a_verifier_that_misses_one_damaged_path_is_found_out() {
    let (state, items) = sound();
    run(300, |lane, seed| {
        let mut random = Random::new(seed);
        let mut damaged = state.clone();
        let (what, touched, named) = tamper(&mut damaged, &items, &mut random);
        let said_of_sound = lane.judge(&state, &mut random);
        let said = lane.judge(&damaged, &mut random);
        let passes = |said: &Said| complaint(said, &items, &touched, &named).is_none();
        let mut believed: Vec<String> = named.iter().filter(|path| passes(&said.blind_to(path))).cloned().collect();
        if passes(&said_of_sound) {
            believed.push("nothing at all".to_owned());
        }
        let untouched = items.iter().find(|item| !touched.contains(&item.id.to_string()));
        if let (Some(item), Some(problem)) = (untouched, said.problems.first()) {
            let mut alarmed = said.clone();
            alarmed.problems.push(Problem {
                path: list(item),
                message: String::new(),
                related: Vec::new(),
                ..problem.clone()
            });
            if passes(&alarmed) {
                believed.push("a false alarm".to_owned());
            }
        }
        (!believed.is_empty()).then(|| format!("{what}: passes, though it says nothing of, or says {believed:?}"))
    });
}

#[test]
fn a_thousand_runs_without_damage_find_nothing() {
    let (state, _) = sound();
    run(1_000, |lane, seed| {
        let mut random = Random::new(seed);
        let (what, harmless) = lane.harmless(&state, &mut random);
        let said = lane.judge(&harmless, &mut random);
        let is_quiet = said.problems.is_empty() && said.unchecked.is_empty();
        (!is_quiet).then(|| format!("{what}, in {}: {:#?} {:?}", said.place, said.problems, said.unchecked))
    });
}
