//! Ingest: what tools wrote becomes rows, and rows become entries. Each format is a file in `formats`; nothing of a row is
//! dropped, and a row that cannot be read is told with its line and the reason.

pub mod columns;
pub mod cut;
pub mod format;
pub mod formats;
pub mod instant;
pub mod json;
mod lines;
pub mod row;
pub mod sorted;
pub mod table;
