//! A private folder for files that another program is to read or write; it is removed when the value is dropped.

use std::fs;
use std::io;
use std::path::Path;

#[derive(Debug)]
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    pub fn new() -> io::Result<Self> {
        Ok(Self { folder: tempfile::Builder::new().prefix("casebook-").tempdir()? })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        fs::write(self.folder.path().join(name), content)
    }

    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.folder.path().join(name))
    }
}
