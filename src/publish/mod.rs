//! Publishing: reports of the protected branch, for audiences, in commits that anybody can make again.
//!
//! A publication is a function of its source commit, of what was published before and of the audiences: two clones make the
//! identical commit, so that a server can make it again instead of believing who pushes it. Where it goes is never read from a case.

pub mod edition;
pub mod lineage;
pub mod log;
mod place;
pub mod routes;

pub use edition::{Edition, Reason, Refusal};
pub use routes::{Remote, Routes};

use crate::git::{Commit, GitError, Oid, Repo};
use crate::load::Memory;
use crate::tree::TreeError;
use crate::values::Handle;
use jiff::Timestamp;
use place::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// The branch of reports, where no other is named.
pub const BRANCH: &str = "casebook-reports";

/// The same branch as a ref.
pub const REFERENCE: &str = "refs/heads/casebook-reports";

/// The branch on which the ledger of notices is kept, which this program alone writes.
pub const NOTICES: &str = "refs/heads/casebook-notices";

/// How long to wait for another casebook that publishes. It publishes what came meanwhile, too.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often to begin again where somebody else was faster.
const ATTEMPTS: usize = 5;

/// Why nothing could be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("nothing says which branch is protected here, and in a clone HEAD is whatever is being worked on")]
    NothingProtected,
    #[error("`{0}` is protected, and is not there")]
    NoProtectedBranch(String),
    #[error("commit {0} is on no protected branch")]
    Unprotected(Oid),
    #[error("nothing says where reports go")]
    NoRoutes,
    #[error("nothing says where the report for `{0}` goes")]
    NoRoute(Handle),
    #[error("{name} is `{value}`, {what}")]
    Setting { name: String, value: String, what: &'static str },
    #[error("another casebook is still publishing here")]
    Busy,
    #[error("others published again and again in the meantime")]
    Contended,
    #[error("what is published comes from {0}, which is no commit that is known here")]
    UnknownSource(String),
    #[error("what is published comes from {0}, which is not in the history of this commit")]
    Apart(Oid),
    #[error("`{program}` failed: {said}")]
    Git { program: String, said: String },
    #[error("{path}: {reason}")]
    Disk { path: PathBuf, reason: io::Error },
    #[error(transparent)]
    Repository(#[from] GitError),
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl PublishError {
    /// What to type next, where that is known.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            PublishError::NothingProtected => "name it: `git config casebook.protected main`".to_owned(),
            PublishError::NoProtectedBranch(_) => {
                "push it here first, or name the branch that is: `git config casebook.protected BRANCH`".to_owned()
            }
            PublishError::Unprotected(_) => "bring it there first: only what everybody agreed to is published".to_owned(),
            PublishError::NoRoutes => {
                "`git config --add casebook.publish AUDIENCE` for the branch `casebook-reports` here, or `git config \
                 casebook.publish.AUDIENCE.remote URL` for a repository of its own"
                    .to_owned()
            }
            PublishError::NoRoute(audience) => {
                format!("`git config --add casebook.publish {audience}`, or `git config casebook.publish.{audience}.remote URL`")
            }
            PublishError::Setting { name, .. } => format!("`git config --show-origin --get-all {name}` shows where it is"),
            PublishError::Busy => "type it again when that one has ended".to_owned(),
            PublishError::Contended => "type it again".to_owned(),
            PublishError::UnknownSource(_) => "if it is newer, bring it here: `git fetch`".to_owned(),
            PublishError::Apart(_) => {
                "if the history was rewritten on purpose, delete the branch of reports there; the next publication begins it anew"
                    .to_owned()
            }
            PublishError::Git { .. } => "may this user push there? Git must get in without asking anybody".to_owned(),
            PublishError::Repository(error) => return error.help(),
            PublishError::Disk { .. } | PublishError::Tree(_) => return None,
        };
        Some(help)
    }
}

/// What is to be published.
pub struct Order<'o> {
    /// The refs whose commits may be published.
    pub protected: &'o BTreeSet<String>,
    /// A commit on one of them; the tip of the protected branch where none is named.
    pub source: Option<Commit>,
    pub routes: &'o Routes,
    /// Whether to say only what would be done.
    pub dry: bool,
    /// When it is ordered.
    pub now: Timestamp,
}

/// What was published of one commit.
pub struct Publication {
    pub source: Commit,
    pub deliveries: Vec<Delivery>,
}

/// What came of one place.
pub struct Delivery {
    /// The audience of a separate repository; none for the branch of this one.
    pub separate: Option<String>,
    /// The place in words, without secrets.
    pub to: String,
    pub done: Result<Done, PublishError>,
    /// The audiences that are not told of this commit, with the reasons.
    pub refused: BTreeMap<String, Vec<Refusal>>,
}

/// What was done at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Published(Oid),
    /// The same is published already.
    Unchanged(Oid),
    /// What is published comes from a later commit.
    Newer(Oid),
    /// No audience may be told.
    Refused,
}

impl Publication {
    pub fn is_refused(&self) -> bool {
        self.deliveries.iter().any(|delivery| !delivery.refused.is_empty())
    }

