//! Derived evidence with the tools of every system: what is run, what is registered of it, and whether it can be done again.

#![allow(clippy::unwrap_used)]

mod support;

use casebook::model::{Body, Evidence};
use casebook::scaffold::format::format;
use casebook::values::Kind;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::{CASEBOOK, Desk, Ran, ran};

/// The item of the sound case: `auth.log` and `web/access.log`.
const ITEM: &str = "x-7q2k9dm4";
const AUTH: &str = "evidence/x-7q2k9dm4/auth.log";

impl Desk {
    /// `evidence run` on the item.
    fn run(&self, arguments: &[&str]) -> Ran {
        self.casebook(&[&["evidence", "run", "--by", "bob", "--input", ITEM], arguments].concat())
    }

    /// Runs a command whose output is registered; gives the id of the new item.
    #[track_caller]
    fn made(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments).ok();
        let line = ran.stdout.lines().find(|line| line.starts_with("registered")).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    }

    fn rerun(&self, arguments: &[&str]) -> Ran {
        self.casebook(&[&["evidence", "rerun"], arguments].concat())
    }

    fn record(&self, item: &str) -> Evidence {
        let tree = casebook::disk::DiskTree::new(&self.top);
        let (case, _) = casebook::load::load(&tree, &mut casebook::load::NoMemory).unwrap();
        case.evidence().find(|(entry, _)| entry.id().to_string() == item).unwrap().1.clone()
    }

    /// What lies in the folder where commands run.
    fn left_over(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.path(".git/casebook/runs")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.file_name().unwrap() != "gate").collect()
    }

    /// The names in `evidence/` and `custody/`.
    fn state(&self) -> Vec<String> {
        let mut names: Vec<String> = ["evidence", "custody", "."]
            .iter()
            .flat_map(|folder| fs::read_dir(self.path(folder)).unwrap())
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Runs what must register nothing and leave nothing behind.
    #[track_caller]
    fn refuses(&self, code: i32, said: &str, arguments: &[&str]) -> Ran {
        let before = self.state();
        let ran = self.run(arguments).code(code);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert_eq!(self.state(), before);
        assert_eq!(self.left_over(), Vec::<PathBuf>::new());
        ran
    }
}

#[test]
fn what_a_tool_writes_is_registered_with_all_that_made_it() {
    let desk = Desk::new();
    let options =
        ["--output", "sorted/auth.log", "--stdout", "sums.txt", "--version-command", "--reason", "to compare"];
    let script = "mkdir sorted scratch && sort -r \"$0/auth.log\" >sorted/auth.log && cp sorted/auth.log scratch && sha256sum sorted/auth.log";
    let item = desk.made(&[&options[..], &["--", "bash", "-c", script, "{./input}"]].concat());
    desk.commit("Sorted");
    desk.casebook(&["check", "--rev", "HEAD"]).ok();
    desk.casebook(&["evidence", "verify", &item]).ok();
    let sorted = desk.read(&format!("evidence/{item}/sorted/auth.log"));
    assert!(sorted.starts_with("Mar  1 02:31:12"), "{sorted}");
    let sums = desk.read(&format!("evidence/{item}/sums.txt"));
    assert!(sums.contains(&casebook::values::Sha256::of(sorted.as_bytes()).to_string()), "{sums}");
    let record = desk.record(&item);
    assert_eq!(record.files, 2, "the scratch folder is not an output");
    assert_eq!((record.kind.word(), record.title.as_str()), ("tool-output", "Output of bash on “Logs of mail01”"));
    let made = record.derived_from.unwrap();
    assert_eq!(made.tool.as_str(), "bash");
    assert!(made.version.unwrap().as_str().starts_with("GNU bash, version"), "the first line of its answer");
    assert_eq!((made.exit_status, made.started, made.ended), (Some(0), made.ended, made.started));
    assert_eq!(made.started.unwrap().to_toml(), "2026-03-05T12:00:00Z");
    let list = casebook::values::Sha256::of(desk.read("evidence/x-7q2k9dm4.sha256").as_bytes());
    assert_eq!((made.seen[0].item.0.to_string().as_str(), made.seen[0].digest.0), (ITEM, list));
    let words = shlex::split(made.command.unwrap().as_str()).unwrap();
    assert_eq!(words, ["bash", "-c", script, "{./x-7q2k9dm4}"], "it reads back to what was typed");
    assert_eq!(made.stdout.unwrap().as_str(), "sums.txt");
    let text = desk.read(&format!("evidence/{item}.toml"));
    assert_eq!(format(&text, &Body::table(Kind::Evidence)).unwrap(), text);
    assert_eq!(desk.left_over(), Vec::<PathBuf>::new());
}

