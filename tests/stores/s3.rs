//! S3-compatible storage: the contract against moto's server, and what servers and wires do wrong.

use super::contract::{Home, bytes, holds};
use super::server::{Moto, Stub, Wire};
use casebook::net::s3::settings::Files;
use casebook::net::s3::{Bucket, Retention, Settings};
use casebook::store::{Object, Store, StoreError, Written};
use casebook::values::{Digested, Sha256, TreePath};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

const MIB: u64 = 1 << 20;

fn settings(endpoint: &str) -> Settings {
    let variable = |name: &str| {
        let value = match name {
            "AWS_ACCESS_KEY_ID" => "AKIATEST",
            "AWS_SECRET_ACCESS_KEY" => "verysecret",
            "AWS_SESSION_TOKEN" => "sessiontoken",
            "AWS_ENDPOINT_URL_S3" => endpoint,
            _ => return None,
        };
        Some(value.to_owned())
    };
    Settings::read(&variable, Files::default()).unwrap()
}

fn store(endpoint: &str, bucket: &str) -> Bucket {
    Bucket::new(&settings(endpoint), bucket, "cases/2026", None).unwrap()
}

fn key(sha256: Sha256) -> String {
    let digits = sha256.to_string();
    format!("cases/2026/{}/{}/{digits}", &digits[..2], &digits[2..4])
}

fn path() -> TreePath {
    TreePath::from("evidence/x-7q2k9dm4/disk.raw")
}

fn source(folder: &Path, content: &[u8]) -> PathBuf {
    let path = folder.join(format!("source-{}", Sha256::of(content)));
    fs::write(&path, content).unwrap();
    path
}

fn read(store: &Bucket, object: &Object<'_>, from: u64) -> Result<Vec<u8>, StoreError> {
    let mut content = Vec::new();
    store.read(object, from, &mut |piece| {
        content.extend_from_slice(piece);
        Ok(())
    })?;
    Ok(content)
}

#[test]
fn a_bucket_keeps_the_contract() {
    let Some(moto) = Moto::start() else { return };
    moto.bucket("evidence", false);
    let scratch = tempfile::tempdir().unwrap();
    for prefix in ["", "cases/2026"] {
        let store = Bucket::new(&settings(&moto.address), "evidence", prefix, None).unwrap();
        holds(&Home {
            store: &store,
            damage: &|object, content| {
                let lead = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
                let digits = object.sha256.to_string();
                let key = format!("{lead}{}/{}/{digits}", &digits[..2], &digits[2..4]);
                moto.replace("evidence", &key, content);
            },
            names: &|| moto.names("evidence"),
            scratch: scratch.path(),
            is_atomic: false,
        });
    }
}

#[test]
fn large_objects_go_in_parts_and_are_checked() {
    let Some(moto) = Moto::start() else { return };
    moto.bucket("evidence", false);
    let scratch = tempfile::tempdir().unwrap();
    let mut store = store(&moto.address, "evidence");
    store.part_bytes = 5 * MIB;
    store.uploads = Some(scratch.path().join("uploads"));
    let content = bytes(12 * MIB as usize + 77, 9);
    let (sha256, path) = (Sha256::of(&content), path());
    let object = Object { sha256, path: &path };
    let told = std::sync::atomic::AtomicU64::new(0);
    let from = source(scratch.path(), &content);
    let written = store.write(&object, &from, &|bytes| _ = told.fetch_add(bytes, Ordering::SeqCst)).unwrap();
    assert_eq!(written, Written::New);
    assert_eq!(told.load(Ordering::SeqCst), content.len() as u64);
    assert_eq!(store.find(&object).unwrap(), Some(content.len() as u64));
    store.confirm(&object, &|_| {}).unwrap();
    assert_eq!(store.digest(&object, &|_| {}).unwrap(), Digested::of(&content));
    assert_eq!(read(&store, &object, 11 * MIB).unwrap(), content[11 * MIB as usize..]);
    assert_eq!(store.write(&object, &from, &|_| {}).unwrap(), Written::Already);
    assert_eq!(fs::read_dir(scratch.path().join("uploads")).unwrap().count(), 0, "no note stays");
    // Wrong bytes: the parts are taken back.
    let before = moto.names("evidence");
    let other = Object { sha256: Sha256::of(b"other"), path: &path };
    assert!(matches!(store.write(&other, &from, &|_| {}), Err(StoreError::Wrong { .. })));
    assert_eq!(moto.names("evidence"), before);
    assert_eq!(fs::read_dir(scratch.path().join("uploads")).unwrap().count(), 0);
}

