//! The case in a browser of the same machine while people edit it: a page that shows the preview for an audience, and shows the
//! next one once a file has changed. What was asked for is answered from memory; no request reads or writes a file.

mod events;
mod page;

use crate::disk::watch::{Look, Told, Watch};
use crate::net::loopback::{Answer, Body, Request, Status};
use crate::report::audience;
use crate::report::preview::{self, Looked};
use crate::values::{Handle, Sha256};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What is served.
pub struct Site {
    /// The secret in every address: other users of this machine, and pages of other sites, do not know it.
    token: Sha256,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// How many times the case was looked at.
    version: u64,
    looked: Arc<Looked>,
    /// Why what is shown may be older than the files.
    trouble: Option<String>,
    /// The previews that somebody asked for, by audience.
    previews: BTreeMap<String, Arc<[u8]>>,
    has_ended: bool,
}

impl Site {
    pub fn new(token: &str, looked: Looked) -> Self {
        let state =
            State { version: 1, looked: Arc::new(looked), trouble: None, previews: BTreeMap::new(), has_ended: false };
        Self { token: Sha256::of(token.as_bytes()), state: Mutex::new(state), changed: Condvar::new() }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what the files say now.
    pub fn show(&self, looked: Looked) {
        let mut state = self.locked();
        state.version += 1;
        state.looked = Arc::new(looked);
        state.trouble = None;
        state.previews.clear();
        self.changed.notify_all();
    }

    /// Says why what is shown may be older than the files; false where it is said already.
    pub fn trouble(&self, trouble: &str) -> bool {
        let before = self.locked().trouble.replace(trouble.to_owned());
        self.changed.notify_all();
        before.as_deref() != Some(trouble)
    }

    /// Ends all streams.
    pub fn end(&self) {
        self.locked().has_ended = true;
        self.changed.notify_all();
    }

    /// Answers a request. Whoever does not know the token learns nothing from any answer.
    pub fn answer(self: &Arc<Self>, request: &Request) -> Answer {
        let path = request.target.strip_prefix('/').and_then(|path| path.split_once('/'));
        // Digests, so that the time of the comparison tells nothing of the token.
        let Some((_, path)) = path.filter(|(token, _)| Sha256::of(token.as_bytes()) == self.token) else {
            return Answer::of(Status::NotFound);
        };
        match path.split_once('/') {
            None if path == "page.css" => page::style(),
            None if path == "page.js" => page::script(),
            None if path == "events" => events::stream(Arc::clone(self)),
            Some((audience, "")) => self.page(audience),
            Some((audience, "report")) => self.report(audience),
            _ => Answer::of(Status::NotFound),
        }
    }

    /// The page around the preview for an audience.
    fn page(&self, audience: &str) -> Answer {
        // One that the policy names no longer has a page that says so.
        if audience.contains('.') || audience.parse::<Handle>().is_err() {
            return Answer::of(Status::NotFound);
        }
        let state = self.locked();
        let handles = audience::handles(&state.looked.source.case);
        page::page(&handles, audience, state.version, state.looked.source.problems)
    }

    /// The preview for an audience.
    fn report(&self, audience: &str) -> Answer {
        match self.preview(audience) {
            Ok(preview) => page::report(preview),
            Err(reason) => page::no_report(reason),
        }
    }

    /// The preview for an audience, rendered where nobody has asked for it since the files changed.
    pub fn preview(&self, audience: &str) -> Result<Arc<[u8]>, &'static str> {
        let (version, looked) = {
            let state = self.locked();
            if let Some(preview) = state.previews.get(audience) {
                return Ok(Arc::clone(preview));
            }
            (state.version, Arc::clone(&state.looked))
        };
        let preview: Arc<[u8]> = preview::make(&looked, &looked.profile(audience)?).into_bytes().into();
        let mut state = self.locked();
        if state.version == version {
            state.previews.insert(audience.to_owned(), Arc::clone(&preview));
        }
        Ok(preview)
    }
}

/// What ends a wait for changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Told(Told),
    /// Ctrl-C.
    Stop,
}

/// How long nothing must happen before a change is looked at, and how long that is waited for: an editor may write a file in
/// several steps, Git thousands of files in one.
const QUIET: Duration = Duration::from_millis(30);
const LONGEST: Duration = Duration::from_millis(500);

/// How long at most a change goes unseen that the system does not tell of.
const UNTOLD: Duration = Duration::from_secs(2);

/// Calls `look` whenever a file is not as it was `seen`, until it is told to stop. Where `look` fails, it is tried again.
pub fn follow(signals: &Receiver<Signal>, watch: &mut Watch, mut seen: Look, look: &mut dyn FnMut() -> bool) {
    let mut is_seen = true;
    loop {
        match wait(signals) {
            Signal::Stop => return,
            Signal::Told(told) => {
                let now = watch.look();
                if told == Told::Changed || now != seen || !is_seen {
                    seen = now;
                    is_seen = look();
                }
            }
        }
    }
}

/// Waits for a signal and for quiet after it.
fn wait(signals: &Receiver<Signal>) -> Signal {
    let mut signal = match signals.recv_timeout(UNTOLD) {
        Ok(signal) => signal,
        Err(RecvTimeoutError::Timeout) => return Signal::Told(Told::Perhaps),
        Err(RecvTimeoutError::Disconnected) => return Signal::Stop,
    };
    let end = Instant::now() + LONGEST;
    while signal != Signal::Stop && Instant::now() < end {
        match signals.recv_timeout(QUIET) {
            Ok(Signal::Told(Told::Perhaps)) => {}
            Ok(next) => signal = next,
            Err(_) => break,
        }
    }
    signal
}
