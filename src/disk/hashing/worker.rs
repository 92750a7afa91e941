//! One thread's share of the hashing: a few files in work at once, one lane each.

use super::ahead;
use super::opened::{Folders, Opened, fill, unreadable};
use super::{Hashed, Queue};
use crate::tree::{Told, TreeError};
use crate::values::digest::lanes::{Block, CLOSING, START, State, WIDTH, advance, close, digest};
use crate::values::{Digested, TreePath};
use std::path::Path;

/// How much of a file is read at once, in bytes: the pieces of all lanes stay in a core's own cache.
pub const PIECE: usize = 128 << 10;

/// From how many bytes on a file that is alone on its core is read ahead.
pub const WORTH_A_THREAD: u64 = 4 << 20;

pub struct Worker<'q> {
    queue: &'q Queue<'q>,
    told: &'q Told<'q>,
    folders: Folders,
    states: [State; WIDTH],
    lanes: [Lane<'q>; WIDTH],
}

/// What one file is read into, and that file.
#[derive(Default)]
struct Lane<'q> {
    /// A piece, and room for what ends it.
    buffer: Vec<u8>,
    /// The bytes of the buffer that are not hashed yet: whole blocks.
    from: usize,
    to: usize,
    reading: Option<Reading<'q>>,
}

struct Reading<'q> {
    number: usize,
    path: &'q TreePath,
    opened: Opened,
    /// How many bytes were read.
    bytes: u64,
    /// Whether that was all.
    is_ended: bool,
}

impl<'q> Worker<'q> {
    pub fn new(root: &Path, queue: &'q Queue<'q>, told: &'q Told<'q>) -> Self {
        let folders = Folders::below(root);
        Self { queue, told, folders, states: [START; WIDTH], lanes: Default::default() }
    }

    /// Hashes files until nobody has one left to take.
    pub fn run(mut self) {
        loop {
            for lane in 0..WIDTH {
                self.refill(lane);
            }
            let blocks = self.lanes.each_ref().map(Lane::blocks);
            let count = advance(&mut self.states, blocks);
            if count == 0 {
                return;
            }
            for lane in self.lanes.iter_mut().filter(|lane| lane.from < lane.to) {
                lane.from += count * size_of::<Block>();
            }
        }
    }

    /// Gives a lane blocks to hash, of its own file or of the next one; none where no file is left for it.
    fn refill(&mut self, number: usize) {
        while self.lanes[number].from == self.lanes[number].to {
            match self.lanes[number].reading.take() {
                Some(reading) if reading.is_ended => self.finish(number, reading),
                Some(reading) => self.read_on(number, reading),
                None => match self.queue.take(self.busy()) {
                    Some((file, path)) => self.begin(number, file, path),
                    None => return,
                },
            }
        }
    }

    fn busy(&self) -> usize {
        self.lanes.iter().filter(|lane| lane.reading.is_some()).count()
    }

    fn begin(&mut self, number: usize, file: usize, path: &'q TreePath) {
        let opened = match self.folders.open(path) {
            Ok(opened) => opened,
            Err(error) => return self.queue.put(file, Err(error)),
        };
        self.states[number] = START;
        let reading = Reading { number: file, path, opened, bytes: 0, is_ended: false };
        if reading.opened.stamp.bytes > PIECE as u64 {
            ahead::advise(&reading.opened.file);
        }
        self.read_on(number, reading);
    }

    /// Reads the next piece of a file into its lane.
    fn read_on(&mut self, number: usize, mut reading: Reading<'q>) {
        let left = reading.opened.stamp.bytes.saturating_sub(reading.bytes);
        if left >= WORTH_A_THREAD && self.busy() == 0 && !self.queue.has_more_beside(1) {
            return self.read_alone(number, reading);
        }
        let lane = &mut self.lanes[number];
        lane.buffer.resize(PIECE + CLOSING, 0);
        match fill(&reading.opened.file, &mut lane.buffer[..PIECE], left) {
            Ok(length) => {
                reading.bytes += length as u64;
                reading.is_ended = length < PIECE;
                lane.from = 0;
                lane.to = if reading.is_ended { close(&mut lane.buffer, length, reading.bytes) } else { length };
                lane.reading = Some(reading);
                (self.told)(length as u64);
            }
            Err(error) => self.queue.put(reading.number, Err(unreadable(reading.path, &error))),
        }
    }

    /// Reads and hashes the rest of a file, while all other lanes are empty.
    fn read_alone(&mut self, number: usize, mut reading: Reading<'q>) {
        let read = ahead::read(&reading.opened.file, |buffer, length| {
            reading.bytes += length as u64;
            let is_ended = length < ahead::PIECE;
            let length_in_blocks = if is_ended { close(buffer, length, reading.bytes) } else { length };
            let mut blocks: [&[Block]; WIDTH] = Default::default();
            blocks[number] = buffer[..length_in_blocks].as_chunks().0;
            advance(&mut self.states, blocks);
            (self.told)(length as u64);
        });
        match read {
            Ok(()) => self.finish(number, reading),
            Err(error) => self.queue.put(reading.number, Err(unreadable(reading.path, &error))),
        }
    }

    /// Says what a file was, if it is still the same.
    fn finish(&mut self, number: usize, reading: Reading<'q>) {
        let stamp = reading.opened.stamp;
        let is_whole = reading.bytes == stamp.bytes && reading.opened.is_unchanged(reading.path);
        let digested = Digested { sha256: digest(&self.states[number]), bytes: reading.bytes };
        let result =
            if is_whole { Ok(Hashed { digested, stamp }) } else { Err(TreeError::Changed(reading.path.clone())) };
        self.queue.put(reading.number, result);
    }
}

impl Lane<'_> {
    fn blocks(&self) -> &[Block] {
        self.buffer[self.from..self.to].as_chunks().0
    }
}
