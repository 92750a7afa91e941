//! Names that are safe on every disk and for Git, for files that come with any name.

use crate::validate::paths::{MAX_DEPTH, MAX_PATH_BYTES};
use crate::validate::paths::{collision, control_in_name, device_name, forbidden_character};
use crate::values::Sha256;
use std::collections::{BTreeMap, BTreeSet};

/// The folder for files whose own path is too long or too deep.
const LONG: &str = "long-names";

/// Bytes of `evidence/x-7q2k9dm4/`, which stands before every path.
const BEFORE: usize = 20;

/// Gives files safe paths inside their item. Equal ways get equal paths, different ways different ones, also where case
/// and Unicode form do not count.
#[derive(Default)]
pub struct Names {
    /// The safe path of every way that was named, folders included.
    given: BTreeMap<Vec<Vec<u8>>, String>,
    /// What is taken, as a file system that ignores case and Unicode form sees it.
    taken: BTreeSet<String>,
}

impl Names {
    /// The safe path of a file; `way` are the names of its folders and its own.
    pub fn of(&mut self, way: &[Vec<u8>]) -> String {
        let mut path = String::new();
        for length in 1..=way.len() {
            path = self.below(&path, &way[..length]);
        }
        // Two folders come before the way: `evidence` and that of the item.
        if BEFORE + path.len() <= MAX_PATH_BYTES && way.len() + 2 <= MAX_DEPTH {
            return path;
        }
        // No name has a slash, so this is the way of nothing else.
        let own = vec![b"/".to_vec()];
        let folder = match self.given.get(&own) {
            Some(folder) => folder.clone(),
            None => self.free(LONG),
        };
        self.given.insert(own, folder.clone());
        self.free(&format!("{folder}/{}", shortened(way)))
    }

    fn below(&mut self, parent: &str, way: &[Vec<u8>]) -> String {
        if let Some(path) = self.given.get(way) {
            return path.clone();
        }
        let name = safe(way.last().map_or(&[][..], Vec::as_slice));
        let wanted = if parent.is_empty() { name } else { format!("{parent}/{name}") };
        let path = self.free(&wanted);
        self.given.insert(way.to_vec(), path.clone());
        path
    }

    /// The path, or the first of `path~2`, `path~3` … that is free, before the extension.
    fn free(&mut self, wanted: &str) -> String {
        let name_at = wanted.rfind('/').map_or(0, |slash| slash + 1);
        let dot = wanted[name_at..].rfind('.').filter(|dot| *dot > 0).map_or(wanted.len(), |dot| name_at + dot);
        let (stem, extension) = wanted.split_at(dot);
        let numbered = (2..).map(|number: u32| format!("{stem}~{number}{extension}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        candidates.find(|path| self.taken.insert(collision::folded(path))).expect("numbers never end")
    }
}

/// 16 digits of the digest of the way, with the extension where it is a plain one.
fn shortened(way: &[Vec<u8>]) -> String {
    let digest = Sha256::of(&way.join(&b'/')).to_string();
    let name = safe(way.last().map_or(&[][..], Vec::as_slice));
    let extension = name.rsplit_once('.').map(|(_, extension)| extension).unwrap_or("");
    let plain = (1..=10).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { format!("{}.{extension}", &digest[..16]) } else { digest[..16].to_owned() }
}

/// A name with every unsafe byte written as `%` and two digits.
fn safe(name: &[u8]) -> String {
    let mut text = String::new();
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            let forbidden = u8::try_from(c).is_ok_and(|byte| forbidden_character::FORBIDDEN.contains(&byte));
            if forbidden || c == '/' || control_in_name::is_unseen(c) {
                escape(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                text.push(c);
            }
        }
        escape(&mut text, chunk.invalid());
    }
    escape_meaning(text)
}

/// Escapes the first or last character where the whole name means something to Git or Windows.
fn escape_meaning(name: String) -> String {
    let lower = name.to_ascii_lowercase();
    let special = lower.starts_with(".git") || lower.starts_with("git~") || matches!(lower.as_str(), "." | ".." | "");
    let mut text = String::new();
    let mut rest = name.as_str();
    if (special || device_name::is_device(&name)) && !name.is_empty() {
        let first = rest.chars().next().map_or(0, char::len_utf8);
        escape(&mut text, &rest.as_bytes()[..first]);
        rest = &rest[first..];
    }
    match rest.chars().next_back() {
        Some(last @ ('.' | ' ')) => {
            text.push_str(&rest[..rest.len() - 1]);
            escape(&mut text, &[last as u8]);
        }
        _ => text.push_str(rest),
    }
    text
}

fn escape(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push_str(&format!("%{byte:02X}"));
    }
}

