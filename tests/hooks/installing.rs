//! Installing: into the folder that Git looks in, beside the hooks of others, and away again without a trace.

use super::Desk;
use crate::support::{self, CASEBOOK, Sandbox, ran, tool};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Makes an executable script.
fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Everything in a folder: names, bytes, modes and the targets of links.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (String, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(folder).min_depth(1).into_iter().flatten();
    entries
        .map(|entry| {
            let metadata = fs::symlink_metadata(entry.path()).unwrap();
            let content = match metadata.is_symlink() {
                true => fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes(),
                false => fs::read(entry.path()).unwrap_or_default(),
            };
            (entry.path().to_owned(), (format!("{:?}", metadata.permissions()), content))
        })
        .collect()
}

/// A repository with the sound case, without hooks of ours and nothing committed.
fn bare_desk() -> Desk {
    let sandbox = Sandbox::new();
    let top = sandbox.path("case");
    support::copy(&support::sound_case(), &top);
    fs::write(top.join(".gitignore"), "/reports/\n").unwrap();
    sandbox.git(&top, &["init", "-q", "-b", "main"]).ok();
    sandbox.git(&top, &["add", "."]).ok();
    Desk { sandbox, top }
}

fn casebook(desk: &Desk, arguments: &[&str]) -> support::Ran {
    desk.sandbox.casebook(&desk.top, arguments)
}

fn hooks(desk: &Desk) -> PathBuf {
    desk.top.join(".git/hooks")
}

#[test]
fn twice_is_once_and_uninstalling_leaves_no_trace() {
    let desk = bare_desk();
    let before = snapshot(&hooks(&desk));
    casebook(&desk, &["hook", "install"]).ok();
    let installed = snapshot(&hooks(&desk));
    assert_eq!(installed.len(), before.len() + 10);
    let again = casebook(&desk, &["hook", "install"]).ok();
    assert!(!again.stdout.contains("added"), "{}", again.stdout);
    assert_eq!(snapshot(&hooks(&desk)), installed);
    casebook(&desk, &["hook", "status"]).ok();
    casebook(&desk, &["hook", "uninstall"]).ok();
    assert_eq!(snapshot(&hooks(&desk)), before);
    casebook(&desk, &["hook", "status"]).code(1);
    casebook(&desk, &["hook", "uninstall"]).ok();
}

#[test]
fn a_shim_is_a_short_script_of_any_posix_shell() {
    let desk = Desk::new();
    for name in ["pre-commit", "post-checkout"] {
        let path = hooks(&desk).join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("#!/bin/sh\n") && !text.contains('\r') && text.lines().count() <= 10, "{text}");
        desk.sandbox.run("sh", &desk.top, &["-n", path.to_str().unwrap()]).ok();
    }
}

#[test]
fn without_an_environment_and_with_spaces_in_every_path() {
    let sandbox = Sandbox::new();
    let top = sandbox.path("a case of $HOME's");
    support::copy(&support::sound_case(), &top);
    sandbox.git(&top, &["init", "-q"]).ok();
    let binary = sandbox.path("my programs/it's \"casebook\"");
    fs::create_dir_all(binary.parent().unwrap()).unwrap();
    fs::hard_link(CASEBOOK, &binary).or_else(|_| fs::copy(CASEBOOK, &binary).map(drop)).unwrap();
    sandbox.run(&binary, &top, &["hook", "install"]).ok();
    support::ran(sandbox.command("git", &top).args(["add", "."]).output().unwrap()).ok();
    let git = sandbox.run("sh", &top, &["-c", "command -v git"]).ok().stdout.trim().to_owned();
    let bare = |arguments: &[&str]| {
        let mut command = sandbox.command(&git, &top);
        command.env_clear().env("CASEBOOK_VERBOSE", "1");
        let identity = ["-c", "user.name=B", "-c", "user.email=b@example.org"];
        ran(command.args(identity).args(arguments).output().unwrap())
    };
    let done = bare(&["commit", "-qm", "x"]).ok();
    assert_eq!(super::judged(&done), bare(&["rev-parse", "HEAD^{tree}"]).ok().stdout.trim());
    fs::write(top.join("findings/f-7q2k9dm4.toml"), "broken").unwrap();
    bare(&["commit", "-qam", "x"]).code(1);
}

