//! Every home: what is there passes, what is wrong has its code, what is not there is told as not checked.

use super::support::tool;
use super::{AUTH, Desk, ITEM, expected, marks, sha256};
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// Puts an item into a store that is a folder, and takes it out of Git.
fn into_store(desk: &Desk, item: &str) -> PathBuf {
    let store = desk.sandbox.path("store");
    for entry in walkdir::WalkDir::new(desk.path(&format!("evidence/{item}"))) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let content = fs::read(entry.path()).unwrap();
            let place = object(&store, &content);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, content).unwrap();
        }
    }
    fs::remove_dir_all(desk.path(&format!("evidence/{item}"))).unwrap();
    desk.custody(1, item, "action = \"transferred\"\nstorage = \"store\"");
    desk.git(&["config", "casebook.store", store.to_str().unwrap()]).ok();
    store
}

fn object(folder: &std::path::Path, content: &[u8]) -> PathBuf {
    let digest = sha256(content);
    folder.join(&digest[..2]).join(&digest[2..4]).join(digest)
}

#[test]
fn a_store_is_read() {
    let desk = Desk::new();
    let auth = fs::read(desk.path(AUTH)).unwrap();
    let store = into_store(&desk, ITEM);
    desk.commit("The logs are in the store");
    let sound = desk.verified(&["--complete"]);
    for part in ["commit", "work_tree"] {
        assert_eq!(marks(&sound[part]), expected(&[]));
        assert_eq!(sound[part]["files"], 2);
        assert_eq!(sound[part]["bytes"], 457);
        assert_eq!(sound[part]["not_checked_here"], json!({}));
    }
    desk.casebook(&["evidence", "verify", "--complete"]).ok();
    // One byte changed.
    let place = object(&store, &auth);
    let mut wrong = auth.clone();
    wrong[7] ^= 1;
    fs::write(&place, &wrong).unwrap();
    let ran = desk.casebook(&["evidence", "verify"]).code(1);
    assert!(ran.stdout.contains("object-altered"), "{}", ran.stdout);
    assert!(ran.stdout.contains(store.to_str().unwrap()) && ran.stdout.contains(AUTH), "{}", ran.stdout);
    let found = desk.verified(&[]);
    assert_eq!(marks(&found["commit"]), expected(&[("object-altered", AUTH)]));
    assert_eq!(found["commit"]["files"], 1);
    // The home is the same for both trees, so it is told once.
    assert_eq!(marks(&found["work_tree"]), expected(&[]));
    assert_eq!(marks(&desk.verified(&["--worktree"])["work_tree"]), expected(&[("object-altered", AUTH)]));
    // Cut off.
    fs::write(&place, &auth[..100]).unwrap();
    assert_eq!(marks(&desk.verified(&[])["commit"]), expected(&[("object-altered", AUTH)]));
    // Gone.
    fs::remove_file(&place).unwrap();
    let found = &desk.verified(&[])["commit"];
    assert_eq!(marks(found), expected(&[]));
    let missing = &found["not_checked_here"][ITEM];
    assert_eq!((&missing["home"], &missing["files"]), (&json!("store"), &json!(1)));
    assert_eq!(missing["reasons"][0]["reason"], "not-there");
    assert_eq!(missing["reasons"][0]["paths"], json!([AUTH]));
    let ran = desk.casebook(&["evidence", "verify"]).ok();
    assert!(ran.stdout.contains(&format!("casebook evidence push {ITEM}")), "{}", ran.stdout);
    desk.casebook(&["evidence", "verify", "--complete"]).code(1);
    // Not mounted.
    fs::remove_dir_all(&store).unwrap();
    let missing = &desk.verified(&[])["commit"]["not_checked_here"][ITEM];
    assert_eq!((&missing["files"], &missing["reasons"][0]["reason"]), (&json!(2), &json!("no-answer")));
    // Not configured.
    desk.git(&["config", "--unset", "casebook.store"]).ok();
    let missing = &desk.verified(&[])["commit"]["not_checked_here"][ITEM];
    assert_eq!((&missing["files"], &missing["reasons"][0]["reason"]), (&json!(2), &json!("no-home")));
    // The hook's check looks into no home, and is not disturbed.
    desk.casebook(&["check", "--rev", "HEAD"]).ok();
}

