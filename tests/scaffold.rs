//! New cases from every template, new entries, edits and the canonical form, as people use them: with the program,
//! real Git and its messages.

#![allow(clippy::unwrap_used)]

mod support;

use casebook::model::schema;
use casebook::scaffold::{format, template};
use casebook::values::TreePath;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::{CASEBOOK, Ran, Sandbox, ran};

fn names() -> Vec<String> {
    template::templates().into_iter().map(|template| template.name).collect()
}

/// The ids of the entries of a folder on the disk.
fn ids(case: &Path, folder: &str) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(case.join(folder)) else { return BTreeSet::new() };
    entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// What is in a folder, so that a test sees what was left behind.
fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A new case without playbook whose roster has Bob, who works in the sandbox.
fn open(sandbox: &Sandbox) -> PathBuf {
    sandbox.casebook(&sandbox.path(""), &["init", "case", "--commit"]).ok();
    sandbox.path("case")
}

fn new(sandbox: &Sandbox, case: &Path, arguments: &[&str]) -> String {
    let made = sandbox.casebook(case, &[&["new"], arguments].concat()).ok();
    made.stdout.trim_end().to_owned()
}

/// Whether `check` said that the case is sound, and nothing more.
fn is_silent(check: &Ran) -> bool {
    check.stdout.starts_with("sound: ") && check.stdout.lines().count() == 1 && check.stderr.is_empty()
}

/// Without a name and an address in Git's variables and configuration.
fn nobody(sandbox: &Sandbox, folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = sandbox.command(CASEBOOK, folder);
    for variable in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
        command.env_remove(variable);
    }
    command
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "user.useConfigOnly")
        .env("GIT_CONFIG_VALUE_0", "true");
    ran(command.args(arguments).output().unwrap())
}

#[test]
fn every_template_is_sound_and_canonical_as_it_is() {
    let sandbox = Sandbox::new();
    for name in names() {
        let folder = sandbox.path(&name);
        for (path, text) in template::files(&name).unwrap() {
            if let Some(table) = schema::table_of_path(&TreePath::from(path.as_str())) {
                assert_eq!(format(&text, &table).unwrap(), text, "case-template/{name}: {path} is not canonical");
            }
            fs::create_dir_all(folder.join(&path).parent().unwrap()).unwrap();
            fs::write(folder.join(&path), text).unwrap();
        }
        sandbox.git(&folder, &["init", "--quiet"]).ok();
        let check = sandbox.casebook(&folder, &["check"]).code(1);
        // A template knows nobody; whoever opens a case is the first in its roster.
        assert!(check.stdout.contains("the roster names nobody"), "{name}: {}", check.stdout);
        assert!(check.stdout.contains("\n1 error in 1 file"), "{name}: {}", check.stdout);
    }
}

#[test]
fn the_templates_in_the_program_are_those_on_the_disk() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("case-template");
    let on_disk =
        walkdir::WalkDir::new(&folder).into_iter().filter(|entry| entry.as_ref().unwrap().file_type().is_file());
    let built_in: usize = names().iter().map(|name| template::files(name).unwrap().len()).sum();
    let base = template::files("base").unwrap().len();
    // Each playbook counts the base's files with its own, less those that it replaces: case.toml, policy.toml, README.md.
    let playbooks = names().len() - 1;
    assert_eq!(on_disk.count() - 1, built_in - playbooks * (base - 3), "build again: `touch src/scaffold/template.rs`");
}

#[test]
fn every_playbook_has_what_a_response_needs() {
    for name in names().iter().filter(|name| *name != template::BASE) {
        let files = template::files(name).unwrap();
        let of = |folder: &str| files.iter().filter(|(path, _)| path.starts_with(folder)).collect::<Vec<_>>();
        let actions = of("actions/");
        assert!((10..=18).contains(&actions.len()), "{name}: {} actions", actions.len());
        assert!((3..=6).contains(&of("decisions/").len()), "{name}");
        for phase in ["investigate", "contain", "recover", "duty", "recommend"] {
            let has = actions.iter().any(|(_, text)| text.contains(&format!("phase = \"{phase}\"")));
            assert!(has, "{name} has no action of the phase {phase}");
        }
        let policy: toml::Table = files["policy.toml"].parse().unwrap();
        for duty in policy["duties"].as_array().unwrap() {
            let line = format!("duty = {}", duty["handle"]);
            assert!(actions.iter().any(|(_, text)| text.contains(&line)), "{name}: no action does {line}");
        }
        for (path, text) in actions {
            assert!(text.contains("\nDone when "), "{name}: {path} does not say when it is done");
            assert!(text.contains("\nowner = ") && text.contains("\npriority = "), "{name}: {path}");
        }
        assert!(files["README.md"].contains("### Sources"), "{name}");
    }
}

