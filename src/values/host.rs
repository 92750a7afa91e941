//! Names and addresses of hosts: domains, IP addresses, and which of them are reserved.

use super::Malformed;
use super::characters::{code_point, deceit};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

/// The top-level domains that IANA lists, sorted.
static TOP_LEVEL: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("tlds.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// Whether a name ends in a top-level domain that exists in the public DNS.
pub fn has_known_top_level(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| {
        TOP_LEVEL
            .binary_search_by(|known| known.bytes().cmp(last.bytes().map(|byte| byte.to_ascii_lowercase())))
            .is_ok()
    })
}

/// Checks the form of a name in the DNS (RFC 1035, RFC 5891): labels of 1 to 63 letters, digits, `-` and `_`, 253
/// characters together, names of other scripts in their ASCII form.
pub fn check_name(name: &str) -> Result<(), Malformed> {
    if let Some(shorter) = name.strip_suffix('.') {
        return Err(Malformed::new("a domain is written without the dot at its end").help(format!("write `{shorter}`")));
    }
    if let Some(hidden) = name.chars().find(|c| deceit(*c).is_some()) {
        return Err(Malformed::new(format!("a domain does not hold {}", code_point(hidden)))
            .help("remove the character, which cannot be seen, or copy the name from another place"));
    }
    if !name.is_ascii() {
        return Err(Malformed::new(format!("`{name}` is not in its ASCII form"))
            .help("write the form that starts with `xn--`, as logs have it; `idn2 NAME` prints it"));
    }
    if name.len() > 253 {
        return Err(Malformed::new(format!("a domain has at most 253 characters, this has {}", name.len()))
            .help("copy it again from the evidence, without a path or anything else behind it"));
    }
    match name.split('.').find_map(|label| label_error(label).map(|error| (label, error))) {
        None => Ok(()),
        Some((label, error)) => {
            Err(Malformed::new(format!("`{name}` is not a domain: {}", error.replace("{}", label)))
                .help("write the bare name, such as `mail.example.com`"))
        }
    }
}

fn label_error(label: &str) -> Option<&'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if label.is_empty() {
        Some("a part between dots is empty")
    } else if label.len() > 63 {
        Some("`{}` has more than 63 characters")
    } else if label.starts_with('-') || label.ends_with('-') {
        Some("`{}` starts or ends with a hyphen")
    } else if !label.bytes().all(allowed) {
        Some("`{}` has a character that names do not have")
    } else {
        None
    }
}

/// The host of a URL or of an e-mail address: without scheme, user, port and path.
pub fn host_of(text: &str) -> &str {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let end = after_scheme.find(['/', '?', '#', '\\']).unwrap_or(after_scheme.len());
    let authority = &after_scheme[..end];
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or(host),
    }
}

/// Why an address does not point to one host of the internet, if it does not, with the RFC that says so.
pub fn reserved_address(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => reserved_v4(address),
        IpAddr::V6(address) => reserved_v6(address),
    }
}

fn reserved_v4(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] => Some("private (RFC 1918)"),
        [127, ..] => Some("a loopback address (RFC 1122)"),
        [169, 254, ..] => Some("link-local (RFC 3927)"),
        [100, 64..=127, ..] => Some("shared behind carriers' address translation (RFC 6598)"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some("for documentation (RFC 5737)"),
        [198, 18..=19, ..] => Some("for benchmarks (RFC 2544)"),
        [0, ..] => Some("of this network only (RFC 1122)"),
        [192, 0, 0, _] => Some("for protocols (RFC 6890)"),
        [255, 255, 255, 255] => Some("the broadcast address (RFC 919)"),
        [224..=239, ..] => Some("multicast (RFC 5771)"),
        [240..=255, ..] => Some("reserved (RFC 1112)"),
        _ => None,
    }
}

