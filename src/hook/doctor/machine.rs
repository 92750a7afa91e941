//! The machine: is there a Git, and is it new enough?

use super::Examination;
use crate::exec;
use std::path::Path;

/// The oldest Git that answers all that casebook asks it: `git config --show-scope` came with 2.26.
const OLDEST: (u32, u32) = (2, 26);

pub fn git_version(folder: &Path) -> Examination {
    let output = exec::git(&["--version"], folder, &[]);
    let Ok(output) = output else {
        return Examination::ill("git", "there is no `git` in PATH", "install Git: https://git-scm.com/downloads");
    };
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match version(&text) {
        Some(version) if version >= OLDEST => Examination::well("git", text),
        Some(_) => {
            let says = format!("{text} is older than {}.{}, which casebook needs", OLDEST.0, OLDEST.1);
            Examination::ill("git", says, "install a newer Git: https://git-scm.com/downloads")
        }
        None => {
            Examination::note("git", format!("`git --version` says `{text}`"), "`command -v git` shows which it is")
        }
    }
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix("git version ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_every_vendor_are_read() {
        assert_eq!(version("git version 2.47.3"), Some((2, 47)));
        assert_eq!(version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(version("git version 2.45.1.windows.1"), Some((2, 45)));
        assert_eq!(version("hub version 2"), None);
    }
}
