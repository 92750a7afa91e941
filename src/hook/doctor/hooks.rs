//! The hooks: does Git run all of them, and do they call this program?

use super::{Examination, Health, listed};
use crate::disk::file;
use crate::git::Repo;
use crate::hook::status::{Fault, HookStatus, Status, Whose, status};
use crate::hook::{HookError, HookName};

/// Nobody commits in a bare repository, so nothing is missing there.
pub fn examine(repository: &Repo) -> Vec<Examination> {
    if repository.work_tree().is_none() {
        return Vec::new();
    }
    match status(repository) {
        Ok(status) => {
            let folder = folder(repository, &status);
            if folder.health == Health::Ill {
                // Nothing can be installed there before that is mended.
                return vec![folder];
            }
            let mut found = vec![folder];
            found.extend(hooks(&status));
            found.extend(large_files(repository, &status));
            found
        }
        Err(error) => {
            let mend = error.help().unwrap_or_else(|| "`casebook hook install`".to_owned());
            vec![Examination::ill("hooks", error.to_string(), mend)]
        }
    }
}

/// The folder that Git runs hooks from.
fn folder(repository: &Repo, status: &Status) -> Examination {
    let path = status.folder.path.display();
    let error = if status.in_work_tree {
        Some(HookError::InWorkTree(status.folder.path.clone()))
    } else if let (Some(scope), false) = (&status.shared_by, status.is_well()) {
        let own = repository.common_dir().join("hooks");
        Some(HookError::SharedByAll { folder: status.folder.path.clone(), scope: scope.clone(), own })
    } else {
        None
    };
    match (error, &status.folder.scope) {
        (Some(error), _) => Examination::ill("hooks folder", error.to_string(), error.help().unwrap_or_default()),
        (None, Some(scope)) => {
            Examination::well("hooks folder", format!("{path} (`core.hooksPath` of the {scope} configuration)"))
        }
        (None, None) => Examination::well("hooks folder", path.to_string()),
    }
}

fn hooks(status: &Status) -> Vec<Examination> {
    if status.is_well() {
        let binary = status.hooks.iter().find_map(|hook| hook.binary.as_ref());
        let calls = binary.map_or("they call casebook".to_owned(), |binary| format!("they call {}", binary.display()));
        let chained: Vec<&str> =
            status.hooks.iter().filter(|hook| hook.chained.is_some()).map(|hook| hook.name.as_str()).collect();
        let first = if chained.is_empty() {
            String::new()
        } else {
            format!("; hooks of others run first: {}", listed(chained))
        };
        return vec![Examination::well("hooks", format!("all {} are in place, {calls}{first}", status.hooks.len()))];
    }
    let install = "`casebook hook install`";
    let mut found = Vec::new();
    let mut ill = |says: &str, mend: &str, which: &dyn Fn(&HookStatus) -> bool| {
        let names: Vec<&str> = status.hooks.iter().filter(|hook| which(hook)).map(|hook| hook.name.as_str()).collect();
        if !names.is_empty() {
            found.push(Examination::ill("hooks", format!("{}: {says}", listed(names)), mend));
        }
    };
    ill("not installed", install, &|hook| hook.whose == Whose::Nobodys);
    ill(
        "a hook of somebody else, so casebook does not run",
        "`casebook hook install` keeps it and runs it first",
        &|hook| hook.whose == Whose::Others && !hook.faults.contains(&Fault::SetAside),
    );
    ill(
        "a hook of somebody else has taken the place of casebook's, which had put another aside",
        "`git config --show-origin core.hooksPath`; append `NAME.before-casebook` to the hook, remove that file, then `casebook hook install`",
        &|hook| hook.whose == Whose::Others && hook.faults.contains(&Fault::SetAside),
    );
    for fault in [Fault::NotExecutable, Fault::CarriageReturns, Fault::ProgramMissing, Fault::OtherVersion] {
        ill(fault.word(), install, &|hook| hook.whose == Whose::Ours && hook.faults.contains(&fault));
    }
    found
}

/// Git LFS uploads evidence in its own pre-push, or in casebook's, which calls it.
fn large_files(repository: &Repo, status: &Status) -> Option<Examination> {
    let filter = repository.attribute("evidence/x-00000000/file", "filter");
    if filter.as_deref() != Some("lfs") {
        return None;
    }
    let calls = |name: &str| {
        let found = file::find(&status.folder.path.join(name)).ok().flatten();
        found.is_some_and(|found| String::from_utf8_lossy(&found.content).contains("git lfs"))
    };
    if repository.config("filter.lfs.process").is_none() && repository.config("filter.lfs.clean").is_none() {
        return Some(Examination::ill(
            "git lfs",
            "evidence is kept in Git LFS, which is not set up here",
            "`git lfs install`",
        ));
    }
    if !calls("pre-push") {
        let says = "evidence is kept in Git LFS, and no pre-push hook uploads it";
        return Some(Examination::ill(
            "git lfs",
            says,
            "`git lfs update`: it adds pre-push first, before it stops at our hooks",
        ));
    }
    let chained = |name: HookName| calls(&format!("{name}.before-casebook")) || calls(name.as_str());
    if !chained(HookName::PostCheckout) {
        let mend = "`git lfs update --force && casebook hook install`";
        return Some(Examination::note("git lfs", "its hooks for locked files are not there", mend));
    }
    Some(Examination::well("git lfs", "its hooks run"))
}