#[test]
fn every_template_opens_a_case_that_is_sound_and_committed() {
    let sandbox = Sandbox::new();
    for name in names() {
        let made = sandbox.casebook(&sandbox.path(""), &["init", &name, "--template", &name, "--commit"]).ok();
        assert!(made.stdout.contains("The first commit is made."), "{}", made.stdout);
        let case = sandbox.path(&name);
        let check = sandbox.casebook(&case, &["check"]).ok();
        assert!(is_silent(&check), "{name}: {}", check.text());
        assert_eq!(sandbox.casebook(&case, &["fmt", "--check"]).ok().stdout, "");
        assert_eq!(sandbox.git(&case, &["status", "--porcelain"]).ok().stdout, "");
        assert_eq!(sandbox.git(&case, &["branch", "--show-current"]).ok().stdout, "main\n");
        assert_eq!(listing(&case.join("schemas")).len(), schema::names().len());
        assert!(case.join(".git/hooks/pre-commit").exists(), "{name}: no hooks");
    }
}

#[test]
fn each_case_has_ids_of_its_own_and_they_agree() {
    let sandbox = Sandbox::new();
    for name in ["one", "two"] {
        sandbox.casebook(&sandbox.path(""), &["init", name, "-t", "ransomware", "--no-hooks"]).ok();
    }
    let (one, two) = (ids(&sandbox.path("one"), "actions"), ids(&sandbox.path("two"), "actions"));
    assert_eq!(one.len(), two.len());
    assert!(one.is_disjoint(&two));
    let old = template::files("ransomware").unwrap();
    for path in old.keys().filter(|path| path.starts_with("actions/") || path.starts_with("decisions/")) {
        let id = TreePath::from(path.as_str()).stem().to_owned();
        let kept = sandbox.run("grep", &sandbox.path("one"), &["-rl", "--exclude-dir=.git", &id, "."]);
        assert_eq!(kept.stdout, "", "{id} is still there");
    }
    assert!(!sandbox.path("one").join(".git/hooks/pre-commit").exists());
}

#[test]
fn what_is_known_at_the_start_is_in_the_case() {
    let sandbox = Sandbox::new();
    let made = sandbox
        .casebook(
            &sandbox.path(""),
            &[
                "init",
                "it's a case",
                "--id",
                "IR 7 \"x\"",
                "--title",
                "Mail \"server\"",
                "--severity",
                "critical",
                "--tlp",
                "red",
                "--lead",
                "carol",
                "--detected",
                "2026-03-01T10:15:00+01:00",
                "--commit",
            ],
        )
        .ok();
    assert!(made.stdout.contains(r"cd 'it'\''s a case'"), "{}", made.stdout);
    let case = sandbox.path("it's a case");
    let record: toml::Table = fs::read_to_string(case.join("case.toml")).unwrap().parse().unwrap();
    assert_eq!(record["id"].as_str(), Some("IR 7 \"x\""));
    assert_eq!(record["title"].as_str(), Some("Mail \"server\""));
    assert_eq!((record["severity"].as_str(), record["tlp"].as_str()), (Some("critical"), Some("red")));
    assert_eq!(record["lead"].as_str(), Some("carol"));
    assert_eq!(record["milestones"]["detected"].to_string(), "2026-03-01T10:15:00+01:00");
    let team: toml::Table = fs::read_to_string(case.join("team.toml")).unwrap().parse().unwrap();
    let people: Vec<_> =
        team["people"].as_array().unwrap().iter().map(|person| person["handle"].as_str().unwrap()).collect();
    assert_eq!(people, ["bob", "carol"]);
    let check = sandbox.casebook(&case, &["check"]).ok();
    assert!(is_silent(&check), "{}", check.text());
    assert_eq!(sandbox.git(&case, &["log", "--format=%s"]).ok().stdout, "Open case IR 7 \"x\"\n");
}

