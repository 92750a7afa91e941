//! Block lists: values to block, one a line, a list for each type and marking. On them is only what somebody has called
//! malicious, and nothing that the case elsewhere calls benign or its own.

use super::format::{Export, File, named};
use super::source::Source;
use crate::model::{Case, Indicator};
use crate::values::vocabulary::{IndicatorType, Marking, Verdict};
use crate::values::{EntryId, Malformed, observable};
use std::collections::{BTreeMap, BTreeSet};

/// A type of value that firewalls, resolvers, proxies and scanners block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockType {
    Ip,
    Domain,
    Url,
    Email,
    Md5,
    Sha1,
    Sha256,
    Sha512,
    Ja3,
    X509Sha1,
    X509Sha256,
    Asn,
    Mac,
    UserAgent,
}

impl BlockType {
    pub const ALL: &'static [BlockType] = &[
        BlockType::Ip,
        BlockType::Domain,
        BlockType::Url,
        BlockType::Email,
        BlockType::Md5,
        BlockType::Sha1,
        BlockType::Sha256,
        BlockType::Sha512,
        BlockType::Ja3,
        BlockType::X509Sha1,
        BlockType::X509Sha256,
        BlockType::Asn,
        BlockType::Mac,
        BlockType::UserAgent,
    ];

    pub fn word(self) -> &'static str {
        match self {
            BlockType::Ip => "ip",
            BlockType::Domain => "domain",
            BlockType::Url => "url",
            BlockType::Email => "email",
            BlockType::Md5 => "md5",
            BlockType::Sha1 => "sha1",
            BlockType::Sha256 => "sha256",
            BlockType::Sha512 => "sha512",
            BlockType::Ja3 => "ja3",
            BlockType::X509Sha1 => "x509-sha1",
            BlockType::X509Sha256 => "x509-sha256",
            BlockType::Asn => "asn",
            BlockType::Mac => "mac",
            BlockType::UserAgent => "user-agent",
        }
    }
}

impl std::str::FromStr for BlockType {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        named(text, "a type of block list", BlockType::ALL, |kind| kind.word())
    }
}

/// The values that an indicator blocks, in the form that is equal for equal values.
fn value(indicator: &Indicator) -> Option<(BlockType, String)> {
    use IndicatorType as Type;
    let (kind, value) = (indicator.r#type, indicator.value.as_str());
    let whole = || observable::normalised(kind, value).into_owned();
    let first = || value.split('|').next().unwrap_or(value).to_owned();
    Some(match kind {
        Type::IpSrc | Type::IpDst => (BlockType::Ip, whole()),
        Type::IpDstPort => (BlockType::Ip, first()),
        Type::Domain | Type::Hostname => (BlockType::Domain, whole()),
        Type::Url => (BlockType::Url, whole()),
        Type::Email | Type::EmailSrc | Type::EmailDst => (BlockType::Email, whole()),
        Type::Md5 => (BlockType::Md5, value.to_ascii_lowercase()),
        Type::Sha1 => (BlockType::Sha1, value.to_ascii_lowercase()),
        Type::Sha256 => (BlockType::Sha256, value.to_ascii_lowercase()),
        Type::FilenameSha256 => (BlockType::Sha256, value.rsplit('|').next().unwrap_or(value).to_ascii_lowercase()),
        Type::Sha512 => (BlockType::Sha512, value.to_ascii_lowercase()),
        Type::Ja3 => (BlockType::Ja3, value.to_ascii_lowercase()),
        Type::X509Sha1 => (BlockType::X509Sha1, value.to_ascii_lowercase()),
        Type::X509Sha256 => (BlockType::X509Sha256, value.to_ascii_lowercase()),
        Type::Asn => (BlockType::Asn, whole().to_ascii_uppercase()),
        Type::MacAddress => (BlockType::Mac, whole()),
        Type::UserAgent => (BlockType::UserAgent, whole()),
        _ => return None,
    })
}

/// The values to block, each with the lowest marking that it is told under.
fn values(case: &Case, suspicious: bool) -> BTreeMap<(BlockType, String), Marking> {
    let mut spared: BTreeSet<(BlockType, String)> = BTreeSet::new();
    let mut blocked: BTreeMap<(BlockType, String), Marking> = BTreeMap::new();
    for (entry, indicator) in case.indicators() {
        let Some(value) = value(indicator) else { continue };
        match indicator.verdict {
            _ if indicator.never_defang == Some(true) => {
                spared.insert(value);
            }
            Verdict::Benign => {
                spared.insert(value);
            }
            Verdict::Unknown => {}
            Verdict::Suspicious if !suspicious => {}
            Verdict::Suspicious | Verdict::Malicious => {
                let marking = case.marking(entry);
                blocked.entry(value).and_modify(|lowest| *lowest = marking.min(*lowest)).or_insert(marking);
            }
        }
    }
    blocked.retain(|value, _| !spared.contains(value));
    blocked
}

pub fn export(source: &Source<'_>) -> Export {
    let options = source.options;
    let before = source.before.map(|before| values(&before.case, options.suspicious)).unwrap_or_default();
    let mut lists: BTreeMap<(BlockType, Marking), Vec<String>> = BTreeMap::new();
    for ((kind, value), marking) in values(source.case(), options.suspicious) {
        let is_asked = options.types.is_empty() || options.types.contains(&kind);
        if is_asked && !before.contains_key(&(kind, value.clone())) {
            lists.entry((kind, marking)).or_default().push(value);
        }
    }
    let files = lists.into_iter().map(|((kind, marking), values)| {
        let name = format!("{}.tlp-{marking}.txt", kind.word());
        File::new(name, list(source, kind, marking, &values))
    });
    Export { files: files.collect(), refused: refused(source) }
}

/// Malicious indicators that no list takes.
fn refused(source: &Source<'_>) -> Vec<(EntryId, String)> {
    let case = source.case();
    let malicious = case.indicators().filter(|(_, indicator)| indicator.verdict == Verdict::Malicious);
    let blocked = values(case, source.options.suspicious);
    malicious
        .filter_map(|(entry, indicator)| match value(indicator) {
            None => Some((entry.id(), format!("nothing blocks `{}`", indicator.r#type))),
            Some(value) if !blocked.contains_key(&value) => {
                Some((entry.id(), "the case calls the same value benign, or its own, elsewhere".to_owned()))
            }
            Some(_) => None,
        })
        .collect()
}

fn list(source: &Source<'_>, kind: BlockType, marking: Marking, values: &[String]) -> String {
    let mut text = format!("# {} to block, TLP:{}\n", kind.word(), marking.word().to_uppercase());
    for (name, value) in source.origin().into_iter().filter(|(name, _)| *name != "marking") {
        text.push_str(&format!("# {name}: {value}\n"));
    }
    if source.before.is_some() {
        text.push_str("# only what is new since the commit that was asked for\n");
    }
    for value in values {
        text.push_str(value);
        text.push('\n');
    }
    text
}
