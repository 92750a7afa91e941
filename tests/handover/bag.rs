//! Bags: validated by the programs of others, checked by their own text, refused where something is missing or too secret.

use crate::authority::Authority;
use crate::support::Desk;
use crate::support::{Ran, tool};
use crate::{change_file, cited};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

const ITEM: &str = "x-7q2k9dm4";

impl Desk {
    fn bag(&self) -> PathBuf {
        self.sandbox.path("bag")
    }

    /// Hands over into the folder `bag`, beside the case.
    fn export(&self, arguments: &[&str]) -> Ran {
        self.casebook(&[&["evidence", "export", "--bag", "../bag", "--by", "bob"], arguments].concat())
    }

    /// The same, noting nothing.
    fn copy(&self, arguments: &[&str]) -> Ran {
        self.export(&[&["--no-custody", "--date", "2026-03-05"], arguments].concat())
    }

    fn clear(&self) {
        fs::remove_dir_all(self.bag()).unwrap();
    }

    /// What `bagit.py` says of the bag; `None` where it is not installed.
    fn bagit(&self) -> Option<Ran> {
        let bagit = tool("bagit.py")?;
        Some(self.sandbox.run(bagit, &self.sandbox.path(""), &["--quiet", "--validate", self.bag().to_str().unwrap()]))
    }

