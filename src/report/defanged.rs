//! The indicators of a case in every text of its report: taken apart wherever they stand, not only in their own table.

use crate::model::{Case, Indicator};
use crate::report::section::indicators::shown_value;
use aho_corasick::{AhoCorasick, MatchKind};
use std::borrow::Cow;

/// Takes the values of indicators apart in texts.
#[derive(Clone)]
pub struct Defanged {
    /// `None` where there is nothing to take apart.
    values: Option<AhoCorasick>,
    shown: Vec<String>,
}

impl Defanged {
    /// What no text is changed by.
    pub const fn nothing() -> Self {
        Self { values: None, shown: Vec::new() }
    }

    /// All values of a case that its reports do not show as they are.
    pub fn of(case: &Case) -> Self {
        let (values, shown): (Vec<&str>, Vec<String>) =
            case.indicators().filter_map(|(_, indicator)| live(indicator)).unzip();
        let values = match values.is_empty() {
            true => None,
            false => AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .ascii_case_insensitive(true)
                .build(&values)
                .ok(),
        };
        Self { values, shown }
    }

    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.values {
            Some(values) if values.is_match(text) => values.replace_all(text, &self.shown).into(),
            _ => text.into(),
        }
    }
}

/// The value of an indicator and what reports show for it, where that is something else.
pub fn live(indicator: &Indicator) -> Option<(&str, String)> {
    let (value, shown) = (indicator.value.as_str(), shown_value(indicator).into_owned());
    (shown != value).then_some((value, shown))
}
