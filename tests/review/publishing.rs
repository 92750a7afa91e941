//! Publishing: what the hook of a server does behind the back of whoever pushes, and what nobody can push.

use super::firm::{FINDING, Firm};
use super::support::{CASEBOOK, Ran, ran};
use casebook::disk::lock;
use casebook::git::Repo;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const REPORTS: &str = "refs/heads/casebook-reports";

/// A team that is told everything, and a board that is told what was approved.
const AUDIENCES: &str = "
[[audiences]]
handle = \"team\"

[[audiences]]
handle = \"board\"
standing = \"approved\"
";

/// A firm whose server publishes the reports for these audiences on its branch.
fn firm(audiences: &[&str]) -> Firm {
    let firm = Firm::of_policy(AUDIENCES);
    for audience in audiences {
        firm.configure(&["--add", "casebook.publish", audience]);
    }
    firm
}

impl Firm {
    fn configure(&self, arguments: &[&str]) {
        self.on_server(&[&["config"], arguments].concat());
    }

    fn on_server(&self, arguments: &[&str]) -> String {
        self.desk.sandbox.git(&self.server, arguments).ok().stdout.trim().to_owned()
    }

    /// What the branch of reports is at.
    fn reports(&self) -> Option<String> {
        let found = self.on_server(&["for-each-ref", "--format=%(objectname)", REPORTS]);
        (!found.is_empty()).then_some(found)
    }

    /// Waits until the reports of the server come from a commit; a test that waits in vain fails.
    #[track_caller]
    fn await_reports_of(&self, source: &str) -> String {
        let named = |commit: &str| {
            self.on_server(&["show", "-s", "--format=%(trailers:key=Casebook-Source,valueonly)", commit]) == source
        };
        self.await_that(&format!("reports of {source}"), || self.reports().filter(|commit| named(commit)))
    }

