//! A public key of the roster is not in the OpenSSH format.
//!
//! ## What it checks
//! That each of `keys` is one line of a type that signs (Ed25519, ECDSA, RSA, and both kinds of security key) and a body in Base64
//! that is of that type. Options before the type are refused; a comment after the body may stand.
//!
//! ## Why
//! A signature by a key that cannot be read proves nothing. A private key in a repository is a secret that everybody has.
//!
//! ## Fails
//! ```toml
//! keys = ["AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"]
//! ```
//!
//! ## Passes
//! ```toml
//! keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl alice@laptop"]
//! ```
//!
//! ## How to fix
//! Copy the whole line of the public key: `cat ~/.ssh/id_ed25519.pub`. If a private key was pasted, make a new pair at once:
//! `ssh-keygen -t ed25519`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::{Malformed, Route};

pub const CODE: Code = Code::new("malformed-key");

/// The types of key that sign, each with the start of its body: its own name, with its length, in Base64 (RFC 4253
/// section 6.6, RFC 5656, RFC 8709, and OpenSSH's PROTOCOL.u2f).
const TYPES: &[(&str, &str)] = &[
    ("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5"),
    ("ssh-rsa", "AAAAB3NzaC1yc2"),
    ("ecdsa-sha2-nistp256", "AAAAE2VjZHNhLXNoYTItbmlzdHAyNT"),
    ("ecdsa-sha2-nistp384", "AAAAE2VjZHNhLXNoYTItbmlzdHAzOD"),
    ("ecdsa-sha2-nistp521", "AAAAE2VjZHNhLXNoYTItbmlzdHA1Mj"),
    ("sk-ssh-ed25519@openssh.com", "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t"),
    ("sk-ecdsa-sha2-nistp256@openssh.com", "AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb2"),
];

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(team) = &context.case.team else { return };
    for (index, person) in team.value.people.iter().enumerate() {
        for (number, key) in person.keys.iter().enumerate() {
            if let Err(malformed) = words(key.as_str()) {
                let place = Place::value(&team.path, Route::key("people").at(index).then("keys").at(number));
                found.push(Diagnostic::malformed(CODE, place, malformed));
            }
        }
    }
}

/// The type and the body of a public key in the OpenSSH format, where that can be one.
pub fn words(line: &str) -> Result<(&str, &str), Malformed> {
    if line.contains("PRIVATE KEY") {
        return Err(Malformed::new("this is a private key")
            .help("take it out, make a new pair with `ssh-keygen -t ed25519`, and write its public half here"));
    }
    let mut words = line.split_ascii_whitespace();
    let (name, body) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let Some((_, start)) = TYPES.iter().find(|(known, _)| *known == name) else {
        if let Some((known, _)) = TYPES.iter().find(|(_, start)| name.starts_with(start)) {
            return Err(Malformed::new("the type of the key is missing").help(format!("write `{known} ` before it")));
        }
        let known: Vec<&str> = TYPES.iter().map(|(known, _)| *known).collect();
        return Err(Malformed::new(format!("`{name}` is not a type of key that signs"))
            .help(format!("copy the whole line of the `.pub` file; the types are {}", known.join(", "))));
    };
    let base64 = body.trim_end_matches('=').bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    if !base64 || !body.len().is_multiple_of(4) || !body.starts_with(start) || body.len() < 68 {
        return Err(Malformed::new(format!("what follows `{name}` is not such a key"))
            .help("copy the whole line again: `cat ~/.ssh/id_ed25519.pub`"));
    }
    Ok((name, body))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn public_keys_are_told_from_what_is_not() {
        for line in [
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl alice at home",
            "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=",
        ] {
            assert!(words(line).is_ok_and(|(name, body)| line.starts_with(&format!("{name} {body}"))), "{line}");
        }
        for line in [
            "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
            "ssh-ed25519",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9",
            "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
            "ssh-dss AAAAB3NzaC1kc3MAAACBAP",
            "command=\"x\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
            "-----BEGIN OPENSSH PRIVATE KEY-----",
        ] {
            assert!(words(line).is_err(), "{line}");
        }
    }
}
