//! How long a server keeps an object from being deleted or overwritten (Object Lock), as people write it.

use crate::values::Malformed;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A lock on objects that are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Whether nobody at all can lift it, which S3 calls COMPLIANCE.
    pub is_absolute: bool,
    pub until: Timestamp,
}

impl Retention {
    /// Reads a setting such as `7y`, `90d` or `7y compliance`.
    pub fn read(text: &str, now: Timestamp) -> Result<Self, Malformed> {
        let malformed = || {
            Malformed::new(format!("`{text}` is no time to keep objects for"))
                .help("write `7y`, `18m` or `90d`; `7y compliance` for a lock that nobody can lift before")
        };
        let mut words = text.split_ascii_whitespace();
        let (Some(length), mode, None) = (words.next(), words.next(), words.next()) else { return Err(malformed()) };
        let is_absolute = match mode {
            None | Some("governance") => false,
            Some("compliance") => true,
            Some(_) => return Err(malformed()),
        };
        let unit = length.chars().last().ok_or_else(malformed)?;
        let number: i64 = length.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or_else(malformed)?;
        // A hundred years: a slip of the finger must not lock for ever.
        let span = match unit {
            'y' if (1..=100).contains(&number) => number.years(),
            'm' if (1..=1200).contains(&number) => number.months(),
            'd' if (1..=36_500).contains(&number) => number.days(),
            _ => return Err(malformed()),
        };
        let until = now.to_zoned_datetime(TimeZone::UTC).checked_add(span).map_err(|_| malformed())?.timestamp();
        Ok(Self { is_absolute, until })
    }

    /// The mode, in the words of S3.
    pub fn mode(&self) -> &'static str {
        if self.is_absolute { "COMPLIANCE" } else { "GOVERNANCE" }
    }

    /// Until when, to the second.
    pub fn date(&self) -> String {
        self.until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Retention;

    #[test]
    fn lengths_are_read_and_slips_are_refused() {
        let now = "2026-03-05T12:00:00.5Z".parse().unwrap();
        let read = |text| Retention::read(text, now).map(|kept| (kept.date(), kept.mode()));
        assert_eq!(read("7y").unwrap(), ("2033-03-05T12:00:00Z".to_owned(), "GOVERNANCE"));
        assert_eq!(read("90d compliance").unwrap(), ("2026-06-03T12:00:00Z".to_owned(), "COMPLIANCE"));
        assert_eq!(read(" 18m  governance ").unwrap().0, "2027-09-05T12:00:00Z");
        for text in ["", "7", "y", "-7y", "0d", "700y", "7y forever", "7y compliance now", "7é"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
