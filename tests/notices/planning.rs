//! What is told to whom: found between two commits, and at a moment.

use super::support::{CASEBOOK, Desk, ran};
use super::{LEGAL, confirm, routed, set_status};
use std::fs;
use std::path::Path;

/// Compares a text with the file of that name in tests/notices. Ids of commits differ from run to run of Git.
#[track_caller]
fn golden(name: &str, text: &str) {
    let commits = regex::Regex::new(r"\b(?:[0-9a-f]{40}|[0-9a-f]{12})\b").unwrap();
    let text = commits.replace_all(text, "[commit]");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, text.as_bytes()).unwrap();
        return;
    }
    assert_eq!(
        text,
        fs::read_to_string(&path).unwrap_or_default(),
        "tests/notices/{name} is behind: UPDATE=1 writes it"
    );
}

/// What is told of the last commit: `occasion about → channel`, or `not told`.
fn told(desk: &Desk) -> Vec<String> {
    let plan = desk.json(&["notify", "plan"]);
    let line = |notice: &serde_json::Value| {
        let text = |key: &str| notice[key].as_str().unwrap_or("not told").to_owned();
        format!("{} {} → {}", text("occasion"), text("about"), text("channel"))
    };
    let all = plan["notices"].as_array().unwrap().iter().chain(plan["withheld"].as_array().unwrap());
    all.map(line).collect()
}

const ALL: &str = r#"
[[routes]]
handle = "legal"
audience = "legal"
channels = ["legal-chat", "legal-mail"]
on = ["due-soon", "milestone", "overdue", "reached"]
kind = ["case", "finding"]
status = ["confirmed", "contained"]

[[routes]]
handle = "clocks"
audience = "legal"
channels = ["legal-mail"]
on = ["due-soon", "overdue"]
duties = ["gdpr-72h"]
ahead = "48h"

[[routes]]
handle = "mail-team"
audience = "operations"
channels = ["mail-chat"]
on = ["due-soon", "objective-missed", "overdue", "reached"]
owners = ["mail"]

[[routes]]
handle = "hunters"
audience = "indicators"
channels = ["hunt"]
kind = ["indicator"]
"#;

#[test]
fn a_plan_reads_well_in_every_format() {
    let desk = routed(ALL);
    confirm(&desk);
    set_status(&desk, "case.toml", "open", "contained");
    desk.change("case.toml", |text| {
        let changed = String::from_utf8_lossy(text)
            .replace("[[objectives]]", "contained = 2026-03-02T08:00:00Z\n\n[[objectives]]");
        *text = changed.into_bytes();
    });
    desk.write(
        "actions/r-7q2k9dm5.toml",
        "id = \"r-7q2k9dm5\"\ntitle = \"Reset the password of j.doe\"\nphase = \"contain\"\nstatus = \"open\"\nowner = \"mail\"\npriority = \"urgent\"\ndue = 2026-03-05T10:00:00Z\nassets = [\"a-7q2k9dm4\"]\ndescription = \"See [[f-7q2k9dm4]]: **both** sessions.\"\n",
    );
    desk.write(
        "indicators/i-7q2k9dm5.toml",
        "id = \"i-7q2k9dm5\"\ntype = \"domain\"\nvalue = \"evil.example\"\nverdict = \"malicious\"\ntlp = \"green\"\n",
    );
    desk.write(
        "indicators/i-7q2k9dm6.toml",
        "id = \"i-7q2k9dm6\"\ntype = \"domain\"\nvalue = \"bad.example\"\nverdict = \"malicious\"\n",
    );
    desk.commit("What is known on the fifth");
    let plan = desk.casebook(&["notify", "plan", "--text"]);
    assert_eq!(plan.code, 1, "{}", plan.text());
    golden("plan.txt", &plan.stdout);
    golden("plan.md", &desk.casebook(&["notify", "plan", "--format", "md"]).stdout);
    let json = desk.casebook(&["notify", "plan", "--format", "json"]).stdout;
    assert_eq!(json, desk.casebook(&["notify", "plan", "HEAD^..HEAD", "--format", "json"]).stdout);
    let keys = regex::Regex::new("[0-9a-f]{64}").unwrap();
    golden("plan.json", &keys.replace_all(&json, "[key]"));
}

