//! The network: the only module that uses ureq. Every exchange is bounded in size and time.

pub mod http;
