//! Public keys of OpenSSH: one line each, with the time in which they count where it says one.

use crate::values::{Malformed, Sha256};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

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

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    name: String,
    body: String,
    pub window: Window,
}

/// The time in which a key counts: from the first moment on, and before the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    pub after: Option<Timestamp>,
    pub before: Option<Timestamp>,
}

impl Window {
    pub fn holds(&self, at: Timestamp) -> bool {
        self.after.is_none_or(|after| at >= after) && self.before.is_none_or(|before| at < before)
    }
}

impl Key {
    /// Reads a line of a `.pub` file. Before the type, `valid-after="20260101Z",valid-before="20270101Z"` may stand, one of
    /// them or both, as in the `allowed_signers` of ssh-keygen(1).
    pub fn read(line: &str) -> Result<Self, Malformed> {
        if line.contains("PRIVATE KEY") {
            return Err(Malformed::new("this is a private key")
                .help("take it out, make a new pair with `ssh-keygen -t ed25519`, and write its public half here"));
        }
        let mut words = line.split_ascii_whitespace();
        let mut name = words.next().unwrap_or("");
        let mut window = Window::default();
        if name.contains('=') && !name.starts_with("AAAA") {
            window = read_window(name)?;
            name = words.next().unwrap_or("");
        }
        let body = words.next().unwrap_or("");
        let Some((_, start)) = TYPES.iter().find(|(known, _)| *known == name) else {
            return Err(no_type(name));
        };
        let base64 =
            body.trim_end_matches('=').bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
        if !base64 || !body.len().is_multiple_of(4) || !body.starts_with(start) || body.len() < 68 {
            return Err(Malformed::new(format!("what follows `{name}` is not such a key"))
                .help("copy the whole line again: `cat ~/.ssh/id_ed25519.pub`"));
        }
        Ok(Self { name: name.to_owned(), body: body.to_owned(), window })
    }

    /// The type and the body, which is all that nobody can put an option into.
    pub fn plain(&self) -> String {
        format!("{} {}", self.name, self.body)
    }

    /// Whether it is the same key, whatever time is given to it.
    pub fn is_same(&self, other: &Key) -> bool {
        self.body == other.body
    }

    /// The fingerprint: `SHA256:…`, as `ssh-keygen -l` prints it.
    pub fn fingerprint(&self) -> String {
        let bytes = STANDARD.decode(&self.body).unwrap_or_default();
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::of(&bytes).0))
    }

    /// Whether these are the bytes of its body.
    pub(super) fn is(&self, bytes: &[u8]) -> bool {
        STANDARD.encode(bytes) == self.body
    }
}

fn no_type(name: &str) -> Malformed {
    if let Some((known, _)) = TYPES.iter().find(|(_, start)| name.starts_with(start)) {
        return Malformed::new("the type of the key is missing").help(format!("write `{known} ` before it"));
    }
    let known: Vec<&str> = TYPES.iter().map(|(known, _)| *known).collect();
    Malformed::new(format!("`{name}` is not a type of key that signs"))
        .help(format!("copy the whole line of the `.pub` file; the types are {}", known.join(", ")))
}

/// Reads the options before a type.
fn read_window(options: &str) -> Result<Window, Malformed> {
    let mut window = Window::default();
    for option in options.split(',') {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let place = match name {
            "valid-after" => &mut window.after,
            "valid-before" => &mut window.before,
            _ => {
                return Err(Malformed::new(format!("`{name}` is no option of a key")).help(
                    "the options are `valid-after` and `valid-before`: `valid-before=\"20270101Z\" ssh-ed25519 …`",
                ));
            }
        };
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let moment = quoted.and_then(moment).ok_or_else(|| {
            Malformed::new(format!("`{name}` has no time that can be read"))
                .help(format!("write it in UTC, in quotes, with a Z at the end: `{name}=\"20270101Z\"` or `{name}=\"20270101083000Z\"`"))
        })?;
        *place = Some(moment);
    }
    Ok(window)
}

/// `20270101Z`, `202701010830Z` or `20270101083000Z`. Without the Z, ssh-keygen takes the zone of whoever verifies.
fn moment(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let part = |from: usize, to: usize| digits.get(from..to).map_or(Some(0), |part| part.parse::<i8>().ok());
    matches!(digits.len(), 8 | 12 | 14).then_some(())?;
    let year: i16 = digits[..4].parse().ok()?;
    let (month, day) = (part(4, 6)?, part(6, 8)?);
    let time = DateTime::new(year, month, day, part(8, 10)?, part(10, 12)?, part(12, 14)?, 0).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::Key;

    const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    #[test]
    fn public_keys_are_told_from_what_is_not() {
        for line in [
            ED25519,
            &format!("{ED25519} alice at home"),
            "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=",
        ] {
            assert!(Key::read(line).is_ok_and(|key| line.starts_with(&key.plain())), "{line}");
        }
        for line in [
            "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
            "ssh-ed25519",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9",
            "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
            "ssh-dss AAAAB3NzaC1kc3MAAACBAP",
            &format!("command=\"x\" {ED25519}"),
            &format!("cert-authority {ED25519}"),
            "-----BEGIN OPENSSH PRIVATE KEY-----",
        ] {
            assert!(Key::read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_key_counts_in_its_time_only() {
        let key =
            Key::read(&format!("valid-after=\"20260101Z\",valid-before=\"202701010830Z\" {ED25519} bob")).unwrap();
        let holds = |at: &str| key.window.holds(at.parse().unwrap());
        assert!(!holds("2025-12-31T23:59:59Z") && holds("2026-01-01T00:00:00Z"));
        assert!(holds("2027-01-01T08:29:59Z") && !holds("2027-01-01T08:30:00Z"));
        assert!(key.is_same(&Key::read(ED25519).unwrap()));
        for wrong in ["20260101", "2026-01-01Z", "20261301Z", "", "2026Z"] {
            assert!(Key::read(&format!("valid-after=\"{wrong}\" {ED25519}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_fingerprint_is_that_of_ssh_keygen() {
        assert_eq!(Key::read(ED25519).unwrap().fingerprint(), "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
    }
}
