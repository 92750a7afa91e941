//! Entries made from what other tools wrote: each cites the place that it was made from, and has an id that comes from that
//! place, so that making it twice makes it once.

pub mod event;
pub mod made;
pub mod making;
pub mod names;
pub mod neighbour;
pub mod observed;
pub mod proposal;
pub mod rows;
pub mod warninglist;

pub use made::Made;
pub use making::{Making, Outcome};
pub use names::Names;
