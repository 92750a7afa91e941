//! `evidence move` and `evidence add --storage`: from each home to each other, all or nothing.

use super::support;
use super::{Desk, ITEM, desk, overwrite};
use std::fs;
use std::time::Duration;

/// Sets up Git LFS for the clone; `None` where it is not installed.
fn with_lfs(desk: Desk) -> Option<Desk> {
    support::tool("git-lfs")?;
    desk.git(&["lfs", "install", "--local", "--skip-repo"]).ok();
    Some(desk)
}

/// The first bytes of a file as Git has it.
fn blob(desk: &Desk, name: &str) -> String {
    desk.git(&["show", &format!("HEAD:evidence/{ITEM}/{name}")]).ok().stdout
}

#[test]
fn an_item_goes_through_every_home_and_back() {
    let Some(desk) = with_lfs(desk()) else { return };
    let attributes = fs::read_to_string(desk.path(".gitattributes")).unwrap();
    for home in ["store", "lfs", "git", "lfs", "store", "git"] {
        let before = desk.home();
        // Git believes what it knows of files that are older than its index.
        for (path, _) in super::files(&desk.folder()) {
            let file = fs::OpenOptions::new().write(true).open(path).unwrap();
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_600_000_000)).unwrap();
        }
        desk.git(&["update-index", "-q", "--refresh"]);
        let ran = desk.move_to(home).ok();
        assert_eq!(ran.stdout.contains("history of Git still holds"), before == "git", "{}", ran.text());
        assert_eq!(desk.home(), home);
        desk.commit("Move evidence");
        desk.is_sound();
        let is_pointer = home == "lfs" && blob(&desk, "auth.log").starts_with("version https://git-lfs");
        match home {
            "store" => assert!(!desk.folder().exists()),
            _ => desk.sha256sum(),
        }
        assert_eq!(is_pointer, home == "lfs");
        let now = fs::read_to_string(desk.path(".gitattributes")).unwrap();
        assert_eq!(now == attributes, home != "lfs", "{now}");
        assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, "");
        // Once more is nothing.
        assert!(desk.move_to(home).ok().stdout.contains("is there already"));
        desk.evidence(&["verify"]).ok();
    }
    let chain = desk.evidence_json(&["custody", ITEM]);
    assert!(chain.to_string().matches("transferred").count() >= 6, "{chain}");
}

#[test]
fn what_is_not_the_item_keeps_it_where_it_is() {
    let desk = desk();
    let file = desk.folder().join("auth.log");
    let right = fs::read(&file).unwrap();
    let refuses = |what: &str| {
        let before = desk.state();
        for home in ["store", "lfs"] {
            let ran = desk.move_to(home).code(1);
            assert!(ran.stdout.contains(what), "{}", ran.text());
            let objects = desk.objects();
            let kept: Vec<_> = desk.state().into_iter().filter(|(path, _)| !objects.contains(path)).collect();
            assert_eq!(kept, before.iter().filter(|(path, _)| !objects.contains(path)).cloned().collect::<Vec<_>>());
        }
    };
    fs::write(&file, "edited").unwrap();
    refuses("does not have its registered bytes");
    fs::write(&file, &right).unwrap();
    fs::write(desk.folder().join("own.txt"), "x").unwrap();
    refuses("own.txt` is in no list");
    fs::remove_file(desk.folder().join("own.txt")).unwrap();
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &file).unwrap();
    refuses("is no file that could be listed");
    fs::remove_file(&file).unwrap();
    // The store has the name with other bytes.
    fs::write(&file, &right).unwrap();
    desk.move_to("store").ok();
    desk.move_to("git").ok();
    overwrite(&desk.objects()[0], b"rotten");
    refuses_store(&desk);
    assert_eq!(desk.home(), "git");
    desk.sha256sum();
}

fn refuses_store(desk: &Desk) {
    let ran = desk.move_to("store").code(1);
    assert!(ran.stdout.contains("has the digest"), "{}", ran.text());
}

#[test]
fn rotten_bytes_of_the_same_size_are_seen_before_the_old_home_is_given_up() {
    let desk = desk();
    desk.move_to("store").ok();
    desk.move_to("git").ok();
    let object = &desk.objects()[0];
    let mut content = fs::read(object).unwrap();
    content[0] ^= 1;
    overwrite(object, &content);
    refuses_store(&desk);
    assert_eq!(desk.home(), "git");
    desk.sha256sum();
}

#[test]
fn bytes_that_are_only_in_a_commit_are_found() {
    let desk = desk();
    fs::remove_dir_all(desk.folder()).unwrap();
    desk.move_to("store").ok();
    assert_eq!(desk.objects().len(), 2);
    desk.commit("Move evidence");
    desk.is_sound();
}

