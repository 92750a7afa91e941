//! Reading one large file in a thread of its own, while another hashes what was read before.

use super::opened::fill;
use crate::values::digest::lanes::CLOSING;
use std::fs::File;
use std::io;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

/// How much is read at once, in bytes.
pub const PIECE: usize = 512 << 10;

/// How many pieces there are: one that is read, one that is hashed, and one between them.
const PIECES: usize = 3;

/// Tells the system that a file is read from its start to its end.
pub fn advise(file: &File) {
    #[cfg(target_os = "linux")]
    {
        // It is advice: where the system does not take it, the file is read all the same.
        let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::Sequential);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// Reads a file from where it stands to its end. `consume` gets buffers with room for what closes a content, and how much of
/// each is of the file: [`PIECE`] bytes, and less at the end.
pub fn read(file: &File, mut consume: impl FnMut(&mut [u8], usize)) -> io::Result<()> {
    thread::scope(|scope| {
        let (give, take) = sync_channel(PIECES);
        let (give_back, take_back) = channel::<Vec<u8>>();
        let read_all = move || {
            for mut buffer in take_back {
                let read = fill(file, &mut buffer[..PIECE], u64::MAX);
                let is_last = !matches!(read, Ok(PIECE));
                if give.send((buffer, read)).is_err() || is_last {
                    break;
                }
            }
        };
        thread::Builder::new().spawn_scoped(scope, read_all)?;
        for _ in 0..PIECES {
            // The reader has ended where nobody takes it, and says why.
            let _ = give_back.send(vec![0; PIECE + CLOSING]);
        }
        for (mut buffer, read) in take {
            let length = read?;
            consume(&mut buffer, length);
            let _ = give_back.send(buffer);
        }
        Ok(())
    })
}
