//! Watching the files of a case: says when they may have changed, and what they are told from by.
//!
//! The system tells of a change at once where it can; a look at sizes and times of files every now and then finds what it did
//! not tell, as it does of files on another machine. The folders of evidence items are not watched: they may hold any number
//! of files, and nobody edits those.

use crate::values::Kind;
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// What the system told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Something has changed.
    Changed,
    /// So much has happened that not all of it can be told.
    Perhaps,
}

/// The watch over a work tree and the commit that it follows.
pub struct Watch {
    top: PathBuf,
    /// Where Git keeps HEAD and the index of the work tree.
    git: PathBuf,
    /// None where the system has no more watches to give.
    watcher: Option<RecommendedWatcher>,
    followed: BTreeSet<PathBuf>,
    /// Why some folder is not watched.
    trouble: Option<String>,
}

/// What the files looked like: equal where none of them was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look(u64);

/// The files of Git's folder that say which commit comes next.
const OF_GIT: [&str; 4] = ["HEAD", "index", "MERGE_HEAD", "logs/HEAD"];

/// Folders deeper than this hold no part of a case.
const MAX_DEPTH: usize = 8;

impl Watch {
    /// Calls `tell` from a thread of its own whenever the system tells of a change.
    pub fn new(top: &Path, git: &Path, tell: impl Fn(Told) + Send + 'static) -> Self {
        let of_git = git.to_owned();
        let hear = move |heard: notify::Result<Event>| {
            if let Some(told) = told(&heard, &of_git) {
                tell(told);
            }
        };
        let mut watch =
            Self { top: top.to_owned(), git: git.to_owned(), watcher: None, followed: BTreeSet::new(), trouble: None };
        match notify::recommended_watcher(hear) {
            Ok(watcher) => watch.watcher = Some(watcher),
            Err(error) => watch.trouble = Some(error.to_string()),
        }
        watch
    }

    /// Watches the folders that are there now, and looks at the files in them without reading any.
    pub fn look(&mut self) -> Look {
        let mut hasher = DefaultHasher::new();
        let mut folders = BTreeSet::from([self.git.clone(), self.git.join("logs")]);
        look_into(&self.top, 0, &mut folders, &mut hasher);
        for name in OF_GIT {
            stamp(&self.git.join(name), &mut hasher);
        }
        self.follow(folders);
        Look(hasher.finish())
    }

    /// Why changes are seen late, where they are.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    fn follow(&mut self, folders: BTreeSet<PathBuf>) {
        let Some(watcher) = &mut self.watcher else { return };
        for gone in self.followed.difference(&folders) {
            let _ = watcher.unwatch(gone);
        }
        for new in folders.difference(&self.followed) {
            match watcher.watch(new, RecursiveMode::NonRecursive) {
                Err(error) if new.is_dir() => self.trouble = Some(error.to_string()),
                _ => {}
            }
        }
        self.followed = folders;
    }
}

/// What an event says. Reading, which is what looking at a case does, is no change; neither is what Git writes beside that
/// which says where the work tree stands.
fn told(heard: &notify::Result<Event>, git: &Path) -> Option<Told> {
    let Ok(event) = heard else { return Some(Told::Perhaps) };
    if event.need_rescan() {
        return Some(Told::Perhaps);
    }
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => {}
        EventKind::Access(_) => return None,
        _ => {}
    }
    let counts = |path: &PathBuf| match path.strip_prefix(git) {
        Ok(inside) => OF_GIT.iter().any(|name| inside == Path::new(name)),
        Err(_) => true,
    };
    event.paths.iter().any(counts).then_some(Told::Changed)
}

/// Goes through a folder of the case and those inside it, but for those of evidence items and of reports.
fn look_into(folder: &Path, depth: usize, folders: &mut BTreeSet<PathBuf>, hasher: &mut DefaultHasher) {
    folder.hash(hasher);
    folders.insert(folder.to_owned());
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder {
            stamp(&path, hasher);
        } else if depth + 1 < MAX_DEPTH && !(depth == 0 && (name == ".git" || name == "reports")) {
            match folder.ends_with(Kind::Evidence.folder()) && depth == 1 {
                true => path.hash(hasher),
                false => look_into(&path, depth + 1, folders, hasher),
            }
        }
    }
}

/// What tells a file from what it was: its size, times and mode.
fn stamp(path: &Path, hasher: &mut DefaultHasher) {
    path.hash(hasher);
    if let Ok(metadata) = fs::symlink_metadata(path) {
        metadata.len().hash(hasher);
        metadata.modified().ok().hash(hasher);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            (metadata.ino(), metadata.ctime(), metadata.ctime_nsec()).hash(hasher);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Told, Watch};
    use std::fs;
    use std::path::Path;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    fn heard(told: &Receiver<Told>) -> bool {
        let heard = told.recv_timeout(Duration::from_secs(10)).is_ok();
        while told.recv_timeout(Duration::from_millis(100)).is_ok() {}
        heard
    }

    #[test]
    fn changes_are_told_and_reading_is_not() {
        let case = tempfile::tempdir().unwrap();
        let at = |name: &str| case.path().join(name);
        for folder in [".git/logs", "findings", "evidence/x-1aaaaaa1", "reports"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        let (tell, told) = channel();
        let mut watch = Watch::new(case.path(), &at(".git"), move |what| tell.send(what).unwrap());
        let mut look = watch.look();
        assert_eq!(watch.trouble(), None);
        let changes: [&dyn Fn(); 7] = [
            &|| fs::write(at("case.toml"), "a").unwrap(),
            &|| fs::write(at("findings/f.toml"), "a").unwrap(),
            &|| fs::write(at("evidence/x-1aaaaaa1.toml"), "a").unwrap(),
            &|| fs::rename(at("case.toml"), at("findings/f.toml")).unwrap(),
            &|| fs::create_dir(at("notes")).unwrap(),
            &|| fs::write(at("notes/n.md"), "a").unwrap(),
            &|| fs::write(at(".git/HEAD"), "a").unwrap(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            change();
            assert!(heard(&told), "{number}");
            let now = watch.look();
            assert!(now != look, "{number}");
            look = now;
        }
        let reading: [&dyn Fn(); 4] = [
            &|| drop(fs::read(at("notes/n.md")).unwrap()),
            &|| fs::write(at("evidence/x-1aaaaaa1/log"), "a").unwrap(),
            &|| fs::write(at("reports/index.html"), "a").unwrap(),
            &|| fs::write(at(".git/COMMIT_EDITMSG"), "a").unwrap(),
        ];
        for (number, other) in reading.into_iter().enumerate() {
            other();
            assert_eq!(told.recv_timeout(Duration::from_millis(200)).ok(), None, "{number}");
            assert_eq!(watch.look(), look, "{number}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_no_trouble() {
        let case = tempfile::tempdir().unwrap();
        let mut watch = Watch::new(case.path(), Path::new("nowhere"), |_| {});
        assert!(watch.look() == watch.look() && watch.trouble().is_none());
    }
}
