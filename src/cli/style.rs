//! How words of the vocabularies look on a terminal: what is bad is red, what is done is green.

use anstyle::{AnsiColor, Style};

pub const PLAIN: Style = Style::new();
pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const GOOD: Style = AnsiColor::Green.on_default();
pub const WARN: Style = AnsiColor::Yellow.on_default();
pub const BAD: Style = AnsiColor::Red.on_default();
pub const WORST: Style = AnsiColor::BrightRed.on_default().bold();
pub const NAME: Style = AnsiColor::Cyan.on_default();

/// The style of a severity, status, verdict, compromise, priority or marking.
pub fn of_word(word: &str) -> Style {
    match word {
        "critical" | "urgent" | "red" => WORST,
        "high" | "malicious" | "compromised" | "overdue" | "perhaps overdue" | "missed" | "fulfilled late" => BAD,
        "medium"
        | "suspicious"
        | "suspected"
        | "proposed"
        | "in-progress"
        | "fulfilled, perhaps late"
        | "fulfilled, time not recorded"
        | "fulfilled, clock not started"
        | "amber"
        | "amber+strict" => WARN,
        "confirmed" | "done" | "fulfilled in time" | "taken" | "cleared" | "benign" | "met" | "green" | "closed"
        | "recovered" => GOOD,
        "withdrawn" | "superseded" | "declined" | "refuted" => DIM,
        _ => PLAIN,
    }
}
