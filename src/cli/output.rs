//! Printing. What cannot be printed, since whoever reads has seen enough or the disk behind it is full, does not end a command
//! in its midst: it is told at its end.

use super::Failure;
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

/// The first error of standard output.
static FAILED: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a text to standard output, with styles where they can be shown.
macro_rules! out {
    ($($text:tt)*) => { $crate::cli::output::print(format_args!($($text)*)) };
}

/// The same with a line feed.
macro_rules! outln {
    () => { $crate::cli::output::print(format_args!("\n")) };
    ($($text:tt)*) => { $crate::cli::output::print(format_args!("{}\n", format_args!($($text)*))) };
}

/// Prints a text to standard error, with styles where they can be shown.
macro_rules! err {
    ($($text:tt)*) => { $crate::cli::output::complain(format_args!($($text)*)) };
}

/// The same with a line feed.
macro_rules! errln {
    () => { $crate::cli::output::complain(format_args!("\n")) };
    ($($text:tt)*) => { $crate::cli::output::complain(format_args!("{}\n", format_args!($($text)*))) };
}

pub fn print(text: Arguments<'_>) {
    note(anstream::stdout().lock().write_fmt(text));
}

pub fn complain(text: Arguments<'_>) {
    // There is nowhere else to say that this failed.
    let _ = anstream::stderr().lock().write_fmt(text);
}

fn note(written: io::Result<()>) {
    if let Err(error) = written {
        FAILED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// Prints what is left to print, and says whether anything could not be printed. A reader that has gone away, such as
/// `head`, is no failure.
pub fn finish() -> Result<(), Failure> {
    note(io::stdout().flush());
    match FAILED.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "not everything could be printed: {error}"
        ))
        .help("free some space where the output goes; what the command had to do is done, whatever of it was printed")),
        _ => Ok(()),
    }
}
