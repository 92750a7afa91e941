//! Installing the hooks: shims in the folder that Git really looks into, with the hooks of others kept and run first.
//!
//! A hook that was there before is renamed to `NAME.before-casebook` beside it, so that a link in it or a path
//! relative to it still leads where it did, and the shim runs it first, with the same arguments, standard input and
//! environment. Hooks that casebook does not answer are left alone. The merge driver is registered with them.

use super::{HookError, HookName, merge, shim};
use crate::disk::{file, write};
use crate::git::{HooksFolder, Repo};
use std::path::{Path, PathBuf};

/// What installing did with one hook.
#[derive(Clone, Debug)]
pub struct Installed {
    pub name: HookName,
    pub done: Done,
    /// Whether a hook of somebody else runs before it.
    pub chained: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was not there.
    Added,
    /// It was there and called another program, or was of another version.
    Renewed,
    /// It was there as it should be.
    Kept,
}

/// What installing did.
#[derive(Clone, Debug)]
pub struct Installation {
    pub hooks: Vec<Installed>,
    /// The merge driver; none on a server, where nobody merges in a work tree.
    pub driver: Option<Done>,
}

/// What was removed.
#[derive(Clone, Debug)]
pub struct Removal {
    pub hooks: Vec<HookName>,
    pub driver: bool,
}

/// Installs every hook that casebook answers, and the merge driver, so that they call the program at the absolute path
/// `binary`. Doing it again changes nothing. The driver is there also where the hooks cannot be.
pub fn install(repository: &Repo, binary: &Path) -> Result<Installation, HookError> {
    if repository.work_tree().is_none() {
        return install_into(&usable_folder(repository)?, binary);
    }
    let driver = Some(merge::register(repository, binary)?);
    let folder = usable_folder(repository)?;
    let hooks = HookName::CLONE.iter().map(|name| install_at(&folder.join(name.as_str()), *name, binary));
    Ok(Installation { hooks: hooks.collect::<Result<_, _>>()?, driver })
}

/// Installs the hooks of a server into a folder that the server looks into: the `hooks` of a bare repository, the `custom_hooks` of
/// GitLab. Where it has a folder such as `pre-receive.d`, for several hooks of one name, the shim goes in there.
pub fn install_into(folder: &Path, binary: &Path) -> Result<Installation, HookError> {
    let install = |name: &HookName| install_at(&place(folder, *name), *name, binary);
    Ok(Installation { hooks: HookName::SERVER.iter().map(install).collect::<Result<_, _>>()?, driver: None })
}

/// Where a hook is in a folder: a server can have a folder such as `pre-receive.d`, for several of one name.
pub fn place(folder: &Path, name: HookName) -> PathBuf {
    let several = folder.join(format!("{name}.d"));
    let has_several = HookName::SERVER.contains(&name) && several.is_dir();
    if has_several { several.join("casebook") } else { folder.join(name.as_str()) }
}

/// The hooks that belong into a repository: those of a server where it has no work tree.
pub fn names(repository: &Repo) -> &'static [HookName] {
    if repository.work_tree().is_some() { &HookName::CLONE } else { &HookName::SERVER }
}

/// Removes the merge driver and every shim, and gives the hooks that were there before their names back.
pub fn uninstall(repository: &Repo) -> Result<Removal, HookError> {
    let driver = merge::unregister(repository)?;
    let folder = repository.hooks_folder()?.path;
    let mut removed = Vec::new();
    for name in HookName::all() {
        let path = place(&folder, name);
        let found = file::find(&path).map_err(HookError::at(&path))?;
        if !found.is_some_and(|found| shim::is_ours(&found.content)) {
            continue;
        }
        let kept = kept_beside(&path);
        if file::is_there(&kept) {
            file::rename(&kept, &path).map_err(HookError::at(&kept))?;
        } else {
            file::remove(&path).map_err(HookError::at(&path))?;
        }
        removed.push(name);
    }
    repository.unset_hooks_of_configuration("casebook")?;
    Ok(Removal { hooks: removed, driver })
}

/// Where a hook of somebody else is kept: beside the shim.
pub fn kept_beside(hook: &Path) -> PathBuf {
    let mut name = hook.as_os_str().to_owned();
    name.push(".before-casebook");
    PathBuf::from(name)
}

/// The folder that hooks can be installed into, or why none can.
fn usable_folder(repository: &Repo) -> Result<PathBuf, HookError> {
    let folder = repository.hooks_folder()?;
    if is_in_work_tree(repository, &folder.path) {
        return Err(HookError::InWorkTree(folder.path));
    }
    if let Some(scope) = shared_by_all(&folder) {
        let own = repository.common_dir().join("hooks");
        return Err(HookError::SharedByAll { folder: folder.path.clone(), scope: scope.to_owned(), own });
    }
    Ok(folder.path)
}

/// Whether a hooks folder is one that a branch could write to: in a work tree, and not in its `.git`.
pub fn is_in_work_tree(repository: &Repo, folder: &Path) -> bool {
    let folder = file::resolved(folder);
    let inside = |top: &Path| folder.starts_with(file::resolved(top));
    if inside(repository.common_dir()) || inside(repository.git_dir()) {
        return false;
    }
    repository.work_trees().iter().any(|top| inside(top))
}

/// The scope of a `core.hooksPath` that holds for every repository of the user or the machine.
pub fn shared_by_all(folder: &HooksFolder) -> Option<&str> {
    let scope = folder.scope.as_deref()?;
    matches!(scope, "global" | "system").then_some(scope)
}

fn install_at(path: &Path, name: HookName, binary: &Path) -> Result<Installed, HookError> {
    let kept = kept_beside(path);
    let text = shim::text(name, binary);
    let found = file::find(path).map_err(HookError::at(path))?;
    let done = match &found {
        None => Done::Added,
        Some(found) if found.content == text.as_bytes() && found.executable => Done::Kept,
        Some(found) if shim::is_ours(&found.content) => Done::Renewed,
        // The same hook, which its owner has put back over ours, is not a second one.
        Some(found) if file::is_there(&kept) && file::find(&kept).ok().flatten().as_ref() != Some(found) => {
            return Err(HookError::TwoOfOthers { hook: path.to_owned(), kept });
        }
        Some(_) => {
            file::rename(path, &kept).map_err(HookError::at(path))?;
            Done::Added
        }
    };
    if done != Done::Kept {
        write::program(path, text.as_bytes()).map_err(HookError::at(path))?;
    }
    Ok(Installed { name, done, chained: file::is_there(&kept) })
}
