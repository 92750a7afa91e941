//! The scenarios that other formats fail at: what two branches did, and what becomes of it.

use super::{Desk, FINDING, TEXT};

const DOMAIN: &str = "Domain admin compromised";

#[test]
fn s01_one_name_for_two_entries_is_loud() {
    for desk in [Desk::ready(), Desk::plain()] {
        let asset = |name: &str, kind: &str| format!("id = \"a-00000001\"\nname = \"{name}\"\nkind = \"{kind}\"\n");
        desk.branch(
            |desk| desk.write("assets/a-00000001.toml", asset("web01", "server") + "description = \"Ours\"\n"),
            |desk| desk.write("assets/a-00000001.toml", asset("db01", "server") + "owner = \"mail\"\n"),
        );
        let merged = desk.merge().code(1);
        assert!(merged.text().contains("CONFLICT (add/add)"), "{}", merged.text());
        let listed = desk.casebook(&["resolve"]).code(1);
        // Nothing says that it is the same asset: what only one side has is not taken for the other one.
        for key in ["name", "owner", "description"] {
            assert!(listed.stdout.contains(&format!("\n  {key}\n")), "{}", listed.stdout);
        }
        desk.casebook(&["resolve", "a-0000", "--ours"]).ok();
        let text = desk.read("assets/a-00000001.toml");
        assert!(text.contains("web01") && text.contains("Ours") && !text.contains("owner"), "{text}");
    }
}

#[test]
fn s02_one_id_in_two_files_stops_at_the_hook() {
    let desk = Desk::ready();
    let asset = |name: &str| format!("id = \"a-00000001\"\nname = \"{name}\"\nkind = \"server\"\n");
    desk.branch(
        |desk| desk.write("assets/web01.toml", asset("web01")),
        |desk| desk.write("assets/db01.toml", asset("db01")),
    );
    let merged = desk.merge().code(1);
    assert!(merged.stderr.contains("error[file-name]") && merged.stderr.contains("not committed"), "{}", merged.stderr);
}

/// An entry is removed and one like it is added, while the other branch edits the first.
fn delete_and_add(desk: &Desk) {
    desk.branch(
        |desk| {
            desk.git(&["rm", "-q", FINDING]).ok();
            desk.write("findings/f-bbbbbbbb.toml", TEXT.replace("f-7q2k9dm4", "f-bbbbbbbb").replace("night.", "noon."));
        },
        |desk| desk.replace(FINDING, "severity", &format!("reason = \"{DOMAIN}\"\nseverity")),
    );
}

#[test]
fn s03_an_edit_never_moves_into_another_entry() {
    // Git's rename detection takes one for the other; `merge.renames` does not switch that off in a merge with `ort`.
    let plain = Desk::plain();
    delete_and_add(&plain);
    plain.git(&["-c", "merge.renames=false", "merge", "--no-edit", "theirs"]).ok();
    let moved = plain.shows("HEAD:findings/f-bbbbbbbb.toml", DOMAIN);
    assert!(moved, "this Git does not move the edit any more: say so in docs/merging.md");
    // What a forge merged so is refused: as a change of the commits that it merges.
    let refused = plain.casebook(&["check", "--rev", "HEAD"]).code(1);
    assert!(refused.text().contains("entry-deleted"), "{}", refused.text());

    // Without the driver, the hook stops it.
    let hooked = Desk::ready();
    hooked.git(&["config", "--remove-section", "merge.casebook"]).ok();
    delete_and_add(&hooked);
    let stopped = hooked.merge().code(1);
    assert!(stopped.stderr.contains("error[entry-deleted]"), "{}", stopped.stderr);

    // The driver sees two ids, and keeps both.
    let desk = Desk::ready();
    delete_and_add(&desk);
    let merged = desk.merge().code(1);
    assert!(
        merged.stderr.contains("their side is the entry `f-7q2k9dm4`, which Git took for this one"),
        "{}",
        merged.stderr
    );
    assert!(desk.read("findings/f-bbbbbbbb.toml").starts_with("<<<<<<< "));
    let listed = desk.casebook(&["resolve"]).code(1);
    assert!(listed.stdout.contains("keeps them apart"), "{}", listed.stdout);
    desk.casebook(&["resolve", "f-bbbb", "--theirs"]).code(2);
    let done = desk.casebook(&["resolve", "f-bbbb", "--ours"]).ok();
    assert!(done.stderr.contains(&format!("git add findings/f-bbbbbbbb.toml {FINDING}")), "{}", done.stderr);
    assert!(!desk.read("findings/f-bbbbbbbb.toml").contains(DOMAIN));
    assert!(desk.read(FINDING).contains(DOMAIN));
    desk.git(&["add", "-A"]).ok();
    desk.git(&["commit", "-q", "--no-edit"]).ok();
}

