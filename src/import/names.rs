//! Under which names a case knows its assets and indicators.

use crate::model::{Asset, Case, KnownAs};
use crate::values::vocabulary::{AssetKind, IndicatorType};
use crate::values::{EntryId, Line, observable};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The names of a case's assets and the values of its indicators, of entries that still count.
#[derive(Clone, Debug, Default)]
pub struct Names {
    assets: BTreeMap<String, Vec<EntryId>>,
    /// The same of machines alone.
    machines: BTreeMap<String, Vec<EntryId>>,
    /// Names that machines had for a time only.
    for_a_time: BTreeMap<String, Vec<(EntryId, KnownAs)>>,
    indicators: BTreeMap<(IndicatorType, String), EntryId>,
    /// The same by the value alone: as it is, and in lower case where its type takes both for the same.
    values: BTreeMap<String, Vec<EntryId>>,
}

impl Names {
    pub fn of(case: &Case) -> Self {
        let mut names = Self::default();
        for (entry, asset) in case.assets() {
            if entry.is_retired() {
                continue;
            }
            let is_machine = is_machine(asset.kind);
            for name in all_names(asset) {
                if is_machine { names.add_machine(name, entry.id()) } else { names.add_asset(name, entry.id()) }
            }
            for known_as in asset.known_as.iter().filter(|_| is_machine) {
                let all = names.for_a_time.entry(known_as.name.as_str().trim().to_lowercase()).or_default();
                all.push((entry.id(), known_as.clone()));
            }
        }
        for (entry, indicator) in case.indicators() {
            if !entry.is_retired() {
                names.add_indicator(indicator.r#type, indicator.value.as_str(), entry.id());
            }
        }
        names
    }

    pub fn add_asset(&mut self, name: &str, id: EntryId) {
        add(&mut self.assets, name, id);
    }

    /// Adds an asset that is a machine, which tools name with its domain or without.
    pub fn add_machine(&mut self, name: &str, id: EntryId) {
        add(&mut self.assets, name, id);
        add(&mut self.machines, name, id);
    }

    pub fn add_indicator(&mut self, of_type: IndicatorType, value: &str, id: EntryId) {
        self.indicators.entry((of_type, observable::normalised(of_type, value).into_owned())).or_insert(id);
        let value = if ignores_case(of_type) { value.to_lowercase() } else { value.to_owned() };
        self.values.entry(value).or_default().push(id);
    }

    /// The asset of a name that it has for good. None where several have it: nobody is taken for another without being asked.
    pub fn asset(&self, name: &str) -> Option<EntryId> {
        only(self.assets(name))
    }

    /// The assets that have a name for good, several where it does not tell them apart: of the whole name, or, of a machine's with dots
    /// that is no address, of what is before the first.
    pub fn assets(&self, name: &str) -> Vec<EntryId> {
        let name = name.trim().to_lowercase();
        match self.assets.get(&name) {
            Some(whole) => whole.clone(),
            None => short(&name).and_then(|short| self.machines.get(short)).cloned().unwrap_or_default(),
        }
    }

    /// The machine of a name at a moment, with the names that machines had for a time only. None where several had it.
    pub fn machine_at(&self, name: &str, at: Timestamp) -> Option<EntryId> {
        only(self.machines_at(name, at))
    }

    /// The machines that had a name at a moment.
    pub fn machines_at(&self, name: &str, at: Timestamp) -> Vec<EntryId> {
        let name = name.trim().to_lowercase();
        let whole = self.of_whole(&name, at);
        match short(&name) {
            Some(short) if whole.is_empty() => self.of_whole(short, at),
            _ => whole,
        }
    }

    fn of_whole(&self, name: &str, at: Timestamp) -> Vec<EntryId> {
        let mut found = self.machines.get(name).cloned().unwrap_or_default();
        for (id, known_as) in self.for_a_time.get(name).into_iter().flatten() {
            if known_as.holds(at) && !found.contains(id) {
                found.push(*id);
            }
        }
        found
    }

    pub fn indicator(&self, of_type: IndicatorType, value: &str) -> Option<EntryId> {
        self.indicators.get(&(of_type, observable::normalised(of_type, value).into_owned())).copied()
    }

    /// The indicators whose value is this text, whatever their type; upper and lower case count where their type tells them apart.
    pub fn indicators_of(&self, value: &str) -> Vec<EntryId> {
        let (value, lower) = (value.trim(), value.trim().to_lowercase());
        let exact = self.values.get(value).into_iter().flatten();
        let folded = (lower != value).then(|| self.values.get(&lower)).flatten().into_iter().flatten();
        exact.chain(folded).copied().collect()
    }
}

/// Whether rows of tools name an asset of this kind as a machine.
fn is_machine(kind: AssetKind) -> bool {
    !matches!(kind, AssetKind::Account | AssetKind::Mailbox | AssetKind::DataSet | AssetKind::Network)
}

/// Whether values of a type are the same in upper and lower case.
fn ignores_case(of_type: IndicatorType) -> bool {
    use IndicatorType as Type;
    matches!(
        of_type,
        Type::IpSrc
            | Type::IpDst
            | Type::IpDstPort
            | Type::Domain
            | Type::Hostname
            | Type::Email
            | Type::EmailSrc
            | Type::EmailDst
            | Type::Md5
            | Type::Sha1
            | Type::Sha256
            | Type::Sha512
            | Type::Imphash
            | Type::Ja3
            | Type::X509Sha1
            | Type::X509Sha256
            | Type::MacAddress
            | Type::Asn
            | Type::Regkey
    )
}

fn add(names: &mut BTreeMap<String, Vec<EntryId>>, name: &str, id: EntryId) {
    let known = names.entry(name.trim().to_lowercase()).or_default();
    if !known.contains(&id) {
        known.push(id);
    }
}

/// What is before the first dot of a name that is no address.
fn short(name: &str) -> Option<&str> {
    let (short, _) = name.split_once('.')?;
    name.parse::<core::net::IpAddr>().is_err().then_some(short)
}

fn only(found: Vec<EntryId>) -> Option<EntryId> {
    match found.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// The name and the identifiers of an asset.
pub fn all_names(asset: &Asset) -> impl Iterator<Item = &str> {
    std::iter::once(&asset.name).chain(&asset.identifiers.0).map(Line::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Kind;

    #[test]
    fn a_name_that_was_lent_is_somebodys_only_for_its_time() {
        let [old, new] = [1, 2].map(|bits| EntryId::from_bits(Kind::Asset, bits));
        let known_as = |from: Option<&str>, until: Option<&str>| KnownAs {
            name: "10.0.0.5".parse().unwrap(),
            from: from.map(|text| text.parse().unwrap()),
            until: until.map(|text| text.parse().unwrap()),
        };
        let mut names = Names::default();
        let noon = "2026-03-01T12:00:00Z";
        let lent = vec![(old, known_as(None, Some(noon))), (new, known_as(Some(noon), None))];
        names.for_a_time.insert("10.0.0.5".to_owned(), lent);
        names.add_machine("mail01", new);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(names.machine_at("10.0.0.5", at("2026-03-01T11:59:59Z")), Some(old));
        assert_eq!(names.machine_at("10.0.0.5", at(noon)), Some(new));
        assert_eq!(names.asset("10.0.0.5"), None);
        assert_eq!(names.asset("MAIL01.corp.example"), Some(new));
        names.add_machine("10.0.0.5", old);
        assert_eq!(names.machine_at("10.0.0.5", at(noon)), None, "two have it: nobody is taken for another");
        names.add_asset("john", old);
        assert_eq!(
            (names.asset("john"), names.asset("john.corp.example")),
            (Some(old), None),
            "an account is no machine"
        );
        assert_eq!(names.machine_at("john", at(noon)), None);
    }
}
