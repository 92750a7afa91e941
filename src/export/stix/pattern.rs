//! The pattern of an indicator (STIX 2.1, section 9), or the rule in another language that it is.

use crate::values::vocabulary::IndicatorType;

/// The language and the pattern; `None` for a type that STIX has nothing for.
pub fn pattern(kind: IndicatorType, value: &str) -> Option<(&'static str, String)> {
    use IndicatorType as Type;
    match kind {
        Type::Yara => return Some(("yara", value.to_owned())),
        Type::Sigma => return Some(("sigma", value.to_owned())),
        Type::Snort => return Some(("snort", value.to_owned())),
        _ => {}
    }
    let both = || value.split_once('|');
    let comparison = match kind {
        Type::IpSrc | Type::IpDst => equals(&format!("{}:value", address(value)), value),
        Type::IpDstPort => {
            let (host, port) = both()?;
            let port: u16 = port.parse().ok()?;
            format!("{} AND network-traffic:dst_port = {port}", equals("network-traffic:dst_ref.value", host))
        }
        Type::Domain | Type::Hostname => equals("domain-name:value", value),
        Type::Url => equals("url:value", value),
        Type::Email => equals("email-addr:value", value),
        Type::EmailSrc => equals("email-message:from_ref.value", value),
        Type::EmailDst => equals("email-message:to_refs[*].value", value),
        Type::EmailSubject => equals("email-message:subject", value),
        Type::Md5 => equals("file:hashes.MD5", value),
        Type::Sha1 => equals("file:hashes.'SHA-1'", value),
        Type::Sha256 => equals("file:hashes.'SHA-256'", value),
        Type::Sha512 => equals("file:hashes.'SHA-512'", value),
        Type::Ssdeep => equals("file:hashes.SSDEEP", value),
        Type::Imphash => equals("file:extensions.'windows-pebinary-ext'.imphash", value),
        Type::Filename => equals("file:name", value),
        Type::FilenameSha256 => {
            let (name, digest) = both()?;
            format!("{} AND {}", equals("file:name", name), equals("file:hashes.'SHA-256'", digest))
        }
        Type::Regkey => equals("windows-registry-key:key", value),
        Type::Mutex => equals("mutex:name", value),
        Type::WindowsServiceName => equals("process:extensions.'windows-service-ext'.service_name", value),
        Type::UserAgent => equals("network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'", value),
        Type::MacAddress => equals("mac-addr:value", &value.to_ascii_lowercase().replace('-', ":")),
        Type::Asn => format!("autonomous-system:number = {}", number(value)?),
        Type::X509Sha1 => equals("x509-certificate:hashes.'SHA-1'", value),
        Type::X509Sha256 => equals("x509-certificate:hashes.'SHA-256'", value),
        Type::Account => equals("user-account:account_login", value),
        Type::CommandLine => equals("process:command_line", value),
        Type::Process => equals("process:image_ref.name", value),
        Type::NamedPipe => equals("file:name", value),
        _ => return None,
    };
    Some(("stix", format!("[{comparison}]")))
}

/// A comparison with a text, in which `'` and `\` are written with a `\` before them.
fn equals(path: &str, value: &str) -> String {
    format!("{path} = '{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The type of an address or network.
pub fn address(value: &str) -> &'static str {
    if value.contains(':') { "ipv6-addr" } else { "ipv4-addr" }
}

/// The number of an autonomous system, with or without `AS` before it.
pub fn number(value: &str) -> Option<u32> {
    value.trim_start_matches(['A', 'S', 'a', 's']).parse().ok()
}
