//! Where reports go, by the configuration of Git: never by anything in a case, which whoever may push could change.

use super::{BRANCH, PublishError};
use crate::git::Repo;
use crate::values::Handle;
use std::collections::{BTreeMap, BTreeSet};

/// Where the reports for each audience go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// Audiences whose reports go to the branch of reports of the same repository.
    pub branch: BTreeSet<String>,
    /// Audiences with a repository of their own.
    pub remotes: BTreeMap<String, Remote>,
}

/// A repository of an audience of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    pub url: String,
    pub branch: String,
}

impl Remote {
    pub fn reference(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    /// The address without a name and password in it.
    pub fn without_secrets(&self) -> String {
        match self.url.split_once("://").map(|(scheme, rest)| (scheme, rest.split_once('/').unwrap_or((rest, "")))) {
            Some((scheme, (host, path))) => {
                format!("{scheme}://{}/{path}", host.rsplit_once('@').map_or(host, |(_, host)| host))
            }
            None => self.url.clone(),
        }
    }
}

impl Routes {
    /// `casebook.publish` names audiences for the branch of reports; `casebook.publish.AUDIENCE.remote` and `.branch` name a repository.
    pub fn of(repository: &Repo) -> Result<Self, PublishError> {
        let branch: BTreeSet<String> = repository.configs("casebook.publish").into_iter().collect();
        let mut remotes = BTreeMap::new();
        for (audience, url) in repository.configs_between("casebook.publish.", ".remote") {
            if !is_address(&url) {
                let what = "which is no address of a repository: write a URL, `host:path`, or a path from `/`";
                let name = format!("casebook.publish.{audience}.remote");
                return Err(PublishError::Setting { name, value: url, what });
            }
            let branch = repository.config(&format!("casebook.publish.{audience}.branch"));
            remotes.insert(audience, Remote { url, branch: branch.unwrap_or_else(|| BRANCH.to_owned()) });
        }
        let routes = Self { branch, remotes };
        match routes.audiences().into_iter().find(|audience| audience.parse::<Handle>().is_err()) {
            None => Ok(routes),
            Some(value) => {
                let what = "which is no handle of an audience";
                Err(PublishError::Setting { name: "casebook.publish".to_owned(), value, what })
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.branch.is_empty() && self.remotes.is_empty()
    }

    pub fn audiences(&self) -> BTreeSet<String> {
        self.branch.iter().chain(self.remotes.keys()).cloned().collect()
    }

    /// The places that the reports for these audiences go to; all of them where none is named. The branch of reports is one place: it
    /// has the reports of one commit for all whose reports are there.
    pub fn to(self, audiences: &[Handle]) -> Result<Self, PublishError> {
        if audiences.is_empty() {
            return Ok(self);
        }
        let known = self.audiences();
        if let Some(unknown) = audiences.iter().find(|audience| !known.contains(audience.as_str())) {
            return Err(PublishError::NoRoute(unknown.clone()));
        }
        let is_on_branch = audiences.iter().any(|audience| self.branch.contains(audience.as_str()));
        Ok(Self {
            branch: if is_on_branch { self.branch } else { BTreeSet::new() },
            remotes: self
                .remotes
                .into_iter()
                .filter(|(audience, _)| audiences.iter().any(|named| named.as_str() == audience))
                .collect(),
        })
    }
}

/// Whether Git would look for it at the same place wherever it is started.
fn is_address(text: &str) -> bool {
    text.starts_with('/') || (text.contains(':') && !text.starts_with(['-', ':', '.']))
}