#[test]
fn only_what_is_new_is_told_and_once() {
    let desk = routed(LEGAL);
    confirm(&desk);
    desk.commit("Confirm");
    assert_eq!(told(&desk), ["reached f-7q2k9dm4 → legal-mail"]);
    desk.change("findings/f-7q2k9dm4.toml", |text| text.extend_from_slice(b"tags = [\"seen\"]\n"));
    desk.commit("A tag changes nothing of what was told");
    assert_eq!(told(&desk), [""; 0]);
    // A route that is added later tells nobody what was there already.
    desk.change("policy.toml", |text| text.extend_from_slice(LEGAL.replace("\"legal\"", "\"executive\"").as_bytes()));
    desk.commit("One more route");
    assert_eq!(told(&desk), [""; 0]);
}

#[test]
fn a_change_is_told_where_a_route_asks_for_it() {
    let desk = routed(
        "[[routes]]\nhandle = \"work\"\naudience = \"technical\"\nchannels = [\"queue\"]\nkind = [\"action\"]\non = [\"changed\", \"reached\"]\n",
    );
    let file = "actions/r-7q2k9dm4.toml";
    for (from, to, told_of) in [
        ("title = \"Isolate mail01\"", "title = \"Isolate mail01 now\"", 1),
        ("owner = \"mail\"", "owner = \"mail\"\n[ticket]\nsystem = \"rt\"\nkey = \"4\"\n", 0),
    ] {
        desk.change(file, |text| {
            let text_now = String::from_utf8_lossy(text).into_owned();
            // A table stands last in its file.
            let (text_now, to) = match to.split_once("\n[ticket]") {
                Some((line, table)) => (format!("{text_now}\n[ticket]{table}"), line.to_owned()),
                None => (text_now, to.to_owned()),
            };
            *text = text_now.replace(from, &to).into_bytes();
        });
        desk.commit("Change");
        assert_eq!(told(&desk), vec!["changed r-7q2k9dm4 → queue"; told_of], "{to}");
    }
}

#[test]
fn whoever_was_told_is_told_what_holds_no_longer() {
    for (change, says) in [
        (("status = \"confirmed\"", "status = \"withdrawn\""), "holds no longer: it is withdrawn now"),
        (("status = \"confirmed\"", "status = \"confirmed\"\ntlp = \"red\""), "It is TLP:RED now"),
        (("at night", "by day"), "has another summary; this is what holds now"),
    ] {
        let desk = routed(LEGAL.replace("\"legal\"", "\"executive\"").as_str());
        confirm(&desk);
        desk.commit("Confirm");
        desk.change("findings/f-7q2k9dm4.toml", |text| {
            *text = String::from_utf8_lossy(text).replacen(change.0, change.1, 1).into_bytes();
        });
        desk.commit("Change");
        let plan = desk.casebook(&["notify", "plan", "--text"]);
        assert!(plan.stdout.contains(says), "{}", plan.text());
        assert_eq!(told(&desk)[0], "corrected f-7q2k9dm4 → legal-mail");
        let title = plan.stdout.contains("The attacker logged on");
        assert_eq!(title, change.1 != "status = \"confirmed\"\ntlp = \"red\"", "{}", plan.text());
    }
}

#[test]
fn what_may_not_be_told_yet_is_told_when_it_may() {
    let policy = format!("{LEGAL}\n[[audiences]]\nhandle = \"legal\"\nstanding = \"reviewed\"\n");
    let desk = routed(&policy);
    set_status(&desk, "findings/f-7q2k9dm4.toml", "proposed", "confirmed");
    desk.change("findings/f-7q2k9dm4.toml", |text| {
        *text = String::from_utf8_lossy(text).replace("type = \"observation\"", "type = \"hypothesis\"").into_bytes();
    });
    desk.commit("Confirm");
    let plan = desk.casebook(&["notify", "plan"]);
    assert!(plan.stdout.contains("told of what is reviewed only"), "{}", plan.text());
    assert_eq!(told(&desk), ["reached f-7q2k9dm4 → not told"]);
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/keys");
    let key = desk.sandbox.path("alice");
    fs::copy(keys.join("alice"), &key).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    desk.casebook(&["sign", "f-7q2k9dm4", "--as", "lead", "--by", "alice", "--key", key.to_str().unwrap()]).ok();
    desk.commit("Sign");
    assert_eq!(told(&desk), ["reached f-7q2k9dm4 → legal-mail"]);
}