#[test]
fn a_missing_program_blocks_the_gate_and_nothing_else() {
    let desk = Desk::new();
    let gone = desk.sandbox.path("gone/casebook");
    for entry in walkdir::WalkDir::new(hooks(&desk)).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let text = fs::read_to_string(entry.path()).unwrap();
        fs::write(entry.path(), text.replace(CASEBOOK, gone.to_str().unwrap())).unwrap();
    }
    // No casebook anywhere: what is usual on the machine that runs the tests must not be found.
    let path = std::env::var_os("PATH").unwrap();
    let others = std::env::split_paths(&path).filter(|folder| !folder.join("casebook").exists());
    let path = std::env::join_paths(others).unwrap().into_string().unwrap();
    let without = |arguments: &[&str]| {
        ran(desk
            .command(&desk.top)
            .env("PATH", &path)
            .env("HOME", desk.sandbox.path("nobody"))
            .args(arguments)
            .output()
            .unwrap())
    };
    if ["/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"]
        .iter()
        .any(|usual| Path::new(usual).join("casebook").exists())
    {
        return eprintln!("skipped: a casebook is installed where the shims look for one");
    }
    desk.finding("00000001", "a-7q2k9dm4");
    without(&["add", "."]).ok();
    let done = without(&["commit", "-qm", "x"]).code(1);
    assert!(done.stderr.contains("no program at"), "{}", done.stderr);
    assert!(
        done.stderr.contains("gone/casebook") && done.stderr.contains("`casebook hook install`"),
        "{}",
        done.stderr
    );
    without(&["commit", "-qm", "x", "--no-verify"]).ok();
    without(&["switch", "-qc", "side"]).ok();
    let status = casebook(&desk, &["hook", "status"]).code(1);
    assert!(status.stdout.contains("calls a program that is not there"), "{}", status.stdout);
    // A casebook in PATH takes its place.
    let bin = desk.sandbox.path("bin");
    fs::create_dir(&bin).unwrap();
    fs::hard_link(CASEBOOK, bin.join("casebook"))
        .or_else(|_| fs::copy(CASEBOOK, bin.join("casebook")).map(drop))
        .unwrap();
    desk.finding("00000002", "a-00000000");
    desk.git(&["add", "."]).ok();
    let with = desk
        .command(&desk.top)
        .env("PATH", format!("{}:{path}", bin.display()))
        .args(["commit", "-qm", "x"])
        .output()
        .unwrap();
    let done = ran(with).code(1);
    assert!(done.stderr.contains("dangling-reference"), "{}", done.stderr);
    // But never one that lies in the case.
    script(&desk.top.join("casebook"), "#!/bin/sh\necho PWNED >&2\n");
    let done = ran(desk.command(&desk.top).env_remove("PATH").args(["commit", "-qm", "x"]).output().unwrap());
    assert!(!done.stderr.contains("PWNED"), "{}", done.stderr);
}

#[test]
fn hooks_of_others_run_first_and_come_back() {
    let desk = bare_desk();
    let log = desk.sandbox.path("log");
    let note = |name: &str, status: i32| {
        format!(
            "#!/bin/sh\nprintf '%s' '{name}' >> {0}\nfor word; do printf ' [%s]' \"$word\" >> {0}; done\ncat >> {0}\necho >> {0}\nexit {status}\n",
            log.display()
        )
    };
    script(&hooks(&desk).join("post-rewrite"), &note("post-rewrite", 0));
    script(&hooks(&desk).join("commit-msg"), &note("commit-msg", 0));
    script(&hooks(&desk).join("post-checkout"), &note("post-checkout", 3));
    script(&hooks(&desk).join("pre-push"), &note("pre-push", 0));
    // A hook that is a link to a script of the project, relative to the hooks.
    script(&desk.sandbox.path("case/.git/scripts/own"), &note("pre-commit", 0));
    #[cfg(unix)]
    std::os::unix::fs::symlink("../scripts/own", hooks(&desk).join("pre-commit")).unwrap();
    let before = snapshot(&hooks(&desk));
    let installed = casebook(&desk, &["hook", "install"]).ok();
    assert!(
        installed.stdout.contains("post-rewrite       added, after the hook that was there"),
        "{}",
        installed.stdout
    );
    casebook(&desk, &["hook", "install"]).ok();
    casebook(&desk, &["hook", "status"]).ok();
    desk.git(&["commit", "-qm", "One"]).ok();
    let done = desk.git(&["commit", "-q", "--amend", "-m", "Two words"]).ok();
    assert!(done.stderr.contains("judged tree"), "{}", done.stderr);
    assert_ne!(desk.git(&["switch", "-qc", "side"]).code, 0, "its failure is still its own");
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..4],
        ["pre-commit", "commit-msg [.git/COMMIT_EDITMSG]", "pre-commit", "commit-msg [.git/COMMIT_EDITMSG]"]
    );
    let rewritten = lines[4].strip_prefix("post-rewrite [amend]").unwrap();
    assert_eq!(rewritten.split(' ').map(str::len).collect::<Vec<_>>(), [40, 40], "standard input is theirs");
    assert!(text.contains("post-checkout ["), "{text}");
    casebook(&desk, &["hook", "uninstall"]).ok();
    assert_eq!(snapshot(&hooks(&desk)), before);
}

