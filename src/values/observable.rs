//! The values of indicators: the form that each type asks for, and when two values are the same.

use super::host::{check_name, host_of};
use super::vocabulary::IndicatorType;
use super::{Malformed, bitcoin};
use core::net::IpAddr;
use std::borrow::Cow;

/// Checks that a live value has the form of its type. Names of files, services and the like may be anything.
pub fn check(kind: IndicatorType, value: &str) -> Result<(), Malformed> {
    use IndicatorType as Type;
    if value.trim() != value {
        return Err(Malformed::new("the value has spaces around it").help(format!("write `{}`", value.trim())));
    }
    match kind {
        Type::IpSrc | Type::IpDst => check_network(value),
        Type::IpDstPort => check_address_and_port(value),
        Type::Domain => check_domain(value),
        Type::Hostname => check_hostname(value),
        Type::Url => check_url(value),
        Type::Email | Type::EmailSrc | Type::EmailDst => check_email(value),
        Type::Md5 | Type::Imphash | Type::Ja3 => check_digest(value, kind, 32),
        Type::Sha1 | Type::X509Sha1 => check_digest(value, kind, 40),
        Type::Sha256 | Type::X509Sha256 => check_digest(value, kind, 64),
        Type::Sha512 => check_digest(value, kind, 128),
        Type::Ssdeep => check_ssdeep(value),
        Type::FilenameSha256 => check_file_and_digest(value),
        Type::Regkey => check_registry_key(value),
        Type::MacAddress => check_mac_address(value),
        Type::Asn => check_as_number(value),
        Type::Btc => check_bitcoin(value),
        _ => Ok(()),
    }
}

/// The value in a form that is equal for equal values, such as `evil.com` for `Evil.COM`.
pub fn normalised(kind: IndicatorType, value: &str) -> Cow<'_, str> {
    use IndicatorType as Type;
    let lower = |text| match value.bytes().any(|byte: u8| byte.is_ascii_uppercase()) {
        true => Cow::Owned(value.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    };
    match kind {
        // An IPv4 address has one form only.
        Type::IpSrc | Type::IpDst if !value.contains(':') => Cow::Borrowed(value),
        Type::IpSrc | Type::IpDst => match value.parse::<IpAddr>() {
            Ok(address) => Cow::Owned(address.to_string()),
            Err(_) => lower(value),
        },
        Type::MacAddress => Cow::Owned(value.to_ascii_lowercase().replace('-', ":")),
        Type::Domain | Type::Hostname | Type::Regkey | Type::Asn | Type::IpDstPort => lower(value),
        Type::Email | Type::EmailSrc | Type::EmailDst => lower(value),
        _ => Cow::Borrowed(value),
    }
}

/// The host that a value names, where its type has one.
pub fn host(kind: IndicatorType, value: &str) -> Option<&str> {
    use IndicatorType as Type;
    match kind {
        Type::IpSrc | Type::IpDst => Some(value.split('/').next().unwrap_or(value)),
        Type::IpDstPort => Some(value.split('|').next().unwrap_or(value)),
        Type::Domain | Type::Hostname => Some(value),
        Type::Url | Type::Email | Type::EmailSrc | Type::EmailDst => Some(host_of(value)),
        _ => None,
    }
}

fn check_network(value: &str) -> Result<(), Malformed> {
    let (address, bits) = value.split_once('/').map_or((value, None), |(address, bits)| (address, Some(bits)));
    let address = check_address(address, value)?;
    let most: u8 = if address.is_ipv4() { 32 } else { 128 };
    match bits.map(str::parse::<u8>) {
        None => Ok(()),
        Some(Ok(bits)) if bits <= most => Ok(()),
        Some(_) => Err(Malformed::new(format!("`{value}` is not a network"))
            .help(format!("write the number of its bits after the `/`, from 0 to {most}"))),
    }
}

fn check_address(address: &str, value: &str) -> Result<IpAddr, Malformed> {
    address.parse::<IpAddr>().map_err(|_| {
        let error = Malformed::new(format!("`{value}` is not an IP address"));
        if value.contains("://") {
            return error.help("set `type = \"url\"` for a link");
        }
        match address.rsplit_once(':') {
            Some((before, port)) if before.parse::<IpAddr>().is_ok() && port.parse::<u16>().is_ok() => {
                error.help(format!("set `type = \"ip-dst|port\"` and `value = \"{before}|{port}\"`"))
            }
            _ if check_domain(address).is_ok() => error.help("set `type = \"domain\"` for a name"),
            _ => error.help("write it as `194.61.24.102`, without leading zeros, or as `2001:4860::8`"),
        }
    })
}

