//! What a command wrote when it was run again, against what was registered.

use super::Stopped;
use crate::disk::gather::{Gathered, gather_inside};
use crate::disk::workplace::Workplace;
use crate::disk::{file, intake};
use crate::evidence::list::{self, list_path};
use crate::evidence::safe_name::Names;
use crate::model::Evidence;
use crate::tree::{Told, Tree};
use crate::values::{EntryId, Sha256, TreePath};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// How a file that was written now stands to the one that was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Same,
    Differs,
    /// It was not written.
    Missing,
    /// It was not registered.
    New,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Same => "same",
            State::Differs => "differs",
            State::Missing => "missing",
            State::New => "new",
        }
    }
}

/// One file of both.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its path in the item.
    pub path: String,
    pub registered: Option<Sha256>,
    pub now: Option<Sha256>,
}

impl Compared {
    pub fn state(&self) -> State {
        match (self.registered, self.now) {
            (Some(registered), Some(now)) if registered == now => State::Same,
            (Some(_), Some(_)) => State::Differs,
            (None, _) => State::New,
            (_, None) => State::Missing,
        }
    }
}

/// The digests that an item was registered with, by the paths in it; an error where its list is not the registered one.
pub fn registered(tree: &dyn Tree, item: EntryId, record: &Evidence) -> Result<BTreeMap<String, Sha256>, Stopped> {
    let path = list_path(item);
    let content =
        tree.read(&path, list::MAX_LIST_BYTES).map_err(|error| Stopped::List(path.clone(), error.to_string()))?;
    if record.list != Some(Sha256::of(&content)) {
        return Err(Stopped::List(path, "it is not the list that was registered".to_owned()));
    }
    let before = format!("evidence/{item}/");
    let name = |path: &TreePath| path.as_str().strip_prefix(&before).map(str::to_owned);
    let (lines, _) = list::parse(&path, item, &content);
    Ok(lines.iter().filter_map(|line| Some((name(&line.path)?, line.digest))).collect())
}

/// Compares the outputs of a command, file by file. What was not written is no error.
pub fn compare(
    workplace: &Workplace,
    outputs: &[TreePath],
    registered: &BTreeMap<String, Sha256>,
    told: &Told<'_>,
) -> Result<Vec<Compared>, Stopped> {
    let folder = workplace.path();
    let is_there = |path: &&TreePath| file::is_there(&folder.join(path.as_str()));
    let written: Vec<TreePath> = outputs.iter().filter(is_there).cloned().collect();
    let Gathered { sources, problems, .. } = gather_inside(&folder, &written);
    if !problems.is_empty() {
        return Err(Stopped::Outputs(super::from_inside(&folder, problems)));
    }
    let mut names = Names::default();
    let named: Vec<_> = sources.iter().map(|source| (names.of(&source.way), &source.path)).collect();
    let digest = |(name, path): &(String, &std::path::PathBuf)| {
        intake::digest(path, told).map(|digested| (name.clone(), digested.sha256))
    };
    let now: BTreeMap<String, Sha256> = named.par_iter().map(digest).collect::<std::io::Result<_>>()?;
    let paths: BTreeSet<&String> = registered.keys().chain(now.keys()).collect();
    let compared = |path: &String| Compared {
        path: path.clone(),
        registered: registered.get(path).copied(),
        now: now.get(path).copied(),
    };
    Ok(paths.into_iter().map(compared).collect())
}
