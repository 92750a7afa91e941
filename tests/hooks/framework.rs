//! The hooks for the pre-commit framework, under the framework itself.

use super::{Desk, judged};
use crate::support::{CASEBOOK, Ran, ran, tool};
use std::fs;
use std::path::Path;

#[test]
fn the_gate_runs_under_the_pre_commit_framework() {
    let Some(framework) = tool("pre-commit") else { return };
    let desk = Desk::new();
    desk.sandbox.casebook(&desk.top, &["hook", "uninstall"]).ok();
    let source = desk.sandbox.path("casebook");
    fs::create_dir(&source).unwrap();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    fs::copy(manifest, source.join(".pre-commit-hooks.yaml")).unwrap();
    desk.sandbox.run(&framework, &source, &["validate-manifest", ".pre-commit-hooks.yaml"]).ok();
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "x"]] {
        desk.sandbox.git(&source, arguments).ok();
    }
    let revision = desk.sandbox.git(&source, &["rev-parse", "HEAD"]).ok().stdout;
    let config = desk.sandbox.path("config.yaml");
    let text = format!(
        "default_install_hook_types: [pre-commit, pre-merge-commit]\nrepos:\n- repo: {}\n  rev: {}  hooks:\n  - id: casebook-check-system\n    verbose: true\n",
        source.display(),
        revision
    );
    fs::write(&config, text).unwrap();
    let bin = desk.sandbox.path("bin");
    fs::create_dir(&bin).unwrap();
    fs::hard_link(CASEBOOK, bin.join("casebook"))
        .or_else(|_| fs::copy(CASEBOOK, bin.join("casebook")).map(drop))
        .unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let run = |program: &Path, arguments: &[&str]| -> Ran {
        let mut command = desk.sandbox.command(program, &desk.top);
        command.env("CASEBOOK_VERBOSE", "1").env("PATH", &path).env("PRE_COMMIT_HOME", desk.sandbox.path("cache"));
        ran(command.args(arguments).output().unwrap())
    };
    let git = Path::new("git");
    run(&framework, &["install", "-c", config.to_str().unwrap()]).ok();
    // The framework takes unstaged changes out of the work tree while it runs; what it judges is the index either way.
    desk.finding("00000001", "a-7q2k9dm4");
    run(git, &["add", "."]).ok();
    desk.write("findings/f-00000001.toml", "unstaged");
    let done = run(git, &["commit", "-qm", "x"]).ok();
    assert_eq!(judged(&done), desk.says(&["rev-parse", "HEAD^{tree}"]));
    assert_eq!(desk.read("findings/f-00000001.toml"), "unstaged");
    run(git, &["checkout", "-q", "."]).ok();
    // A commit that only deletes has no file for the framework to pass on.
    run(git, &["rm", "-q", "assets/a-7q2k9dm4.toml"]).ok();
    let refused = run(git, &["commit", "-qm", "x"]).code(1);
    assert!(refused.stderr.contains("there is no asset `a-7q2k9dm4`"), "{}", refused.stderr);
    let refused = run(git, &["commit", "-qm", "x", "--", "assets"]).code(1);
    assert!(refused.stderr.contains("there is no asset `a-7q2k9dm4`"), "{}", refused.stderr);
    // The framework's hook and ours: the framework's runs first.
    run(git, &["reset", "-q", "--hard"]).ok();
    desk.sandbox.casebook(&desk.top, &["hook", "install"]).ok();
    desk.finding("00000002", "a-7q2k9dm4");
    run(git, &["add", "."]).ok();
    let both = run(git, &["commit", "-qm", "y"]).ok();
    assert_eq!(both.stderr.matches("judged tree").count(), 2, "{}", both.stderr);
}