#[test]
fn pointers_without_their_objects_are_no_bytes() {
    let Some(desk) = with_lfs(desk()) else { return };
    desk.move_to("lfs").ok();
    desk.commit("Move evidence");
    // As in a clone that did not ask the server: pointers in the work tree, and no objects.
    let objects = desk.path(".git/lfs/objects");
    let away = desk.sandbox.path("objects");
    fs::rename(&objects, &away).unwrap();
    for name in ["auth.log", "web/access.log"] {
        fs::write(desk.folder().join(name), blob(&desk, name)).unwrap();
    }
    fs::remove_dir_all(desk.path(".git/casebook")).unwrap();
    let ran = desk.evidence(&["fetch"]).code(1);
    assert!(ran.stdout.contains("git lfs pull --include 'evidence/x-7q2k9dm4/**'"), "{}", ran.text());
    for home in ["store", "git"] {
        let before = desk.state();
        let ran = desk.move_to(home).code(1);
        assert!(ran.stdout.contains("auth.log"), "{}", ran.text());
        assert_eq!(desk.state(), before);
    }
    // With the objects the pointers are replaced by the bytes.
    fs::rename(&away, &objects).unwrap();
    desk.evidence(&["fetch"]).ok();
    desk.move_to("git").ok();
    desk.sha256sum();
    desk.commit("Move evidence");
    desk.is_sound();
}

#[test]
fn empty_files_and_texts_that_look_like_pointers_are_kept_as_they_are() {
    let Some(desk) = with_lfs(desk()) else { return };
    let sources = desk.sandbox.path("sources");
    fs::create_dir(&sources).unwrap();
    let digest = casebook::values::Sha256::of(b"nothing that exists");
    fs::write(sources.join("empty"), "").unwrap();
    let looks = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 12345\n");
    fs::write(sources.join("pointer.txt"), &looks).unwrap();
    fs::write(sources.join("large.bin"), [7; 9000]).unwrap();
    let ran = desk.evidence(&["add", sources.to_str().unwrap(), "--title", "Odd", "--by", "bob"]).ok();
    let item = ran.stdout.split_whitespace().nth(1).unwrap().to_owned();
    desk.commit("Add evidence");
    for home in ["lfs", "store", "git"] {
        desk.evidence(&["move", &item, "--to", home, "--by", "bob"]).ok();
        desk.commit("Move evidence");
        desk.is_sound();
        if home == "store" {
            desk.evidence(&["materialise", &item]).ok();
        }
        let list = format!("{item}.sha256");
        desk.sandbox.run("sha256sum", &desk.path("evidence"), &["--check", "--strict", "--quiet", &list]).ok();
        desk.evidence(&["verify"]).ok();
    }
}

#[test]
fn what_is_too_large_for_git_stays_out_of_it() {
    let desk = desk();
    let large = desk.sandbox.path("large.raw");
    fs::write(&large, vec![1; 5000]).unwrap();
    let policy = desk.path("policy.toml");
    let text = fs::read_to_string(&policy).unwrap_or_default();
    fs::write(&policy, format!("{text}\n[evidence]\nmax_git_file_bytes = 4096\n")).unwrap();
    desk.commit("A small limit");
    let add = |options: &[&str]| {
        desk.evidence(&[&["add", large.to_str().unwrap(), "--title", "Disk", "--by", "bob"], options].concat())
    };
    let ran = add(&[]).code(2);
    assert!(ran.stderr.contains("--storage store"), "{}", ran.text());
    let ran = add(&["--storage", "store"]).ok();
    let item = ran.stdout.split_whitespace().nth(1).unwrap().to_owned();
    assert!(!desk.path(&format!("evidence/{item}")).exists());
    assert_eq!(desk.objects().len(), 1);
    desk.commit("Add evidence");
    desk.is_sound();
    let ran = desk.evidence(&["move", &item, "--to", "git", "--by", "bob"]).code(1);
    assert!(ran.stdout.contains("5000 bytes"), "{}", ran.text());
    desk.evidence(&["materialise", &item]).ok();
    assert_eq!(fs::read(desk.path(&format!("evidence/{item}/large.raw"))).unwrap(), vec![1; 5000]);
    // The same bytes again are refused before anything is sent.
    assert!(add(&["--storage", "store"]).code(2).stderr.contains("evidence already"));
}

#[test]
fn nothing_is_registered_where_the_store_refuses() {
    let desk = desk();
    let source = desk.sandbox.path("a.log");
    fs::write(&source, "new").unwrap();
    fs::remove_dir(desk.store()).unwrap();
    let before = desk.state_of_case();
    let ran =
        desk.evidence(&["add", source.to_str().unwrap(), "--title", "A", "--by", "bob", "--storage", "store"]).code(2);
    assert!(ran.stderr.contains("nothing was registered") && ran.stderr.contains("mounted"), "{}", ran.text());
    assert_eq!(desk.state_of_case(), before);
}

