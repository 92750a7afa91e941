//! Under which names a case knows its assets and indicators.

use crate::model::{Asset, Case, KnownAs};
use crate::values::vocabulary::IndicatorType;
use crate::values::{EntryId, Line, observable};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The names of a case's assets and the values of its indicators, of entries that still count.
#[derive(Clone, Debug, Default)]
pub struct Names {
    assets: BTreeMap<String, Vec<EntryId>>,
    /// Names that assets had for a time only.
    for_a_time: BTreeMap<String, Vec<(EntryId, KnownAs)>>,
    indicators: BTreeMap<(IndicatorType, String), EntryId>,
    /// The same by the value alone, in lower case.
    values: BTreeMap<String, Vec<EntryId>>,
}

impl Names {
    pub fn of(case: &Case) -> Self {
        let mut names = Self::default();
        for (entry, asset) in case.assets() {
            if !entry.is_retired() {
                all_names(asset).for_each(|name| names.add_asset(name, entry.id()));
                for known_as in &asset.known_as {
                    let all = names.for_a_time.entry(known_as.name.as_str().trim().to_lowercase()).or_default();
                    all.push((entry.id(), known_as.clone()));
                }
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
        let known = self.assets.entry(name.trim().to_lowercase()).or_default();
        if !known.contains(&id) {
            known.push(id);
        }
    }

    pub fn add_indicator(&mut self, of_type: IndicatorType, value: &str, id: EntryId) {
        self.indicators.entry((of_type, observable::normalised(of_type, value).into_owned())).or_insert(id);
        self.values.entry(value.to_lowercase()).or_default().push(id);
    }

    /// The asset of a name that it has for good: of the whole name, or, of a name with dots that is no address, of what is before the
    /// first. None where several have it: nobody is taken for another without being asked.
    pub fn asset(&self, name: &str) -> Option<EntryId> {
        only(self.assets(name))
    }

    /// The same at a moment, with the names that assets had for a time only.
    pub fn asset_at(&self, name: &str, at: Timestamp) -> Option<EntryId> {
        only(self.assets_at(name, at))
    }

    /// The assets that have a name for good, several where it does not tell them apart.
    pub fn assets(&self, name: &str) -> Vec<EntryId> {
        self.called(name, None)
    }

    /// The assets that had a name at a moment.
    pub fn assets_at(&self, name: &str, at: Timestamp) -> Vec<EntryId> {
        self.called(name, Some(at))
    }

    fn called(&self, name: &str, at: Option<Timestamp>) -> Vec<EntryId> {
        let name = name.trim().to_lowercase();
        let whole = self.of_whole(&name, at);
        match name.split_once('.') {
            Some((short, _)) if whole.is_empty() && name.parse::<core::net::IpAddr>().is_err() => {
                self.of_whole(short, at)
            }
            _ => whole,
        }
    }

    fn of_whole(&self, name: &str, at: Option<Timestamp>) -> Vec<EntryId> {
        let mut found = self.assets.get(name).cloned().unwrap_or_default();
        for (id, known_as) in self.for_a_time.get(name).into_iter().flatten() {
            if at.is_some_and(|at| known_as.holds(at)) && !found.contains(id) {
                found.push(*id);
            }
        }
        found
    }

    pub fn indicator(&self, of_type: IndicatorType, value: &str) -> Option<EntryId> {
        self.indicators.get(&(of_type, observable::normalised(of_type, value).into_owned())).copied()
    }

    /// The indicators whose value is this text, whatever their type.
    pub fn indicators_of(&self, value: &str) -> &[EntryId] {
        self.values.get(&value.trim().to_lowercase()).map_or(&[], Vec::as_slice)
    }
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
        names.add_asset("mail01", new);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(names.asset_at("10.0.0.5", at("2026-03-01T11:59:59Z")), Some(old));
        assert_eq!(names.asset_at("10.0.0.5", at(noon)), Some(new));
        assert_eq!(names.asset("10.0.0.5"), None);
        assert_eq!(names.asset("MAIL01.corp.example"), Some(new));
        names.add_asset("10.0.0.5", old);
        assert_eq!(names.asset_at("10.0.0.5", at(noon)), None, "two have it: nobody is taken for another");
    }
}
