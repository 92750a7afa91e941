//! The disk: the only module that uses `std::fs`. Reads a work tree, writes files whole or not at all.

pub mod file;
pub mod lock;
pub mod tree;
pub mod write;

pub use tree::DiskTree;
