//! The workflow files of a new case: they are what the forges read, and their steps do what they say, on real merges.

use super::firm::{FINDING, Firm, public_key};
use super::support::{CASEBOOK, Desk, Ran, ran, tool};
use std::fs;
use std::path::{Path, PathBuf};

const GITHUB: &str = "case-template/base/.github/workflows/casebook.yml";
const FORGEJO: &str = "case-template/base/.forgejo/workflows/casebook.yml";
const GITLAB: &str = "case-template/base/.gitlab-ci.yml";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

/// The shell texts of a workflow in their order: what follows `run: |` or, with GitLab, `- |` further in.
fn scripts(text: &str) -> Vec<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut scripts = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if !(line.trim() == "run: |" || line.trim() == "- |") {
            continue;
        }
        let mut script = String::new();
        while let Some(inner) = lines.next_if(|next| next.trim().is_empty() || indent(next) > indent(line)) {
            script.push_str(inner);
            script.push('\n');
        }
        scripts.push(script);
    }
    scripts
}

#[test]
fn the_forges_can_read_them() {
    for (name, schema) in
        [(GITHUB, "vendor.github-workflows"), (FORGEJO, "vendor.github-workflows"), (GITLAB, "vendor.gitlab-ci")]
    {
        let Some(validator) = tool("check-jsonschema") else { return };
        let desk = Desk::new();
        let transform: &[&str] = if name == GITLAB { &["--data-transform", "gitlab-ci"] } else { &[] };
        let file = path(name);
        let arguments = [&["--builtin-schema", schema], transform, &[file.to_str().unwrap()]].concat();
        desk.sandbox.run(&validator, &desk.top, &arguments).ok();
    }
}

#[test]
fn they_have_no_more_rights_than_they_need() {
    for name in [GITHUB, FORGEJO, GITLAB] {
        let text = read(name);
        let code: String = text.lines().filter(|line| !line.trim().starts_with('#')).collect::<Vec<_>>().join("\n");
        assert!(!code.contains("pull_request_target"), "{name}");
        assert!(!code.contains("secrets."), "{name}");
        assert!(
            !scripts(&text).iter().any(|script| script.contains("${{")),
            "{name}: an expression in a shell text is pasted into it"
        );
    }
    let github = read(GITHUB);
    assert!(github.contains("permissions:\n  contents: read\n") && github.contains("merge_group:"));
    assert!(github.contains("persist-credentials: false"));
    // Actions are pinned by the whole hash of a commit.
    let pin = regex::Regex::new(r"^[a-z-]+/[a-z-]+@[0-9a-f]{40} # v").unwrap();
    for line in github.lines().filter_map(|line| line.trim().strip_prefix("- uses: ")) {
        assert!(pin.is_match(line), "{line}");
    }
}

/// A forge, with a pull request that adds a note and a finding, and the clone of a runner.
struct Forge {
    desk: Desk,
    runner: PathBuf,
    head: String,
}

impl Forge {
    /// A pull request; one that is unsound names an asset which main withdraws from under it in the same moment.
    fn new(is_sound: bool) -> Self {
        let desk = Desk::new();
        desk.git(&["switch", "-qc", "topic"]).ok();
        let finding = "id = \"f-00000001\"\ntitle = \"::error::x @everyone\"\nstatus = \"draft\"\ntype = \"observation\"\nauthors = [\"bob\"]\nassets = [\"a-7q2k9dm4\"]\nsummary = \"x\"\n";
        desk.write("findings/f-00000001.toml", finding);
        let head = desk.commit("A finding");
        desk.git(&["switch", "-q", "main"]).ok();
        if !is_sound {
            desk.git(&["rm", "-q", "assets/a-7q2k9dm4.toml"]).ok();
            let text = desk.read("findings/f-7q2k9dm4.toml").replace("assets = [\"a-7q2k9dm4\"]\n", "");
            desk.write("findings/f-7q2k9dm4.toml", text);
        }
        desk.write("notes/main.md", "Meanwhile on main\n");
        desk.commit("Meanwhile");
        Self::of(desk, head)
    }

    /// A pull request of a commit into main.
    fn of(desk: Desk, head: String) -> Self {
        let runner = desk.sandbox.path("runner");
        desk.sandbox.git(&desk.top, &["clone", "-q", ".", runner.to_str().unwrap()]).ok();
        Self { desk, runner, head }
    }

    /// Makes the merge result, as GitHub's refs/pull/N/merge and GitLab's merged results have it.
    fn merge(&self) {
        self.git(&["switch", "-q", "--detach", "origin/main"]);
        self.git(&["merge", "-q", "--no-ff", "-m", "Merge", &self.head]);
    }

    fn git(&self, arguments: &[&str]) {
        self.desk.sandbox.git(&self.runner, arguments).ok();
    }

