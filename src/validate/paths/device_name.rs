//! A name is that of a device on Windows.
//!
//! ## What it checks
//! `CON`, `PRN`, `AUX`, `NUL`, `CONIN$`, `CONOUT$`, `COM1` to `COM9` and `LPT1` to `LPT9`, in whatever case of letters and with
//! whatever extension, for every name of the tree.
//!
//! ## Why
//! Windows opens the device instead of the file: a clone fails.
//!
//! ## Fails
//! ```text
//! notes/aux.md
//! ```
//!
//! ## Passes
//! ```text
//! notes/auxiliary.md
//! ```
//!
//! ## How to fix
//! Rename the file. `casebook evidence add` does so for evidence, and records its own name.

use super::{place_of, renaming};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("device-name");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if !node.text().is_some_and(is_device) {
            continue;
        }
        let message = "the name is that of a device on Windows";
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help(renaming(folder, node)));
    }
}

/// Whether Windows takes a name for a device: what stands before the first dot counts, without spaces at its end
/// (Microsoft, "Naming Files, Paths, and Namespaces").
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    if ["con", "prn", "aux", "nul", "conin$", "conout$"].iter().any(|device| stem.eq_ignore_ascii_case(device)) {
        return true;
    }
    let Some(port) = stem.get(..3) else { return false };
    let numbered = port.eq_ignore_ascii_case("com") || port.eq_ignore_ascii_case("lpt");
    numbered && matches!(&stem[3..], "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
}

#[cfg(test)]
mod tests {
    use super::is_device;

    #[test]
    fn devices_are_told_from_names_like_them() {
        for name in ["CON", "con.txt", "Nul.tar.gz", "aux .md", "COM1", "lpt9.log", "COM¹", "CONIN$"] {
            assert!(is_device(name), "{name}");
        }
        for name in ["console", "com", "com0", "com10", "lpt", "a.con", ".con", "nul-x", "é", "co€"] {
            assert!(!is_device(name), "{name}");
        }
    }
}
