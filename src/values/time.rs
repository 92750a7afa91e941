//! Times as investigators know them: a moment, a range, or a moment known only to the minute, hour or day.

use super::{Malformed, Skew};
use jiff::Timestamp;
use jiff::tz::Offset;
use std::fmt;
use std::str::FromStr;

/// An instant with the offset from UTC that it was written with (RFC 3339). It compares by the instant alone.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub struct Moment {
    #[serde(with = "nanoseconds")]
    at: Timestamp,
    /// Seconds east of UTC.
    offset: i32,
}

mod nanoseconds {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(at: &Timestamp, s: S) -> Result<S::Ok, S::Error> {
        (at.as_second(), at.subsec_nanosecond()).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Timestamp, D::Error> {
        let (second, nanosecond) = <(i64, i32)>::deserialize(d)?;
        Timestamp::new(second, nanosecond).map_err(D::Error::custom)
    }
}

impl Moment {
    pub fn utc(at: Timestamp) -> Self {
        Self { at, offset: 0 }
    }

    /// A moment as it is written with an offset from UTC.
    pub fn of(at: Timestamp, offset: Offset) -> Self {
        Self { at, offset: offset.seconds() }
    }

    pub fn timestamp(self) -> Timestamp {
        self.at
    }

    /// The text of a TOML offset date-time, as `fmt` and `set` write it: in UTC, with the fraction that it needs.
    pub fn to_toml(self) -> String {
        self.at.to_string()
    }

    /// The moment in the zone that it was written in.
    pub fn as_written(self) -> String {
        let offset = Offset::from_seconds(self.offset).unwrap_or(Offset::UTC);
        self.at.display_with_offset(offset).to_string()
    }
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}
impl Eq for Moment {}
impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Moment {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.at.to_string();
        write!(f, "{} UTC", text.trim_end_matches('Z').replacen('T', " ", 1))
    }
}

/// Reads an RFC 3339 date-time with an offset.
impl FromStr for Moment {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let pieces = jiff::fmt::temporal::DateTimeParser::new().parse_timestamp(text);
        let at = pieces.map_err(|_| {
            Malformed::new(format!("`{text}` is not a date and time with an offset"))
                .help("write it as RFC 3339 does, such as `2026-03-01T10:15:00Z` or `2026-03-01T11:15:00+01:00`")
        })?;
        Ok(Self { at, offset: written_offset(text) })
    }
}

/// The offset of a valid RFC 3339 text, in seconds east of UTC; 0 for `Z`.
fn written_offset(text: &str) -> i32 {
    let Some(sign_at) = text.rfind(['+', '-']).filter(|at| *at > 10) else { return 0 };
    let sign = if text.as_bytes()[sign_at] == b'-' { -1 } else { 1 };
    let mut parts = text[sign_at + 1..].split(':').map(|part| part.parse::<i32>().unwrap_or(0));
    sign * (parts.next().unwrap_or(0) * 3_600 + parts.next().unwrap_or(0) * 60)
}

/// How exactly a moment is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Precision {
    Minute,
    Hour,
    Day,
}

impl Precision {
    pub const NAMES: &'static [&'static str] = &["minute", "hour", "day"];

    /// Length in seconds.
    fn seconds(self) -> i64 {
        match self {
            Precision::Minute => 60,
            Precision::Hour => 3_600,
            Precision::Day => 86_400,
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES[*self as usize])
    }
}

impl FromStr for Precision {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "minute" => Ok(Precision::Minute),
            "hour" => Ok(Precision::Hour),
            "day" => Ok(Precision::Day),
            _ => Err(Malformed::new(format!("`{text}` is not a precision")).help("write minute, hour or day")),
        }
    }
}

/// What is known of when something was, before any correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Known {
    /// Exactly then.
    At(Moment),
    /// Some time, or all the time, between the two.
    Between(Moment, Moment),
    /// Within the minute, hour or day that holds the moment.
    Within(Moment, Precision),
}

/// When something was, as its source gave it, with the skew of the source's clock.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct When {
    pub known: Known,
    /// How far the source's clock was ahead of true time.
    pub skew: Option<Skew>,
    /// The text as the tool gave it.
    pub original: Option<String>,
}

impl When {
    pub fn at(moment: Moment) -> Self {
        Self { known: Known::At(moment), skew: None, original: None }
    }

    fn correct(&self, at: Timestamp) -> Timestamp {
        let skew = jiff::SignedDuration::from_secs(self.skew.map_or(0, |skew| skew.0));
        at.checked_sub(skew).unwrap_or(at)
    }

    /// The earliest instant that it can have been, corrected for the skew.
    pub fn earliest(&self) -> Timestamp {
        self.correct(match self.known {
            Known::At(at) | Known::Between(at, _) => at.at,
            Known::Within(at, precision) => floor(at, precision),
        })
    }

    /// The latest instant that it can have been, corrected for the skew.
    pub fn latest(&self) -> Timestamp {
        self.correct(match self.known {
            Known::At(at) | Known::Between(_, at) => at.at,
            Known::Within(at, precision) => {
                floor(at, precision).checked_add(jiff::SignedDuration::from_secs(precision.seconds())).unwrap_or(at.at)
            }
        })
    }
}

/// The start of the minute, hour or day that holds the moment, in the zone that it was written in.
fn floor(moment: Moment, precision: Precision) -> Timestamp {
    let length = precision.seconds();
    let local = moment.at.as_second() + i64::from(moment.offset);
    Timestamp::from_second(local - local.rem_euclid(length) - i64::from(moment.offset)).unwrap_or(moment.at)
}

/// The true time in UTC, as exactly as it is known.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known {
            Known::At(_) => write!(f, "{}", Moment::utc(self.earliest())),
            Known::Between(..) => {
                write!(f, "{} to {}", Moment::utc(self.earliest()), Moment::utc(self.latest()))
            }
            Known::Within(at, precision) => {
                let at = Moment::utc(self.correct(at.at)).to_string();
                let kept = match precision {
                    Precision::Minute => 16,
                    Precision::Hour => 13,
                    Precision::Day => 10,
                };
                let text = at.get(..kept).unwrap_or(&at);
                match precision {
                    Precision::Minute => write!(f, "{text} UTC (to the minute)"),
                    Precision::Hour => write!(f, "{text}h UTC (to the hour)"),
                    Precision::Day => write!(f, "{text} (to the day)"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn skew_is_taken_off() {
        let when = When {
            known: Known::At(moment("2020-09-19T03:21:48.123Z")),
            skew: Some("+1h".parse().unwrap()),
            original: None,
        };
        assert_eq!(when.to_string(), "2020-09-19 02:21:48.123 UTC");
    }

    #[test]
    fn a_day_is_the_day_of_its_own_zone() {
        let when = When {
            known: Known::Within(moment("2026-03-01T12:00:00+02:00"), Precision::Day),
            skew: None,
            original: None,
        };
        assert_eq!(when.earliest().to_string(), "2026-02-28T22:00:00Z");
        assert_eq!(when.latest().to_string(), "2026-03-01T22:00:00Z");
        assert_eq!(when.to_string(), "2026-03-01 (to the day)");
    }

    #[test]
    fn what_was_written_is_kept() {
        assert_eq!(moment("2026-03-01T12:00:00+02:00").as_written(), "2026-03-01T12:00:00+02:00");
        assert_eq!(moment("2026-03-01T12:00:00+02:00").to_toml(), "2026-03-01T10:00:00Z");
    }
}