/// A way as text that can be turned back into bytes: `%` and two digits for what is not printable UTF-8, and for `%`.
pub fn original(way: &[Vec<u8>]) -> String {
    let mut text = String::new();
    for (index, name) in way.iter().enumerate() {
        if index > 0 {
            text.push('/');
        }
        for chunk in name.utf8_chunks() {
            for c in chunk.valid().chars() {
                if c == '%' || control_in_name::is_unseen(c) {
                    escape(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes());
                } else {
                    text.push(c);
                }
            }
            escape(&mut text, chunk.invalid());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Names, original, safe};
    use crate::check::{NoPaths, names};
    use crate::tree::MemoryTree;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn way(path: &[u8]) -> Vec<Vec<u8>> {
        path.split(|byte| *byte == b'/').map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn unsafe_names_are_escaped_and_safe_ones_stay() {
        for (name, expected) in [
            (&b"auth.log"[..], "auth.log"),
            (b"Microsoft%4Operational.evtx", "Microsoft%4Operational.evtx"),
            (b"$MFT", "$MFT"),
            (b"two words", "two words"),
            (b"a:b", "a%3Ab"),
            (b"line\nfeed", "line%0Afeed"),
            (b"\xff\xfe", "%FF%FE"),
            (b"con.txt", "%63on.txt"),
            (b".gitattributes", "%2Egitattributes"),
            (b"GIT~1", "%47IT~1"),
            (b"trail. ", "trail.%20"),
            (b"back\\slash", "back%5Cslash"),
            ("é".as_bytes(), "é"),
        ] {
            assert_eq!(safe(name), expected);
        }
    }

    #[test]
    fn names_that_collide_get_numbers() {
        let mut names = Names::default();
        assert_eq!(names.of(&way(b"Logs/Readme.txt")), "Logs/Readme.txt");
        assert_eq!(names.of(&way(b"Logs/README.TXT")), "Logs/README~2.TXT");
        assert_eq!(names.of(&way(b"logs/x")), "logs~2/x");
        assert_eq!(names.of(&way(b"Logs/y")), "Logs/y");
        assert_eq!(names.of(&way("cafe\u{301}".as_bytes())), "cafe\u{301}");
        assert_eq!(names.of(&way("caf\u{e9}".as_bytes())), "caf\u{e9}~2");
    }

    #[test]
    fn long_paths_are_shortened() {
        let long = format!("C/{}/NTUSER.DAT", "very long folder name ".repeat(12));
        let mut names = Names::default();
        let path = names.of(&way(long.as_bytes()));
        assert!(path.starts_with("long-names/") && path.ends_with(".DAT") && path.len() < 40, "{path}");
    }

    #[test]
    fn the_original_can_be_read_back() {
        assert_eq!(original(&way(b"a%20b/\xff\n")), "a%2520b/%FF%0A");
    }

    const ATTRIBUTES: &str = "evidence/** -text -filter -ident -working-tree-encoding\nsignoffs/** -text\n";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_name_is_made_safe(
            all in proptest::collection::btree_set(proptest::collection::vec("[aA.é:~ \n]{1,4}|\\PC{1,60}|(?i-u:\\.git|con|nul)[.a]?", 1..5), 1..20)
        ) {
            let mut names = Names::default();
            let mut tree = MemoryTree::new().with(".gitattributes", ATTRIBUTES);
            let mut paths = BTreeSet::new();
            // A name cannot be a file and a folder, so files have names of their own.
            for way in all {
                let mut way: Vec<Vec<u8>> = way.into_iter().map(|name| name.replace('/', "").into_bytes()).collect();
                way.retain(|name| !name.is_empty());
                way.push(b"file".to_vec());
                let path = names.of(&way);
                prop_assert!(path.split('/').all(|name| !name.is_empty() && !name.to_lowercase().starts_with(".git")));
                tree.insert(&format!("evidence/x-7q2k9dm4/{path}"), "x");
                paths.insert((way, path));
            }
            let found = names::check(&tree, &mut NoPaths).unwrap();
            prop_assert!(found.is_empty(), "{:?}", found);
            let different: BTreeSet<&String> = paths.iter().map(|(_, path)| path).collect();
            prop_assert_eq!(different.len(), paths.len());
        }
    }
}
