//! Patterns of STIX (2.1, section 9): the values that they compare with, where they ask for nothing but equality.

use crate::values::vocabulary::IndicatorType;

/// A comparison: the path of an object, and a value that it equals.
#[derive(Debug, PartialEq, Eq)]
struct Comparison {
    path: String,
    value: String,
}

/// What a pattern looks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub values: Vec<(IndicatorType, String)>,
    /// Whether the values say all that the pattern says.
    pub is_whole: bool,
}

/// The values that a pattern asks for; none where it asks for something else than equality.
pub fn values(pattern: &str) -> Option<Found> {
    let (comparisons, joined_by) = comparisons(pattern)?;
    let find = |path: &str| comparisons.iter().find(|one| one.path == path).map(|one| one.value.as_str());
    let is_and = joined_by.iter().all(|word| *word == Word::And);
    if comparisons.len() == 2 && is_and {
        let pairs = [
            ("file:name", "file:hashes.SHA-256", IndicatorType::FilenameSha256),
            ("network-traffic:dst_ref.value", "network-traffic:dst_port", IndicatorType::IpDstPort),
        ];
        for (first, second, kind) in pairs {
            if let (Some(first), Some(second)) = (find(first), find(second)) {
                return Some(Found { values: vec![(kind, format!("{first}|{second}"))], is_whole: true });
            }
        }
    }
    let values: Option<Vec<_>> = comparisons.iter().map(|one| Some((type_of(&one.path)?, one.value.clone()))).collect();
    let is_or = joined_by.iter().all(|word| *word == Word::Or);
    Some(Found { values: values?, is_whole: is_or })
}

