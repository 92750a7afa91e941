//! Signatures over attestations, made and verified by `ssh-keygen`: the program, and the keys, that people have.

use crate::disk::scratch::Scratch;
use crate::exec;
use crate::model::Team;
use crate::validate::roster::malformed_key;
use crate::values::Handle;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

/// What the signatures are for: one over another kind of statement is not one over an attestation.
pub const NAMESPACE: &str = "casebook-attest";

/// Names of the files that `ssh-keygen` works on, in a folder of their own.
const STATEMENT: &str = "statement.txt";
const SIGNATURE: &str = "statement.txt.sig";
const SIGNERS: &str = "allowed_signers";

/// Why something could not be signed, or a signature proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    #[error("`ssh-keygen` cannot be run: {0}")]
    NoProgram(io::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("ssh-keygen says: {0}")]
    Refused(String),
    #[error("team.toml of that commit has no public key of `{0}`")]
    NoKey(Handle),
}

/// Signs a text with a private key, or with the key of an agent whose public half is named.
pub fn sign(text: &[u8], key: &Path) -> Result<Vec<u8>, SignatureError> {
    let scratch = Scratch::new()?;
    scratch.write(STATEMENT, text)?;
    let arguments = ["-Y", "sign", "-n", NAMESPACE, "-f"].map(OsStr::new);
    let arguments = [&arguments[..], &[key.as_os_str(), OsStr::new(STATEMENT)]].concat();
    let signed = exec::run(OsStr::new("ssh-keygen"), &arguments, scratch.path(), &[]);
    let signed = signed.map_err(SignatureError::NoProgram)?;
    match signed.status.success() {
        true => Ok(scratch.read(SIGNATURE)?),
        false => Err(SignatureError::Refused(said(&signed))),
    }
}

/// Verifies the signature of somebody of a roster over a text; gives the fingerprint of the key.
pub fn verify(text: &[u8], signature: &[u8], by: &Handle, team: Option<&Team>) -> Result<String, SignatureError> {
    let signers = allowed_signers(by, team);
    if signers.is_empty() {
        return Err(SignatureError::NoKey(by.clone()));
    }
    let scratch = Scratch::new()?;
    scratch.write(SIGNATURE, signature)?;
    scratch.write(SIGNERS, signers.as_bytes())?;
    let arguments = ["-Y", "verify", "-n", NAMESPACE, "-f", SIGNERS, "-I", by.as_str(), "-s", SIGNATURE];
    let arguments = arguments.map(OsStr::new);
    let verified = exec::feed(OsStr::new("ssh-keygen"), &arguments, scratch.path(), text);
    let verified = verified.map_err(SignatureError::NoProgram)?;
    if !verified.status.success() {
        return Err(SignatureError::Refused(said(&verified)));
    }
    let stdout = String::from_utf8_lossy(&verified.stdout).into_owned();
    let fingerprint = stdout.split_whitespace().find(|word| word.starts_with("SHA256:"));
    Ok(fingerprint.unwrap_or("an unnamed key").to_owned())
}

/// The keys of somebody in the form that `ssh-keygen` reads. Only the type and the body of a key are taken: what else its
/// line says could name options.
fn allowed_signers(by: &Handle, team: Option<&Team>) -> String {
    let people = team.map_or(&[][..], |team| team.people.as_slice());
    let keys = people.iter().filter(|person| person.handle == *by).flat_map(|person| person.keys.iter());
    let words = keys.filter_map(|key| malformed_key::words(key.as_str()).ok());
    words.map(|(name, body)| format!("{by} namespaces=\"{NAMESPACE}\" {name} {body}\n")).collect()
}

/// What `ssh-keygen` said, in one line.
fn said(output: &exec::Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = output.stderr.lines().chain(stdout.lines()).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("; ").replace('\r', "")
}
