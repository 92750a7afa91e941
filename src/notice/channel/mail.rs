//! Mail: text and HTML that say the same, one thread for each case. Encryption and signing of its content (S/MIME, PGP) are left to
//! the server that takes it.

use super::{Channel, Settings, WrongSetting};
use crate::net::smtp::{self, Encryption, Mail, Server};
use crate::notice::ledger::Parcel;
use crate::report::marking_words;
use crate::values::Sha256;
use jiff::Timestamp;
use std::time::Duration;

/// How long one answer of the server may take, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many digits of the digest of a case name its thread.
const THREAD: usize = 32;

pub struct MailChannel {
    server: Server,
    from: String,
    to: Vec<String>,
}

impl MailChannel {
    /// `server`, `from`, `to`, and where the server asks for them `user` and `password`, the name of the variable that holds it.
    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let from = settings.demand("from")?;
        let to: Vec<String> = settings.repository.configs(&settings.name("to"));
        settings.demand("to")?;
        for (key, address) in std::iter::once(("from", &from)).chain(to.iter().map(|to| ("to", to))) {
            if !smtp::is_address(address) {
                return Err(settings.wrong(key, format!("is `{address}`, which is no mail address")));
            }
        }
        Ok(Self { server: server(settings)?, from, to })
    }
}

fn server(settings: &Settings<'_>) -> Result<Server, WrongSetting> {
    let address = settings.demand("server")?;
    let wrong = || {
        let what = "; write `smtps://HOST` (TLS), `smtp://HOST` (STARTTLS), or `smtp+plain://localhost`";
        settings.wrong("server", format!("is `{address}`{what}"))
    };
    let (scheme, place) = address.split_once("://").ok_or_else(wrong)?;
    let (encryption, usual) = match scheme {
        "smtps" => (Encryption::Tls, 465),
        "smtp" => (Encryption::StartTls, 587),
        "smtp+plain" => (Encryption::None, 25),
        _ => return Err(wrong()),
    };
    let (host, port) = match place.trim_end_matches('/').rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
        None => (place.trim_end_matches('/'), usual),
    };
    if host.is_empty() || host.contains(['@', '/']) {
        return Err(wrong());
    }
    if encryption == Encryption::None && !matches!(host, "localhost" | "127.0.0.1") {
        return Err(
            settings.wrong("server", format!("is `{address}`: without encryption mail goes to this machine only"))
        );
    }
    let credentials = match settings.get("user") {
        Some(user) => {
            settings.demand("password")?;
            settings.secret("password")?.map(|password| (user, password))
        }
        None => None,
    };
    Ok(Server {
        host: host.to_owned(),
        port,
        encryption,
        credentials,
        trusted: settings.trusted()?,
        patience: settings.timeout(PATIENCE)?,
    })
}

impl Channel for MailChannel {
    fn place(&self) -> String {
        format!("{} by {}", self.to.join(", "), self.server.host)
    }

    fn deliver(&self, parcel: &Parcel, _: Timestamp) -> Result<String, String> {
        let notice = &parcel.notice;
        let domain = self.from.rsplit('@').next().unwrap_or_default().trim_end_matches('>');
        let thread: String = Sha256::of(parcel.case.as_bytes()).to_string().chars().take(THREAD).collect();
        let key = notice.key.to_string();
        let subject = format!("[{}] [{}] {}", marking_words(notice.marking), parcel.case, notice.message.subject);
        let mail = Mail {
            from: &self.from,
            to: &self.to,
            subject: &subject,
            id: &format!("<{key}@{domain}>"),
            thread: &format!("<case-{thread}@{domain}>"),
            date: u64::try_from(parcel.planned.as_second()).unwrap_or_default(),
            // RFC 3834: no vacation note answers it.
            headers: &[("Auto-Submitted", "auto-generated".to_owned()), ("X-Casebook-Key", key.clone())],
            text: &notice.text(),
            html: &notice.html(),
            boundary: &key,
        };
        smtp::send(&self.server, &mail).map_err(|error| error.to_string())
    }
}
