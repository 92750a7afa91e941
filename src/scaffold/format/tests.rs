//! What the canonical form is, and that it keeps everything.

use super::{FormatError, format, proof};
use crate::model::schema;
use proptest::prelude::*;

#[track_caller]
fn check(kind: &str, input: &str, expected: &str) {
    let table = schema::table(kind).unwrap();
    let once = format(input, &table).unwrap();
    assert_eq!(once, expected);
    assert_eq!(format(&once, &table).unwrap(), once, "formatting again changes it");
}

#[test]
fn keys_take_the_order_of_the_record_and_comments_stay_with_them() {
    check(
        "finding",
        "#:schema ../schemas/finding.json\n# for the title\ntitle=\"T\" # beside\n\n\nid = 'f-7q2k9dm4'\nstatus = \"draft\"\n\n\n# paragraph\n\n# for the type\ntype = \"observation\"\n",
        "#:schema ../schemas/finding.json\nid = 'f-7q2k9dm4'\n# for the title\ntitle = \"T\" # beside\nstatus = \"draft\"\n\n# paragraph\n\n# for the type\ntype = \"observation\"\n",
    );
}

#[test]
fn sets_are_sorted_one_item_a_line_and_lists_keep_their_order() {
    check(
        "finding",
        "assets = [ # all of them\n 'a-00000002', # second\n # first\n \"a-00000001\", \"a-00000002\" # again\n # none more\n]\nauthors = [\n  \"bob\"\n]\ntags=[]",
        "authors = [\"bob\"]\nassets = [\n    # first\n    \"a-00000001\",\n    # all of them\n    # again\n    'a-00000002', # second\n    # none more\n]\ntags = []\n",
    );
    check("decision", "alternatives = [\"b\", \"a\"]\n", "alternatives = [\n    \"b\",\n    \"a\",\n]\n");
}

#[test]
fn tables_get_headers_and_times_stay_inline() {
    check(
        "case",
        "milestones.detected = 2026-03-01T10:15:00+01:00\n# roughly\nmilestones.occurred = { to = 2026-03-01T03:00:00Z, from = 2026-03-01T02:00:00Z }\nobjectives = [{ target = \"4h\", name = \"n\", measure = \"time-to-contain\" }]\nid = \"1\"\n[custom]\nzone = 1\narea = 2\n",
        "id = \"1\"\n\n[milestones]\n# roughly\noccurred = { from = 2026-03-01T02:00:00Z, to = 2026-03-01T03:00:00Z }\ndetected = 2026-03-01T10:15:00+01:00\n\n[[objectives]]\nname = \"n\"\nmeasure = \"time-to-contain\"\ntarget = \"4h\"\n\n[custom]\narea = 2\nzone = 1\n",
    );
    check(
        "event",
        "title = \"t\"\n[time] # about then\nprecision = \"day\"\n# from the log\nat = 2026-03-01T10:15:00Z\n",
        "title = \"t\"\n# about then\n# from the log\ntime = { at = 2026-03-01T10:15:00Z, precision = \"day\" }\n",
    );
}

#[test]
fn tables_inside_tables_need_no_empty_headers() {
    check(
        "policy",
        "[custom.finding.room]\ntype = \"text\"\n[custom.asset]\n[rules]\nb-rule = \"off\"\na-rule = \"warning\"\n",
        "[rules]\na-rule = \"warning\"\nb-rule = \"off\"\n\n[custom.asset]\n\n[custom.finding.room]\ntype = \"text\"\n",
    );
}

#[test]
fn what_stands_at_the_top_and_at_the_end_stays_there() {
    check(
        "team",
        "# The people of this case.\n\n[[teams]]\nhandle = \"ir\"\nname = \"IR\"\n# people below\n\n[[people]]\nhandle = \"bob\"\nname = \"B\"\n\n# the end\n\n",
        "# The people of this case.\n\n# people below\n\n[[people]]\nhandle = \"bob\"\nname = \"B\"\n\n[[teams]]\nhandle = \"ir\"\nname = \"IR\"\n\n# the end\n",
    );
    check("team", "", "");
    check("team", "\n\n# only this\n\n", "# only this\n");
}

#[test]
fn unknown_keys_stay_and_come_last() {
    check(
        "asset",
        "zz = 1\n[what]\nx = [[1, 2], [{a = 1}]]\n[asset2]\n[[rows]]\nk = 1\n[a.b]\nq = 2\n",
        "zz = 1\n\n[what]\nx = [\n    [1, 2],\n    [{ a = 1 }],\n]\n\n[asset2]\n\n[[rows]]\nk = 1\n\n[a.b]\nq = 2\n",
    );
}