#[test]
fn without_a_commit_the_command_for_it_is_printed_and_works() {
    let sandbox = Sandbox::new();
    let made = sandbox.casebook(&sandbox.path(""), &["init", "case", "--id", "it's"]).ok();
    let line = made.stdout.lines().find(|line| line.contains("git commit")).unwrap().trim();
    sandbox.run("sh", &sandbox.path("case"), &["-c", line]).ok();
    assert_eq!(sandbox.git(&sandbox.path("case"), &["log", "--format=%s"]).ok().stdout, "Open case it's\n");
}

#[test]
fn a_case_is_opened_where_nobody_is_known() {
    let sandbox = Sandbox::new();
    let made = nobody(&sandbox, &sandbox.path(""), &["init", "case"]).ok();
    assert!(made.stdout.contains("git config --global user.name"), "{}", made.stdout);
    let check = sandbox.casebook(&sandbox.path("case"), &["check"]).code(1);
    assert!(
        check.stdout.contains("the roster names nobody") && check.stdout.contains("\n1 error in 1 file"),
        "{}",
        check.stdout
    );
    let staged = sandbox.casebook(&sandbox.path("case"), &["check", "--staged"]).code(2);
    assert!(staged.stderr.contains("`case.toml` is not staged"), "{}", staged.stderr);
    let typed = check.stdout.split('`').find(|text| text.starts_with("casebook set team")).unwrap();
    let typed = typed.replacen("casebook", &format!("'{CASEBOOK}'"), 1);
    let refused = nobody(&sandbox, &sandbox.path("case"), &["new", "finding", "x"]).code(2);
    sandbox.run("sh", &sandbox.path("case"), &["-c", &typed]).ok();
    assert!(is_silent(&sandbox.casebook(&sandbox.path("case"), &["check"])));
    assert!(refused.stderr.contains("Git does not know who you are"), "{}", refused.stderr);
    assert!(refused.stderr.contains("--set authors=HANDLE"), "{}", refused.stderr);
    let failed = nobody(&sandbox, &sandbox.path(""), &["init", "second", "--commit"]).code(2);
    assert!(failed.stderr.contains("the case is there, but `git commit` ended with"), "{}", failed.stderr);
    assert!(sandbox.path("second/case.toml").exists());
}

#[test]
fn an_empty_folder_and_a_clone_without_commits_are_used() {
    let sandbox = Sandbox::new();
    let empty = sandbox.path("empty");
    fs::create_dir(&empty).unwrap();
    let made = sandbox.casebook(&empty, &["init", "--commit"]).ok();
    assert!(made.stdout.contains("is in this folder"), "{}", made.stdout);
    sandbox.git(&sandbox.path(""), &["init", "--quiet", "--bare", "origin.git"]).ok();
    sandbox.git(&sandbox.path(""), &["clone", "--quiet", "origin.git", "clone"]).ok();
    sandbox.casebook(&sandbox.path(""), &["init", "clone", "--commit"]).ok();
    let clone = sandbox.path("clone");
    assert!(sandbox.git(&clone, &["remote", "-v"]).ok().stdout.contains("origin.git"));
    sandbox.casebook(&clone, &["check"]).ok();
    assert!(clone.join(".git/hooks/pre-commit").exists());
}

