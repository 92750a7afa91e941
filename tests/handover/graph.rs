//! The graph of items and custody, under the validator of the CASE community.

use crate::Desk;
use crate::cited;
use crate::support::case_validate;
use serde_json::Value;
use std::fs;

/// A case in which every kind of node is needed.
fn desk() -> Desk {
    let desk = cited();
    let hits = desk.sandbox.path("hits.csv");
    fs::write(&hits, "a,b\n").unwrap();
    let add = |arguments: &[&str]| {
        desk.casebook(&[&["evidence", "add", "--by", "bob"], arguments].concat()).ok();
    };
    add(&[
        hits.to_str().unwrap(),
        "--title",
        "Hits",
        "--derived-from",
        "x-7q2",
        "--tool",
        "chainsaw",
        "--tool-version",
        "2.16.4",
        "--command",
        "chainsaw hunt \"x\"",
    ]);
    add(&[
        "--exhibit",
        "--title",
        "Laptop",
        "--serial",
        "PF3K",
        "--tlp",
        "red",
        "--authority",
        "warrant 7",
        "--method",
        "seized",
        "--tool",
        "hands",
        "--location",
        "room 5",
        "--clock-skew",
        "+1h",
    ]);
    desk.commit("More evidence");
    desk
}

fn graph(desk: &Desk, name: &str, ids: &[&str]) -> Value {
    desk.casebook(&[&["evidence", "export", "--case-uco", name], ids].concat()).ok();
    serde_json::from_str(&fs::read_to_string(desk.path(name)).unwrap()).unwrap()
}

fn of_type<'g>(graph: &'g Value, class: &str) -> Vec<&'g Value> {
    graph["@graph"].as_array().unwrap().iter().filter(|node| node["@type"] == class).collect()
}

#[test]
fn the_graph_says_what_the_case_says() {
    let desk = desk();
    let graph = graph(&desk, "../graph.jsonld", &[]);
    assert_eq!(of_type(&graph, "case-investigation:ProvenanceRecord").len(), 3);
    assert_eq!(of_type(&graph, "uco-observable:Device").len(), 1);
    let files = of_type(&graph, "uco-observable:FileFacet");
    let mut names: Vec<&str> = files.iter().map(|file| file["uco-observable:filePath"].as_str().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["auth.log", "hits.csv", "web/access.log"]);
    let size: u64 = files.iter().map(|file| file["uco-observable:sizeInBytes"].as_u64().unwrap()).sum();
    assert_eq!(size, 457 + 4);
    let actions = of_type(&graph, "case-investigation:InvestigativeAction");
    // Three acquisitions, three custody events, one derivation.
    assert_eq!(actions.len(), 7);
    let made =
        actions.iter().find(|action| action["uco-core:name"].as_str().unwrap().starts_with("chainsaw makes")).unwrap();
    let tool = graph["@graph"]
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["@id"] == made["uco-action:instrument"]["@id"])
        .unwrap();
    assert_eq!([&tool["uco-core:name"], &tool["uco-tool:version"]], ["chainsaw", "2.16.4"]);
    // The same case gives the same graph, and an id that does not depend on what else is in it.
    let again = self::graph(&desk, "../again.jsonld", &[]);
    assert_eq!(graph, again);
    let alone = self::graph(&desk, "../alone.jsonld", &["x-7q2"]);
    let record = |graph: &Value| {
        let records = of_type(graph, "case-investigation:ProvenanceRecord");
        records.iter().find(|record| record["case-investigation:exhibitNumber"] == "x-7q2k9dm4").unwrap()["@id"].clone()
    };
    assert_eq!(record(&graph), record(&alone));
    desk.casebook(&["evidence", "export", "--case-uco", "../graph.jsonld"]).code(2);
}

#[test]
fn the_validator_of_case_accepts_the_graph_and_not_a_wrong_one() {
    let desk = desk();
    graph(&desk, "../graph.jsonld", &[]);
    if case_validate(&desk, "../graph.jsonld").is_none() {
        return;
    }
    let accepts = |name: &str| {
        let ran = case_validate(&desk, name).unwrap();
        assert!(ran.stdout.contains("Conforms: "), "{}", ran.text());
        ran.code == 0
    };
    assert!(accepts("../graph.jsonld"));
    let text = fs::read_to_string(desk.path("../graph.jsonld")).unwrap();
    for (from, to) in [
        ("uco-action:performer", "uco-action:performers"),
        ("xsd:hexBinary", "xsd:string"),
        ("\"@type\": \"uco-identity:Person\"", "\"@type\": \"uco-types:Hash\""),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(desk.path("../wrong.jsonld"), text.replace(from, to)).unwrap();
        assert!(!accepts("../wrong.jsonld"), "{to}");
    }
}
