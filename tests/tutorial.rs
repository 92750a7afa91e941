//! Every console block of README.md and docs/*.md is run, and must print what the document says.
//!
//! In a block, a line that starts with `$ ` is a command for `sh`, lines that start with `> ` continue it, and the rest is
//! what it prints (both outputs), up to the next command. The blocks of a document run one after the other in one
//! sandbox; what a document was handed over lies in a folder beside. `...` on a line of its own stands for any lines. A last line `exit code 1` says how the command ends where
//! it is not 0. `UPDATE=1 cargo nextest run --test tutorial` writes the outputs anew where a block has no `...`.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use support::{CASEBOOK, Sandbox, ran, shared};

struct Command {
    text: String,
    expected: Vec<String>,
}

/// The commands of a console block, with what each prints.
fn commands(block: &str) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for line in block.lines() {
        if let Some(text) = line.strip_prefix("$ ") {
            commands.push(Command { text: text.to_owned(), expected: Vec::new() });
        } else if let Some(command) = commands.last_mut() {
            match line.strip_prefix("> ").or_else(|| (line == ">").then_some("")) {
                Some(more) if command.expected.is_empty() => {
                    command.text.push('\n');
                    command.text.push_str(more);
                }
                _ => command.expected.push(line.to_owned()),
            }
        }
    }
    commands
}

fn run(sandbox: &Sandbox, folder: &Path, command: &str) -> Vec<String> {
    let binaries = Path::new(CASEBOOK).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut shell = sandbox.command("sh", folder);
    shell.env("PATH", format!("{}:{path}", binaries.display()));
    // Both outputs into one pipe, in the order in which a terminal would show them.
    let ran = ran(shell.args(["-c", &format!("exec 2>&1\n{command}")]).output().unwrap());
    let home = sandbox.path("").display().to_string();
    let mut lines: Vec<String> =
        ran.stdout.replace(home.trim_end_matches('/'), "~").lines().map(|line| line.trim_end().to_owned()).collect();
    if ran.code != 0 {
        lines.push(format!("exit code {}", ran.code));
    }
    lines
}

/// Whether the printed lines are those expected, where `...` stands for any lines.
fn fits(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "..." => (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..])),
        Some((first, rest)) => printed.split_first().is_some_and(|(line, more)| line == first && fits(rest, more)),
    }
}

/// The keys of the people of the documents: those of the tests.
fn keys(sandbox: &Sandbox) {
    fs::create_dir(sandbox.path("home/.ssh")).unwrap();
    for name in ["bob", "bob.pub", "carol", "carol.pub"] {
        let key = sandbox.path("home/.ssh").join(name);
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/keys").join(name), &key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// Runs the document's blocks, with files that were handed over, and returns the document with what they print now, and what was wrong.
fn walk(document: &str, handed_over: &[PathBuf]) -> (String, Vec<String>) {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("work");
    fs::create_dir(&folder).unwrap();
    fs::write(
        sandbox.path("home/.gitconfig"),
        "[user]\n\tname = Bob Example\n\temail = bob@example.org\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n",
    )
    .unwrap();
    keys(&sandbox);
    for file in handed_over {
        let folder = folder.join("handed-over");
        fs::create_dir_all(&folder).unwrap();
        fs::copy(file, folder.join(file.file_name().unwrap())).unwrap();
    }
    let (mut out, mut wrong) = (String::new(), Vec::new());
    let mut current = folder;
    for (number, piece) in document.split("```").enumerate() {
        if number > 0 {
            out.push_str("```");
        }
        let Some(block) = piece.strip_prefix("console\n").filter(|_| number % 2 == 1) else {
            out.push_str(piece);
            continue;
        };
        out.push_str("console\n");
        for command in commands(block) {
            let shown = command.text.replace('\n', "\n> ");
            out.push_str(&format!("$ {shown}\n"));
            let printed = match command.text.strip_prefix("cd ") {
                Some(to) => {
                    current = current.join(to);
                    if current.is_dir() { Vec::new() } else { vec![format!("cd: there is no folder {to}")] }
                }
                None => run(&sandbox, &current, &command.text),
            };
            let keep = command.expected.iter().any(|line| line == "...") && fits(&command.expected, &printed);
            if !fits(&command.expected, &printed) {
                wrong.push(format!(
                    "$ {}\nprints:\n{}\n\nbut the document says:\n{}",
                    command.text,
                    printed.join("\n"),
                    command.expected.join("\n")
                ));
            }
            for line in if keep { &command.expected } else { &printed } {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    (out, wrong)
}

fn check(name: &str) {
    check_with(name, &[]);
}

fn check_with(name: &str, handed_over: &[PathBuf]) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let document = fs::read_to_string(&path).unwrap();
    let (now, wrong) = walk(&document, handed_over);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, now).unwrap();
        return;
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n\n"));
}

#[test]
fn the_notices_do_what_they_say() {
    check("docs/notices.md");
}

#[test]
fn the_numbers_are_what_they_say() {
    check("docs/monitoring.md");
}

#[test]
fn the_duties_are_due_when_they_say() {
    check("docs/duties.md");
}

#[test]
fn what_is_said_of_templates_is_so() {
    check("docs/templates.md");
}

#[test]
fn what_is_said_of_three_sources_is_so() {
    let zeek = |name: &str| shared(&format!("zeek-wrccdc-2018/zeek-default/{name}.log.gz"));
    let alerts = "suricata-sample-data/samples/wrccdc-2018/alerts-only.json";
    let logons = "elastic-examples/Machine Learning/Security Analytics Recipes/suspicious_login_activity/data/auth.log";
    let handed_over: Option<Vec<PathBuf>> =
        [zeek("ssh"), zeek("software"), shared(alerts), shared(logons)].into_iter().collect();
    if let Some(files) = handed_over {
        check_with("docs/timeline.md", &files);
    }
}

#[test]
fn the_readme_prints_what_it_says() {
    check("README.md");
}

#[test]
fn the_tutorial_prints_what_it_says() {
    check("docs/tutorial.md");
}
