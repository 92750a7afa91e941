//! A private folder for files that another program is to read or write; it is removed when the value is dropped.

use std::fs;
use std::io::{self, BufReader, BufWriter, Read, Write};
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

    /// A new file for what a program says.
    pub fn log(&self, name: &str) -> io::Result<fs::File> {
        fs::File::create_new(self.folder.path().join(name))
    }

    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.folder.path().join(name))
    }

    /// A new file to write to, piece by piece.
    pub fn create(&self, name: &str) -> io::Result<impl Write + use<>> {
        Ok(BufWriter::new(fs::File::create_new(self.folder.path().join(name))?))
    }

    /// A file to read, piece by piece.
    pub fn open(&self, name: &str) -> io::Result<impl Read + use<>> {
        Ok(BufReader::new(fs::File::open(self.folder.path().join(name))?))
    }
}
