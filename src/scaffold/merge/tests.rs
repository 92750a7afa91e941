//! What becomes of two versions, case by case.

use super::{Labels, MergeError, Side, Versions, blocks, merge};
use crate::values::TreePath;

const FINDING: &str = "findings/f-7q2k9dm4.toml";
const ID: &str = "id = \"f-7q2k9dm4\"\n";

/// The merged text, with short marks, and the keys in conflict.
fn merged(path: &str, [base, ours, theirs]: [&str; 3]) -> (String, Vec<String>) {
    let versions = Versions { base: Some(base).filter(|base| !base.is_empty()), ours, theirs };
    let merged = merge(&TreePath::from(path), versions).unwrap();
    let keys = merged.conflicts.iter().map(|conflict| conflict.key.clone()).collect();
    (merged.text(&Labels { size: 7, ours: "o", theirs: "t" }), keys)
}

/// Merges what follows the id of a finding, in both orders, without a conflict.
#[track_caller]
fn merges(base: &str, ours: &str, theirs: &str, expected: &str) {
    let [base, ours, theirs, expected] = [base, ours, theirs, expected].map(|text| format!("{ID}{text}"));
    assert_eq!(merged(FINDING, [&base, &ours, &theirs]), (expected.clone(), vec![]));
    assert_eq!(merged(FINDING, [&base, &theirs, &ours]), (expected, vec![]));
}

/// Merges in both orders with a conflict of these keys, whose lines are those of each side.
#[track_caller]
fn conflicts(path: &str, versions: [&str; 3], keys: &[&str], expected: &str) {
    let [base, ours, theirs] = versions;
    assert_eq!(merged(path, versions), (expected.to_owned(), keys.iter().map(|key| (*key).to_owned()).collect()));
    let (swapped, _) = merged(path, [base, theirs, ours]);
    let sides: Vec<_> = blocks(expected).into_iter().map(|block| (block.theirs, block.ours)).collect();
    assert_eq!(blocks(&swapped).into_iter().map(|block| (block.ours, block.theirs)).collect::<Vec<_>>(), sides);
}

#[test]
fn changes_of_different_keys_are_both_there() {
    merges("", "severity = \"low\"\n", "title = \"T\"\n", "title = \"T\"\nseverity = \"low\"\n");
    merges("severity = \"low\"\n", "", "severity = \"low\"\ntitle = 'T'\n", "title = 'T'\n");
    merges("title = \"T\"\n", "title = \"U\"\n", "title = \"U\"\n", "title = \"U\"\n");
    // Another notation is no other value.
    merges("title = \"T\"\n", "title = 'T'\n", "title = \"U\"\n", "title = \"U\"\n");
}

#[test]
fn sets_merge_by_their_items() {
    merges("tags = [\"a\"]\n", "tags = [\"a\", \"b\"]\n", "tags = [\"c\"]\n", "tags = [\n    \"b\",\n    \"c\",\n]\n");
    merges("tags = [\"a\"]\n", "", "tags = [\"a\", \"b\"]\n", "tags = [\"b\"]\n");
    merges("", "tags = [\"a\"]\n", "tags = [\"b\"]\n", "tags = [\n    \"a\",\n    \"b\",\n]\n");
    merges("tags = [\"a\"]\n", "", "tags = []\n", "");
}

#[test]
fn comments_of_both_sides_are_kept() {
    merges(
        "# old\ntitle = \"T\" # beside\n",
        "# old\n# ours\ntitle = \"T\" # beside\n",
        "# theirs\ntitle = \"U\" # beside\n# end\n",
        "# ours\n# theirs\ntitle = \"U\" # beside\n# end\n",
    );
    merges(
        "tags = [\n    \"a\", # one\n]\n",
        "tags = [\n    \"a\", # two\n]\n",
        "tags = [\n    \"a\", # one\n    \"b\",\n]\n",
        "tags = [\n    \"a\", # two\n    \"b\",\n]\n",
    );
    let with = |comment: &str| format!("{ID}title = \"T\" {comment}\n");
    conflicts(
        FINDING,
        [&with("# a"), &with("# b"), &with("# c")],
        &["title"],
        &format!("{ID}<<<<<<< o\ntitle = \"T\" # b\n=======\ntitle = \"T\" # c\n>>>>>>> t\n"),
    );
}

#[test]
fn a_key_that_one_side_removed_and_the_other_changed_is_a_conflict() {
    conflicts(
        FINDING,
        [&format!("{ID}title = \"T\"\n"), ID, &format!("{ID}title = \"U\"\n")],
        &["title"],
        &format!("{ID}<<<<<<< o\n=======\ntitle = \"U\"\n>>>>>>> t\n"),
    );
    let ticket = |key: &str| format!("id = \"r-7q2k9dm4\"\n\n[ticket]\nsystem = \"jira\"\nkey = \"{key}\"\n");
    conflicts(
        "actions/r-7q2k9dm4.toml",
        [&ticket("A"), "id = \"r-7q2k9dm4\"\n", &ticket("B")],
        &["ticket"],
        "id = \"r-7q2k9dm4\"\n\n<<<<<<< o\n=======\n[ticket]\nsystem = \"jira\"\nkey = \"B\"\n>>>>>>> t\n",
    );
}

#[test]
fn one_thing_is_never_made_of_two() {
    // Both added a ticket: the key of one and the address of the other would be a third ticket.
    let id = "id = \"r-7q2k9dm4\"\n";
    let ours = format!("{id}\n[ticket]\nsystem = \"jira\"\nkey = \"A\"\n");
    let theirs = format!("{id}\n[ticket]\nsystem = \"jira\"\nkey = \"A\"\nurl = \"https://b\"\n");
    assert_eq!(merged("actions/r-7q2k9dm4.toml", [id, &ours, &theirs]).1, ["ticket"]);
    let person = |email: &str| format!("[[people]]\nhandle = \"bob\"\nname = \"Bob\"\nemail = \"{email}\"\n");
    assert_eq!(merged("team.toml", ["# none\n", &person("a@b"), &person("c@d")]).1, ["people[bob]"]);
}

