//! The table of damages: what is done, and what is said of it, for every home.
//!
//! A row is done to a committed case with an item in every home, and committed. What is said is a list of codes, each with
//! a path: below the item's folder, or one of the words `folder`, `list`, `record` and `custody`, or from the top of the case
//! where it starts with `/`. What is not where it should be, in a home that need not be at hand, is `not-there`: it is told,
//! never passed, and a problem with `--complete`. Far away, one bit of another item flips with every row: it is always found.

use super::scene::{DATA, DEEP, FAR, Home, LOG, Scene, Template, content};
use casebook::values::Sha256;
use std::collections::BTreeSet;
use std::fs;

/// What is said where the item is in Git, in Git LFS, in a store.
type Said = [&'static str; 3];

struct Row {
    what: &'static str,
    damage: fn(&Scene),
    said: Said,
}

const fn row(what: &'static str, damage: fn(&Scene), said: Said) -> Row {
    Row { what, damage, said }
}

/// The same in every home.
const fn all(said: &'static str) -> Said {
    [said, said, said]
}

/// The same where the case has a folder of the item, which a store has in its place.
const fn with_folder(without: &'static str, with: &'static str) -> Said {
    [with, with, without]
}

const ALTERED: Said = ["evidence-altered log.txt", "object-altered log.txt", "object-altered log.txt"];

/// Damage to the bytes, where they live.
#[rustfmt::skip]
const BYTES: &[Row] = &[
    row("a bit flips", |s| s.change(LOG, |bytes| bytes[100] ^= 4), ALTERED),
    row("the first bit flips", |s| s.change(LOG, |bytes| bytes[0] ^= 128), ALTERED),
    row("the last byte is lost", |s| s.change(LOG, |bytes| bytes.truncate(bytes.len() - 1)), ALTERED),
    row("nothing is left of it", |s| s.change(LOG, Vec::clear), ALTERED),
    row("a byte is added", |s| s.change(LOG, |bytes| bytes.push(b'\n')), ALTERED),
    row("zeros are added", |s| s.change(LOG, |bytes| bytes.resize(8192, 0)), ALTERED),
    row("line ends are converted", |s| s.change(LOG, crlf), ALTERED),
    row("it has the bytes of another file", |s| s.put(LOG, &content(s.home, DATA)), ALTERED),
    row("it is a pointer to itself", |s| s.put(LOG, pointer(&content(s.home, LOG)).as_bytes()), ALTERED),
    row("two files are swapped", swap, [
        "evidence-altered log.txt, evidence-altered data.bin",
        "object-altered log.txt, object-altered data.bin",
        "object-altered log.txt, object-altered data.bin",
    ]),
];

/// What becomes of the files that have the bytes, in homes on a disk.
#[rustfmt::skip]
const PLACES: &[Row] = &[
    row("a file is gone", |s| fs::remove_file(s.place(LOG)).unwrap(), [
        "evidence-missing log.txt", "not-there log.txt", "not-there log.txt",
    ]),
    row("all files are gone", |s| [LOG, DATA, DEEP].iter().for_each(|file| fs::remove_file(s.place(file)).unwrap()), [
        "evidence-missing log.txt, evidence-missing data.bin, evidence-missing deep/down.bin",
        "not-there log.txt, not-there data.bin, not-there deep/down.bin",
        "not-there log.txt, not-there data.bin, not-there deep/down.bin",
    ]),
    row("a file is renamed", |s| fs::rename(s.place(LOG), s.place(LOG).with_extension("1")).unwrap(), [
        "evidence-missing log.txt, evidence-unlisted log.1", "not-there log.txt", "not-there log.txt",
    ]),
    row("a link stands in its place", |s| link(s, LOG), [
        "symlink log.txt, evidence-missing log.txt", "no-answer log.txt", "no-answer log.txt",
    ]),
    row("a folder stands in its place", |s| { fs::remove_file(s.place(LOG)).unwrap(); fs::create_dir(s.place(LOG)).unwrap(); }, [
        "evidence-missing log.txt", "no-answer log.txt", "no-answer log.txt",
    ]),
];

/// Damage to what Git holds of every item, wherever its bytes live.
#[rustfmt::skip]
const REGISTER: &[Row] = &[
    row("a line of the list is deleted", |s| lines(s, |lines| { lines.remove(2); }), [
        "list-digest record, evidence-changed list, evidence-unlisted log.txt",
        "list-digest record, evidence-changed list, evidence-unlisted log.txt",
        "list-digest record, evidence-changed list",
    ]),
    row("a line is added", |s| lines(s, |lines| lines.push(line(s, "zz.txt", b"planted"))), [
        "list-digest record, evidence-changed list, evidence-missing zz.txt",
        "list-digest record, evidence-changed list, evidence-missing zz.txt",
        "list-digest record, evidence-changed list, not-there zz.txt",
    ]),
    row("a digest in the list is another", |s| lines(s, |lines| lines[2] = line(s, LOG, b"other")), [
        "list-digest record, evidence-changed list, evidence-altered log.txt",
        "list-digest record, evidence-changed list, lfs-pointer log.txt",
        "list-digest record, evidence-changed list, not-there log.txt",
    ]),
    row("a line is there twice", |s| lines(s, |lines| lines.push(lines[2].clone())), all(
        "list-digest record, evidence-changed list, list-duplicate list",
    )),
    row("two lines are exchanged", |s| lines(s, |lines| lines.swap(0, 2)), all(
        "list-digest record, evidence-changed list, list-order list",
    )),
    row("the list is cut off in its midst", |s| s.write("evidence/{x}.sha256", &s.read("evidence/{x}.sha256")[..150]), all(
        "list-digest record, evidence-changed list, list-line list",
    )),
    row("the list is empty", |s| s.write("evidence/{x}.sha256", ""), [
        "list-digest record, evidence-changed list",
        "list-digest record, evidence-changed list",
        "list-digest record, evidence-changed list",
    ]),
    row("the list has other line ends", |s| s.write("evidence/{x}.sha256", s.read("evidence/{x}.sha256").replace('\n', "\r\n")), all(
        "list-digest record, evidence-changed list, list-line list",
    )),
    row("the list leads out of its folder", |s| lines(s, |lines| lines.push(line(s, "../../case.toml", b""))), all(
        "list-digest record, evidence-changed list, list-path list",
    )),
    row("the list leads to the root of the disk", |s| lines(s, |lines| lines.push(format!("{}  /etc/passwd", Sha256::of(b"")))), all(
        "list-digest record, evidence-changed list, list-path list",
    )),
    row("the list is gone", |s| fs::remove_file(s.path("evidence/{x}.sha256")).unwrap(), all(
        "list-missing record, evidence-changed list",
    )),
    row("the record is gone", |s| fs::remove_file(s.path("evidence/{x}.toml")).unwrap(), [
        "evidence-changed record, evidence-unregistered list, evidence-unregistered folder, dangling-reference custody",
        "evidence-changed record, evidence-unregistered list, evidence-unregistered folder, dangling-reference custody",
        "evidence-changed record, evidence-unregistered list, dangling-reference custody",
    ]),
    row("the record cannot be read", |s| s.replace("evidence/{x}.toml", "id = ", "[[[\nid = "), [
        "evidence-changed record, syntax record",
        "evidence-changed record, syntax record, no-home log.txt, no-home data.bin, no-home deep/down.bin",
        "evidence-changed record, syntax record, no-home log.txt, no-home data.bin, no-home deep/down.bin",
    ]),
    row("the record says other counts", |s| s.replace("evidence/{x}.toml", "files = 3", "files = 2"), all(
        "evidence-changed record, evidence-count record",
    )),
    row("the record says another digest", |s| digest_of_record(s, Sha256::of(b"other")), all(
        "evidence-changed record, list-digest record, custody-digest custody",
    )),
    row("the record names no list", |s| s.replace("evidence/{x}.toml", "list = \"", "# list = \""), all(
        "evidence-changed record, list-digest record, custody-digest custody",
    )),
    row("the record says that it has no files", no_files, all(
        "evidence-changed record, evidence-storage record",
    )),
    row("the record is that of another item", |s| s.replace("evidence/{x}.toml", "id = \"{x}\"", "id = \"x-00000000\""), with_folder(
        "evidence-changed record, file-name record, custody-missing record, list-missing record, evidence-unregistered list, dangling-reference custody",
        "evidence-changed record, file-name record, custody-missing record, list-missing record, evidence-unregistered list, dangling-reference custody, evidence-unregistered folder",
    )),
    row("the item is registered anew, with everything that fits", |s| register_anew(s, true), all(
        "evidence-changed record, evidence-changed list, custody-changed custody",
    )),
    row("the item is registered anew, but for its custody", |s| register_anew(s, false), all(
        "evidence-changed record, evidence-changed list, custody-digest custody",
    )),
    row("a custody event is back-dated", |s| custody(s, |text| text.replace("2026-03-05T12", "2026-03-04T12")), all(
        "custody-changed custody, custody-order custody",
    )),
    row("a custody event names somebody else", |s| custody(s, |text| text.replace("by = \"bob\"", "by = \"alice\"")), all(
        "custody-changed custody",
    )),
    row("a custody event is gone", |s| fs::remove_file(s.top.join(s.custody())).unwrap(), all(
        "custody-changed custody, custody-missing record",
    )),
    row("everything of the item is gone", drop_item, all(
        "evidence-changed record, evidence-changed list, custody-changed custody",
    )),
    row("a file is planted beside the registered ones", |s| s.write("evidence/{x}/planted.log", "planted"), all(
        "evidence-unlisted planted.log",
    )),
    row("a folder is planted", |s| s.write("evidence/{x}-2/a.log", "planted"), all(
        "evidence-unregistered /evidence/{x}-2",
    )),
];

/// Damage that only Git LFS knows.
const POINTERS: &[(&str, fn(&Scene), &str)] = &[
    ("a pointer to other bytes", |s| stage(s, LOG, &pointer(b"other")), "lfs-pointer log.txt"),
    (
        "a pointer to another file of the item",
        |s| stage(s, LOG, &pointer(&content(s.home, DATA))),
        "lfs-pointer log.txt",
    ),
    (
        "a pointer with a wrong size",
        |s| stage(s, LOG, &pointer(&content(s.home, LOG)).replace("size 1", "size 2")),
        "lfs-pointer log.txt, lfs-pointer folder",
    ),
    (
        "a pointer that is cut off",
        |s| stage(s, LOG, &pointer(&content(s.home, LOG))[..100]),
        "evidence-altered log.txt",
    ),
    (
        "a pointer and more",
        |s| stage(s, LOG, &(pointer(&content(s.home, LOG)) + &"x".repeat(2000))),
        "evidence-altered log.txt",
    ),
    ("bytes in the place of a pointer", |s| stage(s, LOG, "bytes"), "evidence-altered log.txt"),
    (
        "the right bytes in the place of a pointer",
        |s| {
            stage(s, LOG, std::str::from_utf8(&content(s.home, LOG)).unwrap());
        },
        "lfs-plain log.txt",
    ),
];

/// Names that no disk or nobody should have, with their modes. Git stores them all.
#[rustfmt::skip]
const NAMES: &[(&str, &[&[u8]], &str)] = &[
    ("a link", &[b"120000 link"], "symlink link, evidence-unlisted link"),
    ("a submodule", &[b"160000 module"], "submodule module, evidence-unlisted module"),
    ("a name in another case", &[b"100644 LOG.TXT"], "name-collision log.txt, evidence-unlisted LOG.TXT"),
    ("a name in two Unicode forms", &[b"100644 e\xcc\x81", b"100644 \xc3\xa9"],
        "name-collision \u{e9}, evidence-unlisted \u{e9}, evidence-unlisted e\u{301}"),
    ("a device of Windows", &[b"100644 CON"], "device-name CON, evidence-unlisted CON"),
    ("a device with an extension", &[b"100644 aux.txt"], "device-name aux.txt, evidence-unlisted aux.txt"),
    ("a line feed", &[b"100644 a\nb"], "control-in-name a\nb, evidence-unlisted a\nb"),
    ("bytes that are no text", &[b"100644 a\xffb"], "name-encoding a\u{fffd}b, evidence-unlisted a\u{fffd}b"),
    ("a backslash", &[b"100644 a\\b"], "forbidden-character a\\b, evidence-unlisted a\\b"),
    ("a dot at the end", &[b"100644 trail."], "name-ending trail., evidence-unlisted trail."),
    ("attributes", &[b"100644 .gitattributes"], "nested-attributes .gitattributes"),
    ("a program", &[b"100755 log.txt"], "executable-file log.txt"),
];

fn crlf(bytes: &mut Vec<u8>) {
    *bytes = String::from_utf8(bytes.clone()).unwrap().replace('\n', "\r\n").into_bytes();
}

fn swap(scene: &Scene) {
    scene.put(LOG, &content(scene.home, DATA));
    scene.put(DATA, &content(scene.home, LOG));
}

fn pointer(content: &[u8]) -> String {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n", Sha256::of(content), content.len())
}

fn link(scene: &Scene, file: &str) {
    fs::remove_file(scene.place(file)).unwrap();
    std::os::unix::fs::symlink(scene.place(DATA), scene.place(file)).unwrap();
}

/// Changes the lines of the list, which are those of `data.bin`, `deep/down.bin` and `log.txt`.
fn lines(scene: &Scene, change: impl FnOnce(&mut Vec<String>)) {
    let mut lines: Vec<String> = scene.read("evidence/{x}.sha256").lines().map(str::to_owned).collect();
    change(&mut lines);
    scene.write("evidence/{x}.sha256", lines.join("\n") + "\n");
}

fn line(scene: &Scene, file: &str, content: &[u8]) -> String {
    format!("{}  {}/{file}", Sha256::of(content), scene.item)
}

fn digest_of_record(scene: &Scene, digest: Sha256) {
    let now = Sha256::of(scene.read("evidence/{x}.sha256").as_bytes()).to_string();
    scene.replace("evidence/{x}.toml", &now, &digest.to_string());
}

fn no_files(scene: &Scene) {
    let text = scene.read("evidence/{x}.toml");
    let storage = text.lines().find(|line| line.starts_with("storage = ")).unwrap();
    scene.replace("evidence/{x}.toml", storage, "storage = \"none\"");
}

/// Replaces a file, in whatever home, and everything that names its digest.
fn register_anew(scene: &Scene, custody_too: bool) {
    let before = scene.read("evidence/{x}.sha256");
    let mut bytes = content(scene.home, LOG);
    bytes[100] ^= 4;
    let digest = Sha256::of(&bytes).to_string();
    match scene.home {
        Home::Git => fs::write(scene.place(LOG), &bytes).unwrap(),
        Home::Lfs | Home::Folder | Home::Bucket => {
            let old = scene.place(LOG);
            let store = old.ancestors().nth(3).unwrap();
            let new = store.join(&digest[..2]).join(&digest[2..4]).join(&digest);
            fs::create_dir_all(new.parent().unwrap()).unwrap();
            fs::write(new, &bytes).unwrap();
        }
    }
    if scene.home == Home::Lfs {
        scene.write("evidence/{x}/log.txt", &bytes);
    }
    lines(scene, |lines| lines[2] = line(scene, LOG, &bytes));
    let (old, new) = (Sha256::of(before.as_bytes()), Sha256::of(scene.read("evidence/{x}.sha256").as_bytes()));
    scene.replace("evidence/{x}.toml", &old.to_string(), &new.to_string());
    if custody_too {
        custody(scene, |text| text.replace(&old.to_string(), &new.to_string()));
    }
}

fn custody(scene: &Scene, change: impl FnOnce(String) -> String) {
    let path = scene.custody();
    let before = scene.read(&path);
    let after = change(before.clone());
    assert_ne!(before, after);
    scene.write(&path, after);
}

fn drop_item(scene: &Scene) {
    let _ = fs::remove_dir_all(scene.path("evidence/{x}"));
    for file in ["evidence/{x}.toml", "evidence/{x}.sha256", scene.custody().as_str()] {
        fs::remove_file(scene.path(file)).unwrap();
    }
}

/// Puts a text into the index as it is, past every filter.
fn stage(scene: &Scene, file: &str, text: &str) {
    scene.write(".git/staged", text);
    let blob = scene.git(&["hash-object", "-w", "--no-filters", ".git/staged"]).ok().stdout;
    let path = scene.name(&format!("evidence/{{x}}/{file}"));
    scene.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{},{path}", blob.trim())]).ok();
}

/// The pairs that a row names.
fn wanted(scene: &Scene, said: &str) -> BTreeSet<(String, String)> {
    let pairs = said.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once(' ').unwrap()).map(|(code, path)| (code.to_owned(), full(scene, path))).collect()
}

