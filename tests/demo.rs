//! The demo: the same case everywhere, and a hook in it that refuses what breaks it.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::{Ran, Sandbox};

/// Runs the demo and returns the folder of its case.
fn demo(sandbox: &Sandbox, name: &str) -> (Ran, PathBuf) {
    let ran = sandbox.casebook(&sandbox.path(""), &["demo", name]).ok();
    (ran, sandbox.path(name).join("case"))
}

/// Commits everything, as somebody who knows nothing of casebook would.
fn commit(sandbox: &Sandbox, case: &Path) -> Ran {
    sandbox.git(case, &["add", "-A"]).ok();
    sandbox.git(case, &["commit", "-q", "-m", "A change"])
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{} has no `{from}`", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn two_demos_are_the_same_to_the_last_byte() {
    let sandbox = Sandbox::new();
    let (first, one) = demo(&sandbox, "one");
    let (second, two) = demo(&sandbox, "two");
    let head = |case: &Path| sandbox.git(case, &["rev-parse", "HEAD"]).ok().stdout;
    assert_eq!(head(&one), head(&two));
    for name in ["index.html", "report.md"] {
        assert_eq!(
            fs::read(one.join("reports").join(name)).unwrap(),
            fs::read(two.join("reports").join(name)).unwrap()
        );
    }
    assert_eq!(first.stdout.replace("one/case", "two/case"), second.stdout);
    for told in
        ["`hihg` is not a severity", "`white` is not a marking", "there is no asset `a-tmrdgk36`", "not committed"]
    {
        assert!(first.stdout.contains(told), "the demo does not show `{told}`:\n{}", first.stdout);
    }
}

#[test]
fn a_clone_renders_the_same_report() {
    let sandbox = Sandbox::new();
    let (_, case) = demo(&sandbox, "demo");
    let clone = sandbox.path("clone");
    sandbox.git(&sandbox.path(""), &["clone", "-q", case.to_str().unwrap(), clone.to_str().unwrap()]).ok();
    sandbox.casebook(&clone, &["report"]).ok();
    for name in ["index.html", "report.md"] {
        let (here, there) = (case.join("reports").join(name), clone.join("reports").join(name));
        assert_eq!(fs::read(here).unwrap(), fs::read(there).unwrap(), "{name}");
    }
    sandbox.casebook(&clone, &["evidence", "verify"]).ok();
}

#[test]
fn coreutils_verify_every_item_of_the_demo() {
    let sandbox = Sandbox::new();
    let (_, case) = demo(&sandbox, "demo");
    let evidence = case.join("evidence");
    let lists: Vec<_> = fs::read_dir(&evidence).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let lists: Vec<&str> =
        lists.iter().map(|name| name.to_str().unwrap()).filter(|name| name.ends_with(".sha256")).collect();
    assert_eq!(lists.len(), 4);
    for list in lists {
        sandbox.run("sha256sum", &evidence, &["--strict", "-c", list]).ok();
    }
}

#[test]
fn the_hook_refuses_what_breaks_the_case_and_says_what_to_type() {
    let sandbox = Sandbox::new();
    let (_, case) = demo(&sandbox, "demo");
    let finding = case.join("findings/f-1y0jgafb.toml");
    let log = fs::read_dir(case.join("evidence")).unwrap().map(|entry| entry.unwrap().path()).find_map(|item| {
        let log = item.join("dc01-event-logs/Microsoft-Windows-TerminalServices-RDPClient%4Operational.evtx");
        log.exists().then_some(log)
    });
    let log = log.unwrap();
    type Break<'a> = (&'a str, Box<dyn Fn() + 'a>, &'a str);
    let breaks: Vec<Break<'_>> = vec![
        ("syntax", Box::new(|| edit(&finding, "title = \"", "title = ")), "help"),
        ("dangling-reference", Box::new(|| edit(&finding, "a-tmrdgk63", "a-tmrdgk36")), "did you mean `a-tmrdgk63`"),
        ("bad-value", Box::new(|| edit(&finding, "observed = ", "tlp = \"white\"\nobserved = ")), "`clear`"),
        ("citation-target", Box::new(|| edit(&finding, "/Security_records", "/Securty_records")), "did you mean"),
        (
            "evidence-altered",
            Box::new(|| {
                let mut bytes = fs::read(&log).unwrap();
                bytes[5000] ^= 1;
                fs::write(&log, bytes).unwrap();
            }),
            "git checkout HEAD -- ",
        ),
        ("evidence-missing", Box::new(|| fs::remove_file(&log).unwrap()), "git checkout HEAD -- "),
        ("entry-deleted", Box::new(|| fs::remove_file(&finding).unwrap()), "withdrawn"),
    ];
    for (code, break_it, help) in breaks {
        break_it();
        let ran = commit(&sandbox, &case).code(1);
        assert!(ran.stderr.contains(&format!("[{code}]")) && ran.stderr.contains(help), "{code}:\n{}", ran.stderr);
        sandbox.git(&case, &["reset", "-q", "--hard"]).ok();
    }
    commit(&sandbox, &case).code(1);
    sandbox.casebook(&case, &["check"]).ok();
}
