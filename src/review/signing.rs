//! Making signatures: by `ssh-keygen`, the program that people have, with the keys that they have: in files, in an agent, on a
//! security key.

use crate::disk::scratch::Scratch;
use crate::exec;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

/// Names of the files that `ssh-keygen` works on, in a folder of their own.
const STATEMENT: &str = "statement.txt";
const SIGNATURE: &str = "statement.txt.sig";
const PUBLIC_KEY: &str = "key.pub";

/// Why something could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    #[error("`ssh-keygen` cannot be run: {0}")]
    NoProgram(io::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("ssh-keygen says: {0}")]
    Refused(String),
}

/// The key to sign with.
#[derive(Clone, Copy, Debug)]
pub enum SigningKey<'k> {
    /// A private key in a file, or a public one whose other half an agent has.
    File(&'k Path),
    /// The line of a public key whose other half an agent has.
    Public(&'k str),
}

/// Signs a text for a purpose.
pub fn sign(text: &[u8], namespace: &str, key: SigningKey<'_>) -> Result<Vec<u8>, SigningError> {
    let scratch = Scratch::new()?;
    scratch.write(STATEMENT, text)?;
    let key = match key {
        SigningKey::File(path) => path.as_os_str(),
        SigningKey::Public(line) => {
            scratch.write(PUBLIC_KEY, format!("{line}\n").as_bytes())?;
            OsStr::new(PUBLIC_KEY)
        }
    };
    let arguments = ["-Y", "sign", "-n", namespace, "-f"].map(OsStr::new);
    let arguments = [&arguments[..], &[key, OsStr::new(STATEMENT)]].concat();
    let signed = exec::run(OsStr::new("ssh-keygen"), &arguments, scratch.path(), &[]);
    let signed = signed.map_err(SigningError::NoProgram)?;
    match signed.status.success() {
        true => Ok(scratch.read(SIGNATURE)?),
        false => Err(SigningError::Refused(said(&signed))),
    }
}

/// What `ssh-keygen` said, in one line.
fn said(output: &exec::Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = output.stderr.lines().chain(stdout.lines()).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("; ").replace('\r', "")
}