    fn sources(&self) -> PathBuf {
        let folder = self.sandbox.path("sources");
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn item(&self, name: &str, content: &[u8], options: &[&str]) -> String {
        let path = self.sources().join(name);
        fs::write(&path, content).unwrap();
        let arguments =
            [&["evidence", "add", path.to_str().unwrap(), "--title", "More", "--by", "bob"], options].concat();
        self.casebook(&arguments).ok().stdout.split_whitespace().nth(1).unwrap().to_owned()
    }

    /// Nothing of an export that failed is left.
    #[track_caller]
    fn is_untouched(&self, custody: usize) {
        assert!(!self.bag().exists());
        let left =
            fs::read_dir(self.sandbox.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let left: Vec<String> = left.filter(|name| name.starts_with('.')).collect();
        assert_eq!(left, [""; 0]);
        assert_eq!(fs::read_dir(self.path("custody")).unwrap().count(), custody);
    }
}

/// The commands of a text for people, each with what it must print; `None` where the text does not say.
fn commands(text: &str) -> Vec<(String, Option<String>)> {
    let mut commands: Vec<(String, Option<String>)> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        match line.strip_prefix("    ") {
            Some(line) if line.starts_with("$ ") => {
                commands.push((line[2..].to_owned(), None));
                is_open = true;
            }
            Some(line) if is_open => {
                let prints = &mut commands.last_mut().unwrap().1;
                *prints = Some(format!("{}{line}\n", prints.take().unwrap_or_default()));
            }
            _ => is_open = false,
        }
    }
    commands
}

/// Runs every command of the bag's text, with these words replaced, and gives those that do not do what it says.
fn verify(desk: &Desk, replaced: &[(&str, &str)]) -> Vec<String> {
    let text = fs::read_to_string(desk.bag().join("VERIFY.txt")).unwrap();
    let scratch = desk.sandbox.path("scratch");
    let commands = commands(&text);
    assert!(commands.len() > 8, "{text}");
    let mut failed = Vec::new();
    for (command, prints) in commands {
        let mut run = command.replace("/tmp/casebook-check", scratch.to_str().unwrap());
        for (from, to) in replaced {
            run = run.replace(from, to);
        }
        let ran = desk.sandbox.run("sh", &desk.bag(), &["-c", &run]);
        if ran.code != 0 || prints.is_some_and(|prints| prints != ran.stdout) {
            failed.push(command);
        }
    }
    failed
}

fn repository(desk: &Desk) -> String {
    desk.top.to_str().unwrap().to_owned()
}

#[test]
fn a_bag_is_valid_and_its_own_text_proves_it() {
    let desk = cited();
    let ran = desk.export(&["--to", "Example Forensics Ltd", "--reason", "contract 7", "--date", "2026-03-05"]).ok();
    assert!(ran.stdout.contains("TLP:AMBER"), "{}", ran.stdout);
    if let Some(bagit) = desk.bagit() {
        bagit.ok();
    }
    assert_eq!(verify(&desk, &[("REPOSITORY", &repository(&desk))]), [""; 0]);
    let evidence = desk.bag().join("data/evidence");
    desk.sandbox.run("sha256sum", &evidence, &["--check", "--strict", &format!("{ITEM}.sha256")]).ok();
    let info = fs::read_to_string(desk.bag().join("bag-info.txt")).unwrap();
    for line in [
        "Bagging-Date: 2026-03-05",
        "External-Identifier: 2026-0142",
        "Contact-Name: Bob Example",
        "Casebook-Handed-To: Example Forensics Ltd",
        "Casebook-Reason: contract 7",
        "Casebook-Marking: TLP:AMBER",
        &format!("Casebook-Commit: {}", desk.head()),
    ] {
        assert!(info.lines().any(|other| other == line), "{line}\n{info}");
    }
    assert!(fs::read_to_string(desk.bag().join("bagit.txt")).unwrap().starts_with("BagIt-Version: 1.0\n"));
    // The digest that is told by another way is that of the last list.
    let last = desk.sandbox.run("sha256sum", &desk.bag(), &["tagmanifest-sha256.txt"]).ok();
    assert!(ran.stdout.contains(&last.stdout[..64]), "{}", ran.stdout);
    // What cites the item is in it, and what that names; what does not is not.
    for (path, is_there) in [
        ("findings/f-7q2k9dm4.toml", true),
        ("assets/a-7q2k9dm4.toml", true),
        ("custody/c-7q2k9dm4.toml", true),
        ("case.toml", true),
        ("case-uco.jsonld", true),
        ("signoffs/047590629015838d-alice.stmt", true),
        ("decisions", false),
        ("actions", false),
        ("team.toml", false),
        ("policy.toml", false),
    ] {
        assert_eq!(desk.bag().join("data").join(path).exists(), is_there, "{path}");
    }
}

#[test]
fn what_leaves_is_noted_in_custody() {
    let desk = cited();
    let ran = desk.export(&[]).code(2);
    assert!(ran.stderr.contains("who gets it?"), "{}", ran.stderr);
    desk.is_untouched(1);
    desk.export(&["--to", "Police", "--reason", "order 12"]).ok();
    desk.commit("Hand over");
    let shown = desk.casebook(&["evidence", "custody", ITEM, "show", "--format", "json"]).ok();
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    let event = shown["events"].as_array().unwrap().last().unwrap().clone();
    let field = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    assert_eq!([field("action"), field("by"), field("to"), field("reason")], ["exported", "bob", "Police", "order 12"]);
    let list = fs::read(desk.path(&format!("evidence/{ITEM}.sha256"))).unwrap();
    assert_eq!(field("digest"), format!("sha256:{}", casebook::values::Sha256::of(&list)));
    desk.casebook(&["check"]).ok();
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let desk = cited();
    desk.copy(&["--to", "Police"]).ok();
    fs::rename(desk.bag(), desk.sandbox.path("first")).unwrap();
    desk.copy(&["--to", "Police"]).ok();
    desk.sandbox.run("diff", &desk.sandbox.path(""), &["-r", "first", "bag"]).ok();
}

#[test]
fn a_case_with_everything_is_handed_over_and_proved() {
    let desk = cited();
    let authority = Authority::start(&desk.sandbox, "clock-house");
    let key = desk.sandbox.path("key").to_str().unwrap().to_owned();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/keys/alice"), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    change_file(&desk.path("team.toml"), |bytes| {
        let text = String::from_utf8_lossy(bytes).replacen(
            "name = \"Alice Example\"\n",
            "name = \"Alice Example\"\nemail = \"alice@example.org\"\n",
            1,
        );
        *bytes = text.into_bytes();
    });
    // Names as Windows has them, an exhibit, and the output of a tool on an item that stays.
    let log = desk.item("Microsoft-Windows-Sysmon%4Operational log.evtx", b"records", &["--tlp", "green"]);
    let exhibit = desk
        .casebook(&[
            "evidence",
            "add",
            "--exhibit",
            "--title",
            "Laptop",
            "--serial",
            "PF3K7Q2B",
            "--by",
            "bob",
            "--authority",
            "warrant 7",
        ])
        .ok();
    let exhibit = exhibit.stdout.split_whitespace().nth(1).unwrap().to_owned();
    let made = desk.item(
        "hits.csv",
        b"a,b\n1,2\n",
        &["--derived-from", ITEM, "--tool", "chainsaw", "--tool-version", "2.16.4", "--command", "chainsaw hunt"],
    );
    desk.commit("More evidence");
    let create = ["timestamp", "create", "--authority", authority.url(), "--certificates", &authority.certificates()];
    desk.casebook(&create).ok();
    // An item that is later than the time stamp.
    let later = desk.item("later.log", b"later", &[]);
    desk.git(&["add", "-A"]).ok();
    let signing = ["-c", "gpg.format=ssh", "-c", &format!("user.signingKey={key}"), "commit", "-qS", "-m", "Signed"]
        .map(str::to_owned);
    desk.git(&signing.iter().map(String::as_str).collect::<Vec<_>>()).ok();
    desk.casebook(&["check"]).ok();
    let ran = desk.copy(&[&log, &exhibit, &made, &later]).ok();
    assert!(ran.stdout.contains(&format!("{ITEM}, which {made} was made from, was not asked for")), "{}", ran.stdout);
    if let Some(bagit) = desk.bagit() {
        bagit.ok();
    }
    // A percent sign stands in the lists as it is, as version 0.97 has it.
    assert!(fs::read_to_string(desk.bag().join("bagit.txt")).unwrap().starts_with("BagIt-Version: 0.97\n"));
    let replaced = [("REPOSITORY", repository(&desk)), ("AUTHORITY.pem", authority.certificates())];
    let replaced: Vec<(&str, &str)> = replaced.iter().map(|(from, to)| (*from, to.as_str())).collect();
    assert_eq!(verify(&desk, &replaced), [""; 0]);
    let text = fs::read_to_string(desk.bag().join("VERIFY.txt")).unwrap();
    for says in [
        "is signed with the key of alice@example.org",
        "The commit is signed",
        &format!("{exhibit} is a thing"),
        &format!("{made} was made from {ITEM}"),
    ] {
        assert!(text.contains(says), "{says}\n{text}");
    }
    // With the certificate of somebody else, the time stamp is not believed, and nothing else changes.
    let other = Authority::start(&desk.sandbox, "somebody-else");
    let failed = verify(&desk, &[("REPOSITORY", &repository(&desk)), ("AUTHORITY.pem", &other.certificates())]);
    assert!(failed.len() == 1 && failed[0].starts_with("openssl ts -verify"), "{failed:?}");
}

