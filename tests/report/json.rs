//! The report as JSON: the same as the others say, for programs.

use super::support::Desk;
use super::{files, now, provenance, source};
use casebook::report::audience::{self, TECHNICAL};
use casebook::report::{self, Dialect};
use pulldown_cmark::{Event, Options, Parser};
use serde_json::Value;

fn made(audience: &str) -> Value {
    let source = source(&files());
    let profile = audience::profile(&source.case, audience).unwrap();
    let report = report::make(&source, &profile, None, &provenance(), now(), &[Dialect::Json]);
    assert_eq!(report.refusals, [], "{audience}");
    let [file] = report.files.try_into().unwrap();
    assert_eq!(file.name, "report.json");
    serde_json::from_str(&file.content).unwrap()
}

/// Every object below a value.
fn objects<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        Value::Object(fields) => {
            found.push(value);
            fields.values().for_each(|field| objects(field, found));
        }
        _ => {}
    }
}

fn of_type<'v>(report: &'v Value, name: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    objects(report, &mut found);
    found.retain(|object| object["type"] == name);
    found
}

#[test]
fn it_has_what_the_others_have() {
    let report = made(TECHNICAL);
    assert_eq!((&report["audience"], &report["marking"]), (&TECHNICAL.into(), &"TLP:AMBER+STRICT".into()));
    let anchors: Vec<&str> =
        report["sections"].as_array().unwrap().iter().map(|section| section["anchor"].as_str().unwrap()).collect();
    let page = super::rendered(Dialect::Html);
    let written: Vec<&str> = page.split("<section id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(anchors, written);
    for card in of_type(&report, "card") {
        assert!(page.contains(&format!("id=\"{}\"", card["anchor"].as_str().unwrap())), "{card}");
    }
    for figure in of_type(&report, "figure") {
        let columns = figure["columns"].as_array().unwrap().len();
        let rows = figure["rows"].as_array().unwrap();
        assert!(
            !rows.is_empty() && rows.iter().all(|row| row["cells"].as_array().unwrap().len() == columns),
            "{figure}"
        );
    }
    assert_eq!(of_type(&report, "figure").len(), page.matches("<figure ").count());
    for entry in of_type(&report, "entry").iter().filter(|entry| entry["shown"] == true) {
        assert!(page.contains(&format!("href=\"#{}\"", entry["entry"].as_str().unwrap())), "{entry}");
    }
    assert!(report["rebuild"].as_str().unwrap().starts_with("casebook report --rev 5f0c1d2e"));
}

#[test]
fn no_text_of_it_has_any_power() {
    let report = made(TECHNICAL);
    let text = report.to_string();
    assert!(!text.contains(['\u{202e}', '\u{202c}', '\u{200b}', '\u{7}']) && text.contains("a[U+200B]b"));
    assert!(
        !text.contains("https://update.evil-cdn.com") && text.contains("hxxps://update[.]evil-cdn[.]com/gate.php?id=7")
    );
    let prose = of_type(&report, "prose");
    assert!(prose.len() > 10 && prose.iter().any(|prose| prose["markdown"].as_str().unwrap().contains("[[f-")));
    for prose in prose {
        let markdown = prose["markdown"].as_str().unwrap();
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            assert!(!matches!(event, Event::Html(_) | Event::InlineHtml(_)), "{event:?} in {markdown}");
        }
    }
}

#[test]
fn prose_says_the_same_when_it_is_read_again() {
    let text =
        "# One\n\nA **b** `c` [[f-7q2k9dm4]] <b>x</b> [d](https://e.example/)\n\n- e\n- f\n\n| g |\n|---|\n| h |\n";
    let prose: Value = serde_json::from_str(&report::prose(text, Dialect::Json)).unwrap();
    assert_eq!(prose["text"], "One\nA b c f-7q2k9dm4 <b>x</b> d\ne\nf\ng\nh");
    let again = prose["markdown"].as_str().unwrap();
    assert_eq!(report::prose(again, Dialect::Html), report::prose(text, Dialect::Html));
}

#[test]
fn it_is_written_where_it_is_asked_for_and_verified_like_the_others() {
    let desk = Desk::new();
    let said = desk.casebook(&["report", "--format", "json"]).ok().stdout;
    let file = said.trim();
    assert!(file.ends_with("/report.json"), "{said}");
    let said = desk.casebook(&["report", "verify", file]).ok().stdout;
    assert!(said.contains("unaltered, from commit"), "{said}");
    let printed = desk.casebook(&["report", "--format", "json", "--audience", "legal", "--output", "-"]).ok().stdout;
    let report: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(report["audience"], "legal");
    let path = desk.sandbox.path("altered.json");
    std::fs::write(&path, printed.replacen("TLP:", "TLB:", 1)).unwrap();
    let said = desk.casebook(&["report", "verify", path.to_str().unwrap()]).code(1).stdout;
    assert!(said.contains("first difference at line 4:"), "{said}");
    std::fs::write(&path, "{\"rebuild\": \"rm -rf /\", \"casebook\": \"1\"}").unwrap();
    desk.casebook(&["report", "verify", path.to_str().unwrap()]).code(2);
    assert!(!desk.top.join("reports/report.json").exists());
}
