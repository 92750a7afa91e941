//! Conflicts between Git's marks: written around the lines of one key, and found again.

use super::Conflict;

/// How long the marks are, and what stands beside them.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'l> {
    pub size: usize,
    pub ours: &'l str,
    pub theirs: &'l str,
}

impl Default for Labels<'_> {
    fn default() -> Self {
        Self { size: 7, ours: "ours", theirs: "theirs" }
    }
}

/// A conflict in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The bytes from the first mark to the end of the last.
    pub range: std::ops::Range<usize>,
    pub ours: String,
    pub theirs: String,
}

/// Text that ends its last line.
pub(super) fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

pub(super) fn block(conflict: &Conflict, labels: &Labels<'_>) -> String {
    let mark = |character: &str, label: &str| {
        let label: String = label.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("{}{}{}\n", character.repeat(labels.size), if label.is_empty() { "" } else { " " }, label)
    };
    let middle = mark("=", "");
    format!("{}{}{middle}{}{}", mark("<", labels.ours), conflict.ours, conflict.theirs, mark(">", labels.theirs))
}

/// Puts text in the place of each mark: the line that has it as a value, or the header and the line that has it as a key.
pub(super) fn fill(text: &str, mark: &str, put: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    let mut header = 0;
    for line in text.split_inclusive('\n') {
        match line.split_once(mark) {
            None => {
                header = out.len();
                out.push_str(line);
            }
            Some((before, after)) => {
                if before.is_empty() {
                    out.truncate(header);
                }
                out.push_str(&number(after).map(&put).unwrap_or_default());
            }
        }
    }
    out
}

/// The numbers of the marks of a text, in the order in which they stand there.
pub(super) fn order(text: &str, mark: &str) -> Vec<usize> {
    text.lines().filter_map(|line| number(line.split_once(mark)?.1)).collect()
}

fn number(after: &str) -> Option<usize> {
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The conflicts of a text, whatever wrote them. A third version between marks of `|` is left out.
pub fn blocks(text: &str) -> Vec<Block> {
    let (mut found, mut open, mut at) = (Vec::new(), None::<Open>, 0);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if let Some(size) = mark_of(line, '<') {
            open = Some(Open { start, size, part: Part::Ours, ours: String::new(), theirs: String::new() });
            continue;
        }
        let Some(block) = &mut open else { continue };
        let is = |character| mark_of(line, character) == Some(block.size);
        match block.part {
            Part::Ours if is('|') => block.part = Part::Base,
            Part::Ours | Part::Base if is('=') => block.part = Part::Theirs,
            Part::Theirs if is('>') => {
                let Open { start, ours, theirs, .. } = std::mem::take(block);
                found.push(Block { range: start..at, ours, theirs });
                open = None;
            }
            Part::Ours => block.ours.push_str(line),
            Part::Base => {}
            Part::Theirs => block.theirs.push_str(line),
        }
    }
    found
}

#[derive(Default)]
struct Open {
    start: usize,
    size: usize,
    part: Part,
    ours: String,
    theirs: String,
}

#[derive(Default, Clone, Copy)]
enum Part {
    #[default]
    Ours,
    Base,
    Theirs,
}

/// The length of the mark that a line is, of at least seven characters.
fn mark_of(line: &str, character: char) -> Option<usize> {
    let line = line.trim_end_matches(['\n', '\r']);
    let rest = line.trim_start_matches(character);
    let size = line.len() - rest.len();
    (size >= 7 && (rest.is_empty() || rest.starts_with(' '))).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::{Labels, block, blocks};
    use crate::scaffold::merge::Conflict;

    #[test]
    fn what_is_written_is_found_again() {
        let conflict = Conflict {
            key: "title".into(),
            base: String::new(),
            ours: "title = \"a\"\n".into(),
            theirs: String::new(),
            raised: None,
        };
        for labels in [Labels::default(), Labels { size: 9, ours: "HEAD", theirs: "a\u{1b}\nb" }] {
            let text = format!("id = 1\n{}x = 2\n", block(&conflict, &labels));
            let found = blocks(&text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((found[0].ours.as_str(), found[0].theirs.as_str()), (&*conflict.ours, ""));
            assert_eq!(&text[found[0].range.end..], "x = 2\n");
        }
    }

    #[test]
    fn a_third_version_is_left_out() {
        let text = "<<<<<<< a\n1\n||||||| b\n0\n=======\n2\n>>>>>>> c\n";
        let found = blocks(text);
        assert_eq!((found[0].ours.as_str(), found[0].theirs.as_str()), ("1\n", "2\n"));
        assert!(blocks("<<<<<<< a\n1\n=======\n").is_empty());
    }
}
