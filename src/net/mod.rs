//! The network: the only module that uses ureq and rusty-s3. Every exchange is bounded in size and time.

pub mod client;
pub mod http;
pub mod s3;
