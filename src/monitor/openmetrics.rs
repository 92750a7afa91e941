//! OpenMetrics 1.0 text (<https://github.com/prometheus/OpenMetrics>), which Prometheus and its kin scrape. The libraries for it keep
//! their samples in tables without an order, and the same case must give the same bytes.

use super::{ALL, Sample};
use std::fmt::Write;

/// Writes samples, all of one name together.
pub fn write(samples: &[Sample]) -> String {
    let mut out = String::new();
    for name in ALL {
        let own: Vec<&Sample> = samples.iter().filter(|sample| sample.name == *name).collect();
        if own.is_empty() {
            continue;
        }
        let kind = if name.is_counter { "counter" } else { "gauge" };
        let _ = writeln!(out, "# TYPE {} {kind}", name.name);
        let _ = writeln!(out, "# HELP {} {}", name.name, escaped(name.help));
        let total = if name.is_counter { "_total" } else { "" };
        for sample in own {
            let labels: Vec<String> =
                sample.labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
            let _ = writeln!(out, "{}{total}{{{}}} {}", name.name, labels.join(","), sample.value);
        }
    }
    out.push_str("# EOF\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
