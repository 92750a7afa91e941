//! The formats, one file for each tool.

pub mod chainsaw;
pub mod cloudtrail;
pub mod plaso;
pub mod sleuthkit;
pub mod suricata;
pub mod timesketch;
pub mod zeek;
