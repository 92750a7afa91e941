//! Legal clocks: what starts them, when they end, and the calendar that others read.

use super::routed;
use super::support::{Desk, tool};
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
print(json.dumps([[str(e['UID']), e['DTSTART'].dt.isoformat(), str(e['SUMMARY']), str(e['DESCRIPTION']), str(e['CLASS']), str(e['STATUS']), int(e['SEQUENCE']),
    [str(a['TRIGGER'].dt) for a in e.walk('VALARM')], [list(error) for error in e.errors]] for e in events]))
";

#[test]
fn a_calendar_is_what_another_program_reads_whatever_the_texts_say() {
    let Some(python) = tool("python") else { return };
    let hostile = "[[duties]]\nhandle = \"nis2\"\nname = \"Tell; them, all\\\\n: BEGIN:VEVENT — äöü and a long line that has to be folded somewhere\"\nstarts = \"occurred\"\nwithin = \"30d\"\nto = \"CSIRT\"\n";
    let desk = routed(hostile);
    desk.casebook(&["check"]).ok();
    let calendar = desk.casebook(&["duties", "--format", "ics"]).stdout;
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{calendar}");
    let read = || {
        desk.write("../duties.ics", desk.casebook(&["duties", "--format", "ics"]).stdout);
        let mut command = desk.sandbox.command(&python, &desk.top);
        command.args(["-c", READS]).stdin(std::fs::File::open(desk.path("../duties.ics")).unwrap());
        let read = super::support::ran(command.output().unwrap()).ok();
        serde_json::from_str::<serde_json::Value>(&read.stdout).unwrap()
    };
    let events = read();
    // The first clock is overdue and still to be fulfilled, so that it is in the calendar, too.
    assert_eq!(events.as_array().unwrap().len(), 2, "{events}");
    let event = &events[1];
    assert_eq!(event[1], "2026-03-31T02:00:00+00:00");
    let name = "[2026-0142] Tell; them, all\\n: BEGIN:VEVENT — äöü and a long line that has to be folded somewhere";
    assert_eq!(event[2], name);
    assert!(event[3].as_str().unwrap().contains("it ends at 2026-03-31 03:00 UTC at the latest"), "{event}");
    assert_eq!(event[4], "CONFIDENTIAL");
    assert_eq!(
        event.as_array().unwrap()[5..],
        serde_json::json!(["CONFIRMED", 0, ["-1 day, 12:00:00"], []]).as_array().unwrap()[..]
    );
    assert_eq!(calendar, desk.casebook(&["duties", "--format", "ics"]).stdout);
    // Once it is fulfilled, whoever imported the first calendar gets rid of it with the next.
    desk.write("actions/r-11111111.toml", NOTIFIED.replace("\"first\"", "\"nis2\""));
    let after = &read()[1];
    assert_eq!(after[0], event[0]);
    assert_eq!(after.as_array().unwrap()[5..], serde_json::json!(["CANCELLED", 1, [], []]).as_array().unwrap()[..]);
}
