//! Times as tools write them: the text itself, what it says, how exactly, and who says in which zone. Nothing is guessed: a
//! text without a zone or a year has none until somebody names it.

use super::columns::ColumnMap;
use crate::values::time::Known;
use crate::values::{Moment, Precision, Zone};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{AmbiguousOffset, Offset};
use std::fmt;

/// A time that a row gives.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Instant {
    /// The text as the tool wrote it.
    pub raw: String,
    pub known: Known,
    pub zone: ZoneFrom,
}

impl Instant {
    /// The latest moment that it can have been.
    pub fn latest(&self) -> Timestamp {
        crate::values::When { known: self.known, skew: None, original: None }.latest()
    }

    /// Where it stands in a timeline.
    pub fn earliest(&self) -> Timestamp {
        crate::values::When { known: self.known, skew: None, original: None }.earliest()
    }
}

/// Who says in which zone a time is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ZoneFrom {
    /// It stands beside the time: an offset, or the name of a zone.
    Text,
    /// The format counts from a moment of UTC, or is defined to be in UTC.
    Format,
    /// Whoever imports it named this zone.
    Told(Zone),
}

impl fmt::Display for ZoneFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ZoneFrom::Text => f.write_str("as written"),
            ZoneFrom::Format => f.write_str("UTC by the format"),
            ZoneFrom::Told(zone) => write!(f, "{zone}, as you said"),
        }
    }
}

/// Why a text gives no instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
pub enum NoInstant {
    /// It says that there is no time: `-`, 0, or the first moment that the format can write.
    #[error("no time is given")]
    Absent,
    #[error("`{0}` is no time that this format writes")]
    Unreadable(String),
    #[error("`{0}` has no zone: name it with `--zone`")]
    NoZone(String),
    #[error("`{0}` has no year: name it with `--year`")]
    NoYear(String),
    #[error("`{name}` may be one of several zones: name the right one with `--zone`")]
    UnknownZone { name: String },
    #[error("`{raw}` never was in {zone}: the clocks were set forward then")]
    Skipped { raw: String, zone: String },
}

/// What whoever imports says of times that do not say it themselves.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub zone: Option<Zone>,
    pub year: Option<i16>,
    /// What the columns of a table are that no format knows.
    pub columns: Option<ColumnMap>,
}

/// How a format writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'f> {
    /// A date and time of ISO 8601 with `T` or a blank, with or without an offset, or a date alone. Without an offset its zone
    /// must be told.
    Iso,
    /// The same, where the format says that what has no offset is UTC.
    IsoUtc,
    /// Seconds since 1970, with or without a fraction.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// Microseconds since 1970.
    Microseconds,
    /// Seconds, milliseconds or microseconds since 1970, by the number of digits, where a format is defined that way.
    BySize,
    /// Intervals of 100 ns since 1601: a FILETIME of Windows.
    Filetime,
    /// `Mar  1 10:15:00`, as RFC 3164 has it: without year and zone.
    Syslog,
    /// `10/Oct/2000:13:55:36 -0700`, as the common log format has it.
    CommonLog,
    /// A pattern of `strptime` for a date and time, with an offset or without.
    Pattern(&'f str),
}

/// Dates that stand for "no time": the first that a format can write.
const NEVER: [Date; 4] = [
    jiff::civil::date(1601, 1, 1),
    jiff::civil::date(1970, 1, 1),
    jiff::civil::date(1980, 1, 1),
    jiff::civil::date(1, 1, 1),
];

/// Texts that stand for "no time".
const NOTHING: [&str; 9] = ["", "-", "--", "0", "n/a", "none", "null", "never", "not set"];