fn check_address_and_port(value: &str) -> Result<(), Malformed> {
    let help = "write the address, `|` and the port, such as `194.61.24.102|443`";
    let Some((address, port)) = value.rsplit_once('|') else {
        let error = Malformed::new(format!("`{value}` has no `|` between address and port"));
        return Err(match value.rsplit_once(':') {
            Some((address, port)) if address.parse::<IpAddr>().is_ok() && port.parse::<u16>().is_ok() => {
                error.help(format!("write `{address}|{port}`"))
            }
            _ => error.help(help),
        });
    };
    check_address(address, address)?;
    match port.parse::<u16>() {
        Ok(1..) if port.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
        _ => Err(Malformed::new(format!("`{port}` is not a port")).help("a port is a number from 1 to 65535")),
    }
}

fn check_domain(value: &str) -> Result<(), Malformed> {
    if value.parse::<IpAddr>().is_ok() {
        return Err(Malformed::new(format!("`{value}` is an IP address, not a domain"))
            .help("set `type = \"ip-dst\"`, or `ip-src` where it came in"));
    }
    check_no_link(value)?;
    if !value.contains('.') {
        return Err(Malformed::new(format!("`{value}` is not a domain: it has no dot"))
            .help("set `type = \"hostname\"` for the name of one machine"));
    }
    if value.rsplit('.').next().is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(Malformed::new(format!("`{value}` is not a domain: it ends in a number"))
            .help("copy it again: an IP address has four numbers from 0 to 255"));
    }
    check_name(value)
}

fn check_hostname(value: &str) -> Result<(), Malformed> {
    if value.parse::<IpAddr>().is_ok() {
        return Err(Malformed::new(format!("`{value}` is an IP address, not a host name"))
            .help("set `type = \"ip-dst\"`, or `ip-src` where it came in"));
    }
    check_no_link(value)?;
    check_name(value)
}

fn check_no_link(value: &str) -> Result<(), Malformed> {
    if value.contains('/') {
        return Err(Malformed::new(format!("`{value}` is more than a name"))
            .help(format!("set `type = \"url\"`, or write the name alone: `{}`", host_of(value))));
    }
    if let Some((_, domain)) = value.rsplit_once('@') {
        return Err(Malformed::new(format!("`{value}` is an e-mail address"))
            .help(format!("set `type = \"email\"`, or write the name alone: `{domain}`")));
    }
    Ok(())
}

fn check_url(value: &str) -> Result<(), Malformed> {
    let Some((scheme, rest)) = value.split_once("://") else {
        return Err(Malformed::new(format!("`{value}` has no scheme"))
            .help(format!("write it as it was seen, such as `http://{value}`")));
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c));
    if !is_scheme {
        return Err(Malformed::new(format!("`{scheme}` is not the scheme of a URL"))
            .help("write it as it was seen, from `http://` or `https://` on"));
    }
    if rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(
            Malformed::new("a URL has no spaces").help("write a space as `%20`, or take away what follows the URL")
        );
    }
    let host = host_of(value);
    if host.is_empty() {
        return Err(Malformed::new(format!("`{value}` names no host")).help("write it as it was seen, with its host"));
    }
    if host.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    check_name(host)
}

fn check_email(value: &str) -> Result<(), Malformed> {
    if let Some((_, rest)) = value.split_once('<')
        && let Some((address, _)) = rest.split_once('>')
    {
        return Err(
            Malformed::new("this is an e-mail address with a name beside it").help(format!("write `{address}`"))
        );
    }
    let Some((local, domain)) = value.rsplit_once('@') else {
        return Err(Malformed::new(format!("`{value}` is not an e-mail address: it has no `@`"))
            .help("write it as `bob@mail.example.com`"));
    };
    if local.is_empty() || local.len() > 64 || local.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(Malformed::new(format!("`{value}` is not an e-mail address"))
            .help("before the `@` stand 1 to 64 characters without spaces"));
    }
    check_name(domain)
}

