//! What the outside of a signature tells: whose key it is and for what it was made. Whether it is genuine is for `ssh-keygen` to
//! say.

use super::signers::principal;
use crate::model::Team;
use crate::signature::Signature;

/// What the outside of a signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// The name of whose key it is, where the roster has the key.
    pub principal: Option<String>,
    pub namespace: String,
}

/// Reads the outside of an armoured signature; `None` where it is none, or where its purpose could not stand in a command that
/// people copy.
pub fn read(armoured: &[u8], team: Option<&Team>) -> Option<Outside> {
    let signature = Signature::read(armoured).ok()?;
    let is_plain = signature.namespace().chars().all(|c| c.is_ascii_graphic());
    let owner = team.and_then(|team| team.signer(&signature));
    is_plain.then(|| Outside {
        principal: owner.map(|(person, _)| principal(person).to_owned()),
        namespace: signature.namespace().to_owned(),
    })
}
