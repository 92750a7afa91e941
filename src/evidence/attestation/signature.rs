//! Signatures over attestations: whether one is of the person that the attestation names.

use crate::model::Team;
use crate::signature::{Flaw, Signature};
use crate::values::Handle;

/// What the signatures are for: one over another kind of statement is not one over an attestation.
pub const NAMESPACE: &str = "casebook-attest";

/// Why a signature proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    #[error("{0}")]
    Unreadable(String),
    #[error(transparent)]
    Flaw(#[from] Flaw),
    #[error("team.toml of that commit has no public key of `{0}`")]
    NoKey(Handle),
    #[error("the key that signed it is not one of `{by}` in team.toml of that commit: {fingerprint}")]
    OtherKey { by: Handle, fingerprint: String },
    #[error("the key that signed it is revoked: {0}")]
    Revoked(String),
}

/// Verifies the signature of somebody of a roster over a text; gives the fingerprint of the key.
pub fn verify(text: &[u8], signature: &[u8], by: &Handle, team: Option<&Team>) -> Result<String, SignatureError> {
    let person =
        team.and_then(|team| Some((team, team.person(by)?))).filter(|(_, person)| person.keys().next().is_some());
    let (team, person) = person.ok_or_else(|| SignatureError::NoKey(by.clone()))?;
    let signature = Signature::read(signature).map_err(SignatureError::Unreadable)?;
    signature.verify(NAMESPACE, text)?;
    let fingerprint = signature.fingerprint();
    match person.keys().find(|key| signature.is_by(key)) {
        Some(key) if team.is_revoked(&key) => Err(SignatureError::Revoked(fingerprint)),
        Some(_) => Ok(fingerprint),
        None => Err(SignatureError::OtherKey { by: by.clone(), fingerprint }),
    }
}
