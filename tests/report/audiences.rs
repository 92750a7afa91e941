//! Audiences: what each is told, and what keeps a report from being written.

use super::{now, provenance};
use casebook::diagnostic::render::Count;
use casebook::load::NoMemory;
use casebook::model::Case;
use casebook::report::audience::{self, Profile};
use casebook::report::{self, Dialect, Report, Source};
use casebook::tree::MemoryTree;
use casebook::values::vocabulary::Marking;

const CASE: &str = r#"
format = 1
id = "2026-0142"
title = "A web server was used to reach the mail"
severity = "high"
tlp = "green"
status = "contained"
lead = "alice"
summary = "Somebody read mail."

[milestones]
detected = 2026-03-01T10:15:00Z
"#;

const TEAM: &str = r#"
version = 1
[[people]]
handle = "alice"
name = "Alice Example"
roles = ["lead"]
email = "alice@example.org"
[[teams]]
handle = "web"
name = "Web operations"
"#;

const FILES: &[(&str, &str)] = &[
    ("case.toml", CASE),
    ("team.toml", TEAM),
    ("policy.toml", "version = 1\n"),
    (
        "findings/f-11111111.toml",
        r#"
id = "f-11111111"
title = "The web shell was uploaded"
status = "confirmed"
type = "observation"
authors = ["alice"]
confidence = "high"
reason = "Two logs agree"
summary = "It came from 203.0.113.9."
"#,
    ),
    (
        "findings/f-22222222.toml",
        r#"
id = "f-22222222"
title = "A colleague did it"
status = "refuted"
type = "hypothesis"
authors = ["alice"]
summary = "No."
"#,
    ),
    (
        "events/e-11111111.toml",
        r#"
id = "e-11111111"
title = "The shell answers"
time = { from = 2026-03-01T03:21:00Z, to = 2026-03-01T03:25:00Z }
actor = "attacker"
tactic = "persistence"
"#,
    ),
    (
        "indicators/i-11111111.toml",
        r#"
id = "i-11111111"
type = "ip-src"
value = "203.0.113.9"
verdict = "malicious"
"#,
    ),
    (
        "actions/r-11111111.toml",
        r#"
id = "r-11111111"
title = "Close the upload form"
phase = "contain"
status = "open"
owner = "web"
due = 2026-03-02T10:00:00Z
"#,
    ),
];

/// The case, with some files changed by replacing a text.
fn case(changes: &[(&str, &str, &str)]) -> Source {
    let mut tree = MemoryTree::new();
    for (path, text) in FILES {
        let mut text = (*text).to_owned();
        for (_, from, to) in changes.iter().filter(|(changed, ..)| changed == path) {
            assert!(text.contains(from), "{path} has no {from}");
            text = text.replace(from, to);
        }
        tree.insert(path, text.into_bytes());
    }
    for (path, _, text) in changes.iter().filter(|(path, ..)| !FILES.iter().any(|(there, _)| there == path)) {
        tree.insert(path, (*text).as_bytes().to_vec());
    }
    let (case, diagnostics) = casebook::load::load(&tree, &mut NoMemory).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Source::of(&tree, case, Count::default()).unwrap()
}

fn profile(source: &Source, handle: &str) -> Profile {
    audience::profile(&source.case, handle).unwrap()
}

fn since(source: &Source, profile: &Profile, since: Option<(&str, &Case)>) -> Report {
    report::make(source, profile, since, &provenance(), now(), &Dialect::ALL)
}

/// What the report says, in Markdown; it must have passed.
fn told(source: &Source, profile: &Profile) -> String {
    passed(since(source, profile, None))
}

fn passed(report: Report) -> String {
    assert_eq!(report.refusals, []);
    report.files.into_iter().find(|file| file.dialect == Dialect::Markdown).unwrap().content
}

/// Why there is no report.
fn refused(source: &Source, profile: &Profile) -> String {
    let refusals = since(source, profile, None).refusals;
    refusals.iter().map(|refusal| format!("{}\n{}\n", refusal.says, refusal.help)).collect()
}