fn check_digest(value: &str, kind: IndicatorType, digits: usize) -> Result<(), Malformed> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if value.len() == digits && is_digits(value) {
        return match value.bytes().any(|byte| byte.is_ascii_uppercase()) {
            false => Ok(()),
            true => Err(Malformed::new("a digest is written in lower case")
                .help(format!("write `{}`", value.to_ascii_lowercase()))),
        };
    }
    let bare: String = value.chars().filter(|c| !matches!(c, ':' | ' ' | '-')).collect::<String>().to_ascii_lowercase();
    if bare.len() == digits && is_digits(&bare) {
        return Err(Malformed::new("a digest is written in digits alone").help(format!("write `{bare}`")));
    }
    let length = value.chars().count();
    let error = Malformed::new(format!("`{kind}` has {digits} hexadecimal digits, this has {length} characters"));
    if !is_digits(value) {
        return Err(Malformed::new(format!("`{kind}` has {digits} hexadecimal digits and nothing else"))
            .help("copy the whole digest again: the digits are 0-9 and a-f"));
    }
    Err(match length {
        32 => error.help("this length is that of `md5`: set the type, or copy the whole digest again"),
        40 => error.help("this length is that of `sha1`: set the type, or copy the whole digest again"),
        64 => error.help("this length is that of `sha256`: set the type, or copy the whole digest again"),
        128 => error.help("this length is that of `sha512`: set the type, or copy the whole digest again"),
        _ => error.help("copy the whole digest again"),
    })
}

/// `BLOCKSIZE:HASH:HASH`, as ssdeep prints it before the file name.
fn check_ssdeep(value: &str) -> Result<(), Malformed> {
    let parts: Vec<&str> = value.split(':').collect();
    let base64 = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/');
    match parts.as_slice() {
        [size, first, second] if size.parse::<u64>().is_ok_and(|size| size >= 3) && base64(first) && base64(second) => {
            Ok(())
        }
        _ => Err(Malformed::new(format!("`{value}` is not an ssdeep hash"))
            .help("write the block size and both hashes, such as `3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C`, without the file name")),
    }
}

fn check_file_and_digest(value: &str) -> Result<(), Malformed> {
    match value.rsplit_once('|') {
        Some((name, digest)) if !name.trim().is_empty() => check_digest(digest, IndicatorType::Sha256, 64),
        _ => Err(Malformed::new(format!("`{value}` has no `|` between file name and digest"))
            .help("write the file name, `|` and its SHA-256 digest, such as `a.exe|e3b0c442…`")),
    }
}

const HIVES: &[&str] = &[
    "HKLM",
    "HKCU",
    "HKCR",
    "HKU",
    "HKCC",
    "HKEY_LOCAL_MACHINE",
    "HKEY_CURRENT_USER",
    "HKEY_CLASSES_ROOT",
    "HKEY_USERS",
    "HKEY_CURRENT_CONFIG",
];

fn check_registry_key(value: &str) -> Result<(), Malformed> {
    let kernel = value.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("\\REGISTRY\\"));
    let hive = value.split('\\').next().unwrap_or(value);
    if kernel || HIVES.iter().any(|known| hive.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    let error = Malformed::new(format!("`{value}` does not start with a registry hive"));
    if value.contains('/') && !value.contains('\\') {
        return Err(error.help(format!("a key has backslashes: write `{}`", value.replace('/', "\\"))));
    }
    Err(error.help(
        "start it with `HKLM\\`, `HKCU\\`, `HKCR\\`, `HKU\\` or `HKCC\\`; in TOML, keys stand well in single quotes",
    ))
}

