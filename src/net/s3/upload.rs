//! Writing objects: whole, or in parts that go on where an interruption stopped them.

use super::answer::{Refusal, element};
use super::{ATTEMPTS, Bucket};
use crate::disk::file::File;
use crate::disk::lock::{self, Lock};
use crate::disk::{file as disk_file, write};
use crate::store::{Object, Store, StoreError, Written};
use crate::tree::Told;
use crate::values::{Hashing, Sha256};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rayon::prelude::*;
use rusty_s3::actions::CreateMultipartUpload;
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::PoisonError;
use std::time::Duration;

/// The most parts that S3 takes, less a few.
const MAX_PARTS: u64 = 9_900;

/// How many parts are held in memory, and sent at once.
const AT_ONCE: usize = 4;

/// What is known of an upload in parts, on this machine.
#[derive(Serialize, Deserialize, Clone, Debug)]
struct Upload {
    /// Where it goes: another endpoint, bucket or prefix is another upload.
    address: String,
    id: String,
    bytes: u64,
    part_bytes: u64,
    /// The parts that are there, in order.
    parts: Vec<Part>,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
struct Part {
    etag: String,
    sha256: Sha256,
}

/// The note of an upload, and the lock that keeps another process from using it. Without a lock it is not written.
struct Note {
    path: Option<PathBuf>,
    _lock: Option<Lock>,
}

impl Note {
    fn of(folder: Option<&PathBuf>, sha256: Sha256) -> Self {
        let Some(folder) = folder else { return Self { path: None, _lock: None } };
        let held = lock::hold(&folder.join(format!("{sha256}.lock")), Duration::ZERO).ok().flatten();
        Self { path: held.is_some().then(|| folder.join(sha256.to_string())), _lock: held }
    }

    fn read(&self) -> Option<Upload> {
        let found = disk_file::find(self.path.as_ref()?).ok().flatten()?;
        serde_json::from_slice(&found.content).ok()
    }

    /// A note that cannot be written costs an interrupted upload its beginning, and nothing else.
    fn write(&self, upload: &Upload) {
        if let (Some(path), Ok(text)) = (&self.path, serde_json::to_vec(upload)) {
            let _ = write::whole(path, &text, false);
        }
    }

    fn remove(&self) {
        if let Some(path) = &self.path {
            let _ = disk_file::remove(path);
            let _ = disk_file::remove(&path.with_extension("lock"));
        }
    }
}

impl Bucket {
    /// Writes an object with one request.
    pub(super) fn put(
        &self,
        object: &Object<'_>,
        file: File,
        bytes: u64,
        told: &Told<'_>,
    ) -> Result<Written, StoreError> {
        let mut content = Vec::new();
        // One byte more than it had: a file that grows is seen.
        file.take(bytes + 1).read_to_end(&mut content)?;
        let found = Sha256::of(&content);
        if found != object.sha256 {
            return Err(StoreError::wrong(self.name(), object, found));
        }
        let key = self.key(object.sha256);
        let checksum = BASE64_STANDARD.encode(found.0);
        let lock = self.lock_headers();
        let mut headers = vec![
            ("if-none-match", "*"),
            ("x-amz-checksum-sha256", checksum.as_str()),
            ("x-amz-sdk-checksum-algorithm", "SHA256"),
        ];
        headers.extend(lock.iter().map(|(name, value)| (*name, value.as_str())));
        let mut attempt = 1;
        loop {
            let answer = self.ask(self.bucket.put_object(Some(&self.credentials), &key), &headers, &content)?;
            match answer.status {
                200 | 201 | 204 => break,
                412 => return self.taken(object, bytes),
                // Two writers at once, of whom none has won yet.
                409 if attempt < ATTEMPTS => std::thread::sleep(Duration::from_millis(100 << attempt)),
                _ => return Err(self.refusal(answer)),
            }
            attempt += 1;
        }
        told(bytes);
        Ok(Written::New)
    }