    /// Runs a shell text as a runner does.
    fn run(&self, script: &str, set: &[(&str, &str)]) -> Ran {
        let path = format!("{}:{}", Path::new(CASEBOOK).parent().unwrap().display(), std::env::var("PATH").unwrap());
        let mut command = self.desk.sandbox.command("bash", &self.runner);
        command.env("PATH", path).envs(set.iter().copied());
        // A runner has no name of its own.
        for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
            command.env_remove(name);
        }
        ran(command.args(["-eo", "pipefail", "-c", script]).output().unwrap())
    }

    fn file(&self, name: &str) -> String {
        self.desk.sandbox.path(name).to_str().unwrap().to_owned()
    }
}

/// No line of a log is a command for the runner, but between those that are ours.
fn has_only_our_commands(log: &str) -> bool {
    let mut stopped: Option<String> = None;
    for line in log.lines() {
        let line = line.trim_start();
        if let Some(token) = line.strip_prefix("::stop-commands::") {
            stopped = Some(format!("::{token}::"));
        } else if stopped.as_deref() == Some(line) {
            stopped = None;
        } else if line.starts_with("::") && stopped.is_none() {
            let is_ours = line.starts_with("::error file=")
                || line.starts_with("::warning file=")
                || line.starts_with("::notice title=casebook");
            if !is_ours {
                return false;
            }
        }
    }
    stopped.is_none()
}

#[test]
fn the_steps_of_github_judge_the_merge_result() {
    for is_sound in [true, false] {
        let forge = Forge::new(is_sound);
        forge.merge();
        let (summary, temporary) = (forge.file("summary.md"), forge.file("temporary"));
        fs::create_dir(&temporary).unwrap();
        let set = [("GITHUB_STEP_SUMMARY", summary.as_str()), ("RUNNER_TEMP", &temporary), ("MERGE_GROUP_BASE", "")];
        let scripts = scripts(&read(GITHUB));
        let [install, check, diff, report] = scripts.as_slice() else { panic!("{scripts:#?}") };
        forge.run(install, &set).ok();
        let checked = forge.run(check, &set);
        assert_eq!(checked.code, i32::from(!is_sound), "{}", checked.text());
        assert_eq!(
            checked.stdout.contains("::error file=findings/f-00000001.toml,line=6"),
            !is_sound,
            "{}",
            checked.stdout
        );
        let (diffed, reported) = (forge.run(diff, &set).ok(), forge.run(report, &set).ok());
        for log in [checked, diffed, reported] {
            assert!(has_only_our_commands(&log.text()), "{}", log.text());
        }
        let summary = fs::read_to_string(summary).unwrap();
        assert!(
            summary.contains("### What differs between") && summary.contains("**added** `f-00000001`"),
            "{summary}"
        );
        assert!(summary.contains("### Who hears of"), "{summary}");
        assert!(!summary.contains("notes/main.md"), "what is on the target already is no part of it\n{summary}");
        assert_eq!(summary.contains("**new error**"), !is_sound, "{summary}");
        assert!(Path::new(&temporary).join("report/index.html").exists());
    }
}

#[test]
fn the_steps_of_forgejo_make_the_merge_result_first() {
    for is_sound in [true, false] {
        let forge = Forge::new(is_sound);
        forge.git(&["switch", "-q", "--detach", &forge.head]);
        let temporary = forge.file("temporary");
        fs::create_dir(&temporary).unwrap();
        let set = [("GITHUB_BASE_REF", "main"), ("HEAD_SHA", forge.head.as_str()), ("RUNNER_TEMP", &temporary)];
        let scripts = scripts(&read(FORGEJO));
        let [install, merge, check, rest] = scripts.as_slice() else { panic!("{scripts:#?}") };
        forge.run(install, &set).ok();
        forge.run(merge, &set).ok();
        let checked = forge.run(check, &set);
        assert_eq!(checked.code, i32::from(!is_sound), "{}", checked.text());
        let rest = forge.run(rest, &set).ok();
        assert!(has_only_our_commands(&checked.text()) && has_only_our_commands(&rest.text()));
        let notices = fs::read_to_string(Path::new(&temporary).join("report/notices.md")).unwrap();
        assert!(notices.starts_with("### Who hears of"), "{notices}");
        let difference = fs::read_to_string(Path::new(&temporary).join("report/difference.md")).unwrap();
        assert!(difference.contains("**added** `f-00000001`") && !difference.contains("notes/main.md"), "{difference}");
    }
}

