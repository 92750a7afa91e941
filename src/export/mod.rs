//! Handing evidence over: what leaves a case, as a folder that anybody can check without casebook, and as a graph.

pub mod bag;
pub mod case_uco;
pub mod contents;
mod instructions;
pub mod pack;
pub mod proof;
pub mod selection;
pub mod signers;
mod signoff;

pub use contents::{Contents, Sources};
pub use selection::Selection;
