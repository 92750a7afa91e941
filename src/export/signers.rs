//! The public keys of the roster, in the form that `ssh-keygen -Y verify` and Git read.

use crate::model::{Person, Team};

/// The name by which signatures of a person are looked for: the address, or else the handle.
pub fn principal(person: &Person) -> &str {
    // Spaces, commas, quotes and wildcards mean something in such a file.
    let plain = |text: &&str| !text.contains(|c: char| c.is_whitespace() || c.is_control() || "\",*?!#".contains(c));
    person.email.as_ref().map(|email| email.as_str()).filter(plain).unwrap_or(person.handle.as_str())
}

/// An `allowed_signers` file; empty where nobody has a key.
pub fn allowed_signers(team: &Team) -> String {
    let lines = team.people.iter().flat_map(|person| {
        let keys = person.keys.0.iter().filter_map(|key| plain_key(key.as_str()));
        keys.map(move |key| format!("{} {key}\n", principal(person)))
    });
    lines.collect()
}

/// The kind and the digits of a key, without its comment: nothing in the roster can add options to the line.
pub fn plain_key(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (kind, digits) = (words.next()?, words.next()?);
    let known = ["ssh-", "sk-ssh-", "ecdsa-", "sk-ecdsa-"].iter().any(|start| kind.starts_with(start));
    let plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    (known && plain && !kind.contains("-cert-")).then(|| format!("{kind} {digits}"))
}

#[cfg(test)]
mod tests {
    use super::plain_key;

    #[test]
    fn a_key_is_its_kind_and_digits_and_nothing_else() {
        assert_eq!(plain_key("ssh-ed25519 AAAA+/== bob@x").as_deref(), Some("ssh-ed25519 AAAA+/=="));
        assert_eq!(plain_key("cert-authority ssh-ed25519 AAAA"), None);
        assert_eq!(plain_key("ssh-ed25519 AA\u{0}AA"), None);
        assert_eq!(plain_key("ssh-ed25519"), None);
    }
}