#[test]
fn a_copy_of_what_is_in_a_store_is_checked_as_well() {
    let desk = Desk::new();
    let auth = fs::read(desk.path(AUTH)).unwrap();
    into_store(&desk, ITEM);
    desk.commit("The logs are in the store");
    desk.write(AUTH, &auth);
    assert_eq!(marks(&desk.verified(&["--worktree"])["work_tree"]), expected(&[]));
    desk.change(AUTH, |content| content[3] ^= 1);
    let found = desk.verified(&["--worktree"]);
    assert_eq!(marks(&found["work_tree"]), expected(&[("evidence-altered", AUTH)]));
    assert!(found["work_tree"]["diagnostics"][0]["help"].as_str().unwrap().contains("materialise"));
    assert_eq!(marks(&desk.verified(&[])["commit"]), expected(&[]));
}

/// A case in which the filter of Git LFS is installed for one item; gives the item.
fn with_lfs(desk: &Desk) -> Option<(String, Vec<u8>)> {
    tool("git-lfs")?;
    let large = b"large\n".repeat(1000);
    let item = desk.item(&[("empty.bin", b""), ("large.bin", &large)]);
    desk.replace(&format!("evidence/{item}.toml"), "storage = \"git\"", "storage = \"lfs\"");
    let line = format!("evidence/{item}/** filter=lfs\n");
    desk.change(".gitattributes", |content| content.extend_from_slice(line.as_bytes()));
    desk.git(&["lfs", "install", "--local"]).ok();
    desk.commit("A large file");
    Some((item, large))
}

#[test]
fn git_lfs_is_read() {
    let desk = Desk::new();
    let Some((item, large)) = with_lfs(&desk) else { return };
    let file = format!("evidence/{item}/large.bin");
    let pointer = desk.git(&["show", &format!("HEAD:{file}")]).ok().stdout;
    assert!(pointer.starts_with("version https://git-lfs"), "{pointer}");
    let sound = desk.verified(&["--complete"]);
    assert_eq!((marks(&sound["commit"]), &sound["commit"]["files"]), (expected(&[]), &json!(4)));
    assert_eq!(sound["commit"]["bytes"], 6457);
    assert_eq!((marks(&sound["work_tree"]), &sound["work_tree"]["files"]), (expected(&[]), &json!(4)));
    desk.casebook(&["evidence", "verify", "--complete"]).ok();
    // One byte of the object.
    let place = object(&desk.path(".git/lfs/objects"), &large);
    let writable = |place: &std::path::Path, content: &[u8]| {
        fs::remove_file(place).unwrap();
        fs::write(place, content).unwrap();
    };
    let mut wrong = large.clone();
    wrong[4999] ^= 1;
    writable(&place, &wrong);
    let found = desk.verified(&[]);
    assert_eq!(marks(&found["commit"]), expected(&[("object-altered", &file)]));
    assert!(found["commit"]["diagnostics"][0]["message"].as_str().unwrap().contains("Git LFS on this machine"));
    assert_eq!(marks(&found["work_tree"]), expected(&[]));
    // No object.
    fs::remove_file(&place).unwrap();
    let found = desk.verified(&[]);
    assert_eq!(marks(&found["commit"]), expected(&[]));
    assert_eq!(found["commit"]["not_checked_here"][&item]["reasons"][0]["paths"], json!([file]));
    assert_eq!(found["work_tree"]["not_checked_here"], json!({}));
    writable_new(&place, &large);
    // A pointer in the work tree, as GIT_LFS_SKIP_SMUDGE leaves it.
    desk.write(&file, &pointer);
    let found = desk.verified(&["--worktree"]);
    assert_eq!((marks(&found["work_tree"]), &found["work_tree"]["files"]), (expected(&[]), &json!(4)));
    // A pointer to the right bytes with a wrong size: the object tells.
    let size = format!("size {}", large.len());
    desk.write(&file, pointer.replace(&size, "size 7"));
    assert_eq!(marks(&desk.verified(&["--worktree"])["work_tree"]), expected(&[("lfs-pointer", &file)]));
    // A pointer to other bytes.
    desk.write(&file, pointer.replace(&sha256(&large), &sha256(b"else")));
    assert_eq!(marks(&desk.verified(&["--worktree"])["work_tree"]), expected(&[("lfs-pointer", &file)]));
    // A pointer that is damaged where it no longer is one.
    desk.write(&file, pointer.replace("oid sha256", "oid sha257"));
    assert_eq!(marks(&desk.verified(&["--worktree"])["work_tree"]), expected(&[("evidence-altered", &file)]));
}