/// Somebody changes the bag, and everything in it that can be computed again.
#[test]
fn what_was_changed_in_a_bag_is_found_however_well_it_was_done() {
    let desk = cited();
    desk.copy(&[]).ok();
    fs::rename(desk.bag(), desk.sandbox.path("genuine")).unwrap();
    let renew = "find data -type f | LC_ALL=C sort | xargs -d '\\n' sha256sum > manifest-sha256.txt && \
                 sha256sum VERIFY.txt bag-info.txt bagit.txt manifest-sha256.txt > tagmanifest-sha256.txt";
    let after = |script: &str, is_renewed: bool| {
        desk.sandbox.run("cp", &desk.sandbox.path(""), &["-r", "genuine", "bag"]).ok();
        let script = if is_renewed { format!("{script} && {renew}") } else { script.to_owned() };
        desk.sandbox.run("sh", &desk.bag(), &["-c", &script]).ok();
        let failed = verify(&desk, &[("REPOSITORY", &repository(&desk))]);
        let bagit = desk.bagit().map(|ran| ran.code);
        desk.clear();
        assert!(!failed.is_empty(), "{script}");
        (failed.join("\n"), bagit)
    };
    let log = format!("data/evidence/{ITEM}/auth.log");
    let (failed, bagit) = after(&format!("printf x >> {log}"), false);
    assert!(failed.contains("tagmanifest") && bagit.is_none_or(|code| code == 1), "{failed}");
    let (failed, bagit) = after(&format!("printf x >> {log}"), true);
    assert!(failed.contains("data/evidence && sha256sum --check"), "{failed}");
    // The new lists fit, so far as a program for bags can know; only the number of bytes gives it away.
    assert!(bagit.is_none_or(|code| code == 1));
    let list = format!("(cd data/evidence && sha256sum {ITEM}/auth.log {ITEM}/web/access.log > {ITEM}.sha256)");
    let (failed, _) = after(&format!("printf x >> {log} && {list}"), true);
    assert!(failed.contains("sha256sum x-*.sha256") && failed.contains("git/evidence.txt"), "{failed}");
    let (failed, _) = after("sed -i s/bob/eve/ data/custody/c-7q2k9dm4.toml", true);
    assert!(failed.contains("git/custody.txt") && failed.contains("evidence-root.txt"), "{failed}");
    let (failed, _) = after(
        "printf '100644 blob 0123456789012345678901234567890123456789\\tx.toml\\n' >> data/git/evidence.txt",
        true,
    );
    assert!(failed.contains("mktree"), "{failed}");
    let (failed, _) = after("sed -i s/Example/Elpmaxe/ data/git/commit", true);
    assert!(failed.contains("hash-object -t commit") && failed.contains("cmp"), "{failed}");
    let (failed, _) = after("echo more > data/more.txt", true);
    assert!(failed.contains("find ."), "{failed}");
    let (failed, _) = after("echo more > more.txt", true);
    assert!(failed.contains("find ."), "{failed}");
    // Both are of the commit, but not under these names.
    let (record, list) = (format!("{ITEM}.toml"), format!("{ITEM}.sha256"));
    let swap = format!("(cd data/evidence && mv {record} x && mv {list} {record} && mv x {list})");
    let (failed, _) = after(&swap, true);
    assert!(failed.contains("git/evidence.txt"), "{failed}");
}