#[test]
fn s03_an_entry_that_is_withdrawn_keeps_the_edit() {
    let desk = Desk::ready();
    desk.branch(
        |desk| {
            desk.replace(FINDING, "\"proposed\"", "\"withdrawn\"");
            desk.write("findings/f-bbbbbbbb.toml", TEXT.replace("f-7q2k9dm4", "f-bbbbbbbb"));
        },
        |desk| desk.replace(FINDING, "The attacker logged on to mail01", DOMAIN),
    );
    desk.merge().ok();
    let text = desk.read(FINDING);
    assert!(text.contains("withdrawn") && text.contains(DOMAIN), "{text}");
    assert!(!desk.read("findings/f-bbbbbbbb.toml").contains(DOMAIN));
}

#[test]
fn s03_a_folder_that_is_renamed_is_refused() {
    let desk = Desk::ready();
    desk.branch(
        |desk| {
            desk.git(&["mv", "findings", "results"]).ok();
        },
        |desk| desk.write("findings/f-bbbbbbbb.toml", TEXT.replace("f-7q2k9dm4", "f-bbbbbbbb")),
    );
    desk.merge().code(1);
    desk.git(&["add", "-A"]).ok();
    let refused = desk.git(&["commit", "-q", "--no-edit"]).code(1);
    assert!(refused.stderr.contains("entry-deleted"), "{}", refused.stderr);
}

#[test]
fn s04_lists_on_one_line_merge() {
    let desk = Desk::ready();
    desk.branch(
        |desk| desk.replace(FINDING, "[\"night\"]", "[\"night\", \"ours\"]"),
        |desk| desk.replace(FINDING, "[\"night\"]", "[\"night\", \"theirs\"]"),
    );
    desk.merge().ok();
    assert!(desk.read(FINDING).contains("tags = [\n    \"night\",\n    \"ours\",\n    \"theirs\",\n]\n"));
    desk.demand_canonical(FINDING);
}

#[test]
fn s05_lists_of_several_lines_merge_at_the_end_and_between() {
    let desk = Desk::ready();
    let both = "tags = [\n    \"night\",\n    \"zone\",\n]";
    desk.replace(FINDING, "tags = [\"night\"]", both);
    desk.commit_all("Two tags");
    desk.branch(
        |desk| desk.replace(FINDING, "    \"zone\",\n", "    \"zone\",\n    \"zoo\",\n"),
        |desk| {
            desk.replace(FINDING, "    \"night\",\n    \"zone\",\n", "    \"mail\",\n    \"zone\",\n    \"zulu\",\n")
        },
    );
    desk.merge().ok();
    assert!(desk.read(FINDING).contains("tags = [\n    \"mail\",\n    \"zone\",\n    \"zoo\",\n    \"zulu\",\n]\n"));
    desk.demand_canonical(FINDING);
}

#[test]
fn s06_two_values_of_a_key_are_a_conflict_and_never_two_keys() {
    let change = |desk: &Desk| {
        desk.branch(
            |desk| desk.replace(FINDING, "\"high\"", "\"low\""),
            |desk| desk.replace(FINDING, "\"high\"", "\"critical\""),
        );
    };
    let desk = Desk::ready();
    change(&desk);
    let merged = desk.merge().code(1);
    assert!(merged.stderr.contains("both sides changed `severity`"), "{}", merged.stderr);
    let marked = "<<<<<<< HEAD\nseverity = \"low\"\n=======\nseverity = \"critical\"\n>>>>>>> theirs\n";
    assert_eq!(desk.read(FINDING), TEXT.replace("severity = \"high\"\n", marked));
    // What Git's own `union` makes of it is refused.
    let union = Desk::plain();
    union.write(".git/info/attributes", "*.toml merge=union\n");
    change(&union);
    union.merge().ok();
    assert_eq!(union.read(FINDING).matches("severity = ").count(), 2);
    union.casebook(&["check"]).code(1);
}

