//! S3-compatible storage as a home for bytes. An object has the key `PREFIX/ab/cd/abcd…`, the layout of a store on a disk;
//! it is written once, with a condition that the server holds.

mod answer;
pub mod retention;
pub mod settings;
mod upload;

pub use retention::Retention;
pub use settings::Settings;

use super::client::{Answer, Client, NoAnswer, Sent};
use crate::disk::file::open_regular;
use crate::store::{Consume, Object, Store, StoreError, Written};
use crate::tree::Told;
use crate::values::Sha256;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rusty_s3::{Credentials, S3Action, UrlStyle};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a signed request may be used.
const SIGNED_FOR: Duration = Duration::from_secs(3600);

/// How often a request is made that is not answered, or told to come again.
const ATTEMPTS: u32 = 4;

/// The size in bytes of a part; smaller objects are sent whole.
const PART_BYTES: u64 = 8 << 20;

/// A bucket, or a part of one.
pub struct Bucket {
    client: Client,
    bucket: rusty_s3::Bucket,
    credentials: Credentials,
    prefix: String,
    /// How long what is written is locked by the server.
    pub retention: Option<Retention>,
    /// A folder of this machine where interrupted uploads are noted; without it they begin anew.
    pub uploads: Option<PathBuf>,
    /// The size of a part in bytes: at least 5 MiB for most servers.
    pub part_bytes: u64,
    /// The checksums of objects that were sent in parts by this process, each part checked by the server.
    sent: Mutex<BTreeMap<Sha256, String>>,
}

/// What the server says of an object without its bytes.
struct Head {
    bytes: u64,
    /// Its `x-amz-checksum-sha256`: of all its bytes, or of the digests of its parts with their number.
    checksum: Option<String>,
}

impl Bucket {
    /// `prefix` has no `/` at its ends, and no `.` or `..` among its names. Sends nothing yet.
    pub fn new(settings: &Settings, name: &str, prefix: &str, trusted: Option<&[u8]>) -> Result<Self, StoreError> {
        let shown = shown(name, prefix);
        let refused = |reason: String, help: &str| StoreError::Refused {
            store: shown.clone(),
            reason,
            help: Some(help.to_owned()),
        };
        let client = Client::new(trusted)
            .map_err(|error| refused(error.to_string(), "AWS_CA_BUNDLE names a file with certificates in PEM"))?;
        let style = if settings.path_style || name.contains('.') { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let endpoint = "write it as `https://HOST`, in AWS_ENDPOINT_URL_S3 or `endpoint_url` of the profile";
        let address = settings.endpoint.parse().map_err(|error| refused(format!("its endpoint: {error}"), endpoint))?;
        let bucket = rusty_s3::Bucket::new(address, style, name.to_owned(), settings.region.clone())
            .map_err(|error| refused(format!("its endpoint: {error}"), endpoint))?;
        Ok(Self {
            client,
            bucket,
            credentials: settings.credentials(),
            prefix: prefix.to_owned(),
            retention: None,
            uploads: None,
            part_bytes: PART_BYTES,
            sent: Mutex::default(),
        })
    }

    /// The key of an object: its digest alone, so that no name of a case becomes part of an address.
    fn key(&self, sha256: Sha256) -> String {
        let digits = sha256.to_string();
        let prefix = if self.prefix.is_empty() { String::new() } else { format!("{}/", self.prefix) };
        format!("{prefix}{}/{}/{digits}", &digits[0..2], &digits[2..4])
    }

    /// Signs a request, sends it, and gives the answer whatever its status is. It is made again where the server does not
    /// answer, or asks for patience.
    fn ask<'a, A: S3Action<'a>>(
        &self,
        mut action: A,
        headers: &[(&'a str, &'a str)],
        body: &[u8],
    ) -> Result<Answer, StoreError> {
        for (name, value) in headers {
            action.headers_mut().insert(*name, *value);
        }
        let mut attempt = 1;
        loop {
            let sent = if body.is_empty() { Sent::Nothing } else { Sent::Bytes(body) };
            // Signed anew each time, by the clock of this moment: a server refuses what is signed for another.
            let address = action.sign(SIGNED_FOR);
            let answered = self.client.send(A::METHOD.to_str(), address.as_str(), headers, sent);
            let is_busy = |answer: &Answer| matches!(answer.status, 429 | 500 | 502 | 503 | 504);
            match answered {
                Ok(answer) if !is_busy(&answer) || attempt == ATTEMPTS => return Ok(answer),
                Err(error) if attempt == ATTEMPTS => return Err(self.unreachable(error)),
                _ => std::thread::sleep(Duration::from_millis(100 << attempt)),
            }
            attempt += 1;
        }
    }

    fn head(&self, object: &Object<'_>) -> Result<Option<Head>, StoreError> {
        let key = self.key(object.sha256);
        let action = self.bucket.head_object(Some(&self.credentials), &key);
        let answer = self.ask(action, &[("x-amz-checksum-mode", "ENABLED")], b"")?;
        match answer.status {
            200 => {
                let bytes = answer.length().ok_or_else(|| self.strange("does not say how large an object is"))?;
                let checksum = answer.header("x-amz-checksum-sha256").map(str::to_owned);
                Ok(Some(Head { bytes, checksum }))
            }
            404 => self.demand_bucket().map(|()| None),
            _ => Err(self.refusal(answer)),
        }
    }

    /// Fails where there is no such bucket: an object that is not there looks the same.
    fn demand_bucket(&self) -> Result<(), StoreError> {
        let answer = self.ask(self.bucket.head_bucket(Some(&self.credentials)), &[], b"")?;
        // Whoever may read objects need not be allowed to look at the bucket.
        if answer.status == 404 { Err(self.no_bucket()) } else { Ok(()) }
    }

    /// Reads once, from byte `at` on; counts `at` up.
    fn read_on(&self, object: &Object<'_>, at: &mut u64, consume: &mut Consume<'_>) -> Result<(), ReadError> {
        let key = self.key(object.sha256);
        let range = format!("bytes={at}-");
        let headers: &[(&str, &str)] = if *at > 0 { &[("range", &range)] } else { &[] };
        let answer = self.ask(self.bucket.get_object(Some(&self.credentials), &key), headers, b"")?;
        let mut skip = match answer.status {
            // A server that does not know ranges sends everything.
            200 => *at,
            206 if answer.header("content-range").is_some_and(|at_is| at_is.starts_with(&format!("bytes {at}-"))) => 0,
            206 => return Err(self.strange("sends another range than it was asked for").into()),
            416 => return Ok(()),
            404 => {
                self.demand_bucket()?;
                return Err(StoreError::missing(self.name(), object).into());
            }
            _ => return Err(self.refusal(answer).into()),
        };
        let length = answer.length().ok_or_else(|| self.strange("does not say how large an object is"))?;
        let mut left = length;
        let ended = answer.stream(&mut |piece| {
            left = left.saturating_sub(piece.len() as u64);
            let skipped = skip.min(piece.len() as u64) as usize;
            skip -= skipped as u64;
            *at += (piece.len() - skipped) as u64;
            if skipped < piece.len() { consume(&piece[skipped..]) } else { Ok(()) }
        });
        match ended {
            Ok(()) if left == 0 => Ok(()),
            Ok(()) => Err(ReadError::Interrupted(NoAnswer("the connection broke off".to_owned()))),
            Err(Ok(error)) => Err(StoreError::Io(error).into()),
            Err(Err(error)) => Err(ReadError::Interrupted(error)),
        }
    }

    /// An object that is there is left as it is. It is read only where its size says that something is wrong.
    fn already(&self, object: &Object<'_>, there: u64, bytes: u64) -> Result<Written, StoreError> {
        if there == bytes {
            return Ok(Written::Already);
        }
        let found = self.digest(object, &|_| {})?.sha256;
        if found == object.sha256 { Ok(Written::Already) } else { Err(StoreError::wrong(self.name(), object, found)) }
    }

    fn unreachable(&self, error: NoAnswer) -> StoreError {
        let reason = format!("{} ({})", error.0, self.bucket.base_url());
        StoreError::Unreachable { store: self.name(), reason }
    }

    /// The server does what S3 does not.
    fn strange(&self, what: &str) -> StoreError {
        let help = Some("is the endpoint one of S3-compatible storage?".to_owned());
        StoreError::Refused { store: self.name(), reason: format!("the server {what}"), help }
    }
}

/// Why a reading ended early.
enum ReadError {
    /// It can go on where it stopped.
    Interrupted(NoAnswer),
    Final(StoreError),
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        ReadError::Final(error)
    }
}

