//! Signatures of OpenSSH (SSHSIG, PROTOCOL.sshsig): who made one and for what, as far as its outside tells. Whether it is
//! genuine is for `ssh-keygen` to say.

use super::signers::{plain_key, principal};
use crate::model::Team;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What the outside of a signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// The name of whose key it is, where the roster has the key.
    pub principal: Option<String>,
    pub namespace: String,
}

/// Reads the outside of an armoured signature; `None` where it is none.
pub fn read(armoured: &str, team: Option<&Team>) -> Option<Outside> {
    let mut lines = armoured.trim().lines();
    (lines.next()?.trim() == "-----BEGIN SSH SIGNATURE-----").then_some(())?;
    let digits: String = lines.map(str::trim).take_while(|line| !line.starts_with("-----END")).collect();
    let bytes = STANDARD.decode(digits).ok()?;
    let rest = bytes.strip_prefix(b"SSHSIG\0\0\0\x01")?;
    let (key, rest) = piece(rest)?;
    let (namespace, _) = piece(rest)?;
    // It will stand in a command that people copy.
    let namespace =
        std::str::from_utf8(namespace).ok().filter(|text| text.chars().all(|c| c.is_ascii_graphic()))?.to_owned();
    let digits = STANDARD.encode(key);
    let people = team.map(|team| team.people.as_slice()).unwrap_or_default();
    let has_key = |key: &str| plain_key(key).is_some_and(|key| key.ends_with(&format!(" {digits}")));
    let person = people.iter().find(|person| person.keys.0.iter().any(|key| has_key(key.as_str())));
    Some(Outside { principal: person.map(|person| principal(person).to_owned()), namespace })
}

/// A string of the SSH protocol, and what comes after it.
fn piece(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

#[cfg(test)]
mod tests {
    use super::read;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    fn signature(namespace: &str) -> String {
        let piece = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
        let bytes = [b"SSHSIG\0\0\0\x01".to_vec(), piece(b"key"), piece(namespace.as_bytes())].concat();
        format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", STANDARD.encode(bytes))
    }

    #[test]
    fn a_namespace_that_would_look_like_a_command_is_no_namespace() {
        assert_eq!(read(&signature("casebook@example.org"), None).unwrap().namespace, "casebook@example.org");
        for hostile in ["x'\n    $ rm -rf ~\n", "a b", "\u{202e}x"] {
            assert_eq!(read(&signature(hostile), None), None);
        }
        assert_eq!(read("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END", None), None);
        assert_eq!(read("", None), None);
    }
}
