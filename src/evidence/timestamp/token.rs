//! Tokens of RFC 3161: asked of an authority, and verified. The cryptography is OpenSSL's, the program that a court's
//! expert would use.

use crate::disk::scratch::Scratch;
use crate::exec::{self, Output};
use crate::net::http::{self, Bounds, HttpError};
use crate::values::Moment;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Names of the files that OpenSSL works on, in a folder of their own.
const STATEMENT: &str = "statement.txt";
const QUERY: &str = "query.tsq";
const TOKEN: &str = "token.tsr";

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// When the authority saw the statement.
    pub at: Moment,
    /// What the token calls the authority, where it does.
    pub authority: Option<String>,
    /// Whether the authority's certificate has expired since: it was valid then.
    pub has_expired: bool,
}

/// Why a token proves nothing, or could not be asked for.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("`openssl` cannot be run: {0}")]
    NoOpenssl(io::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    NoAnswer(#[from] HttpError),
    #[error("the authority answers {0}")]
    Status(String),
    #[error("the authority refuses: {0}")]
    Refused(String),
    #[error("the token is no time stamp that can be read")]
    Unreadable,
    #[error("the token is for other bytes than those of the statement")]
    OtherBytes,
    #[error("the token is for another question: its nonce is not the one that was sent")]
    OtherQuestion,
    #[error("the token was altered, or is a forgery: its signature does not fit")]
    Forged,
    #[error("the certificates do not vouch for the token's authority: {0}")]
    UnknownAuthority(String),
    #[error("the certificates cannot be read: {0}")]
    Certificates(String),
    #[error("openssl says: {0}")]
    Other(String),
}

/// Asks an authority for a token over a statement, and verifies it by certificates that are trusted before anybody keeps
/// it. `patience` is how long the authority may take to answer.
pub fn ask(
    statement: &[u8],
    authority: &str,
    certificates: &Path,
    patience: Duration,
) -> Result<(Vec<u8>, Vouched), TokenError> {
    let scratch = Scratch::new()?;
    scratch.write(STATEMENT, statement)?;
    // OpenSSL adds a nonce, so that no answer can be an old one.
    let asked = openssl(&scratch, &["-query", "-data", STATEMENT, "-sha256", "-cert", "-out", QUERY], &[])?;
    if !asked.status.success() {
        return Err(TokenError::Other(last_line(&asked.stderr)));
    }
    let bounds = Bounds { patience, limit: super::MAX_TOKEN_BYTES };
    let answer = http::post(authority, "application/timestamp-query", &scratch.read(QUERY)?, bounds)?;
    if answer.status != 200 {
        return Err(TokenError::Status(format!("with the HTTP status {}", answer.status)));
    }
    if !answer.content_type.as_deref().is_some_and(|kind| kind.starts_with("application/timestamp-reply")) {
        let kind = answer.content_type.unwrap_or_else(|| "nothing that has a type".to_owned());
        return Err(TokenError::Status(format!("with {kind}, not with a time stamp")));
    }
    scratch.write(TOKEN, &answer.body)?;
    let vouched = judge(&scratch, &["-queryfile", QUERY], certificates)?;
    Ok((answer.body, vouched))
}

/// Verifies a token over a statement by certificates that are trusted.
pub fn verify(statement: &[u8], token: &[u8], certificates: &Path) -> Result<Vouched, TokenError> {
    let scratch = Scratch::new()?;
    scratch.write(STATEMENT, statement)?;
    scratch.write(TOKEN, token)?;
    judge(&scratch, &["-data", STATEMENT], certificates)
}

/// Verifies the token of a folder against a statement or a query. Where the authority's certificate has expired since, it
/// is judged as of the time that the token names.
fn judge(scratch: &Scratch, against: &[&str], certificates: &Path) -> Result<Vouched, TokenError> {
    let said = openssl(scratch, &["-reply", "-in", TOKEN, "-token_out", "-text"], &[])?;
    if !said.status.success() {
        return Err(why_no_token(scratch)?);
    }
    // This is the token's own text, without the words of the answer around it, so its first such line is the time.
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let at = field(&said, "Time stamp").and_then(time).ok_or(TokenError::Unreadable)?;
    let authority = field(&said, "TSA").filter(|name| *name != "unspecified").map(str::to_owned);
    let arguments = [&["-verify", "-in", TOKEN], against].concat();
    let trusted = [OsStr::new("-CAfile"), certificates.as_os_str()];
    let now = openssl(scratch, &arguments, &trusted)?;
    if now.status.success() {
        return Ok(Vouched { at: Moment::utc(at), authority, has_expired: false });
    }
    if now.stderr.contains("certificate has expired") {
        let then = at.as_second().to_string();
        let then = openssl(scratch, &[&arguments[..], &["-attime", &then]].concat(), &trusted)?;
        if then.status.success() {
            return Ok(Vouched { at: Moment::utc(at), authority, has_expired: true });
        }
    }
    Err(why_not_verified(&now.stderr))
}

/// What an answer without a token says instead.
fn why_no_token(scratch: &Scratch) -> Result<TokenError, TokenError> {
    let said = openssl(scratch, &["-reply", "-in", TOKEN, "-text"], &[])?;
    if !said.status.success() {
        return Ok(TokenError::Unreadable);
    }
    let said = String::from_utf8_lossy(&said.stdout);
    let fields = ["Status", "Status description", "Failure info"].map(|name| field(&said, name).unwrap_or_default());
    let words: Vec<&str> = fields.into_iter().filter(|words| !matches!(*words, "" | "unspecified")).collect();
    Ok(TokenError::Refused(words.join(" ")))
}

/// Tells the ways apart in which a verification fails, by the errors that OpenSSL prints.
fn why_not_verified(stderr: &str) -> TokenError {
    let has = |words: &str| stderr.contains(words);
    if has("imprint mismatch") {
        TokenError::OtherBytes
    } else if has("nonce mismatch") || has("nonce not returned") {
        TokenError::OtherQuestion
    } else if has("certificate verify error") {
        let why = stderr.split("Verify error:").nth(1).and_then(|rest| rest.lines().next());
        TokenError::UnknownAuthority(why.unwrap_or("openssl does not say why").trim().to_owned())
    } else if has("Error loading") || has("no certificate or crl found") {
        TokenError::Certificates(last_line(stderr))
    } else if has("signature failure") || has("digest failure") || has("ess signing certificate") {
        TokenError::Forged
    } else {
        TokenError::Other(last_line(stderr))
    }
}

/// Runs `openssl ts` in the folder of the files.
fn openssl(scratch: &Scratch, arguments: &[&str], more: &[&OsStr]) -> Result<Output, TokenError> {
    let mut all: Vec<&OsStr> = vec![OsStr::new("ts")];
    all.extend(arguments.iter().map(OsStr::new));
    all.extend(more);
    exec::run(OsStr::new("openssl"), &all, scratch.path(), &[]).map_err(TokenError::NoOpenssl)
}

/// The value of the first line `NAME: VALUE`.
fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim)
}

/// A time as OpenSSL prints it: `Nov 24 14:42:11 2026 GMT`, with a fraction where the token has one.
fn time(text: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%b %d %H:%M:%S%.f %Y GMT", text).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

fn last_line(stderr: &str) -> String {
    let line = stderr.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing");
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{field, time};

    #[test]
    fn times_are_read_as_openssl_prints_them() {
        for (text, at) in [
            ("Nov 24 14:42:11 2026 GMT", "2026-11-24T14:42:11Z"),
            ("Mar  5 04:02:01 2026 GMT", "2026-03-05T04:02:01Z"),
            ("Mar  5 04:02:01.25 2026 GMT", "2026-03-05T04:02:01.25Z"),
        ] {
            assert_eq!(time(text).unwrap().to_string(), at);
        }
        assert_eq!(time("yesterday"), None);
    }

    #[test]
    fn the_first_line_of_a_name_counts() {
        let text = "Serial number: 0x02\nTime stamp: a\nTSA: DirName:/CN=x\nTime stamp: b\n";
        assert_eq!(field(text, "Time stamp"), Some("a"));
        assert_eq!(field(text, "Nonce"), None);
    }
}
