//! Diagnostics as a Code Quality report of GitLab: `artifacts: reports: codequality: FILE`.

use super::{fingerprint, printable_line};
use crate::diagnostic::{Diagnostic, Level, Sources};
use serde_json::{Value, json};

/// A list of the issues, as <https://docs.gitlab.com/ci/testing/code_quality/> describes it.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> Value {
    let fingerprints = fingerprint::all(diagnostics);
    diagnostics
        .iter()
        .zip(fingerprints)
        .map(|(diagnostic, print)| one(sources, diagnostic, &print.to_string()))
        .collect()
}

fn one(sources: &Sources, diagnostic: &Diagnostic, fingerprint: &str) -> Value {
    let line = sources.position(&diagnostic.place).map_or(1, |position| position.line);
    let help = diagnostic.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    json!({
        "description": printable_line(&format!("{}{help}", diagnostic.message)),
        "check_name": diagnostic.code.as_str(),
        "fingerprint": fingerprint,
        // An error blocks the commit; a warning does not.
        "severity": match diagnostic.level {
            Level::Error => "critical",
            Level::Warning => "minor",
        },
        "location": { "path": diagnostic.place.path.as_str(), "lines": { "begin": line } },
    })
}
