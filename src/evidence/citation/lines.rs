//! Lines of a text, counted from 1. A line ends with a line feed, before which a carriage return is no part of it.

use super::place::{Hit, Miss, Texts};
use super::text::{Quote, comparable};
use crate::values::Selector;

/// A text with the beginnings of its lines.
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub fn of(text: &'t str) -> Self {
        let mut starts: Vec<usize> = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1).collect();
        starts.insert(0, 0);
        if starts.last() == Some(&text.len()) {
            starts.pop();
        }
        Self { text, starts }
    }

    pub fn count(&self) -> u64 {
        self.starts.len() as u64
    }

    /// The lines from `first` to `last`, as they stand in the text.
    pub fn get(&self, first: u64, last: u64) -> Result<&'t str, Miss> {
        if first == 0 || first > last || last > self.count() {
            return Err(Miss::new(format!("the file has {} lines", self.count())));
        }
        let start = self.starts[first as usize - 1];
        let end = self.starts.get(last as usize).copied().unwrap_or(self.text.len());
        let lines = &self.text[start..end];
        let lines = lines.strip_suffix('\n').unwrap_or(lines);
        Ok(lines.strip_suffix('\r').unwrap_or(lines))
    }

    /// Every line with its number.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &'t str)> {
        (1..=self.count()).filter_map(|number| Some((number, self.get(number, number).ok()?)))
    }
}

pub fn read<'t>(lines: &Lines<'t>, first: u64, last: u64) -> Result<Texts<'t>, Miss> {
    lines.get(first, last).map(Texts::one)
}

/// The lines that hold a text; where none does alone, the shortest run of lines that ends where the text first ends.
pub fn find(text: &str, quote: &Quote, limit: usize) -> Vec<Hit> {
    let lines = Lines::of(text);
    let holding = lines.iter().filter(|(_, line)| quote.is_in(line));
    let single: Vec<Hit> =
        holding.take(limit).map(|(number, line)| Hit::new(Selector::Lines(number, number), line)).collect();
    if !single.is_empty() || limit == 0 {
        return single;
    }
    run(&lines, quote).into_iter().collect()
}

/// A run of several lines that together hold a text.
fn run(lines: &Lines<'_>, quote: &Quote) -> Option<Hit> {
    let mut whole = String::with_capacity(lines.text.len());
    // Where each line that is not blank begins in the comparable text.
    let mut begins: Vec<(usize, u64)> = Vec::new();
    for (number, line) in lines.iter() {
        let line = comparable(line);
        if line.is_empty() {
            continue;
        }
        if !whole.is_empty() {
            whole.push(' ');
        }
        begins.push((whole.len(), number));
        whole.push_str(&line);
    }
    let stretch = quote.stretch_in(&whole)?;
    let line_at = |at: usize| {
        let after = begins.partition_point(|(begin, _)| *begin <= at);
        begins.get(after.checked_sub(1)?).map(|(_, number)| *number)
    };
    let (first, last) = (line_at(stretch.start)?, line_at(stretch.end - 1)?);
    Some(Hit::new(Selector::Lines(first, last), lines.get(first, last).ok()?))
}
