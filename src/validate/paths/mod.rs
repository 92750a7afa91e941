//! Rules for the names of a tree. They judge one folder's listing at a time: the caller walks the tree.

pub mod collision;
pub mod committed_report;
pub mod control_in_name;
pub mod deep_folder;
pub mod device_name;
pub mod executable_file;
pub mod forbidden_character;
pub mod long_path;
pub mod memory;
pub mod name_encoding;
pub mod name_ending;
pub mod nested_attributes;
pub mod plain_name;
pub mod special_file;
pub mod submodule;
pub mod symlink;
pub mod unsafe_attributes;

pub use memory::{Below, NoPaths, PathMemory};

use super::Found;
use crate::diagnostic::{Page, Place};
use crate::tree::Node;
use crate::values::{Kind, TreePath};

/// The longest path in bytes. Windows allows 260 characters, of which the folder of the clone takes its part.
pub const MAX_PATH_BYTES: usize = 200;

/// The most names that a path may have.
pub const MAX_DEPTH: usize = 32;

/// The file that tells Git how to treat contents.
pub const ATTRIBUTES: &str = ".gitattributes";

/// A rule for the names in one folder.
#[derive(Clone, Copy)]
pub struct PathRule {
    pub page: Page,
    pub check: fn(&TreePath, &[Node], &mut Found),
}

macro_rules! rule {
    ($page:ident, $code:literal, $module:ident) => {
        PathRule { page: Page::$page($code, include_str!(concat!(stringify!($module), ".rs"))), check: $module::check }
    };
}

/// The rules that look at every folder.
pub const RULES: &[PathRule] = &[
    rule!(of, "name-collision", collision),
    rule!(of, "committed-report", committed_report),
    rule!(fixed, "control-in-name", control_in_name),
    rule!(fixed, "deep-folder", deep_folder),
    rule!(of, "device-name", device_name),
    rule!(of, "executable-file", executable_file),
    rule!(fixed, "forbidden-character", forbidden_character),
    rule!(of, "long-path", long_path),
    rule!(fixed, "name-encoding", name_encoding),
    rule!(of, "name-ending", name_ending),
    rule!(fixed, "nested-attributes", nested_attributes),
    rule!(of, "plain-name", plain_name),
    rule!(fixed, "special-file", special_file),
    rule!(fixed, "submodule", submodule),
    rule!(fixed, "symlink", symlink),
];

/// The manual pages of the rules for paths.
pub fn pages() -> impl Iterator<Item = Page> {
    let attributes = Page::fixed("unsafe-attributes", include_str!("unsafe_attributes.rs"));
    RULES.iter().map(|rule| rule.page).chain([attributes])
}

/// Judges the names in one folder.
pub fn judge(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for rule in RULES {
        (rule.check)(folder, nodes, found);
    }
}

/// Bytes of the path of a node.
pub fn length_of(folder: &TreePath, node: &Node) -> usize {
    folder.as_str().len() + usize::from(!folder.is_root()) + node.name.len()
}

/// How many names the path of a folder has.
pub fn depth_of(folder: &TreePath) -> usize {
    if folder.is_root() { 0 } else { folder.as_str().bytes().filter(|byte| *byte == b'/').count() + 1 }
}

/// The path of a node, with a mark for what is not UTF-8.
fn path_of(folder: &TreePath, node: &Node) -> TreePath {
    folder.join(&String::from_utf8_lossy(&node.name))
}

fn place_of(folder: &TreePath, node: &Node) -> Place {
    Place::file(&path_of(folder, node))
}

/// Whether a folder holds entries, sign-offs, time stamps or the records of evidence, but not the evidence itself.
fn holds_records(folder: &TreePath) -> bool {
    Kind::of_folder(folder.as_str()).is_some() || matches!(folder.as_str(), "releases" | "signoffs" | "timestamps")
}

/// What to do about a name: evidence gets a safe one by the command that adds it, others are renamed by hand.
fn renaming(folder: &TreePath, node: &Node) -> String {
    if folder.top() == Kind::Evidence.folder() {
        return "add evidence with `casebook evidence add PATH`, which gives it a safe name and records its own"
            .to_owned();
    }
    format!("rename it, for example to `{}`", safe_name(&String::from_utf8_lossy(&node.name)))
}

/// A name that no rule here objects to, as near to the given one as possible.
fn safe_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let plain: String = name.chars().map(plain).collect();
    let trimmed = plain.trim_end_matches('.');
    if trimmed.is_empty() || device_name::is_device(trimmed) { format!("_{trimmed}") } else { trimmed.to_owned() }
}
