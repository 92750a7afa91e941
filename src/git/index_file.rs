//! Git's index file, as far as it names the tree that it would be committed as.
//!
//! The extension TREE ("cache tree", gitformat-index(5)) holds the id of the whole tree for as long as nothing in the
//! index changed since that tree was written. Git brings it up to date before it runs the hooks of a commit, so that
//! the answer is there without reading 100,000 entries into memory and without another process. Git itself drops it
//! where the index holds what no commit can hold, such as a conflict or a file announced with `git add -N`.

use git2::Oid;

const HASH: usize = 20;

/// The id of the tree of an index, where its TREE extension knows it; `None` means that it must be written.
pub fn known_tree(index: &[u8]) -> Option<Oid> {
    let version = number(index, 4)?;
    if index.get(..4)? != b"DIRC" || !(2..=4).contains(&version) {
        return None;
    }
    let mut at = 12;
    for _ in 0..number(index, 8)? {
        at = after_entry(index, at, version)?;
    }
    let end = index.len().checked_sub(HASH)?;
    while at + 8 <= end {
        let length = number(index, at + 4)? as usize;
        let body = index.get(at + 8..(at + 8).checked_add(length)?)?;
        if &index[at..at + 4] == b"TREE" {
            return root_of(body);
        }
        at += 8 + length;
    }
    None
}

/// Where the entry that starts at `at` ends.
fn after_entry(index: &[u8], at: usize, version: u32) -> Option<usize> {
    // 40 bytes of file status, the object id, then the flags, of which one says that two more bytes follow.
    let flags = u16::from_be_bytes(index.get(at + 40 + HASH..at + 42 + HASH)?.try_into().ok()?);
    let extended = version >= 3 && flags & 0x4000 != 0;
    let mut name = at + 42 + HASH + if extended { 2 } else { 0 };
    if version == 4 {
        // How many bytes to drop of the name before: a number of which each byte but the last has the high bit set.
        while index.get(name)? & 0x80 != 0 {
            name += 1;
        }
        name += 1;
        return Some(name + index.get(name..)?.iter().position(|byte| *byte == 0)? + 1);
    }
    let length = match usize::from(flags & 0xfff) {
        0xfff => index.get(name..)?.iter().position(|byte| *byte == 0)?,
        length => length,
    };
    // One to eight zero bytes follow, up to a multiple of eight.
    Some(at + (name + length - at + 8) / 8 * 8)
}

/// The first record of the extension is the root: an empty name, the number of entries (-1: changed), the number of
/// folders, the id.
fn root_of(extension: &[u8]) -> Option<Oid> {
    let line = extension.strip_prefix(b"\0")?;
    let end = line.iter().position(|byte| *byte == b'\n')?;
    let text = std::str::from_utf8(&line[..end]).ok()?;
    if text.starts_with('-') {
        return None;
    }
    Oid::from_bytes(line.get(end + 1..end + 1 + HASH)?).ok()
}

fn number(index: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(index.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_index_has_no_known_tree() {
        assert_eq!(known_tree(b""), None);
        assert_eq!(known_tree(b"DIRC\0\0\0\x02\xff\xff\xff\xff"), None);
        assert_eq!(known_tree(&[b'D'; 4000]), None);
        let mut huge = b"DIRC\0\0\0\x02\0\0\0\0TREE\xff\xff\xff\xff".to_vec();
        huge.extend([0; 40]);
        assert_eq!(known_tree(&huge), None);
    }
}