fn writable_new(place: &std::path::Path, content: &[u8]) {
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, content).unwrap();
}

#[test]
fn bytes_that_went_past_the_filter_of_git_lfs_are_sound_and_told() {
    let desk = Desk::new();
    let Some((item, _)) = with_lfs(&desk) else { return };
    let file = format!("evidence/{item}/large.bin");
    // Another clone without the filter commits the bytes themselves.
    desk.replace(".gitattributes", &format!("evidence/{item}/** filter=lfs\n"), "");
    desk.git(&["rm", "-rq", "--cached", &format!("evidence/{item}")]).ok();
    desk.commit("Without the filter");
    let found = desk.verified(&[]);
    assert_eq!(marks(&found["commit"]), expected(&[("lfs-plain", &file)]));
    assert_eq!((&found["commit"]["files"], &found["commit"]["errors"]), (&json!(4), &json!(0)));
    // In the work tree bytes are what should be there.
    assert_eq!(marks(&found["work_tree"]), expected(&[]));
    desk.casebook(&["evidence", "verify"]).ok();
}

#[test]
fn a_registered_file_that_looks_like_a_pointer_is_no_pointer() {
    let desk = Desk::new();
    let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 4\n", sha256(b"else"));
    let item = desk.item(&[("collected.bin", text.as_bytes())]);
    desk.replace(&format!("evidence/{item}.toml"), "storage = \"git\"", "storage = \"lfs\"");
    desk.commit("Collected from a repository with Git LFS");
    let found = desk.verified(&[]);
    let file = format!("evidence/{item}/collected.bin");
    assert_eq!(marks(&found["commit"]), expected(&[("lfs-plain", &file)]));
    assert_eq!(found["commit"]["not_checked_here"], json!({}));
}

#[test]
fn what_was_disposed_of_need_not_be_there_but_its_neighbours_must() {
    let desk = Desk::new();
    let neighbour = desk.item(&[("kept.bin", b"kept")]);
    desk.commit("Another item");
    desk.custody(2, ITEM, "action = \"disposed\"\nreason = \"ordered by the court\"");
    desk.commit("Disposed of, as it says");
    let found = &desk.verified(&[])["commit"];
    assert_eq!(marks(found), expected(&[("disposed-evidence-present", "evidence/x-7q2k9dm4")]));
    assert_eq!(found["errors"], 0);
    desk.git(&["rm", "-rq", "evidence/x-7q2k9dm4"]).ok();
    desk.commit("Disposed of");
    let found = &desk.verified(&[])["commit"];
    assert_eq!(marks(found), expected(&[]));
    assert_eq!(found["disposed"], json!({ ITEM: 2 }));
    assert_eq!(found["files"], 1);
    desk.casebook(&["check", "--rev", "HEAD"]).ok();
    let kept = format!("evidence/{neighbour}/kept.bin");
    fs::remove_file(desk.path(&kept)).unwrap();
    desk.commit("The neighbour is gone as well");
    assert_eq!(marks(&desk.verified(&[])["commit"]), expected(&[("evidence-missing", &kept)]));
    desk.casebook(&["check", "--rev", "HEAD"]).code(1);
}

#[test]
fn what_was_disposed_of_and_is_still_in_its_store_is_told() {
    let desk = Desk::new();
    let store = into_store(&desk, ITEM);
    desk.custody(2, ITEM, "action = \"disposed\"\nreason = \"ordered by the court\"");
    desk.commit("Disposed of, as it says");
    let found = &desk.verified(&[])["commit"];
    assert_eq!(marks(found), expected(&[("disposed-evidence-present", "evidence/x-7q2k9dm4.toml")]));
    fs::remove_dir_all(&store).unwrap();
    fs::create_dir(&store).unwrap();
    let found = &desk.verified(&["--complete"])["commit"];
    assert_eq!((marks(found), &found["disposed"]), (expected(&[]), &json!({ ITEM: 2 })));
}

