//! Bags: folders whose every file stands in a list with its digest (BagIt, RFC 8493).
//!
//! A bag of version 1.0 writes a percent sign in a path as `%25`, which neither `bagit.py` nor `sha256sum` reads back; version
//! 0.97 writes paths as they are. So a bag is of version 1.0, unless a path in it has a percent sign. Line ends, the only other
//! characters that are encoded, are in no path that casebook takes.

use crate::disk::write;
use crate::store::Consume;
use crate::values::{Digested, Hashing, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A bag that is being written.
pub struct Bag {
    folder: PathBuf,
    payload: BTreeMap<String, Digested>,
}

/// How many files a bag has beside its payload.
pub const TAG_FILES: usize = 5;

impl Bag {
    /// Starts a bag in a folder that is there and empty.
    pub fn begin(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), payload: BTreeMap::new() }
    }

    /// Puts a file into the bag: `path` is below `data/`.
    pub fn add(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        self.fill(path, |consume| consume(content))
    }

    /// Puts a file into the bag whose bytes come in pieces.
    pub fn fill<E: From<io::Error>>(
        &mut self,
        path: &str,
        produce: impl FnOnce(&mut Consume<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = format!("data/{path}");
        if path.contains(|c: char| c == '\\' || c.is_control())
            || path.split('/').any(|name| matches!(name, "" | "." | ".."))
        {
            return Err(io::Error::other(format!("`{path}` is no path for a bag")).into());
        }
        let mut file = write::fresh(&self.place(&path))?;
        let mut hashing = Hashing::default();
        produce(&mut |piece| {
            hashing.update(piece);
            file.write_all(piece)
        })?;
        file.flush()?;
        self.payload.insert(path, hashing.finish());
        Ok(())
    }

    /// The paths of the files so far, each with its digest.
    pub fn payload(&self) -> &BTreeMap<String, Digested> {
        &self.payload
    }

    /// Ends the bag with what is known of it and a text for people. Gives the digest of the last list: it stands for every
    /// byte of the bag.
    pub fn finish(self, info: &[(&str, String)], instructions: &str) -> io::Result<Sha256> {
        let version = if self.payload.keys().any(|path| path.contains('%')) { "0.97" } else { "1.0" };
        let bytes: u64 = self.payload.values().map(|file| file.bytes).sum();
        let oxum = format!("{bytes}.{}", self.payload.len());
        let mut about = String::new();
        for (label, value) in
            info.iter().map(|(label, value)| (*label, value.as_str())).chain([("Payload-Oxum", oxum.as_str())])
        {
            writeln!(about, "{label}: {}", one_line(value)).expect("writing to a string never fails");
        }
        let tags = BTreeMap::from([
            ("VERIFY.txt", instructions.to_owned()),
            ("bag-info.txt", about),
            ("bagit.txt", format!("BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n")),
            ("manifest-sha256.txt", manifest(self.payload.iter().map(|(path, file)| (path.as_str(), file.sha256)))),
        ]);
        for (name, text) in &tags {
            write::fresh(&self.place(name))?.write_all(text.as_bytes())?;
        }
        debug_assert_eq!(tags.len() + 1, TAG_FILES);
        let last = manifest(tags.iter().map(|(name, text)| (*name, Sha256::of(text.as_bytes()))));
        write::fresh(&self.place("tagmanifest-sha256.txt"))?.write_all(last.as_bytes())?;
        Ok(Sha256::of(last.as_bytes()))
    }

    fn place(&self, path: &str) -> PathBuf {
        path.split('/').fold(self.folder.clone(), |at, name| at.join(name))
    }
}

fn manifest<'f>(files: impl Iterator<Item = (&'f str, Sha256)>) -> String {
    files.map(|(path, digest)| format!("{digest}  {path}\n")).collect()
}

/// A value on one line: what continues a line in such a file starts with white space.
fn one_line(value: &str) -> String {
    value.split(|c: char| c.is_control()).map(str::trim).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Bag, one_line};
    use std::fs;

    #[test]
    fn the_version_is_one_in_which_every_path_stands_as_it_is() {
        for (name, version) in [("a b.log", "1.0"), ("a%3Ab.log", "0.97")] {
            let folder = tempfile::tempdir().unwrap();
            let mut bag = Bag::begin(folder.path());
            bag.add(name, b"x").unwrap();
            bag.finish(&[("Reason", "a\nb: c".to_owned())], "read me").unwrap();
            let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
            assert!(read("bagit.txt").starts_with(&format!("BagIt-Version: {version}\n")));
            assert!(read("manifest-sha256.txt").ends_with(&format!("  data/{name}\n")));
            assert_eq!(read("bag-info.txt"), "Reason: a b: c\nPayload-Oxum: 1.1\n");
        }
    }

    #[test]
    fn nothing_is_written_outside_of_a_bag() {
        let folder = tempfile::tempdir().unwrap();
        let mut bag = Bag::begin(folder.path());
        for path in ["../x", "/etc/passwd", "a//b", "a/./b", "a\nb", ""] {
            assert!(bag.add(path, b"x").is_err(), "{path:?}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(one_line(" a\r\n\tb "), "a b");
    }
}