fn full(scene: &Scene, path: &str) -> String {
    match path {
        "folder" => scene.name("evidence/{x}"),
        "list" => scene.name("evidence/{x}.sha256"),
        "record" => scene.name("evidence/{x}.toml"),
        "custody" => scene.custody(),
        path => match path.strip_prefix('/') {
            Some(path) => scene.name(path),
            None => scene.name(&format!("evidence/{{x}}/{path}")),
        },
    }
}

/// One home, and what is said there of a case that is sound.
struct Judge {
    template: Template,
    home: Home,
    sound: BTreeSet<(String, String)>,
    wrong: Vec<String>,
}

impl Judge {
    fn new(home: Home) -> Option<Self> {
        let template = Template::new();
        let sound = template.scene(home)?.said();
        assert!(home == Home::Bucket || sound.is_empty(), "{sound:?}");
        Some(Self { template, home, sound, wrong: Vec::new() })
    }

    /// Does what a row says to a case, commits it and compares. The far bit flips in the same commit.
    fn judge(&mut self, scene: &Scene, what: &str, damage: impl FnOnce(&Scene), said: &str) {
        let mut far = fs::read(scene.path(FAR)).unwrap();
        far[20] ^= 1;
        fs::write(scene.path(FAR), far).unwrap();
        scene.git(&["add", FAR]).ok();
        damage(scene);
        let mut expected = self.sound.clone();
        expected.extend(wanted(scene, said));
        expected.insert(("evidence-altered".to_owned(), FAR.to_owned()));
        let found = scene.said();
        if found != expected {
            let lost: Vec<_> = expected.difference(&found).collect();
            let more: Vec<_> = found.difference(&expected).collect();
            self.wrong.push(format!("{:?}, {what}:\n    not said: {lost:?}\n    also said: {more:?}", self.home));
        }
        // With all that was remembered, the same is found.
        let again = scene.checked();
        if !again.is_subset(&found) || !again.contains(&("evidence-altered".to_owned(), FAR.to_owned())) {
            self.wrong.push(format!("{:?}, {what}, again: {again:?}", self.home));
        }
    }

