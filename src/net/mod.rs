//! The network: the only module that uses ureq, lettre, rusty-s3, rustls and `std::net`. Every exchange is bounded in size and time.

pub mod client;
pub mod http;
pub mod loopback;
pub mod s3;
pub mod smtp;
pub mod stream;