#[test]
fn a_marking_that_is_raised_on_one_entry_takes_it_out_everywhere() {
    let (before, after) = (case(&[]), case(&[("findings/f-11111111.toml", "status =", "tlp = \"red\"\nstatus =")]));
    for handle in audience::handles(&before.case) {
        let profile = profile(&before, handle);
        let is_told = profile.ceiling == Marking::Red;
        let told = passed(since(&after, &profile, Some(("v1", &before.case))));
        assert_eq!(told.contains("web shell"), is_told, "{handle}: {told}");
        assert!(is_told || !told.contains("Two logs"), "{handle}: {told}");
    }
    let told = passed(since(&after, &profile(&after, "executive"), Some(("v1", &before.case))));
    assert!(told.contains("What was told as f-11111111 is not shared with you any more"), "{told}");
}

#[test]
fn what_is_new_changed_or_gone_is_said() {
    let before = case(&[]);
    let after = case(&[
        ("findings/f-11111111.toml", "\"confirmed\"", "\"withdrawn\""),
        ("events/e-11111111.toml", "The shell answers", "The shell answers for the first time"),
        ("assets/a-11111111.toml", "", "id = \"a-11111111\"\nname = \"web01\"\nkind = \"server\"\n"),
    ]);
    let told = passed(since(&after, &profile(&after, "operations"), Some(("v1", &before.case))));
    for text in [
        "Since the report of commit v1",
        "The web shell was uploaded (f-11111111): withdrawn, refuted or replaced",
        "**New**\n\n- [web01](#a-11111111)",
        "**Changed**\n\n- The shell answers for the first time",
        "--audience operations --since v1",
    ] {
        assert!(told.contains(text), "{text}: {told}");
    }
    let nothing = passed(since(&before, &profile(&before, "operations"), Some(("v1", &before.case))));
    assert!(nothing.contains("Nothing that this report tells has changed"), "{nothing}");
}

#[test]
fn indicators_are_taken_apart_in_every_text_unless_asked() {
    let source = case(&[]);
    let technical = profile(&source, "technical");
    let told = told(&source, &technical);
    assert!(told.contains(r"It came from 203\[.\]0\[.\]113\[.\]9.") && !told.contains("203.0.113.9"), "{told}");
    let live = self::told(&source, &Profile { live: true, ..technical.clone() });
    assert!(live.contains("It came from 203.0.113.9"), "{live}");
    // What is written so that nobody finds it is found.
    let split = case(&[("findings/f-11111111.toml", "203.0.113.9", "203.0.**113.9**")]);
    assert!(refused(&split, &technical).contains("i-11111111 is in the report as it is"));
}

#[test]
fn what_holds_no_longer_is_not_told_by_prose() {
    let source = case(&[("findings/f-11111111.toml", "It came", "As [[f-22222222]] says, it came")]);
    let said = refused(&source, &profile(&source, "executive"));
    assert!(
        said.contains("`summary` of f-11111111 speaks of f-22222222 “A colleague did it”, which is refuted"),
        "{said}"
    );
    assert!(said.contains("casebook show f-11111111"), "{said}");
    told(&source, &profile(&source, "technical"));
    let of_case = case(&[("case.toml", "Somebody read mail.", "As [[f-22222222]] says; see [[f-99999999]].")]);
    let said = refused(&of_case, &profile(&of_case, "executive"));
    assert!(
        said.contains("`summary` of the case speaks of f-22222222 “A colleague did it”, which is refuted"),
        "{said}"
    );
    assert!(said.contains("`summary` of the case speaks of f-99999999, and there is no such entry"), "{said}");
    // Where the report shows no notes, they say nothing; where it does, they count.
    let note = case(&[("notes/a.md", "", "# A\n[[f-22222222]]\n")]);
    let with_notes =
        Profile { sections: vec![casebook::values::vocabulary::ReportSection::Notes], ..profile(&note, "executive") };
    assert!(refused(&note, &with_notes).contains("`notes/a.md` speaks of f-22222222"));
    told(&note, &profile(&note, "executive"));
}

