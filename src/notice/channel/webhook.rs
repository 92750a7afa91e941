//! A signed webhook in the form of Standard Webhooks 1.0 (<https://www.standardwebhooks.com>): `webhook-id` is the key of the notice,
//! by which a receiver knows what it has; `webhook-signature` is an HMAC-SHA256 over id, time and body, so that nobody else can send
//! and nothing old can be sent again.

use super::posting::Post;
use super::{Channel, Settings, WrongSetting};
use crate::notice::json;
use crate::notice::ledger::Parcel;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::json;

pub struct Webhook {
    post: Post,
    key: Vec<u8>,
}

impl Webhook {
    /// `url`, and `secret`: the name of the variable that holds `whsec_` and the key in base64.
    pub fn of(settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        let url = settings.demand("url")?;
        settings.demand("secret")?;
        let secret = settings.secret("secret")?.unwrap_or_default();
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(&secret)).ok();
        let key = key.filter(|key| (24..=64).contains(&key.len())).ok_or_else(|| {
            settings.wrong("secret", "names a variable that does not hold `whsec_` and 24 to 64 bytes in base64")
        })?;
        Ok(Self { post: Post::to(url, "url", settings)?, key })
    }
}

impl Channel for Webhook {
    fn place(&self) -> String {
        self.post.host()
    }

    fn deliver(&self, parcel: &Parcel, now: Timestamp) -> Result<String, String> {
        let notice = &parcel.notice;
        let id = notice.key.to_string();
        let data = json::notice(notice);
        let body = json!({ "type": "notice", "timestamp": parcel.planned.to_string(), "data": data }).to_string();
        let seconds = now.as_second().to_string();
        let signature = signature(&self.key, &id, &seconds, &body).ok_or("it cannot be signed")?;
        let headers = [("webhook-id", id.as_str()), ("webhook-timestamp", &seconds), ("webhook-signature", &signature)];
        self.post.send(&headers, &body)
    }
}

fn signature(key: &[u8], id: &str, seconds: &str, body: &str) -> Option<String> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).ok()?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification of Standard Webhooks.
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let made = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body);
        assert_eq!(made.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
