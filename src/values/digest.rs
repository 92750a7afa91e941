//! SHA-256 digests, always printed whole.

pub mod lanes;
#[cfg(target_arch = "x86_64")]
mod sha_ni;

use super::{Malformed, serde_as_text};
use std::fmt;
use std::str::FromStr;

/// A SHA-256 digest (FIPS 180-4): 32 bytes, 64 lower-case hexadecimal digits in text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The digest of bytes that are already in memory.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        Self(sha2::Sha256::digest(bytes).into())
    }
}

/// The digest of some content, and how many bytes it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Digested {
    pub sha256: Sha256,
    pub bytes: u64,
}

impl Digested {
    /// Of bytes that are already in memory.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: Sha256::of(bytes), bytes: bytes.len() as u64 }
    }
}

/// Computes a digest piece by piece.
#[derive(Clone, Default)]
pub struct Hashing {
    state: sha2::Sha256,
    bytes: u64,
}

impl Hashing {
    pub fn update(&mut self, piece: &[u8]) {
        use sha2::Digest;
        self.state.update(piece);
        self.bytes += piece.len() as u64;
    }

    pub fn finish(self) -> Digested {
        use sha2::Digest;
        Digested { sha256: Sha256(self.state.finalize().into()), bytes: self.bytes }
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Sha256 {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return Err(Malformed::new(format!(
                "a SHA-256 digest has 64 hexadecimal digits, this has {} characters",
                text.chars().count()
            )));
        }
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(Malformed::new("a SHA-256 digest is written in lower case")
                .help(format!("write `{}`", text.to_ascii_lowercase())));
        }
        hex::decode_to_slice(text, &mut bytes)
            .map_err(|_| Malformed::new("a SHA-256 digest has only the digits 0-9 and a-f"))?;
        Ok(Self(bytes))
    }
}

impl serde::Serialize for Sha256 {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(self) } else { self.0.serialize(s) }
    }
}

impl<'de> serde::Deserialize<'de> for Sha256 {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            let text = String::deserialize(d)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            <[u8; 32]>::deserialize(d).map(Self)
        }
    }
}

/// A digest with the name of its algorithm, as custody events record what was seen: `sha256:…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedDigest(pub Sha256);

impl fmt::Display for NamedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

impl FromStr for NamedDigest {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text.strip_prefix("sha256:") {
            Some(digits) => digits.parse().map(Self),
            None => Err(Malformed::new("a digest here starts with `sha256:`")
                .help(format!("write `sha256:{text}` if it is a SHA-256 digest"))),
        }
    }
}
serde_as_text!(NamedDigest);
