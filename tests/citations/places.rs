//! Places in texts, tables, JSON and bytes.

use super::{at, find, stands};
use casebook::evidence::citation::place::{Source, Texts};
use casebook::evidence::citation::text::Quote;
use casebook::values::Selector;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn lines_are_counted_as_editors_count_them() {
    let text = b"one\r\ntwo\n\nfour\x85";
    assert_eq!(at("a.log", text, "lines:1").unwrap(), "one");
    assert_eq!(at("a.log", text, "lines:3").unwrap(), "");
    assert_eq!(at("a.log", text, "lines:1-2").unwrap(), "one\r\ntwo");
    assert_eq!(at("a.log", text, "lines:4").unwrap(), "four\u{fffd}");
    assert_eq!(at("a.log", text, "lines:4-5").unwrap_err(), "the file has 4 lines");
    assert_eq!(at("a.log", text, "lines:1-18446744073709551615").unwrap_err(), "the file has 4 lines");
    assert_eq!(at("a.log", b"", "lines:1").unwrap_err(), "the file has 0 lines");
    assert_eq!(at("a.log", b"\xef\xbb\xbfone\n", "lines:1").unwrap(), "one");
    assert_eq!(at("a.log", &utf16("eins\r\nzw\u{f6}lf"), "lines:2").unwrap(), "zw\u{f6}lf");
    assert!(stands("a.log", text, &"lines:1-2".parse().unwrap(), "one two"));
    assert!(at("a.bin", b"MZ\0\0", "lines:1").unwrap_err().contains("bytes:"));
}

#[test]
fn a_text_over_several_lines_is_found_with_the_lines_that_hold_it() {
    let text = b"a\n\nb c\nd b\n  c e\n";
    assert_eq!(find("a.log", text, "b c"), ["lines:3"]);
    assert_eq!(find("a.log", text, "a b"), ["lines:1-3"]);
    assert_eq!(find("a.log", text, "d [\u{2026}] e"), ["lines:4-5"]);
    assert_eq!(find("a.log", text, "b [...] e"), ["lines:4-5"]);
    assert_eq!(find("a.log", text, "e b"), [""; 0]);
    assert_eq!(find("a.log", text, "[\u{2026}]"), [""; 0]);
}

#[test]
fn rows_are_known_by_their_header() {
    let table = "user;\"note; long\";\nbob;\"two\r\nlines, \"\"quoted\"\"\";x;more\r\n\r\nann\n";
    let row = "user: bob\nnote; long: two\r\nlines, \"quoted\"\ncolumn 3: x\ncolumn 4: more";
    assert_eq!(at("a.csv", table.as_bytes(), "row:1").unwrap(), row);
    assert_eq!(at("a.csv", table.as_bytes(), "row:2").unwrap(), "user: ann");
    assert_eq!(at("a.csv", table.as_bytes(), "row:3").unwrap_err(), "the table has 2 rows below its header");
    let first = &"row:1".parse().unwrap();
    assert!(stands("a.csv", table.as_bytes(), first, "bob;\"two lines, \"\"quoted\"\"\";x"));
    assert!(stands("a.csv", table.as_bytes(), first, "lines, \"quoted\" column 3: x"));
    assert!(!stands("a.csv", table.as_bytes(), first, "ann"));
    assert_eq!(find("a.csv", table.as_bytes(), "user: ann"), ["row:2"]);
    // What no row holds, such as the header, stands in lines.
    assert_eq!(find("a.csv", table.as_bytes(), "note; long"), ["row:1"]);
    assert_eq!(find("a.csv", table.as_bytes(), "user;"), ["lines:1"]);
    assert_eq!(at("a.tsv", &utf16("a\tb\n1\t2,3\n"), "row:1").unwrap(), "a: 1\nb: 2,3");
    assert_eq!(at("a.txt", b"a,b\n1,2\n", "row:1").unwrap(), "a: 1\nb: 2");
    assert_eq!(at("a.csv", b"a\n\"open", "row:1").unwrap(), "a: open");
    assert_eq!(at("a.csv", b"", "row:1").unwrap_err(), "the table has 0 rows below its header");
}

