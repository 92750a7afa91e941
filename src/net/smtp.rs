//! Mail over SMTP: one message, one server, encrypted unless it is this machine.

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};
use std::time::{Duration, SystemTime};

/// A server that takes mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// The name and the password to show, where it asks for them.
    pub credentials: Option<(String, String)>,
    /// Certificates in PEM that are trusted in place of those that Mozilla trusts.
    pub trusted: Option<Vec<u8>>,
    /// How long one answer may take.
    pub patience: Duration,
}

/// How what is sent is protected on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte (RFC 8314).
    Tls,
    /// As soon as both agree on it, and not at all where they do not (RFC 3207).
    StartTls,
    /// Not at all: to a server on this machine only.
    None,
}

/// A mail, its texts in two forms that say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail<'m> {
    pub from: &'m str,
    pub to: &'m [String],
    pub subject: &'m str,
    /// The ids of this mail and of the thread that it belongs to, in angle brackets.
    pub id: &'m str,
    pub thread: &'m str,
    /// Seconds since 1970.
    pub date: u64,
    /// Further headers.
    pub headers: &'m [(&'static str, String)],
    pub text: &'m str,
    pub html: &'m str,
    /// What stands between its parts.
    pub boundary: &'m str,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    #[error("`{0}` is no mail address")]
    Address(String),
    #[error("the mail cannot be written: {0}")]
    Mail(String),
    #[error("the certificates cannot be read: {0}")]
    Certificates(String),
    #[error("{host} did not take it: {reason}")]
    Server { host: String, reason: String },
}

/// Whether a text is an address that mail can be sent from or to: `bob@example.org` or `Bob <bob@example.org>`.
pub fn is_address(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

/// Brings a mail to a server, and gives what it answered.
pub fn send(server: &Server, mail: &Mail<'_>) -> Result<String, SmtpError> {
    let message = message(mail)?;
    let transport = transport(server)?;
    let answer = transport
        .send(&message)
        .map_err(|error| SmtpError::Server { host: server.host.clone(), reason: in_words(&error) })?;
    Ok(format!("{} {}", answer.code(), answer.first_line().unwrap_or_default()))
}

fn message(mail: &Mail<'_>) -> Result<Message, SmtpError> {
    let mailbox = |text: &str| text.parse::<Mailbox>().map_err(|_| SmtpError::Address(text.to_owned()));
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(mail.date);
    let mut builder = Message::builder()
        .from(mailbox(mail.from)?)
        .subject(mail.subject)
        .date(date)
        .message_id(Some(mail.id.to_owned()))
        .in_reply_to(mail.thread.to_owned())
        .references(mail.thread.to_owned());
    for to in mail.to {
        builder = builder.to(mailbox(to)?);
    }
    for (name, value) in mail.headers {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.clone()));
    }
    let part = |kind, text: &str| SinglePart::builder().header(kind).body(text.to_owned());
    let parts = MultiPart::alternative()
        .boundary(mail.boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, mail.text))
        .singlepart(part(ContentType::TEXT_HTML, mail.html));
    builder.multipart(parts).map_err(|error| SmtpError::Mail(error.to_string()))
}

fn transport(server: &Server) -> Result<SmtpTransport, SmtpError> {
    let tls = || parameters(server).map_err(SmtpError::Certificates);
    let mut builder = SmtpTransport::builder_dangerous(&server.host)
        .port(server.port)
        .timeout(Some(server.patience))
        .tls(match server.encryption {
            Encryption::Tls => Tls::Wrapper(tls()?),
            Encryption::StartTls => Tls::Required(tls()?),
            Encryption::None => Tls::None,
        });
    if let Some((name, password)) = &server.credentials {
        builder = builder.credentials(Credentials::new(name.clone(), password.clone()));
    }
    Ok(builder.build())
}

fn parameters(server: &Server) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.trusted {
        let trusted = Certificate::from_pem(pem).map_err(|error| error.to_string())?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(trusted);
    }
    builder.build().map_err(|error| error.to_string())
}

/// What went wrong, with what caused it.
fn in_words(error: &lettre::transport::smtp::Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        let text = next.to_string();
        if !words.contains(&text) {
            words = format!("{words}: {text}");
        }
        cause = next.source();
    }
    words
}
