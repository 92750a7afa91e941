//! Whether bytes differ from registered ones only by the ends of their lines, as Git's conversions make them differ.

use crate::tree::{Tree, TreeError};
use crate::values::{Hashing, Sha256, TreePath};

/// Whether the file, with every CRLF made LF or every lone LF made CRLF, has the registered digest.
pub fn explain(tree: &dyn Tree, file: &TreePath, registered: Sha256) -> Result<bool, TreeError> {
    let mut to_lf = Converted::default();
    let mut to_crlf = Converted::default();
    tree.stream(file, &mut |piece| {
        to_lf.feed(piece, b"\n");
        to_crlf.feed(piece, b"\r\n");
    })?;
    Ok(to_lf.finish() == registered || to_crlf.finish() == registered)
}

/// The digest of content whose line ends were all made the same.
#[derive(Default)]
struct Converted {
    hashing: Hashing,
    /// A carriage return at the end of the last piece, whose line feed may be the first byte of the next.
    held: bool,
}

impl Converted {
    fn feed(&mut self, piece: &[u8], end: &[u8]) {
        let mut kept = 0;
        for (index, byte) in piece.iter().enumerate() {
            match byte {
                b'\n' => {
                    self.pass(&piece[kept..index]);
                    self.held = false;
                    self.hashing.update(end);
                    kept = index + 1;
                }
                b'\r' => {
                    self.pass(&piece[kept..index]);
                    self.release();
                    self.held = true;
                    kept = index + 1;
                }
                _ => {}
            }
        }
        self.pass(&piece[kept..]);
    }

    fn pass(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.release();
            self.hashing.update(bytes);
        }
    }

    fn release(&mut self) {
        if std::mem::take(&mut self.held) {
            self.hashing.update(b"\r");
        }
    }

    fn finish(mut self) -> Sha256 {
        self.release();
        self.hashing.finish().sha256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::MemoryTree;

    fn explains(now: &str, registered: &str) -> bool {
        let tree = MemoryTree::new().with("a", now);
        explain(&tree, &TreePath::from("a"), Sha256::of(registered.as_bytes())).unwrap()
    }

    #[test]
    fn only_line_endings_are_explained() {
        assert!(explains("a\r\nb\r\n", "a\nb\n"));
        assert!(explains("a\nb\n", "a\r\nb\r\n"));
        assert!(explains("a\nb\nc", "a\r\nb\r\nc"));
        assert!(!explains("a\nb\n", "a\nB\n"));
        assert!(!explains("a\rb", "a\nb"));
    }

    #[test]
    fn a_line_end_may_be_cut_in_two() {
        let mut converted = Converted::default();
        for piece in [&b"a\r"[..], b"\nb\r", b"\r", b"\n", b"c\r"] {
            converted.feed(piece, b"\n");
        }
        assert_eq!(converted.finish(), Sha256::of(b"a\nb\r\nc\r"));
    }
}