    #[track_caller]
    fn await_that<T>(&self, what: &str, mut is: impl FnMut() -> Option<T>) -> T {
        let end = Instant::now() + Duration::from_secs(60);
        while Instant::now() < end {
            if let Some(found) = is() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("waited for {what} in vain; the log says:\n{}", self.log());
    }

    fn log(&self) -> String {
        fs::read_to_string(self.server.join("casebook/publish.log")).unwrap_or_default()
    }

    fn publish(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.desk.sandbox.casebook(folder, &[&["publish"], arguments].concat())
    }

    /// A clone that publishes what the server has protected, and its branch of reports where there is one.
    fn publisher(&self, name: &str, audiences: &[&str]) -> PathBuf {
        let clone = self.clone(name);
        self.desk.sandbox.git(&clone, &["config", "casebook.protected", "refs/remotes/origin/main"]).ok();
        for audience in audiences {
            self.desk.sandbox.git(&clone, &["config", "--add", "casebook.publish", audience]).ok();
        }
        clone
    }

    /// A repository for the reports of one audience, to which a clone or the server publishes.
    fn separate(&self, folder: &Path, audience: &str, name: &str) -> PathBuf {
        let remote = self.desk.sandbox.path(name);
        if !remote.exists() {
            self.desk.sandbox.git(folder, &["init", "-q", "--bare", remote.to_str().unwrap()]).ok();
        }
        let key = format!("casebook.publish.{audience}.remote");
        self.desk.sandbox.git(folder, &["config", &key, remote.to_str().unwrap()]).ok();
        remote
    }

    fn tip(&self, folder: &Path) -> String {
        self.desk.sandbox.git(folder, &["rev-parse", REPORTS]).ok().stdout.trim().to_owned()
    }

    fn objects(&self, folder: &Path) -> BTreeSet<String> {
        let listed =
            self.desk.sandbox.git(folder, &["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).ok();
        listed.stdout.lines().map(str::to_owned).collect()
    }
}

#[test]
fn a_push_to_the_protected_branch_is_published_and_no_other() {
    let firm = firm(&["team"]);
    let head = firm.desk.head();
    firm.push("main:work").ok();
    assert_eq!(firm.log(), "", "a branch of one's own was published");
    // A hook of somebody else gets the same, and its failure is not ours.
    let other = firm.server.join("hooks/post-receive.before-casebook");
    casebook::disk::write::program(&other, b"#!/bin/sh\ncat > seen\nexit 1\n").unwrap();
    firm.push("main").ok();
    let first = firm.await_reports_of(&head);
    assert!(fs::read_to_string(firm.server.join("seen")).unwrap().ends_with(&format!("{head} refs/heads/main\n")));
    // It is the report that everybody makes of that commit, in a commit that depends on nothing else.
    firm.desk.casebook(&["report", "--audience", "team", "--output", "own"]).ok();
    for file in ["index.html", "report.md"] {
        let published = firm.desk.sandbox.git(&firm.server, &["show", &format!("{first}:team/{file}")]).ok().stdout;
        assert_eq!(published, firm.desk.read(&format!("own/{file}")), "{file}");
    }
    let shown = firm.on_server(&["show", "-s", "--format=%an <%ae> %cn <%ce> %at %ct%n%P%n%B", &first]);
    let seconds = firm.on_server(&["show", "-s", "--format=%ct", &head]);
    let who = "casebook <casebook@casebook.invalid>";
    assert!(shown.starts_with(&format!("{who} {who} {seconds} {seconds}\n\nReports of commit")), "{shown}");
    let policy = firm.desk.sandbox.run("sha256sum", &firm.desk.top, &["policy.toml"]).ok().stdout[..64].to_owned();
    let tree = firm.desk.git(&["rev-parse", "HEAD^{tree}"]).ok().stdout;
    for (key, value) in [
        ("Source", head.as_str()),
        ("Source-Tree", tree.trim()),
        ("Version", env!("CARGO_PKG_VERSION")),
        ("Policy", &policy),
    ] {
        assert!(shown.contains(&format!("\nCasebook-{key}: {value}")), "{shown}");
    }
    // A log that has grown makes place.
    fs::write(firm.server.join("casebook/publish.log"), vec![b'x'; 300 << 10]).unwrap();
    firm.desk.write("notes/x.md", "x\n");
    let second = firm.desk.commit("A note");
    firm.push("main").ok();
    let next = firm.await_reports_of(&second);
    assert_eq!(firm.on_server(&["show", "-s", "--format=%P", &next]), first);
    firm.await_that("a short log", || (firm.log().len() < 1000).then_some(()));
    assert!(firm.server.join("casebook/publish.log.1").exists());
}

#[test]
fn where_nothing_is_configured_nothing_is_started() {
    let firm = firm(&[]);
    firm.push("main").ok();
    assert!(!firm.server.join("casebook/publish.log").exists());
    let ran = firm.publish(&firm.server, &[]).code(2);
    assert!(ran.stderr.contains("git config --add casebook.publish AUDIENCE"), "{}", ran.text());
}

#[test]
fn who_pushes_does_not_wait_for_the_publication() {
    let firm = firm(&["team"]);
    let publishes = lock::hold(&firm.server.join("casebook/publish.lock"), Duration::ZERO).unwrap().unwrap();
    firm.push("main").ok();
    // It has begun and cannot go on, and the push is done.
    assert!(firm.log().contains('\n'));
    assert_eq!(firm.reports(), None);
    let ran = firm.desk.sandbox.casebook(&firm.server, &["doctor"]);
    assert!(ran.stdout.contains("one is running"), "{}", ran.text());
    drop(publishes);
    firm.await_reports_of(&firm.desk.head());
}

#[test]
fn two_clones_make_the_identical_commits() {
    let firm = firm(&[]);
    firm.push("main").ok();
    let clones = ["one", "two"].map(|name| firm.publisher(name, &["team"]));
    let remotes = ["one.git", "two.git"];
    let remotes = [0, 1].map(|index| firm.separate(&clones[index], "team", remotes[index]));
    let publish_all = || {
        for clone in &clones {
            firm.desk.sandbox.git(clone, &["fetch", "-q"]).ok();
            firm.publish(clone, &[]).ok();
        }
        assert_eq!(firm.tip(&clones[0]), firm.tip(&clones[1]));
        assert_eq!(firm.tip(&remotes[0]), firm.tip(&remotes[1]));
        firm.tip(&clones[0])
    };
    let first = publish_all();
    let again = firm.publish(&clones[0], &[]).ok();
    assert_eq!(again.stdout.matches("unchanged").count(), 2, "{}", again.text());
    firm.desk.write("notes/x.md", "x\n");
    let source = firm.desk.commit("A note");
    firm.push("main").ok();
    let second = publish_all();
    assert_ne!(first, second);
    // What is older than what is published is not published, however often.
    let ran = firm.publish(&clones[0], &["--rev", &format!("{source}^")]).ok();
    assert_eq!(ran.stdout.matches("newer than").count(), 2, "{}", ran.text());
    assert_eq!(firm.tip(&clones[0]), second);
    // The server takes from anybody what it would make itself, and the hooks of a clone leave that to it.
    firm.desk.sandbox.casebook(&clones[0], &["hook", "install"]).ok();
    firm.desk.sandbox.git(&clones[0], &["push", "-q", "origin", "casebook-reports"]).ok();
    assert_eq!(firm.reports(), Some(second));
}

#[test]
fn a_dry_run_leaves_nothing() {
    let firm = firm(&["team"]);
    firm.configure(&["--unset-all", "casebook.publish"]);
    firm.push("main").ok();
    firm.configure(&["casebook.publish", "team"]);
    let remote = firm.separate(&firm.server, "team", "team.git");
    let before = firm.objects(&firm.server);
    let ran = firm.publish(&firm.server, &["--dry-run"]).ok();
    assert_eq!(ran.stdout.matches("would be published").count(), 2, "{}", ran.text());
    assert_eq!(firm.objects(&firm.server), before);
    assert_eq!(firm.objects(&remote), BTreeSet::new());
    assert_eq!(firm.reports(), None);
}

#[test]
fn a_repository_of_an_audience_holds_nothing_of_the_case() {
    let firm = firm(&["team"]);
    let remote = firm.separate(&firm.server, "team", "team.git");
    firm.configure(&["casebook.publish.team.branch", "reports"]);
    firm.push("main").ok();
    firm.await_reports_of(&firm.desk.head());
    let tip = || firm.desk.sandbox.git(&remote, &["rev-parse", "-q", "--verify", "refs/heads/reports"]);
    firm.await_that("the repository of the team", || (tip().code == 0).then_some(()));
    // A commit, its tree and two files.
    assert_eq!(firm.objects(&remote).len(), 4);
    firm.desk.write("notes/x.md", "x\n");
    firm.desk.commit("A note");
    let first = tip().stdout;
    firm.push("main").ok();
    firm.await_that("the next commit", || (tip().stdout != first).then_some(()));
    assert_eq!(firm.objects(&remote).len(), 8);
    let case = firm.objects(&firm.server);
    let of_the_case: BTreeSet<String> =
        firm.on_server(&["rev-list", "--objects", "--no-object-names", "main"]).lines().map(str::to_owned).collect();
    assert!(of_the_case.is_subset(&case) && of_the_case.len() > 20);
    assert_eq!(firm.objects(&remote).intersection(&of_the_case).count(), 0);
}

#[test]
fn who_is_overtaken_does_not_turn_back_the_clock() {
    let firm = firm(&[]);
    firm.push("main").ok();
    let slow = firm.publisher("slow", &[]);
    let remote = firm.separate(&slow, "team", "team.git");
    firm.desk.write("notes/x.md", "x\n");
    let newer = firm.desk.commit("A note");
    firm.push("main").ok();
    firm.desk.sandbox.git(&slow, &["fetch", "-q"]).ok();
    let fast = firm.publisher("fast", &[]);
    firm.separate(&fast, "team", "team.git");
    // The first push is overtaken in its midst: the other has published before it ends.
    let hook = format!(
        "#!/bin/sh\n[ ! -e overtaken ] || exit 0\ntouch overtaken\nunset $(git rev-parse --local-env-vars) GIT_QUARANTINE_PATH\n\
         exec '{CASEBOOK}' -C '{}' publish >&2\n",
        fast.display()
    );
    casebook::disk::write::program(&remote.join("hooks/pre-receive"), hook.as_bytes()).unwrap();
    let ran = firm.publish(&slow, &["--rev", "main"]).ok();
    assert!(remote.join("overtaken").exists());
    assert!(ran.stdout.contains("newer than"), "{}", ran.text());
    let named = ["show", "-s", "--format=%(trailers:key=Casebook-Source,valueonly)", REPORTS];
    assert_eq!(firm.desk.sandbox.git(&remote, &named).ok().stdout.trim(), newer);
    assert_eq!(firm.desk.sandbox.git(&remote, &["rev-list", "--count", REPORTS]).ok().stdout.trim(), "1");
}

#[test]
fn many_at_once_publish_once() {
    let firm = firm(&[]);
    firm.push("main").ok();
    let clones: Vec<PathBuf> = (0..4).map(|number| firm.publisher(&format!("clone{number}"), &[])).collect();
    let remotes: BTreeSet<PathBuf> = clones.iter().map(|clone| firm.separate(clone, "team", "team.git")).collect();
    let remote = remotes.first().unwrap();
    let start = |clone: &PathBuf| {
        let mut command = firm.desk.sandbox.command(CASEBOOK, clone);
        command.arg("publish").stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let started: Vec<_> = clones.iter().map(start).collect();
    for child in started {
        ran(child.wait_with_output().unwrap()).ok();
    }
    assert_eq!(firm.objects(remote).len(), 4);
}

#[test]
fn a_ref_moves_only_from_what_was_seen_of_it() {
    let firm = firm(&[]);
    let repository = Repo::discover(&firm.desk.top).unwrap();
    let head = repository.head().unwrap().unwrap().id;
    let other = repository.write_commit(repository.head().unwrap().unwrap().tree, Some(head), "other", 0).unwrap();
    let advance = |from, to| repository.advance(REPORTS, from, to, "test").unwrap();
    assert!(!advance(Some(head), other), "it is not there");
    assert!(advance(None, head));
    assert!(!advance(None, other), "it is there");
    assert!(!advance(Some(other), other), "it is elsewhere");
    assert!(advance(Some(head), other));
}

#[test]
fn the_branch_of_reports_takes_only_what_the_server_would_make() {
    let firm = firm(&[]);
    firm.push("main").ok();
    let clone = firm.publisher("clone", &["team", "board"]);
    let git = |arguments: &[&str]| firm.desk.sandbox.git(&clone, arguments);
    #[track_caller]
    fn refused(firm: &Firm, clone: &Path, refspec: &str, with: &str) {
        let before = firm.reports();
        let ran = firm.desk.sandbox.git(clone, &["push", "-q", "origin", refspec]);
        assert_ne!(ran.code, 0, "the server took it: {}", ran.text());
        assert!(ran.stderr.contains(with), "not `{with}`:\n{}", ran.stderr);
        assert!(ran.stderr.contains("`casebook publish` makes what belongs there") || with.contains("lose"));
        assert_eq!(firm.reports(), before);
    }
    firm.publish(&clone, &["team"]).code(1);
    let honest = firm.tip(&clone);
    // Another text, another message, another date, another parent.
    git(&["checkout", "-q", "casebook-reports"]).ok();
    fs::write(clone.join("team/report.md"), "Nothing happened.\n").unwrap();
    git(&["commit", "-qa", "--amend", "-C", &honest]).ok();
    refused(
        &firm,
        &clone,
        "HEAD:refs/heads/casebook-reports",
        "is not what this casebook makes of the commit that it names",
    );
    git(&["reset", "-q", "--hard", &honest]).ok();
    git(&["commit", "-q", "--amend", "--no-edit", "--allow-empty"]).ok();
    refused(
        &firm,
        &clone,
        "HEAD:refs/heads/casebook-reports",
        "is not what this casebook makes of the commit that it names",
    );
    git(&["reset", "-q", "--hard", &honest]).ok();
    git(&["commit", "-q", "--allow-empty", "-m", "No source"]).ok();
    refused(&firm, &clone, "HEAD:refs/heads/casebook-reports", "comes from nobody knows where");
    git(&["reset", "-q", "--hard", &honest]).ok();
    git(&["commit", "-q", "--allow-empty", "-C", &honest]).ok();
    refused(
        &firm,
        &clone,
        "HEAD:refs/heads/casebook-reports",
        "is not what this casebook makes of the commit that it names",
    );
    refused(&firm, &clone, "origin/main:refs/heads/casebook-reports", "comes from nobody knows where");
    git(&["reset", "-q", "--hard", &honest]).ok();
    // What lies on a branch of one's own is not published, although the server has it.
    git(&["checkout", "-q", "-b", "work", "origin/main"]).ok();
    fs::create_dir(clone.join("notes")).unwrap();
    fs::write(clone.join("notes/x.md"), "x\n").unwrap();
    git(&["add", "-A"]).ok();
    git(&["commit", "-qm", "A draft"]).ok();
    git(&["push", "-q", "origin", "work"]).ok();
    let ran = firm.publish(&clone, &["--rev", "work"]).code(2);
    assert!(ran.stderr.contains("is on no protected branch"), "{}", ran.text());
    git(&["update-ref", "refs/heads/before", &honest]).ok();
    git(&["config", "--add", "casebook.protected", "work"]).ok();
    firm.publish(&clone, &["--rev", "work"]).code(1);
    refused(&firm, &clone, "casebook-reports", "comes from a commit that is on no protected branch");
    // The honest one is taken, whoever brings it; and then nothing takes it away.
    git(&["push", "-q", "origin", "before:refs/heads/casebook-reports"]).ok();
    assert_eq!(firm.reports(), Some(honest));
    refused(&firm, &clone, ":casebook-reports", "is not deleted");
    refused(&firm, &clone, "+origin/main:refs/heads/casebook-reports", "would lose what was published");
    // Nor is the clock turned back.
    git(&["push", "-q", "origin", "work:main"]).ok();
    git(&["push", "-q", "origin", "casebook-reports"]).ok();
    let newer = firm.reports().unwrap();
    let older = git(&["show", "-s", "--format=%B", "before"]).ok().stdout;
    let back = git(&["commit-tree", "before^{tree}", "-p", &newer, "-m", older.trim()]).ok().stdout;
    refused(&firm, &clone, &format!("{}:{REPORTS}", back.trim()), "comes from an older commit");
}

#[test]
fn what_stands_too_low_is_not_told_and_what_was_told_stays() {
    let firm = firm(&["team", "board"]);
    let separate = firm.separate(&firm.server, "board", "board.git");
    firm.push("main").ok();
    let first = firm.await_reports_of(&firm.desk.head());
    let folders = |commit: &str| firm.on_server(&["ls-tree", "--name-only", commit]);
    assert_eq!(folders(&first), "team");
    let ran = firm.publish(&firm.server, &[]).code(1);
    assert!(
        ran.stderr.contains("refused: `board` is not told: its report is held back for 1 reason"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("is draft; board is told of what is approved only"), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("`casebook sign {FINDING} --as reviewer`")), "{}", ran.stderr);
    let ran = firm.desk.sandbox.casebook(&firm.server, &["doctor"]).code(1);
    assert!(ran.stdout.contains("`board` may not be told"), "{}", ran.text());
    assert_eq!(firm.objects(&separate), BTreeSet::new());
    // What the author says of it is not enough; the reviewer's word is.
    firm.sign("bob", &[FINDING]).ok();
    firm.sign("carol", &[FINDING]).ok();
    let signed = firm.desk.commit("Sign off");
    firm.push("main").ok();
    let second = firm.await_reports_of(&signed);
    assert_eq!(folders(&second), "board\nteam");
    firm.await_that("the board's repository", || (firm.objects(&separate).len() == 4).then_some(()));
    firm.await_that("the end", || (firm.desk.sandbox.casebook(&firm.server, &["doctor"]).code == 0).then_some(()));
    // After a change the board keeps what it was told, and the others are told more.
    firm.desk.casebook(&["set", FINDING, "severity=low"]).ok();
    let changed = firm.desk.commit("Change what was signed");
    firm.push("main").ok();
    let third = firm.await_reports_of(&changed);
    let folder = |commit: &str, name: &str| firm.on_server(&["rev-parse", &format!("{commit}:{name}")]);
    assert_eq!(folder(&third, "board"), folder(&second, "board"));
    assert_ne!(folder(&third, "team"), folder(&second, "team"));
    let ran = firm.publish(&firm.server, &["board", "--format", "json"]).code(1);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["deliveries"][1]["result"], "refused");
    assert_eq!(value["deliveries"][1]["refused"][0]["refusals"][0]["found"][0]["entry"], FINDING);
    assert_eq!(firm.objects(&separate).len(), 4);
}

#[test]
fn what_is_marked_more_strictly_is_not_told() {
    let ceilings = "
[[audiences]]
handle = \"partners\"
tlp = \"green\"

[[audiences]]
handle = \"clients\"
tlp = \"amber\"
";
    let firm = Firm::of_policy(ceilings);
    firm.push("main").ok();
    firm.configure(&["--add", "casebook.publish", "partners"]);
    firm.configure(&["--add", "casebook.publish", "clients"]);
    let told = |audience: &str| firm.on_server(&["show", &format!("{REPORTS}:{audience}/report.md")]);
    firm.publish(&firm.server, &[]).ok();
    assert!(told("partners").contains("Nothing of this case may be told up to TLP:GREEN"), "{}", told("partners"));
    assert!(told("clients").contains("First logon of the attacker"), "{}", told("clients"));
    let event = "e-7q2k9dm4";
    firm.desk.casebook(&["set", event, "tlp=red"]).ok();
    firm.desk.commit("It is for few");
    firm.push("main").ok();
    firm.publish(&firm.server, &[]).ok();
    assert!(!told("clients").contains("First logon"), "{}", told("clients"));
    // What somebody says of it all the same keeps the report back, and what was told before stays.
    firm.desk.casebook(&["set", "case", "summary=It began with the first logon of the attacker."]).ok();
    firm.desk.commit("Say more than is allowed");
    let before = told("clients");
    firm.push("main").ok();
    let ran = firm.publish(&firm.server, &[]).code(1);
    assert!(ran.stderr.contains("`clients` is not told: its report is held back for 1 reason"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains(&format!("“First logon of the attacker” of {event}, which is marked red")),
        "{}",
        ran.stderr
    );
    assert_eq!(told("clients"), before);
}

#[test]
fn where_reports_go_is_asked_before_anything_goes() {
    let firm = firm(&[]);
    firm.push("main").ok();
    let refused = |key: &str, value: &str, with: &str| {
        firm.configure(&[key, value]);
        let ran = firm.publish(&firm.server, &[]);
        assert_ne!(ran.code, 0);
        assert!(ran.stderr.contains(with), "not `{with}`: {}", ran.stderr);
        firm.configure(&["--unset", key]);
    };
    refused("casebook.publish", "../x", "which is no handle of an audience");
    refused("casebook.publish", "nobody", "the case has no such audience");
    refused("casebook.publish.team.remote", "../elsewhere.git", "which is no address of a repository");
    refused("casebook.publish.team.remote", "--upload-pack=x:y", "which is no address of a repository");
    // In a clone, HEAD is whatever is being worked on.
    firm.desk.git(&["config", "casebook.publish", "team"]).ok();
    let ran = firm.publish(&firm.desk.top, &[]).code(2);
    assert!(ran.stderr.contains("git config casebook.protected main"), "{}", ran.stderr);
    let ran = firm.publish(&firm.desk.top, &["board"]).code(2);
    assert!(ran.stderr.contains("nothing says") && ran.stderr.contains("help"), "{}", ran.stderr);
}

#[test]
fn what_failed_unseen_the_doctor_tells_and_the_next_one_mends() {
    let firm = firm(&["team"]);
    let remote = firm.desk.sandbox.path("team.git");
    firm.configure(&["casebook.publish.team.remote", remote.to_str().unwrap()]);
    firm.push("main").ok();
    firm.await_reports_of(&firm.desk.head());
    let doctor = || firm.desk.sandbox.casebook(&firm.server, &["doctor"]);
    firm.await_that("the failure", || doctor().stdout.contains("`git ls-remote` failed").then_some(()));
    assert_eq!(doctor().code, 1);
    firm.separate(&firm.server, "team", "team.git");
    // A process that dies in its midst leaves a note, too.
    let hook = "#!/bin/sh\ntouch began\nwhile [ -e began ]; do sleep 0.05; done\n";
    casebook::disk::write::program(&remote.join("hooks/pre-receive"), hook.as_bytes()).unwrap();
    let mut command = firm.desk.sandbox.command(CASEBOOK, &firm.server);
    let mut child = command.arg("publish").spawn().unwrap();
    firm.await_that("its midst", || remote.join("began").exists().then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(doctor().stdout.contains("did not come to its end"), "{}", doctor().text());
    fs::remove_file(remote.join("hooks/pre-receive")).unwrap();
    fs::remove_file(remote.join("began")).unwrap();
    firm.publish(&firm.server, &[]).ok();
    assert_eq!(doctor().code, 0, "{}", doctor().text());
    assert_eq!(firm.objects(&remote).len(), 4);
}
