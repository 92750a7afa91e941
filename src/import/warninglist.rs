//! Warninglists of MISP: values that are seen everywhere and point to nobody (<https://github.com/MISP/misp-warninglists>).

use crate::validate::indicators::well_known_value::well_known;
use crate::values::vocabulary::IndicatorType;
use crate::values::{host, observable};
use core::net::IpAddr;
use regex::RegexSet;
use serde::Deserialize;
use std::collections::BTreeSet;

/// A list as its file says it.
#[derive(Deserialize)]
struct File {
    name: String,
    r#type: String,
    list: Vec<String>,
    #[serde(default)]
    matching_attributes: Vec<String>,
}

/// How the entries of a list are compared.
enum Entries {
    /// The value is one of them.
    Whole(BTreeSet<String>),
    /// The host is one of them, or below one.
    Host(BTreeSet<String>),
    /// One of them stands in it.
    Part(Vec<String>),
    /// The address is in one of these networks.
    Network(Vec<(IpAddr, u8)>),
    Pattern(RegexSet),
}

struct List {
    name: String,
    /// The types that it speaks of; all where none is named.
    types: Vec<String>,
    entries: Entries,
}

/// Lists of values that are not worth an indicator.
#[derive(Default)]
pub struct Warninglists(Vec<List>);

impl Warninglists {
    /// Adds the list of a file `list.json`. An error says why it cannot be read.
    pub fn add(&mut self, content: &[u8]) -> Result<(), String> {
        let file: File = serde_json::from_slice(content).map_err(|error| error.to_string())?;
        let lower = || file.list.iter().map(|entry| entry.to_lowercase());
        let entries = match file.r#type.as_str() {
            "string" => Entries::Whole(lower().collect()),
            "hostname" => Entries::Host(lower().map(|entry| entry.trim_start_matches('.').to_owned()).collect()),
            "substring" => Entries::Part(lower().collect()),
            "cidr" => Entries::Network(file.list.iter().filter_map(|entry| network(entry)).collect()),
            "regex" => Entries::Pattern(RegexSet::new(&file.list).map_err(|error| error.to_string())?),
            other => return Err(format!("`{other}` is no type of list that is known")),
        };
        self.0.push(List { name: file.name, types: file.matching_attributes, entries });
        Ok(())
    }

    /// Why a value points to nobody, if so: what is reserved or known to everybody, or the name of a list.
    pub fn why_not(&self, of_type: IndicatorType, value: &str) -> Option<String> {
        let host = observable::host(of_type, value);
        let address = host.and_then(|host| host.parse::<IpAddr>().ok());
        let reserved = address.and_then(host::reserved_address).or_else(|| host.and_then(host::reserved_name));
        reserved.map(|why| format!("an address or name that is {why}")).or_else(|| well_known(of_type, value)).or_else(
            || self.0.iter().find(|list| list.holds(of_type, value, host, address)).map(|list| list.name.clone()),
        )
    }
}

impl List {
    fn holds(&self, of_type: IndicatorType, value: &str, host: Option<&str>, address: Option<IpAddr>) -> bool {
        if !self.types.is_empty() && !self.types.iter().any(|own| own == of_type.word()) {
            return false;
        }
        let value = value.to_lowercase();
        match &self.entries {
            Entries::Whole(all) => all.contains(&value),
            Entries::Part(all) => all.iter().any(|part| value.contains(part.as_str())),
            Entries::Pattern(all) => all.is_match(&value),
            Entries::Network(all) => address.is_some_and(|own| all.iter().any(|network| is_in(own, *network))),
            Entries::Host(all) => host.is_some_and(|host| {
                let host = host.to_lowercase();
                let below = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
                std::iter::once(host.as_str()).chain(below).any(|name| all.contains(name))
            }),
        }
    }
}

/// `10.0.0.0/8`, or one address.
fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address.parse().ok()?, length.parse().ok()?),
        None => {
            let address: IpAddr = text.parse().ok()?;
            (address, if address.is_ipv4() { 32 } else { 128 })
        }
    };
    (length <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, length))
}

fn is_in(address: IpAddr, (network, length): (IpAddr, u8)) -> bool {
    match (address, network) {
        (IpAddr::V4(own), IpAddr::V4(network)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            own.to_bits() & mask == network.to_bits() & mask
        }
        (IpAddr::V6(own), IpAddr::V6(network)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            own.to_bits() & mask == network.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IndicatorType as Type;

    fn lists(kind: &str, entries: &[&str], types: &[&str]) -> Warninglists {
        let mut lists = Warninglists::default();
        let file = serde_json::json!({ "name": "L", "type": kind, "list": entries, "matching_attributes": types });
        lists.add(file.to_string().as_bytes()).unwrap();
        lists
    }

    #[test]
    fn each_type_of_list_compares_in_its_own_way() {
        let hit = |lists: &Warninglists, of_type, value| lists.why_not(of_type, value).is_some();
        let networks = lists("cidr", &["93.184.216.0/24", "2606:2800::/32", "0.0.0.0/64", "198.41.0.4"], &["ip-dst"]);
        assert!(hit(&networks, Type::IpDst, "93.184.216.34"));
        assert!(hit(&networks, Type::IpDst, "2606:2800:220::1"));
        assert!(hit(&networks, Type::IpDst, "198.41.0.4"));
        assert!(!hit(&networks, Type::IpDst, "93.184.217.34"));
        assert!(!hit(&networks, Type::IpSrc, "93.184.216.34"), "the list does not speak of this type");
        let hosts = lists("hostname", &[".dyn.net", "bit.ly"], &[]);
        assert!(hit(&hosts, Type::Url, "https://BIT.ly/x"));
        assert!(hit(&hosts, Type::Domain, "a.b.dyn.net"));
        assert!(!hit(&hosts, Type::Domain, "evilbit.ly"));
        assert!(hit(&lists("string", &["ABC"], &[]), Type::Filename, "abc"));
        assert!(hit(&lists("substring", &["virustotal"], &[]), Type::Domain, "www.virustotal.com"));
        assert!(hit(&lists("regex", &["^evil[0-9]+$"], &[]), Type::Filename, "evil12"));
    }

    #[test]
    fn what_is_reserved_needs_no_list() {
        let none = Warninglists::default();
        assert!(none.why_not(Type::IpSrc, "10.1.2.3").is_some());
        assert!(none.why_not(Type::Domain, "dc01.corp.local").is_some());
        assert!(none.why_not(Type::IpSrc, "194.61.24.102").is_none());
    }

    #[test]
    fn a_file_that_is_none_is_refused_with_the_reason() {
        let mut lists = Warninglists::default();
        assert!(lists.add(b"{").is_err());
        assert!(lists.add(br#"{"name":"n","type":"soundex","list":[]}"#).unwrap_err().contains("soundex"));
    }
}