#[test]
fn a_hook_of_others_that_refuses_is_obeyed() {
    let desk = bare_desk();
    script(&hooks(&desk).join("pre-commit"), "#!/bin/sh\necho NO >&2\nexit 7\n");
    casebook(&desk, &["hook", "install"]).ok();
    let done = desk.git(&["commit", "-qm", "x"]).code(1);
    assert!(done.stderr.contains("NO") && !done.stderr.contains("judged"), "{}", done.stderr);
    // Somebody's installer writes over ours: installing again puts it first, and does not lose either.
    script(&hooks(&desk).join("pre-commit"), "#!/bin/sh\nexit 0\n");
    let status = casebook(&desk, &["hook", "status"]).code(1);
    assert!(
        status.stdout.contains("pre-commit         foreign, the hook that was there before is not run"),
        "{}",
        status.stdout
    );
    let refused = casebook(&desk, &["hook", "install"]).code(2);
    assert!(refused.stderr.contains("both hooks of somebody else"), "{}", refused.stderr);
}

#[cfg(unix)]
#[test]
fn a_hook_that_git_ignores_stays_ignored() {
    use std::os::unix::fs::PermissionsExt;
    let desk = bare_desk();
    let hook = hooks(&desk).join("pre-commit");
    script(&hook, "#!/bin/sh\nexit 7\n");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o644)).unwrap();
    casebook(&desk, &["hook", "install"]).ok();
    desk.git(&["commit", "-qm", "x"]).ok();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o644)).unwrap();
    let status = casebook(&desk, &["hook", "status"]).code(1);
    assert!(status.stdout.contains("pre-commit         installed, not executable"), "{}", status.stdout);
    let text = fs::read_to_string(&hook).unwrap();
    script(&hook, &text.replace('\n', "\r\n"));
    let status = casebook(&desk, &["hook", "status", "--format", "json"]).code(1);
    let json: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!(json["hooks"][0]["faults"], serde_json::json!(["carriage-returns"]));
    assert_eq!(json["hooks"][0]["binary"], CASEBOOK);
    assert!(json["hooks"][0]["chained"].as_str().unwrap().ends_with("pre-commit.before-casebook"));
    casebook(&desk, &["hook", "install"]).ok();
    casebook(&desk, &["hook", "status"]).ok();
}

#[test]
fn into_the_folder_that_all_work_trees_share() {
    let desk = Desk::new();
    casebook(&desk, &["hook", "uninstall"]).ok();
    let linked = desk.sandbox.path("linked");
    desk.git(&["worktree", "add", "-q", linked.to_str().unwrap()]).ok();
    desk.sandbox.casebook(&linked, &["hook", "install"]).ok();
    assert!(hooks(&desk).join("pre-commit").exists());
    casebook(&desk, &["hook", "status"]).ok();
    // A folder of the user's own choice, outside of the work tree.
    let own = desk.sandbox.path("own hooks");
    desk.git(&["config", "core.hooksPath", own.to_str().unwrap()]).ok();
    casebook(&desk, &["hook", "status"]).code(1);
    casebook(&desk, &["hook", "install"]).ok();
    assert!(own.join("pre-commit").exists());
    desk.finding("00000001", "a-00000000");
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "x"]).code(1);
}

#[test]
fn not_where_any_branch_could_put_programs() {
    let desk = Desk::new();
    casebook(&desk, &["hook", "uninstall"]).ok();
    let linked = desk.sandbox.path("linked");
    desk.git(&["worktree", "add", "-q", linked.to_str().unwrap()]).ok();
    for path in [".husky", "evidence/../hooks", linked.join("hooks").to_str().unwrap()] {
        desk.git(&["config", "core.hooksPath", path]).ok();
        let refused = casebook(&desk, &["hook", "install"]).code(2);
        assert!(refused.stderr.contains("any branch could put a program there"), "{path}: {}", refused.stderr);
        assert!(casebook(&desk, &["doctor"]).code(1).stdout.contains("any branch could"), "{path}");
    }
    #[cfg(unix)]
    {
        let link = desk.sandbox.path("link");
        std::os::unix::fs::symlink(&desk.top, &link).unwrap();
        desk.git(&["config", "core.hooksPath", link.join("hooks").to_str().unwrap()]).ok();
        casebook(&desk, &["hook", "install"]).code(2);
    }
}

