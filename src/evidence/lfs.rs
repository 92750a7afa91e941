//! Git LFS pointers: the small files that stand in Git for large ones
//! (<https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>).

use crate::values::Digested;

/// No pointer is longer, as the specification has it.
pub const MAX_POINTER_BYTES: u64 = 1024;

/// The digest and size that a pointer names; `None` where the bytes are not exactly those that Git LFS writes. A pointer with
/// anything more in it would carry what nobody registered.
pub fn pointer(content: &[u8]) -> Option<Digested> {
    if content.len() as u64 >= MAX_POINTER_BYTES {
        return None;
    }
    let text = std::str::from_utf8(content).ok()?;
    let rest = text.strip_prefix("version https://git-lfs.github.com/spec/v1\noid sha256:")?;
    let (sha256, bytes) = rest.strip_suffix('\n')?.split_once("\nsize ")?;
    let named = Digested { sha256: sha256.parse().ok()?, bytes: bytes.parse().ok()? };
    // A number can be written in more than one way.
    (named.bytes.to_string() == bytes).then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Sha256;

    #[test]
    fn a_pointer_names_its_object() {
        let digest = Sha256::of(b"x");
        let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 12345\n");
        assert_eq!(pointer(text.as_bytes()), Some(Digested { sha256: digest, bytes: 12345 }));
        assert_eq!(pointer(b""), None);
        assert_eq!(pointer(b"version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 1\n"), None);
        assert_eq!(pointer(text.replace("size", "sizes").as_bytes()), None);
    }

    #[test]
    fn what_git_lfs_does_not_write_is_no_pointer() {
        let digest = Sha256::of(b"x");
        let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 12\n");
        for (from, to) in [
            ("size 12\n", "size 12"),
            ("size 12\n", "size 12\n\n"),
            ("size 12\n", "size 12\nmore\n"),
            ("size 12", "size +12"),
            ("size 12", "size 012"),
            ("\n", "\r\n"),
            ("oid", "ext-0-x sha256:00\noid"),
        ] {
            assert_eq!(pointer(text.replace(from, to).as_bytes()), None, "{to:?}");
        }
    }
}