#[test]
fn what_is_in_the_way_is_named_and_nothing_is_left_behind() {
    let sandbox = Sandbox::new();
    let top = sandbox.path("");
    fs::create_dir(sandbox.path("full")).unwrap();
    fs::write(sandbox.path("full/file"), "x").unwrap();
    fs::write(sandbox.path("a file"), "x").unwrap();
    open(&sandbox);
    let before = listing(&top);
    for (arguments, message, help) in [
        (&["init", "full"][..], "is not empty", "casebook init PATH"),
        (&["init", "case"], "is a case already", "casebook status"),
        (&["init", "case/inner"], "is inside the Git repository", "a folder outside"),
        (&["init", "not/there"], "not", "mkdir -p"),
        (&["init", "a file"], "a file", "casebook init PATH"),
        (&["init", "x", "--template", "ransom-ware"], "there is no template", "did you mean `--template ransomware`?"),
        (&["init", "x", "--id", ""], "--id: this text is empty", ""),
    ] {
        let refused = sandbox.casebook(&top, arguments).code(2);
        assert!(refused.stderr.contains(message), "{arguments:?}: {}", refused.stderr);
        assert!(refused.stderr.contains(help), "{arguments:?}: {}", refused.stderr);
        assert_eq!(listing(&top), before, "{arguments:?}");
    }
    assert_eq!(listing(&sandbox.path("full")), ["file"]);
    let severity = sandbox.casebook(&top, &["init", "x", "--severity", "hgh"]).code(2);
    assert!(severity.stderr.contains("`hgh` is not a severity"), "{}", severity.stderr);
}