#[test]
fn an_interrupted_upload_goes_on() {
    let Some(moto) = Moto::start() else { return };
    moto.bucket("evidence", false);
    let scratch = tempfile::tempdir().unwrap();
    let wire = Wire::to(&moto.address);
    let mut store = store(&wire.address, "evidence");
    store.part_bytes = 5 * MIB;
    store.uploads = Some(scratch.path().join("uploads"));
    let content = bytes(43 * MIB as usize, 10);
    let (sha256, path) = (Sha256::of(&content), path());
    let object = Object { sha256, path: &path };
    let from = source(scratch.path(), &content);
    wire.cut_after.store(30 * MIB, Ordering::SeqCst);
    let error = store.write(&object, &from, &|_| {}).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert!(!error.to_string().contains("Signature"), "{error}");
    wire.cut_after.store(u64::MAX, Ordering::SeqCst);
    wire.sent.store(0, Ordering::SeqCst);
    assert_eq!(store.write(&object, &from, &|_| {}).unwrap(), Written::New);
    let again = wire.sent.load(Ordering::SeqCst);
    assert!(again < 25 * MIB, "{again} bytes were sent again");
    assert_eq!(store.digest(&object, &|_| {}).unwrap(), Digested::of(&content));
    // A note of an upload that the server has forgotten is no obstacle.
    let content = bytes(11 * MIB as usize, 11);
    let object = Object { sha256: Sha256::of(&content), path: &path };
    let note = scratch.path().join("uploads").join(object.sha256.to_string());
    let address = format!("{}/evidence/{}", wire.address, key(object.sha256));
    fs::write(
        &note,
        serde_json::json!({"address": address, "id": "forgotten", "bytes": content.len(), "part_bytes": 5 * MIB, "parts": []})
            .to_string(),
    )
    .unwrap();
    assert_eq!(store.write(&object, &source(scratch.path(), &content), &|_| {}).unwrap(), Written::New);
}

#[test]
fn an_interrupted_download_goes_on_where_it_was() {
    let Some(moto) = Moto::start() else { return };
    moto.bucket("evidence", false);
    let scratch = tempfile::tempdir().unwrap();
    let content = bytes(3 * MIB as usize, 12);
    let path = path();
    let object = Object { sha256: Sha256::of(&content), path: &path };
    store(&moto.address, "evidence").write(&object, &source(scratch.path(), &content), &|_| {}).unwrap();
    let wire = Wire::to(&moto.address);
    // Each connection ends after a megabyte.
    wire.cut_back_after.store(MIB, Ordering::SeqCst);
    assert_eq!(read(&store(&wire.address, "evidence"), &object, 0).unwrap(), content);
}

#[test]
fn one_of_two_writers_wins_and_nothing_is_overwritten() {
    let Some(moto) = Moto::start() else { return };
    moto.bucket("evidence", false);
    let scratch = tempfile::tempdir().unwrap();
    for (length, method) in [(1000, "PUT"), (6 * MIB as usize, "POST")] {
        let content = bytes(length, 13);
        let path = path();
        let object = Object { sha256: Sha256::of(&content), path: &path };
        let from = source(scratch.path(), &content);
        let wire = Wire::to(&moto.address);
        let mut late = store(&wire.address, "evidence");
        late.part_bytes = 5 * MIB;
        // When it has looked and found nothing, another one writes.
        let (address, other, sha256) = (moto.address.clone(), from.clone(), object.sha256);
        let first = move || {
            let path = TreePath::from("evidence/x-00000000/same.bytes");
            let written = store(&address, "evidence").write(&Object { sha256, path: &path }, &other, &|_| {});
            assert_eq!(written.unwrap(), Written::New);
        };
        *wire.before.lock().unwrap() = Some((method, Box::new(first)));
        assert_eq!(late.write(&object, &from, &|_| {}).unwrap(), Written::Already, "{method}");
        assert!(wire.before.lock().unwrap().is_none());
        assert_eq!(moto.names("evidence").iter().filter(|name| name.ends_with(&sha256.to_string())).count(), 1);
        assert!(!moto.names("evidence").iter().any(|name| name.starts_with("upload of")));
    }
}

#[test]
fn objects_are_locked_where_it_is_asked_for() {
    let Some(moto) = Moto::start() else { return };
    moto.bucket("locked", true);
    moto.bucket("plain", false);
    let scratch = tempfile::tempdir().unwrap();
    let path = path();
    let object = Object { sha256: Sha256::of(b"locked"), path: &path };
    let from = source(scratch.path(), b"locked");
    let now = "2026-03-05T12:00:00Z".parse().unwrap();
    let locking = |bucket: &str| {
        let mut store = store(&moto.address, bucket);
        store.retention = Some(Retention::read("30y compliance", now).unwrap());
        store
    };
    assert_eq!(locking("locked").write(&object, &from, &|_| {}).unwrap(), Written::New);
    let header = |name: &str| moto.header("locked", &key(object.sha256), name).unwrap();
    assert_eq!(header("x-amz-object-lock-mode"), "COMPLIANCE");
    assert!(header("x-amz-object-lock-retain-until-date").starts_with("2056-03-05T12:00:00"));
    let error = locking("plain").write(&object, &from, &|_| {}).unwrap_err();
    let StoreError::Refused { help: Some(help), .. } = &error else { panic!("{error}") };
    assert!(help.contains("Object Lock") && help.contains("casebook.storeRetention"), "{help}");
    assert_eq!(moto.names("plain"), Vec::<String>::new());
}

