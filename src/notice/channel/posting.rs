//! Posting JSON to an address that may be a secret: nothing that is said of it shows more than its host.

use super::{Settings, WrongSetting};
use crate::net::http::{self, Bounds};
use crate::values::wording::shortened;
use std::time::Duration;

/// How long an exchange may take, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much of the answer is read, in bytes, and kept, in characters.
const LIMIT: u64 = 64 << 10;
const KEPT: usize = 200;

pub struct Post {
    url: String,
    patience: Duration,
}

impl Post {
    pub fn to(url: String, key: &str, settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        if !super::is_safe(&url) {
            let what = "is no `https://` address; without TLS what is sent goes to this machine only";
            return Err(settings.wrong(key, what));
        }
        Ok(Self { url, patience: settings.timeout(PATIENCE)? })
    }

    /// The scheme and the host of the address.
    pub fn host(&self) -> String {
        let shown = http::without_secrets(&self.url);
        let Some((scheme, rest)) = shown.split_once("://") else { return "an address without `https://`".to_owned() };
        format!("{scheme}://{}", rest.split(['/', '?', '#']).next().unwrap_or_default())
    }

    /// Posts a body: what was answered, or why it was not taken.
    pub fn send(&self, headers: &[(&str, &str)], body: &str) -> Result<String, String> {
        let bounds = Bounds { patience: self.patience, limit: LIMIT };
        let answer = http::post_with(&self.url, "application/json", headers, body.as_bytes(), bounds)
            .map_err(|error| error.to_string().replace(&http::without_secrets(&self.url), &self.host()))?;
        let text = String::from_utf8_lossy(&answer.body);
        let said = format!("{} {}", answer.status, shortened(text.trim(), KEPT)).trim_end().to_owned();
        if (200..300).contains(&answer.status) { Ok(said) } else { Err(format!("{} answered {said}", self.host())) }
    }
}
