//! Cases in numbers, as another program reads them.

use super::firm::Firm;
use super::sending::apply;
use super::support::{Desk, tool};
use super::{LEGAL, configure, confirm, routed};

/// Reads OpenMetrics with the parser of Prometheus' own client: each sample as `name{labels} value`.
const READS: &str = "
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()):
    for sample in family.samples:
        labels = ','.join(f'{name}={value}' for name, value in sorted(sample.labels.items()))
        print(f'{family.type} {sample.name} {labels} {sample.value:.0f}')
";

fn read(desk: &Desk, text: &str) -> Option<Vec<String>> {
    let python = tool("python")?;
    desk.write("../metrics.txt", text);
    let mut command = desk.sandbox.command(python, &desk.top);
    command.args(["-c", READS]).stdin(std::fs::File::open(desk.path("../metrics.txt")).unwrap());
    let read = super::support::ran(command.output().unwrap()).ok();
    Some(read.stdout.lines().map(str::to_owned).collect())
}

#[test]
fn a_case_is_measured_and_prometheus_reads_it() {
    let desk = routed(LEGAL);
    configure(&desk, "other", &[("type", "command"), ("command", "cat"), ("tlp", "red")]);
    apply(&desk, &[]).ok();
    confirm(&desk);
    desk.change("actions/r-7q2k9dm4.toml", |text| {
        *text = String::from_utf8_lossy(text).replace("owner =", "due = 2026-03-04T10:00:00Z\nowner =").into_bytes();
    });
    desk.commit("Confirm");
    apply(&desk, &[]).code(1);
    let text = desk.casebook(&["metrics"]).ok().stdout;
    let Some(samples) = read(&desk, &text) else { return };
    for expected in [
        "gauge casebook_case case=2026-0142,severity=high,status=open,tlp=amber 1",
        "gauge casebook_entries case=2026-0142,kind=finding,status=confirmed 1",
        "gauge casebook_overdue case=2026-0142,kind=action 1",
        "gauge casebook_duties case=2026-0142,standing=overdue 1",
        "gauge casebook_duty_end_timestamp_seconds case=2026-0142,duty=gdpr-72h 1772619300",
        "counter casebook_notices_planned_total case=2026-0142 1",
        "gauge casebook_notices_pending case=2026-0142 1",
        "gauge casebook_notices_failing case=2026-0142 1",
        "gauge casebook_notices_oldest_pending_timestamp_seconds case=2026-0142 1772712000",
        "gauge casebook_evidence_errors case=2026-0142 0",
    ] {
        assert!(samples.iter().any(|sample| sample == expected), "not `{expected}` in:\n{}", samples.join("\n"));
    }
    assert!(!text.contains("mail01") && !text.contains("Intrusion"), "{text}");
    assert_eq!(text, desk.casebook(&["metrics"]).ok().stdout);
}

#[test]
fn damaged_evidence_and_missing_signatures_are_numbers() {
    let firm = Firm::new();
    firm.confirm();
    firm.desk.git(&["add", "-A"]).ok();
    firm.desk.git(&["commit", "-qm", "Confirm", "--no-verify"]).ok();
    firm.desk.change("evidence/x-7q2k9dm4/auth.log", |text| text.push(b'x'));
    firm.desk.git(&["add", "-A"]).ok();
    firm.desk.git(&["commit", "-qm", "Damage", "--no-verify"]).ok();
    let text = firm.desk.casebook(&["metrics"]).ok().stdout;
    let value = |name: &str| -> u64 {
        let line = text.lines().find(|line| line.starts_with(&format!("{name}{{"))).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(value("casebook_unsigned"), 1, "{text}");
    assert!(value("casebook_evidence_errors") > 0, "{text}");
}

#[test]
fn all_cases_of_a_server_go_into_one_file() {
    let firm = Firm::new();
    let below = firm.server.parent().unwrap().join("git");
    std::fs::create_dir(&below).unwrap();
    std::fs::rename(&firm.server, below.join("case.git")).unwrap();
    std::fs::create_dir(below.join("no-repository")).unwrap();
    let file = firm.desk.sandbox.path("casebook.prom");
    let arguments = ["metrics", "--below", below.to_str().unwrap(), "--output", file.to_str().unwrap()];
    let measured = firm.desk.casebook(&arguments).code(1);
    assert!(measured.stderr.contains("no-repository"), "{}", measured.text());
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("casebook_case{case=\"2026-0142\"") && text.ends_with("# EOF\n"), "{text}");
    let none = firm.desk.casebook(&["metrics", below.join("no-repository").to_str().unwrap()]).code(2);
    assert!(none.stderr.contains("there is no case that could be measured"), "{}", none.text());
}

/// docs/monitoring.md has a row for every metric, with what it counts.
#[test]
fn the_document_has_every_metric() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/monitoring.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `casebook_")).collect();
    let expected: Vec<String> =
        casebook::monitor::ALL.iter().map(|metric| format!("| `{}` | {} |", metric.name, metric.help)).collect();
    assert_eq!(rows, expected);
}