/// Reads a time that is written in a form.
pub fn read(raw: &str, form: Form<'_>, told: &Told) -> Result<Instant, NoInstant> {
    let text = raw.trim();
    if NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
        || text.starts_with("0000-00-00")
        || text.starts_with("00/00/0000")
    {
        return Err(NoInstant::Absent);
    }
    match form {
        Form::Iso => iso(text, told),
        Form::IsoUtc => match iso(text, &Told::default()) {
            Err(NoInstant::NoZone(_)) => {
                iso(text, &utc(told)).map(|instant| Instant { zone: ZoneFrom::Format, ..instant })
            }
            read => read,
        },
        Form::Seconds => counted(text, 1_000_000_000, 0),
        Form::Milliseconds => counted(text, 1_000_000, 0),
        Form::Microseconds => counted(text, 1_000, 0),
        Form::BySize => match text.trim_start_matches('-').split('.').next().map_or(0, str::len) {
            9 | 10 => counted(text, 1_000_000_000, 0),
            12 | 13 => counted(text, 1_000_000, 0),
            15 | 16 => counted(text, 1_000, 0),
            _ => Err(NoInstant::Unreadable(text.to_owned())),
        },
        Form::Filetime => counted(text, 100, SECONDS_FROM_1601),
        Form::Syslog => syslog(text, told),
        Form::CommonLog => common_log(text),
        Form::Pattern(pattern) => {
            let parts = parsed(pattern, text)?;
            if parts.offset().is_some() {
                return with_offset(text, &parts);
            }
            let at = parts.to_datetime().map_err(|_| NoInstant::Unreadable(text.to_owned()))?;
            civil(text, at, None, told)
        }
    }
}

/// Reads a time that stands apart from the name of its zone.
pub fn read_in(raw: &str, form: Form<'_>, zone: &str, told: &Told) -> Result<Instant, NoInstant> {
    let name = zone.trim();
    if NOTHING.iter().any(|nothing| name.eq_ignore_ascii_case(nothing)) {
        return read(raw, form, told);
    }
    let Some(zone) = zone_named(name) else {
        // Whoever imports says which of several zones a short name means.
        let told = told.zone.is_some().then(|| read(raw, form, told));
        return told.unwrap_or_else(|| Err(NoInstant::UnknownZone { name: name.to_owned() }));
    };
    let instant = read(raw, form, &Told { zone: Some(zone), year: told.year, columns: None })?;
    let is_told = matches!(instant.zone, ZoneFrom::Told(_));
    Ok(if is_told { Instant { zone: ZoneFrom::Text, ..instant } } else { instant })
}

/// The zone of a name, where it is one of the IANA database. Short names such as `PST` are not in it: several zones have them.
fn zone_named(name: &str) -> Option<Zone> {
    match name {
        "Z" | "z" | "utc" | "Zulu" => "UTC".parse().ok(),
        name => name.parse().ok(),
    }
}

fn utc(told: &Told) -> Told {
    Told { zone: "UTC".parse().ok(), year: told.year, columns: None }
}

/// From 1601 to 1970.
const SECONDS_FROM_1601: i64 = 11_644_473_600;

/// A number of units of so many nanoseconds since so many seconds before 1970. Digits are never read as binary fractions.
fn counted(text: &str, nanoseconds: i128, before: i64) -> Result<Instant, NoInstant> {
    let unreadable = || NoInstant::Unreadable(text.to_owned());
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || !all_digits(whole) || !all_digits(fraction) {
        return Err(unreadable());
    }
    let units: i128 = whole.parse().map_err(|_| unreadable())?;
    let padded = format!("{:0<9}", fraction.get(..9.min(fraction.len())).unwrap_or_default());
    let part: i128 = padded.parse().map_err(|_| unreadable())?;
    let total = sign * (units * nanoseconds + part * nanoseconds / 1_000_000_000);
    if total == 0 {
        return Err(NoInstant::Absent);
    }
    let at = Timestamp::from_nanosecond(total - i128::from(before) * 1_000_000_000).map_err(|_| unreadable())?;
    let known = Known::At(Moment::utc(at));
    Ok(Instant { raw: text.to_owned(), known, zone: ZoneFrom::Format })
}

/// What follows a date and time of ISO 8601.
fn iso(text: &str, told: &Told) -> Result<Instant, NoInstant> {
    let unreadable = || NoInstant::Unreadable(text.to_owned());
    let (date, rest) = text.split_at_checked(10).ok_or_else(unreadable)?;
    let date = calendar_date(date).ok_or_else(unreadable)?;
    let Some(rest) = rest.strip_prefix(['T', 't', ' ']) else {
        return if rest.is_empty() {
            civil(text, date.to_datetime(Default::default()), Some(Precision::Day), told)
        } else {
            Err(unreadable())
        };
    };
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let (time, precision) = time_of_day(clock).ok_or_else(unreadable)?;
    let at = date.to_datetime(time);
    match offset(zone.trim()).ok_or_else(unreadable)? {
        Some(_) if is_never(at) => Err(NoInstant::Absent),
        Some(offset) => {
            let at = offset.to_timestamp(at).map_err(|_| unreadable())?;
            Ok(Instant { raw: text.to_owned(), known: known(Moment::of(at, offset), precision), zone: ZoneFrom::Text })
        }
        None => civil(text, at, precision, told),
    }
}