#[test]
fn refusals_say_what_to_do_and_never_the_keys() {
    let scratch = tempfile::tempdir().unwrap();
    let from = source(scratch.path(), b"x");
    let path = path();
    let object = Object { sha256: Sha256::of(b"x"), path: &path };
    for (status, code, expected) in [
        ("403 Forbidden", "InvalidAccessKeyId", "AWS_ACCESS_KEY_ID"),
        ("403 Forbidden", "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"),
        ("403 Forbidden", "AccessDenied", "s3:ListBucket"),
        ("400 Bad Request", "ExpiredToken", "AWS_SESSION_TOKEN"),
        ("403 Forbidden", "RequestTimeTooSkewed", "clock"),
        ("301 Moved Permanently", "PermanentRedirect", "AWS_REGION"),
        ("307 Temporary Redirect", "Other", "eu-north-1"),
        ("501 Not Implemented", "NotImplemented", "overwritten"),
    ] {
        let stub = Stub::refusing(status, code, "No \u{1b}[31mway");
        let store = store(&stub.address, "evidence");
        let errors = [
            read(&store, &object, 0).map(drop),
            store.find(&object).map(drop),
            store.write(&object, &from, &|_| {}).map(drop),
        ];
        for error in errors {
            let error = error.unwrap_err();
            let text = match &error {
                StoreError::Refused { help, .. } => format!("{error} {help:?}"),
                other => format!("{other} {expected}"),
            };
            assert!(text.contains("s3://evidence/cases/2026"), "{text}");
            // An answer to HEAD has no body, so it knows less.
            assert!(text.contains(expected) || !text.contains(code), "{code}: {text}");
            for secret in ["verysecret", "sessiontoken", "X-Amz-Signature", "AKIATEST"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
        let error = read(&store, &object, 0).unwrap_err();
        assert!(
            matches!(&error, StoreError::Refused { help: Some(help), .. } if help.contains(expected))
                || status.starts_with('5'),
            "{code}: {error}"
        );
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let thief = Stub::answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx".to_owned());
    let stub = Stub::answering(format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {}/stolen\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        thief.address
    ));
    let path = path();
    let object = Object { sha256: Sha256::of(b"x"), path: &path };
    assert!(matches!(read(&store(&stub.address, "evidence"), &object, 0), Err(StoreError::Refused { .. })));
    assert!(thief.requests.lock().unwrap().is_empty());
    assert!(!stub.requests.lock().unwrap().is_empty());
}

#[test]
fn no_server_no_bucket_no_tls_are_three_messages() {
    let path = path();
    let object = Object { sha256: Sha256::of(b"x"), path: &path };
    let error = read(&store("http://127.0.0.1:1", "evidence"), &object, 0).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
    // What speaks no TLS is not asked without.
    let stub = Stub::answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx".to_owned());
    let error = read(&store(&stub.address.replace("http:", "https:"), "evidence"), &object, 0).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert!(
        stub.requests.lock().unwrap().iter().all(|request| !request.contains("GET")),
        "nothing was sent in the clear"
    );
    let bad = Bucket::new(&settings("not an address"), "evidence", "", None);
    assert!(matches!(bad, Err(StoreError::Refused { .. })));
    let bad = Bucket::new(&settings("https://127.0.0.1:1"), "evidence", "", Some(b"no certificate"));
    assert!(matches!(bad, Err(StoreError::Refused { .. })));
    let Some(moto) = Moto::start() else { return };
    for error in [
        read(&store(&moto.address, "nobody"), &object, 0).unwrap_err(),
        store(&moto.address, "nobody").find(&object).unwrap_err(),
    ] {
        assert!(error.to_string().contains("no bucket `nobody`"), "{error}");
    }
}

#[test]
fn a_server_that_lies_is_not_believed() {
    let path = path();
    let object = Object { sha256: Sha256::of(b"x"), path: &path };
    // Less than it says, or without saying how much.
    let short = Stub::answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nx".to_owned());
    assert!(matches!(read(&store(&short.address, "evidence"), &object, 0), Err(StoreError::Unreachable { .. })));
    let endless = Stub::answering("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nxxxxxxxx".to_owned());
    assert!(matches!(read(&store(&endless.address, "evidence"), &object, 0), Err(StoreError::Refused { .. })));
    // Another range than it was asked for.
    let other = Stub::answering(
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/4\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd".to_owned(),
    );
    assert!(matches!(read(&store(&other.address, "evidence"), &object, 2), Err(StoreError::Refused { .. })));
    // A server without ranges sends everything: what is not wanted is left out.
    let whole = Stub::answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd".to_owned());
    assert_eq!(read(&store(&whole.address, "evidence"), &object, 3).unwrap(), b"d");
}
