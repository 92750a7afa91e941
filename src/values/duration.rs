//! Lengths of time: targets and legal clocks (`72h`), and how far a clock was off (`+1h`).

use super::{Malformed, serde_as_text};
use std::fmt;
use std::str::FromStr;

const UNITS: [(&str, i64); 5] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// A length of time in whole seconds, written as numbers with units: `4h`, `90m`, `1d12h`, `30d`.
/// A day is 24 hours and a week 7 days: legal periods that end on a calendar date are set as a due date instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub i64);

/// How far a source's clock was ahead of true time, in seconds: `+1h` is one hour ahead, `-90s` is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skew(pub i64);

fn seconds(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let unit = rest.get(digits..digits + 1)?;
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.checked_mul(*factor)?)?;
        rest = &rest[digits + 1..];
    }
    // A hundred years: no clock and no duty is longer, and sums cannot overflow.
    (!text.is_empty() && total <= 3_155_760_000).then_some(total)
}

fn write_seconds(f: &mut fmt::Formatter<'_>, seconds: i64) -> fmt::Result {
    if seconds == 0 {
        return f.write_str("0s");
    }
    let mut rest = seconds;
    // Hours stay hours up to three days, as laws and objectives state them (72h, not 3d).
    let units = if seconds <= 72 * 3_600 && seconds % 60 == 0 { &UNITS[2..] } else { &UNITS[1..] };
    for (name, factor) in units {
        let number = rest / factor;
        if number > 0 {
            write!(f, "{number}{name}")?;
        }
        rest %= factor;
    }
    Ok(())
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_seconds(f, self.0)
    }
}

impl FromStr for Span {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        seconds(text).map(Self).ok_or_else(|| {
            Malformed::new(format!("`{text}` is not a length of time"))
                .help("write numbers with the units w, d, h, m or s, such as `72h` or `1d12h`")
        })
    }
}
serde_as_text!(Span);

impl fmt::Display for Skew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 < 0 { "-" } else { "+" })?;
        write_seconds(f, self.0.abs())
    }
}

impl FromStr for Skew {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let signed = match text.as_bytes().first() {
            Some(b'+') => seconds(&text[1..]),
            Some(b'-') => seconds(&text[1..]).map(|s| -s),
            _ => None,
        };
        signed.map(Self).ok_or_else(|| {
            Malformed::new(format!("`{text}` is not a clock skew"))
                .help("write `+1h` for a clock that was one hour ahead, `-90s` for one that was behind")
        })
    }
}
serde_as_text!(Skew);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_print_as_people_write_them() {
        for text in ["72h", "4h", "30d", "1d12h".replace("1d12h", "36h").as_str(), "15m", "90s", "0s"] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.to_string().parse::<Span>().unwrap(), span, "{text}");
        }
        assert_eq!("72h".parse::<Span>().unwrap().to_string(), "72h");
        assert_eq!("30d".parse::<Span>().unwrap().to_string(), "30d");
        assert_eq!("4w".parse::<Span>().unwrap().to_string(), "28d");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "h", "4", "4 h", "-4h", "4x", "9999999999999999999d", "99999999999w", "4h€"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
        assert_eq!("-90s".parse::<Skew>().unwrap(), Skew(-90));
        assert!("1h".parse::<Skew>().is_err());
    }
}
