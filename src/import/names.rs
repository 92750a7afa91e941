//! Under which names a case knows its assets and indicators.

use crate::model::{Asset, Case};
use crate::values::vocabulary::IndicatorType;
use crate::values::{EntryId, Line, observable};
use std::collections::BTreeMap;

/// The names of a case's assets and the values of its indicators, of entries that still count.
#[derive(Clone, Debug, Default)]
pub struct Names {
    assets: BTreeMap<String, Vec<EntryId>>,
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

    /// The asset of a name: of the whole name, or, of a name with dots that is no address, of what is before the first. None where
    /// several have it: nobody is taken for another without being asked.
    pub fn asset(&self, name: &str) -> Option<EntryId> {
        let name = name.trim().to_lowercase();
        let short = || match name.split_once('.') {
            Some((short, _)) if name.parse::<core::net::IpAddr>().is_err() => self.assets.get(short),
            _ => None,
        };
        match self.assets.get(&name).or_else(short).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        }
    }

    /// The assets that have a name, several where it does not tell them apart.
    pub fn assets(&self, name: &str) -> &[EntryId] {
        self.assets.get(&name.trim().to_lowercase()).map_or(&[], Vec::as_slice)
    }

    pub fn indicator(&self, of_type: IndicatorType, value: &str) -> Option<EntryId> {
        self.indicators.get(&(of_type, observable::normalised(of_type, value).into_owned())).copied()
    }

    /// The indicators whose value is this text, whatever their type.
    pub fn indicators_of(&self, value: &str) -> &[EntryId] {
        self.values.get(&value.trim().to_lowercase()).map_or(&[], Vec::as_slice)
    }
}

/// The name and the identifiers of an asset.
pub fn all_names(asset: &Asset) -> impl Iterator<Item = &str> {
    std::iter::once(&asset.name).chain(&asset.identifiers.0).map(Line::as_str)
}
