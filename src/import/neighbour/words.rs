//! The words of neighbours in those of a case. What has no exact counterpart has none here.

use crate::import::Making;
use crate::ingest::instant::{self, Form, Instant, NoInstant, ZoneFrom};
use crate::values::attack::{self, Standing};
use crate::values::time::Known;
use crate::values::vocabulary::{
    ActionStatus, AssetKind, Confidence, IndicatorType, Marking, Severity, Tactic, Verdict,
};
use crate::values::{EntryId, Handle, Tag, TechniqueId, When};
use std::collections::BTreeSet;

/// A text in lower case in which only letters and digits count, with one blank between words.
pub fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// A marking: `TLP:AMBER+STRICT`, `TLP-Amber`, `amber`, `tlp:white`. What TLP 1 called white is clear, and its amber is amber.
pub fn marking(text: &str) -> Option<Marking> {
    let word = plain(text);
    match word.strip_prefix("tlp ").or_else(|| word.strip_prefix("tlp")).unwrap_or(&word).trim() {
        "clear" | "white" => Some(Marking::Clear),
        "green" => Some(Marking::Green),
        "amber" => Some(Marking::Amber),
        "amber strict" | "amberstrict" => Some(Marking::AmberStrict),
        "red" => Some(Marking::Red),
        _ => None,
    }
}

/// The marking in a field; a word that is none is lost.
pub fn marking_in(text: Option<String>, field: &str, making: &mut Making<'_>) -> Option<Marking> {
    let text = text?;
    let found = marking(&text);
    if found.is_none() {
        making.lose(&format!("{field} `{text}`, which is no marking of TLP"));
    }
    found
}

pub fn severity(text: &str) -> Option<Severity> {
    match plain(text).as_str() {
        "info" | "informational" | "information" => Some(Severity::Informational),
        "low" => Some(Severity::Low),
        "medium" | "moderate" => Some(Severity::Medium),
        "high" => Some(Severity::High),
        "critical" => Some(Severity::Critical),
        _ => None,
    }
}

/// A confidence on the scale of 0 to 100 (STIX 2.1, appendix A, None / Low / Med / High).
pub fn confidence(number: &str) -> Option<Confidence> {
    match number.parse::<u8>().ok()? {
        1..=29 => Some(Confidence::Low),
        30..=69 => Some(Confidence::Moderate),
        70..=100 => Some(Confidence::High),
        _ => None,
    }
}

/// The numbers of the tactics of ATT&CK Enterprise, in the order of the vocabulary.
const TACTIC_IDS: [&str; 14] = [
    "ta0043", "ta0042", "ta0001", "ta0002", "ta0003", "ta0004", "ta0005", "ta0006", "ta0007", "ta0008", "ta0009",
    "ta0011", "ta0010", "ta0040",
];

/// A tactic by its name or number.
pub fn tactic(text: &str) -> Option<Tactic> {
    let name = plain(text);
    let by_number = TACTIC_IDS.iter().position(|id| *id == name).map(|at| Tactic::ALL[at]);
    by_number.or_else(|| name.replace(' ', "-").parse().ok())
}

/// The techniques that a text names by their numbers, and, where it is nothing but the exact name of one, that one.
pub fn techniques(text: &str) -> BTreeSet<TechniqueId> {
    let pieces = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
    let known = pieces.map(|piece| piece.trim_end_matches('.')).filter(|piece| attack::technique(piece).is_some());
    let found: BTreeSet<TechniqueId> = known.filter_map(|piece| piece.parse().ok()).collect();
    if found.is_empty() { technique_named(text).into_iter().collect() } else { found }
}

/// The technique of an exact name, where one that is active has it.
pub fn technique_named(name: &str) -> Option<TechniqueId> {
    let name = name.trim();
    let mut all = attack::techniques()
        .iter()
        .filter(|known| known.standing == Standing::Active && known.name.eq_ignore_ascii_case(name));
    let only = all.next()?;
    if all.next().is_some() { None } else { only.id.parse().ok() }
}

/// A tag in the form that a case has for them; none where nothing is left.
pub fn tag(text: &str) -> Option<Tag> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.:=/".contains(c);
    let quoted = text.trim().to_lowercase().replace('"', "");
    let text: String = quoted.chars().map(|c| if allowed(c) { c } else { '-' }).take(100).collect();
    text.trim_matches('-').parse().ok()
}

/// What the tags of a record say: those that are its own, and what casebook put there when it exported it.
#[derive(Default)]
pub struct Tags {
    pub own: BTreeSet<Tag>,
    pub id: Option<EntryId>,
    pub marking: Option<Marking>,
}

