//! Damage by history: what was committed is rewritten, dropped or forgotten, and the commit itself is sound. It is found by
//! what compares commits, in a clone that still has the old ones.

use super::scene::{Home, LOG, Scene, Template, marks};
use std::collections::BTreeSet;
use std::fs;

struct Row {
    what: &'static str,
    damage: fn(&Scene),
    /// What `check --rev HEAD` says: HEAD against its parents.
    of_head: &'static str,
    /// What `evidence verify --all` says: every commit against its parents.
    of_all: &'static str,
}

const CHANGED: &str = "evidence-changed record, evidence-changed list, custody-changed custody";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { what: "dropped in one commit", damage: drop_item, of_head: CHANGED, of_all: CHANGED },
    Row { what: "dropped, and something else committed", damage: |s| { drop_item(s); note(s); }, of_head: "", of_all: CHANGED },
    Row { what: "dropped and added again", damage: |s| { drop_item(s); bring_back(s); }, of_head: "", of_all: CHANGED },
    Row {
        what: "a custody event is back-dated and corrected again",
        damage: |s| { back_date(s); bring_back(s); },
        of_head: "custody-changed custody",
        of_all: "custody-changed custody",
    },
    Row { what: "a merge keeps nothing of the other side", damage: evil_merge, of_head: CHANGED, of_all: CHANGED },
    Row { what: "a merge keeps only the bytes of the other side", damage: half_a_merge, of_head: CHANGED, of_all: CHANGED },
    Row { what: "the history is rewritten, and merged with the old one", damage: rewritten, of_head: CHANGED, of_all: CHANGED },
];

fn commit_all(scene: &Scene) {
    scene.commit("Something");
}

fn remove(scene: &Scene) {
    let _ = fs::remove_dir_all(scene.path("evidence/{x}"));
    for file in ["evidence/{x}.toml", "evidence/{x}.sha256", scene.custody().as_str()] {
        fs::remove_file(scene.path(file)).unwrap();
    }
}

fn drop_item(scene: &Scene) {
    remove(scene);
    commit_all(scene);
}

fn note(scene: &Scene) {
    scene.write("notes/a.md", "A note.\n");
    commit_all(scene);
}

fn bring_back(scene: &Scene) {
    scene.git(&["checkout", "HEAD~1", "--", "evidence", "custody"]).ok();
    commit_all(scene);
}

fn back_date(scene: &Scene) {
    scene.replace(&scene.custody(), "2026-03-05T12", "2026-02-05T12");
    commit_all(scene);
}

/// Begins a branch at the commit before the item, with a commit of its own.
fn branch_without_item(scene: &Scene) {
    scene.git(&["switch", "-qc", "other", "HEAD~1"]).ok();
    note(scene);
}

fn evil_merge(scene: &Scene) {
    branch_without_item(scene);
    scene.git(&["merge", "-q", "-s", "ours", "-m", "Merge", "main"]).ok();
}

fn half_a_merge(scene: &Scene) {
    branch_without_item(scene);
    scene.git(&["merge", "-q", "--no-commit", "main"]).ok();
    let custody = scene.custody();
    scene.git(&["rm", "-qf", &scene.name("evidence/{x}.toml"), &scene.name("evidence/{x}.sha256"), &custody]).ok();
    scene.git(&["rm", "-rq", "--cached", "--ignore-unmatch", &scene.name("evidence/{x}")]).ok();
    scene.git(&["commit", "-qm", "Merge"]).ok();
}

/// The commit that registered the items is made anew with other bytes, as a force push brings it; somebody merges it into
/// the old history and takes the new side.
fn rewritten(scene: &Scene) {
    scene.git(&["switch", "-qc", "forced", "HEAD~1"]).ok();
    scene.git(&["checkout", "main", "--", "."]).ok();
    let before = scene.read("evidence/{x}.sha256");
    let old = casebook::values::Sha256::of(&fs::read(scene.inside(LOG)).unwrap()).to_string();
    scene.write("evidence/{x}/log.txt", "other bytes\n");
    let new = casebook::values::Sha256::of(b"other bytes\n").to_string();
    scene.write("evidence/{x}.sha256", before.replace(&old, &new));
    let digest = |text: &str| casebook::values::Sha256::of(text.as_bytes()).to_string();
    for path in ["evidence/{x}.toml", scene.custody().as_str()] {
        scene.replace(path, &digest(&before), &digest(&scene.read("evidence/{x}.sha256")));
    }
    let bytes = scene.read("evidence/{x}.toml").lines().find(|line| line.starts_with("bytes = ")).unwrap().to_owned();
    let sizes = ["log.txt", "data.bin", "deep/down.bin"].map(|file| fs::metadata(scene.inside(file)).unwrap().len());
    scene.replace("evidence/{x}.toml", &bytes, &format!("bytes = {}", sizes.iter().sum::<u64>()));
    commit_all(scene);
    assert_eq!(scene.said(), BTreeSet::new(), "by itself the new history is sound");
    scene.git(&["switch", "-q", "main"]).ok();
    scene.git(&["merge", "-q", "-X", "theirs", "--no-commit", "forced"]);
    scene.git(&["checkout", "forced", "--", "evidence", "custody"]).ok();
    commit_all(scene);
}

fn wanted(scene: &Scene, said: &str) -> BTreeSet<(String, String)> {
    let path = |word: &str| match word {
        "record" => scene.name("evidence/{x}.toml"),
        "list" => scene.name("evidence/{x}.sha256"),
        _ => scene.custody(),
    };
    let pairs = said.split(", ").filter_map(|pair| pair.split_once(' '));
    pairs.map(|(code, word)| (code.to_owned(), path(word))).collect()
}

#[test]
fn what_history_lost_is_found() {
    let template = Template::new();
    let mut wrong = Vec::new();
    for Row { what, damage, of_head, of_all } in ROWS {
        let scene = template.scene(Home::Git).unwrap();
        damage(&scene);
        let head = scene.checked();
        let all = marks(&scene.json(&["evidence", "verify", "--all", "--format", "json"])["history"]);
        // The other items went the same way.
        let ours = |found: BTreeSet<(String, String)>| -> BTreeSet<(String, String)> {
            let names = [scene.item.clone(), scene.custody()];
            found.into_iter().filter(|(_, path)| names.iter().any(|name| path.contains(name))).collect()
        };
        for (command, found, said) in [("check", ours(head), of_head), ("verify --all", ours(all), of_all)] {
            if found != wanted(&scene, said) {
                wrong.push(format!("{what}, {command}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_evidence_root_tells_every_rewritten_history() {
    let template = Template::new();
    let scene = template.scene(Home::Git).unwrap();
    let root = |scene: &Scene| {
        let value = scene.json(&["evidence", "verify", "--rev", "HEAD", "--format", "json"]);
        value["commit"]["evidence_root"].as_str().unwrap().to_owned()
    };
    let before = root(&scene);
    note(&scene);
    assert_eq!(root(&scene), before, "what is no evidence does not count");
    for damage in [drop_item, back_date] {
        scene.git(&["reset", "-q", "--hard", "main~1"]).ok();
        damage(&scene);
        assert_ne!(root(&scene), before);
    }
}