#[test]
fn a_notice_never_says_what_is_above_its_marking() {
    let desk = routed(LEGAL.replace("\"legal\"", "\"customer\"").as_str());
    desk.write(
        "assets/a-7q2k9dm5.toml",
        "id = \"a-7q2k9dm5\"\nname = \"projekt-nordlicht\"\nkind = \"host\"\ntlp = \"red\"\n",
    );
    confirm(&desk);
    desk.change("findings/f-7q2k9dm4.toml", |text| {
        *text = String::from_utf8_lossy(text).replace("at night", "to projekt-nordlicht").into_bytes();
    });
    desk.commit("Confirm");
    let plan = desk.casebook(&["notify", "plan"]);
    assert!(plan.stdout.contains("“projekt-nordlicht” of a-7q2k9dm5, which is marked red"), "{}", plan.text());
    assert_eq!(told(&desk), ["reached f-7q2k9dm4 → not told"]);
}

#[test]
fn a_plan_is_the_same_in_another_clone() {
    let desk = routed(LEGAL);
    confirm(&desk);
    desk.commit("Confirm");
    let clone = desk.sandbox.path("clone");
    desk.sandbox.git(&desk.top, &["clone", "-q", ".", clone.to_str().unwrap()]).ok();
    let here = desk.casebook(&["notify", "plan", "--format", "json"]).stdout;
    let there = desk.sandbox.casebook(&clone, &["notify", "plan", "--format", "json"]).stdout;
    assert_eq!(here, there);
}

/// Confirms a finding that nothing must prove, so that it can be signed.
fn sign_confirmed(desk: &Desk) {
    set_status(desk, "findings/f-7q2k9dm4.toml", "proposed", "confirmed");
    desk.change("findings/f-7q2k9dm4.toml", |text| {
        *text = String::from_utf8_lossy(text).replace("type = \"observation\"", "type = \"hypothesis\"").into_bytes();
    });
    let key = desk.sandbox.path("alice");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/keys/alice"), &key).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    desk.casebook(&["sign", "f-7q2k9dm4", "--as", "lead", "--by", "alice", "--key", key.to_str().unwrap()]).ok();
}

#[test]
fn a_correction_says_nothing_that_is_not_signed_as_its_audience_asks() {
    let desk = routed(&format!("{LEGAL}\n[[audiences]]\nhandle = \"legal\"\nstanding = \"reviewed\"\n"));
    sign_confirmed(&desk);
    desk.commit("Signed");
    desk.change("findings/f-7q2k9dm4.toml", |text| {
        *text = String::from_utf8_lossy(text).replace("The attacker logged on", "Nobody has read that").into_bytes();
    });
    desk.commit("Changed, and not signed");
    let plan = desk.casebook(&["notify", "plan", "--text"]);
    assert!(plan.stdout.contains("Correction: finding “The attacker logged on to mail01”"), "{}", plan.text());
    assert!(!plan.stdout.contains("Nobody has read that"), "{}", plan.text());
}

#[test]
fn what_is_marked_higher_is_told_no_further_whatever_else_became_of_it() {
    let desk = routed(LEGAL.replace("\"legal\"", "\"executive\"").as_str());
    confirm(&desk);
    desk.commit("Confirm");
    desk.change("findings/f-7q2k9dm4.toml", |text| {
        let changed = String::from_utf8_lossy(text).replace("\"confirmed\"", "\"withdrawn\"\ntlp = \"red\"");
        *text = changed.into_bytes();
    });
    desk.commit("Withdraw and raise");
    let plan = desk.casebook(&["notify", "plan", "--text"]);
    assert!(plan.stdout.contains("pass on nothing that you were told of it"), "{}", plan.text());
    assert!(!plan.stdout.contains("The attacker") && !plan.stdout.contains("withdrawn"), "{}", plan.text());
}

#[test]
fn the_case_and_its_milestones_are_told_once_their_marking_allows_it() {
    let route = "[[routes]]\nhandle = \"all\"\naudience = \"legal\"\nchannels = [\"page\"]\ntlp = \"green\"\non = [\"milestone\", \"reached\"]\nkind = [\"case\"]\nstatus = [\"contained\"]\n";
    let desk = routed(route);
    let edit = |from: &str, to: &str| {
        desk.change("case.toml", |text| *text = String::from_utf8_lossy(text).replace(from, to).into_bytes());
    };
    edit("status = \"open\"", "status = \"contained\"");
    edit("[[objectives]]", "contained = 2026-03-02T08:00:00Z\n\n[[objectives]]");
    desk.commit("Contained");
    assert_eq!(told(&desk), ["reached case → not told", "milestone milestone contained → not told"]);
    edit("tlp = \"amber\"", "tlp = \"green\"");
    desk.commit("Lowered");
    let now = told(&desk);
    assert!(now.contains(&"reached case → page".to_owned()), "{now:?}");
    assert!(now.contains(&"milestone milestone contained → page".to_owned()), "{now:?}");
}

