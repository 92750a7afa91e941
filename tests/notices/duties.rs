//! Legal clocks: what starts them, when they end, and the calendar that others read.

use super::routed;
use super::support::{CASEBOOK, Desk, NOW, ran, tool};
use std::path::Path;

/// What is said of the clocks that are written down for copying.
#[test]
fn every_clock_of_the_document_is_sound() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/duties.md")).unwrap();
    let blocks: Vec<&str> = text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 5);
    let desk = Desk::new();
    desk.write("policy.toml", format!("version = 1\n\n{}", blocks.join("\n")));
    desk.casebook(&["check"]).ok();
}

const CHAIN: &str = r#"
[[duties]]
handle = "first"
name = "Initial notification"
within = "4h"

[[duties]]
handle = "final"
name = "Final report"
after = "first"
within = "1 month"
zone = "Europe/Berlin"

[[duties]]
handle = "filing"
name = "Filing"
within = "4 business days"
zone = "America/New_York"
"#;

/// An action that fulfils the first of these duties.
const NOTIFIED: &str = r#"
id = "r-11111111"
title = "Notify"
phase = "duty"
status = "done"
duty = "first"
done_at = 2026-03-03T18:00:00Z
outcome = "Sent."
"#;

/// How the clocks stand, by the handles of their duties.
fn standing(desk: &Desk) -> Vec<String> {
    let clocks = desk.json(&["duties"]);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let clocks = clocks.as_array().unwrap().iter();
    clocks
        .map(|one| format!("{}: {} {}", text(&one["handle"]), text(&one["standing"]), text(&one["earliest"])))
        .collect()
}

#[test]
fn a_decision_starts_a_clock_and_what_fulfils_it_starts_the_next() {
    let desk = routed(CHAIN);
    assert_eq!(standing(&desk)[1..], ["first: not started -", "final: not started -", "filing: not started -"]);
    // Nobody can say that what never had an end was done before it.
    desk.write("actions/r-11111111.toml", NOTIFIED);
    assert_eq!(standing(&desk)[1], "first: fulfilled, clock not started -");
    std::fs::remove_file(desk.path("actions/r-11111111.toml")).unwrap();
    for (id, duty) in [("d-11111111", "first"), ("d-22222222", "filing")] {
        desk.write(
            &format!("decisions/{id}.toml"),
            format!("id = \"{id}\"\nquestion = \"Is it major?\"\nstatus = \"taken\"\nby = \"alice\"\nat = 2026-03-03T15:00:00Z\nduty = \"{duty}\"\ndecision = \"Yes.\"\nrationale = \"Mail is down.\"\n"),
        );
    }
    desk.casebook(&["check"]).ok();
    assert_eq!(
        standing(&desk)[1..],
        ["first: overdue 2026-03-03T19:00:00Z", "final: not started -", "filing: running 2026-03-09T14:00:00Z"]
    );
    desk.write("actions/r-11111111.toml", NOTIFIED);
    assert_eq!(
        standing(&desk)[1..],
        [
            "first: fulfilled in time 2026-03-03T19:00:00Z",
            "final: running 2026-04-03T17:00:00Z",
            "filing: running 2026-03-09T14:00:00Z"
        ]
    );
    let shown = desk.casebook(&["duties", "filing", "--zone", "America/New_York"]).ok();
    assert!(shown.stdout.contains("2026-03-09 14:00 UTC (9 March 2026 10:00)"), "{}", shown.text());
    assert!(shown.stdout.contains("4 business days after the decision on it"), "{}", shown.text());
    let unknown = desk.casebook(&["duties", "fling"]).code(2);
    assert!(unknown.stderr.contains("`casebook duties` lists them"), "{}", unknown.text());
}

/// Reads a calendar with Python's icalendar, and says what is in it.
const READS: &str = "
import icalendar, json, sys
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
events = [part for part in calendar.walk('VEVENT')]
print(json.dumps([{'uid': str(e['UID']), 'start': e['DTSTART'].dt.isoformat(), 'summary': str(e['SUMMARY']),
    'description': str(e['DESCRIPTION']), 'class': str(e['CLASS']), 'status': str(e['STATUS']), 'sequence': int(e['SEQUENCE']),
    'alarms': [str(a['TRIGGER'].dt) for a in e.walk('VALARM')], 'errors': [list(error) for error in e.errors]} for e in events]))
