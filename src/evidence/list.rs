//! Evidence lists: the files of an item with their digests, in the format of coreutils, so that
//! `cd evidence && sha256sum -c x-….sha256` checks an item without casebook.

use super::damage::{list_duplicate, list_line, list_order, list_path};
use crate::diagnostic::Diagnostic;
use crate::values::{EntryId, Sha256, TreePath};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

/// The largest list that is read: 256 MiB, some two million files.
pub const MAX_LIST_BYTES: u64 = 256 << 20;

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListLine {
    pub digest: Sha256,
    /// From the root of the case: `evidence/x-…/auth.log`.
    pub path: TreePath,
    /// Its number in the list, from 1.
    pub number: usize,
    /// The bytes of the line in the list, without its end.
    pub span: Range<usize>,
}

/// Where the list of an item is: `evidence/x-….sha256`.
pub fn list_path(item: EntryId) -> TreePath {
    TreePath::from(format!("evidence/{item}.sha256"))
}

/// Where the files of an item are: `evidence/x-…`.
pub fn folder_path(item: EntryId) -> TreePath {
    TreePath::from(format!("evidence/{item}"))
}

/// Writes a list: sorted by the bytes of the paths, which are those inside the item's folder.
pub fn render(item: EntryId, files: &BTreeMap<String, Sha256>) -> String {
    let mut text = String::new();
    for (path, digest) in files {
        writeln!(text, "{digest}  {item}/{path}").expect("writing to a string never fails");
    }
    text
}

/// Reads a list, with everything that is wrong with it. Lines that cannot be read, and paths that are not the item's,
/// are left out.
pub fn parse(list: &TreePath, item: EntryId, content: &[u8]) -> (Vec<ListLine>, Vec<Diagnostic>) {
    let mut lines: Vec<ListLine> = Vec::with_capacity(content.iter().filter(|byte| **byte == b'\n').count());
    let mut found = Vec::new();
    let mut start = 0;
    for (index, line) in content.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        let kept = line.strip_suffix(b"\n").unwrap_or(line);
        let span = start..start + kept.len();
        start += line.len();
        if kept.len() == line.len() {
            found.push(list_line::found(list, number, span.clone(), "does not end: the list may have been cut off"));
        }
        match read_line(kept) {
            Err(why) => found.push(list_line::found(list, number, span, why)),
            Ok((digest, path)) if is_inside(path, item) => {
                lines.push(ListLine { digest, path: TreePath::from(format!("evidence/{path}")), number, span });
            }
            Ok(_) => found.push(list_path::found(list, number, span, item)),
        }
    }
    found.extend(order_problems(list, &lines));
    (lines, found)
}

fn read_line(line: &[u8]) -> Result<(Sha256, &str), &'static str> {
    let text = std::str::from_utf8(line).map_err(|_| "is not UTF-8 text")?;
    if text.ends_with('\r') {
        return Err("ends in a carriage return: something has converted its line endings");
    }
    if text.starts_with('\\') {
        return Err("is escaped with `\\`: such names are kept under safe ones instead");
    }
    let form = "is not a SHA-256 digest of 64 lower-case digits, two spaces and a path";
    let (digest, rest) = text.split_at_checked(64).ok_or(form)?;
    let path = rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *")).ok_or(form)?;
    let digest = digest.parse().map_err(|_| form)?;
    if path.is_empty() { Err(form) } else { Ok((digest, path)) }
}

/// Whether a path is that of a file below the item's folder.
fn is_inside(path: &str, item: EntryId) -> bool {
    let mut names = path.split('/');
    let plain = |name: &str| !matches!(name, "" | "." | "..") && !name.contains(|c: char| c == '\\' || c.is_control());
    names.next() == Some(&item.to_string()) && path.contains('/') && names.all(plain)
}

/// Paths that come twice, and the first one that is out of order.
fn order_problems(list: &TreePath, lines: &[ListLine]) -> Vec<Diagnostic> {
    if lines.is_sorted_by(|before, after| before.path < after.path) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut first: BTreeMap<&TreePath, &ListLine> = BTreeMap::new();
    for line in lines {
        if let Some(before) = first.insert(&line.path, line) {
            let (span, before) = (line.span.clone(), before.span.clone());
            found.push(list_duplicate::found(list, line.number, line.path.as_str(), span, before));
        }
    }
    let wrong = lines.windows(2).find(|pair| pair[1].path < pair[0].path);
    if let Some([before, after]) = wrong {
        found.push(list_order::found(list, after.number, after.span.clone(), before.span.clone()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Kind;
    use proptest::prelude::*;

    fn item() -> EntryId {
        EntryId::from_bits(Kind::Evidence, 7)
    }

    proptest! {
        #[test]
        fn a_written_list_reads_back(names in proptest::collection::btree_set("[a-zA-Z0-9 %$é_-]{1,12}(/[a-z.]{1,3}x){0,2}", 0..20)) {
            let files: BTreeMap<String, Sha256> =
                names.into_iter().map(|name| { let digest = Sha256::of(name.as_bytes()); (name, digest) }).collect();
            let text = render(item(), &files);
            let (lines, found) = parse(&list_path(item()), item(), text.as_bytes());
            prop_assert!(found.is_empty(), "{:?}", found);
            let read: BTreeMap<String, Sha256> = lines
                .into_iter()
                .map(|line| (line.path.as_str().strip_prefix(&format!("evidence/{}/", item())).unwrap().to_owned(), line.digest))
                .collect();
            prop_assert_eq!(read, files);
        }

        #[test]
        fn any_bytes_are_read_without_panic(content: Vec<u8>) {
            parse(&list_path(item()), item(), &content);
        }
    }

    #[test]
    fn every_bad_line_is_reported_with_its_code() {
        let digest = Sha256::of(b"");
        let text = format!(
            "{digest}  {0}/b\n{digest}  {0}/a\n{digest} *{0}/a\n# comment\n{digest}  {0}/../case.toml\n\\{digest}  {0}/x\n{digest}  {0}/c\r\n{digest}  {0}/z",
            item()
        );
        let (lines, found) = parse(&list_path(item()), item(), text.as_bytes());
        let codes: Vec<&str> = found.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
        assert_eq!(
            codes,
            ["list-line", "list-path", "list-line", "list-line", "list-line", "list-duplicate", "list-order"]
        );
        assert_eq!(lines.len(), 4);
    }
}