#[test]
fn a_branch_that_is_behind_tells_what_it_changes_and_nothing_else() {
    let desk = routed(LEGAL);
    desk.git(&["switch", "-qc", "own"]).ok();
    desk.git(&["switch", "-q", "main"]).ok();
    confirm(&desk);
    desk.commit("Confirm");
    desk.git(&["switch", "-q", "own"]).ok();
    let plan = desk.casebook(&["notify", "plan", "main..HEAD"]).ok();
    assert!(plan.stdout.contains("nobody is told anything"), "{}", plan.text());
}

/// What time brings is told once, not with every commit that follows.
#[test]
fn a_time_that_is_over_has_the_same_key_in_every_plan() {
    let desk = routed(ALL);
    let keys = || -> Vec<String> {
        let plan = desk.json(&["notify", "plan", "HEAD^..HEAD"]);
        plan["notices"].as_array().unwrap().iter().map(|notice| notice["key"].as_str().unwrap().to_owned()).collect()
    };
    desk.commit("One");
    let first = keys();
    desk.commit("Two");
    assert_eq!((first.len(), &first), (2, &keys()));
}

#[test]
fn somebody_else_hears_of_it_when_nobody_acts() {
    let route = |handle: &str, more: &str| {
        format!(
            "[[routes]]\nhandle = \"{handle}\"\naudience = \"technical\"\nchannels = [\"{handle}\"]\nkind = [\"action\"]\non = [\"overdue\"]\n{more}\n"
        )
    };
    let desk = routed(&[route("team", ""), route("lead", "patience = \"48h\"")].concat());
    let due = "2026-03-05T12:00:00Z";
    desk.write(
        "actions/r-11111111.toml",
        format!("id = \"r-11111111\"\ntitle = \"Act\"\nphase = \"contain\"\nstatus = \"open\"\ndue = {due}\n"),
    );
    desk.commit("An action");
    let hearing = |now: &str| -> Vec<String> {
        let mut command = desk.sandbox.command(CASEBOOK, &desk.top);
        command.args(["notify", "plan", "HEAD..HEAD", "--format", "json"]).env("CASEBOOK_NOW", now);
        let plan: serde_json::Value = serde_json::from_str(&ran(command.output().unwrap()).stdout).unwrap();
        let notices = plan["notices"].as_array().unwrap().iter().filter(|notice| notice["about"] == "r-11111111");
        notices.map(|notice| notice["channel"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(hearing("2026-03-05T11:59:59Z"), [""; 0]);
    assert_eq!(hearing("2026-03-05T12:00:01Z"), ["team"]);
    assert_eq!(hearing("2026-03-07T12:00:00Z"), ["team"]);
    assert_eq!(hearing("2026-03-07T12:00:01Z"), ["team", "lead"]);
}

#[test]
fn what_cannot_be_planned_says_what_to_type() {
    let desk = routed(LEGAL);
    let wrong = desk.casebook(&["notify", "plan", "nothing..HEAD"]).code(2);
    assert!(wrong.stderr.contains("nothing"), "{}", wrong.text());
    let empty = desk.casebook(&["notify", "plan", "HEAD..HEAD"]).ok();
    assert!(empty.stdout.contains("nobody is told anything"), "{}", empty.text());
}

/// docs/notices.md names every occasion and every type of channel.
#[test]
fn the_document_names_all_that_there_is() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/notices.md")).unwrap();
    let occasions = casebook::values::vocabulary::Occasion::ALL.iter().map(|occasion| occasion.word());
    for word in occasions.chain(casebook::notice::channel::types()) {
        let is_there = text.lines().any(|line| {
            line.strip_prefix("| ")
                .and_then(|row| row.split(" | ").next())
                .is_some_and(|cell| cell.contains(&format!("`{word}`")))
        });
        assert!(is_there, "docs/notices.md has no row for `{word}`");
    }
}
