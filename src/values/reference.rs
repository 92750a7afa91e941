//! References to entries: in a field (an id of a certain kind) and in Markdown (`[[f-7q2k9dm4]]`).

use super::EntryId;
use std::ops::Range;

/// A reference found in Markdown: the byte range of the whole `[[…]]` and what stands inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention<'a> {
    pub range: Range<usize>,
    pub inside: &'a str,
}

impl Mention<'_> {
    pub fn id(&self) -> Option<EntryId> {
        self.inside.parse().ok()
    }
}

/// Every `[[…]]` of a text that could be meant as an id: up to 40 characters on one line.
pub fn mentions(text: &str) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("[[").map(|at| from + at) {
        let inside_start = open + 2;
        match closing(&text.as_bytes()[inside_start..]) {
            Some(length) => {
                let end = inside_start + length + 2;
                found.push(Mention { range: open..end, inside: &text[inside_start..end - 2] });
                from = end;
            }
            None => from = open + 1,
        }
    }
    found
}

/// What stands in a text for an entry that is not told of.
pub const LEFT_OUT: &str = "(left out)";

/// The text with [`LEFT_OUT`] in the place of every `[[…]]` that names one of these entries.
pub fn without_mentions(text: &str, is_left_out: impl Fn(EntryId) -> bool) -> String {
    let mut told = String::with_capacity(text.len());
    let mut from = 0;
    for mention in mentions(text).into_iter().filter(|mention| mention.id().is_some_and(&is_left_out)) {
        told.push_str(&text[from..mention.range.start]);
        told.push_str(LEFT_OUT);
        from = mention.range.end;
    }
    told.push_str(&text[from..]);
    told
}

/// Where the next `]]` is, within 40 bytes and on the same line.
fn closing(text: &[u8]) -> Option<usize> {
    let near = &text[..text.len().min(42)];
    let length = near.windows(2).position(|pair| pair == b"]]")?;
    let inside = &near[..length];
    (!inside.contains(&b'\n') && !inside.contains(&b'[')).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_found_and_others_left() {
        let text = "see [[f-7q2k9dm4]] and [[nonsense]], not [x] or [[\n]]; [[[[f-00000000]]";
        let inside: Vec<_> = mentions(text).iter().map(|m| m.inside).collect();
        assert_eq!(inside, ["f-7q2k9dm4", "nonsense", "f-00000000"]);
    }
}
