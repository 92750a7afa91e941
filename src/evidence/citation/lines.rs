//! Lines of a text, counted from 1.

use super::place::{Hit, Miss, Texts};
use super::text::{Quote, decode};
use crate::values::Selector;

/// The lines from `first` to `last`.
pub fn read(content: &[u8], first: u64, last: u64) -> Result<Texts, Miss> {
    let text = decode(content);
    let skipped = usize::try_from(first - 1).unwrap_or(usize::MAX);
    let wanted = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
    let lines: Vec<&str> = text.lines().skip(skipped).take(wanted).collect();
    if (lines.len() as u64) < last - first + 1 {
        return Err(Miss::new(format!("the file has {} lines", text.lines().count())));
    }
    Ok(Texts::one(lines.join("\n")))
}

/// The lines that hold a text; where none does, the runs of lines over which it goes.
pub fn find(content: &[u8], quote: &Quote, limit: usize) -> Vec<Hit> {
    let text = decode(content);
    let lines: Vec<&str> = text.lines().collect();
    let hit = |first: usize, last: usize| Hit {
        at: Selector::Lines(first as u64 + 1, last as u64 + 1),
        text: lines[first..=last].join("\n"),
    };
    let single: Vec<Hit> =
        (0..lines.len()).filter(|at| quote.is_in(lines[*at])).map(|at| hit(at, at)).take(limit).collect();
    if !single.is_empty() || !quote.is_in(&text) {
        return single;
    }
    run(&lines, quote).map(|(first, last)| hit(first, last)).into_iter().collect()
}

/// The longest run of lines that can be quoted at once.
const MAX_RUN: usize = 200;

/// The shortest of the first runs of lines that together hold a text.
fn run(lines: &[&str], quote: &Quote) -> Option<(usize, usize)> {
    let holds = |first: usize, last: usize| quote.is_in(&lines[first..=last].join("\n"));
    let first = (0..lines.len()).find(|first| holds(*first, lines.len().min(first + MAX_RUN) - 1))?;
    let last = (first..lines.len().min(first + MAX_RUN)).find(|last| holds(first, *last))?;
    let first = (first..=last).rev().find(|first| holds(*first, last))?;
    Some((first, last))
}