    /// Writes an object in parts. What an earlier process sent is not sent again; every byte is hashed again here.
    pub(super) fn put_in_parts(
        &self,
        object: &Object<'_>,
        mut file: File,
        bytes: u64,
        told: &Told<'_>,
    ) -> Result<Written, StoreError> {
        let note = Note::of(self.uploads.as_ref(), object.sha256);
        let mut upload = self.begin(object, bytes, &note)?;
        let sent = self.send_parts(object, &mut file, &mut upload, &note, told);
        match sent {
            Ok(()) => {}
            Err(StoreError::Refused { .. }) if !upload.parts.is_empty() && !self.is_known(object, &upload) => {
                // The server has forgotten it: some remove what is not finished after some days.
                note.remove();
                return Err(StoreError::Unreachable {
                    store: self.name(),
                    reason: format!("it has forgotten the parts of `{}` that were sent; type it again", object.path),
                });
            }
            Err(error) => {
                if matches!(error, StoreError::Wrong { .. }) {
                    self.give_up(object, &upload, &note);
                }
                return Err(error);
            }
        }
        let written = self.complete(object, &upload)?;
        if written == Written::Already {
            self.give_up(object, &upload, &note);
        }
        note.remove();
        let composite = composite(&upload.parts);
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).insert(object.sha256, composite);
        Ok(written)
    }

    /// Goes on with an upload that was noted, or begins one.
    fn begin(&self, object: &Object<'_>, bytes: u64, note: &Note) -> Result<Upload, StoreError> {
        let key = self.key(object.sha256);
        let address = self.bucket.object_url(&key).to_string();
        let part_bytes = self.part_bytes.max((bytes / MAX_PARTS + 1).next_multiple_of(1 << 20));
        let fits =
            |upload: &Upload| (&upload.address, upload.bytes, upload.part_bytes) == (&address, bytes, part_bytes);
        if let Some(upload) = note.read().filter(fits)
            && self.is_known(object, &upload)
        {
            return Ok(upload);
        }
        let lock = self.lock_headers();
        let mut headers = vec![("x-amz-checksum-algorithm", "SHA256")];
        headers.extend(lock.iter().map(|(name, value)| (*name, value.as_str())));
        let answer = self.ask(self.bucket.create_multipart_upload(Some(&self.credentials), &key), &headers, b"")?;
        if answer.status != 200 {
            return Err(self.refusal(answer));
        }
        let text = String::from_utf8_lossy(&answer.beginning(64 << 10)).into_owned();
        let id = CreateMultipartUpload::parse_response(&text)
            .map(|created| created.upload_id().to_owned())
            .map_err(|_| self.strange("begins no upload"))?;
        let upload = Upload { address, id, bytes, part_bytes, parts: Vec::new() };
        note.write(&upload);
        Ok(upload)
    }

    /// Whether the server still has the parts of an upload.
    fn is_known(&self, object: &Object<'_>, upload: &Upload) -> bool {
        let key = self.key(object.sha256);
        let mut action = self.bucket.list_parts(Some(&self.credentials), &key, &upload.id);
        action.set_max_parts(1);
        self.ask(action, &[], b"").is_ok_and(|answer| answer.status == 200)
    }

    fn send_parts(
        &self,
        object: &Object<'_>,
        file: &mut File,
        upload: &mut Upload,
        note: &Note,
        told: &Told<'_>,
    ) -> Result<(), StoreError> {
        let mut hashing = Hashing::default();
        let mut number = 0;
        loop {
            let mut batch: Vec<(usize, Vec<u8>)> = Vec::new();
            while batch.len() < AT_ONCE {
                let mut content = Vec::new();
                Read::by_ref(file).take(upload.part_bytes).read_to_end(&mut content)?;
                if content.is_empty() {
                    break;
                }
                hashing.update(&content);
                number += 1;
                batch.push((number, content));
            }
            if batch.is_empty() {
                break;
            }
            let sent: Vec<Result<Part, StoreError>> = batch
                .par_iter()
                .map(|(number, content)| self.send_part(object, upload, *number, content, told))
                .collect();
            for ((number, _), part) in batch.iter().zip(sent) {
                let part = part?;
                match upload.parts.get_mut(number - 1) {
                    Some(known) => *known = part,
                    None => upload.parts.push(part),
                }
            }
            note.write(upload);
        }
        let found = hashing.finish();
        if found.sha256 == object.sha256 && found.bytes == upload.bytes {
            Ok(())
        } else {
            Err(StoreError::wrong(self.name(), object, found.sha256))
        }
    }