#[test]
fn the_evidence_root_can_be_computed_with_coreutils_alone() {
    let desk = Desk::new();
    desk.item(&[("a.bin", b"a")]);
    desk.commit("Another item");
    let root = desk.verified(&[])["commit"]["evidence_root"].as_str().unwrap().to_owned();
    let script = "find custody evidence -maxdepth 1 -type f | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum";
    let ran = desk.sandbox.run("sh", &desk.top, &["-c", script]).ok();
    assert_eq!(ran.stdout.split_whitespace().next(), Some(root.as_str()));
    let shown = desk.casebook(&["evidence", "verify"]).ok();
    assert!(shown.stdout.contains(&format!("evidence root {root}")), "{}", shown.stdout);
    desk.change(AUTH, |content| content.push(b' '));
    desk.commit("Bytes alone do not change it: the lists stand for them");
    assert_eq!(desk.verified(&[])["commit"]["evidence_root"], json!(root));
    desk.custody(3, ITEM, "action = \"accessed\"");
    desk.commit("A hand that it went through does");
    assert_ne!(desk.verified(&[])["commit"]["evidence_root"], json!(root));
}

#[test]
fn a_file_that_is_written_to_while_it_is_read_is_told_so() {
    let desk = Desk::new();
    let item = desk.item(&[("growing.bin", &[5; 8 << 20])]);
    desk.commit("A file");
    let path = desk.path(&format!("evidence/{item}/growing.bin"));
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let found = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                std::io::Write::write_all(&mut file, b"x").unwrap();
            }
        });
        // A busy machine may let the reader finish between two writes: then the bytes are others, and it is said so.
        let of_file = |found: &serde_json::Value| found["work_tree"]["diagnostics"][0]["code"].clone();
        let mut found = desk.verified(&[]);
        for _ in 0..50 {
            if of_file(&found) != "evidence-altered" {
                break;
            }
            found = desk.verified(&[]);
        }
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        found
    });
    let file = format!("evidence/{item}/growing.bin");
    assert_eq!(marks(&found["work_tree"]), expected(&[("evidence-unsettled", &file)]));
    assert_eq!((marks(&found["commit"]), &found["work_tree"]["files"]), (expected(&[]), &json!(2)));
    // Once nobody writes to it, it can be said what it is.
    assert_eq!(marks(&desk.verified(&[])["work_tree"]), expected(&[("evidence-altered", &file)]));
}

#[test]
fn an_item_that_is_nowhere_is_not_passed_over() {
    let desk = Desk::new();
    let item = desk.item(&[("new.bin", b"new")]);
    desk.casebook(&["evidence", "verify", &item]).ok();
    let ran = desk.casebook(&["evidence", "verify", "--rev", "HEAD", &item]).code(2);
    assert!(ran.stderr.contains(&format!("`{item}` is not in commit")), "{}", ran.stderr);
}