#[test]
fn a_case_may_lie_where_another_repository_ignores_it_and_the_demo_says_where_it_may_not() {
    let sandbox = Sandbox::new();
    let outer = sandbox.path("outer");
    sandbox.git(&sandbox.path(""), &["init", "--quiet", "outer"]).ok();
    fs::write(outer.join(".gitignore"), "cases/\n/alone/\n").unwrap();
    fs::create_dir(outer.join("cases")).unwrap();
    sandbox.casebook(&outer, &["init", "cases/one"]).ok();
    sandbox.casebook(&outer, &["init", "alone"]).ok();
    assert_eq!(sandbox.git(&outer, &["status", "--porcelain"]).ok().stdout, "?? .gitignore\n");
    for path in ["seen", "not/there"] {
        let refused = sandbox.casebook(&outer, &["demo", path]).code(2);
        assert!(refused.stderr.contains("is inside the Git repository"), "{}", refused.stderr);
        assert!(refused.stderr.contains("casebook demo PATH") && !outer.join(path).exists(), "{}", refused.stderr);
    }
    // Where the README's first command is typed: in a clone of this repository.
    let ours = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.gitignore")).unwrap();
    for (options, folder) in
        [(&["demo"][..], "casebook-demo"), (&["demo", "--case", "pypi-phishing"], "casebook-demo-pypi-phishing")]
    {
        assert!(ours.lines().any(|line| line == format!("{folder}/")), "{ours}");
        fs::create_dir_all(sandbox.path(folder).join("full")).unwrap();
        let refused = sandbox.casebook(&sandbox.path(""), options).code(2);
        assert!(refused.stderr.contains(&format!("{folder}` is not empty")), "{}", refused.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let folder = sandbox.path("read only");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        return; // The administrator may write anywhere.
    }
    let refused = sandbox.casebook(&folder, &["init", "case"]).code(2);
    assert!(refused.stderr.contains("cannot make a case in") && refused.stderr.contains("Permission denied"));
}

#[test]
fn a_new_entry_prints_its_id_alone_and_is_sound() {
    let sandbox = Sandbox::new();
    let case = open(&sandbox);
    let asset = new(&sandbox, &case, &["asset", "mail01", "--set", "kind=server", "--set", "owner=it-ops"]);
    assert!(asset.starts_with("a-") && asset.len() == 10, "{asset}");
    let made = sandbox
        .casebook(&case, &["new", "finding", "He said \"hi\" \\ there", "--set", &format!("assets={}", &asset[..6])])
        .ok();
    let finding = made.stdout.trim_end();
    assert_eq!(made.stderr, format!("findings/{finding}.toml\n"));
    let text = fs::read_to_string(case.join(format!("findings/{finding}.toml"))).unwrap();
    assert!(text.starts_with(&format!("#:schema ../schemas/finding.json\nid = \"{finding}\"\n")), "{text}");
    assert!(text.contains("authors = [\"bob\"]\n# confidence = \"moderate\"  # How sure"), "{text}");
    assert!(text.contains(&format!("assets = [\"{asset}\"]\n")), "{text}");
    let json = sandbox.casebook(&case, &["new", "decision", "Do we?", "--format", "json"]).ok();
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert!(case.join(json["path"].as_str().unwrap()).exists());
    new(&sandbox, &case, &["event", "First logon", "--set", "time=2026-03-01T02:30:00Z..2026-03-01T03:00:00Z"]);
    new(&sandbox, &case, &["event", "Last logon", "--set", "time=now", "--set", "actor=attacker"]);
    new(&sandbox, &case, &["indicator", &"ab".repeat(32)]);
    new(&sandbox, &case, &["action", "Isolate mail01", "--set", "phase=contain", "--set", "priority=urgent"]);
    let check = sandbox.casebook(&case, &["check"]).ok();
    assert!(is_silent(&check), "{}", check.text());
    assert_eq!(sandbox.casebook(&case, &["fmt", "--check"]).ok().stdout, "");
    sandbox.git(&case, &["add", "-A"]).ok();
    sandbox.git(&case, &["commit", "-qm", "what we know"]).ok();
}

#[test]
fn commented_examples_are_toml_and_give_way_to_values() {
    let sandbox = Sandbox::new();
    let case = open(&sandbox);
    for (kind, extra) in [
        ("finding", "tags=x"),
        ("event", "time=now"),
        ("indicator", "type=domain"),
        ("asset", "kind=host"),
        ("action", "tags=x"),
        ("decision", "tags=x"),
    ] {
        let id = new(&sandbox, &case, &[kind, "example.org", "--set", extra]);
        let path = casebook::values::EntryId::path(id.parse().unwrap());
        let text = fs::read_to_string(case.join(path.as_str())).unwrap();
        let examples = text.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
        let uncommented: Result<toml::Table, _> = examples.parse();
        assert!(uncommented.is_ok(), "{kind}: {:?}\n{examples}", uncommented.err());
    }
    let id = ids(&case, "findings").pop_first().unwrap();
    sandbox.casebook(&case, &["set", &id, "confidence=high", "severity=low"]).ok();
    let text = fs::read_to_string(case.join(format!("findings/{id}.toml"))).unwrap();
    assert!(text.contains("confidence = \"high\"\n# reason"), "{text}");
    assert!(!text.contains("# confidence") && !text.contains("# severity"), "{text}");
}

#[test]
fn what_is_missing_or_wrong_is_told_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    let case = open(&sandbox);
    for (arguments, code, says) in [
        (&["new", "finding"][..], 2, "the new finding has no title"),
        (&["new", "asset"], 2, "casebook new asset \"…\""),
        (&["new", "finding", "x", "--set", "title=y"], 2, "`title` is given twice"),
        (&["new", "event", "x"], 1, "time = 2026"),
        (&["new", "event", "x", "--set", "time=2026-03-01T10:15:00"], 1, "offset"),
        (&["new", "event", "x", "--set", "time=yesterday"], 2, "`FROM..TO`, or write `now`"),
        (&["new", "action", "x", "--set", "due=tomorrow"], 2, "`tomorrow` is not a time"),
        (&["new", "asset", "x", "--set", "kind=servr"], 1, "did you mean `server`?"),
        (
            &["new", "asset", "x", "--set", "kind=server", "--set", "compromize=unknown"],
            1,
            "did you mean `compromise`?",
        ),
        (&["new", "finding", "two\nlines"], 1, "more than one line"),
        (&["new", "finding", "x", "--set", "assets=a-00000000"], 2, "no entry of this case has the id `a-00000000`"),
        (&["new", "finding", "x", "--set", "severity"], 2, "`severity` is not an assignment"),
        (&["new", "finding", "x", "--set", "id=f-00000000"], 2, "the id of an entry never changes"),
        (&["new", "finding", "x", "--set", "title.text=y"], 2, "`title` is not a table"),
        (&["new", "evidence", "x"], 2, "invalid value 'evidence'"),
        (&["new", "indicator", "evil[.]com", "--set", "type=domain"], 2, "write `evil.com`"),
    ] {
        let refused = sandbox.casebook(&case, arguments).code(code);
        assert!(refused.stderr.contains(says), "{arguments:?}: {}", refused.stderr);
        assert_eq!(refused.stdout, "", "{arguments:?}");
    }
    assert_eq!(sandbox.git(&case, &["status", "--porcelain"]).ok().stdout, "");
    let stranger = ran(sandbox
        .command(CASEBOOK, &case)
        .env("GIT_AUTHOR_EMAIL", "eve@example.org")
        .args(["new", "finding", "x"])
        .output()
        .unwrap());
    assert!(stranger.code(2).stderr.contains("nobody in team.toml has your e-mail address `eve@example.org`"));
    let outside = sandbox.casebook(&sandbox.path(""), &["new", "finding", "x"]).code(2);
    assert!(outside.stderr.contains("is not in a Git repository"), "{}", outside.stderr);
}

