//! What leaves a case: evidence that is handed over, as a folder that anybody can check without casebook, and what the case
//! says, in the formats of other programs.

mod aurora;
pub mod bag;
pub mod blocklist;
mod case_graph;
pub mod case_uco;
pub mod contents;
pub mod format;
mod instructions;
mod iris;
mod kanvas;
pub mod loss;
pub mod manual;
mod misp;
mod navigator;
mod openioc;
pub mod pack;
pub mod proof;
pub mod selection;
pub mod signers;
mod signoff;
pub mod source;
mod stix;
mod table;
mod timesketch;
mod veris;

pub use contents::{Contents, Sources};
pub use selection::Selection;
