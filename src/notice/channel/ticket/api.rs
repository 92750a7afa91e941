//! Asking an interface of JSON over HTTP: what is said of it names the system, and never a secret.

use crate::net::http::{self, Bounds, Call, Method};
use crate::notice::channel::{Settings, WrongSetting};
use crate::values::wording::shortened;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use std::time::Duration;

/// How long an exchange may take, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of an answer is read, in bytes, and shown where it is a refusal, in characters.
const LIMIT: u64 = 16 << 20;
const SHOWN: usize = 300;

/// The most pages of a list that are read.
pub const PAGES: usize = 100;

pub struct Api {
    /// What people call the system.
    system: &'static str,
    /// Without a slash at the end.
    pub base: String,
    secret: String,
    headers: Vec<(&'static str, String)>,
    /// What is never shown.
    hidden: Vec<String>,
    trusted: Option<Vec<u8>>,
    patience: Duration,
}

impl Api {
    /// The interface at `url`; `secret` names the variable that holds what it asks for.
    pub fn of(system: &'static str, settings: &Settings<'_>, otherwise: Option<&str>) -> Result<Self, WrongSetting> {
        let base = match (settings.get("url"), otherwise) {
            (Some(url), _) => url,
            (None, Some(otherwise)) => otherwise.to_owned(),
            (None, None) => settings.demand("url")?,
        };
        if !crate::notice::channel::is_safe(&base) {
            return Err(
                settings.wrong("url", "is no `https://` address; without TLS a secret goes to this machine only")
            );
        }
        settings.demand("secret")?;
        let secret = settings.secret("secret")?.unwrap_or_default();
        Ok(Self {
            system,
            base: base.trim_end_matches('/').to_owned(),
            hidden: vec![secret.clone()],
            secret,
            headers: vec![("accept", "application/json".to_owned())],
            trusted: settings.trusted()?,
            patience: settings.timeout(PATIENCE)?,
        })
    }

    /// With a header that is made of the secret.
    pub fn signed(mut self, name: &'static str, value: impl Fn(&str) -> String) -> Self {
        let value = value(&self.secret);
        self.hidden.extend(value.split(' ').next_back().map(str::to_owned));
        self.headers.push((name, value));
        self
    }

    /// With a user and the secret as their password where `user` is set, or else with the secret as a token.
    pub fn authorized(self, settings: &Settings<'_>) -> Self {
        match settings.get("user") {
            Some(user) => {
                self.signed("authorization", |secret| format!("Basic {}", STANDARD.encode(format!("{user}:{secret}"))))
            }
            None => self.signed("authorization", |secret| format!("Bearer {secret}")),
        }
    }

    /// The system and its address, for people.
    pub fn place(&self) -> String {
        format!("{} {}", self.system, self.base)
    }

    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, String> {
        self.taken(Method::Get, path, query, &Value::Null)
    }

    pub fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, String> {
        self.taken(method, path, &[], body)
    }

    /// The same where the path may lead nowhere.
    pub fn find(&self, path: &str, query: &[(&str, &str)]) -> Result<Option<Value>, String> {
        const NOT_FOUND: u16 = 404;
        let answer = self.ask(Method::Get, path, query, &Value::Null)?;
        if answer.0 == NOT_FOUND { Ok(None) } else { self.read(path, answer).map(Some) }
    }

    /// The things of a list, page by page, until a page is empty or one is found.
    pub fn pages<T>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        found: &mut dyn FnMut(&Value) -> Option<T>,
    ) -> Result<Option<T>, String> {
        for page in 1..=PAGES {
            let page = page.to_string();
            let listed = self.get(path, &[query, &[("page", &page)]].concat())?;
            let things = listed.as_array().map_or(&[][..], Vec::as_slice);
            if let Some(found) = things.iter().find_map(&mut *found) {
                return Ok(Some(found));
            }
            if things.is_empty() {
                return Ok(None);
            }
        }
        Err(self.refused(path, &format!("with more than {PAGES} pages, and no more are read")))
    }

    fn taken(&self, method: Method, path: &str, query: &[(&str, &str)], body: &Value) -> Result<Value, String> {
        let answer = self.ask(method, path, query, body)?;
        self.read(path, answer)
    }

    fn read(&self, path: &str, (status, text): (u16, String)) -> Result<Value, String> {
        if !(200..300).contains(&status) {
            return Err(self.refused(path, &format!("{status} {}", shortened(text.trim(), SHOWN))));
        }
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|_| self.refused(path, "something that is no JSON"))
    }

    /// The status and the text of an answer, whatever it is.
    fn ask(&self, method: Method, path: &str, query: &[(&str, &str)], body: &Value) -> Result<(u16, String), String> {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let url = format!("{}{path}", self.base);
        let body = body.to_string();
        let trusted = self.trusted.as_deref();
        let call = Call { method, url: &url, query, headers: &headers, body: body.as_bytes(), trusted };
        let answer = http::call(&call, Bounds { patience: self.patience, limit: LIMIT });
        let answer = answer.map_err(|error| self.without_secret(&format!("{}: {error}", self.system)))?;
        Ok((answer.status, String::from_utf8_lossy(&answer.body).into_owned()))
    }

    /// Says what the system answered to a request.
    pub fn refused(&self, path: &str, answer: &str) -> String {
        self.without_secret(format!("{} answered {answer} ({}{path})", self.system, self.base).trim())
    }

    fn without_secret(&self, text: &str) -> String {
        let hidden = self.hidden.iter().filter(|hidden| !hidden.is_empty());
        hidden.fold(text.to_owned(), |text, hidden| text.replace(hidden, "…"))
    }
}

/// Whether a change has nothing in it.
pub fn is_nothing(change: &Value) -> bool {
    change.as_object().is_none_or(serde_json::Map::is_empty)
}

/// The day of a time, in UTC.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// A text of an answer; numbers are written out.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The texts of a field of each thing in a list.
pub fn texts(list: &Value, field: &str) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|one| text(&one[field])).collect()
}

#[cfg(test)]
mod tests {
    use crate::notice::channel::is_safe;

    #[test]
    fn a_secret_goes_without_tls_to_this_machine_only() {
        for url in ["https://rt.example", "http://localhost:80/x", "http://127.0.0.1", "http://[::1]:3000/"] {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "http://rt.example",
            "http://localhost.example/",
            "http://localhost:80@rt.example/",
            "ftp://localhost",
            "https://me:secret@rt.example",
        ] {
            assert!(!is_safe(url), "{url}");
        }
    }
}
