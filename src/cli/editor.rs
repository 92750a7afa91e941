//! The user's editor, for `--edit`.

use super::open::Open;
use super::{Failure, Outcome, Surroundings, terminal};
use crate::check;
use crate::diagnostic::{Diagnostic, render};
use crate::values::TreePath;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Opens a file of the case in the user's editor, then shows what is wrong with it in the case as it is now.
pub fn edit_and_check(open: &Open, path: &TreePath, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let editor = ["VISUAL", "EDITOR"].into_iter().filter_map(std::env::var_os).find(|editor| !editor.is_empty());
    let editor = editor.unwrap_or_else(|| OsString::from("vi"));
    let (program, mut arguments) = command_line(&editor);
    let tree = open.tree();
    let file = tree.locate(path);
    arguments.push(file.into_os_string());
    let borrowed: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
    let status = crate::exec::attached(&program, &borrowed, &open.top).map_err(|error| {
        Failure::new(format!("cannot run the editor `{}`: {error}", editor.display()))
            .help(format!("set EDITOR to a program that is there, and open `{path}`"))
    })?;
    if !status.success() {
        return Err(Failure::new(format!("the editor `{}` ended with {status}", editor.display()))
            .help(format!("`{path}` is as the editor left it; `casebook check {path}` says how it stands")));
    }
    let tree = open.tree();
    let verdict = open.verdict(surroundings.now)?;
    let here: Vec<Diagnostic> =
        verdict.diagnostics.into_iter().filter(|diagnostic| diagnostic.place.path == *path).collect();
    let sources = check::sources(&tree, &here);
    let text = render::text::render(&sources, &here, terminal::colour(), terminal::width());
    err!("{text}");
    Ok(if here.iter().any(Diagnostic::is_error) { Outcome::Problems } else { Outcome::Sound })
}

/// An editor and its arguments, such as `code --wait`; a path with spaces is a program's own.
fn command_line(editor: &OsStr) -> (OsString, Vec<OsString>) {
    let text = editor.to_string_lossy();
    if Path::new(editor).is_file() {
        return (editor.to_owned(), Vec::new());
    }
    let mut words = text.split_whitespace().map(OsString::from);
    (words.next().unwrap_or_else(|| editor.to_owned()), words.collect())
}
