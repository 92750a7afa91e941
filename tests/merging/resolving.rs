//! `casebook resolve`: whatever wrote the conflict, no side's edit and nothing that somebody wrote by hand is lost.

use super::{Desk, FINDING, TEXT};

/// Three keys that both sides changed, and one for each side alone.
fn three(desk: &Desk) {
    let change = |desk: &Desk, word: &str, severity: &str| {
        desk.replace(FINDING, "logged on to mail01", word);
        desk.replace(FINDING, "\"high\"", &format!("\"{severity}\""));
        desk.replace(FINDING, "at night.", &format!("at {word}."));
    };
    desk.branch(
        |desk| {
            change(desk, "ours", "low");
            desk.replace(FINDING, "\"observation\"", "\"inference\"");
        },
        |desk| {
            change(desk, "theirs", "critical");
            desk.replace(FINDING, "[\"night\"]", "[\"day\"]");
        },
    );
}

#[test]
fn each_key_is_chosen_by_itself_with_and_without_the_driver() {
    for desk in [Desk::ready(), Desk::plain()] {
        three(&desk);
        desk.merge().code(1);
        let listed = desk.casebook(&["resolve"]).code(1);
        assert!(listed.stdout.contains("3 keys to decide"), "{}", listed.stdout);
        assert!(
            listed.stdout.contains("base    severity = \"high\"\n    ours    severity = \"low\""),
            "{}",
            listed.stdout
        );
        let wrong = desk.casebook(&["resolve", "f-7q2", "--key", "status", "--ours"]).code(2);
        assert!(wrong.stderr.contains("what is: title, severity, summary"), "{}", wrong.stderr);
        let first = desk.casebook(&["resolve", "f-7q2", "--key", "severity", "--theirs"]).code(1);
        assert!(first.stderr.contains("still to decide: title, summary"), "{}", first.stderr);
        // What was chosen or written by hand stays.
        desk.replace(FINDING, "severity = \"critical\"\n", "severity = \"medium\"\n");
        let json = desk.json(&["resolve"]);
        assert_eq!(json["files"][0]["state"], "begun");
        assert_eq!(json["files"][0]["keys"][1]["open"], false);
        assert_eq!(json["files"][0]["keys"][0]["theirs"], "title = \"The attacker theirs\"\n");
        let last = desk.casebook(&["resolve", FINDING, "--ours"]).ok();
        assert!(last.stderr.contains(&format!("`git add {FINDING}`, then `git commit`")), "{}", last.stderr);
        let expected = TEXT
            .replace("logged on to mail01", "ours")
            .replace("at night.", "at ours.")
            .replace("\"high\"", "\"medium\"")
            .replace("\"observation\"", "\"inference\"")
            .replace("[\"night\"]", "[\"day\"]");
        assert_eq!(desk.read(FINDING), expected);
        assert!(desk.git(&["status", "--short"]).stdout.contains(&format!("UU {FINDING}")), "nothing is staged");
        let done = desk.casebook(&["resolve"]).ok();
        assert!(done.stdout.contains("no marks are left"), "{}", done.stdout);
        let nothing = desk.casebook(&["resolve", "f-7q2", "--theirs"]).code(2);
        assert!(nothing.stderr.contains("nothing is left to choose"), "{}", nothing.stderr);
        desk.git(&["add", FINDING]).ok();
        desk.git(&["commit", "-q", "--no-edit"]).ok();
        desk.casebook(&["resolve"]).ok();
    }
}

#[test]
fn a_text_that_somebody_works_on_is_not_written_over() {
    let desk = Desk::plain();
    three(&desk);
    desk.merge().code(1);
    desk.replace(FINDING, "authors = [\"bob\"]", "authors = [\"alice\", \"bob\"]");
    let before = desk.read(FINDING);
    let refused = desk.casebook(&["resolve", "f-7q2", "--ours"]).code(2);
    assert!(refused.stderr.contains("by hand") && refused.stderr.contains("git checkout -m"), "{}", refused.stderr);
    assert_eq!(desk.read(FINDING), before);
    desk.git(&["checkout", "-m", "--", FINDING]).ok();
    desk.casebook(&["resolve", "f-7q2", "--ours"]).ok();
}

#[test]
fn it_knows_the_conflicts_of_every_style() {
    for style in ["merge", "diff3", "zdiff3"] {
        let desk = Desk::plain();
        three(&desk);
        desk.git(&["-c", &format!("merge.conflictStyle={style}"), "merge", "theirs"]).code(1);
        desk.casebook(&["resolve", "f-7q2", "--theirs"]).ok();
        desk.demand_canonical(FINDING);
        assert!(desk.read(FINDING).contains("critical"), "{style}");
    }
}

#[test]
fn an_entry_that_one_side_removed_is_kept() {
    let desk = Desk::ready();
    desk.branch(
        |desk| {
            desk.git(&["rm", "-q", FINDING]).ok();
        },
        |desk| desk.replace(FINDING, "\"high\"", "\"low\""),
    );
    desk.merge().code(1);
    let listed = desk.casebook(&["resolve"]).code(1);
    assert!(listed.stdout.contains("no entry is ever removed"), "{}", listed.stdout);
    desk.casebook(&["resolve", "f-7q2", "--ours"]).code(2);
    desk.casebook(&["resolve", "f-7q2", "--theirs"]).ok();
    assert!(desk.read(FINDING).contains("\"low\""));
}

#[test]
fn a_rebase_says_whose_side_is_whose() {
    let desk = Desk::ready();
    three(&desk);
    desk.git(&["rebase", "theirs"]).code(1);
    let listed = desk.casebook(&["resolve"]).code(1);
    assert!(listed.stdout.contains("theirs: your commit") && listed.stdout.contains("Our change"), "{}", listed.stdout);
    desk.casebook(&["resolve", "f-7q2", "--theirs"]).ok();
    assert!(desk.read(FINDING).contains("The attacker ours"));
    desk.git(&["add", "-A"]).ok();
    desk.git(&["rebase", "--continue"]).ok();
}

#[test]
fn tables_are_chosen_as_a_whole() {
    let desk = Desk::ready();
    let citation = |quote: &str| format!("\n[[evidence]]\nitem = \"x-7q2k9dm4\"\nquote = \"{quote}\"\n");
    let custom = "\n[custom]\nroom = \"1\"\n";
    desk.write(FINDING, TEXT.to_owned() + &citation("a") + custom);
    desk.commit_all("A citation");
    desk.branch(
        |desk| {
            desk.replace(FINDING, "quote = \"a\"", "quote = \"ours\"");
            desk.replace(FINDING, "room = \"1\"", "room = \"2\"");
        },
        |desk| {
            desk.replace(FINDING, "quote = \"a\"", "quote = \"theirs\"");
            desk.replace(FINDING, "room = \"1\"", "room = \"3\"");
        },
    );
    let merged = desk.merge().code(1);
    assert!(merged.stderr.contains("`evidence`, `custom.room`"), "{}", merged.stderr);
    desk.casebook(&["resolve", "f-7q2", "--key", "evidence", "--theirs"]).code(1);
    desk.casebook(&["resolve", "f-7q2", "--key", "custom", "--ours"]).ok();
    let expected = TEXT.to_owned() + &citation("theirs") + &custom.replace('1', "2");
    assert_eq!(desk.read(FINDING), expected);
}
