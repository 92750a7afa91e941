//! Git LFS pointers: the small files that stand in Git for large ones
//! (<https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>).

use crate::values::{Digested, Sha256};

/// No pointer is longer, as the specification has it.
pub const MAX_POINTER_BYTES: u64 = 1024;

/// The digest and size that a pointer names; `None` where the bytes are no pointer.
pub fn pointer(content: &[u8]) -> Option<Digested> {
    if content.len() as u64 >= MAX_POINTER_BYTES {
        return None;
    }
    let text = std::str::from_utf8(content).ok()?;
    let mut lines = text.lines();
    if lines.next()? != "version https://git-lfs.github.com/spec/v1" {
        return None;
    }
    let fields: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(' ')).collect();
    let field = |name: &str| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let sha256: Sha256 = field("oid")?.strip_prefix("sha256:")?.parse().ok()?;
    Some(Digested { sha256, bytes: field("size")?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_names_its_object() {
        let digest = Sha256::of(b"x");
        let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 12345\n");
        assert_eq!(pointer(text.as_bytes()), Some(Digested { sha256: digest, bytes: 12345 }));
        assert_eq!(pointer(b""), None);
        assert_eq!(pointer(b"version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 1\n"), None);
        assert_eq!(pointer(text.replace("size", "sizes").as_bytes()), None);
    }
}
