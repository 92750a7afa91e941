//! The commands as a terminal shows them: `tests/cmd/*.md` are transcripts, each run in a case of its own.
//!
//! In a block of ```` ```console ```` a line `$ COMMAND` is given to `sh`; the lines after it are what it prints on
//! both outputs, with `[commit]` for the id of one; `[exit N]` stands where it does not end with 0. The first block may be ```` ```files ````: lines
//! `== PATH` each with the text of a file that is added to the sound case of tests/rules/base.
//! `UPDATE=1 cargo nextest run --test cmd` writes the outputs anew: read the difference before you commit it.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::{CASEBOOK, Sandbox, copy, ran, sound_case, tool};

fn transcripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd")
}

/// A case with what a new one has beside the files of the fixtures, committed.
fn case(sandbox: &Sandbox, files: &str) -> PathBuf {
    let case = sandbox.path("case");
    fs::create_dir(&case).unwrap();
    copy(&sound_case(), &case);
    fs::write(case.join(".gitattributes"), casebook_attributes()).unwrap();
    fs::write(case.join(".gitignore"), "/reports/\n").unwrap();
    for piece in files.split("== ").filter(|piece| !piece.trim().is_empty()) {
        let (path, text) = piece.split_once('\n').unwrap();
        let path = case.join(path.trim());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    sandbox.git(&case, &["init", "--quiet", "--initial-branch=main"]).ok();
    sandbox.git(&case, &["add", "--all"]).ok();
    sandbox.git(&case, &["commit", "--quiet", "--message=the case"]).ok();
    case
}

fn casebook_attributes() -> &'static str {
    "*.toml text eol=lf\n*.md text eol=lf\n\
     evidence/** -text -diff -merge -filter -ident -working-tree-encoding\nsignoffs/** -text\n"
}

/// Runs a command line and gives what a terminal would show, without what differs from run to run.
fn shown(sandbox: &Sandbox, case: &Path, line: &str) -> String {
    let programs = Path::new(CASEBOOK).parent().unwrap();
    let mut path = programs.as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let mut command = sandbox.command("sh", case);
    let run = ran(command.env("PATH", path).args(["-c", &format!("exec 2>&1\n{line}")]).output().unwrap());
    let commits = regex::Regex::new(r"\b(?:[0-9a-f]{40}|[0-9a-f]{12})\b").unwrap();
    let mut text = commits.replace_all(&run.stdout, "[commit]").into_owned();
    let folder = fs::canonicalize(sandbox.path("")).unwrap();
    text = text.replace(folder.to_str().unwrap(), "[sandbox]");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str("\n[no newline]\n");
    }
    if run.code != 0 {
        text.push_str(&format!("[exit {}]\n", run.code));
    }
    text
}

/// The transcript with every output as it is now.
fn replay(text: &str) -> String {
    let sandbox = Sandbox::new();
    let files = text.split_once("```files\n").and_then(|(_, rest)| rest.split_once("```\n")).map_or("", |(it, _)| it);
    let case = case(&sandbox, files);
    let mut out = String::new();
    let mut in_console = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line.starts_with("```") {
            in_console = line == "```console";
        }
        if let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) {
            while lines.next_if(|next| !next.starts_with("$ ") && *next != "```").is_some() {}
            out.push_str(&shown(&sandbox, &case, command));
        }
    }
    out
}