#[test]
fn an_output_can_be_everything_and_have_any_name() {
    let desk = Desk::new();
    let script = "import sys; [open(name, 'w').write(name) for name in ('a:b', 'CON', 'plain')]";
    let item = desk.made(&[
        "--output",
        ".",
        "--tool",
        "names",
        "--tool-version",
        "3",
        "--",
        "python3",
        "-c",
        script,
        "{input}",
    ]);
    let record = desk.record(&item);
    assert_eq!((record.files, record.renamed.len()), (3, 2));
    let made = record.derived_from.unwrap();
    assert_eq!((made.tool.as_str(), made.version.unwrap().as_str()), ("names", "3"));
    let ran = desk.rerun(&[&item, "--", "python3", "-c", script, "{input}"]).ok();
    assert!(ran.stdout.contains("3 files the same"), "{}", ran.stdout);
}

#[test]
fn the_output_of_one_tool_is_the_input_of_the_next() {
    let desk = Desk::new();
    let first = desk.made(&["--stdout", "failed.txt", "--", "grep", "Failed", "{input}/auth.log"]);
    let folder = format!("{{{first}}}/failed.txt");
    let second =
        desk.made(&["--input", &first, "--stdout", "both.txt", "--", "sha256sum", &folder, "{./x-7q}/web/access.log"]);
    desk.commit("Two");
    desk.casebook(&["check", "--rev", "HEAD"]).ok();
    assert_eq!(desk.record(&second).derived_from.unwrap().seen.len(), 2);
}

#[test]
fn a_command_that_fails_registers_nothing_unless_that_is_wanted() {
    let desk = Desk::new();
    let arguments = ["--stdout", "none.txt", "--", "grep", "nobody wrote this", "{input}/auth.log"];
    desk.refuses(1, "exit status 1", &arguments);
    desk.refuses(1, "exit status 3", &["--output", "x", "--", "sh", "-c", "touch x; exit 3", "{input}"]);
    let item = desk.made(&[&["--any-exit-status"][..], &arguments].concat());
    assert_eq!(desk.record(&item).derived_from.unwrap().exit_status, Some(1));
    desk.rerun(&[&item, "--", "grep", "nobody wrote this", "{input}/auth.log"]).ok();
}

#[test]
fn what_cannot_be_run_or_kept_is_said() {
    let desk = Desk::new();
    desk.refuses(2, "cannot start `no-such-tool`", &["--output", "x", "--", "no-such-tool", "{input}"]);
    desk.refuses(2, "ended by a signal", &["--output", "x", "--", "sh", "-c", "touch x; kill -9 $$", "{input}"]);
    desk.refuses(1, "has not written `hits.csv`", &["--output", "hits.csv", "--", "true", "{input}"]);
    desk.refuses(2, "is a symbolic link", &["--output", "x", "--", "ln", "-s", "{input}/auth.log", "x"]);
    desk.refuses(2, "is not a path inside", &["--output", "../x", "--", "true", "{input}"]);
    desk.refuses(2, "names the input", &["--output", "x", "--", "touch", "x"]);
    desk.refuses(2, "stands for no input", &["--output", "x", "--", "touch", "{x-9}"]);
    desk.refuses(2, "never run", &["--output", "x", "--", "{input}/auth.log"]);
    desk.refuses(2, "a folder that is empty", &["--output", "x", "--", "./tool", "{input}"]);
    desk.refuses(2, "more than one line", &["--output", "x", "--", "sh", "-c", "touch x\n", "{input}"]);
    // `cp` writes bytes that are registered.
    desk.refuses(2, "are evidence already", &["--output", "x", "--", "cp", "{input}/auth.log", "x"]);
    desk.run(&["--output", "x", "--again", "--", "cp", "{input}/auth.log", "x"]).ok();
    // A physical exhibit has no folder.
    let exhibit = desk.casebook(&["evidence", "add", "--exhibit", "--title", "Laptop", "--by", "bob"]).ok().stdout;
    let exhibit = exhibit.split_whitespace().nth(1).unwrap();
    let arguments = ["evidence", "run", "--by", "bob", "--input", exhibit, "--output", "x", "--", "ls", "{input}"];
    let ran = desk.casebook(&arguments).code(2);
    assert!(ran.stderr.contains("has no files"), "{}", ran.stderr);
}

