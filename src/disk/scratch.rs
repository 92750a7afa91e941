//! A private folder for files that another program is to read or write, and a private file for what does not fit into memory; they are
//! removed when the value is dropped.

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

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

    /// A file that was written, for a program to read.
    pub fn open(&self, name: &str) -> io::Result<fs::File> {
        fs::File::open(self.folder.path().join(name))
    }

    /// A new file for what a program says.
    pub fn log(&self, name: &str) -> io::Result<fs::File> {
        fs::File::create_new(self.folder.path().join(name))
    }

    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.folder.path().join(name))
    }
}

/// A file without a name for what does not fit into memory: written at its end, read in parts. It is gone when this is dropped, or the
/// program ends.
#[derive(Debug)]
pub struct Spool {
    file: Arc<fs::File>,
    written: BufWriter<fs::File>,
    length: u64,
}

impl Spool {
    pub fn new() -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        let written = BufWriter::with_capacity(256 << 10, file.try_clone()?);
        Ok(Self { file: Arc::new(file), written, length: 0 })
    }

    /// Bytes that were written.
    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Makes what was written so far one that can be read.
    pub fn flush(&mut self) -> io::Result<()> {
        self.written.flush()
    }

    /// A part of what was written, to be read piece by piece.
    pub fn part(&self, place: Range<u64>) -> impl Read + use<> {
        Part { file: self.file.clone(), place }
    }
}

struct Part {
    file: Arc<fs::File>,
    place: Range<u64>,
}

impl Read for Part {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.place.end - self.place.start).unwrap_or(usize::MAX).min(out.len());
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(&*self.file, &mut out[..most], self.place.start)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(&*self.file, &mut out[..most], self.place.start)?;
        self.place.start += read as u64;
        Ok(read)
    }
}