/// Moves the bytes of the item out of Git, as its record then says.
fn keep_elsewhere(desk: &Desk, storage: &str, objects: &Path) {
    change_file(&desk.path(&format!("evidence/{ITEM}.toml")), |bytes| {
        *bytes = String::from_utf8_lossy(bytes)
            .replace("storage = \"git\"", &format!("storage = \"{storage}\""))
            .into_bytes();
    });
    for name in ["auth.log", "web/access.log"] {
        let path = desk.path(&format!("evidence/{ITEM}/{name}"));
        let content = fs::read(&path).unwrap();
        let digest = casebook::values::Sha256::of(&content).to_string();
        let object = objects.join(&digest[..2]).join(&digest[2..4]).join(&digest);
        fs::create_dir_all(object.parent().unwrap()).unwrap();
        fs::write(object, &content).unwrap();
        if storage == "lfs" {
            let size = content.len();
            fs::write(path, format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n"))
                .unwrap();
        }
    }
    if storage == "store" {
        fs::remove_dir_all(desk.path(&format!("evidence/{ITEM}"))).unwrap();
    }
    desk.git(&["add", "-A"]).ok();
    desk.git(&["commit", "-qm", "Elsewhere", "--no-verify"]).ok();
}

#[test]
fn bytes_come_from_every_home_and_what_is_missing_is_named() {
    for storage in ["lfs", "store"] {
        let desk = cited();
        let store = desk.sandbox.path("store");
        let objects = if storage == "lfs" { desk.path(".git/lfs/objects") } else { store.clone() };
        keep_elsewhere(&desk, storage, &objects);
        if storage == "store" {
            let ran = desk.copy(&[]).code(2);
            assert!(
                ran.stderr.contains("2 files cannot be had here") && ran.stderr.contains("auth.log"),
                "{}",
                ran.stderr
            );
            desk.is_untouched(1);
            desk.git(&["config", "casebook.store", store.to_str().unwrap()]).ok();
        }
        desk.copy(&[]).ok();
        assert_eq!(verify(&desk, &[("REPOSITORY", &repository(&desk))]), [""; 0], "{storage}");
        desk.clear();
        // One of two is lost.
        let log = fs::read(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/base/evidence").join(ITEM).join("auth.log"),
        )
        .unwrap();
        let digest = casebook::values::Sha256::of(&log).to_string();
        let object = objects.join(&digest[..2]).join(&digest[2..4]).join(&digest);
        fs::remove_file(&object).unwrap();
        let ran = desk.copy(&[]).code(2);
        assert!(
            ran.stderr.contains("1 file cannot be had") && ran.stderr.contains("--allow-missing"),
            "{}",
            ran.stderr
        );
        desk.is_untouched(1);
        desk.export(&["--allow-missing", "--to", "Police"]).ok();
        assert_eq!(verify(&desk, &[("REPOSITORY", &repository(&desk))]), [""; 0], "{storage}");
        let missing = fs::read_to_string(desk.bag().join("data/not-included.txt")).unwrap();
        assert!(
            missing.starts_with(&format!("evidence/{ITEM}/auth.log: not at hand")) && missing.lines().count() == 1,
            "{missing}"
        );
        // Nobody saw all of its bytes, so no digest is noted.
        let events =
            fs::read_dir(desk.path("custody")).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        assert!(events.filter(|event| event.contains("exported")).all(|event| !event.contains("digest")));
        desk.clear();
        // Wrong bytes are worse than none.
        fs::write(&object, [&log[..log.len() - 1], b"?"].concat()).unwrap();
        let ran = desk.copy(&["--allow-missing"]).code(2);
        assert!(ran.stderr.contains("has the digest"), "{}", ran.stderr);
        assert!(!desk.bag().exists());
        desk.copy(&["--without-bytes"]).ok();
        assert_eq!(verify(&desk, &[("REPOSITORY", &repository(&desk))]), [""; 0], "{storage}");
        assert!(!desk.bag().join("data/evidence").join(ITEM).exists());
    }
}

#[test]
fn nothing_leaves_that_is_marked_too_high() {
    let desk = cited();
    let green = desk.item("green.log", b"green", &["--tlp", "green", "--asset", "a-7q2"]);
    let red = desk.item("red.log", b"red", &["--tlp", "red"]);
    desk.commit("More evidence");
    let ran = desk.copy(&["--max-tlp", "amber"]).code(2);
    assert!(ran.stderr.contains(&format!("evidence/{red}.toml is red")), "{}", ran.stderr);
    desk.is_untouched(3);
    let ran = desk.copy(&["--max-tlp", "green", &green]).code(2);
    assert!(ran.stderr.contains("case.toml is amber") && ran.stderr.contains("--evidence-only"), "{}", ran.stderr);
    let ran = desk.copy(&["--max-tlp", "green", "--evidence-only", &green]).ok();
    assert!(ran.stdout.contains("TLP:GREEN"), "{}", ran.stdout);
    assert_eq!(verify(&desk, &[("REPOSITORY", &repository(&desk))]), [""; 0]);
    for path in
        ["case.toml", "findings", "events", "assets", &format!("evidence/{red}.toml"), &format!("evidence/{ITEM}.toml")]
    {
        assert!(!desk.bag().join("data").join(path).exists(), "{path}");
    }
    let graph = fs::read_to_string(desk.bag().join("data/case-uco.jsonld")).unwrap();
    assert!(!graph.contains("Intrusion into the mail server") && !graph.contains("mail01"));
}

#[test]
fn what_stands_in_the_way_is_told_and_nothing_is_written() {
    let desk = cited();
    fs::create_dir(desk.bag()).unwrap();
    let ran = desk.copy(&[]).code(2);
    assert!(ran.stderr.contains("is there already"), "{}", ran.stderr);
    desk.clear();
    let inside = desk.casebook(&["evidence", "export", "--bag", "bag", "--no-custody"]).code(2);
    assert!(inside.stderr.contains("lies in the case"), "{}", inside.stderr);
    let ran = desk.casebook(&["evidence", "export", "--bag", "../none/bag", "--no-custody"]).code(2);
    assert!(ran.stderr.contains("mkdir"), "{}", ran.stderr);
    let ran = desk.copy(&["f-7q2"]).code(2);
    assert!(ran.stderr.contains("no evidence item"), "{}", ran.stderr);
    desk.casebook(&["evidence", "export"]).code(2);
    desk.is_untouched(1);
    // What is not committed is told, and not in it.
    desk.item("new.log", b"new", &[]);
    let ran = desk.copy(&[]).ok();
    assert!(ran.stderr.contains("changes that are not committed"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(desk.bag().join("data/custody")).unwrap().count(), 1);
    desk.clear();
    // Evidence that is damaged in Git is not handed over.
    desk.git(&["checkout", "-q", "--", "."]).ok();
    desk.git(&["clean", "-qfd"]).ok();
    desk.change(&format!("evidence/{ITEM}/auth.log"), |bytes| bytes[0] ^= 1);
    desk.git(&["commit", "-qam", "Damage"]).ok();
    let ran = desk.copy(&[]).code(2);
    assert!(ran.stderr.contains("has the digest") && ran.stderr.contains("casebook evidence verify"), "{}", ran.stderr);
    desk.is_untouched(1);
    desk.change(&format!("evidence/{ITEM}.sha256"), |bytes| bytes[0] ^= 1);
    desk.git(&["commit", "-qam", "More damage"]).ok();
    let ran = desk.copy(&["--without-bytes"]).code(2);
    assert!(ran.stderr.contains("is not the one that was registered"), "{}", ran.stderr);
    desk.is_untouched(1);
}

#[test]
fn control_c_leaves_all_or_nothing() {
    let desk = cited();
    // Large enough that it is being written when somebody loses patience.
    let size: u64 = 200 << 20;
    fs::File::create(desk.sources().join("disk.raw")).unwrap().set_len(size).unwrap();
    let digest = desk.sandbox.run("sha256sum", &desk.sources(), &["disk.raw"]).ok().stdout[..64].to_owned();
    let object = desk.sandbox.path("store").join(&digest[..2]).join(&digest[2..4]);
    fs::create_dir_all(&object).unwrap();
    fs::rename(desk.sources().join("disk.raw"), object.join(&digest)).unwrap();
    let list = format!("{digest}  {ITEM}/disk.raw\n");
    change_file(&desk.path(&format!("evidence/{ITEM}.toml")), |bytes| {
        let text = String::from_utf8_lossy(bytes).replace("storage = \"git\"", "storage = \"store\"");
        let old = text.lines().find(|line| line.starts_with("list")).unwrap().to_owned();
        *bytes =
            text.replace(&old, &format!("list = \"{}\"", casebook::values::Sha256::of(list.as_bytes()))).into_bytes();
    });
    fs::write(desk.path(&format!("evidence/{ITEM}.sha256")), list).unwrap();
    fs::remove_dir_all(desk.path(&format!("evidence/{ITEM}"))).unwrap();
    desk.commit("A disk image in a store");
    desk.git(&["config", "casebook.store", desk.sandbox.path("store").to_str().unwrap()]).ok();
    let mut command = desk.sandbox.command(crate::support::CASEBOOK, &desk.top);
    command.args(["evidence", "export", "--bag", "../bag", "--by", "bob", "--to", "Police"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_writing = || {
        let names = fs::read_dir(desk.sandbox.path("")).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".casebook-new-")).count() == 1
    };
    while !is_writing() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it began");
        std::thread::sleep(Duration::from_millis(1));
    }
    desk.sandbox.run("kill", &desk.top, &["-INT", &child.id().to_string()]).ok();
    let ended = child.wait().unwrap();
    assert!(ended.signal().is_none(), "it ends by itself");
    match ended.code() {
        Some(2) => desk.is_untouched(1),
        code => assert!(code == Some(0) && desk.bag().join("tagmanifest-sha256.txt").exists(), "{code:?}"),
    }
}
