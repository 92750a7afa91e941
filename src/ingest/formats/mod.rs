//! The formats, one file for each tool.

pub mod any_table;
pub mod chainsaw;
pub mod cloudtrail;
pub mod dfxml;
pub mod evtx;
pub mod hashdeep;
pub mod hayabusa;
pub mod osquery;
pub mod plaso;
pub mod sleuthkit;
pub mod sums;
pub mod suricata;
pub mod syslog;
pub mod timesketch;
pub mod tshark;
pub mod velociraptor;
pub mod volatility;
pub mod weblog;
pub mod yara;
pub mod zeek;
pub mod zimmerman;