    fn rows(mut self, tables: &[&[Row]]) {
        for row in tables.iter().copied().flatten() {
            let Some(scene) = self.template.scene(self.home) else { return };
            self.judge(&scene, row.what, |scene| commit(scene, row.damage), row.said[(self.home as usize).min(2)]);
        }
        self.end();
    }

    fn end(self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

fn commit(scene: &Scene, damage: fn(&Scene)) {
    damage(scene);
    scene.commit("Damage");
}

#[test]
fn every_damage_in_git() {
    Judge::new(Home::Git).unwrap().rows(&[BYTES, PLACES, REGISTER]);
}

#[test]
fn every_damage_in_git_lfs() {
    let Some(judge) = Judge::new(Home::Lfs) else { return };
    judge.rows(&[BYTES, PLACES, REGISTER]);
}

#[test]
fn every_damage_in_a_folder() {
    Judge::new(Home::Folder).unwrap().rows(&[BYTES, PLACES, REGISTER]);
}

/// One server, and every row on the same bucket: what a row did is undone before the next.
#[test]
fn damage_to_bytes_in_a_bucket() {
    let Some(mut judge) = Judge::new(Home::Bucket) else { return };
    let Some(scene) = judge.template.scene(Home::Bucket) else { return };
    for row in BYTES {
        judge.judge(&scene, row.what, |scene| commit(scene, row.damage), row.said[2]);
        for file in [LOG, DATA] {
            scene.put(file, &content(Home::Bucket, file));
        }
        scene.git(&["checkout", "HEAD~1", "--", FAR]).ok();
        scene.commit("Mended");
    }
    judge.end();
}

#[test]
fn every_damage_to_pointers() {
    let Some(mut judge) = Judge::new(Home::Lfs) else { return };
    for (what, damage, said) in POINTERS {
        let Some(scene) = judge.template.scene(Home::Lfs) else { return };
        let commit = |scene: &Scene| {
            damage(scene);
            scene.git(&["commit", "-qm", "Damage"]).ok();
        };
        judge.judge(&scene, what, commit, said);
    }
    judge.end();
}

#[test]
fn every_name_that_git_stores_and_nobody_wants() {
    let mut judge = Judge::new(Home::Git).unwrap();
    for (what, nodes, said) in NAMES {
        let Some(scene) = judge.template.scene(Home::Git) else { return };
        judge.judge(&scene, what, |scene| stage_nodes(scene, nodes), said);
    }
    judge.end();
}

/// Commits names with modes, as only Git's own tools make them.
fn stage_nodes(scene: &Scene, nodes: &[&[u8]]) {
    let mut entries = Vec::new();
    for node in nodes {
        let (mode, name) = (std::str::from_utf8(&node[..6]).unwrap(), &node[7..]);
        let object = if mode == "160000" { "HEAD".to_owned() } else { scene.name("HEAD:evidence/{x}/log.txt") };
        let id = scene.git(&["rev-parse", &object]).ok().stdout;
        entries.extend_from_slice(format!("{mode} {}\tevidence/{}/", id.trim(), scene.item).as_bytes());
        entries.extend_from_slice(name);
        entries.push(0);
    }
    fs::write(scene.path(".git/entries"), entries).unwrap();
    scene.sandbox.run("sh", &scene.top, &["-c", "git update-index --add -z --index-info <.git/entries"]).ok();
    scene.git(&["commit", "-qm", "Names"]).ok();
}