/// `2026-03-01` or `2026/03/01`.
fn calendar_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != bytes[7] || !matches!(bytes[4], b'-' | b'/') {
        return None;
    }
    let year = i16::from(two(&bytes[..2])?) * 100 + i16::from(two(&bytes[2..4])?);
    Date::new(year, two(&bytes[5..7])?, two(&bytes[8..])?).ok()
}

/// Two digits.
fn two(bytes: &[u8]) -> Option<i8> {
    match bytes {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some(((tens - b'0') * 10 + (ones - b'0')) as i8),
        _ => None,
    }
}

/// A time of day, with how exactly it is given: `10`, `10:15`, `10:15:30`, `10:15:30.5`.
fn time_of_day(text: &str) -> Option<(jiff::civil::Time, Option<Precision>)> {
    let (whole, fraction) = text.split_once(['.', ',']).map_or((text, None), |(whole, part)| (whole, Some(part)));
    let mut parts = whole.split(':').map(|part| two(part.as_bytes()));
    let hour = parts.next()??;
    let (minute, second) = (parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    let (minute, second, precision) = match (minute, second) {
        (None, _) => (0, 0, Some(Precision::Hour)),
        (Some(minute), None) => (minute?, 0, Some(Precision::Minute)),
        (Some(minute), Some(second)) => (minute?, second?, None),
    };
    if precision.is_some() && fraction.is_some() {
        return None;
    }
    let nanosecond = fraction.map_or(Some(0), nanoseconds)?;
    // A leap second is shown as the one before it.
    let second = if second == 60 { 59 } else { second };
    let time = jiff::civil::Time::new(hour, minute, second, nanosecond).ok()?;
    Some((time, precision))
}

/// The digits of a fraction of a second; those beyond the ninth are not kept.
fn nanoseconds(digits: &str) -> Option<i32> {
    let mut found = 0;
    let mut unit = 100_000_000;
    for byte in digits.bytes() {
        found += i32::from(byte.is_ascii_digit().then(|| byte - b'0')?) * unit;
        unit /= 10;
    }
    Some(found)
}

/// Seconds that a clock may be from UTC: fifteen hours, one more than any zone is.
const MAX_OFFSET: i32 = 15 * 3_600;

/// An offset, none where there is no text for one, and nothing where the text is none.
fn offset(text: &str) -> Option<Option<Offset>> {
    match text {
        "" => return Some(None),
        "Z" | "z" | "UTC" | "GMT" => return Some(Some(Offset::UTC)),
        _ => {}
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(digits.len(), 2 | 4) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits.get(2..4).map_or(Some(0), |minutes| minutes.parse().ok())?;
    let seconds = hours * 3_600 + minutes * 60;
    (minutes < 60 && seconds <= MAX_OFFSET).then(|| Offset::from_seconds(sign * seconds).ok().map(Some))?
}

fn known(moment: Moment, precision: Option<Precision>) -> Known {
    match precision {
        None => Known::At(moment),
        Some(precision) => Known::Within(moment, precision),
    }
}

fn is_never(at: DateTime) -> bool {
    NEVER.contains(&at.date()) && at.time() == Default::default()
}

/// A date and time in the zone that was told. What the clocks showed twice is a range.
fn civil(text: &str, at: DateTime, precision: Option<Precision>, told: &Told) -> Result<Instant, NoInstant> {
    if is_never(at) {
        return Err(NoInstant::Absent);
    }
    let zone = told.zone.clone().ok_or_else(|| NoInstant::NoZone(text.to_owned()))?;
    let moment = |offset: Offset| -> Result<Moment, NoInstant> {
        let at = offset.to_timestamp(at).map_err(|_| NoInstant::Unreadable(text.to_owned()))?;
        Ok(Moment::of(at, offset))
    };
    let known = match zone.time_zone().to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { offset } => known(moment(offset)?, precision),
        AmbiguousOffset::Fold { before, after } => Known::Between(moment(before)?, moment(after)?),
        AmbiguousOffset::Gap { .. } => {
            return Err(NoInstant::Skipped { raw: text.to_owned(), zone: zone.to_string() });
        }
    };
    Ok(Instant { raw: text.to_owned(), known, zone: ZoneFrom::Told(zone) })
}

fn parsed(pattern: &str, text: &str) -> Result<BrokenDownTime, NoInstant> {
    BrokenDownTime::parse(pattern, text).map_err(|_| NoInstant::Unreadable(text.to_owned()))
}

fn syslog(text: &str, told: &Told) -> Result<Instant, NoInstant> {
    // A leap day is none in a year that is only a stand-in: 2000 is one.
    let year = told.year.unwrap_or(2000);
    let parts =
        parsed("%Y %b %d %H:%M:%S", &format!("{year} {}", text.split_whitespace().collect::<Vec<_>>().join(" ")))
            .map_err(|_| NoInstant::Unreadable(text.to_owned()))?;
    let at = parts.to_datetime().map_err(|_| NoInstant::Unreadable(text.to_owned()))?;
    if told.year.is_none() {
        return Err(NoInstant::NoYear(text.to_owned()));
    }
    civil(text, at, None, told)
}

fn common_log(text: &str) -> Result<Instant, NoInstant> {
    with_offset(text, &parsed("%d/%b/%Y:%H:%M:%S %z", text)?)
}

fn with_offset(text: &str, parts: &BrokenDownTime) -> Result<Instant, NoInstant> {
    let unreadable = || NoInstant::Unreadable(text.to_owned());
    let at = parts.to_timestamp().map_err(|_| unreadable())?;
    let offset = parts.offset().unwrap_or(Offset::UTC);
    if offset.seconds().abs() > MAX_OFFSET {
        return Err(unreadable());
    }
    Ok(Instant { raw: text.to_owned(), known: Known::At(Moment::of(at, offset)), zone: ZoneFrom::Text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(zone: &str, year: i16) -> Told {
        Told { zone: zone.parse().ok(), year: Some(year), columns: None }
    }

    /// What it comes to, in UTC; or why it does not.
    fn said(raw: &str, form: Form<'_>, told: &Told) -> String {
        match read(raw, form, told) {
            Ok(instant) => crate::values::When { known: instant.known, skew: None, original: None }.to_string(),
            Err(why) => why.to_string(),
        }
    }

    #[test]
    fn what_a_text_says_is_read() {
        let berlin = told("Europe/Berlin", 2026);
        for (raw, form, wanted) in [
            ("2020-09-19T03:21:48.891087+00:00", Form::Iso, "2020-09-19 03:21:48.891087 UTC"),
            ("2020-09-19 03:21:48.8910871 +01:00", Form::Iso, "2020-09-19 02:21:48.8910871 UTC"),
            ("2020-09-19T03:21:48Z", Form::IsoUtc, "2020-09-19 03:21:48 UTC"),
            ("2020-09-19 03:21:48,5", Form::IsoUtc, "2020-09-19 03:21:48.5 UTC"),
            ("2026-03-01 10:15", Form::Iso, "2026-03-01 09:15 UTC (to the minute)"),
            ("2026-03-01T10-0500", Form::Iso, "2026-03-01 15h UTC (to the hour)"),
            ("2026-03-01T10:15:60Z", Form::Iso, "2026-03-01 10:15:59 UTC"),
            ("-86400000", Form::BySize, "`-86400000` is no time that this format writes"),
            ("-1342824553", Form::BySize, "1927-06-14 01:10:47 UTC"),
            ("1342824553", Form::Seconds, "2012-07-20 22:49:13 UTC"),
            ("1521911720.600843", Form::Seconds, "2018-03-24 17:15:20.600843 UTC"),
            ("1600485708891", Form::Milliseconds, "2020-09-19 03:21:48.891 UTC"),
            ("1600485708891087", Form::Microseconds, "2020-09-19 03:21:48.891087 UTC"),
            ("1658689261123", Form::BySize, "2022-07-24 19:01:01.123 UTC"),
            ("132449593088910870", Form::Filetime, "2020-09-19 03:21:48.891087 UTC"),
            ("Mar  1 10:15:00", Form::Syslog, "2026-03-01 09:15:00 UTC"),
            ("10/Oct/2000:13:55:36 -0700", Form::CommonLog, "2000-10-10 20:55:36 UTC"),
            ("09/17/2020 15:52:05", Form::Pattern("%m/%d/%Y %H:%M:%S"), "2020-09-17 13:52:05 UTC"),
            // The clocks showed this hour twice.
            ("2026-10-25 02:30:00", Form::Iso, "2026-10-25 00:30:00 UTC to 2026-10-25 01:30:00 UTC"),
            (
                "2026-03-29 02:30:00",
                Form::Iso,
                "`2026-03-29 02:30:00` never was in Europe/Berlin: the clocks were set forward then",
            ),
        ] {
            assert_eq!(said(raw, form, &berlin), wanted, "{raw}");
        }
    }

    #[test]
    fn nothing_is_guessed() {
        let nothing = Told::default();
        for (raw, form, wanted) in [
            ("2026-03-01 10:15:00", Form::Iso, "has no zone"),
            ("2026-03-01", Form::Iso, "has no zone"),
            ("Feb 29 10:15:00", Form::Syslog, "has no year"),
            ("early morning", Form::Iso, "is no time"),
            ("yesterday", Form::Seconds, "is no time"),
            ("12:00", Form::Iso, "is no time"),
            ("2026-13-01T00:00:00Z", Form::Iso, "is no time"),
            ("2026-03-01T10:15:00 PST", Form::Iso, "is no time"),
            ("99999999999999999999", Form::Seconds, "is no time"),
            ("Mär 1 10:15:00", Form::Syslog, "is no time"),
            ("2026-03-01T10:15:61Z", Form::Iso, "is no time"),
            ("2026-03-01T10:15:99Z", Form::Iso, "is no time"),
            ("2026-03-01T10:15.5Z", Form::Iso, "is no time"),
            ("2026-03-01T10.5Z", Form::Iso, "is no time"),
            ("2026-03-01T10:15:00+01:60", Form::Iso, "is no time"),
            ("2026-03-01T10:15:00+15:01", Form::Iso, "is no time"),
            ("2026-03-01T10:15:00-23:00", Form::Iso, "is no time"),
            ("10/Oct/2000:13:55:36 -2300", Form::CommonLog, "is no time"),
        ] {
            let said = said(raw, form, &nothing);
            assert!(said.contains(wanted), "{raw}: {said}");
        }
        let pst = read_in("2026-03-01 10:15:00", Form::Iso, "PST", &nothing).unwrap_err();
        assert!(pst.to_string().contains("one of several zones"), "{pst}");
        let named = read_in("2026-03-01 10:15:00", Form::Iso, "EST5EDT", &nothing).unwrap();
        assert_eq!((named.earliest().to_string().as_str(), named.zone), ("2026-03-01T15:15:00Z", ZoneFrom::Text));
    }

    #[test]
    fn the_first_moments_of_calendars_are_no_times() {
        for (raw, form) in [
            ("-", Form::Iso),
            ("", Form::Seconds),
            ("0", Form::Seconds),
            ("0.000000", Form::Seconds),
            ("0", Form::Filetime),
            ("1601-01-01T00:00:00Z", Form::Iso),
            ("1970-01-01 00:00:00", Form::IsoUtc),
            ("0000-00-00T00:00:00Z", Form::Iso),
            ("00/00/0000", Form::Pattern("%m/%d/%Y")),
            ("Not set", Form::Iso),
        ] {
            assert_eq!(read(raw, form, &Told::default()), Err(NoInstant::Absent), "{raw}");
        }
    }

    #[test]
    fn who_says_the_zone_is_kept() {
        let berlin = told("Europe/Berlin", 2026);
        let from = |raw, form| read(raw, form, &berlin).unwrap().zone.to_string();
        assert_eq!(from("2026-03-01T10:15:00Z", Form::Iso), "as written");
        assert_eq!(from("2026-03-01T10:15:00", Form::IsoUtc), "UTC by the format");
        assert_eq!(from("2026-03-01T10:15:00", Form::Iso), "Europe/Berlin, as you said");
        assert_eq!(from("1342824553", Form::Seconds), "UTC by the format");
    }
}
