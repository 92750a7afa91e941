//! Sorting more than fits into memory: what is held is written to a private file when it grows too large, sorted, and all of it is
//! read back in order.

use crate::disk::scratch::Spool;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufReader, Read};
use std::ops::Range;

/// The longest value in bytes: 64 MiB. A longer one in a file that this wrote means that the disk is damaged.
const MAX_VALUE: usize = 64 << 20;

/// Bytes that all runs together are read ahead.
const AHEAD: usize = 8 << 20;

/// Where a value belongs: its time as seconds and nanoseconds, and of those with the same one, which came first.
pub type Key = ((i64, i32), (u64, u32));

/// Bytes of a key and a length as they are written.
const HEAD: usize = 28;

/// Values to be read back in the order of their keys.
pub struct Sorter {
    limit: usize,
    bytes: Vec<u8>,
    held: Vec<(Key, Range<usize>)>,
    spool: Option<Spool>,
    runs: Vec<Range<u64>>,
}

impl Sorter {
    /// One that holds so many bytes.
    pub fn holding(limit: usize) -> Self {
        Self { limit, bytes: Vec::new(), held: Vec::new(), spool: None, runs: Vec::new() }
    }

    /// Takes what `write` appends; `false` where it is too long.
    pub fn push(&mut self, key: Key, write: &mut dyn FnMut(&mut Vec<u8>)) -> io::Result<bool> {
        let start = self.bytes.len();
        write(&mut self.bytes);
        if self.bytes.len() - start > MAX_VALUE {
            self.bytes.truncate(start);
            self.bytes.shrink_to(self.limit);
            return Ok(false);
        }
        self.held.push((key, start..self.bytes.len()));
        if self.bytes.len() + self.held.len() * size_of::<(Key, Range<usize>)>() >= self.limit {
            self.spill()?;
        }
        Ok(true)
    }

    fn sort(&mut self) {
        self.held.sort_unstable_by_key(|(key, _)| *key);
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let mut spool = match self.spool.take() {
            Some(spool) => spool,
            None => Spool::new()?,
        };
        let start = spool.length();
        for ((at, order), place) in self.held.drain(..) {
            let value = &self.bytes[place];
            let mut head = [0; HEAD];
            head[..8].copy_from_slice(&at.0.to_le_bytes());
            head[8..12].copy_from_slice(&at.1.to_le_bytes());
            head[12..20].copy_from_slice(&order.0.to_le_bytes());
            head[20..24].copy_from_slice(&order.1.to_le_bytes());
            head[24..].copy_from_slice(&(value.len() as u32).to_le_bytes());
            spool.write(&head)?;
            spool.write(value)?;
        }
        spool.flush()?;
        self.runs.push(start..spool.length());
        self.spool = Some(spool);
        self.bytes.clear();
        self.bytes.shrink_to(self.limit);
        Ok(())
    }
}

/// Values that were sorted, of which the first is next.
struct Run<'s> {
    source: Source<'s>,
    value: Vec<u8>,
}

enum Source<'s> {
    Written(Box<dyn Read + 's>),
    Held { values: std::vec::IntoIter<(Key, Range<usize>)>, bytes: Vec<u8> },
}

impl Run<'_> {
    /// Goes to the next value, and gives its key.
    fn step(&mut self) -> io::Result<Option<Key>> {
        match &mut self.source {
            Source::Held { values, bytes } => Ok(values.next().map(|(key, place)| {
                self.value.clear();
                self.value.extend_from_slice(&bytes[place]);
                key
            })),
            Source::Written(file) => {
                let mut head = [0; HEAD];
                match file.read_exact(&mut head) {
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                    read => read?,
                }
                let number =
                    |at: Range<usize>| head[at].iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
                let at = (number(0..8) as i64, number(8..12) as i32);
                let (order, length) = ((number(12..20), number(20..24) as u32), number(24..28) as usize);
                if length > MAX_VALUE {
                    return Err(io::Error::other("what was written to be sorted reads back as something else"));
                }
                self.value.resize(length, 0);
                file.read_exact(&mut self.value)?;
                Ok(Some((at, order)))
            }
        }
    }
}

/// Reads back everything that several sorters hold, in one order, until `hear` says no.
pub fn each(sorters: Vec<Sorter>, hear: &mut dyn FnMut(&[u8]) -> bool) -> io::Result<()> {
    let written: usize = sorters.iter().map(|sorter| sorter.runs.len()).sum();
    let ahead = (AHEAD / written.max(1)).clamp(4 << 10, 256 << 10);
    let mut runs = Vec::new();
    for mut sorter in sorters {
        sorter.sort();
        if let Some(spool) = &sorter.spool {
            runs.extend(sorter.runs.into_iter().map(|place| {
                let part = BufReader::with_capacity(ahead, spool.part(place));
                Run { source: Source::Written(Box::new(part)), value: Vec::new() }
            }));
        }
        let held = Source::Held { values: sorter.held.into_iter(), bytes: sorter.bytes };
        runs.push(Run { source: held, value: Vec::new() });
    }
    let mut heads = BinaryHeap::new();
    for (number, run) in runs.iter_mut().enumerate() {
        heads.extend(run.step()?.map(|key| Reverse((key, number))));
    }
    while let Some(mut head) = heads.peek_mut() {
        let Reverse((_, number)) = *head;
        if !hear(&runs[number].value) {
            break;
        }
        match runs[number].step()? {
            Some(key) => *head = Reverse((key, number)),
            None => {
                std::collections::binary_heap::PeekMut::pop(head);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is read back of values that several sorters took in turn.
    fn sorted(values: &[(i8, String)], limit: usize, sorters: usize) -> Vec<String> {
        let mut all: Vec<Sorter> = (0..sorters).map(|_| Sorter::holding(limit)).collect();
        for (number, (at, text)) in values.iter().enumerate() {
            let key = ((i64::from(*at), 0), (number as u64 / 3, number as u32 % 3));
            let sorter = &mut all[number % sorters];
            assert!(sorter.push(key, &mut |out| out.extend_from_slice(text.as_bytes())).unwrap());
        }
        let mut read = Vec::new();
        each(all, &mut |value| {
            read.push(String::from_utf8(value.to_vec()).unwrap());
            true
        })
        .unwrap();
        read
    }

    #[test]
    fn what_is_too_long_is_not_taken_and_the_rest_is() {
        let mut sorter = Sorter::holding(100);
        assert!(!sorter.push(((1, 0), (0, 0)), &mut |out| out.resize(out.len() + MAX_VALUE + 1, 0)).unwrap());
        assert!(sorter.push(((1, 0), (0, 1)), &mut |out| out.extend_from_slice(b"short")).unwrap());
        let mut read = Vec::new();
        each(vec![sorter], &mut |value| {
            read.push(value.to_vec());
            true
        })
        .unwrap();
        assert_eq!(read, [b"short"]);
    }

    proptest! {
        #[test]
        fn whatever_fits_into_memory_the_order_is_the_same(values: Vec<(i8, String)>, limit in 0usize..500, sorters in 1usize..4) {
            let mut wanted = values.clone();
            wanted.sort_by_key(|value| value.0);
            let wanted: Vec<String> = wanted.into_iter().map(|(_, text)| text).collect();
            prop_assert_eq!(sorted(&values, limit, sorters), wanted);
        }
    }
}