#[test]
fn rows_merge_by_what_they_are_about() {
    let person = |handle: &str, more: &str| format!("[[people]]\nhandle = \"{handle}\"\nname = \"N\"\n{more}");
    let (ann, bob) = (person("ann", ""), person("bob", ""));
    let ours = format!("{}\n{bob}\n{}", person("ann", "email = \"a@b\"\n"), person("cat", ""));
    let theirs = format!("{}\n{}", person("ann", "team = \"ir\"\n"), person("dan", ""));
    let expected =
        format!("{}\n{}\n{}", person("ann", "team = \"ir\"\nemail = \"a@b\"\n"), person("dan", ""), person("cat", ""));
    let base = format!("{ann}\n{bob}");
    assert_eq!(merged("team.toml", [&base, &ours, &theirs]), (expected.clone(), vec![]));
    assert_eq!(merged("team.toml", [&base, &theirs, &ours]), (expected, vec![]));
    let one = |text: &str| format!("{}\n", text.trim_end());
    conflicts(
        "team.toml",
        [&base, &one(&ann), &format!("{ann}\n{}", person("bob", "email = \"b@c\"\n"))],
        &["people[bob]"],
        &format!("{ann}\n<<<<<<< o\n=======\n{}>>>>>>> t\n", person("bob", "email = \"b@c\"\n")),
    );
    let address = |of: &str| format!("{ann}\n{}", person("bob", &format!("email = \"{of}\"\n")));
    assert_eq!(merged("team.toml", [&address("a"), &address("b"), &address("c")]).1, ["people[bob].email"]);
}

#[test]
fn a_table_between_marks_stands_where_its_lines_belong() {
    let citation = |quote: &str| format!("\n[[evidence]]\nitem = \"x-7q2k9dm4\"\nquote = \"{quote}\"\n");
    let own = "\n[custom]\nroom = 1\n";
    let text = |quote: &str| format!("{ID}summary = \"S\"\n{}{}{own}", citation(quote), citation("same"));
    let (found, keys) = merged(FINDING, [&text("a"), &text("b"), &text("c")]);
    assert_eq!(keys, ["evidence"]);
    for (ours, quote) in [(true, "b"), (false, "c")] {
        let mut taken = found.clone();
        for block in blocks(&found) {
            taken.replace_range(block.range, if ours { &block.ours } else { &block.theirs });
        }
        assert_eq!(taken, text(quote));
    }
}

#[test]
fn examples_that_a_new_entry_shows_go_as_their_fields_get_values() {
    let example = |name: &str| {
        let table = crate::model::schema::table("finding").unwrap();
        let field = table.fields.iter().find(|field| field.name == name).unwrap();
        format!("{}\n", super::super::entry::placeholder(field).join("\n"))
    };
    let (confidence, reason, severity) = (example("confidence"), example("reason"), example("severity"));
    merges(
        &format!("{confidence}{reason}{severity}summary = \"S\"\n"),
        &format!("confidence = \"low\"\n{reason}{severity}summary = \"S\"\n"),
        &format!("{confidence}{reason}severity = \"low\"\nsummary = \"S\"\n"),
        &format!("confidence = \"low\"\n{reason}severity = \"low\"\nsummary = \"S\"\n"),
    );
}

#[test]
fn without_a_base_nothing_is_taken_from_one_side_alone() {
    let (ours, theirs) =
        (format!("{ID}tags = [\"a\"]\ntitle = \"T\"\n"), format!("{ID}tags = [\"b\"]\ntitle = \"T\"\n"));
    assert_eq!(merged(FINDING, ["", &ours, &theirs]).1, ["tags"]);
    let more = format!("{ours}severity = \"low\"\n");
    assert_eq!(merged(FINDING, ["", &ours, &more]).1, ["severity"]);
    // A base that is itself a conflict says nothing, nor does one that is another entry.
    for base in ["<<<<<<< a\n", "id = \"f-aaaaaaaa\"\n"] {
        assert_eq!(merged(FINDING, [base, &ours, &theirs]).1, ["tags"]);
    }
}

#[test]
fn what_is_not_one_record_is_not_merged() {
    let error = |path: &str, ours: &str, theirs: &str| {
        merge(&TreePath::from(path), Versions { base: Some(ID), ours, theirs }).err()
    };
    assert_eq!(error("notes/a.toml", ID, ID), Some(MergeError::NoRecord));
    assert_eq!(error("custody/c-7q2k9dm4.toml", ID, ID), Some(MergeError::WrittenOnce));
    assert_eq!(error("evidence/x-7q2k9dm4.toml", ID, ID), Some(MergeError::WrittenOnce));
    let mistaken = MergeError::Mistaken { side: Side::Theirs, id: "f-aaaaaaaa".to_owned() };
    assert_eq!(error(FINDING, ID, "id = \"f-aaaaaaaa\"\n"), Some(mistaken));
    assert!(matches!(error(FINDING, "a = ", ID), Some(MergeError::Unreadable { side: Side::Ours, .. })));
    assert!(matches!(error(FINDING, "a = 1\na = 2", ID), Some(MergeError::Unreadable { side: Side::Ours, .. })));
    let mixed = error(FINDING, &format!("{ID}own = 1\n"), &format!("{ID}\n[own]\na = 1\n"));
    assert_eq!(mixed, Some(MergeError::Mixed("own".to_owned())));
}
