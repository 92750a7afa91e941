//! The stream that tells the page of changes, as Server-Sent Events (WHATWG HTML, 9.2).

use super::Site;
use crate::net::loopback::{Answer, Body, Status};
use serde_json::json;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How often a stream on which nothing happens is asked whether somebody still listens.
const STILL_THERE: Duration = Duration::from_secs(10);

/// What a page was last told: the version, and why what it shows may be older than the files.
type Said = (u64, Option<String>);

pub fn stream(site: Arc<Site>) -> Answer {
    let mut said: Option<Said> = None;
    let next = move || next(&site, &mut said);
    Answer {
        status: Status::Ok,
        content_type: "text/event-stream",
        headers: Vec::new(),
        body: Body::Stream(Box::new(next)),
    }
}

/// Waits for something to say; `None` at the end.
fn next(site: &Site, said: &mut Option<Said>) -> Option<String> {
    let is_old = |state: &mut super::State| {
        !state.has_ended
            && said.as_ref().is_some_and(|(version, trouble)| *version == state.version && *trouble == state.trouble)
    };
    let waited = site.changed.wait_timeout_while(site.locked(), STILL_THERE, is_old);
    let (state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
    if state.has_ended {
        return None;
    }
    if waited.timed_out() {
        return Some(":\n\n".to_owned());
    }
    *said = Some((state.version, state.trouble.clone()));
    let data = json!({ "version": state.version, "trouble": state.trouble });
    Some(format!("retry: 1000\ndata: {data}\n\n"))
}