";

fn calendar(desk: &Desk, now: &str) -> String {
    let mut command = desk.sandbox.command(CASEBOOK, &desk.top);
    ran(command.args(["duties", "--format", "ics"]).env("CASEBOOK_NOW", now).output().unwrap()).stdout
}

/// The events of a calendar, as another program reads them.
fn read(desk: &Desk, python: &Path, now: &str) -> serde_json::Value {
    desk.write("../duties.ics", calendar(desk, now));
    let mut command = desk.sandbox.command(python, &desk.top);
    command.args(["-c", READS]).stdin(std::fs::File::open(desk.path("../duties.ics")).unwrap());
    serde_json::from_str(&ran(command.output().unwrap()).ok().stdout).unwrap()
}

#[test]
fn a_calendar_is_what_another_program_reads_whatever_the_texts_say() {
    let Some(python) = tool("python") else { return };
    let hostile = "[[duties]]\nhandle = \"nis2\"\nname = \"Tell; them, all\\\\n: BEGIN:VEVENT — äöü and a long line that has to be folded somewhere\"\nstarts = \"occurred\"\nwithin = \"30d\"\nto = \"CSIRT\"\n";
    let desk = routed(hostile);
    desk.casebook(&["check"]).ok();
    let calendar = calendar(&desk, NOW);
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{calendar}");
    let events = read(&desk, &python, NOW);
    // The first clock is overdue and still to be fulfilled, so that it is in the calendar, too.
    assert_eq!(events.as_array().unwrap().len(), 2, "{events}");
    let event = &events[1];
    assert_eq!(event["start"], "2026-03-31T02:00:00+00:00");
    let name = "[2026-0142] Tell; them, all\\n: BEGIN:VEVENT — äöü and a long line that has to be folded somewhere";
    assert_eq!(event["summary"], name);
    let description = event["description"].as_str().unwrap();
    assert!(description.contains("it ends at 2026-03-31 03:00 UTC at the latest"), "{event}");
    assert_eq!(event["class"], "CONFIDENTIAL");
    assert_eq!(event["alarms"], serde_json::json!(["-1 day, 12:00:00"]));
    assert_eq!(event["errors"], serde_json::json!([]));
    assert_eq!(calendar, self::calendar(&desk, NOW));
}

#[test]
fn a_duty_that_is_fulfilled_goes_out_of_calendars_and_comes_back_when_it_runs_again() {
    let Some(python) = tool("python") else { return };
    let desk = routed("[[duties]]\nhandle = \"nis2\"\nname = \"Tell them\"\nstarts = \"occurred\"\nwithin = \"30d\"\n");
    let event = |now: &str| read(&desk, &python, now)[1].clone();
    let action = |text: String| desk.write("actions/r-11111111.toml", text);
    let first = event("2026-03-04T10:00:00Z");
    action(NOTIFIED.replace("\"first\"", "\"nis2\""));
    let fulfilled = event("2026-03-04T11:00:00Z");
    action(
        "id = \"r-11111111\"\ntitle = \"Notify\"\nphase = \"duty\"\nstatus = \"open\"\nduty = \"nis2\"\n".to_owned(),
    );
    let again = event("2026-03-04T12:00:00Z");
    let said = |event: &serde_json::Value| {
        (event["status"].as_str().unwrap().to_owned(), event["alarms"].as_array().unwrap().len())
    };
    assert_eq!(
        [&first, &fulfilled, &again].map(said),
        [("CONFIRMED".to_owned(), 1), ("CANCELLED".to_owned(), 0), ("CONFIRMED".to_owned(), 1)]
    );
    assert!([&fulfilled, &again].iter().all(|later| later["uid"] == first["uid"]));
    // A calendar that is older in a client's eyes would not be taken.
    let sequence = |event: &serde_json::Value| event["sequence"].as_i64().unwrap();
    assert!(sequence(&first) < sequence(&fulfilled) && sequence(&fulfilled) < sequence(&again));
}
