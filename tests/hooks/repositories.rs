//! Repositories of kinds that casebook cannot read: it says so, and what to type.

use super::{Desk, write};
use crate::support::{self, Ran, Sandbox};
use std::fs;

/// Makes a repository with the sound case in it, and installs the hooks while it can still be read, or by hand.
fn made(arguments: &[&str]) -> (Sandbox, Ran) {
    let sandbox = Sandbox::new();
    let top = sandbox.path("case");
    support::copy(&support::sound_case(), &top);
    let made = sandbox.git(&top, &[&["init", "-q"], arguments].concat());
    (sandbox, made)
}

#[track_caller]
fn says(sandbox: &Sandbox, message: &str, help: &str) {
    let top = sandbox.path("case");
    for arguments in [&["check"][..], &["hook", "install"], &["hook", "run", "pre-commit"]] {
        let ran = sandbox.casebook(&top, arguments).code(2);
        assert!(ran.stderr.contains(message), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(help), "{arguments:?}: {}", ran.stderr);
    }
    // What only follows never fails, and takes one line.
    let ran = sandbox.casebook(&top, &["hook", "run", "post-commit"]).ok();
    assert!(
        ran.stderr.starts_with("casebook: warning: ") && ran.stderr.trim_end().lines().count() == 1,
        "{}",
        ran.stderr
    );
    let ran = sandbox.casebook(&top, &["doctor"]).code(1);
    assert!(ran.stdout.contains(message) && ran.stdout.contains(help), "{}", ran.stdout);
}

#[test]
fn with_refs_in_a_reftable() {
    let (sandbox, made) = made(&["--ref-format=reftable"]);
    if made.code != 0 {
        return eprintln!("skipped: this Git knows no reftable");
    }
    says(&sandbox, "keeps its refs as a reftable", "git refs migrate --ref-format=files");
    let top = sandbox.path("case");
    sandbox.git(&top, &["refs", "migrate", "--ref-format=files"]).ok();
    sandbox.casebook(&top, &["check"]).ok();
}

#[test]
fn with_object_names_of_sha256() {
    let (sandbox, made) = made(&["--object-format=sha256"]);
    made.ok();
    says(&sandbox, "uses SHA-256 object names", "casebook init");
}

#[test]
fn with_two_kinds_of_object_names() {
    let (sandbox, made) = made(&[]);
    made.ok();
    let top = sandbox.path("case");
    sandbox.git(&top, &["config", "core.repositoryFormatVersion", "1"]).ok();
    sandbox.git(&top, &["config", "extensions.compatObjectFormat", "sha256"]).ok();
    says(&sandbox, "extensions.compatObjectFormat", "clone it into a repository without that extension");
}

#[cfg(unix)]
#[test]
fn of_another_user() {
    let desk = Desk::new();
    let give = |owner| {
        let entries = walkdir::WalkDir::new(&desk.top).into_iter().flatten();
        entries.into_iter().all(|entry| std::os::unix::fs::chown(entry.path(), Some(owner), None).is_ok())
    };
    if !give(12345) {
        return eprintln!("skipped: only root can give files to another user");
    }
    says_for(&desk, "belongs to another user", "safe.directory");
    // Git accepts the repository where GIT_DIR names it, and so do its hooks.
    desk.finding("00000001", "a-00000000");
    let with = |arguments: &[&str]| {
        let mut command = desk.command(&desk.top);
        support::ran(command.env("GIT_DIR", desk.top.join(".git")).args(arguments).output().unwrap())
    };
    with(&["add", "."]).ok();
    let refused = with(&["commit", "-qm", "x"]).code(1);
    assert!(refused.stderr.contains("dangling-reference"), "{}", refused.stderr);
    // And where the user says that it is trusted.
    fs::write(desk.sandbox.path("home/.gitconfig"), format!("[safe]\n\tdirectory = {}\n", desk.top.display())).unwrap();
    let refused = desk.git(&["commit", "-qm", "x"]).code(1);
    assert!(refused.stderr.contains("dangling-reference"), "{}", refused.stderr);
}

#[cfg(unix)]
#[track_caller]
fn says_for(desk: &Desk, message: &str, help: &str) {
    let ran = desk.sandbox.casebook(&desk.top, &["check"]).code(2);
    assert!(ran.stderr.contains(message) && ran.stderr.contains(help), "{}", ran.stderr);
    let ran = desk.sandbox.casebook(&desk.top, &["doctor"]).code(1);
    assert!(ran.stdout.contains(message) && ran.stdout.contains(help), "{}", ran.stdout);
}

