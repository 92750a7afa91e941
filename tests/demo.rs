//! The demo: the same cases everywhere, a hook in them that refuses what breaks them, and reports that tell each audience what
//! it may know.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use support::{CASEBOOK, Ran, Sandbox, ran};

/// Runs the demo and returns the folder of its case.
fn demo(sandbox: &Sandbox, name: &str) -> (Ran, PathBuf) {
    demo_of(sandbox, name, "domain-controller")
}

fn demo_of(sandbox: &Sandbox, name: &str, case: &str) -> (Ran, PathBuf) {
    let ran = sandbox.casebook(&sandbox.path(""), &["demo", name, "--case", case]).ok();
    (ran, sandbox.path(name).join("case"))
}

/// Runs a program after both cases were written; their dates are fixed, and so is that of other tests.
fn later(sandbox: &Sandbox, program: &str, case: &Path, arguments: &[&str]) -> Ran {
    let mut command = sandbox.command(program, case);
    ran(command.args(arguments).env("CASEBOOK_NOW", "2026-12-01T12:00:00Z").output().unwrap())
}

fn pypi(sandbox: &Sandbox) -> PathBuf {
    demo_of(sandbox, "demo", "pypi-phishing").1
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

/// The reports of the work tree, in both formats, by audience: that of the case itself is the technical one.
fn reports(case: &Path) -> BTreeMap<String, String> {
    let folders = walkdir::WalkDir::new(case.join("reports")).into_iter().map(Result::unwrap);
    let folders = folders.filter(|entry| entry.path().join("index.html").is_file());
    folders
        .map(|folder| {
            let name = if folder.depth() == 0 { "technical" } else { folder.file_name().to_str().unwrap() };
            let text = |file: &str| fs::read_to_string(folder.path().join(file)).unwrap();
            (name.to_owned(), text("index.html") + &text("report.md"))
        })
        .collect()
}

#[test]
fn two_demos_are_the_same_to_the_last_byte() {
    let slips = ["`hihg` is not a severity", "`white` is not a marking", "there is no asset `a-tmrdgk36`"];
    is_the_same_twice("domain-controller", &slips);
    let slips = ["`2025-07-28T12:20:00` has no offset from UTC", "the quote does not stand at `lines:116-117`"];
    is_the_same_twice("pypi-phishing", &slips);
}

fn is_the_same_twice(case: &str, slips: &[&str]) {
    let sandbox = Sandbox::new();
    let (first, one) = demo_of(&sandbox, "one", case);
    // As in a clone of this repository, which ignores it.
    sandbox.git(&sandbox.path(""), &["init", "-q", "clone"]).ok();
    fs::write(sandbox.path("clone/.gitignore"), "two/\n").unwrap();
    let (second, two) = demo_of(&sandbox, "clone/two", case);
    let head = |case: &Path| sandbox.git(case, &["rev-parse", "HEAD"]).ok().stdout;
    assert_eq!(head(&one), head(&two));
    let reports = reports(&one);
    assert_eq!(reports.len(), 8, "{case}");
    assert_eq!(reports, self::reports(&two));
    assert_eq!(first.stdout.replace("one/case", "clone/two/case"), second.stdout);
    later(&sandbox, CASEBOOK, &one, &["check"]).ok();
    for told in slips.iter().chain(&["not committed"]) {
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
    for (case, items) in [("domain-controller", 4), ("pypi-phishing", 2)] {
        coreutils_verify(case, items);
    }
}

fn coreutils_verify(case: &str, items: usize) {
    let sandbox = Sandbox::new();
    let (_, case) = demo_of(&sandbox, "demo", case);
    let evidence = case.join("evidence");
    let lists: Vec<_> = fs::read_dir(&evidence).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let lists: Vec<&str> =
        lists.iter().map(|name| name.to_str().unwrap()).filter(|name| name.ends_with(".sha256")).collect();
    assert_eq!(lists.len(), items);
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

/// The evidence is what PyPI published, byte for byte.
#[test]
fn the_reports_of_pypi_are_as_they_were_published() {
    let Some(published) = support::shared("pypi-incident-reports/docs/blog/posts") else { return };
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/pypi-phishing/evidence");
    let names: Vec<_> = fs::read_dir(&ours).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2);
    for name in names {
        assert_eq!(fs::read(ours.join(&name)).unwrap(), fs::read(published.join(&name)).unwrap(), "{name:?}");
    }
}

/// Everything that happened, was seen, or is said to have been the case, has a place in the reports of PyPI.
#[test]
fn nothing_of_the_case_of_pypi_is_without_its_lines() {
    let entries = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/pypi-phishing/case");
    let mut count = 0;
    for kind in ["events", "findings", "indicators"] {
        for file in fs::read_dir(entries.join(kind)).unwrap() {
            let path = file.unwrap().path();
            let entry: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
            let cited = entry["evidence"].as_array().unwrap();
            assert!(
                !cited.is_empty()
                    && cited.iter().all(|place| place.get("at").is_some() && place.get("quote").is_some())
            );
            count += 1;
        }
    }
    assert_eq!(count, 46);
}

/// An indicator and a finding of the case of PyPI: id, and how each is called in a text.
const RED: [(&str, &str, &[&str]); 2] = [
    ("indicators", "i-ztha1mrq", &["45.9.148.108", "45[.]9[.]148[.]108", "45\\[.\\]9\\[.\\]148\\[.\\]108"]),
    ("findings", "f-14bvwq8q", &["The attackers made two API tokens"]),
];

/// Raises the marking of an entry to red, and commits that.
fn redden(sandbox: &Sandbox, case: &Path, folder: &str, id: &str) {
    let path = case.join(folder).join(format!("{id}.toml"));
    edit(&path, "\n\n[[", "\ntlp = \"red\"\n\n[[");
    sandbox.casebook(case, &["fmt"]).ok();
    sandbox.git(case, &["add", "-A"]).ok();
    later(sandbox, "git", case, &["commit", "-q", "-m", "A secret"]).ok();
}

/// What a text has of the two.
fn told(text: &str) -> Vec<&'static str> {
    RED.iter().flat_map(|(_, id, texts)| texts.iter().chain([id]).copied()).filter(|each| text.contains(each)).collect()
}

#[test]
fn a_marking_that_is_raised_takes_an_entry_out_of_every_report_below_it() {
    let sandbox = Sandbox::new();
    let case = pypi(&sandbox);
    let knew = reports(&case).values().filter(|report| !told(report).is_empty()).count();
    assert!(knew >= 5, "before, {knew} reports told them");
    for (folder, id, _) in RED {
        redden(&sandbox, &case, folder, id);
    }
    sandbox.casebook(&case, &["report", "--all-audiences"]).ok();
    let after = reports(&case);
    assert_eq!(after.len(), 8, "none is refused");
    for (audience, report) in &after {
        let data =
            sandbox.casebook(&case, &["report", "-a", audience, "--format", "json", "--output", "-"]).ok().stdout;
        let may_know = ["technical", "legal"].contains(&audience.as_str());
        for text in [report, &data] {
            assert_eq!(!told(text).is_empty(), may_know, "{audience}: {:?}", told(text));
        }
    }
}

/// An export up to a marking, as one text; a workbook is unpacked.
fn exported(sandbox: &Sandbox, case: &Path, format: &str, tlp: &str) -> String {
    let mut target = sandbox.path(&format!("{format}-{tlp}"));
    sandbox.casebook(case, &["export", format, "--tlp", tlp, "--output", target.to_str().unwrap()]).ok();
    if format == "kanvas" {
        let rows = sandbox.path(&format!("{format}-{tlp}-rows"));
        let arguments = ["-m", "zipfile", "-e", target.to_str().unwrap(), rows.to_str().unwrap()];
        sandbox.run("python3", case, &arguments).ok();
        target = rows;
    }
    let files = walkdir::WalkDir::new(&target).into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(|file| String::from_utf8_lossy(&fs::read(file.path()).unwrap()).into_owned()).collect()
}

#[test]
fn a_marking_that_is_raised_takes_an_entry_out_of_every_export_below_it() {
    let sandbox = Sandbox::new();
    let case = pypi(&sandbox);
    for (folder, id, _) in RED {
        redden(&sandbox, &case, folder, id);
    }
    let formats = "stix misp navigator csv timesketch iris-csv iris kanvas aurora veris case-uco blocklist openioc";
    for format in formats.split(' ') {
        for tlp in ["clear", "green", "amber", "amber+strict"] {
            let text = exported(&sandbox, &case, format, tlp);
            assert_eq!(told(&text), [""; 0], "{format} up to {tlp}");
        }
        let text = exported(&sandbox, &case, format, "red");
        assert!(!told(&text).is_empty(), "{format} up to red");
    }
}

/// The name of the phishing domain is in the title of the case: where it is a secret, no report below it is written.
#[test]
fn what_the_case_itself_tells_keeps_its_reports_back() {
    let sandbox = Sandbox::new();
    let case = pypi(&sandbox);
    redden(&sandbox, &case, "indicators", "i-272td9kw");
    for audience in ["executive", "operations", "customer", "indicators", "status", "review"] {
        let ran = sandbox.casebook(&case, &["report", "--audience", audience]).code(1);
        assert!(ran.stderr.contains("i-272td9kw") && ran.stderr.contains("help: "), "{audience}: {}", ran.stderr);
    }
    for audience in ["technical", "legal"] {
        sandbox.casebook(&case, &["report", "--audience", audience]).ok();
    }
}