#[cfg(unix)]
#[test]
fn a_new_entry_is_edited_and_checked() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let case = open(&sandbox);
    let editor = sandbox.path("my editor");
    fs::write(&editor, "#!/bin/sh\nsed -i 's/^status = .*/status = \"drft\"/' \"$1\"\n").unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = sandbox.command(CASEBOOK, &case);
    let edited = ran(command.env("VISUAL", &editor).args(["new", "finding", "x", "--edit"]).output().unwrap()).code(1);
    assert!(edited.stderr.contains("did you mean `draft`?"), "{}", edited.stderr);
    let mut command = sandbox.command(CASEBOOK, &case);
    ran(command.env("EDITOR", "true --wait").args(["new", "finding", "x", "--edit"]).output().unwrap()).ok();
    let mut command = sandbox.command(CASEBOOK, &case);
    let absent =
        ran(command.env("EDITOR", "no-such-editor").args(["new", "finding", "x", "--edit"]).output().unwrap()).code(2);
    assert!(absent.stderr.contains("cannot run the editor `no-such-editor`"), "{}", absent.stderr);
}

#[test]
fn what_status_says_to_type_opens_an_entry() {
    let sandbox = Sandbox::new();
    let case = open(&sandbox);
    let id = new(&sandbox, &case, &["decision", "Do we take mail01 off the network?"]);
    let status = sandbox.casebook(&case, &["status"]);
    assert!(status.stdout.contains(&format!("casebook set {id} --edit")), "{}", status.stdout);
    let edit = |editor: &str, arguments: &[&str]| {
        let mut command = sandbox.command(CASEBOOK, &case);
        ran(command
            .env("EDITOR", editor)
            .args([&["set", id.as_str()], arguments, &["--edit"]].concat())
            .output()
            .unwrap())
    };
    let edited = edit("sed -i s/open/opne/", &[]).code(1);
    assert!(edited.stderr.contains("did you mean `open`?"), "{}", edited.stderr);
    edit("sed -i s/opne/open/", &[]).ok();
    edit("true", &["question=Is it off?"]).ok();
    assert!(fs::read_to_string(case.join(format!("decisions/{id}.toml"))).unwrap().contains("Is it off?"));
    sandbox.casebook(&case, &["set", &id]).code(2);
}

#[test]
fn a_misspelt_option_brings_the_help_of_its_value() {
    let sandbox = Sandbox::new();
    for (arguments, says) in [
        (["init", "x", "--severity", "hihg"], "help: did you mean `high`?"),
        (["init", "x", "--tlp", "white"], "help: TLP 2.0 calls it `clear`"),
        (["init", "x", "--detected", "yesterday"], "help: write it as"),
        (["-C", "nowhere", "init", "x"], "is no folder"),
    ] {
        let refused = sandbox.casebook(&sandbox.path(""), &arguments).code(2);
        assert!(refused.stderr.contains(says), "{arguments:?}: {}", refused.stderr);
    }
}

/// The sound case of the fixtures, in a repository of its own.
fn sound(sandbox: &Sandbox) -> PathBuf {
    let case = sandbox.path("sound");
    support::copy(&support::sound_case(), &case);
    sandbox.git(&case, &["init", "-q"]).ok();
    sandbox.git(&case, &["add", "-A"]).ok();
    sandbox.git(&case, &["commit", "-qm", "base"]).ok();
    case
}

