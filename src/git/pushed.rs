//! What a push brings: objects that may still be in quarantine, and the commits that the repository did not have.

use super::{Commit, GitError, Repo};
use git2::{ObjectType, Oid, Sort};
use std::collections::HashMap;

/// The deepest tree that is counted; the rules for names allow far less.
const MAX_TREE_DEPTH: usize = 200;

/// What a ref is to point to.
#[derive(Clone, Debug)]
pub enum Pointed {
    Commit(Commit),
    /// Something that is no commit, such as `blob`.
    Other(String),
}

impl Repo {
    /// What an id names, behind the tags that lead to it.
    pub fn pointed(&self, id: Oid) -> Result<Pointed, GitError> {
        let object = self.repository.find_object(id, None)?;
        match object.peel_to_commit() {
            Ok(commit) => Ok(Pointed::Commit(self.commit(&commit)?)),
            Err(_) => Ok(Pointed::Other(object.kind().unwrap_or(ObjectType::Any).str().to_owned())),
        }
    }

    /// The commit that a ref points to; `None` where there is no such ref.
    pub fn tip(&self, reference: &str) -> Result<Option<Commit>, GitError> {
        match self.repository.find_reference(reference) {
            Ok(found) => self.commit(&found.peel_to_commit()?).map(Some),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The ref that HEAD names, such as `refs/heads/main`, whether it is there or not.
    pub fn head_ref(&self) -> Option<String> {
        let head = self.repository.find_reference("HEAD").ok()?;
        head.symbolic_target().ok().flatten().map(str::to_owned)
    }

    /// The last commit that two have in common.
    pub fn merge_base(&self, one: Oid, other: Oid) -> Result<Option<Oid>, GitError> {
        match self.repository.merge_base(one, other) {
            Ok(id) => Ok(Some(id)),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The last commits that two have in common: several, where each was merged into the other.
    pub fn merge_bases(&self, one: Oid, other: Oid) -> Result<Vec<Oid>, GitError> {
        match self.repository.merge_bases(one, other) {
            Ok(ids) => Ok(ids.to_vec()),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// The commits that lead to one and to none of the `known`, parents before their children; `None` where there are more than
    /// `limit`.
    pub fn commits_beyond(&self, to: Oid, known: &[Oid], limit: usize) -> Result<Option<Vec<Commit>>, GitError> {
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)?;
        walk.push(to)?;
        for id in known {
            walk.hide(*id)?;
        }
        let mut commits = Vec::new();
        for id in walk {
            if commits.len() == limit {
                return Ok(None);
            }
            commits.push(self.commit(&self.repository.find_commit(id?)?)?);
        }
        Ok(Some(commits))
    }

    /// The first commit with more files and folders than `limit`, each counted as often as a path leads to it. A tree that names
    /// one folder many times over is small and has no end; counted by its parts, it costs no more than they do.
    pub fn too_large<'c>(&self, commits: &'c [Commit], limit: u64) -> Result<Option<&'c Commit>, GitError> {
        let mut known = HashMap::new();
        for commit in commits {
            if self.count(commit.tree, 0, &mut known)? > limit {
                return Ok(Some(commit));
            }
        }
        Ok(None)
    }

    fn count(&self, id: Oid, depth: usize, known: &mut HashMap<Oid, u64>) -> Result<u64, GitError> {
        if let Some(count) = known.get(&id) {
            return Ok(*count);
        }
        if depth > MAX_TREE_DEPTH {
            return Ok(u64::MAX);
        }
        let tree = self.repository.find_tree(id)?;
        let mut count = tree.len() as u64;
        for entry in tree.iter().filter(|entry| entry.kind() == Some(ObjectType::Tree)) {
            count = count.saturating_add(self.count(entry.id(), depth + 1, known)?);
        }
        known.insert(id, count);
        Ok(count)
    }

    /// The commits that the refs below a name point to now.
    pub fn tips(&self, below: &str) -> Result<Vec<Oid>, GitError> {
        let mut tips = Vec::new();
        for reference in self.repository.references()? {
            let reference = reference?;
            if reference.name().is_ok_and(|name| name.starts_with(below))
                && let Ok(commit) = reference.peel_to_commit()
            {
                tips.push(commit.id());
            }
        }
        Ok(tips)
    }
}