#[test]
fn an_item_is_registered_into_git_lfs() {
    let Some(desk) = with_lfs(desk()) else { return };
    let source = desk.sandbox.path("a.log");
    fs::write(&source, "kept with Git LFS").unwrap();
    let ran = desk.evidence(&["add", source.to_str().unwrap(), "--title", "A", "--by", "bob", "--storage", "lfs"]).ok();
    let item = ran.stdout.split_whitespace().nth(1).unwrap().to_owned();
    desk.commit("Add evidence");
    assert!(desk.git(&["show", &format!("HEAD:evidence/{item}/a.log")]).ok().stdout.starts_with("version https"));
    desk.is_sound();
    desk.evidence(&["verify"]).ok();
}

#[test]
fn a_link_in_place_of_the_attributes_is_not_written_through() {
    let desk = desk();
    let outside = desk.sandbox.path("outside");
    fs::rename(desk.path(".gitattributes"), &outside).unwrap();
    std::os::unix::fs::symlink(&outside, desk.path(".gitattributes")).unwrap();
    let text = fs::read_to_string(&outside).unwrap();
    let ran = desk.move_to("lfs").code(2);
    assert!(ran.stderr.contains("not a regular file"), "{}", ran.text());
    assert_eq!(fs::read_to_string(&outside).unwrap(), text);
    assert_eq!(desk.home(), "git");
    desk.sha256sum();
}

/// Takes the case to where a process leaves it that is killed after `steps` of the steps of a move out of Git and back into
/// it: what is to be there was built, and is said to be ready.
fn interrupt(desk: &Desk, steps: usize) {
    let built = desk.path(".casebook-adding/c-00000001");
    let put = |path: &str, text: &str| {
        let path = built.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("files/custody/c-00000001.toml", "new event");
    put(&format!("files/evidence/{ITEM}/new.log"), "new bytes");
    put(&format!("retiring/evidence/{ITEM}"), "");
    put("replacing/.gitattributes", "new attributes");
    put("lock", "");
    put("ready", "");
    let marks = desk.path(".git/casebook/adding.d");
    fs::create_dir_all(&marks).unwrap();
    fs::write(marks.join("c-00000001"), "").unwrap();
    fs::create_dir_all(built.join("retired/evidence")).unwrap();
    let folder = format!("evidence/{ITEM}");
    let moves = [
        (desk.folder(), built.join("retired").join(&folder)),
        (built.join("files/custody/c-00000001.toml"), desk.path("custody/c-00000001.toml")),
        (built.join("files").join(&folder), desk.folder()),
        (built.join("replacing/.gitattributes"), desk.path(".gitattributes")),
    ];
    for (from, to) in moves.into_iter().take(steps) {
        fs::rename(from, to).unwrap();
    }
}

#[test]
fn every_step_of_a_killed_move_is_finished_by_the_next_command() {
    for steps in 0..=4 {
        let desk = desk();
        interrupt(&desk, steps);
        desk.evidence(&["list"]);
        let names: Vec<_> = super::files(&desk.folder()).into_iter().map(|(path, _)| path).collect();
        assert_eq!(names, [desk.folder().join("new.log")], "after {steps} steps");
        assert_eq!(fs::read_to_string(desk.path(".gitattributes")).unwrap(), "new attributes");
        assert_eq!(fs::read_to_string(desk.path("custody/c-00000001.toml")).unwrap(), "new event");
        assert!(!desk.path(".casebook-adding").exists());
    }
    // What is not ready is taken back, and what has no mark is not ours.
    for is_marked in [true, false] {
        let desk = desk();
        let before = desk.state_of_case();
        interrupt(&desk, 0);
        fs::remove_file(desk.path(".casebook-adding/c-00000001/ready")).unwrap();
        if !is_marked {
            fs::remove_dir_all(desk.path(".git/casebook")).unwrap();
        }
        desk.evidence(&["list"]).ok();
        assert_eq!(desk.path(".casebook-adding/c-00000001").exists(), !is_marked);
        let ours = |(path, _): &(std::path::PathBuf, Vec<u8>)| !path.to_str().unwrap().contains(".casebook-adding");
        assert_eq!(desk.state_of_case().into_iter().filter(ours).collect::<Vec<_>>(), before);
    }
}

impl Desk {
    /// The files of the case without the store.
    fn state_of_case(&self) -> Vec<(std::path::PathBuf, Vec<u8>)> {
        super::files(&self.top)
    }
}