#[test]
fn line_ends_and_what_is_new_in_toml_1_1_are_made_plain() {
    check(
        "event",
        "title = \"a\\x41\\e[0m\"\r\ntime = {\r\n  at = 2026-03-01T10:15Z, # a comment\r\n}\r\n",
        "title = \"aA\\u001B[0m\"\n# a comment\ntime = { at = 2026-03-01T10:15:00Z }\n",
    );
}

#[test]
fn what_does_not_parse_is_left() {
    let table = schema::table("finding").unwrap();
    assert!(matches!(format("title = ", &table), Err(FormatError::Syntax(_))));
    assert!(matches!(format("title = 1\ntitle = 2", &table), Err(FormatError::Syntax(_))));
}

/// A comment, a blank line, or nothing, as people leave them between keys.
fn gap() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("\n".to_owned()),
        "( {0,2}# [a-z]{1,6}\n){1,2}",
        "\n# [a-z]{1,5}\n\n",
        "#:[a-z]{1,3}\n"
    ]
}

fn key_line() -> impl Strategy<Value = String> {
    let beside = prop_oneof![Just(String::new()), " # [a-z]{1,4}"];
    let value = prop_oneof![
        "\"[a-z ]{0,4}\"",
        "'[a-z]{0,4}'",
        Just("\"\"\"\nmany\n\n# lines\n\"\"\"".to_owned()),
        Just("2026-03-01 10:15:00z".to_owned()),
        Just("{ to = 2026-03-01T03:00:00Z, from = 2026-03-01T02:00:00Z }".to_owned()),
        Just("{ asset = \"a-00000001\", deep = { x = [1] } }".to_owned()),
        Just("[{ asset = \"a\", count = 1 }, # one\n { asset = \"b\" } # two\n # three\n]".to_owned()),
        "\\[( ?\n?( # [a-z]{1,3}\n)?\"[ab]\"( # [a-z]{1,3}\n)?,){0,4}( # [a-z]{1,3}\n)?\\]",
        "[0-9]",
    ];
    (gap(), "KEY", value, beside).prop_map(|(gap, key, value, beside)| format!("{gap}{key} = {value}{beside}\n"))
}

const KEYS: &[&str] = &[
    "id",
    "title",
    "status",
    "type",
    "value",
    "verdict",
    "first_seen",
    "tags",
    "description",
    "sightings",
    "evidence",
    "custom",
    "unknown",
    "\"odd key\"",
    "time",
    "techniques",
    "custom.a",
    "custom.b",
];

fn document() -> impl Strategy<Value = String> {
    let keys = proptest::sample::subsequence(KEYS, 0..=8).prop_shuffle();
    let tables = proptest::sample::subsequence(
        &["[ticket]", "[[sightings_]]", "[[evidence_]]", "[custom_]", "[custom_.deep]", "[milestones]", "[last_seen]"]
            [..],
        0..=4,
    )
    .prop_shuffle();
    let lines = proptest::collection::vec(key_line(), 40);
    (keys, tables, lines, proptest::collection::vec(gap(), 8), gap()).prop_map(|(keys, tables, lines, gaps, end)| {
        let mut lines = lines.into_iter();
        let mut text = String::new();
        let mut place = |text: &mut String, keys: &[&str]| {
            for key in keys {
                text.push_str(&lines.next().unwrap_or_default().replacen("KEY", key, 1));
            }
        };
        place(&mut text, &keys);
        for (table, gap) in tables.iter().zip(&gaps) {
            text.push_str(&format!("{gap}{table}\n"));
            place(&mut text, &["x", "at", "a"][..table.len() % 4]);
        }
        text + &end
    })
}

proptest! {
    #[test]
    fn formatting_twice_is_formatting_once_and_says_the_same(text in document(), kind in 0..12usize) {
        let name = schema::names()[kind];
        let table = schema::table(name).unwrap();
        prop_assume!(text.parse::<toml_edit::DocumentMut>().is_ok());
        let once = format(&text, &table);
        prop_assert!(once.is_ok(), "{name}: {once:?}");
        let once = once.unwrap();
        prop_assert!(proof::says_the_same(&text, &once, &table));
        prop_assert_eq!(format(&once, &table).unwrap(), once);
    }

    #[test]
    fn any_text_at_all_is_formatted_or_refused(text in "[ -~\n\t]{0,60}") {
        let _ = format(&text, &schema::table("finding").unwrap());
    }
}
