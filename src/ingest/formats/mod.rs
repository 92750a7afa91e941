//! The formats, one file for each tool.

pub mod chainsaw;
pub mod cloudtrail;
pub mod evtx;
pub mod hayabusa;
pub mod osquery;
pub mod plaso;
pub mod sleuthkit;
pub mod suricata;
pub mod syslog;
pub mod timesketch;
pub mod velociraptor;
pub mod weblog;
pub mod zeek;
pub mod zimmerman;