/// Reads tags; `tlp:…` and `casebook:…` are no tags of an entry.
pub fn tags<'t>(texts: impl IntoIterator<Item = &'t str>, making: &mut Making<'_>) -> Tags {
    let mut tags = Tags::default();
    for text in texts {
        let text = text.trim();
        let lower = text.to_lowercase();
        if let Some(id) = lower.strip_prefix("casebook:").and_then(|id| id.parse().ok()) {
            tags.id = Some(id);
        } else if lower.starts_with("tlp") && marking(&lower).is_some() {
            tags.marking = tags.marking.max(marking(&lower));
        } else if !text.is_empty() {
            match tag(text) {
                Some(tag) => {
                    if tag.as_str() != text {
                        making.remark("a tag was brought into the form that tags have here: `Bad Tag` is `bad-tag`");
                    }
                    tags.own.insert(tag);
                }
                None => making.lose("a tag without a letter or digit"),
            }
        }
    }
    tags
}

/// The type of an indicator by a name that MISP, Kanvas, TheHive, STIX or a table has for it.
pub fn indicator_type(name: &str) -> Option<IndicatorType> {
    use IndicatorType as Type;
    if let Ok(exact) = name.trim().parse() {
        return Some(exact);
    }
    Some(match plain(name).replace(' ', "").as_str() {
        "ip" | "ipaddress" | "ipaddr" | "ipv4" | "ipv6" | "ipv4addr" | "ipv6addr" | "ipdst" | "ipany" | "dstip"
        | "address" | "cidr" | "ipv4cidr" | "fqdnip" => Type::IpDst,
        "ipsrc" | "srcip" | "sourceip" => Type::IpSrc,
        "domain" | "domainname" => Type::Domain,
        "hostname" | "fqdn" | "host" => Type::Hostname,
        "url" | "link" => Type::Url,
        "email" | "emailaddress" | "mail" | "emailaddr" | "mailaddress" => Type::Email,
        "emailsrc" | "sender" => Type::EmailSrc,
        "emaildst" | "recipient" => Type::EmailDst,
        "emailsubject" | "mailsubject" | "subject" => Type::EmailSubject,
        "md5" | "filehashmd5" | "hashmd5" | "filemd5" => Type::Md5,
        "sha1" | "filehashsha1" | "hashsha1" | "filesha1" => Type::Sha1,
        "sha256" | "filehashsha256" | "hashsha256" | "filesha256" => Type::Sha256,
        "sha512" | "filehashsha512" | "hashsha512" => Type::Sha512,
        "ssdeep" => Type::Ssdeep,
        "imphash" => Type::Imphash,
        "filename" | "file" | "filepath" | "path" => Type::Filename,
        "registry" | "registrykey" | "registrypath" | "regkey" | "windowsregistrykey" => Type::Regkey,
        "mutex" => Type::Mutex,
        "namedpipe" => Type::NamedPipe,
        "service" | "servicename" | "windowsservicename" => Type::WindowsServiceName,
        "scheduledtask" | "windowsscheduledtask" => Type::WindowsScheduledTask,
        "useragent" => Type::UserAgent,
        "mac" | "macaddress" | "macaddr" => Type::MacAddress,
        "as" | "asn" | "autonomoussystem" => Type::Asn,
        "ja3" | "ja3fingerprintmd5" => Type::Ja3,
        "bitcoin" | "bitcoinaddress" | "btc" => Type::Btc,
        "username" | "useraccount" | "account" | "user" | "targetuser" => Type::Account,
        "process" | "processname" | "processstate" => Type::Process,
        "commandline" | "command" | "cmdline" => Type::CommandLine,
        "yara" => Type::Yara,
        "sigma" => Type::Sigma,
        "snort" => Type::Snort,
        "other" | "otherstrings" | "string" => Type::Other,
        _ => return None,
    })
}

/// What casebook writes of an indicator in one line: `ip-src, malicious`.
pub fn type_and_verdict(line: &str) -> Option<(IndicatorType, Verdict)> {
    let (kind, verdict) = line.split_once(", ")?;
    Some((kind.parse().ok()?, verdict.parse().ok()?))
}

