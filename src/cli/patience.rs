//! Ctrl-C during work that leaves everything or nothing.

use super::Failure;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const BUILDING: u8 = 0;
const INTERRUPTED: u8 = 1;
const BUILT: u8 = 2;

/// Lets Ctrl-C end the making of a folder at a place where nothing is left behind.
pub struct Patience(Arc<AtomicU8>);

impl Patience {
    pub fn begin() -> Self {
        let state = Arc::new(AtomicU8::new(BUILDING));
        let seen = Arc::clone(&state);
        // Without a handler, Ctrl-C leaves a temporary folder behind, and nothing worse.
        let _ = ctrlc::set_handler(move || {
            let change = seen.compare_exchange(BUILDING, INTERRUPTED, Ordering::SeqCst, Ordering::SeqCst);
            if change == Err(BUILT) {
                std::process::exit(130);
            }
        });
        Self(state)
    }

    pub fn check(&self) -> Result<(), Failure> {
        match self.0.load(Ordering::SeqCst) {
            INTERRUPTED => Err(Failure::new("interrupted; nothing was left behind").help("type the command again")),
            _ => Ok(()),
        }
    }

    pub fn end(&self) {
        self.0.store(BUILT, Ordering::SeqCst);
    }
}
