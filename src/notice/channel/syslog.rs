//! A SIEM: one line of ArcSight Common Event Format (CEF, implementation standard 26) in a message of RFC 5424, over a connection that
//! is encrypted (RFC 5425) unless it stays on this machine.

use super::{Channel, Settings, WrongSetting};
use crate::net::stream::{self, Target};
use crate::notice::Notice;
use crate::notice::ledger::Parcel;
use crate::report::{VERSION, marking_words};
use crate::values::vocabulary::Occasion;
use jiff::Timestamp;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

pub struct Syslog {
    target: Target,
}

impl Syslog {
    /// `server`: `syslog+tls://HOST:6514`, or `syslog://localhost:514`; with encryption `ca`, who may have signed its certificate.
    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let address = settings.demand("server")?;
        let wrong = || {
            settings
                .wrong("server", format!("is `{address}`; write `syslog+tls://HOST:6514` or `syslog://localhost:514`"))
        };
        let (scheme, place) = address.split_once("://").ok_or_else(wrong)?;
        let (is_encrypted, usual) = match scheme {
            "syslog+tls" => (true, 6514),
            "syslog" => (false, 514),
            _ => return Err(wrong()),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
            None => (place, usual),
        };
        if host.is_empty() || host.contains(['/', '@']) {
            return Err(wrong());
        }
        if !is_encrypted && !matches!(host, "localhost" | "127.0.0.1") {
            let what = format!("is `{address}`: without encryption messages stay on this machine");
            return Err(settings.wrong("server", what));
        }
        let encrypted_by = match is_encrypted {
            true => {
                settings.demand("ca")?;
                settings.trusted()?
            }
            false => None,
        };
        let patience = settings.timeout(PATIENCE)?;
        Ok(Self { target: Target { host: host.to_owned(), port, encrypted_by, patience } })
    }
}

impl Channel for Syslog {
    fn place(&self) -> String {
        format!("{}:{}", self.target.host, self.target.port)
    }

    fn deliver(&self, parcel: &Parcel, _: Timestamp) -> Result<String, String> {
        let message = message(parcel);
        // Octet counting (RFC 6587, section 3.4.1), so that nothing in a message begins another.
        let framed = format!("{} {message}", message.len());
        stream::send(&self.target, framed.as_bytes()).map_err(|error| format!("{}: {error}", self.place()))?;
        Ok("read".to_owned())
    }
}

/// A message of RFC 5424, of the facility local0 and the severity notice.
fn message(parcel: &Parcel) -> String {
    const LOCAL0_NOTICE: u8 = 16 * 8 + 5;
    format!("<{LOCAL0_NOTICE}>1 {:.6} - casebook - - - {}", parcel.planned, cef(&parcel.notice, &parcel.case))
}

/// The notice as CEF. Whoever looks up `externalId` finds it in the ledger.
fn cef(notice: &Notice, case: &str) -> String {
    let message = &notice.message;
    let facts = message.facts.iter().map(|(name, value)| format!("{name}: {value}"));
    let text: Vec<String> = message.lead.iter().cloned().chain(facts).chain(message.text.iter().cloned()).collect();
    let key = notice.key.to_string();
    let marking = marking_words(notice.marking);
    let fields = [
        ("externalId", key.as_str()),
        ("cs1Label", "case"),
        ("cs1", case),
        ("cs2Label", "about"),
        ("cs2", &notice.about),
        ("cs3Label", "marking"),
        ("cs3", marking),
        ("cs4Label", "audience"),
        ("cs4", &notice.audience),
        ("msg", &text.join("\n")),
    ];
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", extension(value))).collect();
    let subject = header(&message.subject);
    format!("CEF:0|casebook|casebook|{VERSION}|{}|{subject}|{}|{}", notice.occasion, severity(notice), fields.join(" "))
}

/// How bad it is, from 0 to 10.
fn severity(notice: &Notice) -> u8 {
    match notice.occasion {
        Occasion::Overdue | Occasion::ObjectiveMissed => 8,
        Occasion::DueSoon | Occasion::Corrected => 6,
        Occasion::Reached | Occasion::Changed | Occasion::Milestone => 5,
    }
}

fn header(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn extension(text: &str) -> String {
    text.replace('\\', "\\\\").replace('=', "\\=").replace('\r', "").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::{extension, header};

    #[test]
    fn nothing_in_a_text_ends_a_field() {
        assert_eq!(header("a|b\\c\nd"), "a\\|b\\\\c d");
        assert_eq!(extension("a=b\\c\r\nd|e"), "a\\=b\\\\c\\nd|e");
    }
}