/// The type that the form of a value tells; none where several have that form.
pub fn type_of_value(value: &str) -> Option<IndicatorType> {
    use crate::values::{fang, observable};
    use IndicatorType as Type;
    let live = fang::refang(value);
    let fits = |kind: Type| observable::check(kind, &live).is_ok();
    let is_hex = !live.is_empty() && live.bytes().all(|byte| byte.is_ascii_hexdigit());
    match live.len() {
        32 if is_hex => return Some(Type::Md5),
        40 if is_hex => return Some(Type::Sha1),
        64 if is_hex => return Some(Type::Sha256),
        128 if is_hex => return Some(Type::Sha512),
        _ => {}
    }
    if live.contains("://") && fits(Type::Url) {
        return Some(Type::Url);
    }
    if live.contains('@') && fits(Type::Email) {
        return Some(Type::Email);
    }
    if fits(Type::IpDst) {
        return Some(Type::IpDst);
    }
    let upper = live.to_ascii_uppercase();
    if ["HKLM", "HKCU", "HKEY_", "HKU\\", "HKCR"].iter().any(|root| upper.starts_with(root)) {
        return Some(Type::Regkey);
    }
    (crate::values::host::has_known_top_level(&live) && fits(Type::Domain)).then_some(Type::Domain)
}

/// The type of a digest by its length.
pub fn digest_type(value: &str) -> Option<IndicatorType> {
    let is_hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    match value.len() {
        32 if is_hex => Some(IndicatorType::Md5),
        40 if is_hex => Some(IndicatorType::Sha1),
        64 if is_hex => Some(IndicatorType::Sha256),
        128 if is_hex => Some(IndicatorType::Sha512),
        _ => None,
    }
}

/// A kind of asset by what neighbours call it.
pub fn asset_kind(name: &str) -> Option<AssetKind> {
    if let Ok(exact) = name.trim().parse() {
        return Some(exact);
    }
    let name = plain(name);
    let has = |word: &str| name.split(' ').any(|part| part == word);
    Some(if has("account") || has("user") {
        AssetKind::Account
    } else if has("mailbox") || has("email") {
        AssetKind::Mailbox
    } else if has("phone") || has("tablet") || has("mobile") {
        AssetKind::MobileDevice
    } else if has("firewall") || has("router") || has("switch") || has("vpn") || has("waf") || has("networking") {
        AssetKind::NetworkDevice
    } else if has("server") || has("dc") || has("controller") || has("gateway") {
        AssetKind::Server
    } else if has("computer") || has("desktop") || has("laptop") || has("workstation") || has("endpoint") || has("host")
    {
        AssetKind::Host
    } else if has("cloud") || has("instance") || has("bucket") {
        AssetKind::CloudResource
    } else if has("application") || has("database") {
        AssetKind::Application
    } else if has("network") || has("subnet") {
        AssetKind::Network
    } else {
        return None;
    })
}

pub fn action_status(text: &str) -> Option<ActionStatus> {
    match plain(text).as_str() {
        "to do" | "todo" | "waiting" | "assigned" | "open" | "not started" | "new" | "on hold" | "pending" => {
            Some(ActionStatus::Open)
        }
        "in progress" | "inprogress" | "started" => Some(ActionStatus::InProgress),
        "done" | "completed" | "complete" | "closed" | "finished" => Some(ActionStatus::Done),
        "canceled" | "cancelled" | "cancel" | "rejected" | "declined" | "abandoned" => Some(ActionStatus::Declined),
        _ => None,
    }
}

/// The person or team of the roster that a text means: by handle, name or address.
pub fn person(text: &str, making: &Making<'_>) -> Option<Handle> {
    let text = text.trim();
    let team = &making.case.team.as_ref()?.value;
    let same = |other: &str| other.eq_ignore_ascii_case(text);
    let people = team.people.iter().filter(|person| {
        same(person.handle.as_str())
            || same(person.name.as_str())
            || person.email.as_ref().is_some_and(|email| same(email.as_str()))
    });
    only(people.map(|person| person.handle.clone()))
}

/// The team of the roster that a text means.
pub fn group(text: &str, making: &Making<'_>) -> Option<Handle> {
    let text = text.trim();
    let team = &making.case.team.as_ref()?.value;
    let same = |other: &str| other.eq_ignore_ascii_case(text);
    let groups = team.teams.iter().filter(|group| same(group.handle.as_str()) || same(group.name.as_str()));
    only(groups.map(|group| group.handle.clone()))
}

fn only(mut all: impl Iterator<Item = Handle>) -> Option<Handle> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// A time as an entry holds it, or why it has none. What the text says exactly needs no original beside it.
pub fn when(text: &str, form: Form, making: &Making<'_>) -> Result<When, NoInstant> {
    instant::read(text, form, &making.told).map(|instant| of_instant(&instant))
}

fn of_instant(instant: &Instant) -> When {
    let is_exact = matches!(instant.known, Known::At(_)) && matches!(instant.zone, ZoneFrom::Text | ZoneFrom::Format);
    When { known: instant.known, skew: None, original: (!is_exact).then(|| instant.raw.clone()) }
}
