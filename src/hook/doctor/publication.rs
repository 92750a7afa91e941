//! Publication: what nobody watched when it failed.

use super::Examination;
use crate::git::Repo;
use crate::publish::log::{self, Last};
use crate::publish::{PublishError, Routes};

pub fn examine(repository: &Repo) -> Option<Examination> {
    let mend = "`casebook publish` tries again and says what is wrong";
    match last(repository) {
        Ok(None) => None,
        Ok(Some(Last::Well)) => Some(Examination::well("publication", "the last one came to its end")),
        Ok(Some(Last::Running)) => Some(Examination::well("publication", "one is running")),
        Ok(Some(Last::Failed(wrong))) => Some(Examination::ill("publication", wrong, mend)),
        Err(error) => Some(Examination::ill("publication", error.to_string(), error.help().unwrap_or(mend.to_owned()))),
    }
}

/// How the last publication ended, where something is published at all.
fn last(repository: &Repo) -> Result<Option<Last>, PublishError> {
    if Routes::of(repository)?.is_empty() { Ok(None) } else { log::last(repository).map(Some) }
}
