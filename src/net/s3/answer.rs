//! What a server of S3 answers when it refuses, and what to do about it.

use super::Bucket;
use crate::net::client::Answer;
use crate::store::{Store, StoreError};

/// The most bytes of a refusal that are read.
const LIMIT: u64 = 64 << 10;

/// The code and the words of a refusal: `<Error><Code>…</Code><Message>…</Message></Error>`.
pub struct Refusal {
    pub code: String,
    pub message: String,
}

impl Refusal {
    /// Reads the body of an answer; `None` where it is none.
    pub fn read(body: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(body);
        let code = element(&text, "Code")?;
        Some(Self { code, message: element(&text, "Message").unwrap_or_default() })
    }
}

/// The text of the first element of this name.
pub fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inside, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = [("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    Some(plain.iter().fold(inside.to_owned(), |text, (written, meant)| text.replace(written, meant)))
}

impl Bucket {
    /// What an answer that is no success means.
    pub(super) fn refusal(&self, answer: Answer) -> StoreError {
        let status = answer.status;
        let region = answer.header("x-amz-bucket-region").map(str::to_owned);
        let refusal = Refusal::read(&answer.beginning(LIMIT));
        self.refused(status, region.as_deref(), refusal)
    }

    pub(super) fn refused(&self, status: u16, region: Option<&str>, refusal: Option<Refusal>) -> StoreError {
        let code = refusal.as_ref().map_or("", |refusal| refusal.code.as_str());
        if code == "NoSuchBucket" {
            return self.no_bucket();
        }
        let said = match &refusal {
            Some(Refusal { code, message }) if message.is_empty() => code.clone(),
            Some(Refusal { code, message }) => format!("{message} ({code})"),
            None => format!("its answer has the status {status}"),
        };
        let help = self.help(status, code, &said, region);
        if matches!(status, 429 | 500..=599) {
            return StoreError::Unreachable { store: self.name(), reason: said };
        }
        StoreError::Refused { store: self.name(), reason: said, help }
    }

    fn help(&self, status: u16, code: &str, said: &str, region: Option<&str>) -> Option<String> {
        let keys = "look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or at the profile that AWS_PROFILE names: are \
                    these the keys of this endpoint?";
        Some(match code {
            "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "AuthorizationHeaderMalformed" => keys.to_owned(),
            "ExpiredToken" | "TokenRefreshRequired" => {
                "the keys were for a time that is over: get new ones, with their AWS_SESSION_TOKEN".to_owned()
            }
            "RequestTimeTooSkewed" => "set the clock of this machine".to_owned(),
            "NotImplemented" => {
                "this storage does not know writing on condition, so evidence could be overwritten there: use one that does"
                    .to_owned()
            }
            "InvalidRequest" if said.contains("Object Lock") || said.contains("ObjectLock") => {
                "casebook.storeRetention asks for a lock: use a bucket that was made with Object Lock, or \
                 `git config --unset casebook.storeRetention`"
                    .to_owned()
            }
            "PermanentRedirect" | "TemporaryRedirect" | "IllegalLocationConstraintException" => match region {
                Some(region) => format!("the bucket is in the region `{region}`: set AWS_REGION to it"),
                None => "the bucket is in another region, or at another endpoint: set AWS_REGION".to_owned(),
            },
            _ if (300..400).contains(&status) => match region {
                Some(region) => format!("the bucket is in the region `{region}`: set AWS_REGION to it"),
                None => "redirects are not followed: set AWS_REGION, or AWS_ENDPOINT_URL_S3, to where the bucket is".to_owned(),
            },
            _ if status == 403 => format!(
                "ask who keeps the bucket for s3:GetObject, s3:PutObject, s3:AbortMultipartUpload and s3:ListBucket on \
                 {}; without the last, an object that is not there looks forbidden, too",
                self.name()
            ),
            _ if status == 401 => keys.to_owned(),
            _ => return None,
        })
    }

    pub(super) fn no_bucket(&self) -> StoreError {
        StoreError::Refused {
            store: self.name(),
            reason: format!("there is no bucket `{}` at {}", self.bucket.name(), self.bucket.base_url()),
            help: Some(
                "make it, with Object Lock if evidence must not be deleted; or correct the location of the store"
                    .to_owned(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn refusals_are_read_from_what_servers_send() {
        let body = b"<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>a &lt;b&gt; &amp;amp;</Message></Error>";
        let refusal = Refusal::read(body).unwrap();
        assert_eq!((refusal.code.as_str(), refusal.message.as_str()), ("AccessDenied", "a <b> &amp;"));
        for body in [&b""[..], b"<html>502 Bad Gateway</html>", b"<Error><Code>cut off", b"\xff\xfe"] {
            assert!(Refusal::read(body).is_none());
        }
    }
}