#[test]
fn set_changes_keys_and_keeps_comments() {
    let sandbox = Sandbox::new();
    let case = sound(&sandbox);
    let path = case.join("findings/f-7q2k9dm4.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    text = text
        .replacen("title =", "# said by the firewall\ntitle =", 1)
        .replace("status = \"proposed\"", "status = \"proposed\" # for now");
    fs::write(&path, text).unwrap();
    let asset = new(&sandbox, &case, &["asset", "fs01", "--set", "kind=server"]);
    sandbox
        .casebook(
            &case,
            &[
                "set",
                "F7Q2",
                "status=confirmed",
                "confidence=high",
                "reason=two, or more",
                &format!("assets+={asset}"),
                "techniques-=T1078",
                "tags+=b,a",
                "observed=2026-03-01T02:30:00Z",
            ],
        )
        .ok();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("# said by the firewall\ntitle ="), "{text}");
    assert!(text.contains("status = \"confirmed\" # for now\n"), "{text}");
    assert!(
        text.contains("reason = \"two, or more\"\n") && text.contains("tags = [\n    \"a\",\n    \"b\",\n]\n"),
        "{text}"
    );
    let record: toml::Table = text.parse().unwrap();
    assert_eq!(record["assets"].as_array().unwrap().len(), 2);
    assert_eq!(record["techniques"].as_array().unwrap().len(), 0);
    sandbox
        .casebook(&case, &["set", "f", "observed.precision=hour", "observed.at=2026-03-01T02:00:00Z", "reason="])
        .code(2);
    sandbox
        .casebook(&case, &["set", "f", "observed={ at = 2026-03-01T02:00:00Z, precision = \"hour\" }", "reason="])
        .ok();
    sandbox.casebook(&case, &["set", "f", "observed.precision=day"]).ok();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("observed = { at = 2026-03-01T02:00:00Z, precision = \"day\" }\n") && !text.contains("reason"),
        "{text}"
    );
}

#[test]
fn set_reaches_the_case_tables_and_lists_of_tables() {
    let sandbox = Sandbox::new();
    let case = sound(&sandbox);
    sandbox.casebook(&case, &["set", "case", "status=contained", "milestones.contained=2026-03-02T09:00:00Z"]).ok();
    sandbox
        .casebook(
            &case,
            &["set", "case.toml", "objectives+={ name = \"n\", measure = \"time-to-contain\", target = \"4h\" }"],
        )
        .ok();
    sandbox.casebook(&case, &["set", "case", "objectives[1].target=8h", "objectives[0]="]).ok();
    let record: toml::Table = fs::read_to_string(case.join("case.toml")).unwrap().parse().unwrap();
    assert_eq!(record["milestones"]["contained"].to_string(), "2026-03-02T09:00:00Z");
    let objectives = record["objectives"].as_array().unwrap();
    assert_eq!((objectives.len(), objectives[0]["target"].as_str()), (1, Some("8h")));
    sandbox.casebook(&case, &["set", "r-7q2", "ticket.system=jira", "ticket.key=IR-7"]).ok();
    assert!(
        fs::read_to_string(case.join("actions/r-7q2k9dm4.toml"))
            .unwrap()
            .ends_with("\n[ticket]\nsystem = \"jira\"\nkey = \"IR-7\"\n")
    );
    sandbox
        .casebook(
            &case,
            &["set", "policy", "version=2", "rules.milestone-order=warning", "custom.finding.room.type=text"],
        )
        .ok();
    sandbox.casebook(&case, &["set", "f", "custom.room=12"]).ok();
    assert!(
        fs::read_to_string(case.join("findings/f-7q2k9dm4.toml")).unwrap().ends_with("\n[custom]\nroom = \"12\"\n")
    );
    sandbox.casebook(&case, &["check"]).ok();
}