fn check_mac_address(value: &str) -> Result<(), Malformed> {
    let pairs = |separator: char| {
        value.split(separator).count() == 6
            && value.split(separator).all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if pairs(':') || pairs('-') {
        return Ok(());
    }
    Err(Malformed::new(format!("`{value}` is not a MAC address"))
        .help("write six pairs of digits, such as `00:16:3e:aa:bb:cc`"))
}

fn check_as_number(value: &str) -> Result<(), Malformed> {
    let digits = value.get(..2).filter(|start| start.eq_ignore_ascii_case("AS")).map_or(value, |_| &value[2..]);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u32>().is_ok() {
        return Ok(());
    }
    Err(Malformed::new(format!("`{value}` is not the number of an autonomous system"))
        .help("write `AS` and a number up to 4294967295, such as `AS64496`"))
}

fn check_bitcoin(value: &str) -> Result<(), Malformed> {
    if bitcoin::is_address(value) {
        return Ok(());
    }
    Err(Malformed::new(format!("`{value}` is not a Bitcoin address: its checksum does not fit"))
        .help("copy the whole address again; capital and small letters differ"))
}

#[cfg(test)]
mod tests {
    use super::{check, normalised};
    use crate::values::vocabulary::IndicatorType as Type;

    #[test]
    fn values_of_each_type() {
        let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for (kind, value) in [
            (Type::IpSrc, "194.61.24.102"),
            (Type::IpDst, "2001:4860::8"),
            (Type::IpDst, "194.61.24.0/24"),
            (Type::IpDstPort, "194.61.24.102|443"),
            (Type::IpDstPort, "2001:4860::8|443"),
            (Type::Domain, "evil.com"),
            (Type::Domain, "xn--bcher-kva.example"),
            (Type::Hostname, "CITADEL-DC01"),
            (Type::Url, "http://194.61.24.102/coreupdater.exe"),
            (Type::Url, "https://user@[2001:4860::8]:8443/a?b#c"),
            (Type::Email, "bob+tag@evil.com"),
            (Type::Md5, "d41d8cd98f00b204e9800998ecf8427e"),
            (Type::Sha256, sha256),
            (Type::Ssdeep, "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"),
            (Type::Ssdeep, "3::"),
            (Type::FilenameSha256, &format!("a|b.exe|{sha256}")),
            (Type::Regkey, r"HKLM\SYSTEM\CurrentControlSet\Services\coreupdater"),
            (Type::Regkey, r"\REGISTRY\MACHINE\SAM"),
            (Type::MacAddress, "00-16-3E-AA-bb-cc"),
            (Type::Asn, "AS64496"),
            (Type::Asn, "64496"),
            (Type::Btc, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
            (Type::Filename, "anything; at: all"),
        ] {
            assert_eq!(check(kind, value), Ok(()), "{kind} {value}");
        }
    }

    #[test]
    fn what_is_wrong_comes_with_what_to_write() {
        for (kind, value, help) in [
            (Type::IpSrc, "194.61.24.1020", "194.61.24.102"),
            (Type::IpSrc, "010.1.1.1", "leading zeros"),
            (Type::IpSrc, "194.61.24.102:443", "`value = \"194.61.24.102|443\"`"),
            (Type::IpSrc, "evil.com", "domain"),
            (Type::IpSrc, "http://evil.com", "url"),
            (Type::IpSrc, "194.61.24.0/33", "0 to 32"),
            (Type::IpSrc, " 1.2.3.4", "`1.2.3.4`"),
            (Type::IpDstPort, "194.61.24.102:443", "`194.61.24.102|443`"),
            (Type::IpDstPort, "194.61.24.102|0", "1 to 65535"),
            (Type::IpDstPort, "194.61.24.102|+80", "1 to 65535"),
            (Type::Domain, "194.61.24.102", "ip-dst"),
            (Type::Domain, "http://evil.com/x", "`evil.com`"),
            (Type::Domain, "bob@evil.com", "`evil.com`"),
            (Type::Domain, "DC01", "hostname"),
            (Type::Domain, "evil.com.", "`evil.com`"),
            (Type::Hostname, "bücher.de", "xn--"),
            (Type::Url, "evil.com/x", "`http://evil.com/x`"),
            (Type::Url, "http://evil.com/a b", "%20"),
            (Type::Url, "http:///x", "host"),
            (Type::Email, "Bob <bob@evil.com>", "`bob@evil.com`"),
            (Type::Email, "evil.com", "bob@"),
            (Type::Email, "@evil.com", "1 to 64"),
            (Type::Md5, "da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha1"),
            (Type::Md5, "D41D8CD98F00B204E9800998ECF8427E", "`d41d8cd98f00b204e9800998ecf8427e`"),
            (Type::Md5, "d41d8cd98f00b204e9800998ecf8427", "whole digest"),
            (Type::Md5, "€€€", "whole digest"),
            (Type::X509Sha1, "DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09", "`da39a3"),
            (Type::Ssdeep, "96:abc", "block size"),
            (Type::FilenameSha256, "a.exe", "SHA-256"),
            (Type::FilenameSha256, "a.exe|123", "whole digest"),
            (Type::Regkey, "HKLM/Software/x", r"HKLM\Software\x"),
            (Type::Regkey, r"Software\x", "HKLM"),
            (Type::MacAddress, "0016.3eaa.bbcc", "00:16:3e"),
            (Type::Asn, "AS4294967296", "AS64496"),
            (Type::Btc, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "again"),
        ] {
            let error = check(kind, value).expect_err(value);
            let said = error.help.unwrap_or_default();
            assert!(said.contains(help), "{kind} {value}: {} / {said}", error.message);
        }
    }

    #[test]
    fn equal_values_are_found_equal() {
        for (kind, a, b) in [
            (Type::Domain, "Evil.COM", "evil.com"),
            (Type::IpSrc, "2001:DB8:0:0::1", "2001:db8::1"),
            (Type::MacAddress, "00-16-3E-AA-BB-CC", "00:16:3e:aa:bb:cc"),
        ] {
            assert_eq!(normalised(kind, a), normalised(kind, b));
        }
        assert_ne!(normalised(Type::Url, "http://a.com/X"), normalised(Type::Url, "http://a.com/x"));
        assert_ne!(normalised(Type::Filename, "A.exe"), normalised(Type::Filename, "a.exe"));
    }
}