#[test]
fn the_script_of_gitlab_judges_the_merge_result_in_both_kinds_of_pipeline() {
    for (is_sound, kind) in [(true, "merged_result"), (true, "detached"), (false, "merged_result"), (false, "detached")]
    {
        let forge = Forge::new(is_sound);
        match kind {
            "detached" => forge.git(&["switch", "-q", "--detach", &forge.head]),
            _ => forge.merge(),
        }
        let set = [
            ("CI_MERGE_REQUEST_EVENT_TYPE", kind),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_COMMIT_SHA", forge.head.as_str()),
        ];
        // One shell runs all of a job's script.
        let done = forge.run(&scripts(&read(GITLAB)).concat(), &set);
        assert_eq!(done.code, i32::from(!is_sound), "{kind}: {}", done.text());
        let quality = fs::read_to_string(forge.runner.join("gl-code-quality-report.json")).unwrap();
        let issues: Vec<serde_json::Value> = serde_json::from_str(&quality).unwrap();
        assert_eq!(issues.is_empty(), is_sound, "{quality}");
        let notices = fs::read_to_string(forge.runner.join("casebook-report/notices.md")).unwrap();
        assert!(notices.starts_with("### Who hears of"), "{notices}");
        let difference = fs::read_to_string(forge.runner.join("casebook-report/difference.md")).unwrap();
        assert!(difference.contains("**added** `f-00000001`") && !difference.contains("notes/main.md"), "{difference}");
        assert!(forge.runner.join("casebook-report/index.html").exists());
    }
}

#[test]
fn a_runner_without_casebook_says_what_to_set() {
    let forge = Forge::new(true);
    for name in [GITHUB, FORGEJO, GITLAB] {
        let install = scripts(&read(name)).remove(0);
        let nowhere = forge.desk.sandbox.path("home");
        let mut command = forge.desk.sandbox.command("/bin/bash", &forge.runner);
        command.env("PATH", &nowhere).env("CASEBOOK_INSTALL", "");
        let refused = ran(command.args(["-e", "-c", &install]).output().unwrap()).code(1);
        assert!(refused.stdout.contains("CASEBOOK_INSTALL"), "{name}: {}", refused.text());
        // With it, the command is run, and what it installs is found.
        let bin = forge.desk.sandbox.path("home/.cargo/bin");
        fs::create_dir_all(&bin).unwrap();
        let path = format!("/usr/bin:/bin:{}", bin.display());
        let mut command = forge.desk.sandbox.command("/bin/bash", &forge.runner);
        command.env("PATH", path).env("GITHUB_PATH", forge.file("paths")).env("CASEBOOK_INSTALL", "echo installed");
        let installed = ran(command.args(["-e", "-c", &install]).output().unwrap()).ok();
        assert!(installed.stdout.contains("installed"), "{name}: {}", installed.text());
    }
}

/// What a server's hook would refuse, each workflow refuses, and takes the rest: of the same pull request, with its own check.
#[test]
fn each_judges_the_commits_and_the_sign_offs_as_a_server_does() {
    let attempts: [(Option<&str>, &dyn Fn(&Firm)); 5] = [
        (Some("signoff-missing"), &|firm| firm.confirm()),
        (None, &|firm| {
            firm.confirm();
            firm.sign("carol", &[FINDING]).ok();
        }),
        (Some("evidence-changed"), &|firm| {
            firm.desk.git(&["rm", "-rq", "evidence"]).ok();
            firm.desk.commit("Drop it");
            firm.desk.git(&["checkout", "-q", "HEAD^", "--", "evidence"]).ok();
        }),
        (Some("rules-unapproved"), &|firm| {
            let policy = firm.desk.read("policy.toml").replace("version = 1", "version = 2");
            firm.desk.write("policy.toml", policy.replace("approvals = 1", "approvals = 0\nauthor = true"));
            firm.confirm();
            firm.sign("bob", &["--as", "author", FINDING]).ok();
        }),
        (Some("rules-unapproved"), &|firm| {
            let mallory = format!(
                "version = 1\n\n[[people]]\nhandle = \"mallory\"\nname = \"M\"\nroles = [\"lead\", \"reviewer\"]\nkeys = [\"{}\"]\n\n",
                public_key("mallory")
            );
            firm.desk.write("team.toml", mallory + &firm.desk.read("team.toml"));
            firm.confirm();
            firm.sign("mallory", &["team", FINDING]).ok();
        }),
    ];
    for (wanted, attempt) in attempts {
        let firm = Firm::unfounded();
        let desk = &firm.desk;
        desk.git(&["switch", "-qc", "topic"]).ok();
        attempt(&firm);
        let head = desk.commit("A pull request");
        desk.git(&["switch", "-q", "main"]).ok();
        desk.write("notes/main.md", "Meanwhile on main\n");
        desk.commit("Meanwhile");
        let forge = Forge::of(firm.desk, head);
        forge.merge();
        for name in [GITHUB, FORGEJO, GITLAB] {
            let scripts = scripts(&read(name));
            let check = scripts.iter().find(|script| script.contains("casebook check")).unwrap();
            let ran = forge.run(check, &[("MERGE_GROUP_BASE", "")]);
            assert_eq!(ran.code, i32::from(wanted.is_some()), "{name}, {wanted:?}: {}", ran.text());
            assert!(wanted.is_none_or(|code| ran.stdout.contains(&format!("error[{code}]"))), "{name}: {}", ran.text());
        }
    }
}
