//! Review: sign-offs by real keys, and a server that refuses, over real pushes.

#![allow(clippy::unwrap_used, clippy::type_complexity)]

#[path = "review/acceptance.rs"]
mod acceptance;
#[path = "review/campaign.rs"]
mod campaign;
#[path = "support/random.rs"]
mod chance;
#[path = "review/firm.rs"]
mod firm;
#[path = "review/layouts.rs"]
mod layouts;
#[path = "review/publishing.rs"]
mod publishing;
#[path = "review/range.rs"]
mod range;
#[path = "review/server.rs"]
mod server;
#[path = "review/signing.rs"]
mod signing;
mod support;

#[test]
fn every_code_of_a_history_is_one_that_the_server_refused() {
    let tests = [include_str!("review/server.rs"), include_str!("review/signing.rs")].concat();
    for page in casebook::history::PAGES {
        assert!(tests.contains(&format!("error[{}]", page.code)), "no test has the server say {}", page.code);
    }
}