impl Store for Bucket {
    fn name(&self) -> String {
        shown(self.bucket.name(), &self.prefix)
    }

    fn find(&self, object: &Object<'_>) -> Result<Option<u64>, StoreError> {
        Ok(self.head(object)?.map(|head| head.bytes))
    }

    fn read(&self, object: &Object<'_>, from: u64, consume: &mut Consume<'_>) -> Result<(), StoreError> {
        let mut at = from;
        let mut attempt = 1;
        loop {
            let before = at;
            match self.read_on(object, &mut at, consume) {
                Ok(()) => return Ok(()),
                Err(ReadError::Final(error)) => return Err(error),
                Err(ReadError::Interrupted(error)) if attempt == ATTEMPTS => return Err(self.unreachable(error)),
                // As long as something comes, it is worth going on.
                Err(ReadError::Interrupted(_)) => attempt = if at > before { 1 } else { attempt + 1 },
            }
            std::thread::sleep(Duration::from_millis(100 << attempt));
        }
    }

    fn write(&self, object: &Object<'_>, from: &Path, told: &Told<'_>) -> Result<Written, StoreError> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("`{}`: {error}", from.display()));
        let (file, bytes) = open_regular(from).map_err(named)?;
        if let Some(there) = self.find(object)? {
            return self.already(object, there, bytes);
        }
        if bytes <= self.part_bytes {
            self.put(object, file, bytes, told)
        } else {
            self.put_in_parts(object, file, bytes, told)
        }
    }

    fn confirm(&self, object: &Object<'_>, told: &Told<'_>) -> Result<(), StoreError> {
        let Some(head) = self.head(object)? else { return Err(StoreError::missing(self.name(), object)) };
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner).get(&object.sha256).cloned();
        let expected = sent.unwrap_or_else(|| BASE64_STANDARD.encode(object.sha256.0));
        if head.checksum == Some(expected) {
            told(head.bytes);
            return Ok(());
        }
        let found = self.digest(object, told)?.sha256;
        if found == object.sha256 { Ok(()) } else { Err(StoreError::wrong(self.name(), object, found)) }
    }
}

fn shown(bucket: &str, prefix: &str) -> String {
    let slash = if prefix.is_empty() { "" } else { "/" };
    format!("`s3://{bucket}{slash}{prefix}`")
}
