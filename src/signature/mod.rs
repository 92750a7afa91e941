//! Signatures of OpenSSH (SSHSIG, PROTOCOL.sshsig of OpenSSH): reading them, and whether they are genuine.
//!
//! The arithmetic is that of the crate `ssh-key`. What it leaves to its caller is done here: the touch of a security key, the
//! length of an RSA key, and the bounds of what is read.

mod key;

pub use key::{Key, Window};

use ssh_key::public::KeyData;
use ssh_key::{Algorithm, PublicKey, SshSig};

/// The largest signature that is read, in bytes: those of RSA keys have about 3,000.
pub const MAX_BYTES: u64 = 64 << 10;

/// The shortest RSA key that is believed, in bits (NIST SP 800-131A).
const MIN_RSA_BITS: usize = 2048;

/// A signature, of which nothing is known to be true yet.
#[derive(Clone, Debug)]
pub struct Signature(SshSig);

/// Why a signature proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("it was made for `{0}`")]
    OtherNamespace(String),
    #[error("its security key was not touched")]
    NoTouch,
    #[error("its RSA key has {0} bits, fewer than {MIN_RSA_BITS}")]
    ShortKey(usize),
    #[error("it is not one over these bytes by the key that it names")]
    OtherBytes,
}

impl Signature {
    /// Reads an armoured signature, with line ends of any kind.
    pub fn read(armoured: &[u8]) -> Result<Self, String> {
        if armoured.len() as u64 > MAX_BYTES {
            return Err(format!("it has more than {MAX_BYTES} bytes"));
        }
        let text = std::str::from_utf8(armoured).map_err(|_| "it is no armoured signature of OpenSSH".to_owned())?;
        let signature = SshSig::from_pem(text.trim()).map_err(|error| match error {
            ssh_key::Error::AlgorithmUnknown | ssh_key::Error::AlgorithmUnsupported { .. } => {
                "it is by a kind of key that is not read here, such as a certificate".to_owned()
            }
            _ => "it is no armoured signature of OpenSSH".to_owned(),
        })?;
        Ok(Self(signature))
    }

    /// What it says that it is for.
    pub fn namespace(&self) -> &str {
        self.0.namespace()
    }

    /// The fingerprint of the key that it names: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.public_key().fingerprint(ssh_key::HashAlg::Sha256).to_string()
    }

    /// Whether this is the key that it names.
    pub fn is_by(&self, key: &Key) -> bool {
        PublicKey::from(self.0.public_key().clone()).to_bytes().is_ok_and(|bytes| key.is(&bytes))
    }

    /// Whether it was made for this purpose, over these bytes, by the key that it names.
    pub fn verify(&self, namespace: &str, message: &[u8]) -> Result<(), Flaw> {
        if self.namespace() != namespace {
            return Err(Flaw::OtherNamespace(self.namespace().to_owned()));
        }
        if let KeyData::Rsa(key) = self.0.public_key() {
            let modulus = key.n.as_positive_bytes().unwrap_or_default();
            let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
            if bits < MIN_RSA_BITS {
                return Err(Flaw::ShortKey(bits));
            }
        }
        let key = PublicKey::from(self.0.public_key().clone());
        key.verify(namespace, message, &self.0).map_err(|_| Flaw::OtherBytes)?;
        if self.was_touched() { Ok(()) } else { Err(Flaw::NoTouch) }
    }

    /// Whether somebody was there: a security key says so in the flags before its counter (PROTOCOL.u2f). Other keys have no
    /// such sign.
    fn was_touched(&self) -> bool {
        if !matches!(self.0.algorithm(), Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256) {
            return true;
        }
        let bytes = self.0.signature_bytes();
        bytes.len().checked_sub(5).is_some_and(|at| bytes[at] & 1 == 1)
    }
}
