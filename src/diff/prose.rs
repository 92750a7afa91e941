//! Long texts: the lines that differ, and of long lines the words around what differs.
//!
//! A paragraph is often one line in a file, of which one word was changed. So where a line takes the place of another, both
//! are cut to what differs with a few words around it.

use crate::values::wording::shortened;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Lines that went and lines that came in their place; either may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    pub removed: Vec<String>,
    pub added: Vec<String>,
}

/// More lines or words than this, on both sides together, are not compared one by one: a hostile text must not take long.
const COMPARED: usize = 8_000;

/// Unchanged words that are kept on either side of a change.
const AROUND: usize = 8;

/// The most characters of a line that are kept.
const LINE: usize = 400;

/// The most lines of one side of a hunk that are kept.
const LINES: usize = 30;

/// What differs between two texts; a text that is not there is an empty one.
pub fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let ops = compared(&old, &new);
    let differing = ops.into_iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    differing.map(|op| hunk(&old[op.old_range()], &new[op.new_range()])).collect()
}

/// The operations that make one list of the other; where both are long, one that replaces everything.
fn compared<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<DiffOp> {
    if old.len() + new.len() > COMPARED {
        return vec![DiffOp::Replace { old_index: 0, old_len: old.len(), new_index: 0, new_len: new.len() }];
    }
    capture_diff_slices(Algorithm::Patience, old, new)
}

fn hunk(old: &[&str], new: &[&str]) -> Hunk {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for number in 0..old.len().max(new.len()).min(LINES) {
        match (old.get(number), new.get(number)) {
            (Some(old), Some(new)) if old.len() + new.len() > LINE / 2 => {
                let (old, new) = around_the_change(old, new);
                removed.push(old);
                added.push(new);
            }
            (old, new) => {
                removed.extend(old.map(|line| cut(line)));
                added.extend(new.map(|line| cut(line)));
            }
        }
    }
    for (lines, all) in [(&mut removed, old), (&mut added, new)] {
        if all.len() > LINES {
            lines.push(format!("… {} more lines", all.len() - LINES));
        }
    }
    Hunk { removed, added }
}

/// Two long lines, without the words that both have far from a change.
fn around_the_change(old: &str, new: &str) -> (String, String) {
    let words = |line| -> Vec<&str> { str::split_inclusive(line, ' ').collect() };
    let (old, new) = (words(old), words(new));
    let (mut before, mut after) = (String::new(), String::new());
    let ops = compared(&old, &new);
    let last = ops.len().saturating_sub(1);
    for (number, op) in ops.iter().enumerate() {
        if let DiffOp::Equal { .. } = op {
            let kept = context(&old[op.old_range()], number > 0, number < last);
            before.push_str(&kept);
            after.push_str(&kept);
        } else {
            before.push_str(&old[op.old_range()].concat());
            after.push_str(&new[op.new_range()].concat());
        }
    }
    (cut(before.trim_end()), cut(after.trim_end()))
}

/// The unchanged words that are kept of a stretch, after a change and before the next.
fn context(words: &[&str], follows: bool, leads: bool) -> String {
    let wanted = AROUND * (usize::from(follows) + usize::from(leads));
    if words.len() <= wanted + 2 {
        return words.concat();
    }
    let head = if follows { words[..AROUND].concat() } else { String::new() };
    let tail = if leads { words[words.len() - AROUND..].concat() } else { String::new() };
    format!("{head}… {tail}")
}

fn cut(line: &str) -> String {
    shortened(line, LINE)
}

#[cfg(test)]
mod tests {
    use super::{Hunk, hunks};

    #[test]
    fn lines_that_are_the_same_are_left_out() {
        let found = hunks("a\nb\nc\n", "a\nB\nc\nd\n");
        let of = |removed: &[&str], added: &[&str]| Hunk {
            removed: removed.iter().map(ToString::to_string).collect(),
            added: added.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(found, [of(&["b"], &["B"]), of(&[], &["d"])]);
        assert_eq!(hunks("a\n", "a"), []);
    }

    #[test]
    fn a_word_in_a_long_line_is_shown_with_its_neighbours() {
        let words: Vec<String> = (0..100).map(|number| format!("word{number}")).collect();
        let mut changed = words.clone();
        changed[50] = "other".to_owned();
        let found = hunks(&words.join(" "), &changed.join(" "));
        assert_eq!(
            found[0].added,
            [
                "… word42 word43 word44 word45 word46 word47 word48 word49 other word51 word52 word53 word54 word55 word56 word57 word58 …"
            ]
        );
        assert!(found[0].removed[0].contains(" word50 "));
    }

    #[test]
    fn a_hostile_text_is_bounded() {
        let (old, new) = ("x\n".repeat(20_000), "y z\n".repeat(20_000));
        let found = hunks(&old, &new);
        assert_eq!((found.len(), found[0].removed.len()), (1, 31));
        let long = "w ".repeat(500_000);
        assert!(hunks(&long, &format!("{long}x"))[0].added[0].chars().count() <= 401);
    }
}
