//! The public keys of the roster, in the form that `ssh-keygen -Y verify` and Git read.

use crate::model::{Person, Team};
use crate::signature::Window;
use jiff::Timestamp;

/// The name by which signatures of a person are looked for: the address, or else the handle.
pub fn principal(person: &Person) -> &str {
    // Spaces, commas, quotes and wildcards mean something in such a file.
    let plain = |text: &&str| !text.contains(|c: char| c.is_whitespace() || c.is_control() || "\",*?!#".contains(c));
    person.email.as_ref().map(|email| email.as_str()).filter(plain).unwrap_or(person.handle.as_str())
}

/// An `allowed_signers` file (ssh-keygen(1)) of the keys that are not revoked, each with its time; empty where nobody has a key.
pub fn allowed_signers(team: &Team) -> String {
    let keys = team.people.iter().flat_map(|person| person.keys().map(move |key| (principal(person), key)));
    let lines = keys.filter(|(_, key)| !team.is_revoked(key)).map(|(principal, key)| {
        let options = options(&key.window);
        format!("{principal} {options}{}\n", key.plain())
    });
    lines.collect()
}

/// What stands before the type of a key: the time in which it counts.
fn options(window: &Window) -> String {
    let option =
        |name: &str, at: Option<Timestamp>| at.map(|at| format!("{name}=\"{}\"", at.strftime("%Y%m%d%H%M%SZ")));
    let options: Vec<String> =
        [option("valid-after", window.after), option("valid-before", window.before)].into_iter().flatten().collect();
    if options.is_empty() { String::new() } else { format!("{} ", options.join(",")) }
}