#[test]
fn that_fetch_their_objects_late() {
    let desk = Desk::new();
    desk.git(&["config", "uploadpack.allowFilter", "true"]).ok();
    let partial = desk.sandbox.path("late");
    let url = format!("file://{}", desk.top.display());
    desk.git(&["clone", "-q", "--no-checkout", "--filter=blob:none", &url, partial.to_str().unwrap()]).ok();
    let ran = desk.sandbox.casebook(&partial, &["check", "--rev", "HEAD"]).code(2);
    assert!(ran.stderr.contains("partial clone"), "{}", ran.stderr);
    let ran = desk.sandbox.casebook(&partial, &["doctor"]).code(1);
    assert!(ran.stdout.contains("this is a partial clone"), "{}", ran.stdout);
    desk.git_in(&partial, &["fetch", "-q", "--refetch", "--no-filter"]).ok();
    desk.git_in(&partial, &["config", "--unset", "remote.origin.promisor"]).ok();
    desk.sandbox.casebook(&partial, &["check", "--rev", "HEAD"]).ok();
    let ran = desk.sandbox.casebook(&partial, &["doctor"]);
    assert!(!ran.stdout.contains("partial"), "{}", ran.stdout);
}

#[test]
fn with_replaced_objects_are_read_as_they_are() {
    let desk = Desk::new();
    let file = "findings/f-7q2k9dm4.toml";
    let true_blob = desk.says(&["rev-parse", &format!("HEAD:{file}")]);
    write(&desk.top, "other", "broken");
    let other = desk.says(&["hash-object", "-w", "other"]);
    desk.git(&["replace", &true_blob, &other]).ok();
    assert_eq!(desk.says(&["cat-file", "blob", &true_blob]), "broken");
    desk.sandbox.casebook(&desk.top, &["check", "--rev", "HEAD"]).ok();
}

/// Git finds its configuration by variables that libgit2 does not know.
#[test]
fn with_settings_that_are_elsewhere() {
    let desk = support::Desk::with(|desk| {
        let team = desk.read("team.toml");
        desk.write("team.toml", team.replace("\"alice\"\n", "\"alice\"\nemail = \"alice@example.org\"\n"));
    });
    let file = |name: &str, email: &str| {
        let path = desk.sandbox.path(name);
        fs::write(&path, format!("[user]\n\temail = {email}\n")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    file("home/.gitconfig", "somebody@example.org");
    let alice = file("settings", "alice@example.org");
    let with = |program: &str, arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = desk.sandbox.command(program, &desk.top);
        command.env_remove("GIT_AUTHOR_EMAIL").env_remove("GIT_CONFIG_GLOBAL").env_remove("GIT_CONFIG_NOSYSTEM");
        support::ran(command.envs(variables.iter().copied()).args(arguments).output().unwrap())
    };
    let nobody = ("GIT_CONFIG_GLOBAL", "/dev/null");
    let setting =
        [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "user.email"), ("GIT_CONFIG_VALUE_0", "alice@example.org")];
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[], "somebody@example.org"),
        (&setting, "alice@example.org"),
        (&[("GIT_CONFIG_GLOBAL", &alice)], "alice@example.org"),
        (&[nobody], ""),
        (&[nobody, ("GIT_CONFIG_SYSTEM", &alice)], "alice@example.org"),
        (&[nobody, ("GIT_CONFIG_SYSTEM", &alice), ("GIT_CONFIG_NOSYSTEM", "1")], ""),
    ];
    for (variables, email) in cases {
        assert_eq!(with("git", &["config", "user.email"], variables).stdout.trim(), email, "{variables:?}");
        let ran = with(support::CASEBOOK, &["new", "finding", "X", "--set", "type=observation"], variables);
        let says = match email {
            "alice@example.org" => {
                let written = desk.read(&format!("findings/{}.toml", ran.stdout.trim()));
                assert!(written.contains("authors = [\"alice\"]"), "{variables:?}: {written}");
                continue;
            }
            "" => "Git does not know who you are",
            other => other,
        };
        assert!(ran.stderr.contains(says), "{variables:?}: {}", ran.text());
    }
}