#[test]
fn values_are_known_by_their_pointer() {
    let document = br#"{"events": [{"user": "b\u006fb", "n": 1.10}, {"a/b": {"~": [true, null]}}]}"#;
    assert_eq!(at("a.json", document, "json:/events/0/user").unwrap(), "bob");
    assert_eq!(at("a.json", document, "json:/events/0/n").unwrap(), "1.10");
    assert_eq!(at("a.json", document, "json:/events/1/a~1b/~0/1").unwrap(), "null");
    assert_eq!(at("a.json", document, "json:/events/1").unwrap(), r#"{"a/b":{"~":[true,null]}}"#);
    let miss = at("a.json", document, "json:/events/2").unwrap_err();
    assert_eq!(miss, "nothing is there: `/events` has 2 items, counted from 0");
    assert!(at("a.json", document, "json:/x").unwrap_err().contains("the document has the fields events"));
    let event = &"json:/events/1".parse().unwrap();
    assert!(stands("a.json", document, event, r#""~": [true, null]"#));
    assert!(stands("a.json", document, event, r#""~":[true,null]"#));
    assert_eq!(find("a.json", document, "bob"), ["json:/events/0/user"]);
    assert_eq!(find("a.json", document, r#"{"~":[true"#), ["json:/events/1/a~1b"]);
    assert!(at("a.json", b"{", "json:/x").unwrap_err().starts_with("the file is no JSON document: "));
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(at("a.json", deep.as_bytes(), "json:/0").unwrap_err().contains("nested"));
}

#[test]
fn lines_of_json_are_documents_of_their_own() {
    let lines = b"{\"user\":\"bob\"}\n\n{\"user\":\"ann\",\"tags\":[\"x\"]}\r\nno json\n";
    assert_eq!(at("a.jsonl", lines, "json:3/tags/0").unwrap(), "x");
    assert_eq!(at("a.jsonl", lines, "json:3").unwrap(), r#"{"user":"ann","tags":["x"]}"#);
    assert!(at("a.jsonl", lines, "json:4/x").unwrap_err().starts_with("line 4 is no JSON: "));
    assert_eq!(at("a.jsonl", lines, "json:9/x").unwrap_err(), "the file has 4 lines");
    assert_eq!(find("a.jsonl", lines, "ann"), ["json:3/user"]);
    assert_eq!(find("a.jsonl", lines, r#""ann","tags""#), ["json:3"]);
    assert_eq!(find("a.jsonl", lines, "no json"), ["lines:4"]);
}

#[test]
fn a_name_that_stands_twice_in_an_object_names_both_values() {
    let document = br#"{"a": 1, "a": 2}"#;
    assert_eq!(at("a.json", document, "json:/a").unwrap(), "1\n--\n2");
    let place = &"json:/a".parse().unwrap();
    assert!(stands("a.json", document, place, "1") && stands("a.json", document, place, "2"));
    assert!(!stands("a.json", document, place, "3"));
}

#[test]
fn bytes_are_texts_or_hexadecimal() {
    let content = [b"\0\x01MZ\x90\0".as_slice(), &utf16("Secret")[2..], b"\xff\xffabc def"].concat();
    assert_eq!(at("a.lnk", &content, "bytes:6+12").unwrap(), "Secret");
    assert_eq!(at("a.lnk", &content, "bytes:20+7").unwrap(), "abc def");
    assert_eq!(at("a.lnk", &content, "bytes:2+4").unwrap(), "hex: 4d 5a 90 00");
    assert_eq!(at("a.lnk", &content, "bytes:20+8").unwrap_err(), "the file has 27 bytes");
    assert!(at("a.lnk", &content, "bytes:18446744073709551615+2").is_err());
    assert!(stands("a.lnk", &content, &"bytes:5+14".parse().unwrap(), "Secret"), "from an odd offset, too");
    assert!(stands("a.lnk", &content, &"bytes:0+8".parse().unwrap(), "hex: 4d 5a […] 00"));
    assert!(!stands("a.lnk", &content, &"bytes:0+4".parse().unwrap(), "hex: 4d 5a 90"));
    assert_eq!(find("a.lnk", &content, "Secret"), ["bytes:6+12"]);
    assert_eq!(find("a.lnk", &content, "hex: 5A90"), ["bytes:3+2"]);
    assert_eq!(find("a.lnk", &content, "abc […] def"), ["bytes:20+7"]);
}

fn held(name: &str, content: &[u8], quote: &str) -> bool {
    Source::of(name, content).hold(&[&Quote::of(quote)], &mut |_| true)[0]
}

#[test]
fn a_quote_without_a_place_stands_somewhere() {
    assert!(held("a.log", b"one\ntwo\n", "one two"));
    assert!(!held("a.log", b"one\ntwo\n", "two one"));
    assert!(held("a.csv", b"user,note\nbob,\"a \"\"b\"\"\"\n", "note: a \"b\""));
    assert!(held("a.json", br#"{"x": "C:\\Windows"}"#, r"C:\Windows"));
    assert!(held("a.bin", &[b"\0", utf16("Secret").as_slice()].concat(), "Secret"));
    assert!(held("a.bin", b"\0\x01MZ", "hex: 4d5a"));
    assert!(!held("a.bin", b"\0\x01MZ", "Secret"));
}

fn selector() -> impl Strategy<Value = Selector> {
    let number = prop_oneof![1..6_u64, Just(u64::MAX)];
    let pointer = "(/[a-z~0-9]{0,2}){0,3}";
    prop_oneof![
        (number.clone(), number.clone()).prop_map(|(a, b)| Selector::Lines(a.min(b), a.max(b))),
        number.clone().prop_map(Selector::Row),
        number.clone().prop_map(Selector::Record),
        (prop::option::of(number.clone()), pointer).prop_map(|(line, pointer)| Selector::Json { line, pointer }),
        (prop_oneof![0..40_u64, Just(u64::MAX)], number)
            .prop_map(|(offset, length)| Selector::Bytes { offset, length }),
    ]
}

/// Bytes that look like files of some kind.
fn content() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        "[a-c,;\t\"\r\n \u{e9}\u{301}\u{fffd}]{0,60}".prop_map(String::into_bytes),
        "[\\[\\]{}\":,\\\\u 0-3a-c\n]{0,60}".prop_map(String::into_bytes),
        "[a-c\n ]{0,20}".prop_map(|text| utf16(&text)),
        any::<Vec<u8>>().prop_map(|rest| [b"ElfFile\0".as_slice(), &rest].concat()),
    ]
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("a.log"), Just("a.csv"), Just("a.json"), Just("a.jsonl"), Just("a.evtx"), Just("a")]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_bytes_under_any_selector_are_read_without_panic(
        content in content(), name in name(), place in selector(), quote in "[a-c\"{} \u{e9}\n]{0,4}(\\[\\.\\.\\.\\][a-c])?",
    ) {
        let source = Source::of(name, &content);
        let mut times = 0;
        let missing = source.read(&BTreeSet::from([&place]), &mut |heard, texts: &Texts<'_>| {
            assert_eq!(*heard, place);
            texts.shown();
            texts.brief();
            times += 1;
        });
        // Something stands there, or there is a reason why not; never both, never neither.
        prop_assert_eq!(missing.contains_key(&place), times == 0);
        let quote = Quote::of(&quote);
        source.hold(&[&quote], &mut |_| true);
        source.find(&quote, 3);
    }

    #[test]
    fn what_is_found_stands_there(content in content(), name in name(), text in "[a-c0-3\"{}:,; \u{e9}]{1,4}(\\[\u{2026}\\][a-c ]{1,2})?") {
        let source = Source::of(name, &content);
        let quote = Quote::of(&text);
        let hits = source.find(&quote, 20);
        for hit in &hits {
            prop_assert!(stands(name, &content, &hit.at, &text), "{} at {}", text, hit.at);
            prop_assert_eq!(hit.at.to_string().parse::<Selector>().unwrap(), hit.at.clone());
        }
        if !hits.is_empty() {
            prop_assert!(source.hold(&[&quote], &mut |_| true)[0], "{} stands at {}", text, hits[0].at);
        }
    }

    #[test]
    fn a_line_of_a_text_is_found(lines in prop::collection::vec("[a-c \u{e9}]{0,8}", 1..9), which: prop::sample::Index, ends in prop_oneof![Just("\n"), Just("\r\n")]) {
        let text = lines.join(ends);
        let line = which.get(&lines);
        prop_assume!(!Quote::of(line).is_empty());
        let expected = format!("lines:{}", which.index(lines.len()) + 1);
        for content in [text.as_bytes().to_vec(), utf16(&text)] {
            let found = find("a.log", &content, line);
            prop_assert!(found.contains(&expected), "{:?}", found);
        }
    }

    #[test]
    fn a_cell_of_a_table_is_found(
        rows in prop::collection::vec(prop::collection::vec("[a-c,;\"\n ]{0,5}x", 1..4), 2..6), which: prop::sample::Index,
        delimiter in prop_oneof![Just(b','), Just(b';'), Just(b'\t')],
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["one", "two", "three"]).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let table = writer.into_inner().unwrap();
        let number = which.index(rows.len()) + 1;
        let cell = &rows[number - 1][0];
        let expected = format!("row:{number}");
        prop_assert!(find("a.csv", &table, &format!("one: {cell}")).contains(&expected), "{:?}", String::from_utf8(table));
    }

    #[test]
    fn a_value_of_a_document_is_found(fields in prop::collection::btree_map("[a-c/~\"\u{e9} ]{0,4}", "[a-z\\\\\"\n]{0,6}z", 1..6), which: prop::sample::Index) {
        let (name, value) = fields.iter().nth(which.index(fields.len())).unwrap();
        let document = serde_json::json!({ "list": [1, fields] });
        let pointer = format!("json:/list/1/{}", name.replace('~', "~0").replace('/', "~1"));
        for text in [document.to_string(), format!("{document:#}")] {
            prop_assert_eq!(at("a.json", text.as_bytes(), &pointer).unwrap(), value.clone());
            prop_assert!(find("a.json", text.as_bytes(), value).contains(&pointer));
        }
    }
}