fn reserved_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return reserved_v4(mapped);
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some("the unspecified address (RFC 4291)"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("the loopback address (RFC 4291)"),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Some("for documentation (RFC 3849, RFC 9637)"),
        [0x100, 0, 0, 0, ..] => Some("to be discarded (RFC 6666)"),
        [first, ..] if first & 0xfe00 == 0xfc00 => Some("private (RFC 4193)"),
        [first, ..] if first & 0xffc0 == 0xfe80 => Some("link-local (RFC 4291)"),
        [first, ..] if first & 0xff00 == 0xff00 => Some("multicast (RFC 4291)"),
        _ => None,
    }
}

const RESERVED_NAMES: &[(&str, &str)] = &[
    ("example", "for documentation (RFC 2606)"),
    ("example.com", "for documentation (RFC 2606)"),
    ("example.net", "for documentation (RFC 2606)"),
    ("example.org", "for documentation (RFC 2606)"),
    ("home.arpa", "of home networks only (RFC 8375)"),
    ("internal", "of private networks only (ICANN 2024)"),
    ("invalid", "never valid (RFC 2606)"),
    ("local", "of the local link only (RFC 6762)"),
    ("localhost", "the host itself (RFC 6761)"),
    ("test", "for tests (RFC 2606)"),
];

/// Why a name is nobody's in the public DNS, if it is not, with the document that says so.
pub fn reserved_name(name: &str) -> Option<&'static str> {
    let within = |zone: &str| {
        let start = name.len().checked_sub(zone.len())?;
        let ends = name.get(start..)?.eq_ignore_ascii_case(zone);
        (ends && (start == 0 || name.as_bytes()[start - 1] == b'.')).then_some(())
    };
    RESERVED_NAMES.iter().find(|(zone, _)| within(zone).is_some()).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::{check_name, has_known_top_level, host_of, reserved_address, reserved_name};

    #[test]
    fn hosts_are_taken_out_of_urls() {
        for (text, host) in [
            ("http://evil.com/a@b", "evil.com"),
            ("https://user:pw@evil.com:8443/x?y#z", "evil.com"),
            ("http://[2001:db8::1]:80/", "2001:db8::1"),
            ("bob@mail.example.com", "mail.example.com"),
            ("evil.com:443", "evil.com"),
            ("ftp://1.2.3.4", "1.2.3.4"),
            ("http://evil.com\\@good.com", "evil.com"),
        ] {
            assert_eq!(host_of(text), host, "{text}");
        }
    }

    #[test]
    fn reserved_hosts_are_known() {
        for address in ["10.0.0.1", "172.31.0.1", "100.127.0.1", "203.0.113.7", "255.255.255.255", "::1", "fe80::1"] {
            assert!(reserved_address(address.parse().unwrap()).is_some(), "{address}");
        }
        for address in ["2001:db8::7", "::ffff:192.168.1.1", "fd00::1", "ff02::1", "3fff:fff::1"] {
            assert!(reserved_address(address.parse().unwrap()).is_some(), "{address}");
        }
        for address in ["194.61.24.102", "172.32.0.1", "100.128.0.1", "2001:4860::8", "::ffff:8.8.8.8", "3fff:1000::1"]
        {
            assert!(reserved_address(address.parse().unwrap()).is_none(), "{address}");
        }
        for (name, reserved) in
            [("www.EXAMPLE.com", true), ("dc.local", true), ("notexample.com", false), ("local.ru", false)]
        {
            assert_eq!(reserved_name(name).is_some(), reserved, "{name}");
        }
    }

    #[test]
    fn names_and_top_level_domains() {
        for name in ["evil.com", "_dmarc.evil.co.uk", "xn--bcher-kva.example", "DC01", "1and1.com", "a.b.c.d.e"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        let long = format!("{}.com", "a".repeat(64));
        let longer = "a.".repeat(127) + "com";
        for name in ["evil..com", ".com", "evil.com.", "-a.com", "a-.com", "bücher.de", "a b.com", "", &long, &longer]
        {
            assert!(check_name(name).is_err(), "{name}");
        }
        for (name, known) in
            [("evil.COM", true), ("a.zip", true), ("a.b.exe", false), ("dc.corp", false), ("com", false)]
        {
            assert_eq!(has_known_top_level(name), known, "{name}");
        }
    }
}
