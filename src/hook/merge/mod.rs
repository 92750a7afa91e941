//! The merge of one file when Git asks for it, and what is left of merges that stopped.

pub mod driver;
pub mod register;
pub mod resolve;

pub use driver::{Driven, Request, drive, settle};
pub use register::{Registration, register, registration, unregister};