    /// What is not as it was ordered, in a few words.
    pub fn wrong(&self) -> Option<String> {
        let failed = self.deliveries.iter().filter_map(|delivery| {
            let error = delivery.done.as_ref().err()?;
            Some(format!("{}: {error}", delivery.to))
        });
        let refused = self.deliveries.iter().flat_map(|delivery| delivery.refused.keys());
        let refused = refused.map(|audience| format!("`{audience}` may not be told"));
        let wrong: Vec<String> = failed.chain(refused).collect();
        (!wrong.is_empty()).then(|| wrong.join("; "))
    }

    pub fn has_failed(&self) -> bool {
        self.deliveries.iter().any(|delivery| delivery.done.is_err())
    }
}

/// Publishes, one process at a time, and notes how it ended where nobody may be watching: of everything that is configured. Where no commit is named, whatever came to the protected branch meanwhile is published, too:
/// whoever brought it may have gone away in the belief that it would be.
pub fn publish(repository: &Repo, memory: &mut dyn Memory, order: &Order<'_>) -> Result<Publication, PublishError> {
    if order.routes.is_empty() {
        return Err(PublishError::NoRoutes);
    }
    let _lock = log::alone(repository, PATIENCE)?.ok_or(PublishError::Busy)?;
    if order.dry {
        repository.forget_writes()?;
    }
    // What a part came to says nothing of the rest.
    if order.dry || order.source.is_some() || *order.routes != Routes::of(repository)? {
        return rounds(repository, memory, order);
    }
    log::begin(repository, order.now)?;
    let publication = rounds(repository, memory, order);
    let wrong = publication.as_ref().map_or_else(|error| Some(error.to_string()), Publication::wrong);
    log::end(repository, order.now, wrong.as_deref())?;
    publication
}

fn rounds(repository: &Repo, memory: &mut dyn Memory, order: &Order<'_>) -> Result<Publication, PublishError> {
    loop {
        let source = source(repository, order)?;
        let publication = publish_commit(repository, memory, &source, order)?;
        if order.source.is_some() || tip(repository, order.protected)?.id == source.id {
            return Ok(publication);
        }
    }
}

/// The commit to publish, which is on a protected branch.
fn source(repository: &Repo, order: &Order<'_>) -> Result<Commit, PublishError> {
    let Some(named) = &order.source else { return tip(repository, order.protected) };
    for reference in order.protected {
        if let Some(tip) = repository.tip(reference)?
            && repository.contains(tip.id, named.id)?
        {
            return Ok(named.clone());
        }
    }
    Err(PublishError::Unprotected(named.id))
}

/// The last commit of the protected branch: the one of HEAD, where several are protected.
fn tip(repository: &Repo, protected: &BTreeSet<String>) -> Result<Commit, PublishError> {
    let of_head = repository.head_ref().filter(|reference| protected.contains(reference));
    let reference = of_head.or_else(|| protected.first().cloned()).ok_or(PublishError::NothingProtected)?;
    repository.tip(&reference)?.ok_or(PublishError::NoProtectedBranch(reference))
}

fn publish_commit(
    repository: &Repo,
    memory: &mut dyn Memory,
    source: &Commit,
    order: &Order<'_>,
) -> Result<Publication, PublishError> {
    let routes = order.routes;
    let edition = Edition::of(repository, memory, source, &routes.audiences())?;
    let mut deliveries = Vec::new();
    if !routes.branch.is_empty() {
        let edition = edition.only(&routes.branch);
        deliveries.push(Delivery {
            separate: None,
            to: format!("the branch {BRANCH}"),
            done: deliver(repository, &Place::Branch(repository), &edition, order.dry),
            refused: edition.refused(),
        });
    }
    for (audience, remote) in &routes.remotes {
        let edition = edition.only(&BTreeSet::from([audience.clone()]));
        let place = Place::separate(repository, audience, remote, order.dry);
        deliveries.push(Delivery {
            separate: Some(audience.clone()),
            to: remote.without_secrets(),
            done: place.and_then(|place| deliver(repository, &place, &edition, order.dry)),
            refused: edition.refused(),
        });
    }
    Ok(Publication { source: source.clone(), deliveries })
}

/// Brings an edition to a place, unless it is there, or a newer one. What others publish meanwhile is never lost: the place is moved
/// only from what was seen of it.
fn deliver(case: &Repo, place: &Place<'_>, edition: &Edition, dry: bool) -> Result<Done, PublishError> {
    if edition.is_refused() {
        return Ok(Done::Refused);
    }
    for _ in 0..ATTEMPTS {
        let tip = place.tip()?;
        if let Some(tip) = &tip {
            match lineage::relation(case, place.repository(), tip, &edition.source)? {
                lineage::Relation::Newer => return Ok(Done::Newer(tip.id)),
                lineage::Relation::Apart(source) => return Err(PublishError::Apart(source)),
                lineage::Relation::Unknown(named) => return Err(PublishError::UnknownSource(named)),
                lineage::Relation::Follows => {}
            }
        }
        let Some(commit) = lineage::compose(place.repository(), tip.as_ref(), edition, place.layout())? else {
            return Ok(tip.map_or(Done::Refused, |tip| Done::Unchanged(tip.id)));
        };
        if dry || place.advance(tip.map(|tip| tip.id), commit)? {
            return Ok(Done::Published(commit));
        }
    }
    Err(PublishError::Contended)
}
