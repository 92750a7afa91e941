//! Diagnostics as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format).

use super::{fingerprint, printable};
use crate::diagnostic::{Diagnostic, Level, Page, Place, Position, Sources};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A log with one run. The rules carry their manual pages, so that a reader needs no other place to look them up.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], pages: &[Page]) -> Value {
    let index: BTreeMap<&str, usize> = pages.iter().enumerate().map(|(index, page)| (page.code, index)).collect();
    let fingerprints = fingerprint::all(diagnostics);
    let results: Vec<Value> = diagnostics
        .iter()
        .zip(fingerprints)
        .map(|(diagnostic, print)| {
            let mut value = result(sources, diagnostic, &print.to_string());
            if let Some(index) = index.get(diagnostic.code.as_str()) {
                value["ruleIndex"] = json!(index);
            }
            value
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "casebook",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": pages.iter().map(rule).collect::<Value>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(page: &Page) -> Value {
    let manual = page.markdown();
    json!({
        "id": page.code,
        "shortDescription": { "text": page.summary() },
        "help": { "text": manual, "markdown": manual },
    })
}

fn result(sources: &Sources, diagnostic: &Diagnostic, fingerprint: &str) -> Value {
    let help = diagnostic.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let related = diagnostic.related.iter().enumerate().map(|(number, related)| {
        let mut value = location(sources, &related.place);
        value["id"] = json!(number);
        value["message"] = json!({ "text": printable(&related.label) });
        value
    });
    let mut value = json!({
        "ruleId": diagnostic.code.as_str(),
        "level": match diagnostic.level {
            Level::Error => "error",
            Level::Warning => "warning",
        },
        "message": { "text": printable(&format!("{}{help}", diagnostic.message)) },
        "locations": [location(sources, &diagnostic.place)],
        "partialFingerprints": { "primaryLocationLineHash": fingerprint },
    });
    if !diagnostic.related.is_empty() {
        value["relatedLocations"] = related.collect();
    }
    value
}

fn location(sources: &Sources, place: &Place) -> Value {
    let start = Position { line: 1, column: 1, end_line: 1, end_column: 1 };
    let at = sources.position(place).unwrap_or(start);
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(place.path.as_str()) },
        "region": {
            "startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column,
        },
    }})
}

/// A path as a relative URI reference (RFC 3986): everything but unreserved characters and `/` is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("findings/f-7q2k9dm4.toml"), "findings/f-7q2k9dm4.toml");
        assert_eq!(uri("evidence/a b:%ü"), "evidence/a%20b%3A%25%C3%BC");
    }
}
