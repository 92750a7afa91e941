//! Merging: is the driver there that merges entries by their keys, and does Git know for which files?

use super::{Examination, Patient};
use crate::disk::file;
use crate::git::Repo;
use crate::hook::merge::register::NAME;
use crate::hook::merge::{Registration, registration};
use crate::values::wording::shell_word;
use std::path::Path;

const ABOUT: &str = "merging";
const INSTALL: &str = "`casebook hook install`";

pub fn examine(repository: &Repo, patient: &Patient) -> Examination {
    let registration = registration(repository);
    let wanted = repository.attribute("findings/f-00000000.toml", "merge");
    if wanted.as_deref() != Some(NAME) {
        return Examination::note(
            ABOUT,
            "Git merges entries line by line here: `.gitattributes` does not give them to the merge driver",
            format!("write `*.toml text eol=lf merge={NAME}` in .gitattributes, in the place of the line for *.toml"),
        );
    }
    match registration {
        Registration::Missing => {
            Examination::ill(ABOUT, "Git merges entries line by line here: the merge driver is not installed", INSTALL)
        }
        Registration::Foreign(command) => Examination::ill(
            ABOUT,
            format!("the merge driver is another command than that of this version: {command}"),
            INSTALL,
        ),
        Registration::Ours { binary, version } => driver(&binary, version.as_deref(), patient),
    }
}

fn driver(binary: &Path, version: Option<&str>, patient: &Patient) -> Examination {
    let shown = binary.display();
    match version {
        None => Examination::ill(ABOUT, format!("the merge driver calls {shown}, which cannot be run"), INSTALL),
        Some(version) if version != env!("CARGO_PKG_VERSION") => {
            Examination::ill(ABOUT, format!("the merge driver calls {shown}, which is casebook {version}"), INSTALL)
        }
        Some(_) => match &patient.program {
            Some(program) if file::resolved(program) != file::resolved(binary) => Examination::note(
                ABOUT,
                format!("the merge driver calls {shown}, and this is {}", program.display()),
                format!("`{} hook install`", shell_word(&program.display().to_string())),
            ),
            _ => Examination::well(ABOUT, format!("the merge driver calls {shown}")),
        },
    }
}