#[test]
fn not_into_a_folder_that_every_repository_uses() {
    let desk = Desk::new();
    let shared = desk.sandbox.path("shared");
    fs::write(desk.sandbox.path("home/.gitconfig"), format!("[core]\n\thooksPath = {}\n", shared.display())).unwrap();
    let refused = casebook(&desk, &["hook", "install"]).code(2);
    assert!(refused.stderr.contains("the global configuration sets `core.hooksPath`"), "{}", refused.stderr);
    let line = refused.stderr.lines().find(|line| line.contains("help")).unwrap();
    let typed = line.split('`').find(|piece| piece.starts_with("git config core.hooksPath")).unwrap();
    assert!(casebook(&desk, &["doctor"]).code(1).stdout.contains("global configuration"));
    desk.sandbox.run("sh", &desk.top, &["-c", typed]).ok();
    casebook(&desk, &["hook", "install"]).ok();
    desk.finding("00000001", "a-00000000");
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "x"]).code(1);
}

#[test]
fn beside_git_lfs() {
    if tool("git-lfs").is_none() {
        return;
    }
    let desk = bare_desk();
    let attributes = desk.read(".gitattributes");
    desk.write(".gitattributes", &format!("*.bin filter=lfs diff=lfs merge=lfs -text\n{attributes}"));
    desk.git(&["lfs", "install", "--local"]).ok();
    let before = snapshot(&hooks(&desk));
    casebook(&desk, &["hook", "install"]).ok();
    for name in ["pre-push", "post-commit", "post-checkout", "post-merge"] {
        let kept = hooks(&desk).join(format!("{name}.before-casebook"));
        assert!(fs::read_to_string(kept).unwrap().contains(&format!("git lfs {name} \"$@\"")));
    }
    let trace =
        |arguments: &[&str]| ran(desk.command(&desk.top).env("GIT_TRACE", "1").args(arguments).output().unwrap()).ok();
    let done = trace(&["commit", "-qm", "x", "--no-verify"]);
    assert!(done.stderr.contains("git-lfs post-commit"), "{}", done.stderr);
    let remote = desk.sandbox.path("remote");
    desk.git(&["init", "-q", "--bare", remote.to_str().unwrap()]).ok();
    desk.write("notes/large.bin", "large");
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "y", "--no-verify"]).ok();
    desk.git(&["push", "-q", &format!("file://{}", remote.display()), "main"]).ok();
    assert!(remote.join("lfs/objects").is_dir(), "the object was not uploaded");
    casebook(&desk, &["hook", "uninstall"]).ok();
    assert_eq!(snapshot(&hooks(&desk)), before);
    // The other way round: Git LFS refuses to write over ours, which uploads all the same, and `--force` can be chained.
    for name in ["pre-push", "post-commit", "post-checkout", "post-merge"] {
        fs::remove_file(hooks(&desk).join(name)).unwrap();
    }
    casebook(&desk, &["hook", "install"]).ok();
    desk.write("notes/larger.bin", "larger");
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "z", "--no-verify"]).ok();
    let objects = || {
        walkdir::WalkDir::new(remote.join("lfs/objects"))
            .into_iter()
            .filter(|it| it.as_ref().unwrap().path().is_file())
            .count()
    };
    let uploaded = objects();
    desk.git(&["push", "-q", &format!("file://{}", remote.display()), "main"]).ok();
    assert_eq!(objects(), uploaded + 1);
    desk.git(&["lfs", "update", "--force"]).ok();
    let refused = casebook(&desk, &["hook", "install"]);
    refused.ok();
    casebook(&desk, &["hook", "status"]).ok();
}

#[test]
fn standard_input_that_nobody_reads_harms_nobody() {
    let desk = Desk::new();
    let mut child = desk
        .sandbox
        .command(hooks(&desk).join("post-rewrite"), &desk.top)
        .arg("rebase")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(&vec![b'x'; 1 << 20]);
    ran(child.wait_with_output().unwrap()).ok();
}
