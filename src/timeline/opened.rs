//! Opening a file to read its rows: its beginning tells its format, and what was packed is read as what it was before.

use crate::evidence::gzip;
use crate::ingest::format::HEAD_BYTES;
use std::io::{self, BufRead, BufReader, Read};

/// The beginning of a file, and what follows it.
pub struct Opened<'s> {
    pub head: Vec<u8>,
    /// What follows the beginning.
    pub content: Box<dyn BufRead + 's>,
    /// Whether it was packed, and is read as what was packed.
    pub is_packed: bool,
}

/// Opens a file; one that was packed alone (gzip) as what was packed.
pub fn opened<'s>(content: Box<dyn Read + 's>) -> io::Result<Opened<'s>> {
    let (head, content) = begun(content)?;
    if !gzip::is_packed(&head) {
        return Ok(Opened { head, content, is_packed: false });
    }
    let (head, content) = begun(Box::new(gzip::reader(io::Cursor::new(head).chain(content))))?;
    Ok(Opened { head, content, is_packed: true })
}

/// The first bytes of a stream, and what follows them. An error is left to whoever reads on.
fn begun<'s>(content: Box<dyn Read + 's>) -> io::Result<(Vec<u8>, Box<dyn BufRead + 's>)> {
    let mut content = BufReader::with_capacity(HEAD_BYTES, content);
    let mut head = Vec::new();
    match content.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head) {
        Err(error) if !is_damage(&error) => Err(error),
        Err(error) => Ok((head, Box::new(broken(error)))),
        Ok(_) => Ok((head, Box::new(content))),
    }
}

/// Whether what was packed is damaged, and not the disk.
pub fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// A stream that is an error.
pub fn broken(error: io::Error) -> impl BufRead {
    BufReader::new(Broken(Some(error)))
}

struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
