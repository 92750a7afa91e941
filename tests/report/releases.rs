//! `casebook release`: who was given which report, and who is owed a correction.

use super::support::Desk;
use std::fs;

const TO: &str = "Carol Example";

impl Desk {
    /// Records a release and commits it; gives the path of its record.
    fn release(&self, arguments: &[&str]) -> String {
        let made = self.json(&[&["release"], arguments, &["--by", "bob"]].concat());
        self.commit("A release");
        made["release"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    /// The corrections that `status` lists: audience, recipients, entries and what became of them.
    fn owed(&self) -> Vec<(String, String, Vec<String>)> {
        let status = self.json(&["status"]);
        let owed = status["owed"].as_array().unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let of = |one: &serde_json::Value| {
            let to: Vec<String> = one["owed_to"].as_array().unwrap().iter().map(text).collect();
            let what = one["corrections"].as_array().unwrap().iter();
            let what = what.map(|it| format!("{} {}", text(&it["entry"]), text(&it["change"])));
            (text(&one["audience"]), to.join(", "), what.collect())
        };
        owed.iter().map(of).collect()
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no {from}:\n{text}");
        self.write(path, text.replacen(from, to, 1));
    }
}

/// The sound case, which ignores its reports, as every case does that `casebook init` made.
fn desk() -> Desk {
    Desk::with(|desk| desk.write(".gitignore", "/reports/\n"))
}

/// The first entry of a kind.
fn first(desk: &Desk, kind: &str) -> String {
    desk.json(&["list", kind])[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn whoever_was_told_what_holds_no_longer_is_owed_a_correction_until_they_have_it() {
    let desk = desk();
    let first_commit = desk.head();
    let record = desk.release(&["technical", "--to", TO, "--reason", "weekly report"]);
    let text = desk.read(&record);
    assert!(text.contains(&format!("commit = \"{first_commit}\"")), "{text}");
    desk.casebook(&["check"]).ok();
    assert_eq!(desk.owed(), []);
    let said = desk.casebook(&["release"]).ok().stdout;
    assert!(said.contains("what it tells holds") && said.contains("weekly report"), "{said}");

    let finding = first(&desk, "findings");
    desk.casebook(&["set", &finding, "status=withdrawn"]).ok();
    let withdrawn = format!("{finding} is withdrawn now");
    assert_eq!(desk.owed(), [("technical".to_owned(), TO.to_owned(), vec![withdrawn.clone()])]);
    // The report of a commit that does not have the correction yet settles nothing.
    desk.release(&["technical", "--to", TO, "--rev", &first_commit, "--reason", "again"]);
    assert_eq!(desk.owed().len(), 1);

    let status = desk.casebook(&["status"]).stdout;
    assert!(status.contains("Corrections owed (1)") && status.contains(TO), "{status}");
    let since = &first_commit[..12];
    assert!(status.contains(&format!("casebook release technical --to '{TO}' --since {since}")), "{status}");
    let said = desk.casebook(&["release"]).code(1).stdout;
    assert!(said.contains(&format!("owed a correction: {TO}")) && said.contains(&withdrawn[11..]), "{said}");

    // Those who work on the case, and legal counsel, see who has which report.
    desk.casebook(&["report"]).ok();
    for (report, is_told) in [("report.md", true), ("legal/report.md", true), ("executive/report.md", false)] {
        let text = desk.read(&format!("reports/{report}"));
        assert_eq!(
            text.contains("Reports that were given to somebody") || text.contains("weekly report"),
            is_told,
            "{report}"
        );
        assert_eq!(text.contains(TO) && text.contains(since), is_told, "{report}:\n{text}");
    }

    let news =
        desk.casebook(&["report", "--audience", "technical", "--since-release", "--format", "md", "--output", "-"]);
    let text = news.ok().stdout;
    assert!(text.contains(&format!("--since {first_commit}")) && text.contains(&finding), "{text}");
    let none =
        desk.casebook(&["report", "--audience", "status", "--since-release", "--format", "md", "--output", "-"]).ok();
    assert!(none.stderr.contains("nothing was released to status yet"), "{}", none.stderr);

    // To somebody else, or for another audience, it is no correction.
    desk.release(&["technical", "--to", "ACME Ltd"]);
    desk.release(&["review", "--to", TO]);
    assert_eq!(desk.owed().len(), 1);
    desk.release(&["technical", "--to", TO, "--since", since]);
    assert_eq!(desk.owed(), []);
    let said = desk.casebook(&["release"]).ok().stdout;
    assert!(said.contains("settled: they have a later one"), "{said}");
    desk.casebook(&["check"]).ok();
}

#[test]
fn what_was_given_is_what_the_record_says() {
    let desk = desk();
    let made = desk.json(&["release", "legal", "--to", TO, "--to", "ACME Ltd", "--to", TO, "--by", "bob"]);
    let text = desk.read(made["release"].as_str().unwrap());
    assert!(text.contains("to = [\"Carol Example\", \"ACME Ltd\"]"), "{text}");
    for file in made["files"].as_array().unwrap() {
        let file = file.as_str().unwrap();
        let digest = casebook::values::Sha256::of(&fs::read(desk.path(file)).unwrap());
        assert!(text.contains(&format!("sha256 = \"{digest}\"")), "{file}\n{text}");
        desk.casebook(&["report", "verify", file]).ok();
    }
    let next = made["next"].as_str().unwrap().to_owned();
    desk.sandbox.run("sh", &desk.top, &["-c", &next]).ok();
    assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, "");
}

#[test]
fn each_change_of_what_was_told_is_named() {
    let desk = desk();
    let [finding, event, indicator] = ["findings", "events", "indicators"].map(|kind| first(&desk, kind));
    desk.release(&["technical", "--to", TO]);
    // What only grows is no correction.
    desk.write("notes/more.md", "# More\n");
    desk.casebook(&["set", &finding, "tags+=new"]).ok();
    assert_eq!(desk.owed(), []);
    desk.commit("More");
    for (entry, assignment, change) in [
        (&finding, "summary=It was otherwise.", "has another summary"),
        (&event, "title=Something else happened", "has another title"),
        (&event, "time=2026-02-27T00:00:00Z", "has another time"),
        (&indicator, "verdict=benign", "has another verdict"),
    ] {
        desk.casebook(&["set", entry, assignment]).ok();
        assert_eq!(desk.owed().iter().flat_map(|(.., what)| what).collect::<Vec<_>>(), [&format!("{entry} {change}")]);
        desk.git(&["checkout", "-q", "."]).ok();
    }
    desk.casebook(&["set", &event, "tlp=red"]).ok();
    let raised = format!("{event} is TLP:RED now");
    assert_eq!(desk.owed().iter().flat_map(|(.., what)| what).collect::<Vec<_>>(), [&raised]);
}

#[test]
fn who_was_not_told_of_an_entry_is_owed_nothing() {
    let desk = desk();
    desk.release(&["executive", "--to", TO]);
    let finding = first(&desk, "findings");
    desk.casebook(&["set", &finding, "status=withdrawn"]).ok();
    assert_eq!(desk.owed(), []);
}

#[test]
fn a_release_is_never_changed() {
    let desk = desk();
    let record = desk.release(&["technical", "--to", TO]);
    let text = desk.read(&record);
    desk.replace(&record, TO, "Somebody Else");
    let said = desk.casebook(&["check"]).code(1).text();
    assert!(said.contains("error[release-changed]") && said.contains("error[release-broken]"), "{said}");
    desk.write(&record, &text);
    desk.casebook(&["check"]).ok();
    let base = desk.head();
    desk.git(&["rm", "-q", &record]).ok();
    desk.commit("Nobody was told");
    let said = desk.casebook(&["check", "--range", &format!("{base}..HEAD")]).code(1).text();
    assert!(said.contains("error[release-changed]"), "{said}");
}

#[test]
fn whoever_gave_it_is_in_the_roster() {
    let desk = desk();
    let record = desk.release(&["technical", "--to", TO]);
    let text = desk.read(&record).replace("by = \"bob\"", "by = \"bbo\"");
    let name = casebook::model::release::path_of(&casebook::model::release::name_of(text.as_bytes()));
    desk.write(name.as_str(), text);
    let said = desk.casebook(&["check"]).code(1).text();
    assert!(said.contains("error[unknown-person]") && said.contains("did you mean `bob`?"), "{said}");
    desk.casebook(&["release", "legal", "--to", TO, "--by", "nobody"]).code(2);
}

#[test]
fn nothing_is_released_that_the_gate_holds_back_or_that_nobody_receives() {
    let desk = desk();
    let indicator = first(&desk, "indicators");
    let text = desk.read(&format!("indicators/{indicator}.toml"));
    let value = text.lines().find_map(|line| line.strip_prefix("value = ")).unwrap().trim_matches('"').to_owned();
    desk.casebook(&["set", &indicator, "tlp=red"]).ok();
    desk.casebook(&["set", "case", &format!("title=It began at {value}")]).ok();
    desk.commit("A secret in the title");
    let ran = desk.casebook(&["release", "operations", "--to", TO, "--by", "bob"]).code(1);
    assert!(ran.stderr.contains("nothing is released") && ran.stderr.contains("help:"), "{}", ran.stderr);
    assert!(!desk.path("releases").exists());
    desk.casebook(&["release", "operations"]).code(2);
    desk.casebook(&["release", "--to", TO]).code(2);
    let said = desk.casebook(&["release", "legl", "--to", TO]).code(2).stderr;
    assert!(said.contains("did you mean `legal`?"), "{said}");
    let said = desk.casebook(&["release"]).ok().stdout;
    assert!(said.contains("no report was given to anybody"), "{said}");
}

#[test]
fn where_git_does_not_ignore_reports_none_is_written() {
    let desk = Desk::new();
    let said = desk.casebook(&["release", "legal", "--to", TO, "--by", "bob"]).code(2).stderr;
    assert!(said.contains("does not ignore the folder `reports`"), "{said}");
    assert!(!desk.path("releases").exists() && !desk.path("reports").exists());
}

#[test]
fn where_the_commit_is_not_here_nobody_can_say() {
    let desk = desk();
    desk.release(&["technical", "--to", TO]);
    let shallow = desk.sandbox.path("shallow");
    let from = format!("file://{}", desk.top.display());
    desk.git(&["clone", "-q", "--depth=1", &from, shallow.to_str().unwrap()]).ok();
    let said = desk.sandbox.casebook(&shallow, &["release"]).code(1).stdout;
    assert!(said.contains("is not in this clone") && said.contains("git fetch origin"), "{said}");
}