#[test]
fn s07_a_reference_to_what_the_other_removed_stops_at_the_hook() {
    let desk = Desk::ready();
    desk.write("assets/a-00000001.toml", "id = \"a-00000001\"\nname = \"web01\"\nkind = \"server\"\n");
    desk.commit_all("An asset");
    desk.branch(
        |desk| {
            desk.git(&["rm", "-q", "assets/a-00000001.toml"]).ok();
        },
        |desk| desk.replace(FINDING, "[\"a-7q2k9dm4\"]", "[\"a-7q2k9dm4\", \"a-00000001\"]"),
    );
    let merged = desk.merge().code(1);
    assert!(merged.stderr.contains("error[dangling-reference]"), "{}", merged.stderr);
    assert!(merged.stderr.contains("error[entry-deleted]"), "{}", merged.stderr);
}

#[test]
fn s08_keys_on_neighbouring_lines_merge() {
    let desk = Desk::ready();
    desk.branch(
        |desk| desk.replace(FINDING, "\"proposed\"", "\"draft\""),
        |desk| desk.replace(FINDING, "\"observation\"", "\"inference\""),
    );
    desk.merge().ok();
    let expected = TEXT.replace("proposed", "draft").replace("\"observation\"", "\"inference\"");
    assert_eq!(desk.read(FINDING), expected);
}

#[test]
fn s09_tables_that_both_append_are_both_there() {
    let desk = Desk::ready();
    let citation = |lines: &str| format!("\n[[evidence]]\nitem = \"x-7q2k9dm4\"\nat = \"lines:{lines}\"\n");
    let person = |handle: &str| format!("\n[[people]]\nhandle = \"{handle}\"\nname = \"Somebody\"\n");
    desk.branch(
        |desk| {
            desk.write(FINDING, TEXT.to_owned() + &citation("1"));
            desk.write("team.toml", desk.read("team.toml") + &person("carol"));
        },
        |desk| {
            desk.write(FINDING, TEXT.to_owned() + &citation("2"));
            desk.write("team.toml", desk.read("team.toml") + &person("dave"));
        },
    );
    desk.git(&["merge", "--no-verify", "--no-edit", "theirs"]).ok();
    assert_eq!(desk.read(FINDING), TEXT.to_owned() + &citation("1") + &citation("2"));
    let team = desk.read("team.toml");
    assert!(team.contains("carol") && team.contains("dave"), "{team}");
    desk.demand_canonical("team.toml");
}

#[test]
fn s10_lists_of_evidence_are_never_merged() {
    let desk = Desk::ready();
    let list = "evidence/x-7q2k9dm4.sha256";
    let line = |name: &str| format!("{}  x-7q2k9dm4/{name}\n", "0".repeat(64));
    desk.branch(
        |desk| desk.write(list, desk.read(list) + &line("ours")),
        |desk| desk.write(list, desk.read(list) + &line("theirs")),
    );
    let merged = desk.merge().code(1);
    assert!(merged.text().contains("Cannot merge binary files"), "{}", merged.text());
    let text = desk.read(list);
    assert!(text.contains("ours") && !text.contains("theirs") && !text.contains("<<<"), "{text}");
}

#[test]
fn s11_changes_of_two_keys_merge_in_every_way_that_git_merges() {
    let lowered = TEXT.replace("\"high\"", "\"low\"");
    let rewritten = TEXT.replace("at night.", "at noon.");
    let both = lowered.replace("at night.", "at noon.");
    for command in ["merge", "rebase", "cherry-pick"] {
        let desk = Desk::ready();
        desk.branch(|desk| desk.write(FINDING, &lowered), |desk| desk.write(FINDING, &rewritten));
        desk.git(&[command, "theirs"]).ok();
        assert_eq!(desk.read(FINDING), both, "{command}");
        // The other way round is the same.
        let desk = Desk::ready();
        desk.branch(|desk| desk.write(FINDING, &rewritten), |desk| desk.write(FINDING, &lowered));
        desk.git(&[command, "theirs"]).ok();
        assert_eq!(desk.read(FINDING), both, "{command}");
    }
    // What was put aside comes back in the same way.
    let desk = Desk::ready();
    desk.write(FINDING, &lowered);
    desk.git(&["stash"]).ok();
    desk.write(FINDING, &rewritten);
    desk.commit_all("Rewritten");
    desk.git(&["stash", "pop"]).ok();
    assert_eq!(desk.read(FINDING), both);
}