#[test]
fn set_changes_nothing_when_anything_is_wrong() {
    let sandbox = Sandbox::new();
    let case = sound(&sandbox);
    let custody =
        "id = \"c-00000000\"\nitem = \"x-00000000\"\nat = 2026-03-01T10:15:00Z\nby = \"bob\"\naction = \"copied\"\n";
    fs::create_dir_all(case.join("custody")).unwrap();
    fs::write(case.join("custody/c-00000000.toml"), custody).unwrap();
    fs::write(case.join("findings/f-7q2zzzzz.toml"), "id = ").unwrap();
    let before = sandbox.git(&case, &["status", "--porcelain"]).ok().stdout;
    for (arguments, code, says) in [
        (&["set", "f-7q2k", "severity=high", "confidence=hgh"][..], 1, "did you mean `high`?"),
        (&["set", "f-7q2k", "confidnce=high"], 1, "did you mean `confidence`?"),
        (&["set", "f-7q2k", "title="], 1, "the field `title` is missing"),
        (&["set", "f-7q2", "severity=high"], 2, "is short for 2 entries"),
        (&["set", "f-7q2k", "assets-=a-7q2", "tags-=nothing"], 2, "`nothing` is not in `tags`"),
        (&["set", "f-7q2k", "severity+=high"], 2, "`severity` is not a list"),
        (&["set", "f-7q2k", "id=f-00000000"], 2, "never changes"),
        (&["set", "f-7q2k", "reason="], 2, "there is no `reason` to remove"),
        (&["set", "f-7q2k", "evidence[7].quote=x"], 2, "evidence"),
        (&["set", "f-7q2z", "severity=high"], 2, "cannot be edited"),
        (&["set", "c-0", "reason=x"], 2, "written once"),
        (&["set", "f-7q2k"], 2, "required"),
    ] {
        let refused = sandbox.casebook(&case, arguments).code(code);
        assert!(refused.stderr.contains(says), "{arguments:?}: {}", refused.stderr);
        assert_eq!(sandbox.git(&case, &["status", "--porcelain"]).ok().stdout, before, "{arguments:?}");
    }
    // What was wrong before does not stop a change that mends a part of it.
    fs::write(case.join("findings/f-7q2zzzzz.toml"), "id = \"f-7q2zzzzz\"\ntitle = \"t\"\n").unwrap();
    sandbox.casebook(&case, &["set", "f-7q2z", "status=draft"]).ok();
}

#[test]
fn fmt_lists_changes_and_leaves_what_it_cannot_read() {
    let sandbox = Sandbox::new();
    let case = open(&sandbox);
    let id = new(&sandbox, &case, &["finding", "one"]);
    let path = case.join(format!("findings/{id}.toml"));
    let canonical = fs::read_to_string(&path).unwrap();
    fs::write(&path, canonical.replace("authors = [\"bob\"]", "authors=[\n  'bob' ]").replace('\n', "\r\n")).unwrap();
    fs::write(case.join("findings/f-00000000.toml"), "title = \n").unwrap();
    fs::create_dir_all(case.join("evidence")).unwrap();
    fs::write(case.join("evidence/x-00000000.toml"), "b=1\na=2\n").unwrap();
    let check = sandbox.casebook(&case, &["fmt", "--check"]).code(1);
    assert_eq!(check.stdout, format!("findings/{id}.toml\n"));
    assert!(check.stderr.contains("findings/f-00000000.toml: not formatted: it is not valid TOML"), "{}", check.stderr);
    assert!(fs::read_to_string(&path).unwrap().contains('\r'), "--check writes nothing");
    sandbox.casebook(&case, &["fmt"]).code(1);
    assert_eq!(fs::read_to_string(&path).unwrap(), canonical.replace("[\"bob\"]", "['bob']"));
    assert_eq!(fs::read_to_string(case.join("evidence/x-00000000.toml")).unwrap(), "b=1\na=2\n");
    fs::remove_file(case.join("findings/f-00000000.toml")).unwrap();
    fs::write(case.join("team.toml"), fs::read_to_string(case.join("team.toml")).unwrap().replace("name = ", "name="))
        .unwrap();
    assert_eq!(sandbox.casebook(&case, &["fmt", "findings", "case.toml"]).ok().stdout, "");
    assert_eq!(sandbox.casebook(&case.join("findings"), &["fmt", "../team.toml"]).ok().stdout, "team.toml\n");
    for (arguments, says) in [
        (&["fmt", "evidence"][..], "holds no file that `fmt` formats"),
        (&["fmt", "nothing"], "is not there"),
        (&["fmt", ".."], "is not in this case"),
    ] {
        let refused = sandbox.casebook(&case, arguments).code(2);
        assert!(refused.stderr.contains(says), "{arguments:?}: {}", refused.stderr);
    }
}