#[test]
fn the_commands_print_what_the_transcripts_say() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    let mut paths: Vec<PathBuf> = fs::read_dir(transcripts()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 5);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let now = replay(&text);
        if update {
            fs::write(&path, now).unwrap();
        } else if now != text {
            let difference = now.lines().zip(text.lines()).find(|(now, then)| now != then);
            wrong.push(format!("{}: first difference {difference:?}\n{now}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn nothing_hostile_reaches_the_terminal() {
    let sandbox = Sandbox::new();
    let hostile = "id = \"f-00000001\"\ntitle = \"\\u001b]0;owned\\u0007\\u001b[2J\\u202etxt.exe\\u009b31m\"\nstatus = \"draft\"\n\
                   type = \"observation\"\nauthors = [\"bob\"]\ntags = [\"x\\u001b[2J\"]\nassets = [\"a-00000009\"]\n\
                   summary = \"\\u001b[2J [[f-7q2k9dm4]] ![x](http://e.example/\\u001b[2J)\"\n[custom]\n\"k\\u001b[2J\" = \"\\u001b[2J\"\n";
    let case = case(&sandbox, &format!("== findings/f-00000001.toml\n{hostile}"));
    fs::write(case.join("notes.md"), "x").unwrap();
    for arguments in [
        &["list"][..],
        &["list", "--format", "json"],
        &["show", "f-0"],
        &["show", "f-0", "--format", "toml"],
        &["show", "f-0", "--format", "json"],
        &["show", "f-7"],
        &["show", "\u{1b}[2J"],
        &["search", "2J"],
        &["search", "owned"],
        &["status"],
        &["status", "--format", "json"],
        &["check"],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
        &["check", "--format", "github"],
        &["check", "--format", "gitlab"],
        &["check", "\u{1b}[2J"],
        &["explain", "\u{1b}[2J"],
    ] {
        let run = sandbox.casebook(&case, arguments);
        let bad = run.text().chars().find(|c| (c.is_control() && *c != '\n' && *c != '\t') || *c == '\u{202e}');
        assert_eq!(bad, None, "casebook {arguments:?}:\n{}", run.text());
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    let sandbox = Sandbox::new();
    let case = case(&sandbox, "");
    let escapes = |arguments: &[&str], no_color: bool| {
        let mut command = sandbox.command(CASEBOOK, &case);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        ran(command.args(arguments).output().unwrap()).text().contains('\u{1b}')
    };
    for command in ["list", "status", "check", "explain"] {
        assert!(!escapes(&[command], false), "{command} colours what no terminal shows");
        assert!(escapes(&[command, "--color", "always"], false), "{command} does not colour when asked to");
        assert!(!escapes(&[command], true), "{command} does not heed NO_COLOR");
    }
}

#[test]
fn every_shell_gets_completions() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let completions = sandbox.casebook(&sandbox.path("home"), &["completions", shell]).ok();
        for command in ["check", "status", "search", "explain"] {
            assert!(completions.stdout.contains(command), "{shell}: `{command}` is not completed");
        }
    }
    sandbox.casebook(&sandbox.path("home"), &["completions", "csh"]).code(2);
}

#[test]
fn sarif_is_what_its_standard_asks_for() {
    let Some(validator) = tool("check-jsonschema") else { return };
    let Some(schema) = tool("@microsoft/sarif-multitool-linux/sarif-2.1.0.json") else { return };
    let sandbox = Sandbox::new();
    let case = case(&sandbox, "== findings/f-00000001.toml\nid = \"f-7q2k9dm4\"\nassets = [1]\n== notes/no utf8.md\n");
    fs::write(case.join("notes/no utf8.md"), b"\xff").unwrap();
    let found = sandbox.casebook(&case, &["check", "--format", "sarif"]).code(1);
    let file = sandbox.path("result.sarif");
    fs::write(&file, &found.stdout).unwrap();
    sandbox.run(&validator, &case, &["--schemafile", schema.to_str().unwrap(), file.to_str().unwrap()]).ok();
    // Without errors the list of results is there, and empty.
    let other = Sandbox::new();
    let sound = self::case(&other, "");
    let sound = other.casebook(&sound, &["check", "--format", "sarif"]).ok();
    assert!(sound.stdout.contains("\"results\": []"), "{}", sound.stdout);
}

#[test]
fn gitlab_and_github_get_what_they_read() {
    let sandbox = Sandbox::new();
    let bad = "id = \"f-00000001\"\ntitle = \"x\"\nstatus = \"::error::x\"\ntype = \"guess\"\nauthors = []\nsummary = \"x\"\n";
    let case = case(&sandbox, &format!("== findings/f-00000001.toml\n{bad}"));
    let gitlab = sandbox.casebook(&case, &["check", "--format", "gitlab"]).code(1);
    let issues: Vec<serde_json::Value> = serde_json::from_str(&gitlab.stdout).unwrap();
    let prints: std::collections::BTreeSet<&str> =
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), issues.len(), "equal fingerprints are dropped");
    for issue in &issues {
        assert!(issue["location"]["lines"]["begin"].is_u64() && issue["location"]["path"].is_string());
    }
    let summary = sandbox.path("summary.md");
    let mut command = sandbox.command(CASEBOOK, &case);
    let github =
        ran(command.env("GITHUB_STEP_SUMMARY", &summary).args(["check", "--format", "github"]).output().unwrap());
    let github = github.code(1).stdout;
    let token = github.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
    let (inside, after) = github.split_once(&format!("\n::{token}::\n")).unwrap();
    assert!(inside.contains("::error::x"));
    assert!(
        after.lines().any(|line| line
            .starts_with("::error file=findings/f-00000001.toml,line=3,col=10,endColumn=22,title=bad-value::")),
        "{after}"
    );
    assert!(after.lines().all(|line| !line.starts_with("::error::x")), "{after}");
    assert!(fs::read_to_string(&summary).unwrap().starts_with("### casebook check: "));
}
