//! `casebook import`, `promote` and `propose` on real tool output: no row is lost, every entry cites its row, and doing it twice adds
//! nothing.

use super::support::{Desk, Sandbox, shared};
use std::fs;

fn demo() -> Desk {
    let sandbox = Sandbox::new();
    sandbox.casebook(&sandbox.path(""), &["demo", "demo"]).ok();
    let top = sandbox.path("demo/case");
    Desk { sandbox, top }
}

/// A real file of the shared data.
fn chainsaw(name: &str) -> Option<String> {
    Some(shared("generated/chainsaw")?.join(name).to_str().unwrap().to_owned())
}

fn files(desk: &Desk, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(desk.path(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    names
}

const LOG: &str = "Mar  1 10:15:00 mail01 sshd[7]: Accepted password for alice from 203.0.113.9 port 22 ssh2\n\
                   Mar  1 10:16:00 web01 sshd[7]: Invalid user bob from 203.0.113.9\n\
                   no line of syslog\n";

#[test]
fn a_file_is_registered_once_and_its_rows_are_events_once() {
    let desk = Desk::new();
    let file = desk.source("auth.log", LOG.as_bytes());
    let before = (files(&desk, "events").len(), files(&desk, "evidence").len());
    let only = desk.casebook(&["import", &file, "--by", "bob"]).code(1);
    assert!(only.stdout.contains("3 rows read: 0 taken, 2 skipped, 1 refused"), "{}", only.text());
    assert!(only.stdout.contains("refused line 3: "), "{}", only.text());
    assert_eq!(files(&desk, "evidence").len(), before.1 + 1);

    let told = ["import", &file, "--events", "--year", "2026", "--zone", "Europe/Berlin", "--format", "json"];
    let first: serde_json::Value = serde_json::from_str(&desk.casebook(&told).code(1).stdout).unwrap();
    let first = &first["files"][0];
    assert_eq!((&first["registered"], &first["rows"]["taken"]), (&false.into(), &2.into()), "{first:#}");
    assert_eq!(first["rows"]["refusals"][0]["place"], "line 3", "{first:#}");
    let event = desk.read(&format!("events/{}.toml", first["entries"][0]["id"].as_str().unwrap()));
    assert!(event.contains("original = \"Mar  1 10:1") || event.contains("original = \"Mar 1 10:1"), "{event}");
    assert!(event.contains("at = 2026-03-01T09:1") && event.contains("Europe/Berlin"), "{event}");
    assert!(event.contains("at = \"lines:"), "{event}");

    let again: serde_json::Value = serde_json::from_str(&desk.casebook(&told).code(1).stdout).unwrap();
    assert_eq!(again["files"][0]["rows"]["skipped"]["in the case already"], 2, "{again:#}");
    assert_eq!((files(&desk, "events").len(), files(&desk, "evidence").len()), (before.0 + 2, before.1 + 1));
    desk.casebook(&["check"]).ok();
}

#[test]
fn nothing_is_guessed_and_all_or_nothing_means_it() {
    let desk = Desk::new();
    let file = desk.source("auth.log", LOG.as_bytes());
    let ran = desk.casebook(&["import", &file, "--events", "--all-or-nothing"]).code(1);
    assert!(ran.stdout.contains("has no year: name it with `--year`"), "{}", ran.text());
    assert!(ran.stdout.contains("nothing was written: rows were refused"), "{}", ran.text());
    let dry = desk.casebook(&["import", &file, "--events", "--year", "2026", "--zone", "UTC", "--dry-run"]).code(1);
    assert!(dry.stdout.contains("2 taken") && dry.stdout.contains("it is a dry run"), "{}", dry.text());
    let many =
        desk.casebook(&["import", &file, "--events", "--year", "2026", "--zone", "UTC", "--most", "1"]).code(2).stderr;
    assert!(many.contains("2 rows of") && many.contains("--most 2"), "{many}");
    assert_eq!(desk.git(&["status", "--porcelain"]).stdout, "");
    let unknown = desk.source("x.bin", b"\x01\x02\x03");
    assert!(desk.casebook(&["import", &unknown]).code(2).stderr.contains("casebook evidence add"));
    assert!(desk.casebook(&["import", "no-such-file"]).code(2).stderr.contains("neither a file nor an evidence item"));
}

#[test]
fn promoted_rows_have_the_true_time_and_the_asset_of_every_name() {
    let desk = demo();
    let items = desk.json(&["evidence", "list"]);
    let of = |start: &str| {
        let item = items.as_array().unwrap().iter().find(|item| item["title"].as_str().unwrap().starts_with(start));
        item.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let item = of("Chainsaw");
    let several = desk.casebook(&["promote", &item, "row:1"]).code(2).stderr;
    assert!(several.contains("chainsaw/rdp_attacks.csv"), "{several}");
    let made = desk.casebook(&["promote", &item, "chainsaw/rdp_attacks.csv", "row:2", "row:99"]).code(1);
    assert!(made.stderr.contains("row:99: no row of"), "{}", made.text());
    let id = made.stdout.split_whitespace().next().unwrap().to_owned();
    let event = desk.read(&format!("events/{id}.toml"));
    let assets = desk.json(&["list", "assets"]);
    let asset = assets.as_array().unwrap().iter().find(|asset| asset["title"] == "CITADEL-DC01").unwrap();
    for part in [
        "at = 2020-09-19T03:21:48.891087Z, skew = \"+1h\", original = \"2020-09-19T03:21:48.891087+00:00\"",
        &format!("destination = \"{}\"", asset["id"].as_str().unwrap()),
        "account = \"Administrator\"",
        "path = \"chainsaw/rdp_attacks.csv\"\nat = \"row:2\"",
    ] {
        assert!(event.contains(part), "{part}\n{event}");
    }
    let again = desk.casebook(&["promote", &item, "chainsaw/rdp_attacks.csv", "row:2"]).ok();
    assert_eq!(again.stdout.trim(), format!("{id} in the case already"));
    desk.casebook(&["check"]).ok();
}

#[test]
fn proposals_are_drafts_that_nobody_confirms_unread() {
    let Some(file) = chainsaw("szechuan_hunt_sigma_noninfo.json") else { return };
    let desk = demo();
    let item = desk.json(&["import", &file, "--tool", "chainsaw", "--clock-skew", "+1h"])["files"][0]["item"].clone();
    let item = item.as_str().unwrap();
    let dry = desk.json(&["propose", item, "--severity", "low", "--dry-run"]);
    assert_eq!((&dry["rows"], &dry["below"]), (&102.into(), &0.into()));
    let findings = dry["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "finding").count();
    assert_eq!(dry["groups"].as_u64().unwrap() as usize, findings);
    assert_eq!(files(&desk, "findings").len(), 8, "a dry run writes nothing");

    let made = desk.json(&["propose", item, "--severity", "critical"]);
    let titled = |title: &str| {
        let entries = made["entries"].as_array().unwrap();
        entries.iter().find(|entry| entry["title"] == title).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let id = titled("RDP logon on CITADEL-DC01");
    let path = format!("findings/{id}.toml");
    let text = desk.read(&path);
    for part in [
        "status = \"draft\"",
        "tags = [\"machine-proposed\"]",
        "between 2020-09-19 02:21:48 and 2020-09-19 02:56:04 UTC",
        "The clock of the source was 1h ahead of true time",
        "at = \"json:/78\"",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(
        !text.contains("194.61.24.102"),
        "the case has the address as an indicator, which is named in its place\n{text}"
    );
    let before = (files(&desk, "findings"), files(&desk, "assets"), files(&desk, "indicators"));
    let again = desk.json(&["propose", item, "--severity", "critical"]);
    assert_eq!(again["known"].as_array().unwrap().len(), again["groups"].as_u64().unwrap() as usize);
    assert_eq!(before, (files(&desk, "findings"), files(&desk, "assets"), files(&desk, "indicators")));
    desk.casebook(&["check"]).ok();

    desk.casebook(&["set", &id, "status=confirmed", "confidence=high", "reason=Seen in two logs"]).ok();
    let refused = desk.casebook(&["check"]).code(1).text();
    assert!(refused.contains("unread-proposal"), "{refused}");
    fs::write(
        desk.path(&path),
        desk.read(&path).replace("The rule `RDP logon` fired", "Somebody logged on, as the rule says,"),
    )
    .unwrap();
    desk.casebook(&["check"]).ok();
}

#[test]
fn values_on_warninglists_and_links_of_rules_are_no_indicators() {
    let desk = Desk::new();
    let alert = serde_json::json!({
        "timestamp": "2026-03-01T02:30:00.000000+0000", "event_type": "alert", "src_ip": "198.41.0.4", "dest_ip": "10.0.0.5",
        "flow_id": 1, "proto": "TCP", "src_port": 1, "dest_port": 2,
        "alert": { "signature": "ET TROJAN `rm -rf`](http://x.example) beacon", "severity": 1, "signature_id": 1,
                   "metadata": { "reference": ["https://blog.attacker.com/x"] } },
        "http": { "hostname": "cdn.bad-domain.net", "url": "/x", "http_refer": "hxxps://landing[.]evil-site[.]com/a" },
    });
    let file = desk.source("eve.json", format!("{alert}\n").as_bytes());
    let item = desk.json(&["import", &file, "--by", "bob"])["files"][0]["item"].as_str().unwrap().to_owned();
    let lists = desk.sandbox.path("lists/dns");
    fs::create_dir_all(&lists).unwrap();
    let list =
        r#"{"name":"List of root servers","type":"cidr","list":["198.41.0.0/24"],"matching_attributes":["ip-src"]}"#;
    fs::write(lists.join("list.json"), list).unwrap();
    let folder = desk.sandbox.path("lists").to_str().unwrap().to_owned();
    let made = desk.json(&["propose", &item, "--author", "bob", "--warninglists", &folder]);
    let entries = made["entries"].as_array().unwrap();
    let values: Vec<&str> = entries
        .iter()
        .filter(|entry| entry["kind"] == "indicator")
        .map(|entry| entry["title"].as_str().unwrap())
        .collect();
    assert_eq!(values, ["https://landing.evil-site.com/a"], "{made:#}");
    let left_out: Vec<&str> =
        made["left_out"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert_eq!(left_out, ["List of root servers", "an address or name that is private (RFC 1918)"], "{made:#}");
    desk.casebook(&["check"]).ok();
    // What the evidence says is set as code in the text: it makes no link.
    let finding = entries.iter().find(|entry| entry["kind"] == "finding").unwrap()["id"].as_str().unwrap();
    let text = desk.read(&format!("findings/{finding}.toml"));
    assert!(text.contains("`ET TROJAN 'rm -rf'](http://x.example) beacon`"), "{text}");
}

/// Detections of Hayabusa, a row each: time, computer, rule, and what is in its details.
fn hits(rows: &[[&str; 4]]) -> String {
    let head = "Timestamp,RuleTitle,Level,Computer,Channel,EventID,RecordID,Details,ExtraFieldInfo\n";
    let row =
        |[time, computer, rule, details]: &[&str; 4]| format!("{time},{rule},high,{computer},Sec,4624,1,{details},\n");
    head.to_owned() + &rows.iter().map(row).collect::<String>()
}

#[test]
fn a_draft_tells_at_the_marking_of_its_rows_and_each_indicator_cites_the_row_that_has_it() {
    let desk = Desk::new();
    let green = desk.source(
        "green.csv",
        hits(&[
            ["2026-03-01 10:00:00.000 +00:00", "DC09", "Odd logon", "nothing"],
            ["2026-03-01 10:05:00.000 +00:00", "DC09", "Odd logon", "from eed41b4500e473f97c50c7385ef5e374"],
        ])
        .as_bytes(),
    );
    let red =
        desk.source("red.csv", hits(&[["2026-03-01 10:01:00.000 +00:00", "DC09", "Odd logon", "SECRET"]]).as_bytes());
    desk.json(&["import", &green, "--by", "bob"]);
    desk.json(&["import", &red, "--by", "bob", "--tlp", "red"]);
    let made = desk.json(&["propose", "--author", "bob"]);
    let ids = |kind: &str| -> Vec<String> {
        let entries = made["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind);
        entries.map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
    };
    let findings = ids("finding");
    assert_eq!(findings.len(), 2, "{made:#}");
    for text in findings.iter().map(|id| desk.read(&format!("findings/{id}.toml"))) {
        assert_eq!(text.contains("SECRET"), text.contains("tlp = \"red\""), "{text}");
    }
    let indicator = desk.read(&format!("indicators/{}.toml", ids("indicator")[0]));
    assert!(indicator.contains("at = \"row:2\"") && !indicator.contains("tlp"), "{indicator}");
    desk.casebook(&["check"]).ok();
    // Without the digest it is a proposal still.
    desk.casebook(&["set", &findings[0], "status=confirmed", "confidence=high", "reason=Seen", "proposal="]).ok();
    let refused = desk.casebook(&["check"]).code(1).text();
    assert!(refused.contains("unread-proposal") && refused.contains("the digest of what was is gone"), "{refused}");
}

#[test]
fn files_with_the_same_bytes_are_one_item_and_a_host_steers_no_command() {
    let desk = Desk::new();
    let rows = hits(&[["2026-03-01 10:00:00.000 +00:00", "x$(touch oops)", "Odd logon", "nothing"]]);
    let [one, two] = ["one.csv", "two.csv"].map(|name| desk.source(name, rows.as_bytes()));
    let ran = desk.casebook(&["import", &one, &two, "--by", "bob", "--events"]).ok();
    assert!(ran.stdout.contains("registered before as") && ran.stdout.contains("1 skipped"), "{}", ran.text());
    assert!(ran.stdout.contains("casebook set ASSET 'identifiers+=x$(touch oops)'"), "{}", ran.text());
    let event = ran.stdout.lines().find(|line| line.trim_start().starts_with("e-")).unwrap();
    assert!(event.ends_with(" on x$(touch oops)"), "{event}");
}