    /// Sends a part, unless it is there.
    fn send_part(
        &self,
        object: &Object<'_>,
        upload: &Upload,
        number: usize,
        content: &[u8],
        told: &Told<'_>,
    ) -> Result<Part, StoreError> {
        let sha256 = Sha256::of(content);
        if let Some(known) = upload.parts.get(number - 1).filter(|known| known.sha256 == sha256) {
            told(content.len() as u64);
            return Ok(known.clone());
        }
        let key = self.key(object.sha256);
        let checksum = BASE64_STANDARD.encode(sha256.0);
        let headers = [("x-amz-checksum-sha256", checksum.as_str()), ("x-amz-sdk-checksum-algorithm", "SHA256")];
        let number = u16::try_from(number).map_err(|_| io::Error::other("more parts than S3 takes"))?;
        let action = self.bucket.upload_part(Some(&self.credentials), &key, number, &upload.id);
        let answer = self.ask(action, &headers, content)?;
        if answer.status != 200 {
            return Err(self.refusal(answer));
        }
        let etag = answer.header("etag").ok_or_else(|| self.strange("does not name the part that it took"))?;
        told(content.len() as u64);
        Ok(Part { etag: etag.to_owned(), sha256 })
    }

    /// Has the server join the parts, if nobody has written the object meanwhile.
    fn complete(&self, object: &Object<'_>, upload: &Upload) -> Result<Written, StoreError> {
        let key = self.key(object.sha256);
        let body = complete_body(&upload.parts);
        let none = std::iter::empty::<&str>();
        let action = self.bucket.complete_multipart_upload(Some(&self.credentials), &key, &upload.id, none);
        let answer = self.ask(action, &[("if-none-match", "*")], body.as_bytes())?;
        let status = answer.status;
        match status {
            412 => return self.taken(object, upload.bytes),
            200 => {}
            _ => return Err(self.refusal(answer)),
        }
        // A server that works on it for long has sent its status before it knew how it would end.
        let answered = answer.beginning(64 << 10);
        if let Some(refusal) = Refusal::read(&answered) {
            return Err(self.refused(status, None, Some(refusal)));
        }
        let said = element(&String::from_utf8_lossy(&answered), "ChecksumSHA256");
        match said {
            Some(said) if said != composite(&upload.parts) => Err(self.strange("joined other parts than it was sent")),
            _ => Ok(Written::New),
        }
    }

    /// Somebody else has written the object meanwhile.
    fn taken(&self, object: &Object<'_>, bytes: u64) -> Result<Written, StoreError> {
        match self.find(object)? {
            Some(there) => self.already(object, there, bytes),
            None => Err(self.strange("says that an object is there, and that it is not")),
        }
    }

    /// Has the server forget the parts, which are paid for as long as they are there.
    fn give_up(&self, object: &Object<'_>, upload: &Upload, note: &Note) {
        let key = self.key(object.sha256);
        let _ = self.ask(self.bucket.abort_multipart_upload(Some(&self.credentials), &key, &upload.id), &[], b"");
        note.remove();
    }

    fn lock_headers(&self) -> Vec<(&'static str, String)> {
        self.retention
            .iter()
            .flat_map(|kept| {
                [
                    ("x-amz-object-lock-mode", kept.mode().to_owned()),
                    ("x-amz-object-lock-retain-until-date", kept.date()),
                ]
            })
            .collect()
    }
}

/// The checksum that S3 gives an object of parts: the digest of their digests, with their number.
fn composite(parts: &[Part]) -> String {
    let mut hashing = Hashing::default();
    parts.iter().for_each(|part| hashing.update(&part.sha256.0));
    format!("{}-{}", BASE64_STANDARD.encode(hashing.finish().sha256.0), parts.len())
}

fn complete_body(parts: &[Part]) -> String {
    let mut body = String::from("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for (index, part) in parts.iter().enumerate() {
        let etag = part.etag.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        let (number, checksum) = (index + 1, BASE64_STANDARD.encode(part.sha256.0));
        write!(
            body,
            "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><ChecksumSHA256>{checksum}</ChecksumSHA256></Part>"
        )
        .expect("writing to a string never fails");
    }
    body.push_str("</CompleteMultipartUpload>");
    body
}
