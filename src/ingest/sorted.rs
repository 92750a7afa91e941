//! Sorting more than fits into memory: what is held is written to a private folder when it grows too large, sorted, and all of it
//! is read back in order.

use crate::disk::scratch::Scratch;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Read, Write};

/// Bytes that are held before they are written: 16 MiB.
const HELD: usize = 16 << 20;

/// The longest record, with its key: 64 MiB. A longer one in a file that this wrote means that the disk is damaged.
const MAX_RECORD: u64 = 64 << 20;

/// Values to be read back in the order of their keys; those with the same key in the order in which they came.
pub struct Sorter<K> {
    held: Vec<(K, u64, Vec<u8>)>,
    bytes: usize,
    count: u64,
    limit: usize,
    scratch: Option<Scratch>,
    runs: usize,
}

impl<K: Ord + Clone + Serialize + DeserializeOwned> Default for Sorter<K> {
    fn default() -> Self {
        Self::holding(HELD)
    }
}

impl<K: Ord + Clone + Serialize + DeserializeOwned> Sorter<K> {
    /// One that holds so many bytes.
    pub fn holding(limit: usize) -> Self {
        Self { held: Vec::new(), bytes: 0, count: 0, limit, scratch: None, runs: 0 }
    }

    /// Takes a value; `false` where it is too long.
    pub fn push<V: Serialize>(&mut self, key: K, value: &V) -> io::Result<bool> {
        let value = postcard::to_allocvec(value).map_err(io::Error::other)?;
        if value.len() as u64 + 64 > MAX_RECORD {
            return Ok(false);
        }
        self.bytes += value.len() + 64;
        self.held.push((key, self.count, value));
        self.count += 1;
        if self.bytes >= self.limit {
            self.spill()?;
        }
        Ok(true)
    }

    fn sort(&mut self) {
        self.held.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        if self.scratch.is_none() {
            self.scratch = Some(Scratch::new()?);
        }
        let Some(scratch) = &self.scratch else { return Ok(()) };
        let mut file = scratch.create(&self.runs.to_string())?;
        for record in self.held.drain(..) {
            let bytes = postcard::to_allocvec(&record).map_err(io::Error::other)?;
            file.write_all(&(bytes.len() as u64).to_le_bytes())?;
            file.write_all(&bytes)?;
        }
        file.flush()?;
        self.runs += 1;
        self.bytes = 0;
        Ok(())
    }

    /// Reads everything back, until `hear` says no.
    pub fn each<V: DeserializeOwned>(mut self, hear: &mut dyn FnMut(V) -> bool) -> io::Result<()> {
        self.sort();
        let mut runs: Vec<Box<dyn Read>> = Vec::new();
        for run in 0..self.runs {
            if let Some(scratch) = &self.scratch {
                runs.push(Box::new(scratch.open(&run.to_string())?));
            }
        }
        let mut heads = BinaryHeap::new();
        for (number, run) in runs.iter_mut().enumerate() {
            heads.extend(next::<K>(run)?.map(|(key, count, value)| Reverse((key, count, number, value))));
        }
        let mut held = std::mem::take(&mut self.held).into_iter();
        let last = runs.len();
        heads.extend(held.next().map(|(key, count, value)| Reverse((key, count, last, value))));
        while let Some(Reverse((_, _, number, value))) = heads.pop() {
            if !hear(postcard::from_bytes(&value).map_err(io::Error::other)?) {
                break;
            }
            let next = match runs.get_mut(number) {
                Some(run) => next::<K>(run)?,
                None => held.next(),
            };
            heads.extend(next.map(|(key, count, value)| Reverse((key, count, number, value))));
        }
        Ok(())
    }
}

/// The next record of a run.
fn next<K: DeserializeOwned>(run: &mut impl Read) -> io::Result<Option<(K, u64, Vec<u8>)>> {
    let mut length = [0; 8];
    match run.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u64::from_le_bytes(length);
    if length > MAX_RECORD {
        return Err(io::Error::other("what was written to be sorted reads back as something else"));
    }
    let mut bytes = vec![0; length as usize];
    run.read_exact(&mut bytes)?;
    postcard::from_bytes(&bytes).map(Some).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(values: &[(u8, String)], limit: usize) -> Vec<(u8, String)> {
        let mut sorter = Sorter::holding(limit);
        for value in values {
            assert!(sorter.push(value.0, value).unwrap());
        }
        let mut read = Vec::new();
        sorter
            .each(&mut |value: (u8, String)| {
                read.push(value);
                true
            })
            .unwrap();
        read
    }

    #[test]
    fn what_is_too_long_is_not_taken_and_the_rest_is() {
        let mut sorter = Sorter::holding(100);
        assert!(!sorter.push(1, &"x".repeat(MAX_RECORD as usize)).unwrap());
        assert!(sorter.push(1, &"short").unwrap());
        let mut read = Vec::new();
        sorter
            .each(&mut |value: String| {
                read.push(value);
                true
            })
            .unwrap();
        assert_eq!(read, ["short"]);
    }

    proptest! {
        #[test]
        fn whatever_fits_into_memory_the_order_is_the_same(values: Vec<(u8, String)>, limit in 0usize..500) {
            let mut wanted = values.clone();
            wanted.sort_by_key(|value| value.0);
            prop_assert_eq!(sorted(&values, limit), wanted);
        }
    }
}
