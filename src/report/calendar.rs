//! The legal clocks of a case as a calendar (iCalendar, RFC 5545): an event at the earliest end of each that started, with an
//! alarm before as long as it runs.

use super::clock;
use super::duty::{Clock, trigger};
use super::marking_words;
use crate::values::vocabulary::Marking;
use crate::values::{Period, Sha256};
use jiff::Timestamp;

/// What stands around the clocks.
pub struct About<'a> {
    /// The name or number of the case, and its title.
    pub case: &'a str,
    pub title: &'a str,
    pub marking: Marking,
    /// When it is written down.
    pub now: Timestamp,
}

/// Writes those clocks that started. The same clock has the same UID in every calendar, so that importing it again moves it; one that is
/// fulfilled or declined is cancelled, so that it goes out of the calendars that have it, and comes back if it runs again. The SEQUENCE
/// tells which calendar is the later one (RFC 5546, section 2.1.5): the minutes since 1970, which fit its 31 bits.
pub fn write(clocks: &[Clock<'_>], about: &About<'_>) -> String {
    let mut lines =
        vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned(), "PRODID:-//casebook//duties//EN".to_owned()];
    for clock in clocks {
        if let Some((end, _)) = clock.window {
            lines.extend(event(clock, end, about));
        }
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn event(clock: &Clock<'_>, end: Timestamp, about: &About<'_>) -> Vec<String> {
    let duty = clock.duty;
    let uid = Sha256::of(format!("casebook duty\n{}\n{}", about.case, duty.handle).as_bytes());
    let mut said = vec![format!("{} after {}", duty.within.words(clock::length), trigger(duty))];
    said.extend(duty.law.as_ref().map(ToString::to_string));
    said.extend(duty.to.as_ref().map(|to| format!("To: {to}")));
    said.extend(clock.window.filter(|(earliest, latest)| earliest != latest).map(|(_, latest)| {
        format!(
            "Nobody knows exactly when its clock started: it ends at {} UTC at the latest",
            clock::to_the_minute(latest)
        )
    }));
    said.push(format!("Case {}: {}", about.case, about.title));
    said.push(marking_words(about.marking).to_owned());
    let summary = format!("[{}] {}", about.case, duty.name);
    let class = if about.marking <= Marking::Green { "PUBLIC" } else { "CONFIDENTIAL" };
    let runs = clock.end().is_some();
    let mut lines = vec![
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{uid}@casebook.invalid"),
        format!("DTSTAMP:{}", utc(about.now)),
        format!("DTSTART:{}", utc(end)),
        format!("DTEND:{}", utc(end)),
        format!("SUMMARY:{}", text(&summary)),
        format!("DESCRIPTION:{}", text(&said.join("\n"))),
        format!("CLASS:{class}"),
        "TRANSP:TRANSPARENT".to_owned(),
        format!("STATUS:{}", if runs { "CONFIRMED" } else { "CANCELLED" }),
        format!("SEQUENCE:{}", about.now.as_second() / 60),
    ];
    if runs {
        lines.extend([
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            format!("DESCRIPTION:{}", text(&summary)),
            format!("TRIGGER:-PT{}M", alarm(clock)),
            "END:VALARM".to_owned(),
        ]);
    }
    lines.push("END:VEVENT".to_owned());
    lines
}

/// How many minutes before the end it is time: twelve hours, or half of a time that is shorter than a day.
fn alarm(clock: &Clock<'_>) -> i64 {
    const LONGEST: i64 = 12 * 60;
    match clock.duty.within {
        Period::Length(span) => (span.0 / 60 / 2).min(LONGEST),
        Period::Months(_) | Period::BusinessDays(_) => LONGEST,
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as RFC 5545, section 3.3.11, has it.
fn text(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\r', "").replace('\n', "\\n")
}

/// A line of at most 75 bytes, continued on the next (RFC 5545, section 3.1).
fn folded(line: &str) -> String {
    const MOST: usize = 75;
    let mut out = String::with_capacity(line.len() + 2);
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > MOST {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}
