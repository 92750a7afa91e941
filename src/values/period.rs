//! The time that a law or a contract allows: hours, which run through, or months and business days of the calendar.

use super::{Malformed, Span, serde_as_text};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::fmt;
use std::str::FromStr;

/// A time that is allowed, written as `72h`, `30d`, `1 month` or `4 business days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A length of time, in which a day has 24 hours.
    Length(Span),
    /// Months: the same day and time of a later month, or its last day where it has no such day.
    Months(u16),
    /// Days that are neither Saturday nor Sunday; the day on which it starts does not count. Nobody's holidays are known here, so that
    /// the end is never later than the law's.
    BusinessDays(u16),
}

/// The longest period in months or business days: nothing that overflows a calendar.
const MOST: u16 = 1_200;

impl Period {
    /// When it ends, where it started at a moment, by the calendar of a zone; none where no calendar goes so far.
    pub fn end(self, start: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Period::Length(span) => start.checked_add(SignedDuration::from_secs(span.0)).ok(),
            Period::Months(months) => {
                let end = start.to_zoned_datetime(zone.clone()).checked_add(i64::from(months).months()).ok()?;
                Some(end.timestamp())
            }
            Period::BusinessDays(days) => {
                // Of the calendar alone: a day on which the clocks change shifts none of those after it.
                let mut day = zone.to_datetime(start);
                let mut left = days;
                while left > 0 {
                    day = day.checked_add(1.day()).ok()?;
                    let is_business = !matches!(day.date().weekday(), Weekday::Saturday | Weekday::Sunday);
                    left -= u16::from(is_business);
                }
                Some(zone.to_timestamp(day).ok()?)
            }
        }
    }

    /// As people say it.
    pub fn words(self, length: impl Fn(i64) -> String) -> String {
        match self {
            Period::Length(span) => length(span.0),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |f: &mut fmt::Formatter<'_>, number: u16, noun: &str| {
            write!(f, "{number} {noun}{}", if number == 1 { "" } else { "s" })
        };
        match self {
            Period::Length(span) => span.fmt(f),
            Period::Months(months) => counted(f, *months, "month"),
            Period::BusinessDays(days) => counted(f, *days, "business day"),
        }
    }
}

impl FromStr for Period {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        if let Ok(span) = text.parse() {
            return Ok(Period::Length(span));
        }
        let number = |rest: &str| rest.parse::<u16>().ok().filter(|number| (1..=MOST).contains(number));
        let counted = text.split_once(' ').and_then(|(count, noun)| {
            let count = number(count)?;
            match noun {
                "month" | "months" => Some(Period::Months(count)),
                "business day" | "business days" => Some(Period::BusinessDays(count)),
                _ => None,
            }
        });
        counted.ok_or_else(|| {
            Malformed::new(format!("`{text}` is not a time that is allowed"))
                .help("write `72h`, `30d`, `1 month` or `4 business days`")
        })
    }
}
serde_as_text!(Period);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Zone;

    fn end(start: &str, period: &str, zone: &str) -> String {
        let zone: Zone = zone.parse().unwrap();
        let end = period.parse::<Period>().unwrap().end(start.parse().unwrap(), zone.time_zone()).unwrap();
        end.to_string()
    }

    #[test]
    fn periods_end_as_the_law_counts_them() {
        for (start, period, zone, expected) in [
            ("2026-03-01T10:15:00Z", "72h", "Europe/Berlin", "2026-03-04T10:15:00Z"),
            // Hours run through the change of the clocks, months and days follow the calendar.
            ("2026-03-28T12:00:00Z", "24h", "Europe/Berlin", "2026-03-29T12:00:00Z"),
            ("2026-03-28T12:00:00Z", "1 month", "Europe/Berlin", "2026-04-28T11:00:00Z"),
            ("2026-01-31T12:00:00Z", "1 month", "Etc/UTC", "2026-02-28T12:00:00Z"),
            // Form 8-K, General Instruction B.1: from a Tuesday to the next Monday, from a Saturday to the next Thursday.
            ("2026-03-03T15:00:00Z", "4 business days", "America/New_York", "2026-03-09T14:00:00Z"),
            ("2026-03-07T15:00:00Z", "4 business days", "America/New_York", "2026-03-12T14:00:00Z"),
            // The clocks change on the Sunday in between, at the very hour.
            ("2026-03-06T07:30:00Z", "1 business day", "America/New_York", "2026-03-09T06:30:00Z"),
            // A Friday evening in New York is a Saturday in UTC.
            ("2026-03-07T03:00:00Z", "1 business day", "America/New_York", "2026-03-10T02:00:00Z"),
            ("2026-03-07T03:00:00Z", "1 business day", "Etc/UTC", "2026-03-09T03:00:00Z"),
        ] {
            assert_eq!(end(start, period, zone), expected, "{start} + {period} in {zone}");
        }
    }

    #[test]
    fn periods_print_as_they_are_written() {
        for text in ["72h", "30d", "1 month", "2 months", "1 business day", "4 business days"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["", "month", "0 months", "-1 months", "1 week", "99999 months", "4  business days"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
        let far: Timestamp = "9999-12-01T00:00:00Z".parse().unwrap();
        assert_eq!(Period::Months(2).end(far, &TimeZone::UTC), None);
    }
}
