//! Which rows of a timeline are wanted.

use crate::ingest::row::Row;
use crate::model::KnownAs;
use crate::values::TechniqueId;
use core::net::IpAddr;
use jiff::Timestamp;
use regex::Regex;

/// What a row must have; where nothing is asked for, every row has it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub from: Option<Timestamp>,
    /// Up to and without this moment.
    pub to: Option<Timestamp>,
    /// Names of one machine: a row must be of one of them.
    pub hosts: Vec<String>,
    /// Names that it had for a time only.
    pub known_as: Vec<KnownAs>,
    /// What must stand in the message or a field, each of them.
    pub texts: Vec<Regex>,
    pub techniques: Vec<TechniqueId>,
    /// Only what a tool took for something.
    pub detections: bool,
}

impl Filter {
    pub fn lets(&self, at: Timestamp, row: &Row) -> bool {
        self.from.is_none_or(|from| at >= from)
            && self.to.is_none_or(|to| at < to)
            && (self.hosts.is_empty() && self.known_as.is_empty()
                || row.host.as_ref().is_some_and(|host| self.is_host(host, at)))
            && (self.techniques.is_empty()
                || row.techniques.iter().any(|own| self.techniques.iter().any(|wanted| is_of(own, wanted))))
            && (!self.detections || row.detection.is_some())
            && self.texts.iter().all(|text| holds(row, text))
    }

    /// Whether a name, with or without its domain, or an address is that of the machine.
    fn is_host(&self, host: &str, at: Timestamp) -> bool {
        let short = match host.parse::<IpAddr>() {
            Ok(_) => host,
            Err(_) => host.split('.').next().unwrap_or(host),
        };
        let is = |wanted: &str| wanted.eq_ignore_ascii_case(host) || wanted.eq_ignore_ascii_case(short);
        self.hosts.iter().any(|wanted| is(wanted))
            || self.known_as.iter().any(|known_as| is(known_as.name.as_str()) && known_as.holds(at))
    }
}

/// Whether a technique is another one or one of its sub-techniques.
fn is_of(own: &TechniqueId, wanted: &TechniqueId) -> bool {
    let (own, wanted) = (own.as_str(), wanted.as_str());
    own == wanted || own.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
}

fn holds(row: &Row, text: &Regex) -> bool {
    text.is_match(&row.message) || row.fields.iter().any(|(_, value)| text.is_match(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_without_its_domain_and_an_address_only_whole() {
        let is = |wanted: &str, host: &str| {
            Filter { hosts: vec![wanted.to_owned()], ..Filter::default() }.is_host(host, Timestamp::UNIX_EPOCH)
        };
        assert!(is("dc01", "DC01.corp.example") && is("dc01.corp.example", "DC01.corp.example"));
        assert!(is("10.0.0.5", "10.0.0.5") && is("fe80::1", "FE80::1"));
        assert!(!is("10", "10.0.0.5") && !is("::ffff:10", "::ffff:10.0.0.5"));
    }
}
