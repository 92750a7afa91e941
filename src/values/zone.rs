//! Time zones by name, from a table that is compiled in, so that they are the same on every machine.

use super::{Malformed, serde_as_text};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::fmt;
use std::str::FromStr;

/// A zone of the IANA time zone database, such as `Europe/Berlin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Its rules.
    pub fn time_zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The time of day, such as `04:21`.
    pub fn time(&self, at: Timestamp) -> String {
        self.zone.to_datetime(at).strftime("%H:%M").to_string()
    }

    /// The day, such as `19 September 2020`.
    pub fn day(&self, at: Timestamp) -> String {
        self.zone.to_datetime(at).strftime("%-d %B %Y").to_string()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl FromStr for Zone {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let zone = TimeZoneDatabase::bundled().get(text).map_err(|_| {
            Malformed::new(format!("`{text}` is no time zone"))
                .help("write its name in the IANA database, such as `Europe/Berlin`")
        })?;
        Ok(Self { name: zone.iana_name().unwrap_or(text).to_owned(), zone })
    }
}
serde_as_text!(Zone);