#[test]
fn shards_cover_every_file_once() {
    let desk = Desk::new();
    let files: Vec<(String, Vec<u8>)> = (0..40_u8).map(|n| (format!("f{n}"), vec![n; 10])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let item = desk.item(&files);
    desk.commit("Forty files");
    let count = |shard: &str| {
        let found = desk.verified(&["--rev", "HEAD", "--shard", shard]);
        assert_eq!((marks(&found["commit"]), &found["commit"]["shard"]), (expected(&[]), &json!(shard)));
        found["commit"]["files"].as_u64().unwrap()
    };
    let counts: Vec<u64> = ["1/3", "2/3", "3/3"].into_iter().map(count).collect();
    assert_eq!(counts.iter().sum::<u64>(), 42);
    assert!(counts.iter().all(|count| *count > 5), "{counts:?}");
    // Damage is found by the shard that has the file; a list is read by all.
    desk.change(&format!("evidence/{item}/f7"), |content| content[0] ^= 1);
    desk.commit("Damage");
    let finds = |shard: &&str| !marks(&desk.verified(&["--rev", "HEAD", "--shard", shard])["commit"]).is_empty();
    assert_eq!(["1/3", "2/3", "3/3"].iter().filter(|shard| finds(shard)).count(), 1);
    desk.change(&format!("evidence/{item}.sha256"), |content| content.truncate(70));
    desk.commit("More damage");
    assert_eq!(["1/3", "2/3", "3/3"].iter().filter(|shard| finds(shard)).count(), 3);
    for wrong in ["0/3", "4/3", "3", "a/b"] {
        desk.casebook(&["evidence", "verify", "--shard", wrong]).code(2);
    }
}

/// Every key of a JSON object, and of the objects in it that are no ids.
fn keys(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                if !key.starts_with("x-") {
                    found.insert(key.clone());
                }
                keys(value, found);
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_json_is_documented() {
    let desk = Desk::new();
    into_store(&desk, ITEM);
    desk.git(&["config", "--unset", "casebook.store"]).ok();
    let damaged = desk.item(&[("a.bin", b"a")]);
    desk.change(&format!("evidence/{damaged}/a.bin"), |content| content[0] ^= 1);
    let disposed = desk.item(&[("b.bin", b"b")]);
    fs::remove_file(desk.path(&format!("evidence/{disposed}/b.bin"))).unwrap();
    desk.custody(5, &disposed, "action = \"disposed\"\nreason = \"ordered by the court\"");
    desk.commit("One of everything");
    let (trees, history) = (desk.verified(&[]), desk.verified(&["--all"]));
    assert_eq!(trees["commit"]["disposed"], json!({ &disposed: 1 }));
    let mut found = std::collections::BTreeSet::new();
    keys(&trees, &mut found);
    keys(&history, &mut found);
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/evidence.md");
    let page = fs::read_to_string(page).unwrap();
    let forgotten: Vec<&String> = found.iter().filter(|key| !page.contains(&format!("`{key}`"))).collect();
    assert!(forgotten.is_empty(), "docs/evidence.md says nothing of {forgotten:?}");
    assert!(found.contains("reasons") && found.contains("end_line") && found.contains("states"), "{found:?}");
}

#[test]
fn a_check_says_what_it_did_not_check() {
    let desk = Desk::new();
    fs::remove_dir_all(desk.path(&format!("evidence/{ITEM}"))).unwrap();
    desk.custody(1, ITEM, "action = \"transferred\"\nto = \"a store that nobody has\"\nstorage = \"store\"");
    let checked = desk.casebook(&["check"]).ok().stdout;
    assert!(checked.contains("not checked here: 2 evidence files of 1 item are kept in another home"), "{checked}");
    let checked: serde_json::Value =
        serde_json::from_str(&desk.casebook(&["check", "--format", "json"]).ok().stdout).unwrap();
    assert_eq!(checked["evidence"]["not_checked_here"][ITEM]["files"], 2);
    desk.custody(2, ITEM, "action = \"disposed\"\nreason = \"By order\"");
    let checked = desk.casebook(&["check"]).ok().stdout;
    assert!(checked.contains("disposed of: 2 evidence files of 1 item are gone"), "{checked}");
    assert!(!checked.contains("not checked here"), "{checked}");
}

#[test]
fn what_nobody_can_read_is_no_record() {
    let desk = Desk::new();
    // The list fits the changed bytes, and no record can say which list was registered.
    desk.write(AUTH, "nobody was here\n");
    let digest = |path: &str| sha256(&fs::read(desk.path(&format!("evidence/{ITEM}/{path}"))).unwrap());
    let list = ["auth.log", "web/access.log"].map(|path| format!("{}  {ITEM}/{path}\n", digest(path)));
    desk.write(&format!("evidence/{ITEM}.sha256"), list.concat());
    desk.write(&format!("evidence/{ITEM}.toml"), "title = \n");
    desk.write("custody/c-00000001.toml", "item = 5\n");
    let commit = desk.commit("Nothing to see");
    for arguments in [&["verify"][..], &["verify", ITEM], &["verify", "--all"]] {
        let ran = desk.casebook(&[&["evidence"], arguments].concat()).code(1);
        assert!(ran.stdout.contains(&format!("evidence/{ITEM}.toml")), "{}", ran.text());
        assert!(ran.stdout.contains("custody/c-00000001.toml"), "{}", ran.text());
    }
    let attested = desk.casebook(&["evidence", "attest", "--by", "bob", "--rev", &commit]).code(1);
    assert!(!attested.stdout.contains("\nproblems: 0\n"), "{}", attested.stdout);
}
