//! The values in a row of a tool's output that may point to an attacker.

use crate::ingest::row::Row;
use crate::values::vocabulary::IndicatorType as Type;
use crate::values::{fang, host, observable};
use core::net::IpAddr;
use std::collections::BTreeSet;

/// The longest value that is looked at, in bytes.
const MAX_VALUE: usize = 2_000;

/// The values of a row, each once: what it came from and went to, and the addresses, links and digests in its texts. What is defanged is
/// taken live. Names of hosts count only where a field is said to hold one: `coreupdater.zip` looks like one, too.
pub fn of_row(row: &Row) -> BTreeSet<(Type, String)> {
    let mut found = BTreeSet::new();
    let mut add = |of_type: Type, value: &str| {
        if observable::check(of_type, value).is_ok() {
            found.insert((of_type, observable::normalised(of_type, value).into_owned()));
        }
    };
    let of_source = |text: &str| row.source.as_deref() == Some(text);
    for text in [&row.source, &row.destination].into_iter().flatten() {
        if text.parse::<IpAddr>().is_ok() {
            add(if of_source(text) { Type::IpSrc } else { Type::IpDst }, text);
        }
    }
    for (name, value) in row.fields.iter().filter(|(name, value)| value.len() <= MAX_VALUE && !is_of_rule(name)) {
        if names_a_host(name) && host::has_known_top_level(value) {
            add(Type::Domain, value);
        }
        for word in value.split(|c: char| c.is_whitespace() || "\"'<>,;|()=".contains(c)) {
            let live = fang::refang(word);
            let live = live.trim_end_matches(['.', ':', '/']);
            if let Some(of_type) = of_word(live) {
                add(if of_type == Type::IpDst && of_source(live) { Type::IpSrc } else { of_type }, live);
            }
        }
    }
    found
}

/// The type of a word, where its form leaves no doubt.
fn of_word(word: &str) -> Option<Type> {
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    match word.len() {
        32 if is_hex => Some(Type::Md5),
        40 if is_hex => Some(Type::Sha1),
        64 if is_hex => Some(Type::Sha256),
        _ if word.starts_with("http://") || word.starts_with("https://") => Some(Type::Url),
        _ if word.contains(['.', ':']) && word.parse::<IpAddr>().is_ok() => Some(Type::IpDst),
        _ => None,
    }
}

/// Whether a field says something of the rule that fired, or of the form of the row, by its own name: links in it lead to what its
/// author has read.
fn is_of_rule(field: &str) -> bool {
    const ABOUT: [&str; 12] = [
        "references",
        "reference",
        "falsepositives",
        "authors",
        "author",
        "xmlns",
        "metadata",
        "logsource",
        "rule",
        "ruletitle",
        "signature",
        "description",
    ];
    field.split(['.', '/']).any(|part| ABOUT.contains(&part.to_lowercase().as_str()))
}

/// Whether a field holds the name of a host of the network, by its own name.
fn names_a_host(field: &str) -> bool {
    let last = field.rsplit(['.', '/', '_']).next().unwrap_or(field).to_lowercase();
    ["query", "queryname", "rrname", "domain", "sni", "destinationhostname", "host", "url"].contains(&last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &[(&str, &str)]) -> Row {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Row { source: Some("194.61.24.102".to_owned()), fields, ..Row::default() }
    }

    #[test]
    fn values_are_found_live_or_defanged() {
        let row = row(&[
            ("Data", "GET hxxp://194.61.24[.]102/coreupdater.exe, then 203[.]78.103.109."),
            ("Hashes", "MD5=eed41b4500e473f97c50c7385ef5e374,IMPHASH=x"),
            ("dns.query", "evil.com"),
            ("File", "setup.zip"),
            ("Guid", "{555908d1-a6d7-4695-8e1e-26931d2012f4}"),
            ("Version", "1.0"),
            ("references.0", "https://blog.example.net/what-it-is"),
            ("Event_attributes.xmlns", "http://schemas.microsoft.com/win/2004/08/events/event"),
        ]);
        let found: Vec<String> =
            of_row(&row).into_iter().map(|(of_type, value)| format!("{of_type} {value}")).collect();
        assert_eq!(
            found,
            [
                "ip-src 194.61.24.102",
                "ip-dst 203.78.103.109",
                "domain evil.com",
                "url http://194.61.24.102/coreupdater.exe",
                "md5 eed41b4500e473f97c50c7385ef5e374",
            ]
        );
    }
}