#[test]
fn nobody_is_named_where_nobody_is_to_be() {
    let source = case(&[]);
    let told = told(&source, &profile(&source, "customer"));
    assert!(!told.contains("Alice") && !told.contains("alice"), "{told}");
    let named = case(&[
        ("findings/f-11111111.toml", "Two logs agree", "Alice Example looked"),
        ("case.toml", "Somebody read", "alice@example.org read"),
    ]);
    let said = refused(&named, &profile(&named, "customer"));
    assert!(said.contains("“alice@example.org” is in the report, which is to name nobody"), "{said}");
    let roles = Profile { people: casebook::values::vocabulary::Naming::Roles, ..profile(&source, "executive") };
    assert!(self::told(&source, &roles).contains("**Lead**: the lead"));
}

#[test]
fn an_audience_that_asks_for_signatures_is_told_nothing_else() {
    let policy = "version = 1\n[[audiences]]\nhandle = \"board\"\nname = \"The board\"\nlike = \"executive\"\nstanding = \"approved\"\n";
    let source = case(&[("policy.toml", "version = 1\n", policy)]);
    let said = refused(&source, &profile(&source, "board"));
    assert!(
        said.contains("f-11111111 “The web shell was uploaded” is draft; The board is told of what is approved only"),
        "{said}"
    );
    assert!(said.contains("`casebook sign f-11111111 --as reviewer`"), "{said}");
}

#[test]
fn a_policy_changes_audiences_and_adds_others() {
    let policy = r#"
version = 1
[[audiences]]
handle = "web-team"
name = "Web operations"
like = "operations"
tlp = "green"
team = "web"
zone = "Europe/Berlin"
sections = ["needs", "story"]
"#;
    let source = case(&[("policy.toml", "version = 1\n", policy)]);
    assert_eq!(audience::handles(&source.case).last(), Some(&"web-team"));
    let told = told(&source, &profile(&source, "web-team"));
    assert!(told.contains("- Close the upload form, Web operations"), "{told}");
    assert!(
        told.contains(
            "on 1 March 2026 between 03:21 and 03:25 UTC (on 1 March 2026 between 04:21 and 04:25 in Europe/Berlin)"
        ),
        "{told}"
    );
    assert!(!told.contains("Summary"), "{told}");
    assert!(audience::profile(&source.case, "nobody").is_none());
    assert_eq!(audience::nearest_handle(&source.case, "web-taem"), Some("web-team"));
}

#[test]
fn above_the_ceiling_the_case_itself_is_not_told() {
    let source = case(&[
        ("case.toml", "tlp = \"green\"", "tlp = \"amber\""),
        ("indicators/i-11111111.toml", "verdict =", "tlp = \"green\"\nverdict ="),
    ]);
    let told = told(&source, &profile(&source, "indicators"));
    assert!(told.contains("# 2026-0142: What may be shared of this case") && told.contains("203"), "{told}");
    for text in ["mail", "Alice", "web shell"] {
        assert!(!told.contains(text), "{text}: {told}");
    }
    let all = case(&[("case.toml", "tlp = \"green\"", "tlp = \"amber\"")]);
    assert!(
        self::told(&all, &profile(&all, "indicators")).contains("Nothing of this case may be told up to TLP:GREEN")
    );
}

#[test]
fn the_review_classifies_the_incident_as_veris_does() {
    let says = |category: &str, outcome: &str| {
        let more = format!("status = \"contained\"\noutcome = \"{outcome}\"\ncategory = \"{category}\"");
        let source = case(&[("case.toml", "status = \"contained\"", &more)]);
        let text = told(&source, &profile(&source, "review"));
        let from = text.rfind("Classification (VERIS 1.3.4)").unwrap_or_else(|| panic!("{text}"));
        text[from..].split("\n## ").next().unwrap().to_owned()
    };
    let ransomware = says("ransomware", "true-positive");
    for fact in ["Confirmed", "External", "Malware: Ransomware", "Availability: Obscuration", "Damaging"] {
        assert!(ransomware.contains(fact), "no {fact}:\n{ransomware}");
    }
    let lost = says("lost-device", "undetermined");
    for fact in ["Suspected", "Unknown", "Error: Loss", "Availability: Loss"] {
        assert!(lost.contains(fact), "no {fact}:\n{lost}");
    }
}