#[test]
fn a_tool_that_writes_into_its_input_is_told() {
    for script in ["echo more >>$0/auth.log; touch x", "touch $0/new.db-journal x", "rm $0/web/access.log; touch x"] {
        let desk = Desk::new();
        let ran = desk.refuses(1, "are not any more", &["--output", "x", "--", "sh", "-c", script, "{input}"]);
        assert!(ran.stderr.contains("[evidence-"), "{}", ran.stderr);
    }
}

#[test]
fn inputs_that_are_not_what_was_registered_are_not_read() {
    let desk = Desk::new();
    fs::write(desk.path(AUTH), "changed\n").unwrap();
    let marker = desk.sandbox.path("marker");
    let script = format!("touch {} x", marker.display());
    let ran = desk.refuses(1, "the command was not run", &["--output", "x", "--", "sh", "-c", &script, "{input}"]);
    assert!(ran.stderr.contains("evidence-altered") && ran.stderr.contains(AUTH), "{}", ran.stderr);
    assert!(!marker.exists());
}

#[test]
fn inputs_whose_files_are_elsewhere_are_named_with_what_brings_them() {
    let desk = Desk::new();
    let item = desk.made(&["--stdout", "sorted.txt", "--", "sort", "-r", "{input}/auth.log"]);
    let event = format!(
        "id = \"c-00000001\"\nitem = \"{ITEM}\"\nat = 2026-03-05T11:00:00Z\nby = \"bob\"\naction = \"transferred\"\nstorage = \"store\"\n"
    );
    fs::write(desk.path("custody/c-00000001.toml"), event).unwrap();
    fs::remove_dir_all(desk.path("evidence/x-7q2k9dm4")).unwrap();
    let ran = desk.refuses(2, "2 files of the input", &["--stdout", "x", "--", "sort", "-r", "{input}/auth.log"]);
    assert!(ran.stderr.contains("casebook evidence fetch x-7q2k9dm4"), "{}", ran.stderr);
    let ran = desk.rerun(&[&item, "--", "sort", "-r", "{input}/auth.log"]).code(2);
    assert!(ran.stderr.contains("casebook evidence materialise x-7q2k9dm4"), "{}", ran.stderr);
}

#[test]
fn a_command_sees_nothing_of_the_hook_that_runs_it_and_reads_no_terminal() {
    let desk = Desk::new();
    let mut command = desk.sandbox.command(CASEBOOK, &desk.top);
    command.args(["evidence", "run", "--by", "bob", "--input", ITEM, "--stdout", "seen.txt", "--"]);
    command.args(["sh", "-c", "echo index=$GIT_INDEX_FILE; cat; pwd; ls -A", "{input}"]);
    command.env("GIT_INDEX_FILE", desk.path(".git/index")).stdin(Stdio::piped());
    let ran = ran(command.output().unwrap()).ok();
    let item = ran.stdout.split_whitespace().nth(1).unwrap().to_owned();
    let seen = desk.read(&format!("evidence/{item}/seen.txt"));
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!((lines[0], lines[2], lines.len()), ("index=", "seen.txt", 3), "{seen}");
    assert!(lines[1].contains("/.git/casebook/runs/"), "{seen}");
}