/// The type of what a path leads to.
fn type_of(path: &str) -> Option<IndicatorType> {
    use IndicatorType as Type;
    Some(match path {
        "ipv4-addr:value" | "ipv6-addr:value" | "network-traffic:dst_ref.value" => Type::IpDst,
        "network-traffic:src_ref.value" => Type::IpSrc,
        "domain-name:value" => Type::Domain,
        "url:value" => Type::Url,
        "email-addr:value" => Type::Email,
        "email-message:from_ref.value" | "email-message:sender_ref.value" => Type::EmailSrc,
        "email-message:to_refs[*].value" => Type::EmailDst,
        "email-message:subject" => Type::EmailSubject,
        "file:hashes.MD5" => Type::Md5,
        "file:hashes.SHA-1" | "file:hashes.SHA1" => Type::Sha1,
        "file:hashes.SHA-256" | "file:hashes.SHA256" => Type::Sha256,
        "file:hashes.SHA-512" | "file:hashes.SHA512" => Type::Sha512,
        "file:hashes.SSDEEP" | "file:hashes.ssdeep" => Type::Ssdeep,
        "file:extensions.windows-pebinary-ext.imphash" => Type::Imphash,
        "file:name" => Type::Filename,
        "windows-registry-key:key" => Type::Regkey,
        "mutex:name" => Type::Mutex,
        "process:extensions.windows-service-ext.service_name" => Type::WindowsServiceName,
        "network-traffic:extensions.http-request-ext.request_header.User-Agent" => Type::UserAgent,
        "mac-addr:value" => Type::MacAddress,
        "autonomous-system:number" => Type::Asn,
        "x509-certificate:hashes.SHA-1" => Type::X509Sha1,
        "x509-certificate:hashes.SHA-256" => Type::X509Sha256,
        "user-account:account_login" | "user-account:user_id" => Type::Account,
        "process:command_line" => Type::CommandLine,
        "process:image_ref.name" | "process:name" => Type::Process,
        _ => return None,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    And,
    Or,
}

/// The comparisons of a pattern and what stands between them.
fn comparisons(pattern: &str) -> Option<(Vec<Comparison>, Vec<Word>)> {
    let mut rest = pattern.trim();
    let (mut found, mut words) = (Vec::new(), Vec::new());
    loop {
        rest = rest.trim_start_matches(['[', '(', ' ', '\t', '\n', '\r']);
        let (path, after) = path(rest)?;
        rest = after.trim_start();
        if let Some(after) = rest.strip_prefix('=') {
            let (value, after) = literal(after.trim_start())?;
            found.push(Comparison { path, value });
            rest = after;
        } else {
            rest = rest.strip_prefix("IN")?.trim_start().strip_prefix('(')?;
            loop {
                let (value, after) = literal(rest.trim_start())?;
                found.push(Comparison { path: path.clone(), value });
                rest = after.trim_start();
                match rest.strip_prefix(',') {
                    Some(more) => {
                        words.push(Word::Or);
                        rest = more;
                    }
                    None => break,
                }
            }
            rest = rest.strip_prefix(')')?;
        }
        rest = rest.trim_start_matches([']', ')', ' ', '\t', '\n', '\r']);
        if rest.is_empty() {
            return Some((found, words));
        }
        let (word, after) = rest.split_once(|c: char| c.is_whitespace() || c == '[' || c == '(')?;
        words.push(match word {
            "AND" => Word::And,
            "OR" => Word::Or,
            _ => return None,
        });
        rest = after;
    }
}

/// A path, without the quotes around its parts.
fn path(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix('\'') {
            let (part, after) = after.split_once('\'')?;
            out.push_str(part);
            rest = after;
            continue;
        }
        let end =
            rest.find(|c: char| c == '\'' || c == '=' || c == '!' || c == '<' || c == '>' || c.is_whitespace())?;
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        if !rest.starts_with('\'') {
            return (!out.is_empty()).then_some((out, rest));
        }
    }
}

/// A text in single quotes, in which `\` stands before what is meant as it is, or a whole number.
fn literal(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('\'') else {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.push(characters.next()?.1),
            '\'' => return Some((value, &quoted[at + 1..])),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pattern: &str) -> String {
        match values(pattern) {
            None => "nothing".to_owned(),
            Some(found) => {
                let values: Vec<String> = found.values.iter().map(|(kind, value)| format!("{kind} {value}")).collect();
                format!("{}{}", values.join(", "), if found.is_whole { "" } else { " …" })
            }
        }
    }

    #[test]
    fn what_asks_for_equality_is_read_and_nothing_else() {
        for (pattern, wanted) in [
            ("[ipv4-addr:value = '198.51.100.7']", "ip-dst 198.51.100.7"),
            (
                "[domain-name:value = 'a.example' OR url:value='http://a.example/?q=\\'x\\'']",
                "domain a.example, url http://a.example/?q='x'",
            ),
            ("[file:hashes.'SHA-256' = 'ab' AND file:name = 'a\\\\b.exe']", "filename|sha256 a\\b.exe|ab"),
            ("[file:hashes.MD5 = 'ab' AND file:size = 3]", "nothing"),
            ("[file:hashes.MD5 = 'ab' AND file:name = 'a']", "md5 ab, filename a …"),
            (
                "[network-traffic:dst_ref.value = '198.51.100.7' AND network-traffic:dst_port = 443]",
                "ip-dst|port 198.51.100.7|443",
            ),
            ("[ipv4-addr:value IN ('198.51.100.7', '198.51.100.8')]", "ip-dst 198.51.100.7, ip-dst 198.51.100.8"),
            ("[url:value = 'a'] OR [url:value = 'b']", "url a, url b"),
            ("[url:value = 'a'] FOLLOWEDBY [url:value = 'b']", "nothing"),
            ("[url:value MATCHES 'a']", "nothing"),
            ("[url:value != 'a']", "nothing"),
            ("[url:value = 'unclosed]", "nothing"),
            ("[", "nothing"),
            ("", "nothing"),
        ] {
            assert_eq!(said(pattern), wanted, "{pattern}");
        }
    }
}