#[test]
fn a_rerun_compares_file_by_file_and_keeps_what_it_wrote() {
    let desk = Desk::new();
    let moods = desk.sandbox.path("moods");
    fs::create_dir(&moods).unwrap();
    // A tool whose output depends on the world: on which files are in a folder outside of the case.
    let script = format!(
        "mkdir o; echo a >o/a; echo b >o/b; cp {}/* o/ 2>/dev/null; [ ! -e o/gone ] || {{ rm o/b; exit 4; }}",
        moods.display()
    );
    let command = ["--", "sh", "-c", &script, "{input}"];
    let item = desk.made(&[&["--output", "o"][..], &command].concat());
    desk.rerun(&[&[item.as_str()][..], &command].concat()).ok();
    for (name, content) in [("a", "other"), ("gone", ""), ("c", "c")] {
        fs::write(moods.join(name), content).unwrap();
    }
    let before = desk.state();
    let kept = desk.sandbox.path("kept");
    let options = [item.as_str(), "--format", "json", "--keep", kept.to_str().unwrap()];
    let ran = desk.rerun(&[&options[..], &command].concat()).code(1);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let files: Vec<(&str, &str)> = value["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["state"].as_str().unwrap()))
        .collect();
    assert_eq!(files, [("o/a", "differs"), ("o/b", "missing"), ("o/c", "new"), ("o/gone", "new")]);
    assert_eq!((&value["registered_exit_status"], &value["exit_status"]), (&0.into(), &4.into()));
    assert_eq!(fs::read_to_string(kept.join("o/a")).unwrap(), "other");
    let ran = desk.rerun(&[&options[..], &command].concat()).code(2);
    assert!(ran.stderr.contains("is there already"), "{}", ran.stderr);
    let ran = desk.rerun(&[&[item.as_str()][..], &command].concat()).code(1);
    assert!(
        ran.stdout.contains("differs  o/a") && ran.stdout.contains("0 files the same, 1 differs"),
        "{}",
        ran.stdout
    );
    assert_eq!((desk.state(), desk.left_over()), (before, Vec::new()));
}

#[test]
fn a_command_of_a_case_runs_only_when_somebody_types_it() {
    let desk = Desk::new();
    let marker = desk.sandbox.path("marker");
    let script = format!("touch {} x", marker.display());
    let item = desk.made(&["--output", "x", "--", "sh", "-c", &script, "{input}"]);
    fs::remove_file(&marker).unwrap();
    let ran = desk.rerun(&[&item]).code(2);
    assert!(
        ran.stderr.contains("no terminal") && ran.stderr.contains("touch") && ran.stderr.contains("sha256:"),
        "{}",
        ran.stderr
    );
    desk.rerun(&[&item, "--", "sh", "-c", "touch x", "{input}"]).code(2);
    assert!(!marker.exists());
    // At a terminal it is asked for.
    for (answer, code) in [("no\n", 2), ("y\n", 2), ("\n", 2), ("yes\n", 0)] {
        let ran = at_terminal(&desk, &format!("'{CASEBOOK}' evidence rerun {item}"), answer);
        assert_eq!((ran.code, marker.exists()), (code, code == 0), "{answer:?}: {}", ran.text());
        assert!(ran.stdout.contains("type `yes` to run it"), "{}", ran.text());
    }
}

/// Runs a command line at a terminal of its own, where somebody types an answer.
fn at_terminal(desk: &Desk, line: &str, answer: &str) -> Ran {
    use std::io::Write;
    let mut command = desk.sandbox.command("script", &desk.top);
    command.args(["--quiet", "--return", "--echo", "never", "--command", line, "/dev/null"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
    ran(child.wait_with_output().unwrap())
}

#[test]
fn a_recorded_command_cannot_reach_out_of_its_folder_or_hide() {
    let desk = Desk::new();
    let item = desk.made(&["--stdout", "x.txt", "--", "echo", "{./input}"]);
    let record = desk.read(&format!("evidence/{item}.toml"));
    let with = |from: &str, to: &str| {
        let changed = record.replace(from, to);
        assert_ne!(changed, record);
        fs::write(desk.path(&format!("evidence/{item}.toml")), changed).unwrap();
    };
    with("stdout = \"x.txt\"", "stdout = \"../../../../hooks/pre-commit\"");
    let ran = desk.rerun(&[&item, "--", "echo", "{./input}"]).code(2);
    assert!(ran.stderr.contains("not a path inside"), "{}", ran.stderr);
    // What is shown is quoted anew: who pastes it into a shell runs nothing else.
    with("command = \"echo", "command = \"echo ; touch pasted; echo \\u001b[2K");
    let ran = desk.rerun(&[&item]).code(2);
    assert!(ran.stderr.contains("control character"), "{}", ran.stderr);
    with("command = \"echo", "command = \"echo ; touch pasted; echo");
    let ran = desk.rerun(&[&item]).code(2);
    assert!(ran.stderr.contains("echo ';' touch 'pasted;' echo '{./x-7q2k9dm4}'"), "{}", ran.stderr);
    with("command = \"echo '{./x-7q2k9dm4}'\"", "command = \"'{./x-7q2k9dm4}/auth.log'\"");
    let ran = desk.rerun(&[&item]).code(2);
    assert!(ran.stderr.contains("never run as a program"), "{}", ran.stderr);
    assert!(!desk.path(".git/hooks/pre-commit").exists());
}

#[test]
fn what_was_not_made_by_a_run_is_not_run_again() {
    let desk = Desk::new();
    fs::write(desk.sandbox.path("hits.csv"), "hits\n").unwrap();
    let hits = desk.sandbox.path("hits.csv");
    let ran = desk
        .casebook(&[
            "evidence",
            "add",
            hits.to_str().unwrap(),
            "--title",
            "Hits",
            "--by",
            "bob",
            "--derived-from",
            ITEM,
            "--tool",
            "chainsaw",
            "--command",
            "touch here",
        ])
        .ok();
    let item = ran.stdout.split_whitespace().nth(1).unwrap();
    assert_eq!(desk.record(item).derived_from.unwrap().seen.len(), 1, "what is registered of the input is noted");
    let ran = desk.rerun(&[item, "--", "touch", "here"]).code(2);
    assert!(ran.stderr.contains("was not made by"), "{}", ran.stderr);
    desk.rerun(&[ITEM]).code(2);
    desk.rerun(&["f-7q2k9dm4"]).code(2);
}

#[test]
fn an_item_whose_list_was_changed_is_not_compared() {
    let desk = Desk::new();
    let item = desk.made(&["--stdout", "x.txt", "--", "sort", "-r", "{input}/auth.log"]);
    let list = format!("evidence/{item}.sha256");
    fs::write(desk.path(&list), desk.read(&list).replace(|c: char| c.is_ascii_digit(), "0")).unwrap();
    let ran = desk.rerun(&[&item, "--", "sort", "-r", "{input}/auth.log"]).code(2);
    assert!(ran.stderr.contains("not the list that was registered"), "{}", ran.stderr);
}

/// Starts a run that does not end, and waits until its command has begun.
fn endless(desk: &Desk, script: &str) -> std::process::Child {
    let before = desk.left_over();
    let mut command = desk.sandbox.command(CASEBOOK, &desk.top);
    command.args([
        "evidence", "run", "--by", "bob", "--input", ITEM, "--output", "x", "--", "sh", "-c", script, "{input}",
    ]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let is_new = |run: &PathBuf| !before.contains(run) && run.join("files/x").exists();
    wait_for(|| desk.left_over().iter().any(is_new));
    child
}

fn wait_for(happened: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !happened() {
        assert!(Instant::now() < end, "it does not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn signal(desk: &Desk, name: &str, process: u32) {
    desk.sandbox.run("sh", &desk.top, &["-c", "kill -$0 $1", name, &process.to_string()]).ok();
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    let desk = Desk::new();
    let before = desk.state();
    for (name, script) in
        [("INT", "touch x; exec sleep 600"), ("TERM", "trap '' INT TERM; touch x; while :; do sleep 1; done")]
    {
        let child = endless(&desk, script);
        signal(&desk, name, child.id());
        let ran = ran(child.wait_with_output().unwrap()).code(2);
        assert!(ran.stderr.contains("interrupted"), "{}", ran.stderr);
        assert_eq!((desk.state(), desk.left_over()), (before.clone(), Vec::new()));
    }
}

#[test]
fn what_a_killed_run_leaves_is_removed_by_the_next_one_and_a_running_one_is_left_alone() {
    let desk = Desk::new();
    let before = desk.state();
    let mut killed = endless(&desk, "touch x; exec sleep 2");
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(desk.left_over().len(), 1);
    assert_eq!(desk.state(), before);
    let running = endless(&desk, "touch x; while [ ! -e go ]; do sleep 0.05; done; echo done >x");
    let folder = desk.left_over();
    assert_eq!(folder.len(), 1, "that of the killed one is gone");
    desk.made(&["--stdout", "sorted.txt", "--", "sort", "-r", "{input}/auth.log"]);
    assert_eq!(desk.left_over(), folder);
    fs::write(folder[0].join("files/go"), "").unwrap();
    assert!(ran(running.wait_with_output().unwrap()).ok().stderr.is_empty());
    assert_eq!(desk.left_over(), Vec::<PathBuf>::new());
}

#[test]
fn a_tool_that_leaves_folders_it_may_not_write_or_much_behind_is_no_trouble() {
    let desk = Desk::new();
    let script = "mkdir -p deep/a/b; for n in $(seq 50); do echo $n >deep/a/b/$n; done; chmod -R a-w deep; echo x >x";
    desk.made(&["--output", "x", "--", "sh", "-c", script, "{input}"]);
    assert!(Path::new(&desk.top).exists());
}
